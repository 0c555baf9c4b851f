"""The overview."""

from starlette.responses import Response

from bot.core.themes import THEMES
from bot.review import charts, overview
from bot.review.refresh import refresh
from bot.review.room import Ask, Room


def overview_page(room: Room, ask: Ask) -> Response:
    """Counts, agreement, backlog, helplines due."""
    refresh(room.database, ask.now, room.settings.staff_read_at_risk)
    with room.database.reading() as session:
        found = overview.load(session, room.library, ask.now)
        newest = overview.newest_decision(session)
        if room.agreement is None or room.agreement[0] != newest:
            room.agreement = newest, overview.agreement(session)
    common = list(found.themes.items())[:10]
    weekly = {monday.isoformat(): sum(counts.values()) for monday, counts in found.weekly.items()}
    return ask.page(
        room,
        "overview.html",
        overview=found,
        agreement=room.agreement[1],
        all_themes=THEMES,
        theme_bars=charts.bars({name.replace("_", " "): count for name, count in common}, "Messages by theme"),
        week_line=charts.line(weekly, "Messages with a theme by week"),
        state_bars=charts.bars(
            {name.replace("_", " "): n for name, n in found.states.items()}, "Conversations by state"
        ),
    )
