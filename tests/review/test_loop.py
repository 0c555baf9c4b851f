"""From corrections to a better model: what is exported, what a candidate must show, who lets it in."""

import re
import threading
from pathlib import Path
from typing import Any, List

import pytest
import yaml

from bot.core.conversation import Level
from bot.core.review.training_data import text_hash, use_of
from bot.errors import ModelError
from bot.review import training
from bot.review.config import FLOORS
from bot.review.policy import Reviewer, Role
from bot.review.transcript import Reading
from bot.storage import review as sharing
from bot.storage.forgetting import forget_turn
from bot.storage.repository import Repository
from bot.storage.tables import people

from .conftest import PROJECT, FakeTrainer, House, Visitor


def sentence(use: str, number: int = 0) -> str:
    """A text whose hash puts it to this use."""
    found = (f"the evenings are heavy, number {place}" for place in range(1000))
    return [text for text in found if use_of(text_hash(text)) == use][number]


def approved(house: House, address: str, text: str, themes: List[str], level: Level = Level.none) -> int:
    """A message that two reviewers agree on, of somebody who shared it and agreed to training use."""
    turn = house.talk(address, text, level=level)
    house.share(address)
    house.agree_to_training(address)
    for name in ("ana", "ben"):
        if name not in house.secrets:
            house.visitors = {**getattr(house, "visitors", {}), name: house.signed_in(name)}
        house.visitors[name].post(f"/turns/{turn}/decide/themes", {"themes": themes})
    return turn


def exported(house: House, folder: Path) -> List[Any]:
    who = Reviewer(1, "ana", Role.lead)
    training.export(house.database, house.settings, Reading(who, house.clock.now, False), folder / "out.yml")
    content = yaml.safe_load((folder / "out.yml").read_text())
    return [(intent["intent"], row) for intent in content["nlu"] for row in intent["examples"]]


class Never:
    """A thread that a power cut came before."""

    def __init__(self, **_: Any) -> None:
        pass

    def start(self) -> None:
        pass


def until_trained(visitor: Visitor) -> str:
    for thread in threading.enumerate():
        if thread.name == "candidate":
            thread.join()
    return visitor.get("/models").text


def test_an_approved_correction_becomes_an_example_with_its_provenance(house: House, tmp_path: Path) -> None:
    text = sentence("training")
    turn = approved(house, "a", text, ["loneliness", "exhaustion"])
    [(intent, row)] = exported(house, tmp_path)
    assert intent == "exhaustion" and row["text"].strip() == text
    assert row["metadata"]["themes"] == ["exhaustion", "loneliness"]
    assert row["metadata"]["decided_by"] == ["ana", "ben"] and row["metadata"]["model_version"] == "first"
    assert turn and row["metadata"]["hash"] == text_hash(text)


def test_examples_are_redacted(house: House, tmp_path: Path) -> None:
    texts = [f"my name is Zofia and mail zofia{number}@example.org hurts {number}" for number in range(3)]
    for number, text in enumerate(texts):
        approved(house, f"p{number}", text, ["exhaustion"])
    assert "ofia" not in str(exported(house, tmp_path)) and exported(house, tmp_path)


def test_a_name_given_elsewhere_is_hidden_too_and_moves_no_correction(house: House, tmp_path: Path) -> None:
    texts = (f"everyone says Zofia will do it {number}" for number in range(99))
    text = next(text for text in texts if use_of(text_hash(text)) == "training")
    approved(house, "a", text, ["exhaustion"])
    before = str(exported(house, tmp_path))
    house.talk("a", "my name is Zofia")
    after = str(exported(house, tmp_path))
    assert "Zofia" in before and "Zofia" not in after and "will do it" in after
    assert text_hash(text) in before and text_hash(text) in after


