"""The steps that a conversation took in the room, and where they left it."""

from typing import Any, Dict, List, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bot.core.review.queue import WAITING
from bot.storage.review_tables import review_moves, reviewers


def history(session: Session, conversation_id: int) -> List[Any]:
    """The steps of a conversation, oldest first, with the names of those concerned; `by` is None where nobody took it."""
    given_to, taken_from = aliased(reviewers), aliased(reviewers)
    wanted = (
        select(
            review_moves.c.at,
            review_moves.c.event,
            review_moves.c.state,
            reviewers.c.name.label("by"),
            given_to.c.name.label("given_to"),
            taken_from.c.name.label("taken_from"),
        )
        .outerjoin(reviewers, reviewers.c.id == review_moves.c.reviewer_id)
        .outerjoin(given_to, given_to.c.id == review_moves.c.given_to)
        .outerjoin(taken_from, taken_from.c.id == review_moves.c.taken_from)
        .where(review_moves.c.conversation_id == conversation_id)
    )
    return list(session.execute(wanted.order_by(review_moves.c.id)).all())


def standing_of(session: Session, conversation_ids: Sequence[int]) -> Dict[int, Dict[str, Any]]:
    """What the steps of these conversations leave in their rows of the queue; nothing for those that took none."""
    found: Dict[int, Dict[str, Any]] = {}
    wanted = select(review_moves).where(review_moves.c.conversation_id.in_(conversation_ids))
    for move in session.execute(wanted.order_by(review_moves.c.id)):
        before = found.get(move.conversation_id, {})
        second = _second(move, before.get("second_id"))
        found[move.conversation_id] = {
            "state": move.state,
            "state_at": move.at,
            "reviewer_id": move.given_to,
            "second_id": second,
            "signed_off_by": move.reviewer_id if move.event == "sign_off" else None,
            "waiting": move.state in WAITING or (move.state == "reviewed" and second is None),
        }
    return found


def _second(move: Any, before: Any) -> Any:
    """Who reviewed second after this step: it is then still the first reviewer's."""
    if move.event == "review":
        return move.reviewer_id if move.given_to not in (None, move.reviewer_id) else None
    return before if move.state in ("reviewed", "signed_off") else None
