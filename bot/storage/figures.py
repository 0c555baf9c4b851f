"""Numbers over what is stored: of one person, and of all without identifiers."""

from collections import Counter
from datetime import datetime
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.storage.forgetting import felt_after, read_state
from bot.storage.tables import (
    alerts,
    conversations,
    corrections,
    notes,
    ratings,
    replies,
    steps,
    technique_runs,
    turn_themes,
    turns,
)

OF_A_DAY = ("themes", "heaviness", "felt", "techniques", "steps")


def journey(session: Session, person_id: str) -> Dict[str, Any]:
    """Over all sessions, oldest first: `days` [{on, themes, heaviness, felt, techniques, steps}], and each of these in one.

    `themes` are (name, messages), most often first, without those that the person said are not it; `felt` says after
    which exercise it was lighter, the same or heavier. After abuse was told only `kept_back` is true: the screen may be
    shared.
    """
    state = read_state(session, person_id)
    if state is not None and state.abuse_told:
        return {"kept_back": True, "days": [], **{name: [] for name in OF_A_DAY}}
    days: Dict[str, Dict[str, List[Any]]] = {}
    for at, name, value in sorted(_happened(session, person_id), key=lambda one: one[0]):
        day = days.setdefault(at.date().isoformat(), {part: [] for part in OF_A_DAY})
        day[name].append(value)
    together = {name: [value for on in days for value in days[on][name]] for name in OF_A_DAY}
    return {
        "kept_back": False,
        "days": [{"on": on, **day, "themes": _most_often(day["themes"])} for on, day in days.items()],
        **{**together, "themes": _most_often(together["themes"])},
    }


def _happened(session: Session, person_id: str) -> Iterator[Tuple[datetime, str, Any]]:
    """When, what kind of thing, and what: each theme that led a message, number, word about an exercise, exercise, step."""
    denied = {
        (row.turn_id, theme)
        for row in session.execute(select(corrections).where(corrections.c.person_id == person_id))
        for theme in row.themes
    }
    leading = (
        select(turns.c.id, turns.c.at, turn_themes.c.name)
        .join(turns, turns.c.id == turn_themes.c.turn_id)
        .where(turns.c.person_id == person_id, turn_themes.c.claimed, turn_themes.c.rank == 0)
        # What was typed into an exercise is the exercise's, and not what the talk was about.
        .where(turns.c.id.not_in(select(notes.c.turn_id).where(notes.c.person_id == person_id)))
        .order_by(turns.c.id)
    )
    yield from ((row.at, "themes", row.name) for row in session.execute(leading) if (row.id, row.name) not in denied)
    for row in session.execute(select(ratings).where(ratings.c.person_id == person_id).order_by(ratings.c.id)):
        if row.scale == "heaviness" and row.value is not None:
            yield row.at, "heaviness", int(row.value)
        yield from ((row.at, "felt", one) for one in felt_after([row]))
    done = technique_runs.c.event == "finished"
    for row in session.execute(select(technique_runs).where(technique_runs.c.person_id == person_id, done)):
        yield row.at, "techniques", row.technique_id
    for row in session.execute(select(steps).where(steps.c.person_id == person_id).order_by(steps.c.id)):
        yield row.at, "steps", row.text


def _most_often(names: Sequence[str]) -> List[Tuple[str, int]]:
    return sorted(Counter(names).items(), key=lambda one: (-one[1], one[0]))


def counts_between(session: Session, start: datetime, end: datetime) -> Dict[str, Any]:
    """Numbers without identifiers for a span of time: conversations, messages, disclosures, referrals and alerts."""

    def said(prefix: str) -> int:
        of_entry = replies.c.entry_id.startswith(prefix, autoescape=True)
        joined = select(func.count()).select_from(replies.join(turns, turns.c.id == replies.c.turn_id))
        return int(session.scalar(joined.where(of_entry, turns.c.at >= start, turns.c.at < end)) or 0)

    def number(table: Table, moment: Any) -> int:
        return int(session.scalar(select(func.count()).select_from(table).where(moment >= start, moment < end)) or 0)

    raised = (
        select(alerts.c.level, alerts.c.kind, func.count())
        .where(alerts.c.at >= start, alerts.c.at < end)
        .group_by(alerts.c.level, alerts.c.kind)
    )
    return {
        "conversations": number(conversations, conversations.c.started_at),
        "messages": number(turns, turns.c.at),
        "disclosures": said("disclosure."),
        "referrals": said("card"),
        "raised": [
            {"level": Level(level).name, "kind": kind, "times": times} for level, kind, times in session.execute(raised)
        ],
    }
