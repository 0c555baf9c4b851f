"""The pre-session brief, as a page and as a PDF."""

from typing import List

from starlette.responses import Response

from bot.review import brief, printing
from bot.review.brief import Brief
from bot.review.room import Ask, Room, not_found


def brief_page(room: Room, ask: Ask) -> Response:
    """The brief on the person of a conversation."""
    return ask.page(room, "brief.html", brief=_load(room, ask), conversation_id=ask.number("id"))


def brief_pdf(room: Room, ask: Ask) -> Response:
    """The same for printing."""
    text = room.templates.get_template("brief.txt").render(brief=_load(room, ask), now=ask.now)
    name = f'attachment; filename="brief-{ask.number("id")}.pdf"'
    return Response(printing.pdf(_lines(text)), media_type="application/pdf", headers={"Content-Disposition": name})


def _load(room: Room, ask: Ask) -> Brief:
    reading = ask.reading(room)
    with room.database.transaction() as session:
        found = brief.load(session, ask.number("id"), reading)
    if found is None:
        raise not_found()
    return found


def _lines(text: str) -> List[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
