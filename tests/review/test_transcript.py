"""Reading only what may be read, deciding independently, and a log of every reading."""

import re
from typing import Any, List

import pytest
from sqlalchemy import update

from bot.core.conversation import Level
from bot.core.themes import THEMES
from bot.errors import InputError
from bot.review.config import ReviewSettings
from bot.review.policy import Role
from bot.storage import review as sharing
from bot.storage.forgetting import forget_turn
from bot.storage.repository import UNSCREENED, Repository
from bot.storage.tables import turns

from .conftest import House


def log_of(house: House, address: str) -> List[Any]:
    with house.database.reading() as session:
        return sharing.readings_of(session, house.person(address))


def test_a_shared_message_shows_themes_over_their_words_with_labels(house: House) -> None:
    house.talk("a", "tired of everything", themes={"exhaustion": 0.91}, near={"loneliness": 0.4})
    page = house.signed_in("ana").get(f"/conversations/{house.share('a')}").text
    assert ">tire</mark>" in page.replace("\n", "") and '<span class="tag">exhaustion</span>' in page
    assert "exhaustion 0.91" in page and "loneliness 0.40 (near, not claimed)" in page
    assert 'entries/h.cost.1">' in page and "after “" in page


def test_only_replies_of_the_library_desk_lead_there(house: House) -> None:
    house.talk("a", "hello", reply="greeting.first")
    house.talk("a", "breathe", reply="technique.paced_breathing.1")
    page = house.signed_in("ana").get(f"/conversations/{house.share('a')}").text
    assert "greeting.first" in page and "entries/greeting.first" not in page
    assert 'entries/technique.paced_breathing">technique.paced_breathing.1</a>' in page


def test_only_the_messages_shared_are_shown(house: House) -> None:
    first = house.talk("a", "okapi")
    second = house.talk("a", "zebra")
    conversation = house.share("a", [first])
    page = house.signed_in("ana").get(f"/conversations/{conversation}").text
    assert "okapi" in page and "zebra" not in page and "Message 2 is not shared." in page
    visitor = house.signed_in("ben")
    for path in (f"/turns/{second}", f"/turns/{second}?correct={second}"):
        assert visitor.get(path).status_code == 404
    for path in (f"/turns/{second}/decide/themes", f"/turns/{second}/remark", f"/turns/{second}/adjudicate/themes"):
        assert visitor.post(path, {"kind": "flag"}).status_code == 404


def test_what_is_told_after_sharing_is_not_shared(house: House) -> None:
    house.talk("a", "okapi")
    conversation = house.share("a")
    house.talk("a", "zebra")
    page = house.signed_in("ana").get(f"/conversations/{conversation}").text
    assert "okapi" in page and "zebra" not in page


def test_taking_sharing_back_works_at_once(house: House) -> None:
    turn = house.talk("a", "zebra")
    conversation = house.share("a")
    ana = house.signed_in("ana")
    assert "zebra" in ana.get(f"/conversations/{conversation}").text
    with house.database.transaction() as session:
        sharing.revoke(session, house.person("a"), house.clock.now, conversation)
    assert "zebra" not in ana.get(f"/conversations/{conversation}").text
    assert ana.post(f"/turns/{turn}/decide/themes").status_code == 404
    assert ana.get(f"/conversations/{conversation}/brief").status_code == 404


def test_one_message_can_be_taken_back_from_a_shared_conversation(house: House) -> None:
    house.talk("a", "okapi")
    taken = house.talk("a", "zebra")
    conversation = house.share("a")
    with house.database.transaction() as session:
        sharing.revoke(session, house.person("a"), house.clock.now, conversation, [taken])
    page = house.signed_in("ana").get(f"/conversations/{conversation}").text
    assert "okapi" in page and "zebra" not in page


def test_sharing_ends_at_its_time(house: House) -> None:
    house.talk("a", "zebra")
    conversation = house.share("a", until=house.clock.now.replace(hour=12, minute=10))
    assert "zebra" in house.signed_in("ana").get(f"/conversations/{conversation}").text
    house.clock.later(minutes=10)
    assert "zebra" not in house.signed_in("ben").get(f"/conversations/{conversation}").text


