"""The journey as a picture."""

from io import BytesIO

from matplotlib.image import imread

from bot.channels.pictures import journey_png

TITLES = {"themes": "What it was about", "heaviness": "How heavy it was"}
FOUND = {"themes": [{"name": "Asking for help", "count": 3}], "heaviness": [8, 6, 3], "steps": [], "techniques": []}


def test_themes_and_heaviness_are_drawn() -> None:
    both, one = journey_png(FOUND, TITLES), journey_png({**FOUND, "heaviness": []}, TITLES)
    assert both is not None and one is not None
    assert imread(BytesIO(both)).shape[0] > imread(BytesIO(one)).shape[0] > 100


def test_there_is_no_picture_of_nothing() -> None:
    assert journey_png({**FOUND, "themes": [], "heaviness": []}, TITLES) is None
