"""Which message had everything erased, so that the same message sent again is no new one.

What is kept is a hash of the message with its random key, and no words, for an hour.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from bot.storage.tables import updates_seen

CHANNEL = "erasing"
KEPT_FOR = timedelta(hours=1)


def note(session: Session, person_id: str, client_key: str, text: str, now: datetime) -> None:
    """Note that this message, sent by whoever is now `person_id`, had everything before it erased."""
    old = (updates_seen.c.channel == CHANNEL) & (updates_seen.c.at < now - KEPT_FOR)
    session.execute(delete(updates_seen).where(old))
    session.execute(insert(updates_seen).values(channel=CHANNEL, key=_key(person_id, client_key, text), at=now))


def noted(session: Session, person_id: str, client_key: str, text: str, now: datetime) -> bool:
    """Whether this very message had everything erased within the last hour."""
    wanted = (updates_seen.c.channel == CHANNEL) & (updates_seen.c.key == _key(person_id, client_key, text))
    return session.scalar(select(updates_seen.c.at).where(wanted, updates_seen.c.at >= now - KEPT_FOR)) is not None


def _key(person_id: str, client_key: str, text: str) -> str:
    return sha256("\n".join((person_id, client_key, text)).encode()).hexdigest()