def test_a_preview_shows_what_staff_would_see_and_a_person_shares_only_their_own(house: House) -> None:
    house.talk("a", "my name is Ana, mail ana@example.org", said="Ana, then. A mirror.")
    other = house.talk("b", "not yours")
    person, conversation = house.person("a"), house.conversation("a")
    with house.database.reading() as session:
        shown = sharing.preview(session, person, conversation)
        assert [row.text for row in shown] == ["my name is [name], mail [e-mail]"]
        assert [row.replies for row in shown] == [["[name], then. A mirror."]]
        with pytest.raises(InputError):
            sharing.preview(session, person, conversation, [other])
    with house.database.transaction() as session:
        with pytest.raises(InputError):
            sharing.share(session, person, house.conversation("b"), house.clock.now)
        with pytest.raises(InputError, match="in the past"):
            sharing.share(session, person, conversation, house.clock.now, until=house.clock.now)


def test_a_person_sees_what_they_shared(house: House) -> None:
    first = house.talk("a", "okapi")
    conversation = house.share("a", [first])
    with house.database.transaction() as session:
        sharing.revoke(session, house.person("a"), house.clock.now, conversation)
        rows = sharing.shares_of(session, house.person("a"))
    assert [(row.conversation_number, row.turn_number, row.revoked_at is not None) for row in rows] == [(1, 1, True)]


def test_where_the_profile_says_so_staff_read_conversations_at_risk(house: House) -> None:
    house.settings = ReviewSettings(
        data=house.settings.data, work=house.settings.work, secret=house.settings.secret, staff_read_at_risk=True
    )
    for address in "ab":
        house.disclose(address, staff_read_at_risk=True)
    house.talk("a", "zebra", level=Level.risk)
    house.talk("b", "okapi", level=Level.concern)
    ana = house.signed_in("ana")
    ana.get("/queue")
    assert "zebra" in ana.get(f"/conversations/{house.conversation('a')}").text
    assert "okapi" not in ana.get(f"/conversations/{house.conversation('b')}").text
    assert [row.turn_numbers for row in log_of(house, "a")] == [[1]]
    assert log_of(house, "b") == []


@pytest.mark.parametrize("told", [[], [False], [True, False], ["late"], [False, "late"]])
def test_staff_read_at_risk_nobody_who_was_not_told_so_before_they_began(house: House, told: list) -> None:
    house.settings = ReviewSettings(
        data=house.settings.data, work=house.settings.work, secret=house.settings.secret, staff_read_at_risk=True
    )
    for staff_read_at_risk in told:
        if staff_read_at_risk == "late":
            house.talk("a", "okapi")
            house.disclose("a", staff_read_at_risk=True)
        else:
            house.disclose("a", staff_read_at_risk)
    house.talk("a", "zebra", level=Level.risk)
    ana = house.signed_in("ana")
    ana.get("/queue")
    page = ana.get(f"/conversations/{house.conversation('a')}").text
    assert "zebra" not in page and "okapi" not in page
    assert log_of(house, "a") == []


def test_what_is_said_under_another_disclosure_is_read_under_that_one(house: House) -> None:
    house.settings = ReviewSettings(
        data=house.settings.data, work=house.settings.work, secret=house.settings.secret, staff_read_at_risk=True
    )
    house.disclose("a", staff_read_at_risk=True)
    house.talk("a", "zebra", level=Level.risk)
    house.disclose("a", staff_read_at_risk=False)
    house.talk("a", "okapi", level=Level.risk)
    page = house.signed_in("ana").get(f"/conversations/{house.conversation('a')}").text
    assert "zebra" in page and "okapi" not in page


def test_a_changed_end_holds_for_all_that_is_shared_and_keeps_what_was_shared_before(house: House) -> None:
    first = house.talk("a", "zebra")
    conversation = house.share("a", [first], until=house.clock.now.replace(hour=18))
    house.share("a", until=house.clock.now.replace(hour=19))
    house.talk("a", "okapi")
    with house.database.transaction() as session:
        sharing.change_end(session, house.person("a"), house.clock.now, house.clock.now.replace(hour=13))
    ana = house.signed_in("ana")
    page = ana.get(f"/conversations/{conversation}").text
    assert "zebra" in page and "okapi" not in page
    house.clock.now = house.clock.now.replace(hour=14)
    assert "zebra" not in house.signed_in("ana").get(f"/conversations/{conversation}").text


