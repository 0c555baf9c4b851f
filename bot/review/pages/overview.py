"""The overview."""

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.core.themes import THEMES
from bot.review import charts, overview
from bot.review.refresh import refresh
from bot.review.room import Ask, Room


def prepare(room: Room) -> None:
    """What takes long the first time: the room itself, and how far reviewers agree."""
    room.prepare()
    with room.database.reading() as session:
        _agreement(room, session)


def overview_page(room: Room, ask: Ask) -> Response:
    """Counts, agreement, backlog, helplines due."""
    refresh(room.database, ask.now, room.settings.staff_read_at_risk)
    with room.database.reading() as session:
        found = overview.load(session, room.library, ask.now)
        agreement = _agreement(room, session)
    common = list(found.themes.items())[:10]
    weekly = {monday.isoformat(): sum(counts.values()) for monday, counts in found.weekly.items()}
    return ask.page(
        room,
        "overview.html",
        overview=found,
        agreement=agreement,
        all_themes=THEMES,
        theme_bars=charts.bars({name.replace("_", " "): count for name, count in common}, "Messages by theme"),
        week_line=charts.line(weekly, "Messages with a theme by week"),
        state_bars=charts.bars(
            {name.replace("_", " "): n for name, n in found.states.items()}, "Conversations by state"
        ),
    )


def _agreement(room: Room, session: Session) -> overview.Agreement:
    """Worked out anew only after a new decision."""
    newest = overview.newest_decision(session)
    if room.agreement is None or room.agreement[0] != newest:
        room.agreement = newest, overview.agreement(session)
    return room.agreement[1]
