"""Codes for linking channels, and what taking or leaving a link does to addresses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from sqlalchemy import Column, ForeignKey, String, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from bot.core import linking
from bot.storage.repository import Repository
from bot.storage.tables import addresses, metadata
from bot.storage.types import UtcTime

link_codes = Table(
    "link_codes",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("person_id", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", UtcTime, nullable=False, index=True),
    # Who took it: the same one may send it again when the answer was lost on the way.
    Column("taken_channel", String(64)),
    Column("taken_address", String(255)),
    info={"reads_as": "link_codes"},
)


@dataclass(frozen=True)
class Redeemed:
    """Whose history was linked, and the person whom no address leads to any more because of it (to be erased)."""

    person_id: str
    left_behind: Optional[str]


def issue(session: Session, person_id: str, now: datetime) -> str:
    """A new code for this person, as it is shown; earlier ones end. Raises StorageError for an unknown person."""
    session.execute(delete(link_codes).where((link_codes.c.person_id == person_id) | (link_codes.c.expires_at <= now)))
    code = linking.new_code()
    session.execute(
        insert(link_codes).values(
            fingerprint=linking.fingerprint(code), person_id=person_id, expires_at=linking.expiry(now)
        )
    )
    return code


def redeem(session: Session, code: str, channel: str, address: str, now: datetime) -> Optional[Redeemed]:
    """Let an address lead to the person of a code (as `bot.core.linking.read` gives it); None when it is not valid.

    A code works once; the address that took it may repeat it while it lasts.
    """
    row = session.execute(
        select(link_codes).where(link_codes.c.fingerprint == linking.fingerprint(code), link_codes.c.expires_at > now)
    ).first()
    if row is None or (row.taken_address is not None and (row.taken_channel, row.taken_address) != (channel, address)):
        return None
    # One of two at the same moment changes the row; the other finds it taken.
    taken = session.execute(
        update(link_codes)
        .where(
            link_codes.c.fingerprint == row.fingerprint,
            link_codes.c.taken_address.is_(None) | (link_codes.c.taken_address == address),
        )
        .values(taken_channel=channel, taken_address=address)
    )
    if taken.rowcount == 0:
        return None
    repository = Repository(session)
    before = repository.find_at(channel, address)
    repository.link(row.person_id, channel, address, now)
    alone = before is not None and before != row.person_id and _addresses_of(session, before) == 0
    return Redeemed(row.person_id, before if alone else None)


def unlink(session: Session, channel: str, address: str) -> bool:
    """Take an address away from its person; False, and nothing is done, when nothing else leads to them."""
    person_id = Repository(session).find_at(channel, address)
    if person_id is None or _addresses_of(session, person_id) < 2:
        return False
    session.execute(delete(addresses).where(addresses.c.channel == channel, addresses.c.address == address))
    return True


def _addresses_of(session: Session, person_id: str) -> int:
    return int(session.scalar(select(func.count()).where(addresses.c.person_id == person_id)))
