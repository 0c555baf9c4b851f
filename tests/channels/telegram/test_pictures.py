"""The journey as a picture."""

from io import BytesIO
from typing import Any

from matplotlib.image import imread

from bot.channels.pictures import journey_png

TITLES = {"themes": "What it was about", "heaviness": "How heavy it was"}


def found(*days: dict, kept_back: bool = False) -> dict:
    return {"kept_back": kept_back, "days": list(days), "themes": [{"name": "Asking for help", "count": 3}]}


def day(on: str, **held: Any) -> dict:
    return {"on": on, "themes": [], "heaviness": [], "felt": [], "steps": [], "techniques": [], **held}


FIRST = day("2026-03-02", themes=[{"name": "Asking for help", "count": 3}], heaviness=[8, 6])
LATER = day("2026-03-09", heaviness=[3], felt=[{"technique": "Slow breath", "felt": "lighter"}])


def height(png: Any) -> int:
    return int(imread(BytesIO(png)).shape[0])


def test_themes_and_heaviness_are_drawn() -> None:
    both, one = journey_png(found(FIRST, LATER), TITLES), journey_png(found(LATER), TITLES)
    assert height(both) > height(one) > 100


def test_a_single_number_or_a_single_word_is_drawn_too() -> None:
    assert journey_png(found(day("2026-03-02", heaviness=[7])), TITLES) is not None
    assert journey_png(found(day("2026-03-02", felt=LATER["felt"])), TITLES) is not None


def test_there_is_no_picture_of_nothing() -> None:
    assert journey_png(found(), TITLES) is None
    assert journey_png(found(day("2026-03-02", steps=["ring my sister"])), TITLES) is None
