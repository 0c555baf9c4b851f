"""Sharing with practitioners: what a person shares, until when, and who read it.

Staff may read a message only while a share of it holds, or, where the profile says so and it was disclosed, in a
conversation at `risk` or above. All times carry a time zone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, List, Optional, Sequence

from sqlalchemy import and_, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.review import redaction
from bot.errors import InputError
from bot.storage.review_tables import readings, shares
from bot.storage.tables import conversations, turns


@dataclass(frozen=True)
class Preview:
    """One message as staff would see it by default: number in its conversation, time, partly redacted text."""

    turn_id: int
    number: int
    at: datetime
    text: str


@dataclass(frozen=True)
class Share:
    """Something shared: a whole conversation up to `shared_at` (no `turn_number`), or one message of it."""

    conversation_number: int
    turn_number: Optional[int]
    shared_at: datetime
    until: Optional[datetime]
    revoked_at: Optional[datetime]


@dataclass(frozen=True)
class ReadingLog:
    """Who read what, when: message numbers of a conversation, with or without redaction."""

    reader: str
    role: str
    what: str
    conversation_number: int
    turn_numbers: Sequence[int]
    redacted: bool
    at: datetime


def preview(
    session: Session, person_id: str, conversation_id: int, turn_ids: Optional[Sequence[int]] = None
) -> List[Preview]:
    """What sharing these messages (None: the whole conversation as it is now) would show. Raises InputError."""
    rows = _own_turns(session, person_id, conversation_id, turn_ids)
    names = redaction.names_said(row.text for row in rows)
    return [Preview(row.id, row.number, row.at, redaction.redact(row.text, names)) for row in rows]


def share(
    session: Session,
    person_id: str,
    conversation_id: int,
    now: datetime,
    turn_ids: Optional[Sequence[int]] = None,
    until: Optional[datetime] = None,
) -> int:
    """Let staff read these messages (None: the whole conversation as it is now) until a moment (None: until revoked).

    What is told later is not shared by this. Gives the number of messages. Raises InputError for messages that are not
    this person's, or an end that has passed.
    """
    if until is not None and until <= now:
        raise InputError(
            "Sharing cannot end in the past. Give a later moment, or none to share until you take it back."
        )
    found = [row.id for row in _own_turns(session, person_id, conversation_id, turn_ids)]
    for turn_id in [None] if turn_ids is None else found:
        session.execute(
            insert(shares).values(
                person_id=person_id, conversation_id=conversation_id, turn_id=turn_id, shared_at=now, until=until
            )
        )
    return len(found)


def revoke(
    session: Session,
    person_id: str,
    now: datetime,
    conversation_id: Optional[int] = None,
    turn_ids: Optional[Sequence[int]] = None,
) -> int:
    """Take back the sharing of everything, of a conversation, or of some of its messages, at once.

    A message taken back from a conversation that was shared whole leaves its other messages shared. Gives the number of
    shares that ended. Raises InputError for messages that are not this person's.
    """
    mine = and_(shares.c.person_id == person_id, shares.c.revoked_at.is_(None))
    if conversation_id is not None:
        mine = and_(mine, shares.c.conversation_id == conversation_id)
    if turn_ids is None:
        return int(session.execute(update(shares).where(mine).values(revoked_at=now)).rowcount)
    if conversation_id is None:
        raise InputError("Messages can only be taken back together with the number of their conversation.")
    taken = {row.id for row in _own_turns(session, person_id, conversation_id, turn_ids)}
    for whole in session.execute(select(shares).where(mine, shares.c.turn_id.is_(None))).all():
        kept = [
            row.id
            for row in _own_turns(session, person_id, conversation_id, None)
            if row.id not in taken and row.at <= whole.shared_at
        ]
        for turn_id in kept:
            session.execute(
                insert(shares).values(
                    person_id=person_id,
                    conversation_id=conversation_id,
                    turn_id=turn_id,
                    shared_at=whole.shared_at,
                    until=whole.until,
                )
            )
    ended = and_(mine, or_(shares.c.turn_id.is_(None), shares.c.turn_id.in_(taken)))
    return int(session.execute(update(shares).where(ended).values(revoked_at=now)).rowcount)


def shares_of(session: Session, person_id: str) -> List[Share]:
    """Everything a person ever shared, newest first."""
    wanted = (
        select(
            conversations.c.number.label("conversation_number"),
            turns.c.number.label("turn_number"),
            shares.c.shared_at,
            shares.c.until,
            shares.c.revoked_at,
        )
        .select_from(shares.join(conversations).outerjoin(turns, turns.c.id == shares.c.turn_id))
        .where(shares.c.person_id == person_id)
        .order_by(shares.c.id.desc())
    )
    return [Share(**row) for row in session.execute(wanted).mappings()]


def readings_of(session: Session, person_id: str) -> List[ReadingLog]:
    """Who read what of a person's conversations, newest first."""
    wanted = (
        select(
            readings.c.reader,
            readings.c.role,
            readings.c.what,
            conversations.c.number.label("conversation_number"),
            readings.c.turns.label("turn_numbers"),
            readings.c.redacted,
            readings.c.at,
        )
        .select_from(readings.join(conversations))
        .where(readings.c.person_id == person_id)
        .order_by(readings.c.id.desc())
    )
    return [ReadingLog(**row) for row in session.execute(wanted).mappings()]


def may_be_read(now: datetime, staff_read_at_risk: bool) -> Any:
    """The condition on a row of `turns` joined with its conversation: staff may read this message now."""
    shared = exists(
        select(shares.c.id).where(
            shares.c.conversation_id == turns.c.conversation_id,
            or_(
                shares.c.turn_id == turns.c.id,
                and_(shares.c.turn_id.is_(None), turns.c.at <= shares.c.shared_at),
            ),
            shares.c.revoked_at.is_(None),
            or_(shares.c.until.is_(None), shares.c.until > now),
        )
    )
    return or_(shared, conversations.c.highest_level >= Level.risk) if staff_read_at_risk else shared


def _own_turns(session: Session, person_id: str, conversation_id: int, turn_ids: Optional[Sequence[int]]) -> List[Any]:
    wanted = select(turns).where(turns.c.person_id == person_id, turns.c.conversation_id == conversation_id)
    if turn_ids is not None:
        wanted = wanted.where(turns.c.id.in_(turn_ids))
    found = session.execute(wanted.order_by(turns.c.number)).all()
    if not found or (turn_ids is not None and len(found) != len(set(turn_ids))):
        raise InputError(
            "Not all of these messages could be found. Only messages of one conversation of the person's own can be "
            "shared or taken back; they may have been erased."
        )
    return list(found)
