"""Counts over everything, without words and without people."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Dict, FrozenSet, List, Optional, Set, Tuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.entries import Helpline
from bot.core.library import Library
from bot.core.review.agreement import Figure, alpha_of, kappa_of, with_model
from bot.core.review.queue import STATES
from bot.core.review.settling import LEVEL_OF_TURN, THEMES_OF_TURN, Decision, themes_by_reviewer
from bot.core.themes import THEMES
from bot.review import decisions
from bot.storage.review_tables import review_decisions, review_item_themes, review_items
from bot.storage.tables import conversations, turn_themes, turns

WEEKS = 12
DECISIONS = 1000
HELPLINE_DAYS = 180
SEED = 7


@dataclass(frozen=True)
class Agreement:
    """How far reviewers agree with each other and the model with them, over the latest 1,000 decisions."""

    kappa: Dict[Optional[str], Figure]
    alpha: Dict[Optional[str], Figure]
    model: Dict[Optional[str], Figure]
    decided: int


@dataclass(frozen=True)
class Overview:
    """What the page shows. Themes count only messages that may be read; `weekly` goes by Monday, oldest first."""

    conversations: int
    in_queue: int
    levels: Dict[str, int]
    states: Dict[str, int]
    weekly: Dict[date, Dict[str, int]]
    alarms_raised: int
    alarms_confirmed: int
    alarms_overruled: int
    helplines_due: List[Helpline]

    @property
    def themes(self) -> Dict[str, int]:
        """Messages by theme over all weeks, most first."""
        total: Dict[str, int] = {}
        for counts in self.weekly.values():
            for name, count in counts.items():
                total[name] = total.get(name, 0) + count
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def load(session: Session, library: Library, now: datetime) -> Overview:
    """The counts."""
    by_state = dict(session.execute(select(review_items.c.state, func.count()).group_by(review_items.c.state)).all())
    by_level = dict(session.execute(select(review_items.c.level, func.count()).group_by(review_items.c.level)).all())
    confirmed, overruled = _alarms(session)
    return Overview(
        conversations=int(session.scalar(select(func.count()).select_from(conversations)) or 0),
        in_queue=sum(by_state.values()),
        levels={level.name: by_level.get(level, 0) for level in Level},
        states={state: by_state.get(state, 0) for state in STATES},
        weekly=_weekly(session, now),
        alarms_raised=int(session.scalar(select(func.count()).where(turns.c.level >= Level.risk)) or 0),
        alarms_confirmed=confirmed,
        alarms_overruled=overruled,
        helplines_due=due(library, now.date()),
    )


def newest_decision(session: Session) -> int:
    """The number of the latest decision: agreement stays as it was until there is another."""
    return session.scalar(select(func.max(review_decisions.c.id))) or 0


def agreement(session: Session) -> Agreement:
    """Agreement over the latest 1,000 decisions."""
    rows = session.execute(select(review_decisions).order_by(review_decisions.c.id.desc()).limit(DECISIONS)).all()
    given = [decisions.decision_of(row) for row in rows]
    independent = themes_by_reviewer(given)
    settled = _settled_themes(given)
    return Agreement(
        kappa=kappa_of(independent, THEMES, SEED),
        alpha=alpha_of(independent, THEMES, SEED),
        model=with_model(settled, _suggested(session, settled), THEMES, SEED),
        decided=len(settled),
    )


def due(library: Library, today: date) -> List[Helpline]:
    """Helpline records that nobody confirmed in the last 180 days."""
    limit = today - timedelta(days=HELPLINE_DAYS)
    return [line for line in library.helplines if line.confirmed_on is None or line.confirmed_on < limit]


def _weekly(session: Session, now: datetime) -> Dict[date, Dict[str, int]]:
    monday = now.date() - timedelta(days=now.weekday())
    found: Dict[date, Dict[str, int]] = {}
    for back in range(WEEKS - 1, -1, -1):
        start = monday - timedelta(weeks=back)
        since = datetime.combine(start, time(), timezone.utc)
        columns = review_item_themes.c
        counted = select(columns.name, func.sum(columns.turns)).where(
            columns.last_at >= since, columns.last_at < since + timedelta(weeks=1)
        )
        found[start] = {name: int(count) for name, count in session.execute(counted.group_by(columns.name))}
    return found


def _settled_themes(given: List[Decision]) -> Dict[int, FrozenSet[str]]:
    by_turn: Dict[int, List[Decision]] = {}
    for decision in given:
        by_turn.setdefault(decision.turn_id, []).append(decision)
    found = {}
    for turn_id, words in by_turn.items():
        themes = decisions.settled_on(words, None).get(THEMES_OF_TURN)
        if themes is not None and not themes.disputed:
            found[turn_id] = frozenset(themes.value)
    return found


def _suggested(session: Session, settled: Dict[int, FrozenSet[str]]) -> Dict[int, FrozenSet[str]]:
    found: Dict[int, Set[str]] = {turn_id: set() for turn_id in settled}
    ids = list(settled)
    for start in range(0, len(ids), 500):
        part = turn_themes.c.turn_id.in_(ids[start : start + 500])
        for row in session.execute(select(turn_themes).where(part, turn_themes.c.claimed)):
            found[row.turn_id].add(row.name)
    return {turn_id: frozenset(names) for turn_id, names in found.items()}


def _alarms(session: Session) -> Tuple[int, int]:
    """Messages at `risk` or above that reviewers kept there, and that they put below with approval; over the latest decisions."""
    alarming = (
        select(review_decisions.c.turn_id, turns.c.conversation_id)
        .join(turns, turns.c.id == review_decisions.c.turn_id)
        .where(review_decisions.c.aspect == LEVEL_OF_TURN.aspect, turns.c.level >= Level.risk)
        .order_by(review_decisions.c.id.desc())
    )
    conversation_of: Dict[int, int] = {row[0]: row[1] for row in session.execute(alarming.limit(DECISIONS))}
    signed = decisions.sign_offs(session, set(conversation_of.values()))
    confirmed = overruled = 0
    for turn_id, given in decisions.decisions_on(session, list(conversation_of)).items():
        settled = decisions.settled_on(given, signed.get(conversation_of[turn_id]))[LEVEL_OF_TURN]
        if not settled.disputed and Level[settled.value] >= Level.risk:
            confirmed += 1
        elif settled.approved:
            overruled += 1
    return confirmed, overruled
