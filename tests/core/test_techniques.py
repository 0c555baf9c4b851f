"""Every technique of the library can be played to its end, however a person answers, and left at any step."""

from datetime import datetime, timezone
from itertools import product
from pathlib import Path
from typing import Any, Dict, List, Sequence

import pytest

from bot.core import library as shelves
from bot.core.conversation import Heard, Judgement, Level, Reply
from bot.core.entries import Expects, Step, Technique, words
from bot.core.guide import conversation, expecting, practise
from bot.core.guide.turn import State, Turn, fingerprint

LIBRARY = shelves.load(Path(__file__).resolve().parents[2] / "data")
TECHNIQUES = [pytest.param(technique, id=name) for name, technique in LIBRARY.techniques.items()]
OWN_WORDS = "the blue teapot"


class Shelf:
    """Puts nothing forward."""

    def reflections(self, *_: Any, **__: Any) -> List[Any]:
        return []

    def techniques(self, *_: Any) -> List[Any]:
        return []


class Player:
    """One person doing one technique, with what is said to them and kept of them."""

    def __init__(self, technique: Technique) -> None:
        self.technique = technique
        self.state = State(session=1, agreed_to_talk=True, disclosed="2026-03-02T18:00:00+00:00", stage="telling")
        self.state.last_seen = self.state.started = self.state.disclosed
        self.state.readers = fingerprint("")
        self.said: List[Reply] = []
        self.notes: List[Dict[str, Any]] = []
        turn = self._turn("yes", "affirm")
        practise.start(turn, technique)
        self._keep(turn)

    def answer(self, text: str, kind: str = "just_talking", level: Level = Level.none) -> List[Reply]:
        turn = self._turn(text, kind, level)
        action = expecting.expected(self.state, turn.heard)
        conversation.take(turn, action or _BY_KIND.get(kind, "action_reflect"), 6, 3)
        self._keep(turn)
        return turn.replies

    def step(self) -> Step:
        assert self.state.exercise is not None
        return self.technique.steps[self.state.exercise["step"]]

    def _turn(self, text: str, kind: str, level: Level = Level.none) -> Turn:
        heard = Heard(text, kind, judgement=Judgement(level, kind="suicide" if level else None))
        now = datetime(2026, 3, 2, 18, 5, tzinfo=timezone.utc)
        return Turn(LIBRARY, Shelf(), heard, self.state, now)  # type: ignore[arg-type]

    def _keep(self, turn: Turn) -> None:
        self.said += turn.replies
        self.notes += turn.notes


_BY_KIND = {
    "next": "action_exercise",
    "pause": "action_exercise",
    "ask_why": "action_why",
    "greeting": "action_greet",
    "stop": "action_stop",
    "goodbye": "action_close",
}


