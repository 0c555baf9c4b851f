"""After erasure not a byte of the person's words is in the files, and nobody else lost anything."""

import asyncio
import random
from pathlib import Path

import pytest
from rasa.shared.core.events import UserUttered
from sqlalchemy import func, insert, select

from bot.errors import StorageError, UnknownPersonError
from bot.storage.database import Database
from bot.storage.erasure import erase, person_hash
from bot.storage.forgetting import forget_turn
from bot.storage.repository import Repository
from bot.storage.review_tables import readings, review_models, reviewers
from bot.storage.tables import erasures, metadata, people
from bot.storage.tracker_store import InterludeTrackerStore

from .conftest import NOON, Talk, later, person_of
from .test_repository import NOTES, texts

WORD = b"zebra"


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def fill(database: Database, talk: Talk) -> None:
    """Two people in turn, with texts from one word to several pages, notes and the engine's rows."""
    chance = random.Random(5)
    store = InterludeTrackerStore(database=database)

    async def one_turn(number: int, who: str, word: str) -> None:
        text = f"{word} " * chance.choice((1, 7, 90, 900))
        person = person_of(database, who)
        with database.transaction():
            tracker = await store.get_or_create_tracker(person)
            tracker.update(UserUttered(text))
            await store.save(tracker)
            notes = [{"kind": "note", "technique": "t", "step": "s", "text": text}, *NOTES]
            talk(database, who, text, at=later(minutes=number), notes=notes)

    async def all_turns() -> None:
        for number in range(40):
            await one_turn(number, "a", "zebra")
            await one_turn(number, "b", "okapi")

    asyncio.run(all_turns())


def test_erasing_leaves_no_byte_of_the_words_in_any_file(file_database: Database, talk: Talk, tmp_path: Path) -> None:
    fill(file_database, talk)
    assert WORD in all_bytes(tmp_path)
    erase(file_database, person_of(file_database, "a"), NOON)
    assert WORD not in all_bytes(tmp_path)
    assert len(texts(file_database, person_of(file_database, "b"))) == 40


def test_purged_and_forgotten_words_leave_the_files_when_they_are_scrubbed(
    file_database: Database, talk: Talk, tmp_path: Path
) -> None:
    forgotten = talk(file_database, "b", "zebra")
    talk(file_database, "a", "zebra")
    talk(file_database, "b", "okapi", at=later(days=40))
    with file_database.transaction() as session:
        forget_turn(session, forgotten)
        Repository(session).purge(later(days=30))
    file_database.scrub_files()
    assert WORD not in all_bytes(tmp_path)


def test_erasing_takes_every_row_of_the_person_and_counts_them(database: Database, talk: Talk) -> None:
    fill(database, talk)
    ana, ben = person_of(database, "a"), person_of(database, "b")
    with database.reading() as session:
        kept = Repository(session).export(ben)
        expected = {name: len(rows) for name, rows in Repository(session).export(ana).items()}
    receipt = erase(database, ana, NOON)
    assert receipt["rows"] == expected
    assert receipt["rows"]["messages"] == 40 and receipt["rows"]["notes"] == 80 and receipt["rows"]["addresses"] == 1
    with database.reading() as session:
        assert Repository(session).export(ben) == kept
        for table in metadata.tables.values():
            if "person_id" in table.columns:
                assert session.scalar(select(func.count()).where(table.c.person_id == ana)) == 0


def test_the_receipt_is_kept_without_words_or_the_persons_id(database: Database, talk: Talk) -> None:
    talk(database, "a", "zebra")
    ana = person_of(database, "a")
    receipt = erase(database, ana, NOON)
    with database.reading() as session:
        row = session.execute(select(erasures)).one()
        assert session.scalar(select(func.count()).select_from(people)) == 0
    assert (row.person_hash, row.receipt, row.at) == (person_hash(ana), receipt, NOON)
    assert ana not in str(receipt) and "zebra" not in str(receipt)


def test_the_receipt_names_the_models_that_learned_from_the_person(database: Database, talk: Talk) -> None:
    told, other = talk(database, "a", "zebra"), talk(database, "b", "okapi")
    ana = person_of(database, "a")
    read = {"reader": "ada", "role": "lead", "what": "training", "turns": [1], "redacted": True, "at": NOON}
    with database.transaction() as session:
        ada = {"id": 1, "name": "ada", "role": "lead", "password_hash": "", "failures": 0, "created_at": NOON}
        session.execute(insert(reviewers).values(ada))
        session.execute(insert(readings).values(person_id=ana, conversation_id=1, reviewer_id=1, **read))
        for name, state, learned in (
            ("abc", "promoted", [told, other]),
            ("def", "candidate", [other]),
            ("ghi", "discarded", [told]),
        ):
            made = {"begun_by": 1, "begun_at": NOON, "examples": 1, "comparison": {"learned_from": learned}}
            session.execute(insert(review_models).values(name=name, state=state, **made))
    assert erase(database, ana, NOON)["training"] == {"messages": 1, "models": ["abc"]}


def test_a_person_cannot_be_erased_twice_and_ids_never_come_back(database: Database, talk: Talk) -> None:
    before = talk(database, "a", "hello")
    ana = person_of(database, "a")
    erase(database, ana, NOON)
    with pytest.raises(UnknownPersonError):
        erase(database, ana, NOON)
    assert talk(database, "a", "hello again") > before
    assert person_of(database, "a") != ana


def test_a_reader_that_holds_the_journal_is_reported_and_the_rows_are_gone(
    file_database: Database, talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.database.BUSY_MILLISECONDS", 50)
    database = Database(str(file_database.engine.url))
    talk(database, "a", "zebra")
    ana = person_of(database, "a")
    with file_database.reading() as reader:
        reader.execute(select(people)).all()
        with pytest.raises(StorageError, match="Try again"):
            erase(database, ana, NOON)
    database.scrub_files()
    assert WORD not in all_bytes(tmp_path)
