"""What people say is given back as it was said, to them alone, once."""

import json
from typing import Any, List

import pytest
from sqlalchemy import insert, select

from bot.core.conversation import Level, Reply
from bot.errors import StorageError, UnknownPersonError
from bot.storage.database import Database
from bot.storage.forgetting import forget_turn
from bot.storage.repository import Repository
from bot.storage.review_tables import library_inbox, review_notes, reviewers
from bot.storage.tables import metadata, tracker_events, tracker_snapshots, turns

from .conftest import NOON, Talk, heard, later, person_of

NOTES = [
    {"kind": "technique", "technique": "ladder", "event": "started"},
    {"kind": "note", "technique": "ladder", "step": "ask", "text": "ask Ana about the bag"},
    {"kind": "rating", "scale": "heaviness", "value": 4},
    {"kind": "rating", "scale": "exercise", "value": None, "technique": "ladder"},
    {"kind": "step", "text": "let Ana carry one bag", "own": "yes"},
    {"kind": "correction", "themes": ["burden"], "shown": "mirror.one"},
]

# Tables of the review room that hold nothing of the people who talk.
OF_THE_ROOM = {
    "reviewers",
    "review_sessions",
    "review_attempts",
    "review_refreshes",
    "library_versions",
    "review_models",
}
FIRST_TABLES = {
    "people", "addresses", "conversations", "turns", "turn_themes", "replies", "technique_runs", "notes", "ratings", "steps",
    "corrections", "alerts", "tracker_events", "tracker_snapshots",
}  # fmt: skip


def exported(database: Database, person: str) -> Any:
    with database.reading() as session:
        return json.loads(json.dumps(Repository(session).export(person)))


def texts(database: Database, person: str) -> List[str]:
    with database.reading() as session:
        return [turn.heard.text for turn in Repository(session).history(person)]


def test_a_turn_comes_back_as_it_was_stored(database: Database, talk: Talk) -> None:
    said = "I carry it all \u202e alone \x00 \ud83d 🙂"
    turn_id = talk(database, "a", said)
    with database.reading() as session:
        (turn,) = Repository(session).last_turns(person_of(database, "a"), 5)
    assert turn.id == turn_id
    assert turn.heard == heard(said)
    assert turn.replies == [Reply("mirror.one", f"You said {said}", ("Yes", "No"), {"card": ["999"]})]
    assert (turn.number, turn.at, turn.channel, turn.conversation_level) == (1, NOON, "web", Level.none)


def test_the_same_address_is_the_same_person_and_another_channel_is_not(database: Database) -> None:
    with database.transaction() as session:
        repository = Repository(session)
        ana = repository.person_at("web", "7", NOON)
        assert repository.person_at("web", "7", later(days=1)) == ana
        assert repository.person_at("telegram", "7", NOON) != ana
        found = repository.find_person(ana)
        assert found is not None and found.created_at == NOON
        assert repository.find_person("nobody") is None


def test_nobody_sees_the_words_of_another_person(database: Database, talk: Talk) -> None:
    for number in range(3):
        talk(database, "a", f"ana {number}")
        talk(database, "b", f"ben {number}", client_key=f"k{number}")
    ana, ben = person_of(database, "a"), person_of(database, "b")
    assert texts(database, ana) == ["ana 0", "ana 1", "ana 2"]
    assert "ben" not in json.dumps(exported(database, ana))
    with database.reading() as session:
        assert Repository(session).turn_sent_with(ana, "k1") is None
        assert Repository(session).turn_sent_with(ben, "k1") is not None


def test_a_message_sent_twice_is_answered_from_the_store_and_never_stored_twice(database: Database, talk: Talk) -> None:
    talk(database, "a", "hello", client_key="key-1")
    person = person_of(database, "a")
    with database.reading() as session:
        turn = Repository(session).turn_sent_with(person, "key-1")
    assert turn is not None and [reply.text for reply in turn.replies] == ["You said hello"]
    with pytest.raises(StorageError) as refused:
        talk(database, "a", "hello once more", client_key="key-1")
    assert "hello" not in str(refused.value)
    assert texts(database, person) == ["hello"]