def test_a_name_given_in_a_message_that_is_not_shared_is_hidden_in_those_that_are(house: House) -> None:
    house.talk("a", "my name is Tom Berger")
    shared = house.talk("a", "Berger is tired", themes={"exhaustion": 0.9}, said="Berger is tired, then.")
    conversation = house.share("a", [shared])
    ana = house.signed_in("ana")
    for page in (f"/conversations/{conversation}", f"/conversations/{conversation}/brief"):
        answer = ana.get(page)
        assert answer.status_code == 200 and "tired" in answer.text and "Berger" not in answer.text


def test_redacted_by_default_and_unredacted_only_for_leads_and_both_kept(house: House) -> None:
    house.talk("a", "my name is Ana, call 020 7946 0958 or mail ana@example.org")
    conversation = house.share("a")
    path = f"/conversations/{conversation}"
    ana, lead = house.signed_in("rev"), house.signed_in("lea", Role.lead)
    page = ana.get(path).text
    assert "Partly redacted" in page and "Ana" not in page and "example.org" not in page and "7946" not in page
    assert ana.get(f"{path}?words=all").status_code == 403
    assert "ana@example.org" in lead.get(f"{path}?words=all").text
    kept = [(row.reader, row.role, row.redacted, row.turn_numbers) for row in log_of(house, "a")]
    assert kept == [("lea", "lead", False, [1]), ("rev", "practitioner", True, [1])]


def test_a_name_given_once_is_hidden_everywhere_in_the_conversation(house: House) -> None:
    house.talk("a", "everyone thinks zofia copes")
    house.talk("a", "I'm called Zofia by the way")
    assert "zofia" not in house.signed_in("ana").get(f"/conversations/{house.share('a')}").text.lower()


def test_a_name_that_was_found_stays_hidden_when_the_message_that_gave_it_is_forgotten(house: House) -> None:
    gave = house.talk("a", "my name is Petra and i do everything for everybody")
    house.talk("a", "Petra is tired", themes={"exhaustion": 0.9}, said="Petra is tired, then.")
    conversation = house.share("a")
    with house.database.transaction() as session:
        forget_turn(session, gave, house.person("a"))
    ana = house.signed_in("ana")
    for page in (f"/conversations/{conversation}", f"/conversations/{conversation}/brief"):
        answer = ana.get(page).text
        assert "is tired" in answer and "Petra" not in answer


def test_a_name_in_what_was_rated_is_hidden_too(house: House) -> None:
    gave = house.talk("a", "my name is Petra Weil")
    begun = {"kind": "technique", "technique": "technique.page", "event": "started"}
    rated = {"kind": "rating", "scale": "exercise", "value": "Weil is lighter", "technique": "technique.page"}
    house.talk("a", "ok", notes=[begun, rated])
    conversation = house.share("a")
    ana = house.signed_in("ana")
    assert "[name] is lighter" in ana.get(f"/conversations/{conversation}").text
    with house.database.transaction() as session:
        forget_turn(session, gave, house.person("a"))
    for page in (f"/conversations/{conversation}", f"/conversations/{conversation}/brief"):
        assert "[name] is lighter" in ana.get(page).text


def test_every_way_to_words_is_in_the_log(house: House) -> None:
    turn = house.talk("a", "zebra", themes={"exhaustion": 0.9})
    conversation = house.share("a")
    for number, path in enumerate(
        (
            f"/conversations/{conversation}",
            f"/conversations/{conversation}/brief",
            f"/conversations/{conversation}/brief.pdf",
        )
    ):
        house.signed_in(f"r{number}").get(path)
    house.signed_in("part").get(f"/turns/{turn}", headers={"HX-Request": "true"})
    house.signed_in("poster").post(f"/turns/{turn}/decide/themes", headers={"HX-Request": "true"})
    assert {row.reader for row in log_of(house, "a")} == {"r0", "r1", "r2", "part", "poster"}


def test_reading_while_deciding_fills_the_log_only_once(house: House) -> None:
    turn = house.talk("a", "zebra")
    conversation = house.share("a")
    ana = house.signed_in("ana")
    ana.get(f"/conversations/{conversation}")
    for _ in range(3):
        ana.post(f"/turns/{turn}/decide/themes", headers={"HX-Request": "true"})
    assert len(log_of(house, "a")) == 1


