"""Which updates were handled and which of their answers were sent: kept in the database, so it outlives a restart."""

from datetime import datetime, timedelta, timezone

from sqlalchemy import delete, insert, select

from bot.storage.database import Database
from bot.storage.tables import updates_seen

CHANNEL = "telegram"
# Telegram keeps updates for a day.
KEPT_FOR = timedelta(days=8)


class Ledger:
    """Keys of what is done. No key holds anything about a person. Both methods raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def done(self, key: str) -> bool:
        """Whether this was done before."""
        wanted = select(updates_seen.c.at).where(updates_seen.c.channel == CHANNEL, updates_seen.c.key == key)
        with self._database.reading() as session:
            return session.scalar(wanted) is not None

    def mark(self, key: str) -> None:
        """Note that this is done now; what Telegram has long forgotten is forgotten here, too."""
        now = datetime.now(timezone.utc)
        old = (updates_seen.c.channel == CHANNEL) & (updates_seen.c.at < now - KEPT_FOR)
        with self._database.transaction() as session:
            session.execute(delete(updates_seen).where(old))
            session.execute(insert(updates_seen).values(channel=CHANNEL, key=key, at=now))
