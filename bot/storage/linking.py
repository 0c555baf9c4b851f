"""Codes for linking channels, and what taking or leaving a link does to addresses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from sqlalchemy import Column, ForeignKey, String, Table, and_, delete, func, insert, or_, select, update
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


def standing(session: Session, code: str, channel: str, address: str, now: datetime) -> linking.Standing:
    """What a code (as `bot.core.linking.read` gives it) is for whoever is at this address; the code stays as it is."""
    row = _valid(session, code, channel, address, now)
    if row is None:
        return linking.Standing.unknown
    own = row.taken_address is None and row.person_id == Repository(session).find_at(channel, address)
    return linking.Standing.own if own else linking.Standing.good


def redeem(session: Session, code: str, channel: str, address: str, now: datetime) -> Optional[Redeemed]:
    """Let an address lead to the person of a code (as `bot.core.linking.read` gives it); None when it is not good for that.

    A code works once; the address that took it may repeat it while it lasts.
    """
    row = _valid(session, code, channel, address, now)
    if row is None or standing(session, code, channel, address, now) is not linking.Standing.good:
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


def forget_takers(session: Session, person_id: str) -> None:
    """Take away the codes of others that an address of this person took, before these addresses are erased."""
    theirs = session.execute(select(addresses.c.channel, addresses.c.address).where(addresses.c.person_id == person_id))
    took = [
        and_(link_codes.c.taken_channel == row.channel, link_codes.c.taken_address == row.address) for row in theirs
    ]
    if took:
        session.execute(delete(link_codes).where(or_(*took)))


def _valid(session: Session, code: str, channel: str, address: str, now: datetime) -> Any:
    """The row of a code that this address may take, or took; None when there is none."""
    row = session.execute(
        select(link_codes).where(link_codes.c.fingerprint == linking.fingerprint(code), link_codes.c.expires_at > now)
    ).first()
    taken_by = None if row is None or row.taken_address is None else (row.taken_channel, row.taken_address)
    return row if taken_by in (None, (channel, address)) else None


def _addresses_of(session: Session, person_id: str) -> int:
    return int(session.scalar(select(func.count()).where(addresses.c.person_id == person_id)))
