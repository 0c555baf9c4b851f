"""Decisions of reviewers: rows of their own, beside the machine's suggestion, never over it."""

from datetime import datetime
from typing import Any, Collection, Dict, FrozenSet, List, Mapping, Optional, Sequence, Set, Tuple

from sqlalchemy import String, and_, case, cast, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.review.settling import THEMES_OF_TURN, Decision, Settled, SignOff, Subject, latest, settle
from bot.core.themes import THEMES
from bot.errors import InputError
from bot.review import policy
from bot.review.numbers import whole_number
from bot.review.policy import Reviewer
from bot.storage.forgetting import was_forgotten
from bot.storage.review_tables import library_inbox, review_decisions, review_items, review_notes
from bot.storage.tables import conversations, replies, turns

AT_ONCE = 100
REPLY_WORDS = ("helpful", "unhelpful")
LONGEST_NOTE = 2000


def decide(
    session: Session, turn: Any, who: Reviewer, about: Subject, value: Any, now: datetime, final: bool = False
) -> None:
    """Keep a decision on one thing in a turn (a row of `turns`); `final` is a lead's word. Raises InputError."""
    earlier = [one for one in decisions_on(session, [turn.id]).get(turn.id, []) if one.subject == about]
    sees_all = policy.may(who, "see_others_decisions", False)
    session.execute(
        insert(review_decisions).values(
            person_id=turn.person_id,
            turn_id=turn.id,
            reviewer_id=who.id,
            aspect=about.aspect,
            position=about.position,
            entry_id=about.entry_id,
            value=_checked(about.aspect, value),
            final=final,
            independent=not final and not any(sees_all or one.reviewer_id == who.id for one in earlier),
            model_version=turn.model_version,
            at=now,
        )
    )


def subject(session: Session, turn: Any, aspect: str, position: str) -> Subject:
    """What a form's decision on a turn (a row of `turns`) is about; of a reply `position` is its place in it.

    Raises InputError, also for what says something of words that were taken back: a page may have been open since before.
    """
    if aspect in ("themes", "reply") and was_forgotten(turn):
        raise InputError(
            "The person took this message back meanwhile: nothing can be kept on its themes or its replies any more. Load "
            "the page again to see what is left of it."
        )
    if aspect != "reply":
        return Subject(aspect)
    place = whole_number(position)
    entry_id = session.scalar(
        select(replies.c.entry_id).where(replies.c.turn_id == turn.id, replies.c.position == place)
    )
    if entry_id is None:
        raise InputError("There is no such reply. Load the page again and choose the one that is meant.")
    return Subject(aspect, place, entry_id)


def say_better(session: Session, turn: Any, reviewer_id: int, entry_id: str, better: str, now: datetime) -> None:
    """Put what would have been better into the library's inbox. Raises InputError for an empty or overlong text."""
    values = {"entry_id": entry_id, "better": _text(better)}
    session.execute(
        insert(library_inbox).values(
            person_id=turn.person_id, turn_id=turn.id, reviewer_id=reviewer_id, at=now, **values
        )
    )


def write_note(session: Session, turn: Any, reviewer_id: int, text: str, now: datetime) -> None:
    """Keep a note for its writer alone. Raises InputError for an empty or overlong one."""
    _remark(session, turn, reviewer_id, "note", _text(text), now)


def toggle_flag(session: Session, turn: Any, reviewer_id: int, text: str, now: datetime) -> None:
    """Set a flag that all see, or take off one's own."""
    own = (review_notes.c.turn_id == turn.id, review_notes.c.reviewer_id == reviewer_id, review_notes.c.kind == "flag")
    if not session.execute(delete(review_notes).where(*own)).rowcount:
        _remark(session, turn, reviewer_id, "flag", text.strip()[:LONGEST_NOTE], now)


def decisions_on(session: Session, turn_ids: Sequence[int]) -> Dict[int, List[Decision]]:
    """All decisions on these turns, by turn."""
    found: Dict[int, List[Decision]] = {}
    wanted = select(review_decisions).where(review_decisions.c.turn_id.in_(turn_ids)).order_by(review_decisions.c.id)
    for row in session.execute(wanted):
        found.setdefault(row.turn_id, []).append(decision_of(row))
    return found


