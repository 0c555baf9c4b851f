"""The message that was meant is forgotten, wherever it left something, and no other."""

import json
from datetime import timedelta
from typing import Any, List

import pytest
from sqlalchemy import func, insert, select, update

from bot.core.conversation import Heard, Level, Reply, ThemeScore
from bot.core.guide.forget_words import wish
from bot.core.guide.turn import State
from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.forgetting import facts, find, forget, forget_turn, read_state
from bot.storage.repository import Repository
from bot.storage.review import names_in
from bot.storage.review_tables import hidden_names, review_item_themes
from bot.storage.tables import tracker_events, tracker_snapshots, turns

from .conftest import NOON, Talk, heard, later, person_of

PAGE = "my brother took the boat and told nobody"
NOTE = {"kind": "note", "technique": "technique.page", "step": "pour", "text": PAGE}


def meant(database: Database, text: str) -> Any:
    wanted = wish(text)
    assert wanted is not None
    with database.reading() as session:
        found = find(session, person_of(database, "a"), wanted)
    assert len(found) <= 1
    return found[0].heard.text if found else None


def texts(database: Database) -> List[str]:
    with database.reading() as session:
        return [turn.heard.text for turn in Repository(session).history(person_of(database, "a"))]


def exported(database: Database) -> Any:
    with database.reading() as session:
        return Repository(session).export(person_of(database, "a"))


def said(entry: str, text: str = "Fine.") -> Any:
    return {"replies": [Reply(entry, text)]}


def keep_state(database: Database, state: State) -> None:
    with database.transaction() as session:
        session.execute(
            insert(tracker_snapshots).values(
                sender_id=person_of(database, "a"), events_count=0, slots={"session": state.as_dict()}, updated_at=NOON
            )
        )


def state_of(database: Database) -> State:
    with database.reading() as session:
        state = read_state(session, person_of(database, "a"))
    assert state is not None
    return state


def test_the_last_message_is_never_one_about_forgetting(database: Database, talk: Talk) -> None:
    talk(database, "a", "my boss calls at night")
    talk(database, "a", "my sister left")
    last = talk(database, "a", "forget that", **said("forget.confirm"))
    talk(database, "a", "yes", **said("forget.done"))
    assert meant(database, "forget that") == "my sister left"
    with database.transaction() as session:
        forget(session, person_of(database, "a"), [last - 1])
    assert meant(database, "forget that") == "my boss calls at night"
    talk(database, "a", "show me my journey", **said("journey"))
    talk(database, "a", "no, keep it", **said("forget.kept"))
    assert meant(database, "forget that") == "my boss calls at night"


def test_a_note_is_the_one_that_was_noted_and_not_the_longest_message(database: Database, talk: Talk) -> None:
    talk(database, "a", "something long " * 30)
    talk(database, "a", PAGE, notes=[NOTE])
    talk(database, "a", "7", notes=[{**NOTE, "text": "7"}])
    talk(database, "a", "can we go on")
    assert meant(database, "forget that note") == PAGE
    assert meant(database, "forget the story i pasted") == ("something long " * 30)
    with database.reading() as session:
        wanted = wish("forget that note")
        assert wanted is not None
        assert facts(session, person_of(database, "a"), wanted)["forget_kind"] == "note"


def test_where_there_is_no_note_the_last_message_is_shown_as_one(database: Database, talk: Talk) -> None:
    talk(database, "a", "my sister left")
    with database.reading() as session:
        wanted = wish("forget that note")
        assert wanted is not None
        found = facts(session, person_of(database, "a"), wanted)
    assert (found["forget_kind"], found["forget_words"]) == ("last", "my sister left")


def test_a_message_is_found_by_what_it_was_about(database: Database, talk: Talk) -> None:
    talk(database, "a", "my brother stole money from me")
    talk(database, "a", "my boss calls at night")
    talk(database, "a", "forget what i said about my brother", **said("forget.confirm", "“my brother stole”?"))
    assert meant(database, "forget what I said about my brother") == "my brother stole money from me"
    assert meant(database, "forget what I said about the moon") is None


def test_where_danger_was_told_the_question_quotes_nothing(database: Database, talk: Talk) -> None:
    talk(database, "a", "x", heard=heard("i want to be gone", Level.risk))
    with database.reading() as session:
        wanted = wish("forget that")
        assert wanted is not None
        found = facts(session, person_of(database, "a"), wanted)
    assert (found["forget_words"], found["forget_day"]) == ("", "1 March 2026")


