"""A backup is whole, taken while people write, and brings nothing back that somebody took back."""

import stat
import threading
from pathlib import Path
from typing import Any, Dict

import pytest
from sqlalchemy import func, insert, select, update

from bot.errors import InputError, SettingError, StorageError
from bot.settings import Secret
from bot.storage import backup
from bot.storage.database import Database
from bot.storage.erasure import erase
from bot.storage.forgetting import forget_turn
from bot.storage.keys import file_key_from
from bot.storage.repository import Repository
from bot.storage.review_tables import shares
from bot.storage.rotation import encrypt_anew
from bot.storage.tables import erasures, metadata, people

from .conftest import NOON, Talk, heard, later, person_of
from .test_repository import NOTES, exported, texts

KEY, OTHER_KEY = bytes(range(32)), bytes(32)


def wipe(database: Database) -> None:
    """As after a disk was lost."""
    with database.transaction() as session:
        for table in reversed(metadata.sorted_tables):
            session.execute(table.delete())


def two_people(database: Database, talk: Talk) -> Dict[str, Any]:
    for number in range(3):
        talk(database, "a", f"ana {number}", notes=NOTES, at=later(minutes=number))
        talk(database, "b", f"ben {number}", at=later(minutes=number))
    return {who: exported(database, person_of(database, who)) for who in "ab"}


def test_what_was_backed_up_comes_back_exactly(database: Database, talk: Talk, tmp_path: Path) -> None:
    before = two_people(database, talk)
    counts = backup.back_up(database, tmp_path / "backup.db")
    assert counts["turns"] == 6 and counts["people"] == 2
    wipe(database)
    backup.restore(database, tmp_path / "backup.db", lost=True)
    assert {who: exported(database, person_of(database, who)) for who in "ab"} == before


def test_after_restoring_conversations_go_on_with_new_numbers(database: Database, talk: Talk, tmp_path: Path) -> None:
    two_people(database, talk)
    backup.back_up(database, tmp_path / "backup.db")
    newest = talk(database, "a", "after the backup")
    backup.restore(database, tmp_path / "backup.db")
    assert texts(database, person_of(database, "a")) == ["ana 0", "ana 1", "ana 2"]
    assert talk(database, "a", "ana 3") >= newest
    assert talk(database, "new", "hello") > newest


def test_a_backup_holds_one_moment_while_others_write(file_database: Database, talk: Talk, tmp_path: Path) -> None:
    two_people(file_database, talk)
    with file_database.transaction() as session:
        Repository(session).person_at("web", "half done", NOON)
        taken = threading.Thread(target=backup.back_up, args=(file_database, tmp_path / "backup.db"))
        taken.start()
        taken.join()
    copy = Database(f"sqlite:///{tmp_path / 'backup.db'}")
    with copy.reading() as session:
        assert session.scalar(select(func.count()).select_from(people)) == 2
    copy.close()


def test_a_backup_is_one_file_that_only_its_owner_reads(database: Database, talk: Talk, tmp_path: Path) -> None:
    two_people(database, talk)
    folder = tmp_path / "backups"
    folder.mkdir()
    backup.back_up(database, folder / "backup.db")
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(InputError, match="overwrites nothing"):
        backup.back_up(database, file)


def test_who_was_erased_after_the_backup_stays_erased(database: Database, talk: Talk, tmp_path: Path) -> None:
    two_people(database, talk)
    ana, ben = person_of(database, "a"), person_of(database, "b")
    backup.back_up(database, tmp_path / "backup.db")
    receipt = erase(database, ana, NOON)
    counts = backup.restore(database, tmp_path / "backup.db")
    assert counts["erased_again"] == 1
    assert texts(database, ben) == ["ben 0", "ben 1", "ben 2"]
    with database.reading() as session:
        assert session.scalars(select(people.c.id)).all() == [ben]
        assert session.execute(select(erasures.c.receipt)).scalars().all() == [receipt]