def decision_of(row: Any) -> Decision:
    """A row of `review_decisions` as a decision."""
    about = Subject(row.aspect, row.position, row.entry_id)
    return Decision(row.id, row.turn_id, row.reviewer_id, about, row.value, row.final, row.independent, row.at)


def settled_on(found: Sequence[Decision], sign_off: Optional[SignOff]) -> Dict[Subject, Settled]:
    """What holds for a turn, by what was decided about."""
    settled = {about: settle(words, sign_off) for about, words in latest(found).items()}
    return {about: value for about, value in settled.items() if value is not None}


def corrected_themes(session: Session, conversation_ids: Sequence[int]) -> Dict[int, FrozenSet[str]]:
    """Themes of messages of these conversations as reviewers approved them, by turn."""
    about_themes = (
        select(review_decisions, turns.c.conversation_id)
        .join(turns, turns.c.id == review_decisions.c.turn_id)
        .where(turns.c.conversation_id.in_(conversation_ids), review_decisions.c.aspect == THEMES_OF_TURN.aspect)
    )
    given: Dict[Tuple[int, int], List[Decision]] = {}
    for row in session.execute(about_themes):
        given.setdefault((row.conversation_id, row.turn_id), []).append(decision_of(row))
    signed = sign_offs(session, {conversation_id for conversation_id, _ in given})
    found = {
        turn_id: settled_on(words, signed.get(inside))[THEMES_OF_TURN] for (inside, turn_id), words in given.items()
    }
    return {turn_id: frozenset(settled.value) for turn_id, settled in found.items() if settled.approved}


def disputed(session: Session, who: Reviewer, readable: Any, after: int, limit: int) -> List[int]:
    """Turns behind `after` on which reviewers disagree and that this lead may settle, oldest first, at most `limit`.

    `readable` is the condition on turns and their conversations that they may be read now.
    """
    columns = review_decisions.c
    value = cast(columns.value, String)
    differing = (
        select(columns.turn_id)
        .where(columns.turn_id > after)
        .group_by(columns.turn_id, columns.aspect, columns.position)
        .having(
            and_(
                func.min(columns.reviewer_id) < func.max(columns.reviewer_id),
                func.min(value) < func.max(value),
                func.max(case((columns.final, 1), else_=0)) == 0,
            )
        )
    )
    candidates = (
        select(turns.c.id)
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(turns.c.id.in_(differing), readable)
        .order_by(turns.c.id)
        .limit(AT_ONCE)
    )
    found: List[int] = []
    # A reviewer may have changed their mind since; what holds is settled here, some turns at a time.
    while len(found) < limit:
        ids = session.scalars(candidates.where(turns.c.id > after)).all()
        words = decisions_on(session, ids)
        found += [turn for turn in ids if any(_may_settle(who, one) for one in settled_on(words[turn], None).values())]
        if len(ids) < AT_ONCE:
            break
        after = ids[-1]
    return found[:limit]


def _may_settle(who: Reviewer, settled: Settled) -> bool:
    return settled.disputed and policy.may(who, "adjudicate", settled.by)


def sign_offs(session: Session, conversation_ids: Collection[int]) -> Dict[int, SignOff]:
    """Who signed which of the conversations off, and when."""
    columns = review_items.c
    wanted = select(columns.conversation_id, columns.signed_off_by, columns.state_at).where(
        columns.conversation_id.in_(conversation_ids), columns.state == "signed_off"
    )
    return {row.conversation_id: SignOff(row.signed_off_by, row.state_at) for row in session.execute(wanted)}


def deciders(session: Session, conversation_id: int) -> Set[int]:
    """Everybody who decided anything in a conversation."""
    inside = review_decisions.join(turns, turns.c.id == review_decisions.c.turn_id)
    wanted = select(review_decisions.c.reviewer_id).select_from(inside)
    return set(session.scalars(wanted.where(turns.c.conversation_id == conversation_id)).all())


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


def _remark(session: Session, turn: Any, reviewer_id: int, kind: str, text: str, now: datetime) -> None:
    values = {"person_id": turn.person_id, "turn_id": turn.id, "reviewer_id": reviewer_id, "at": now}
    session.execute(insert(review_notes).values(kind=kind, text=text, **values))


def _text(text: str) -> str:
    cleaned = text.strip()
    if not 1 <= len(cleaned) <= LONGEST_NOTE:
        raise InputError(f"The text has {len(cleaned)} characters. Allowed are 1 to {LONGEST_NOTE}.")
    return cleaned
