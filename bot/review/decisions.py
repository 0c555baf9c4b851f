"""Decisions of reviewers: rows of their own, beside the machine's suggestion, never over it."""

from datetime import datetime
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set

from sqlalchemy import String, and_, cast, exists, insert, or_, select
from sqlalchemy.orm import Session, aliased

from bot.core.conversation import Level
from bot.core.review.settling import ASPECTS, Decision, Settled, latest, settle
from bot.core.themes import THEMES
from bot.errors import InputError
from bot.storage.review_tables import library_inbox, review_decisions, review_items, review_notes

REPLY_WORDS = ("helpful", "unhelpful")
LONGEST_NOTE = 2000


def decide(
    session: Session, turn: Any, reviewer_id: int, aspect: str, value: Any, now: datetime, final: bool = False
) -> None:
    """Keep a decision on one aspect of a turn (a row of `turns`); `final` is a lead's word. Raises InputError."""
    session.execute(
        insert(review_decisions).values(
            person_id=turn.person_id,
            turn_id=turn.id,
            reviewer_id=reviewer_id,
            aspect=aspect,
            value=_checked(aspect, value),
            final=final,
            model_version=turn.model_version,
            at=now,
        )
    )


def say_better(session: Session, turn: Any, reviewer_id: int, entry_id: str, better: str, now: datetime) -> None:
    """Put what would have been better into the library's inbox. Raises InputError for an empty or overlong text."""
    values = {"entry_id": entry_id, "better": _text(better)}
    session.execute(
        insert(library_inbox).values(
            person_id=turn.person_id, turn_id=turn.id, reviewer_id=reviewer_id, at=now, **values
        )
    )


def write_note(session: Session, turn: Any, reviewer_id: int, kind: str, text: str, now: datetime) -> None:
    """Keep a `note` for its writer alone or a `flag` for all. Raises InputError."""
    if kind not in ("note", "flag"):
        raise InputError(f"A remark of kind {kind!r} cannot be kept. Allowed are note and flag.")
    session.execute(
        insert(review_notes).values(
            person_id=turn.person_id,
            turn_id=turn.id,
            reviewer_id=reviewer_id,
            kind=kind,
            text=_text(text) if kind == "note" else text.strip()[:LONGEST_NOTE],
            at=now,
        )
    )


def decisions_on(session: Session, turn_ids: Sequence[int]) -> Dict[int, List[Decision]]:
    """All decisions on these turns, by turn."""
    found: Dict[int, List[Decision]] = {}
    wanted = select(review_decisions).where(review_decisions.c.turn_id.in_(turn_ids)).order_by(review_decisions.c.id)
    for row in session.execute(wanted):
        decision = Decision(row.id, row.turn_id, row.reviewer_id, row.aspect, row.value, row.final)
        found.setdefault(row.turn_id, []).append(decision)
    return found


def settled_on(found: Sequence[Decision], signed_off: bool) -> Dict[str, Settled]:
    """What holds for a turn, by aspect."""
    words = latest(found)
    settled = {aspect: settle(words.get(aspect, {}), signed_off) for aspect in ASPECTS}
    return {aspect: value for aspect, value in settled.items() if value is not None}


def disputed(session: Session, limit: int) -> List[int]:
    """Turns on which reviewers disagree and no lead has spoken, oldest first, at most `limit`."""
    first, second, final = aliased(review_decisions), aliased(review_decisions), aliased(review_decisions)
    other = and_(
        second.c.turn_id == first.c.turn_id,
        second.c.aspect == first.c.aspect,
        second.c.reviewer_id > first.c.reviewer_id,
        ~second.c.final,
        cast(second.c.value, String) != cast(first.c.value, String),
    )
    spoken = and_(final.c.turn_id == first.c.turn_id, final.c.aspect == first.c.aspect, final.c.final)
    candidates = (
        select(first.c.turn_id)
        .join(second, other)
        .where(~first.c.final, ~exists(select(final.c.id).where(spoken)))
        .distinct()
        .order_by(first.c.turn_id)
        .limit(limit)
    )
    found: List[int] = []
    after = 0
    # A reviewer may have changed their mind since; what holds is settled here, a few turns at a time.
    while len(found) < limit:
        ids = session.scalars(candidates.where(first.c.turn_id > after)).all()
        words = decisions_on(session, ids)
        found += [turn for turn in ids if any(one.disputed for one in settled_on(words[turn], False).values())]
        if len(ids) < limit:
            break
        after = ids[-1]
    return found[:limit]


def signed_off(session: Session, conversation_ids: Set[int]) -> Set[int]:
    """Those of the conversations that a lead signed off."""
    columns = review_items.c
    wanted = select(columns.conversation_id).where(
        columns.conversation_id.in_(conversation_ids), columns.state == "signed_off"
    )
    return set(session.scalars(wanted).all())


def remarks_on(session: Session, turn_ids: Sequence[int], reviewer_id: int) -> Dict[int, List[Any]]:
    """A reviewer's own notes and everybody's flags on these turns, by turn."""
    mine = or_(review_notes.c.kind == "flag", review_notes.c.reviewer_id == reviewer_id)
    wanted = select(review_notes).where(review_notes.c.turn_id.in_(turn_ids), mine).order_by(review_notes.c.id)
    found: Dict[int, List[Any]] = {}
    for row in session.execute(wanted):
        found.setdefault(row.turn_id, []).append(row)
    return found


def value_from(form: Mapping[str, Any], aspect: str, chosen: Optional[Sequence[str]] = None) -> Any:
    """A decision's value as a form sends it."""
    return list(chosen or ()) if aspect == "themes" else form.get("value")


def _checked(aspect: str, value: Any) -> Any:
    if aspect == "themes" and isinstance(value, list) and set(value) <= set(THEMES):
        return sorted(set(value), key=THEMES.index)
    if aspect == "level" and value in Level.__members__:
        return value
    if aspect == "reply" and value in REPLY_WORDS:
        return value
    raise InputError(
        "This decision cannot be kept. Allowed are names of themes, a level "
        f"({', '.join(Level.__members__)}), or {' and '.join(REPLY_WORDS)} for a reply."
    )


def _text(text: str) -> str:
    cleaned = text.strip()
    if not 1 <= len(cleaned) <= LONGEST_NOTE:
        raise InputError(f"The text has {len(cleaned)} characters. Allowed are 1 to {LONGEST_NOTE}.")
    return cleaned
