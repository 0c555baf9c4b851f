"""Numbers over what is stored: of one person, and of all without identifiers."""

from datetime import datetime
from typing import Any, Dict

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.storage.tables import alerts, conversations, ratings, replies, steps, technique_runs, turn_themes, turns


def journey(session: Session, person_id: str) -> Dict[str, Any]:
    """Over all sessions: `themes` [(name, messages)] most often first, `heaviness` and `steps` oldest first, `techniques` done."""
    leading = (
        select(turn_themes.c.name, func.count())
        .join(turns, turns.c.id == turn_themes.c.turn_id)
        .where(turns.c.person_id == person_id, turn_themes.c.claimed, turn_themes.c.rank == 0)
        .group_by(turn_themes.c.name)
        .order_by(func.count().desc(), turn_themes.c.name)
    )
    weighed = (
        select(ratings.c.value)
        .where(ratings.c.person_id == person_id, ratings.c.scale == "heaviness")
        .order_by(ratings.c.id)
    )
    agreed = select(steps.c.text).where(steps.c.person_id == person_id).order_by(steps.c.id)
    done = (
        select(technique_runs.c.technique_id)
        .where(technique_runs.c.person_id == person_id, technique_runs.c.event == "finished")
        .order_by(technique_runs.c.id)
    )
    return {
        "themes": [tuple(row) for row in session.execute(leading)],
        "heaviness": [int(value) for value in session.scalars(weighed) if value is not None],
        "steps": list(session.scalars(agreed)),
        "techniques": list(session.scalars(done)),
    }


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