def test_a_name_given_in_a_message_that_was_forgotten_stays_hidden_in_examples(house: House, tmp_path: Path) -> None:
    gave = house.talk("a", "my name is Zofia")
    texts = (f"everyone says Zofia will do it {number}" for number in range(99))
    approved(house, "a", next(text for text in texts if use_of(text_hash(text)) == "training"), ["exhaustion"])
    with house.database.transaction() as session:
        forget_turn(session, gave, house.person("a"))
    assert "will do it" in str(exported(house, tmp_path)) and "Zofia" not in str(exported(house, tmp_path))


@pytest.mark.parametrize("missing", ["consent", "sharing", "agreement", "calm", "second reviewer"])
def test_what_is_not_agreed_shared_settled_or_calm_is_not_exported(house: House, tmp_path: Path, missing: str) -> None:
    text = sentence("training")
    if missing in ("agreement", "second reviewer"):
        turn = house.talk("a", text)
        house.share("a")
        house.agree_to_training("a")
        house.signed_in("ana").post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"]})
        if missing == "agreement":
            house.signed_in("ben").post(f"/turns/{turn}/decide/themes", {"themes": ["loneliness"]})
    else:
        approved(house, "a", text, ["exhaustion"], level=Level.concern if missing == "calm" else Level.none)
    with house.database.transaction() as session:
        if missing == "consent":
            session.execute(people.update().values(training_consent_at=None))
        if missing == "sharing":
            sharing.revoke(session, house.person("a"), house.clock.now)
    assert exported(house, tmp_path) == []


def test_a_leads_word_or_sign_off_approves_what_one_reviewer_decided(house: House, tmp_path: Path) -> None:
    turn = house.talk("a", sentence("training"))
    conversation = house.share("a")
    house.agree_to_training("a")
    ana, lead = house.signed_in("ana"), house.signed_in("lea", Role.lead)
    ana.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"]})
    ana.post(f"/conversations/{conversation}/move", {"event": "review"})
    assert exported(house, tmp_path) == []
    lead.post(f"/conversations/{conversation}/move", {"event": "sign_off"})
    assert len(exported(house, tmp_path)) == 1


def test_nobody_approves_their_own_correction_alone(house: House, tmp_path: Path) -> None:
    turn = house.talk("a", sentence("training"))
    conversation = house.share("a")
    house.agree_to_training("a")
    lea, mia = house.signed_in("lea", Role.lead), house.signed_in("mia", Role.lead)
    move = f"/conversations/{conversation}/move"
    lea.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"]})
    lea.post(move, {"event": "review"})
    page = lea.get(f"/conversations/{conversation}").text
    assert "You alone decided here" in page and ">Sign off</button>" not in page
    assert lea.post(move, {"event": "sign_off"}).status_code == 403
    assert exported(house, tmp_path) == []
    assert mia.post(move, {"event": "sign_off"}).status_code == 303
    [(_, row)] = exported(house, tmp_path)
    assert row["metadata"]["decided_by"] == ["lea"] and row["metadata"]["signed_off_by"] == "mia"
    # What is decided after the sign-off was not signed off.
    house.clock.later(seconds=1)
    lea.post(f"/turns/{turn}/decide/themes", {"themes": ["loneliness"]})
    assert exported(house, tmp_path) == []


def test_a_sign_off_does_not_approve_what_its_lead_alone_decided(house: House, tmp_path: Path) -> None:
    own, other = house.talk("a", sentence("training")), house.talk("a", sentence("training", 1))
    conversation = house.share("a")
    house.agree_to_training("a")
    lea, ana = house.signed_in("lea", Role.lead), house.signed_in("ana")
    lea.post(f"/turns/{own}/decide/themes", {"themes": ["exhaustion"]})
    ana.post(f"/turns/{other}/decide/themes", {"themes": ["exhaustion"]})
    ana.post(f"/conversations/{conversation}/move", {"event": "review"})
    assert lea.post(f"/conversations/{conversation}/move", {"event": "sign_off"}).status_code == 303
    assert [row["text"].strip() for _, row in exported(house, tmp_path)] == [sentence("training", 1)]


