"""The database: one address, one transaction at a time in each context, migrations, and files without leftovers."""

import asyncio
import sqlite3
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, AsyncIterator, Iterator, Mapping, Optional, Type

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool, StaticPool

from bot.errors import BusyError, ConflictError, InterludeError, SettingError, StorageError
from bot.storage.types import Cipher, use_cipher

try:
    from sqlcipher3 import dbapi2 as sqlcipher
except ImportError:
    sqlcipher = None

current_session: ContextVar[Optional[Session]] = ContextVar("current_session", default=None)
current_reader: ContextVar[Optional[Session]] = ContextVar("current_reader", default=None)

# How long a thread waits for another writer. A turn waits in small steps, others being answered in between.
BUSY_MILLISECONDS = 5000
STEP_MILLISECONDS, PAUSE_SECONDS, PATIENCE_SECONDS = 20, 0.03, 10.0
SCRUBBING_MILLISECONDS = 30_000
ADVISORY_LOCK = 0x1E7E1D0E
# A server that does not answer must not keep everybody waiting.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "tcp_user_timeout": 10_000,
    "options": f"-c lock_timeout={BUSY_MILLISECONDS}",
}
SQLITE_ERRORS = (sqlite3.Error, sqlcipher.Error) if sqlcipher else (sqlite3.Error,)
LOCK_NOT_AVAILABLE = "55P03"
VERSION_TABLE = "alembic_version"
SQLITE_SETTINGS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
)


