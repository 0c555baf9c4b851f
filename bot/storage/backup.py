"""A backup taken while conversations go on, and the way back, on which nothing returns that a person has taken back.

A backup is a SQLite file with the tables of the database it comes from, which may be SQLite or PostgreSQL; it can be
restored into either. Encrypted rows stay encrypted with the keys they had.
"""

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, Optional, Sequence, Set, Tuple

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from bot.errors import InputError
from bot.storage.database import Database
from bot.storage.erasure import person_hash
from bot.storage.forgetting import forget_turn
from bot.storage.repository import Repository
from bot.storage.review_tables import shares
from bot.storage.tables import erasures, metadata, people, turns, without_ciphers

AT_ONCE = 500
SQLITE_HEADER = b"SQLite format 3\0"

Rows = Dict[str, int]


@dataclass
class TakenBack:
    """What people took back, as one database knows it.

    Erased people by their hash (with the rows about that), forgotten messages and ended shares by their number and
    person, people who do not agree to training.
    """

    erased: Dict[str, Dict[str, Any]] = field(default_factory=dict)
    forgotten: Set[Tuple[int, str]] = field(default_factory=set)
    ended_shares: Dict[Tuple[int, str], datetime] = field(default_factory=dict)
    no_training: Set[str] = field(default_factory=set)

    def add(self, session: Session) -> None:
        """Add what this database knows."""
        for row in session.execute(select(erasures.c.person_hash, erasures.c.at, erasures.c.receipt)).mappings():
            self.erased[row["person_hash"]] = dict(row)
        for number, person, words in session.execute(select(turns.c.id, turns.c.person_id, turns.c.text)):
            if not words:
                self.forgotten.add((number, person))
        for row in session.execute(select(shares.c.id, shares.c.person_id, shares.c.revoked_at)):
            if row.revoked_at is not None:
                self.ended_shares[row.id, row.person_id] = row.revoked_at
        self.no_training.update(session.scalars(select(people.c.id).where(people.c.training_consent_at.is_(None))))


def back_up(database: Database, file: Path) -> Rows:
    """Write everything to a new file, as it is at one moment; gives the rows by table.

    The database goes on being used meanwhile. The file is there whole or not at all. Raises InputError when it exists,
    StorageError when the database or the file cannot be used.
    """
    if file.exists():
        raise InputError(f"{file} exists already, and a backup overwrites nothing. Name another file.")
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    copy = database.of_same_keys(f"sqlite:///{part}")
    try:
        part.touch(mode=0o600)
        copy.upgrade()
        with database.snapshot() as source, copy.transaction() as target:
            counts = _copy(source, target.connection())
        copy.close_into_one_file()
        os.replace(part, file)
    finally:
        copy.close()
        part.unlink(missing_ok=True)
    return counts


def restore(database: Database, file: Path, later: Sequence[Path] = (), lost: bool = False) -> Rows:
    """Put a backup in the place of everything in the database, in one transaction; gives the rows, and what was undone again.

    What people took back after the backup stays taken back: erasures, forgotten messages, ended shares, withdrawn
    training. The database that is replaced tells of these, and so do `later` backups. When neither knows of anybody,
    `lost` must say that there is nothing to tell. Raises InputError or StorageError, and then nothing was changed.
    """
    known = TakenBack()
    with database.reading() as session:
        empty = not any(session.scalar(select(func.count()).select_from(table)) for table in (people, erasures))
        known.add(session)
    if empty and not later and not lost:
        raise InputError(
            "The database to be replaced is empty, so it cannot tell who was erased after the backup. Name the latest "
            "backup there is with --erasures FILE, or say with --lost that there is none."
        )
    for other in later:
        with _opened(other, database) as copy, copy.reading() as session:
            known.add(session)
    with _opened(file, database) as copy, copy.snapshot() as source, database.transaction() as session:
        for table in reversed(metadata.sorted_tables):
            session.execute(delete(table))
        counts = _copy(source, session.connection())
        _continue_numbers(session)
        counts.update(_take_back(session, known))
    database.scrub_files()
    return counts


def _take_back(session: Session, known: TakenBack) -> Rows:
    repository = Repository(session)
    gone = [person for person in session.scalars(select(people.c.id)) if person_hash(person) in known.erased]
    for person in gone:
        repository.erase_person(person)
    recorded = set(session.scalars(select(erasures.c.person_hash)))
    _insert(session.connection(), erasures, (row for name, row in known.erased.items() if name not in recorded))
    forgotten = [
        number
        for number, person, words in session.execute(select(turns.c.id, turns.c.person_id, turns.c.text))
        if words and (number, person) in known.forgotten
    ]
    for number in forgotten:
        forget_turn(session, number)
    ended = 0
    for (number, person), at in known.ended_shares.items():
        mine = (shares.c.id == number) & (shares.c.person_id == person) & shares.c.revoked_at.is_(None)
        ended += session.execute(update(shares).where(mine).values(revoked_at=at)).rowcount
    agreed = session.scalars(select(people.c.id).where(people.c.training_consent_at.is_not(None))).all()
    withdrawn = sorted(known.no_training.intersection(agreed))
    for person in withdrawn:
        session.execute(update(people).where(people.c.id == person).values(training_consent_at=None))
    return {
        "erased_again": len(gone),
        "forgotten_again": len(forgotten),
        "shares_ended_again": ended,
        "training_withdrawn_again": len(withdrawn),
    }


def _copy(source: Connection, target: Connection) -> Rows:
    counts: Rows = {}
    for table in metadata.sorted_tables:
        bare = without_ciphers(table)
        rows = source.execution_options(stream_results=True).execute(select(bare)).mappings()
        counts[table.name] = _insert(target, bare, map(dict, rows))
    return counts


def _insert(target: Connection, table: Table, rows: Iterable[Dict[str, Any]]) -> int:
    count, part = 0, []
    for row in rows:
        part.append(row)
        if len(part) == AT_ONCE:
            target.execute(insert(table), part)
            count, part = count + len(part), []
    if part:
        target.execute(insert(table), part)
    return count + len(part)


def _continue_numbers(session: Session) -> None:
    """Let PostgreSQL go on counting after the highest number there is; SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        name: Optional[str] = session.scalar(
            text("SELECT pg_get_serial_sequence(:name, :column)"),
            {"name": table.name, "column": next(iter(table.primary_key)).name},
        )
        if name is not None:
            number = session.scalar(select(func.max(next(iter(table.primary_key)))))
            session.execute(
                text("SELECT setval(:name, :number, :used)"),
                {"name": name, "number": number or 1, "used": bool(number)},
            )


@contextmanager
def _opened(file: Path, like: Database) -> Iterator[Database]:
    """A backup, brought to the newest form in a copy of it; read with the keys of the database it is for."""
    with file.open("rb") as content:
        plain = content.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(file, folder))
        opened = like.of_same_keys(f"sqlite:///{copy}", plain_file=plain)
        try:
            if not opened.holds_tables():
                raise InputError(f"{file} is not a backup. Name a file that `interlude data backup` wrote.")
            opened.upgrade()
            yield opened
        finally:
            opened.close()