def test_a_later_backup_tells_who_was_erased_when_the_database_is_lost(
    database: Database, talk: Talk, tmp_path: Path
) -> None:
    two_people(database, talk)
    backup.back_up(database, tmp_path / "monday.db")
    erase(database, person_of(database, "a"), NOON)
    backup.back_up(database, tmp_path / "tuesday.db")
    wipe(database)
    with pytest.raises(InputError, match="cannot tell who was erased"):
        backup.restore(database, tmp_path / "monday.db")
    backup.restore(database, tmp_path / "monday.db", later=[tmp_path / "tuesday.db"])
    ben = person_of(database, "b")
    with database.reading() as session:
        assert session.scalars(select(people.c.id)).all() == [ben]


def test_what_else_was_taken_back_stays_so(database: Database, talk: Talk, tmp_path: Path) -> None:
    two_people(database, talk)
    forgotten = talk(database, "a", "zebra", heard=heard("zebra"))
    ana = person_of(database, "a")
    with database.transaction() as session:
        session.execute(update(people).where(people.c.id == ana).values(training_consent_at=NOON))
        conversation = Repository(session).current_conversation(ana)
        assert conversation is not None
        session.execute(insert(shares).values(person_id=ana, conversation_id=conversation.id, shared_at=NOON))
    backup.back_up(database, tmp_path / "backup.db")
    with database.transaction() as session:
        session.execute(update(people).where(people.c.id == ana).values(training_consent_at=None))
        session.execute(update(shares).values(revoked_at=NOON))
        forget_turn(session, forgotten)
    counts = backup.restore(database, tmp_path / "backup.db")
    assert [counts[f"{name}_again"] for name in ("forgotten", "shares_ended", "training_withdrawn")] == [1, 1, 1]
    found = exported(database, ana)
    assert "zebra" not in str(found)
    assert found["person"][0]["training_consent_at"] is None and found["shares"][0]["revoked_at"] == NOON.isoformat()


def test_a_file_that_is_no_backup_or_a_newer_one_changes_nothing(
    database: Database, talk: Talk, tmp_path: Path
) -> None:
    before = two_people(database, talk)
    (tmp_path / "letter.db").write_bytes(b"dear diary")
    with pytest.raises(InputError, match="not a backup"):
        backup.restore(database, tmp_path / "letter.db")
    backup.back_up(database, tmp_path / "newer.db")
    newer = Database(f"sqlite:///{tmp_path / 'newer.db'}")
    with newer.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'ffff'")
    newer.close()
    with pytest.raises(StorageError, match="newer version of interlude"):
        backup.restore(database, tmp_path / "newer.db")
    assert {who: exported(database, person_of(database, who)) for who in "ab"} == before


