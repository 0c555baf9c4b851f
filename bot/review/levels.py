"""The levels of conversations as reviewers decided them, beside what the machine found."""

from datetime import datetime
from typing import Dict, List, Mapping, Optional, Sequence, Set, Tuple

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.review.queue import decided_level
from bot.core.review.settling import LEVEL_OF_TURN, Decision, SignOff, latest, level_as_decided
from bot.review import decisions
from bot.storage.review_tables import review_decisions
from bot.storage.tables import alerts, turns


def as_decided(session: Session, highest: Mapping[int, Level]) -> Dict[int, Level]:
    """The level of each conversation by what reviewers decided; `highest` are those that the machine found."""
    given = _given(session, list(highest))
    sign_offs = decisions.sign_offs(session, given)
    found = dict(highest)
    for conversation_id, machine in _by_machine(session, list(given)).items():
        sign_off = sign_offs.get(conversation_id)
        decided = {
            turn_id: _level(machine, turn_id, words, sign_off) for turn_id, words in given[conversation_id].items()
        }
        found[conversation_id] = decided_level(highest[conversation_id], machine, decided)
    return found


def raised_since(session: Session, moments: Mapping[int, datetime]) -> Set[int]:
    """Conversations in which reviewers put a message higher after this moment, to `concern` or above."""
    given = {
        conversation_id: by_turn
        for conversation_id, by_turn in _given(session, list(moments)).items()
        if any(word.at > moments[conversation_id] for words in by_turn.values() for word in words)
    }
    sign_offs = decisions.sign_offs(session, given)
    found = set()
    for conversation_id, machine in _by_machine(session, list(given)).items():
        for turn_id, words in given[conversation_id].items():
            before = [word for word in words if word.at <= moments[conversation_id]]
            sign_off = sign_offs.get(conversation_id)
            level = _level(machine, turn_id, words, sign_off)
            if level >= Level.concern and level > _level(machine, turn_id, before, sign_off):
                found.add(conversation_id)
    return found


def _level(machine: Mapping[int, Level], turn_id: int, words: Sequence[Decision], sign_off: Optional[SignOff]) -> Level:
    return level_as_decided(machine.get(turn_id, Level.none), latest(words).get(LEVEL_OF_TURN, {}), sign_off)


def _given(session: Session, conversation_ids: List[int]) -> Dict[int, Dict[int, List[Decision]]]:
    """What was decided about levels, by conversation and turn."""
    about_levels = select(turns.c.conversation_id, turns.c.id).join(
        review_decisions, review_decisions.c.turn_id == turns.c.id
    )
    rows = session.execute(
        about_levels.where(
            turns.c.conversation_id.in_(conversation_ids), review_decisions.c.aspect == LEVEL_OF_TURN.aspect
        )
    ).all()
    words = decisions.decisions_on(session, [turn_id for _, turn_id in rows])
    found: Dict[int, Dict[int, List[Decision]]] = {}
    for conversation_id, turn_id in rows:
        of_level = [word for word in words[turn_id] if word.subject == LEVEL_OF_TURN]
        found.setdefault(conversation_id, {})[turn_id] = of_level
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
