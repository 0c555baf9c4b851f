"""The levels of conversations as reviewers decided them, beside what the machine found."""

from typing import Dict, List, Mapping, Set, Tuple

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.review.queue import decided_level
from bot.core.review.settling import LEVEL_OF_TURN, latest, level_as_decided
from bot.review import decisions
from bot.storage.review_tables import review_decisions
from bot.storage.tables import alerts, turns


def as_decided(session: Session, highest: Mapping[int, Level]) -> Dict[int, Level]:
    """The level of each conversation by what reviewers decided; `highest` are those that the machine found."""
    about_levels = select(turns.c.conversation_id, turns.c.id).join(
        review_decisions, review_decisions.c.turn_id == turns.c.id
    )
    rows = session.execute(
        about_levels.where(turns.c.conversation_id.in_(highest), review_decisions.c.aspect == LEVEL_OF_TURN.aspect)
    ).all()
    turns_of: Dict[int, Set[int]] = {}
    for conversation_id, turn_id in rows:
        turns_of.setdefault(conversation_id, set()).add(turn_id)
    given = decisions.decisions_on(session, [turn_id for _, turn_id in rows])
    sign_offs = decisions.sign_offs(session, turns_of)
    found = dict(highest)
    for conversation_id, machine in _by_machine(session, list(turns_of)).items():
        decided = {
            turn_id: level_as_decided(
                machine.get(turn_id, Level.none), latest(given[turn_id])[LEVEL_OF_TURN], sign_offs.get(conversation_id)
            )
            for turn_id in turns_of[conversation_id]
        }
        found[conversation_id] = decided_level(highest[conversation_id], machine, decided)
    return found


def _by_machine(session: Session, conversation_ids: List[int]) -> Dict[int, Dict[int, Level]]:
    """What the machine raised, by conversation and turn: by the message, or by what it meant in the talk."""
    found: Dict[int, Dict[int, Level]] = {conversation_id: {} for conversation_id in conversation_ids}
    raised = union_all(
        *(
            select(table.c.conversation_id, turn_id.label("turn_id"), table.c.level).where(
                table.c.conversation_id.in_(conversation_ids), table.c.level >= Level.concern
            )
            for table, turn_id in ((turns, turns.c.id), (alerts, alerts.c.turn_id))
        )
    )
    rows: List[Tuple[int, int, Level]] = [tuple(row) for row in session.execute(raised)]
    for conversation_id, turn_id, level in rows:
        of_turns = found[conversation_id]
        of_turns[turn_id] = max(Level(level), of_turns.get(turn_id, Level.none))
    return found