def test_a_restoring_that_breaks_changes_nothing(
    database: Database, talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_people(database, talk)
    backup.back_up(database, tmp_path / "backup.db")
    talk(database, "a", "after the backup")

    def broken(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(backup, "_take_back", broken)
    with pytest.raises(KeyError):
        backup.restore(database, tmp_path / "backup.db")
    assert texts(database, person_of(database, "a"))[-1] == "after the backup"


def test_a_backup_of_encrypted_rows_is_encrypted_and_needs_the_same_keys(tmp_path: Path, talk: Talk) -> None:
    database = Database(f"sqlite:///{tmp_path / 'i.db'}", {1: KEY}, 1)
    database.upgrade()
    talk(database, "a", "zebra")
    backup.back_up(database, tmp_path / "backup.db")
    assert b"zebra" not in (tmp_path / "backup.db").read_bytes()
    wipe(database)
    backup.restore(database, tmp_path / "backup.db", lost=True)
    assert texts(database, person_of(database, "a")) == ["zebra"]


def test_a_file_under_a_key_of_its_own_shows_nothing_and_so_do_its_backups(tmp_path: Path, talk: Talk) -> None:
    address = f"sqlite:///{tmp_path / 'i.db'}"
    plain = Database(f"sqlite:///{tmp_path / 'plain.db'}")
    plain.upgrade()
    talk(plain, "a", "zebra")
    backup.back_up(plain, tmp_path / "plain-backup.db")
    plain.close()
    # From a plain file to one under a key: through a backup.
    sealed = Database(address, file_key=KEY)
    sealed.upgrade()
    backup.restore(sealed, tmp_path / "plain-backup.db", lost=True)
    talk(sealed, "a", "okapi")
    backup.back_up(sealed, tmp_path / "sealed.db")
    wipe(sealed)
    backup.restore(sealed, tmp_path / "sealed.db", lost=True)
    assert texts(sealed, person_of(sealed, "a")) == ["zebra", "okapi"]
    for file in [tmp_path / "sealed.db", *tmp_path.glob("i.db*")]:
        content = file.read_bytes()
        assert not any(word in content for word in (b"zebra", b"okapi", b"SQLite format", b"turns")), file.name
    sealed.close()


@pytest.mark.parametrize("key", [None, OTHER_KEY])
def test_a_file_under_another_key_is_refused_and_left_as_it_is(tmp_path: Path, talk: Talk, key: "bytes | None") -> None:
    address = f"sqlite:///{tmp_path / 'i.db'}"
    sealed = Database(address, file_key=KEY)
    sealed.upgrade()
    talk(sealed, "a", "okapi")
    sealed.close()
    with pytest.raises(StorageError, match="not a database"):
        Database(address, file_key=key).upgrade()
    again = Database(address, file_key=KEY)
    assert texts(again, person_of(again, "a")) == ["okapi"]
    again.close()


def test_a_key_of_the_file_for_postgresql_says_what_to_do() -> None:
    with pytest.raises(SettingError, match="SQLite"):
        Database("postgresql://nobody@127.0.0.1/nothing", file_key=KEY)


@pytest.mark.parametrize("digits", ["", "ab" * 32, "ab" * 31, "not hexadecimal"])
def test_the_key_of_the_file_has_64_hexadecimal_digits(digits: str) -> None:
    if len(digits) in (0, 64):
        assert file_key_from(Secret(digits)) == (bytes.fromhex(digits) or None)
    else:
        with pytest.raises(SettingError, match="64 hexadecimal digits"):
            file_key_from(Secret(digits))


def test_after_encrypting_anew_only_the_newest_key_is_needed_and_no_old_bytes_are_left(
    tmp_path: Path, talk: Talk
) -> None:
    url = f"sqlite:///{tmp_path / 'i.db'}"
    plain = Database(url)
    plain.upgrade()
    talk(plain, "a", "zebra in plain text", notes=NOTES)
    plain.close()
    old = Database(url, {1: KEY}, 1)
    talk(old, "b", "under the first key")
    old.close()
    both = Database(url, {1: KEY, 2: OTHER_KEY}, 2)
    counts = encrypt_anew(both)
    assert counts["turns"] == 4 and counts["notes"] and encrypt_anew(both) == {}
    both.close()
    newest = Database(url, {2: OTHER_KEY}, 2)
    assert [texts(newest, person_of(newest, who)) for who in "ab"] == [["zebra in plain text"], ["under the first key"]]
    assert exported(newest, person_of(newest, "a"))["notes"][0]["text"] == "ask Ana about the bag"
    newest.close()
    assert b"zebra" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_row_that_changed_while_it_was_encrypted_anew_is_left_as_it_is_now(
    tmp_path: Path, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'i.db'}", {1: KEY}, None)
    database.upgrade()
    turn = talk(database, "a", "zebra")
    keyed = Database(f"sqlite:///{tmp_path / 'i.db'}", {1: KEY}, 1)
    renew = keyed.cipher.renew

    def forget_meanwhile(stored: bytes, column: str) -> bytes:
        new = renew(stored, column)
        if column == "turns.text" and b"zebra" in stored:
            with keyed.transaction() as session:
                forget_turn(session, turn)
        return new

    monkeypatch.setattr(keyed.cipher, "renew", forget_meanwhile)
    encrypt_anew(keyed)
    assert texts(keyed, person_of(keyed, "a")) == [""]