def test_turns_without_a_client_key_do_not_get_in_each_others_way(database: Database, talk: Talk) -> None:
    talk(database, "a", "one")
    talk(database, "a", "two")
    assert texts(database, person_of(database, "a")) == ["one", "two"]


def test_a_session_is_numbered_ends_once_and_the_next_one_follows(database: Database) -> None:
    with database.transaction() as session:
        repository = Repository(session)
        person = repository.person_at("web", "a", NOON)
        first = repository.open_conversation(person, "web", NOON)
        repository.close_conversation(first.id, "goodbye", later(hours=1))
        repository.close_conversation(first.id, "idle", later(hours=9))
        assert repository.current_conversation(person) is None
        second = repository.open_conversation(person, "web", later(hours=9))
        assert (first.number, second.number) == (1, 2)
        known = repository.find_person(person)
        assert known is not None and known.sessions_count == 2
        ends = [row["end_reason"] for row in repository.export(person)["conversations"]]
    assert ends == ["goodbye", None]


def test_a_raised_level_leaves_an_alert_and_marks_the_conversation_for_good(database: Database, talk: Talk) -> None:
    talk(database, "a", "a", heard=heard("x", Level.concern), conversation_level=Level.concern)
    talk(database, "a", "b", heard=heard("y", Level.risk), conversation_level=Level.risk)
    talk(database, "a", "c", conversation_level=Level.concern)
    found = exported(database, person_of(database, "a"))
    assert [row["level"] for row in found["alerts"]] == ["concern", "risk"]
    assert all(row["notified_at"] is None for row in found["alerts"])
    assert [row["highest_level"] for row in found["conversations"]] == ["risk"]
    assert [row["highest_kind"] for row in found["conversations"]] == ["suicide"]


def test_a_level_raised_by_several_turns_together_marks_the_conversation(database: Database, talk: Talk) -> None:
    talk(database, "a", "a", conversation_level=Level.concern, conversation_kind="suicide")
    (conversation,) = exported(database, person_of(database, "a"))["conversations"]
    assert (conversation["highest_level"], conversation["highest_kind"]) == ("concern", "suicide")


def test_an_export_holds_everything_stored_about_the_person(database: Database, talk: Talk) -> None:
    talk(database, "a", "first")
    talk(database, "a", "second", notes=NOTES, heard=heard("second", Level.concern))
    person = person_of(database, "a")
    with database.transaction() as session:
        session.execute(
            insert(tracker_events).values(sender_id=person, timestamp=1.0, type_name="user", data={"text": "second"})
        )
        session.execute(
            insert(tracker_snapshots).values(sender_id=person, events_count=1, slots={"state": 1}, updated_at=NOON)
        )
    found = exported(database, person)
    not_about_people = {"erasures", "updates"} | {metadata.tables[name].info["reads_as"] for name in OF_THE_ROOM}
    assert set(found) == {table.info["reads_as"] for table in metadata.tables.values()} - not_about_people
    of_reviewers = {table.info["reads_as"] for name, table in metadata.tables.items() if name not in FIRST_TABLES}
    assert [name for name, rows in found.items() if not rows and name not in of_reviewers] == []
    assert [row["text"] for row in found["messages"]] == ["first", "second"]
    assert found["notes"][0]["text"] == "ask Ana about the bag"
    assert found["steps"][0]["text"] == "let Ana carry one bag"
    assert [row["value"] for row in found["ratings"]] == ["4", None]
    assert found["messages"][0]["at"] == NOON.isoformat()


def test_a_correction_is_about_the_turn_before_it(database: Database, talk: Talk) -> None:
    wrong = talk(database, "a", "first")
    talk(database, "a", "that is not it", notes=NOTES[-1:])
    (correction,) = exported(database, person_of(database, "a"))["corrections"]
    assert (correction["turn_id"], correction["shown_entry_id"]) == (wrong, "mirror.one")


def test_every_table_says_whose_rows_it_holds() -> None:
    nobodys = {"erasures", "updates_seen", *OF_THE_ROOM}
    for name, table in metadata.tables.items():
        known_by = {"person_id", "turn_id", "sender_id"} & set(table.columns.keys())
        assert known_by or name == "people" or name in nobodys, name