def test_the_export_names_everybody_who_decided(house: House, tmp_path: Path) -> None:
    turn = house.talk("a", sentence("training"))
    house.share("a")
    house.agree_to_training("a")
    for name, theme in (("ana", "exhaustion"), ("ben", "loneliness")):
        house.signed_in(name).post(f"/turns/{turn}/decide/themes", {"themes": [theme]})
    house.signed_in("mia", Role.lead).post(f"/turns/{turn}/adjudicate/themes", {"themes": ["exhaustion"]})
    [(_, row)] = exported(house, tmp_path)
    assert row["metadata"]["decided_by"] == ["ana", "ben", "mia"] and row["metadata"]["signed_off_by"] is None


def test_what_a_reviewer_put_at_concern_or_above_is_not_trained_on(house: House, tmp_path: Path) -> None:
    turn = approved(house, "a", sentence("training"), ["exhaustion"])
    house.visitors["ana"].post(f"/turns/{turn}/decide/level", {"value": "concern"})
    assert exported(house, tmp_path) == []


def test_going_back_to_the_model_in_use_is_refused_and_not_kept(house: House, trainer: FakeTrainer) -> None:
    trainer.promote("second")
    lead = house.signed_in("lea", Role.lead)
    assert lead.post("/models/roll-back", {"model": "second"}).status_code == 422
    assert "rolled back" not in lead.get("/models").text


def test_the_person_sees_that_their_words_were_taken_for_training(house: House, tmp_path: Path) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    exported(house, tmp_path)
    with house.database.reading() as session:
        assert sharing.readings_of(session, house.person("a"))[0].what == "training"


def test_a_text_serves_training_or_evaluation_and_never_both(house: House, tmp_path: Path) -> None:
    for number in range(2):
        approved(house, f"t{number}", sentence("training", number), ["exhaustion"])
        approved(house, f"e{number}", sentence("evaluation", number), ["exhaustion"])
    approved(house, "again", sentence("training").upper() + "!", ["exhaustion"])
    rows = exported(house, tmp_path)
    assert {row["metadata"]["hash"] for _, row in rows} == {text_hash(sentence("training", n)) for n in range(2)}
    assert len(rows) == 2


def test_a_text_of_the_shipped_evaluation_is_never_trained_on(house: House, tmp_path: Path) -> None:
    shipped = "Asking anyone for support makes my throat close up."
    assert text_hash(shipped) in training.held_out(house.settings.data)
    approved(house, "a", shipped, ["needing_help"])
    assert exported(house, tmp_path) == []


def test_a_candidate_is_trained_compared_and_promoted(house: House, trainer: FakeTrainer) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    held = approved(house, "b", sentence("evaluation"), ["exhaustion"])
    lead = house.signed_in("lea", Role.lead)
    assert lead.post("/models/train").status_code == 303
    page = until_trained(lead)
    assert "Candidate candidate-1 against first" in page and f"turn {held}" in page
    assert "none was kept yet" not in page
    assert sentence("training") in trainer.trained_on[0] and sentence("evaluation") not in trainer.trained_on[0]
    assert list(house.settings.work.iterdir()) == []
    assert lead.post("/models/1/promote").status_code == 303
    assert trainer.current() == "candidate-1"
    assert lead.post("/models/roll-back", {"model": "first"}).status_code == 303
    assert trainer.current() == "first"
    assert lead.post("/models/roll-back", {"model": "zebra"}).status_code == 422


def test_a_candidate_that_finds_less_risk_needs_a_leads_written_reason(house: House, trainer: FakeTrainer) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    trainer.next_recall = 0.92
    lead, admin = house.signed_in("lea", Role.lead), house.signed_in("root", Role.admin)
    lead.post("/models/train")
    page = until_trained(lead).replace("&#39;", "'")
    assert "a lead's written reason" in page and "none was kept yet" in page
    assert admin.post("/models/1/promote", {"reason": "because"}).status_code == 403
    assert lead.post("/models/1/promote", {"reason": " "}).status_code == 422
    assert trainer.current() == "first"
    assert lead.post("/models/1/promote", {"reason": "one message, judged by hand"}).status_code == 303
    assert "one message, judged by hand" in lead.get("/models").text