class Database:
    """A SQLite or PostgreSQL database at `url` (an SQLAlchemy URL, `sqlite://` for one in memory).

    `keys` are the encryption keys by version, 32 bytes each; `current_key` is the version to write with, None writes
    plain text. `file_key` (32 bytes) encrypts a whole SQLite file besides. A database in memory has one connection: only
    one transaction may be open on it.
    Raises SettingError when the address or a key cannot be used.
    """

    def __init__(
        self,
        url: str,
        keys: Mapping[int, bytes] = MappingProxyType({}),
        current_key: Optional[int] = None,
        file_key: Optional[bytes] = None,
    ) -> None:
        self._keys, self._file_key = (keys, current_key), file_key
        self.cipher = Cipher(keys, current_key)
        try:
            address = make_url(url)
            self.is_sqlite = address.get_backend_name() == "sqlite"
            options = {**_pool(address, self.is_sqlite), **_driver(self.is_sqlite, file_key)}
            self.engine = create_engine(address, future=True, hide_parameters=True, **options)
        except (ArgumentError, ImportError) as error:
            raise SettingError(
                f"The database address cannot be used ({type(error).__name__}). Allowed are sqlite:///FILE and "
                "postgresql://USER:PASSWORD@HOST/NAME. Correct the setting."
            ) from None
        use_cipher(self.engine.dialect, self.cipher)
        if self.is_sqlite:
            event.listen(self.engine, "connect", partial(_set_up_sqlite, file_key))
            event.listen(self.engine, "begin", _begin_sqlite)
        self._reader = self.engine.execution_options(begin="BEGIN")

    @contextmanager
    def transaction(self, wait: int = BUSY_MILLISECONDS) -> Iterator[Session]:
        """A session whose changes are all stored at the end, or none when anything raises.

        Inside an open transaction of this context it joins that one, which then decides for both. On SQLite it holds
        the only write lock from its start, for which it waits `wait` milliseconds: do not wait for anything slow inside.
        Raises StorageError, without words of a conversation, when the database fails; BusyError when the wait was too
        short, ConflictError when another worker stored the same thing.
        """
        joined = self._joined()
        if joined is not None:
            yield joined
            return
        with _storage_errors("store"), Session(self.engine, future=True) as session, session.begin():
            # Take the lock now, so that what is read is still true when it is written upon.
            session.connection(execution_options={"wait": wait})
            token = current_session.set(session)
            try:
                yield session
            finally:
                current_session.reset(token)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Session]:
        """Like `transaction`; while it waits for another writer, for ten seconds at most, others are answered."""
        with ExitStack() as stack:
            yield await self._begin_turn(stack)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read with, which neither waits for writers nor keeps them waiting; nothing done in it is stored.

        Inside an open transaction of this context it sees what that has written; inside another reading it shares that
        one's session and sees the same moment. Do not write before it is closed. Raises StorageError.
        """
        joined = self._joined() or self._joined_reader()
        if joined is not None:
            yield joined
            return
        with _storage_errors("read"), Session(self._reader, future=True) as session:
            token = current_reader.set(session)
            try:
                yield session
            finally:
                current_reader.reset(token)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection to read with, which sees everything as it is at one moment, however long that takes. Raises StorageError."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with _storage_errors("read"), self._reader.connect().execution_options(**options) as connection:
            yield connection

    def of_same_keys(self, url: str, plain_file: bool = False) -> "Database":
        """Another database that is read and written with the same keys; `plain_file` leaves out the one of the whole file."""
        return Database(url, *self._keys, None if plain_file else self._file_key)

    def close_into_one_file(self) -> None:
        """Bring all of a SQLite database into its one file, safe on the disk, and close. Raises StorageError."""
        with _storage_errors("store"), self.engine.connect().execution_options(begin=None) as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        self.close()

    def upgrade(self) -> None:
        """Bring the tables to the newest form. Does nothing when they have it; a first start makes the file's folder.

        Raises StorageError.
        """
        if self.is_sqlite and self.engine.url.database:
            # Where the folder cannot be made, opening the file says so.
            with suppress(OSError):
                Path(self.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._migrate(command.upgrade, "head")

    def holds_tables(self) -> bool:
        """Whether this is a database of ours; False also for a file that cannot be read as one, or not with this key."""
        try:
            with _storage_errors("read"), self._reader.connect() as connection:
                return inspect(connection).has_table(VERSION_TABLE)
        except StorageError:
            return False

    def downgrade(self, revision: str) -> None:
        """Bring the tables back to an older revision, `base` for none at all. Raises StorageError."""
        self._migrate(command.downgrade, revision)

    def scrub_files(self) -> None:
        """Leave nothing of deleted rows in the files: rewrites a SQLite database and empties its journal.

        Takes as long as copying the file; PostgreSQL marks the space for reuse. Not inside a transaction. Raises
        StorageError, also when another connection is reading, since then the journal cannot be emptied.
        """
        if self._joined() is not None:
            raise StorageError("Database files cannot be scrubbed inside a transaction. Do it after the transaction.")
        wait = {"begin": None, "wait": SCRUBBING_MILLISECONDS}
        options = wait if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with _storage_errors("scrub"), self.engine.connect().execution_options(**options) as connection:
            connection.exec_driver_sql("VACUUM")
            if self.is_sqlite and connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
                raise StorageError(
                    "Deleted rows are gone from the database, but its journal could not be emptied, because another "
                    "connection is using it. Try again when it is done."
                )

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    async def _begin_turn(self, stack: ExitStack) -> Session:
        waited = 0.0
        while True:
            try:
                return stack.enter_context(self.transaction(STEP_MILLISECONDS))
            except BusyError:
                waited += STEP_MILLISECONDS / 1000 + PAUSE_SECONDS
                if waited > PATIENCE_SECONDS:
                    raise
            await asyncio.sleep(PAUSE_SECONDS)

    def _joined(self) -> Optional[Session]:
        session = current_session.get()
        return session if session is not None and session.bind is self.engine else None

    def _joined_reader(self) -> Optional[Session]:
        session = current_reader.get()
        return session if session is not None and session.bind is self._reader else None

    def _migrate(self, change: Any, revision: str) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        with _storage_errors("migrate"), self.engine.begin() as connection:
            if not self.is_sqlite:
                # Several workers may start at once; SQLite's write lock already makes them wait.
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ADVISORY_LOCK})
            config.attributes["connection"] = connection
            change(config, revision)


def _pool(address: Any, is_sqlite: bool) -> Mapping[str, Any]:
    if not is_sqlite:
        return {"pool_pre_ping": True, "connect_args": POSTGRESQL_OPTIONS}
    in_memory = address.database in (None, "", ":memory:")
    return {
        "poolclass": StaticPool if in_memory else QueuePool,
        "connect_args": {"check_same_thread": False},
    }


def _driver(is_sqlite: bool, file_key: Optional[bytes]) -> Mapping[str, Any]:
    if file_key is None:
        return {}
    if not is_sqlite or sqlcipher is None:
        raise SettingError(
            "INTERLUDE_DATABASE_FILE_KEY encrypts a SQLite file and needs SQLCipher: pip install 'interlude[sqlcipher]'. "
            "Leave it empty for PostgreSQL, whose disk the operating system can encrypt."
        )
    return {"module": sqlcipher}


def _set_up_sqlite(file_key: Optional[bytes], connection: Any, record: Any) -> None:
    if file_key is not None:
        # First of all; as bytes, because a pass phrase would be stretched anew for every connection.
        connection.execute(f"PRAGMA key = \"x'{file_key.hex()}'\"")
    # The driver must not open transactions by itself: it would do so late, and not at all before a change of tables.
    connection.isolation_level = None
    for setting in SQLITE_SETTINGS:
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Any) -> None:
    options = connection.get_execution_options()
    begin = options.get("begin", "BEGIN IMMEDIATE")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {options.get('wait', BUSY_MILLISECONDS)}")
    if begin is not None:
        connection.exec_driver_sql(begin)


@contextmanager
def _storage_errors(doing: str) -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise StorageError(
            f"The database could not be migrated: {error}. It may come from a newer version of interlude; install that "
            "version, or restore the backup made before it."
        ) from None
    except (SQLAlchemyError, *SQLITE_ERRORS) as error:
        cause = getattr(error, "orig", None) or error
        if isinstance(cause, InterludeError):
            raise cause from None
        # A driver's message may quote values of a row; its class and code do not. SQLite's messages name columns only.
        detail = cause if isinstance(cause, SQLITE_ERRORS) else getattr(cause, "pgcode", None)
        raise _kind(error, detail)(
            f"The database could not {doing}: {type(cause).__name__}{f' ({detail})' if detail else ''}. Nothing of "
            "this change was kept. See whether the database runs, its disk has room and its tables are up to date."
        ) from None


def _kind(error: Exception, detail: Any) -> Type[StorageError]:
    if isinstance(error, IntegrityError):
        return ConflictError
    return BusyError if detail == LOCK_NOT_AVAILABLE or "is locked" in str(detail) else StorageError