def test_a_forgotten_turn_keeps_its_place_but_no_words(database: Database, talk: Talk) -> None:
    talk(database, "a", "stays one")
    person = person_of(database, "a")
    with database.transaction() as session:
        for text in ("before", "zebra event"):
            session.execute(insert(tracker_events).values(sender_id=person, timestamp=1.0, type_name="user", data=text))
    with database.transaction() as session:
        session.execute(turns.update().values(last_event_id=1))
    forgotten = talk(database, "a", "zebra", notes=NOTES[:5], heard=heard("zebra", Level.risk), client_key="k")
    talk(database, "a", "stays two")
    with database.transaction() as session:
        forget_turn(session, forgotten)
    found = exported(database, person)
    assert [row["text"] for row in found["messages"]] == ["stays one", "", "stays two"]
    assert [row["level"] for row in found["messages"]] == ["none", "risk", "none"]
    assert [row["data"] for row in found["engine_events"]] == ["before"]
    assert "zebra" not in json.dumps(found)
    assert not found["notes"] and not found["steps"] and not found["ratings"]
    with database.reading() as session:
        forgotten_turn = Repository(session).turn_sent_with(person, "k")
    assert forgotten_turn is not None and forgotten_turn.replies == []


def test_forgetting_takes_what_reviewers_wrote_about_the_words_and_leaves_the_alert(
    database: Database, talk: Talk
) -> None:
    forgotten = talk(database, "a", "zebra", heard=heard("zebra", Level.risk))
    person = person_of(database, "a")
    hers = {"person_id": person, "turn_id": forgotten, "reviewer_id": 1, "at": NOON}
    with database.transaction() as session:
        ada = {"id": 1, "name": "ada", "role": "lead", "password_hash": "", "failures": 0, "created_at": NOON}
        session.execute(insert(reviewers).values(ada))
        session.execute(insert(review_notes).values(**hers, kind="note", text="the zebra again"))
        session.execute(insert(library_inbox).values(**hers, entry_id="mirror.one", better="say zebra"))
    with database.transaction() as session:
        forget_turn(session, forgotten)
    found = exported(database, person)
    assert "zebra" not in json.dumps(found)
    assert [row["level"] for row in found["alerts"]] == ["risk"]


def test_forgetting_what_is_not_there_says_so(database: Database) -> None:
    with pytest.raises(StorageError, match="no such turn"), database.transaction() as session:
        forget_turn(session, 77)


def test_purging_takes_what_is_old_and_leaves_what_is_not(database: Database, talk: Talk) -> None:
    talk(database, "gone", "old", notes=NOTES)
    talk(database, "stays", "old too", notes=NOTES)
    talk(database, "stays", "new", at=later(days=40))
    stays = person_of(database, "stays")
    with database.transaction() as session:
        counts = Repository(session).purge(later(days=30))
    assert (counts["messages"], counts["person"], counts["notes"]) == (2, 1, 2)
    assert texts(database, stays) == ["new"]
    with database.reading() as session:
        assert session.execute(select(metadata.tables["people"].c.id)).scalars().all() == [stays]
    with database.transaction() as session:
        assert sum(Repository(session).purge(later(days=30)).values()) == 0


def test_a_long_history_is_read_whole_and_in_order(database: Database, talk: Talk) -> None:
    for number in range(210):
        talk(database, "a", str(number))
    assert texts(database, person_of(database, "a")) == [str(number) for number in range(210)]


def test_what_an_unknown_person_asks_for_is_refused(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(UnknownPersonError):
            Repository(session).export("nobody")
        with pytest.raises(UnknownPersonError):
            Repository(session).open_conversation("nobody", "web", NOON)


def test_a_note_of_an_unknown_kind_stores_nothing_of_the_turn(database: Database, talk: Talk) -> None:
    with pytest.raises(StorageError, match="Allowed are"):
        talk(database, "a", "hello", notes=[{"kind": "poem"}])
    assert texts(database, person_of(database, "a")) == []