def test_a_decision_stands_beside_the_suggestion_and_names_the_model(house: House) -> None:
    turn = house.talk("a", "tired", themes={"exhaustion": 0.9})
    conversation = house.share("a")
    ana = house.signed_in("ana")
    ana.post(f"/turns/{turn}/decide/themes", {"themes": ["loneliness", "exhaustion"]})
    page = ana.get(f"/conversations/{conversation}").text
    assert "You decided on themes</strong>: exhaustion, loneliness" in page
    with house.database.reading() as session:
        rows = Repository(session).export(house.person("a"))
    assert rows["review_decisions"][0]["model_version"] == "first"
    assert [row["name"] for row in rows["themes"]] == ["exhaustion"]


@pytest.mark.parametrize(
    "path, data",
    [
        ("decide/themes", {"themes": ["zebra"]}),
        ("decide/level", {"value": "enormous"}),
        ("decide/reply", {"value": "fine"}),
        ("decide/colour", {"value": "red"}),
        ("remark", {"kind": "note", "text": " "}),
        ("remark", {"kind": "note", "text": "x" * 2001}),
        ("remark", {"kind": "shout", "text": "x"}),
        ("adjudicate/themes", {"themes": []}),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(house: House, path: str, data: dict) -> None:
    turn = house.talk("a", "tired")
    house.share("a")
    assert house.signed_in("lea", Role.lead).post(f"/turns/{turn}/{path}", data).status_code == 422


def test_reviewers_do_not_see_each_others_decisions_before_their_own(house: House) -> None:
    turn = house.talk("a", "tired", themes={"exhaustion": 0.9})
    conversation = house.share("a")
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    ana.post(f"/turns/{turn}/decide/themes", {"themes": ["loneliness"]})
    assert "ana on themes" not in ben.get(f"/conversations/{conversation}").text
    ben.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"]})
    page = ben.get(f"/conversations/{conversation}").text
    assert "ana on themes" in page and "Reviewers disagree on themes" in page


def test_a_lead_settles_a_disagreement_but_not_their_own(house: House) -> None:
    turn = house.talk("a", "tired", themes={"exhaustion": 0.9})
    house.share("a")
    ana, lea, mia = house.signed_in("ana"), house.signed_in("lea", Role.lead), house.signed_in("mia", Role.lead)
    ana.post(f"/turns/{turn}/decide/themes", {"themes": ["loneliness"]})
    lea.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"]})
    path = f"/turns/{turn}/adjudicate/themes"
    assert "Message 1" in mia.get("/disagreements").text
    assert ana.post(path, {"themes": ["loneliness"]}).status_code == 403
    assert lea.post(path, {"themes": ["exhaustion"]}).status_code == 403
    assert mia.post(path, {"themes": ["loneliness"]}).status_code == 303
    assert "There are none." in mia.get("/disagreements").text
    assert mia.post(path, {"themes": ["exhaustion"]}).status_code == 422


def differ_on(house: House, turns: List[int], first: Any, second: Any) -> None:
    for turn in turns:
        first.post(f"/turns/{turn}/decide/themes", {"themes": ["loneliness"]})
        second.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"]})
        house.clock.later(seconds=20)


def shown_numbers(page: str) -> List[str]:
    return re.findall(r'id="turn-(\d+)"', page)


def test_disagreements_that_wait_are_shown_however_many_may_not_be_read(house: House) -> None:
    hidden, waiting = [house.talk("a", "tired") for _ in range(12)], [house.talk("b", "tired") for _ in range(2)]
    house.share("a")
    house.share("b")
    differ_on(house, [*hidden, *waiting], house.signed_in("ana"), house.signed_in("ben"))
    mia = house.signed_in("mia", Role.lead)
    assert len(shown_numbers(mia.get("/disagreements").text)) == 10
    with house.database.transaction() as session:
        sharing.revoke(session, house.person("a"), house.clock.now)
    assert shown_numbers(mia.get("/disagreements").text) == ["1", "2"]


def test_disagreements_that_a_lead_may_settle_come_in_pages_and_her_own_not(house: House) -> None:
    own, others = [house.talk("a", "tired") for _ in range(10)], [house.talk("b", "tired") for _ in range(11)]
    house.share("a")
    house.share("b")
    ana, ben, mia = house.signed_in("ana"), house.signed_in("ben"), house.signed_in("mia", Role.lead)
    differ_on(house, own, ana, mia)
    differ_on(house, others, ana, ben)
    first = mia.get("/disagreements").text
    assert shown_numbers(first) == [str(number) for number in range(1, 11)] and first.count(">Settle</button>") == 10
    following = re.search(r'href="/review(/disagreements\?after=\d+)"', first)
    assert following is not None
    last = mia.get(following.group(1)).text
    assert shown_numbers(last) == ["11"] and "Next page" not in last and "First page" in last
    assert shown_numbers(house.signed_in("eva", Role.lead).get("/disagreements").text) == shown_numbers(first)


def chosen_in(page: str) -> List[str]:
    return re.findall(r"<option selected>(\w+)</option>", page)


def test_forms_and_badges_know_what_one_decided_oneself(house: House) -> None:
    turn = house.talk("a", "dark", replies=["h.cost.1", "h.cost.2"])
    house.share("a")
    ana, part = house.signed_in("ana"), {"HX-Request": "true"}
    page = ana.get(f"/turns/{turn}", headers=part).text
    assert chosen_in(page) == ["none"] and "decided; the machine said" not in page
    ana.post(f"/turns/{turn}/decide/reply", {"position": "1", "value": "unhelpful"})
    page = ana.post(f"/turns/{turn}/decide/level", {"value": "risk"}, headers=part).text
    assert chosen_in(page) == ["risk", "unhelpful"]
    assert '<span class="level level-risk">risk</span>' in page and "decided; the machine said none" in page
    # Others see it only once they have decided themselves.
    ben = house.signed_in("ben")
    page = ben.get(f"/turns/{turn}", headers=part).text
    assert chosen_in(page) == ["none"] and "level-risk" not in page
    # One alone lowers nothing.
    low = house.talk("b", "dark", level=Level.risk)
    house.share("b")
    page = ben.post(f"/turns/{low}/decide/level", {"value": "none"}, headers=part).text
    assert chosen_in(page) == ["none"] and '<span class="level level-risk">risk</span>' in page


def test_a_correction_that_is_open_stays_open_when_another_button_is_pressed(house: House) -> None:
    turn = house.talk("a", "tired")
    house.share("a")
    ana, part = house.signed_in("ana"), {"HX-Request": "true"}
    page = ana.get(f"/turns/{turn}?correct={turn}", headers=part).text
    assert f'action="/review/turns/{turn}/remark?correct={turn}"' in page
    assert f'action="/review/turns/{turn}/decide/themes"' in page
    assert "Save themes" in ana.post(f"/turns/{turn}/remark?correct={turn}", {"kind": "flag"}, headers=part).text


def test_a_message_that_was_taken_back_says_so_and_asks_for_no_themes(house: House) -> None:
    gone = house.talk("a", "zebra", themes={"exhaustion": 0.9}, level=Level.concern)
    house.talk("a", "okapi")
    conversation = house.share("a")
    with house.database.transaction() as session:
        forget_turn(session, gone, house.person("a"))
    first, second = house.signed_in("ana").get(f"/conversations/{conversation}").text.split('id="turn-2"')
    assert "The person took this message back" in first and "level-concern" in first
    assert "blockquote" not in first and "Accept" not in first and "Correct" not in first
    assert "Accept that there is no theme" in second and "took this message back" not in second


@pytest.mark.parametrize("kind", ["theme", UNSCREENED])
def test_a_page_left_open_does_not_write_back_what_a_forgotten_message_was_about(house: House, kind: str) -> None:
    gone = house.talk("a", "zebra", themes={"exhaustion": 0.9})
    house.share("a")
    with house.database.transaction() as session:
        session.execute(update(turns).where(turns.c.id == gone).values(kind=kind))
        forget_turn(session, gone, house.person("a"))
    lea = house.signed_in("lea", Role.lead)
    for path, data in (
        ("decide/themes", {"themes": ["exhaustion"]}),
        ("decide/reply", {"position": "0", "value": "unhelpful", "better": "About zebras."}),
        ("adjudicate/themes", {"themes": ["exhaustion"]}),
    ):
        refused = lea.post(f"/turns/{gone}/{path}", data, headers={"HX-Request": "true"})
        assert refused.status_code == 422 and "took this message back" in refused.text
    # What stays known of it can still be decided and marked.
    assert lea.post(f"/turns/{gone}/decide/level", {"value": "concern"}).status_code == 303
    assert lea.post(f"/turns/{gone}/remark", {"kind": "flag"}).status_code == 303
    page = lea.get(f"/turns/{gone}", headers={"HX-Request": "true"}).text
    assert "The person took this message back" in page and "Accept" not in page
    with house.database.reading() as session:
        kept = Repository(session).export(house.person("a"))
    assert [row["aspect"] for row in kept["review_decisions"]] == ["level"] and not kept["library_inbox"]


def test_verdicts_say_which_reply_they_judge_and_those_on_two_replies_do_not_disagree(house: House) -> None:
    turn = house.talk("a", "tired", replies=["h.cost.1", "h.cost.2"])
    conversation = house.share("a")
    ana, ben, mia = house.signed_in("ana"), house.signed_in("ben"), house.signed_in("mia", Role.lead)
    ana.post(f"/turns/{turn}/decide/reply", {"position": "0", "value": "helpful"})
    ben.post(f"/turns/{turn}/decide/reply", {"position": "1", "value": "unhelpful", "better": "Shorter."})
    page = ben.get(f"/conversations/{conversation}").text
    assert "You decided on reply h.cost.2</strong>: unhelpful" in page and "disagree" not in page
    assert "There are none." in mia.get("/disagreements").text
    assert ">h.cost.2</a>" in ana.get("/library/inbox").text
    with house.database.reading() as session:
        rows = Repository(session).export(house.person("a"))["review_decisions"]
    assert [(row["position"], row["entry_id"]) for row in rows] == [(0, "h.cost.1"), (1, "h.cost.2")]
    ana.post(f"/turns/{turn}/decide/reply", {"position": "1", "value": "helpful"})
    page = mia.get("/disagreements").text
    assert "Reviewers disagree on reply h.cost.2" in page and "reply h.cost.1" not in page.replace(
        "reply h.cost.1</", ""
    )
    settled = mia.post(f"/turns/{turn}/adjudicate/reply", {"position": "1", "value": "helpful"})
    assert settled.status_code == 303 and "There are none." in mia.get("/disagreements").text


@pytest.mark.parametrize("position", ["", "5", "-1", "9" * 30])
def test_a_verdict_on_a_reply_that_was_not_given_is_refused(house: House, position: str) -> None:
    turn = house.talk("a", "tired")
    house.share("a")
    answer = house.signed_in("ana").post(f"/turns/{turn}/decide/reply", {"position": position, "value": "helpful"})
    assert answer.status_code == 422


def test_disagreements_say_in_which_conversation_and_lead_there(house: House) -> None:
    house.talk("a", "well")
    turn = house.talk("a", "tired")
    conversation = house.share("a")
    house.signed_in("ana").post(f"/turns/{turn}/decide/themes", {"themes": ["loneliness"]})
    house.signed_in("ben").post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"]})
    page = house.signed_in("mia", Role.lead).get("/disagreements").text
    assert "Message 2" in page
    there = f'href="/review/conversations/{conversation}?start=2&amp;state=all#turn-2">conversation {conversation}</a>'
    assert there in page


def test_a_flag_is_set_and_taken_off_again(house: House) -> None:
    turn = house.talk("a", "tired")
    conversation = house.share("a")
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    ben.post(f"/turns/{turn}/remark", {"kind": "flag"})
    for shown in (True, False, True):
        ana.post(f"/turns/{turn}/remark", {"kind": "flag"})
        page = ana.get(f"/conversations/{conversation}").text
        assert page.count("Flag by ana") == shown and page.count("Flag by ben") == 1
        assert (">Take the flag off</button>" in page) is shown


def test_notes_are_for_their_writer_and_flags_for_all(house: House) -> None:
    turn = house.talk("a", "tired")
    conversation = house.share("a")
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    ana.post(f"/turns/{turn}/remark", {"kind": "note", "text": "ask about sleep"})
    ana.post(f"/turns/{turn}/remark", {"kind": "flag", "text": ""})
    assert "ask about sleep" in ana.get(f"/conversations/{conversation}").text
    page = ben.get(f"/conversations/{conversation}").text
    assert "ask about sleep" not in page and "Flag by ana" in page


def test_what_would_have_been_better_goes_to_the_librarys_inbox(house: House) -> None:
    turn = house.talk("a", "tired")
    house.share("a")
    ana = house.signed_in("ana")
    data = {"value": "unhelpful", "position": "0", "better": "Something about rest."}
    ana.post(f"/turns/{turn}/decide/reply", data)
    page = ana.get("/library/inbox").text
    assert "Something about rest." in page and "h.cost.1" in page
    conversation = house.conversation("a")
    assert f'href="/review/conversations/{conversation}?start=1&amp;state=all#turn-1">message 1' in page
    ana.post("/library/inbox/1/done")
    assert "Something about rest." not in ana.get("/library/inbox").text


def test_what_a_person_wrote_never_becomes_markup(house: House) -> None:
    house.talk("a", "<script>alert(1)</script> & so on", themes={"exhaustion": 0.9})
    page = house.signed_in("ana").get(f"/conversations/{house.share('a')}").text
    assert "<script>alert" not in page and "alert(1)" in page


def test_long_conversations_come_in_pages(house: House) -> None:
    for number in range(35):
        house.talk("a", f"word{number}")
    conversation = house.share("a")
    ana = house.signed_in("ana")
    first = ana.get(f"/conversations/{conversation}").text
    assert "word29" in first and "word30" not in first and "Later messages" in first
    assert "word34" in ana.get(f"/conversations/{conversation}?start=31").text
    assert sorted(len(row.turn_numbers) for row in log_of(house, "a")) == [5, 30]


def test_the_brief_quotes_and_does_not_interpret(house: House) -> None:
    house.talk("a", "I am tired of carrying it", themes={"exhaustion": 0.9})
    house.talk("a", "7", notes=[{"kind": "rating", "scale": "heaviness", "value": 7}])
    house.talk("a", "4", notes=[{"kind": "rating", "scale": "heaviness", "value": 4}])
    house.talk("a", "yes", notes=[{"kind": "step", "text": "call my sister", "own": "yes"}])
    conversation = house.share("a")
    ana = house.signed_in("ana")
    page = ana.get(f"/conversations/{conversation}/brief").text
    assert "I am tired of carrying it" in page and "call my sister" in page and "<td>7</td><td>4</td>" in page
    assert f"/review/conversations/{conversation}?start=1&amp;state=all#turn-1" in page
    printed = ana.get(f"/conversations/{conversation}/brief.pdf")
    assert printed.headers["content-type"] == "application/pdf" and printed.content.startswith(b"%PDF")


def test_the_brief_tells_how_agreed_steps_and_exercises_went(house: House) -> None:
    technique = "technique.paced_breathing"
    run = {"kind": "technique", "technique": technique}
    rating = {"kind": "rating", "scale": "exercise", "technique": technique, "value": "Lighter"}
    house.talk("a", "ok", notes=[{**run, "event": "started"}])
    house.talk("a", "yes", notes=[{**run, "event": "finished"}, rating])
    house.talk("a", "yes", notes=[{"kind": "step", "text": "call my sister", "own": "yes"}])
    conversation = house.share("a")
    ana = house.signed_in("ana")
    assert "Not asked yet how it went" in ana.get(f"/conversations/{conversation}/brief").text
    house.clock.later(days=7)
    review = {"kind": "note", "technique": "small_step", "step": "review"}
    house.talk("a", "she picked up at once", notes=[{**review, "text": "she picked up at once"}])
    assert "she picked up" not in ana.get(f"/conversations/{conversation}/brief").text
    house.share("a")
    page = house.signed_in("ben").get(f"/conversations/{conversation}/brief").text
    assert "Asked how it went on 2026-03-09: “she picked up at once”" in page
    assert "paced breathing: begun 1, finished 1, stopped 0" in page and "“Lighter”" in page


def test_the_brief_is_one_page_however_much_was_shared(house: House) -> None:
    words = "I carry all of it and nobody in this house has ever once asked me what it is like to do that, not even on"
    for number, theme in enumerate(THEMES[:8] * 4):
        house.talk("a", f"{words} day {number}", themes={theme: 0.9})
        house.talk("a", "yes", notes=[{"kind": "step", "text": f"{words} {number}", "own": "yes"}])
        house.clock.later(days=6)
    conversation = house.share("a")
    printed = house.signed_in("ana").get(f"/conversations/{conversation}/brief.pdf").content
    assert printed.count(b"/Type /Page ") == 1


def test_a_failure_nobody_foresaw_shows_and_logs_no_words(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house.talk("a", "zebra")
    conversation = house.share("a")
    ana = house.signed_in("ana")

    def broken(*_: Any) -> None:
        raise RuntimeError("zebra")

    monkeypatch.setattr("bot.review.transcript.runs", broken)
    answer = ana.get(f"/conversations/{conversation}")
    assert answer.status_code == 500 and "zebra" not in answer.text and "zebra" not in caplog.text
    assert "content-security-policy" in answer.headers
