"""What a person consents to in a conversation, carried out in the turn's own transaction."""

from datetime import datetime, timedelta
from typing import Dict, List, Optional

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.guide import consent
from bot.storage import review
from bot.storage.repository import Repository
from bot.storage.rows import StoredTurn
from bot.storage.tables import people

RECENT = 60


def carry_out(session: Session, person_id: str, request: str, now: datetime, share_days: int) -> None:
    """Share, stop sharing, allow or withdraw training, as bot.core.guide.consent asks for it; other requests do nothing."""
    if request in (consent.WHOLE, consent.LAST):
        told = last_told(session, person_id)
        if told is not None:
            chosen = None if request == consent.WHOLE else [told.id]
            review.share(session, person_id, told.conversation_id, now, chosen, now + timedelta(days=share_days))
    elif request == consent.END:
        review.revoke(session, person_id, now)
    elif request in (consent.TRAIN, consent.DO_NOT_TRAIN):
        agreed_at = now if request == consent.TRAIN else None
        session.execute(update(people).where(people.c.id == person_id).values(training_consent_at=agreed_at))


def last_told(session: Session, person_id: str) -> Optional[StoredTurn]:
    """The person's last message that was not itself about consent; None when there is none."""
    recent: List[StoredTurn] = Repository(session).last_turns(person_id, RECENT)
    return next((turn for turn in reversed(recent) if turn.heard.text and not _about_consent(turn)), None)


def training_allowed(session: Session, person_id: str) -> bool:
    """Whether the person agreed to the use of shared, corrected messages for training."""
    return session.scalar(select(people.c.training_consent_at).where(people.c.id == person_id)) is not None


def readings(session: Session, person_id: str) -> Dict[str, str]:
    """The facts that an answer to "who has read it?" is filled with; only the count when nobody has."""
    found = review.readings_of(session, person_id)
    if not found:
        return {"readings": "0"}
    last = found[0]
    return {
        "readings": str(len(found)),
        "last_reading": f"{last.at.day} {last.at:%B %Y}",
        "reader": f"{last.reader} ({last.role})",
    }


def _about_consent(turn: StoredTurn) -> bool:
    return any(reply.id.startswith(("share.", "training.")) for reply in turn.replies)