def test_the_manual_states_the_floors_that_are_in_force() -> None:
    manual = (PROJECT / "docs" / "practitioners" / "loop.md").read_text(encoding="utf-8")
    [told] = re.findall(r"below its floor: (.*?)\. The tests", manual, re.DOTALL)
    assert " ".join(told.split()) == (
        f"top-1 hit rate {FLOORS.metrics['top1_hit']:.2f}, micro-F1 {FLOORS.metrics['micro_f1']:.2f}, silence on messages "
        f"without a theme {FLOORS.metrics['none_silence']:.2f}, risk recall {FLOORS.risk_recall:.2f}, false alarms at most "
        f"{FLOORS.risk_alarms:.2f}"
    )
    assert set(FLOORS.metrics) == {"top1_hit", "micro_f1", "none_silence"}


@pytest.mark.parametrize("fall", ["risk", "themes", "unmeasured"])
def test_nobody_promotes_a_candidate_below_the_floors(house: House, trainer: FakeTrainer, fall: str) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    if fall == "risk":
        trainer.next_recall = 0.5
    elif fall == "themes":
        trainer.metrics["micro_f1"] = 0.1
    else:
        del trainer.metrics["none_silence"]
    lead = house.signed_in("lea", Role.lead)
    lead.post("/models/train")
    assert "Nobody can promote it" in until_trained(lead)
    assert lead.post("/models/1/promote", {"reason": "I want to"}).status_code == 422
    assert lead.post("/models/1/discard").status_code == 303
    assert trainer.current() == "first"


def test_a_candidate_that_was_compared_with_another_model_is_not_promoted(house: House, trainer: FakeTrainer) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    lead = house.signed_in("lea", Role.lead)
    lead.post("/models/train")
    until_trained(lead)
    trainer.promote("another")
    assert lead.post("/models/1/promote").status_code == 422


