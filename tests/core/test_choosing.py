"""A message that does nothing but choose is told from one that tells of first and second things."""

from typing import Optional

import pytest

from bot.core.guide.choosing import bare_place


@pytest.mark.parametrize(
    "text, place",
    [
        ("the first", 0),
        ("no wait the first", 0),
        ("no, wait, I'd rather do the first", 0),
        ("no, the first one", 0),
        ("I meant the first", 0),
        ("wait no the first one please", 0),
        ("hm ok the second then", 1),
        ("not the first, the second", 1),
        ("option 2", 1),
        ("number one please", 0),
        ("the other one", 1),
        ("I was the first to leave", None),
        ("the first time it hurt", None),
        ("i want to go first", None),
        ("my first job", None),
        ("the third", None),
        ("yes please", None),
    ],
)
def test_only_a_bare_choice_is_one(text: str, place: Optional[int]) -> None:
    assert bare_place(text, 2) == place


def test_the_other_one_is_not_the_one_under_way() -> None:
    assert bare_place("no, the other one", 2, current=1) == 0
