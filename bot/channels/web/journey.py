"""The way so far: what it was about, how heavy it was and what was done, as data and as a picture over time."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.web.pages import templates
from bot.channels.web.services import CHANNEL, services, session_of

PARTS = ("themes", "heaviness", "felt", "steps", "techniques", "days")
# The picture, in its own units: where the days begin and end, how far dates and numbers stand apart, how high the scale is.
LEFT, RIGHT, DATE_GAP, NUMBER_GAP, SCALE = 320, 610, 52, 30, 100
MOST_THEMES = MOST_DAYS = 8


async def journey(request: Request) -> Response:
    """GET /api/journey: what was talked about, how heavy it was, what was tried, which steps were agreed."""
    return JSONResponse(await _journey(request))


async def journey_picture(request: Request) -> Response:
    """GET /api/journey.svg: the same as a picture."""
    found = await _journey(request)
    return templates.TemplateResponse(request, "journey.svg.xml", {**found, **drawn(found)}, media_type="image/svg+xml")


def drawn(found: Mapping[str, Any]) -> dict[str, Any]:
    """Where things stand in the picture: `rows` of themes, `numbers`, `words` about exercises, and `dates`."""
    days = found["days"][-MOST_DAYS:]
    places, room = _places(len(days)), (RIGHT - LEFT) / max(1, len(days))
    numbers = [
        {"x": round(place + shift, 1), "y": round(SCALE - SCALE * value / 10, 1), "value": value}
        for day, place in zip(days, places, strict=True)
        for value, shift in zip(day["heaviness"], _spread(len(day["heaviness"]), room), strict=True)
    ]
    words = [
        {"x": place, "text": one["felt"], "line": line}
        for day, place in zip(days, places, strict=True)
        for line, one in enumerate(day["felt"])
    ]
    rows = [
        {
            "name": theme["name"],
            "dots": [
                {"x": place, "size": round(4 + 1.5 * min(4, here["count"]), 1)}
                for day, place in zip(days, places, strict=True)
                for here in day["themes"]
                if here["name"] == theme["name"]
            ],
        }
        for theme in found["themes"][:MOST_THEMES]
    ]
    return {
        "rows": rows,
        "numbers": numbers,
        "words": words,
        "word_lines": max((word["line"] + 1 for word in words), default=0),
        "dates": _dates([day["on"] for day in days], places),
        "left": LEFT,
        "right": RIGHT,
        "scale": SCALE,
    }


def _places(count: int) -> list[float]:
    """How far to the right each day stands: one beside the other, in the middle of a share of the width."""
    return [round(LEFT + (RIGHT - LEFT) * (number + 0.5) / count, 1) for number in range(count)]


def _spread(count: int, room: float) -> list[float]:
    """The numbers of one day stand side by side, within its share."""
    gap = min(NUMBER_GAP, room / max(1, count))
    return [(place - (count - 1) / 2) * gap for place in range(count)]


def _dates(days: Sequence[str], places: Sequence[float]) -> list[dict[str, Any]]:
    """The dates below, as many as can be read, the last one always."""
    shown: list[dict[str, Any]] = []
    for day, place in zip(reversed(days), reversed(places), strict=True):
        if not shown or shown[-1]["x"] - place >= DATE_GAP:
            on = date.fromisoformat(day)
            shown.append({"x": place, "text": f"{on.day} {on:%b}"})
    return shown[::-1]


async def _journey(request: Request) -> dict[str, Any]:
    web, session = services(request), session_of(request)
    person = await web.engine.find(CHANNEL, session)
    found = {} if person is None else dict(await web.engine.journey(person))
    return {"kept_back": bool(found.get("kept_back")), **{name: list(found.get(name, [])) for name in PARTS}}
