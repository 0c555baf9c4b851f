"""One turn is one transaction; the tables can be brought forward and back; text can be encrypted at rest."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select

from bot.errors import SettingError, StorageError
from bot.storage.database import Database, current_session
from bot.storage.repository import Repository
from bot.storage.tables import metadata, people

from .conftest import NOON, Talk, person_of
from .test_repository import exported

KEY, OTHER_KEY = bytes(range(32)), bytes(32)


def people_count(database: Database) -> int:
    with database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(people)))


def last_text(database: Database, address: str) -> str:
    person = person_of(database, address)
    with database.reading() as session:
        return Repository(session).last_turns(person, 1)[0].heard.text


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_a_turn_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction() as session:
        Repository(session).person_at("web", "a", NOON)
        raise KeyError
    assert people_count(database) == 0
    assert current_session.get() is None


def test_a_transaction_within_a_transaction_shares_its_fate(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction() as outer:
        with database.transaction() as inner, database.reading() as reader:
            assert inner is outer is reader
            Repository(inner).person_at("web", "a", NOON)
        raise KeyError
    assert people_count(database) == 0


def test_a_transaction_of_one_database_is_not_that_of_another(database: Database) -> None:
    other = Database("sqlite://")
    other.upgrade()
    with database.transaction() as session, other.transaction() as elsewhere:
        assert elsewhere is not session
        assert current_session.get() is elsewhere
    other.close()


def test_reading_goes_on_while_a_turn_is_written_and_sees_only_what_is_stored(file_database: Database) -> None:
    seen = []
    with file_database.transaction() as session:
        Repository(session).person_at("web", "a", NOON)
        reader = threading.Thread(target=lambda: seen.append(people_count(file_database)))
        reader.start()
        reader.join()
    assert seen == [0]
    assert people_count(file_database) == 1


def test_turns_of_many_threads_at_once_are_all_stored(file_database: Database, talk: Talk) -> None:
    def speak(name: str) -> None:
        for number in range(10):
            talk(file_database, name, f"{name} {number}")

    threads = [threading.Thread(target=speak, args=(name,)) for name in ("a", "b", "c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in ("a", "b", "c", "d"):
        with file_database.reading() as session:
            person = Repository(session).last_turns(person_of(file_database, name), 50)
        assert [turn.heard.text for turn in person] == [f"{name} {number}" for number in range(10)]


def test_an_answered_turn_survives_the_loss_of_power(file_database: Database) -> None:
    with file_database.reading() as session:
        settings = [session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                    ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")]  # fmt: skip
    assert settings == ["wal", 2, 1, 1, 5000]


def test_an_error_of_the_database_names_the_cause_and_no_words(database: Database, talk: Talk) -> None:
    talk(database, "a", "zebra")
    database.downgrade("base")
    with pytest.raises(StorageError) as failed:
        talk(database, "a", "zebra")
    assert "could not store: " in str(failed.value)
    assert "zebra" not in str(failed.value)


def test_a_first_start_makes_the_folder_of_the_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'var' / 'interlude.db'}")
    database.upgrade()
    assert database.holds_tables()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.db").write_bytes(b"dear diary " * 100)
    with pytest.raises(StorageError, match="file is not a database"):
        Database(f"sqlite:///{tmp_path / 'letters.db'}").upgrade()


@pytest.mark.parametrize("url", ["nonsense", "oracledb://x", "mysql://nowhere/x"])
def test_an_address_that_cannot_be_used_is_refused_with_what_is_allowed(url: str) -> None:
    with pytest.raises(SettingError, match="sqlite:///FILE"):
        Database(url)


def test_migrations_make_exactly_the_tables_that_the_code_knows(database: Database) -> None:
    options = {"include_name": lambda name, kind, _: name != "sqlite_sequence"}
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    assert differences == []


def test_migrations_go_forward_and_back_and_forward_on_a_database_with_data(database: Database, talk: Talk) -> None:
    talk(database, "a", "kept")
    database.upgrade()
    assert last_text(database, "a") == "kept"
    database.downgrade("base")
    assert set(inspect(database.engine).get_table_names()) - {"sqlite_sequence"} == {"alembic_version"}
    database.upgrade()
    assert people_count(database) == 0
    talk(database, "a", "again")
    assert last_text(database, "a") == "again"


def test_each_migration_goes_back_and_forward_again_and_what_it_does_not_concern_is_kept(
    database: Database, talk: Talk
) -> None:
    notes = [{"kind": "note", "technique": "t", "step": "s", "text": "kept too"}]
    talk(database, "a", "kept", notes=notes)
    kept = exported(database, person_of(database, "a"))
    for revision in ("0002", "0001"):
        database.downgrade(revision)
        assert last_text(database, "a") == "kept"
        database.upgrade()
        assert exported(database, person_of(database, "a")) == kept


def test_an_unknown_revision_is_refused_with_what_to_do(database: Database) -> None:
    with pytest.raises(StorageError, match="newer version of interlude"):
        database.downgrade("ffff")


def test_with_a_key_no_words_are_in_the_files_and_all_come_back(tmp_path: Path, talk: Talk) -> None:
    database = Database(f"sqlite:///{tmp_path / 'i.db'}", {1: KEY}, 1)
    database.upgrade()
    notes = [{"kind": "note", "technique": "t", "step": "s", "text": "zebra note"}]
    talk(database, "a", "zebra message", notes=notes)
    assert last_text(database, "a") == "zebra message"
    assert b"zebra" not in all_bytes(tmp_path)
    database.close()


def test_rows_written_before_a_key_was_set_and_under_an_older_key_stay_readable(tmp_path: Path, talk: Talk) -> None:
    url = f"sqlite:///{tmp_path / 'i.db'}"
    plain = Database(url)
    plain.upgrade()
    talk(plain, "a", "plain")
    talk(Database(url, {1: KEY}, 1), "b", "first key")
    newest = Database(url, {1: KEY, 2: OTHER_KEY}, 2)
    talk(newest, "c", "second key")
    assert [last_text(newest, who) for who in "abc"] == ["plain", "first key", "second key"]


@pytest.mark.parametrize("keys", [{1: OTHER_KEY}, {2: KEY}, {}])
def test_a_wrong_or_missing_key_is_an_error_and_never_garbage(
    tmp_path: Path, talk: Talk, keys: "dict[int, bytes]"
) -> None:
    url = f"sqlite:///{tmp_path / 'i.db'}"
    locked = Database(url, {1: KEY}, 1)
    locked.upgrade()
    talk(locked, "a", "secret")
    with pytest.raises(StorageError, match="key"):
        last_text(Database(url, keys), "a")


def test_an_encrypted_text_moved_to_another_column_is_refused(tmp_path: Path, talk: Talk) -> None:
    database = Database(f"sqlite:///{tmp_path / 'i.db'}", {1: KEY}, 1)
    database.upgrade()
    talk(database, "a", "secret")
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE turns SET text = level_reason")
    with pytest.raises(StorageError, match=r"turns\.text"):
        last_text(database, "a")


@pytest.mark.parametrize(("keys", "current"), [({1: b"short"}, 1), ({0: KEY}, None), ({256: KEY}, None), ({1: KEY}, 2)])
def test_keys_that_cannot_be_used_are_refused_at_once(keys: "dict[int, bytes]", current: int) -> None:
    with pytest.raises(SettingError):
        Database("sqlite://", keys, current)