def fitting_answer(step: Step) -> Sequence[str]:
    return {
        Expects.text: (OWN_WORDS, "just_talking"),
        Expects.number: ("about a 4", "rating"),
        Expects.choice: ((step.choices or ("",))[0], "just_talking"),
    }.get(step.expects, ("next", "next"))


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_it_can_be_done_with_an_answer_to_every_step(technique: Technique) -> None:
    player = Player(technique)
    for step in technique.steps:
        assert player.said[-1].id == f"{technique.id}.{step.id}"
        player.answer(*fitting_answer(step))
    assert player.said[-1].id == f"{technique.id}.closing"
    kept = [note["step"] for note in player.notes if note["kind"] == "note"]
    assert kept == [step.id for step in technique.steps if step.note]
    assert technique.id in player.state.techniques_done and player.state.exercise is None
    assert_well_said(player)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_it_can_be_done_without_answering_anything(technique: Technique) -> None:
    player = Player(technique)
    for _ in technique.steps:
        player.answer("skip", "skip")
    assert player.said[-1].id == f"{technique.id}.closing"
    assert [note for note in player.notes if note["kind"] == "note"] == []
    assert_well_said(player)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_it_can_be_gone_through_forwards_and_back_with_pauses_and_questions(technique: Technique) -> None:
    player = Player(technique)
    assert player.answer("go back", "back")[-1].id == f"{technique.id}.{technique.steps[0].id}"
    for number, step in enumerate(technique.steps):
        here = f"{technique.id}.{step.id}"
        assert player.answer("say that again", "repeat")[-1].id == here
        assert technique.why in player.answer("why this?", "ask_why")[-1].text
        assert player.answer("pause", "pause")[-1].id == "exercise.paused"
        player.answer("my neighbour rang just now about her cat", "just_talking")
        assert player.answer("next", "next")[-1].id == here, "the place was lost by talking of something else"
        player.answer("skip", "skip")
        if number + 1 < len(technique.steps):
            assert player.answer("back", "back")[-1].id == here
            player.answer("skip", "skip")
    assert player.said[-1].id == f"{technique.id}.closing"


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_it_stops_at_once_at_every_step_and_is_not_pressed_on_anyone(technique: Technique) -> None:
    for place in range(len(technique.steps)):
        player = Player(technique)
        for _ in range(place):
            player.answer("skip", "skip")
        (reply,) = player.answer("stop", "stop")
        assert reply.id == "exercise.stopped"
        assert player.state.exercise is None
        assert technique.id in player.state.refused
        assert player.state.only_listening


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_each_of_its_buttons_is_the_answer_it_is_whatever_it_was_read_as(technique: Technique) -> None:
    for place, step in enumerate(technique.steps):
        for choice, misread in product(step.choices, ("back", "skip", "stop", "goodbye", "theme")):
            player = Player(technique)
            for _ in range(place):
                player.answer("skip", "skip")
            player.answer(choice, misread)
            assert player.notes[-1].get("text", choice) == choice
            assert player.state.exercise is None or player.state.exercise["step"] == place + 1


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_whoever_leaves_in_the_middle_finds_the_place_again(technique: Technique) -> None:
    for place, step in enumerate(technique.steps):
        player = Player(technique)
        for _ in range(place):
            player.answer("skip", "skip")
        player.answer("sorry, i have to go now, bye", "goodbye")
        assert player.said[-1].id == "close.exercise"
        assert player.answer("hi", "greeting")[-1].id == "greeting.exercise"
        assert player.answer("go on with it", "next")[-1].id == f"{technique.id}.{step.id}"


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_its_end_leads_to_one_small_step_and_a_free_choice(technique: Technique) -> None:
    player = Player(technique)
    for step in technique.steps:
        player.answer(*fitting_answer(step))
    assert player.answer("it was all right", "just_talking")[-1].id == "look_back.scale"
    assert player.answer("Lighter")[-1].id == "step.offer"
    assert technique.id in player.state.helped
    assert "{" not in player.said[-1].text
    assert player.answer("Yes", "affirm")[-1].id == "step.agreed"
    assert player.state.step is not None and "{" not in player.state.step["text"]
    assert ("expected" in player.state.step) is (technique.weighs is not None)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_a_worrying_answer_holds_it_and_is_never_given_back(technique: Technique) -> None:
    told = [number for number, step in enumerate(technique.steps) if step.expects is Expects.text]
    for place in told:
        player = Player(technique)
        for _ in range(place):
            player.answer("skip", "skip")
        player.answer("everyone would be lighter without me", level=Level.concern)
        assert player.said[-1].id.startswith("concern.")
        assert player.state.exercise is not None and player.state.exercise["paused"]
        player.answer("next", "next")
        for _ in range(place, len(technique.steps)):
            player.answer("skip", "skip")
        assert not any("lighter without me" in reply.text for reply in player.said)


def test_the_help_asking_ladder_keeps_the_plan_and_what_it_is_expected_to_cost() -> None:
    player = Player(LIBRARY.techniques["technique.asking_ladder"])
    answers = ["Ask for a small favour", "carry one bag", "Ana", "7", "could you take one? no is fine", "next"]
    for text in answers:
        player.answer(text, "next" if text == "next" else "just_talking")
    player.answer("she is strong and near")
    player.answer("The same")
    assert "turn to Ana with this: carry one bag" in player.said[-1].text
    player.answer("yes", "affirm")
    assert player.state.step == {"text": "turn to Ana with this: carry one bag", "on": "2026-03-02", "expected": "7"}


def test_a_plan_with_nobody_in_it_yet_falls_back_to_a_step_that_can_be_done() -> None:
    player = Player(LIBRARY.techniques["technique.asking_ladder"])
    for text in ("Ask for a small favour", "carry one bag", "nobody yet", "7", "could you take one?"):
        player.answer(text)
    player.answer("next", "next")
    player.answer("it is low")
    player.answer("The same")
    assert "nobody yet" not in player.said[-1].text
    assert "ask a shop assistant" in player.said[-1].text


def assert_well_said(player: Player) -> None:
    for reply in player.said:
        assert "{" not in reply.text, reply
        assert reply.text.count("?") - reply.text.count("?”") <= 1, reply
        assert words(reply.text) <= 90, reply
    texts = [reply.text for reply in player.said]
    assert len(set(texts)) == len(texts)