def test_several_messages_on_one_thing_are_all_meant_and_go_together(database: Database, talk: Talk) -> None:
    first = talk(database, "a", "my flat in Ulm is cold")
    other = talk(database, "a", "my boss calls at night")
    second = talk(database, "a", "Ulm again", heard=heard("Ulm again", Level.concern))
    talk(database, "a", "please forget all about Ulm")
    asked = wish("forget everything about Ulm")
    assert asked is not None
    with database.transaction() as session:
        found = facts(session, person_of(database, "a"), asked)
        assert found["forget_turn"] == f"{first} {second}"
        assert (found["forget_kind"], found["forget_count"]) == ("several", "2")
        # What told of danger is not shown.
        assert (found["forget_words"], found["forget_shown"]) == ("“my flat in Ulm is cold”", "1")
        forget(session, person_of(database, "a"), [first, second])
    assert other and "my boss calls at night" in texts(database)
    assert not {"my flat in Ulm is cold", "Ulm again"} & set(texts(database))


def test_a_message_is_found_by_its_place_in_the_talk_and_a_wish_is_never_meant(database: Database, talk: Talk) -> None:
    for text in ("my sister left", "no", "my boss calls at night", "please unsay that"):
        talk(database, "a", text)
    assert meant(database, "forget my first message") == "my sister left"
    assert meant(database, "forget my third message") == "my boss calls at night"
    assert meant(database, "forget the message before the last one") == "no"
    assert meant(database, "forget my ninth message") is None
    assert meant(database, "remove the last message") == "my boss calls at night"


def test_a_forgotten_note_is_gone_from_messages_notes_answers_events_and_steps(database: Database, talk: Talk) -> None:
    person_id = None
    noted = talk(database, "a", PAGE, notes=[NOTE])
    person_id = person_of(database, "a")
    given_back = f"Here is your page:\n“{PAGE}”\nRead it slowly."
    step = {"kind": "step", "text": f"say to Ana: {PAGE}", "own": "no"}
    talk(database, "a", "next", at=later(minutes=1), notes=[step], **said("technique.page.read", given_back))
    talk(database, "a", "what now", at=later(minutes=2), **said("quote", "You said “took the boat and told nobody”."))
    talk(database, "a", "hm", at=later(minutes=3), **said("listen", "There's no rush."))
    with database.transaction() as session:
        rows = [
            {"event": "bot", "text": given_back, "metadata": {"reply_id": "technique.page.read"}},
            {"event": "bot", "text": "There's no rush.", "metadata": {"reply_id": "listen"}},
        ]
        for data in rows:
            values = {"sender_id": person_id, "timestamp": 1.0, "type_name": "bot", "data": data}
            session.execute(insert(tracker_events).values(**values))
    with database.transaction() as session:
        forget(session, person_id, [noted])
    found = exported(database)
    assert "boat" not in json.dumps(found)
    assert [row["text"] for row in found["replies"]] == ["There's no rush."]
    assert [row["data"]["text"] for row in found["engine_events"]] == ["There's no rush."]
    assert not found["steps"] and not found["notes"]
    assert texts(database) == ["", "next", "what now", "hm"]


def test_a_step_in_words_of_their_own_stays(database: Database, talk: Talk) -> None:
    noted = talk(database, "a", "Ana", notes=[{**NOTE, "text": "Ana"}])
    talk(
        database, "a", "ring Ana", notes=[{"kind": "step", "text": "ring Ana", "own": "yes"}], **said("step.agreed_own")
    )
    talk(
        database,
        "a",
        "Yes",
        notes=[{"kind": "step", "text": "ask Ana for one thing", "own": "no"}],
        **said("step.agreed"),
    )
    with database.transaction() as session:
        forget(session, person_of(database, "a"), [noted])
    assert [row["text"] for row in exported(database)["steps"]] == ["ring Ana"]


def test_the_words_by_which_it_was_asked_for_are_forgotten_with_it(database: Database, talk: Talk) -> None:
    told = talk(database, "a", "my brother stole money from me")
    talk(database, "a", "forget what i said about my brother", **said("forget.confirm", "Forget “my brother stole”?"))
    talk(database, "a", "yes", **said("forget.done"))
    with database.transaction() as session:
        forget(session, person_of(database, "a"), [told])
    assert texts(database) == ["", "", "yes"]
    assert "brother" not in json.dumps(exported(database))


def test_a_theme_leaves_the_state_unless_another_message_of_the_session_carried_it(
    database: Database, talk: Talk
) -> None:
    def carrying(text: str, *names: str) -> Heard:
        return Heard(text, "theme", themes=tuple(ThemeScore(name, 0.9) for name in names))

    first = talk(database, "a", "", heard=carrying("one", "feeling_like_a_burden", "needing_help"))
    talk(database, "a", "", heard=carrying("two", "needing_help"))
    names = ["feeling_like_a_burden", "needing_help"]
    keep_state(database, State(session=1, themes=names, evidence={name: 0.9 for name in names}))
    with database.transaction() as session:
        forget_turn(session, first)
    assert state_of(database).themes == ["needing_help"]
    assert list(state_of(database).evidence) == ["needing_help"]


