"""Erasing a person: every row, every byte in the files, and a receipt without words."""

from datetime import datetime
from hashlib import sha256
from typing import Any, Dict

from sqlalchemy import insert

from bot.storage.database import Database
from bot.storage.repository import Repository
from bot.storage.tables import erasures


def person_hash(person_id: str) -> str:
    """How an erased person is recognised in a restored backup, without keeping their id."""
    return sha256(person_id.encode()).hexdigest()


def erase(database: Database, person_id: str, now: datetime) -> Dict[str, Any]:
    """Erase all that is stored about a person and give the receipt: `person` (a hash), `erased_at`, `rows` by kind.

    Call it while no turn of the person is under way, and outside a transaction. The rows go in one transaction; then
    the files are scrubbed. When only the scrubbing fails (StorageError), the rows are gone and Database.scrub_files may
    be called again. Raises UnknownPersonError.
    """
    with database.transaction() as session:
        rows = Repository(session).erase_person(person_id)
        receipt = {"person": person_hash(person_id), "erased_at": now.isoformat(), "rows": rows}
        session.execute(insert(erasures).values(person_hash=receipt["person"], at=now, receipt=receipt))
    database.scrub_files()
    return receipt