def test_training_that_fails_says_so_without_words(
    house: House, trainer: FakeTrainer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    lead = house.signed_in("lea", Role.lead)
    for error, shown in (
        (ModelError("No model was made."), "No model was made."),
        (RuntimeError("zebra"), "RuntimeError"),
    ):

        def broken(_: Path, error: Exception = error) -> str:
            raise error

        monkeypatch.setattr(trainer, "train_candidate", broken)
        lead.post("/models/train")
        page = until_trained(lead)
        assert shown in page and "zebra" not in page and "zebra" not in caplog.text
    assert list(house.settings.work.iterdir()) == []


def test_a_second_training_waits_for_the_first(
    house: House, trainer: FakeTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    lead, begun, go_on = house.signed_in("lea", Role.lead), threading.Event(), threading.Event()
    quick = trainer.train_candidate

    def slow(examples: Path) -> str:
        begun.set()
        go_on.wait(30)
        return quick(examples)

    monkeypatch.setattr(trainer, "train_candidate", slow)
    lead.post("/models/train")
    begun.wait(30)
    assert "A candidate is being trained" in lead.get("/models").text
    again = lead.post("/models/train")
    assert again.status_code == 422 and "being trained already" in again.text
    go_on.set()
    until_trained(lead)
    assert len(trainer.trained_on) == 1


def test_a_training_cut_short_by_a_restart_is_told_and_leaves_nothing_behind(
    house: House, trainer: FakeTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    lead = house.signed_in("lea", Role.lead)
    with monkeypatch.context() as before_the_stop:
        before_the_stop.setattr(training.threading, "Thread", Never)
        lead.post("/models/train")
    assert len(list(house.settings.work.iterdir())) == 1
    training.begin_again(house.database, house.settings, trainer.keep_candidates, house.clock.now)
    assert list(house.settings.work.iterdir()) == [] and trainer.kept_candidates == set()
    page = lead.get("/models").text
    assert "The service was stopped meanwhile" in page and "Train a candidate</button>" in page


def test_candidates_that_wait_outlive_a_restart(house: House, trainer: FakeTrainer) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    lead = house.signed_in("lea", Role.lead)
    lead.post("/models/train")
    until_trained(lead)
    training.begin_again(house.database, house.settings, trainer.keep_candidates, house.clock.now)
    assert trainer.kept_candidates is None
    assert lead.post("/models/1/promote").status_code == 303


def test_a_newer_candidate_takes_the_place_of_one_that_waits(house: House, trainer: FakeTrainer) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    lead = house.signed_in("lea", Role.lead)
    for _ in range(2):
        lead.post("/models/train")
        page = until_trained(lead)
    assert trainer.discarded == ["candidate-1"]
    assert "Candidate candidate-2 against first" in page
    assert lead.post("/models/1/promote").status_code == 422


def test_what_is_discarded_or_cannot_be_measured_is_deleted(
    house: House, trainer: FakeTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    lead = house.signed_in("lea", Role.lead)
    lead.post("/models/train")
    until_trained(lead)
    lead.post("/models/1/discard")
    assert trainer.discarded == ["candidate-1"]

    def broken(*_: Any) -> None:
        raise ModelError("It cannot be read.")

    monkeypatch.setattr(trainer, "evaluate", broken)
    lead.post("/models/train")
    assert "It cannot be read." in until_trained(lead)
    assert trainer.discarded == ["candidate-1", "candidate-2"]


def test_a_model_that_cannot_be_loaded_says_so_and_is_not_in_use(
    house: House, trainer: FakeTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    lead = house.signed_in("lea", Role.lead)
    lead.post("/models/train")
    until_trained(lead)

    def broken(_: str) -> None:
        raise ModelError("The model cannot be loaded; the one in use stays.")

    monkeypatch.setattr(trainer, "promote", broken)
    answer = lead.post("/models/1/promote")
    assert answer.status_code == 503 and "the one in use stays" in answer.text
    assert "Candidate candidate-1 against first" in lead.get("/models").text


@pytest.mark.parametrize("undone", ["consent", "forgotten", "erased"])
def test_a_model_that_learned_from_what_was_taken_back_is_marked(
    house: House, trainer: FakeTrainer, undone: str
) -> None:
    turn = approved(house, "a", sentence("training"), ["exhaustion"])
    lead = house.signed_in("lea", Role.lead)
    lead.post("/models/train")
    until_trained(lead)
    lead.post("/models/1/promote")
    assert "learned from 1 message" not in lead.get("/models").text
    with house.database.transaction() as session:
        if undone == "consent":
            session.execute(people.update().values(training_consent_at=None))
        elif undone == "forgotten":
            forget_turn(session, turn)
        else:
            Repository(session).erase_person(house.person("a"))
    assert "learned from 1 message" in lead.get("/models").text
    lead.post("/models/roll-back", {"model": "first"})
    assert "learned from 1 message" not in lead.get("/models").text


def test_it_is_kept_who_promoted_and_who_went_back(house: House, trainer: FakeTrainer) -> None:
    approved(house, "a", sentence("training"), ["exhaustion"])
    lead, admin = house.signed_in("lea", Role.lead), house.signed_in("root", Role.admin)
    lead.post("/models/train")
    until_trained(lead)
    lead.post("/models/1/promote")
    admin.post("/models/roll-back", {"model": "first"})
    page = lead.get("/models").text
    assert "promoted by lea" in page and "rolled back by root" in page


def test_there_is_nothing_to_train_on_without_corrections(house: House) -> None:
    assert house.signed_in("lea", Role.lead).post("/models/train").status_code == 422


def test_practitioners_see_no_models(house: House) -> None:
    assert house.signed_in("ana").get("/models").status_code == 403