def test_the_practitioners_queue_does_not_name_the_topics_any_more(database: Database, talk: Talk) -> None:
    told = talk(database, "a", "one")
    talk(database, "a", "two", heard=Heard("two", "theme", themes=(ThemeScore("control", 0.9),)))
    mine = {"conversation_id": 1, "person_id": person_of(database, "a"), "turns": 1, "last_at": NOON}
    with database.transaction() as session:
        for name in ("burden", "control"):
            session.execute(insert(review_item_themes).values(name=name, **mine))
    with database.transaction() as session:
        forget_turn(session, told)
    assert [row["name"] for row in exported(database)["review_themes"]] == ["control"]


def test_numbers_and_words_of_other_messages_stay_in_the_state(database: Database, talk: Talk) -> None:
    talk(database, "a", "7", notes=[{"kind": "rating", "scale": "heaviness", "value": 7}])
    forgotten = talk(database, "a", "4", notes=[{"kind": "rating", "scale": "heaviness", "value": 4}])
    exercise = {"kind": "rating", "scale": "exercise", "value": "Lighter", "technique": "technique.page"}
    talk(database, "a", "Lighter", notes=[exercise])
    keep_state(database, State(session=1, heaviness=[7, 4]))
    with database.transaction() as session:
        forget_turn(session, forgotten)
    state = state_of(database)
    assert state.heaviness == [7]
    assert state.felt == [{"technique": "technique.page", "felt": "lighter"}]


def test_nobody_forgets_a_message_of_another_person(database: Database, talk: Talk) -> None:
    theirs = talk(database, "b", "theirs")
    talk(database, "a", "mine")
    with pytest.raises(StorageError, match="no such turn"), database.transaction() as session:
        forget(session, person_of(database, "a"), [theirs])
    with database.reading() as session:
        assert [turn.heard.text for turn in Repository(session).history(person_of(database, "b"))] == ["theirs"]


def test_a_message_forgotten_before_a_backup_was_restored_leaves_the_restored_state(
    database: Database, talk: Talk
) -> None:
    told = talk(database, "a", PAGE, notes=[NOTE])
    exercise = {"id": "technique.page", "step": 1, "notes": {"page": PAGE}, "paused": False}
    keep_state(database, State(session=1, exercise=exercise))
    with database.transaction() as session:
        session.execute(update(turns).where(turns.c.id == told).values(last_event_id=None))
        forget_turn(session, told)
    assert state_of(database).exercise == {**exercise, "notes": {}}


def hidden_in(database: Database, name: str) -> Any:
    with database.reading() as session:
        turn = Repository(session).last_turns(person_of(database, name), 1)[0]
        return names_in(session, turn.conversation_id)


GAVE = "my name is Petra Weil and i do everything"


@pytest.mark.parametrize(
    ("left", "hidden"),
    [
        ("Petra is tired and lonely", ["Petra"]),
        ("PETRA WEIL is tired", ["PETRA", "PETRA WEIL", "WEIL"]),
        ("nobody is called that here", []),
    ],
)
def test_a_name_that_was_found_stays_hidden_when_the_message_that_gave_it_is_forgotten(
    database: Database, talk: Talk, left: str, hidden: List[str]
) -> None:
    given = talk(database, "a", GAVE)
    talk(database, "a", left)
    other = talk(database, "b", "Petra is tired too")
    with database.transaction() as session:
        forget_turn(session, given)
        forget_turn(session, other)
    assert hidden_in(database, "a") == hidden and list(hidden_in(database, "b")) == []


def test_a_word_that_is_a_name_too_stays_hidden_only_with_a_capital(database: Database, talk: Talk) -> None:
    given = talk(database, "a", "my name is Grace")
    talk(database, "a", "Grace has no grace left")
    with database.transaction() as session:
        forget_turn(session, given)
    assert hidden_in(database, "a") == ["Grace"]


def test_what_keeps_a_name_hidden_goes_with_the_person_and_holds_no_byte_of_the_name(
    file_database: Database, talk: Talk
) -> None:
    given = talk(file_database, "a", GAVE)
    talk(file_database, "a", "tired")
    with file_database.transaction() as session:
        forget_turn(session, given)
        person = person_of(file_database, "a")
        kept = Repository(session).export(person)["hidden_names"]
        assert kept and not any(part in str(kept).lower() for part in ("petra", "weil"))
        Repository(session).erase_person(person)
        assert session.scalar(select(func.count()).select_from(hidden_names)) == 0


def test_a_name_given_in_what_was_purged_stays_hidden_in_what_is_left(database: Database, talk: Talk) -> None:
    talk(database, "a", GAVE, at=NOON)
    talk(database, "a", "Petra is tired and lonely", at=NOON + timedelta(hours=2))
    with database.transaction() as session:
        Repository(session).purge(NOON + timedelta(hours=1))
    assert hidden_in(database, "a") == ["Petra"]
