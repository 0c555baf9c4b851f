"""Erasing a person: every row, every byte in the files, and a receipt without words."""

from datetime import datetime
from hashlib import sha256
from typing import Any, Dict

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.storage import linking
from bot.storage.database import Database
from bot.storage.repository import Repository
from bot.storage.review_tables import readings, review_models
from bot.storage.tables import erasures

# What a reading says when messages were taken as training examples.
FOR_TRAINING = "training"
# Models that are not kept cannot be trained anew.
GONE = ("discarded", "replaced", "failed")


def person_hash(person_id: str) -> str:
    """How an erased person is recognised in a restored backup, without keeping their id."""
    return sha256(person_id.encode()).hexdigest()


def erase(database: Database, person_id: str, now: datetime) -> Dict[str, Any]:
    """Erase all that is stored about a person and give the receipt: `person` (a hash), `erased_at`, `rows` by kind, `training`.

    Call it while no turn of the person is under way, and outside a transaction. The rows go in one transaction; then
    the files are scrubbed. When only the scrubbing fails (StorageError), the rows are gone and Database.scrub_files may
    be called again. Raises UnknownPersonError.
    """
    with database.transaction() as session:
        training = _trained_on(session, person_id)
        linking.forget_takers(session, person_id)
        rows = Repository(session).erase_person(person_id)
        receipt = {
            "person": person_hash(person_id),
            "erased_at": now.isoformat(),
            "rows": rows,
            "training": training,
        }
        session.execute(insert(erasures).values(person_hash=receipt["person"], at=now, receipt=receipt))
    database.scrub_files()
    return receipt


def _trained_on(session: Session, person_id: str) -> Dict[str, Any]:
    """How many `messages` of a person became training examples, and the `models` that learned from them.

    These are marked for retraining by the messages being gone (bot.review.training.withdrawn).
    """
    taken = session.execute(
        select(readings.c.conversation_id, readings.c.turns).where(
            readings.c.person_id == person_id, readings.c.what == FOR_TRAINING
        )
    )
    messages = {(row.conversation_id, number) for row in taken for number in row.turns}
    ids = set(Repository(session).turn_ids(person_id))
    made = session.execute(
        select(review_models.c.name, review_models.c.comparison).where(review_models.c.state.not_in(GONE))
    )
    learned = {
        row.name for row in made if row.name and ids.intersection((row.comparison or {}).get("learned_from", ()))
    }
    return {"messages": len(messages), "models": sorted(learned)}
