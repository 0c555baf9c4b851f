"""One page before a session: what a person shared, in their own words. Nothing in it is interpreted."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Dict, List, Optional, Sequence, Tuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.review import redaction
from bot.review.transcript import Reading, conversation_row, log_reading
from bot.storage.review import may_be_read, names_in
from bot.storage.tables import conversations, notes, ratings, steps, technique_runs, turn_themes, turns

# What fits on one page.
THEMES_SHOWN, QUOTES_A_THEME, LONGEST_QUOTE, WEEKS_SHOWN = 5, 2, 200, 8
HEAVINESS_SHOWN, STEPS_SHOWN, EXERCISES_SHOWN, WORDS_SHOWN = 8, 5, 6, 3


@dataclass(frozen=True)
class Quote:
    """Words of the person and where they stand."""

    text: str
    conversation_id: int
    number: int
    at: datetime


@dataclass(frozen=True)
class Step:
    """A small step that was agreed, and what the person said when asked later how it went; None when not asked yet."""

    agreed: Quote
    went: Optional[Quote]


@dataclass(frozen=True)
class Exercise:
    """An exercise: how often it was begun, finished and stopped, the last time, and the latest words on how it was then."""

    technique_id: str
    begun: int
    finished: int
    stopped: int
    last: Quote
    words: List[str]


@dataclass(frozen=True)
class Brief:
    """What the page shows; everything only from messages that may be read now, the latest where there is much.

    `mondays` are the weeks with a theme; `weeks` counts messages by theme for each of them. `heaviness` gives, by
    conversation, the first and last number from 0 to 10 that the person gave; no last where there was only one.
    """

    conversations: int
    messages: int
    quotes: Dict[str, List[Quote]]
    mondays: List[date]
    weeks: Dict[str, List[int]]
    heaviness: List[Tuple[Quote, Optional[Quote]]]
    steps: List[Step]
    exercises: List[Exercise]


def load(session: Session, conversation_id: int, reading: Reading) -> Optional[Brief]:
    """The brief on the person of this conversation; None when nothing may be read. Call it in a transaction."""
    row = conversation_row(session, conversation_id)
    if row is None:
        return None
    read = session.execute(
        select(turns.c.id, turns.c.conversation_id, turns.c.number, turns.c.at, turns.c.text)
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(turns.c.person_id == row.person_id, may_be_read(reading.now, reading.staff_read_at_risk))
        .order_by(turns.c.id)
    ).all()
    if not read:
        return None
    inside = sorted({turn.conversation_id for turn in read})
    for one in inside:
        numbers = [turn.number for turn in read if turn.conversation_id == one]
        log_reading(session, conversation_row(session, one), reading, "brief", numbers)
    by_id = {turn.id: turn for turn in read}
    names = names_in(session, *inside)
    named = [theme for theme in _rows(session, turn_themes, row.person_id, by_id) if theme.claimed]
    common = [name for name, _ in Counter(theme.name for theme in named).most_common(THEMES_SHOWN)]
    mondays = sorted({_monday(by_id[theme.turn_id].at) for theme in named})[-WEEKS_SHOWN:]
    rated = _rows(session, ratings, row.person_id, by_id)
    runs = _rows(session, technique_runs, row.person_id, by_id)
    return Brief(
        conversations=len(inside),
        messages=len(read),
        quotes={name: _quotes(named, name, by_id, names) for name in common},
        mondays=mondays,
        weeks={name: _weeks(named, name, by_id, mondays) for name in common},
        heaviness=_heaviness([rating for rating in rated if rating.scale == "heaviness"], by_id),
        steps=_steps(session, row.person_id, by_id, names),
        exercises=_exercises(runs, [rating for rating in rated if rating.scale == "exercise"], by_id, names),
    )


def _rows(session: Session, table: Any, person_id: str, by_id: Dict[int, Any]) -> List[Any]:
    mine = select(turns.c.id).where(turns.c.person_id == person_id)
    rows = session.execute(select(table).where(table.c.turn_id.in_(mine)).order_by(table.c.turn_id)).all()
    return [row for row in rows if row.turn_id in by_id]


def _quote(turn: Any, text: str, names: Sequence[str]) -> Quote:
    shown = redaction.redact(text, names)
    short = shown if len(shown) <= LONGEST_QUOTE else shown[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
    return Quote(short, turn.conversation_id, turn.number, turn.at)


def _quotes(named: Sequence[Any], name: str, by_id: Dict[int, Any], names: Sequence[str]) -> List[Quote]:
    """The latest words on a theme, those of which the model was surest when there are more than fit."""
    on_theme = [theme for theme in named if theme.name == name and by_id[theme.turn_id].text.strip()]
    surest = sorted(on_theme, key=lambda theme: -theme.score)[:QUOTES_A_THEME]
    chosen = sorted({theme.turn_id for theme in surest})
    return [_quote(by_id[turn_id], by_id[turn_id].text, names) for turn_id in chosen]


def _monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def _weeks(named: Sequence[Any], name: str, by_id: Dict[int, Any], mondays: Sequence[date]) -> List[int]:
    counts = Counter(_monday(by_id[theme.turn_id].at) for theme in named if theme.name == name)
    return [counts[monday] for monday in mondays]


def _heaviness(rated: Sequence[Any], by_id: Dict[int, Any]) -> List[Tuple[Quote, Optional[Quote]]]:
    found: Dict[int, List[Quote]] = {}
    for rating in rated:
        if rating.value is not None:
            turn = by_id[rating.turn_id]
            found.setdefault(turn.conversation_id, []).append(_quote(turn, rating.value, ()))
    latest = list(found.values())[-HEAVINESS_SHOWN:]
    return [(given[0], given[-1] if len(given) > 1 else None) for given in latest]


def _steps(session: Session, person_id: str, by_id: Dict[int, Any], names: Sequence[str]) -> List[Step]:
    agreed = _rows(session, steps, person_id, by_id)
    reviewed = [note for note in _rows(session, notes, person_id, by_id) if note.step_id == "review"]
    found: List[Step] = []
    for place, step in enumerate(agreed):
        until = agreed[place + 1].turn_id if place + 1 < len(agreed) else None
        words = [
            _quote(by_id[note.turn_id], note.text, names)
            for note in reviewed
            if note.turn_id > step.turn_id and (until is None or note.turn_id <= until)
        ]
        found.append(Step(_quote(by_id[step.turn_id], step.text, names), words[0] if words else None))
    return found[-STEPS_SHOWN:]


def _exercises(
    runs: Sequence[Any], rated: Sequence[Any], by_id: Dict[int, Any], names: Sequence[str]
) -> List[Exercise]:
    by_technique: Dict[str, List[Any]] = {}
    for run in runs:
        by_technique.setdefault(run.technique_id, []).append(run)
    found = []
    for technique_id, mine in by_technique.items():
        events = Counter(run.event for run in mine)
        words = [
            redaction.redact(rating.value, names)
            for rating in rated
            if rating.technique_id == technique_id and rating.value
        ]
        last = _quote(by_id[mine[-1].turn_id], "", ())
        found.append(
            Exercise(
                technique_id,
                events["started"],
                events["finished"],
                events["stopped"],
                last,
                words[-WORDS_SHOWN:],
            )
        )
    return sorted(found, key=lambda exercise: exercise.last.at)[-EXERCISES_SHOWN:]
