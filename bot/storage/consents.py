"""What a person consents to in a conversation: what is looked up for it, and carried out in the turn's own transaction."""

import json
from collections import Counter
from datetime import datetime
from typing import Any, Dict, List, Mapping, Optional, Sequence

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.core.conversation import Reply
from bot.core.guide import consent, ending, share_words, sharing
from bot.core.guide.which import Message, find
from bot.storage import review
from bot.storage.review_tables import disclosures
from bot.storage.tables import people, replies, turns

ABOUT_CONSENT = ("share.", "training.")
LONGEST_ANSWER = 24
LATELY = 10
_LAST = select(turns.c.id).where(turns.c.person_id == bindparam("person_id")).order_by(turns.c.id.desc()).limit(LATELY)
# Built once: it is asked of almost every message.
_SHARING_LATELY = (
    select(replies.c.turn_id).where(replies.c.turn_id.in_(_LAST), replies.c.entry_id.startswith("share.")).limit(1)
)


def facts(session: Session, person_id: str, text: str, now: datetime, staff_read_at_risk: bool) -> Dict[str, str]:
    """What a message about sharing is answered with; empty for any other message.

    `share_told` counts the messages that could be shared, `share_turns` are ids of those the message names, `shared_until`
    is when the last share ends, empty when nothing is shared; `training` whether they agreed to it;
    `open_at_risk` whether staff may read some without sharing.
    """
    wished = consent.wish(text)
    if wished == "readings":
        return _readings(session, person_id)
    if wished == "no_training":
        return {"training": "yes" if training_allowed(session, person_id) else "no"}
    answers = len(text.split()) <= LONGEST_ANSWER and _spoke_of_sharing(session, person_id)
    if wished not in ("share", "unshare", "share_end") and not answers:
        return {}
    told = _told(session, person_id)
    meant = share_words.meant(text)
    found = find(meant, [Message(row.id, row.number, row.text) for row in told]) if meant is not None else []
    return {
        "share_told": str(len(told)),
        "share_turns": " ".join(str(message.id) for message in found),
        "shared_until": _shared_until(session, person_id, now),
        "open_at_risk": "yes" if staff_read_at_risk and review.open_at_risk(session, person_id) else "no",
    }


def carry_out(session: Session, person_id: str, request: str, now: datetime, chosen: Mapping[str, Any]) -> None:
    """Do what bot.core.guide.consent asks for, as it was `chosen` (State.sharing); other requests do nothing."""
    if request == sharing.WHOLE:
        told = [row.id for row in _told(session, person_id)]
        review.share(session, person_id, _conversation_of(session, told), now, None, _end(chosen))
    elif request == sharing.MESSAGES:
        turn_ids = chosen["turns"]
        review.share(session, person_id, _conversation_of(session, turn_ids), now, turn_ids, _end(chosen))
    elif request == sharing.UNTIL:
        review.change_end(session, person_id, now, _end(chosen))
    elif request == sharing.END:
        review.revoke(session, person_id, now)
    elif request in (consent.TRAIN, consent.DO_NOT_TRAIN):
        agreed_at = now if request == consent.TRAIN else None
        session.execute(update(people).where(people.c.id == person_id).values(training_consent_at=agreed_at))


def note_disclosure(
    session: Session, person_id: str, said: Sequence[Reply], now: datetime, readers: str, staff_read_at_risk: bool
) -> None:
    """Keep that a person was told who reads here, if these replies told it."""
    for reply in said:
        if reply.id.startswith("disclosure.") and readers in reply.text:
            values = {"entry_id": reply.id, "readers": readers, "staff_read_at_risk": staff_read_at_risk}
            session.execute(insert(disclosures).values(person_id=person_id, at=now, **values))


def preview(session: Session, person_id: str, turn_id: int, chosen: Optional[Sequence[int]]) -> List[review.Preview]:
    """What a practitioner would read of these messages (None: of the whole conversation as it was with this turn)."""
    wanted = chosen or [row.id for row in _told(session, person_id, up_to=turn_id)]
    if not wanted:
        return []
    rows = review.preview(session, person_id, _conversation_of(session, wanted), chosen)
    return [row for row in rows if row.turn_id <= turn_id]


def training_allowed(session: Session, person_id: str) -> bool:
    """Whether the person agreed to the use of shared, corrected messages for training."""
    return session.scalar(select(people.c.training_consent_at).where(people.c.id == person_id)) is not None


def _told(session: Session, person_id: str, up_to: Optional[int] = None) -> List[Any]:
    """The messages of the latest conversation in which anything but consent was spoken of, without those about consent.

    `up_to` is the turn at which that is asked, None for now.
    """
    mine = (
        turns.c.person_id == person_id if up_to is None else and_(turns.c.person_id == person_id, turns.c.id <= up_to)
    )
    about = or_(*(replies.c.entry_id.startswith(name) for name in ABOUT_CONSENT))
    consenting = select(replies.c.turn_id).join(turns, turns.c.id == replies.c.turn_id).where(mine, about)
    latest_first = select(turns.c.conversation_id).where(mine).group_by(turns.c.conversation_id)
    for conversation_id in session.scalars(latest_first.order_by(func.max(turns.c.id).desc())).all():
        inside = select(turns.c.id, turns.c.number, turns.c.text).where(turns.c.conversation_id == conversation_id)
        rows = session.execute(inside.where(mine, turns.c.id.not_in(consenting)).order_by(turns.c.number)).all()
        told = [row for row in rows if row.text]
        if told:
            return told
    return []


def _spoke_of_sharing(session: Session, person_id: str) -> bool:
    """Whether sharing was spoken of a moment ago, so that a question about it may still wait."""
    return session.scalar(_SHARING_LATELY, {"person_id": person_id}) is not None


def _conversation_of(session: Session, turn_ids: Sequence[int]) -> int:
    return int(session.execute(select(turns.c.conversation_id).where(turns.c.id == turn_ids[0])).scalar_one())


def _shared_until(session: Session, person_id: str, now: datetime) -> str:
    """When the last of the shares in force ends, in words; empty when nothing is shared."""
    end = review.last_end(session, person_id, now)
    return ending.in_words(end) if end is not None else ""


def _end(chosen: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(chosen["until"])


def _readings(session: Session, person_id: str) -> Dict[str, str]:
    """The facts that "who has read it?" is answered with: the count, and who read (JSON), whoever read last first."""
    found = review.readings_of(session, person_id)
    if not found:
        return {"readings": "0"}
    times = Counter((one.reader, one.role) for one in found)
    last = {(one.reader, one.role): one.at for one in reversed(found)}
    # Whoever read last comes first: `found` is newest first, and a counter keeps that order.
    readers = [
        {"reader": name, "role": role, "count": str(count), "day": f"{last[name, role].day} {last[name, role]:%B %Y}"}
        for (name, role), count in times.items()
    ]
    return {"readings": str(len(found)), "readers_of_it": json.dumps(readers)}
