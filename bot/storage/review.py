"""Sharing with practitioners: what a person shares, until when, and who read it.

Staff may read a message only while a share of it holds, or, where the profile says so, in a conversation at `risk` or
above what was written after the person had been told so. All times carry a time zone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Dict, Iterable, List, Optional, Sequence

from sqlalchemy import and_, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.review import names, redaction
from bot.errors import InputError
from bot.storage.review_tables import disclosures, hidden_names, readings, shares
from bot.storage.tables import conversations, notes, ratings, replies, steps, turns


@dataclass(frozen=True)
class Preview:
    """One message as staff would see it by default: number in its conversation, time, partly redacted text and answers."""

    turn_id: int
    number: int
    at: datetime
    text: str
    replies: Sequence[str]


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
    """What sharing these messages (None: the whole conversation as it is now) would show, without what was forgotten.

    Raises InputError.
    """
    rows = _own_turns(session, person_id, conversation_id, turn_ids)
    hidden = names_in(session, conversation_id)
    said: Dict[int, List[str]] = {row.id: [] for row in rows}
    answered = select(replies.c.turn_id, replies.c.text).where(replies.c.turn_id.in_(said))
    for reply in session.execute(answered.order_by(replies.c.turn_id, replies.c.position)):
        said[reply.turn_id].append(redaction.redact(reply.text, hidden))
    return [
        Preview(row.id, row.number, row.at, redaction.redact(row.text, hidden), said[row.id])
        for row in rows
        if row.text or said[row.id]
    ]


def names_in(session: Session, *conversation_ids: int) -> Sequence[str]:
    """Names that a person gave anywhere in these conversations of theirs, which are hidden in all of them.

    Those given in messages that were forgotten since are among them as far as they still stand in any of them.
    """
    here = turns.c.conversation_id.in_(conversation_ids)
    texts = session.scalars(select(turns.c.text).where(here)).all()
    given = redaction.names_said(texts)
    kept = session.execute(select(hidden_names).where(hidden_names.c.conversation_id.in_(conversation_ids))).all()
    if not kept:
        return given
    for column in (replies.c.text, notes.c.text, steps.c.text, ratings.c.value):
        beside = select(column).join(turns, turns.c.id == column.table.c.turn_id).where(here, column.is_not(None))
        texts += session.scalars(beside).all()
    again = names.found_again(texts, {row.mark for row in kept}, kept[0].person_id)
    return sorted({*given, *again})


def keep_names_hidden(session: Session, gone: Iterable[Any]) -> None:
    """Before rows of `turns` lose their words: let the names given in them stay hidden in what is left."""
    for turn in gone:
        here = hidden_names.c.conversation_id == turn.conversation_id
        given = names.said([turn.text])
        new = names.marks_of(given, turn.person_id) - set(session.scalars(select(hidden_names.c.mark).where(here)))
        owner = {"person_id": turn.person_id, "conversation_id": turn.conversation_id}
        for mark in sorted(new):
            session.execute(insert(hidden_names).values(mark=mark, **owner))


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


def change_end(session: Session, person_id: str, now: datetime, until: datetime) -> None:
    """Let everything that a person shares now end at this moment; the shares of before are kept as ended."""
    for share in _in_force(session, person_id, now):
        session.execute(
            insert(shares).values(
                person_id=person_id,
                conversation_id=share.conversation_id,
                turn_id=share.turn_id,
                shared_at=share.shared_at,
                until=until,
            )
        )
        session.execute(update(shares).where(shares.c.id == share.id).values(revoked_at=now))


def last_end(session: Session, person_id: str, now: datetime) -> Optional[datetime]:
    """When the last of a person's shares in force ends; None when nothing is shared."""
    ends = [share.until or datetime.max.replace(tzinfo=now.tzinfo) for share in _in_force(session, person_id, now)]
    return max(ends, default=None)


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
    shared = _shared(shares.c.revoked_at.is_(None), or_(shares.c.until.is_(None), shares.c.until > now))
    return or_(shared, _open_at_risk()) if staff_read_at_risk else shared


def could_be_read(then: Any, staff_read_at_risk: bool) -> Any:
    """The same of a moment that has passed, which may be a column: staff could read this message then."""
    shared = _shared(
        shares.c.shared_at <= then,
        or_(shares.c.revoked_at.is_(None), shares.c.revoked_at > then),
        or_(shares.c.until.is_(None), shares.c.until > then),
    )
    return or_(shared, and_(turns.c.at <= then, _open_at_risk())) if staff_read_at_risk else shared


def _shared(*in_force: Any) -> Any:
    of_message = or_(shares.c.turn_id == turns.c.id, and_(shares.c.turn_id.is_(None), turns.c.at <= shares.c.shared_at))
    return exists(select(shares.c.id).where(shares.c.conversation_id == turns.c.conversation_id, of_message, *in_force))


def open_at_risk(session: Session, person_id: str) -> bool:
    """Whether any conversation of a person is open because of its risk, where the profile says so, also if only to what
    they write from now on."""
    theirs = select(conversations.c.id).where(conversations.c.person_id == person_id)
    return session.scalar(theirs.where(*_told_at_risk()).limit(1)) is not None


def _open_at_risk() -> Any:
    """In a conversation that is open because of its risk, a message that was written after the person was told so.

    A message and the disclosure that was said in answer to it have the same time: it was written before.
    """
    return and_(*_told_at_risk(), _last_told(disclosures.c.at < turns.c.at))


def _told_at_risk() -> List[Any]:
    """At `risk`, and the person was told at its very beginning, or before, that staff may read it then."""
    return [conversations.c.highest_level >= Level.risk, _last_told(disclosures.c.at <= conversations.c.started_at)]


def _last_told(by_then: Any) -> Any:
    """Whether the last disclosure that the person was given by then said that staff read at `risk`."""
    before = and_(disclosures.c.person_id == conversations.c.person_id, by_then)
    last = select(disclosures.c.staff_read_at_risk).where(before).order_by(disclosures.c.id.desc()).limit(1)
    return last.scalar_subquery().is_(True)


def _in_force(session: Session, person_id: str, now: datetime) -> List[Any]:
    mine = select(shares).where(shares.c.person_id == person_id, shares.c.revoked_at.is_(None))
    return list(session.execute(mine.where(or_(shares.c.until.is_(None), shares.c.until > now))).all())


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
