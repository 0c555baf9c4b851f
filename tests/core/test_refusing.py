"""Refusing exercises, these or all of them, told from exercise that is told of."""

import pytest

from bot.core.guide import refusing


@pytest.mark.parametrize(
    "text",
    [
        "i dont want to do exercises",
        "i don't want to do an exercise",
        "i'd rather not do any exercise",
        "not an exercise please",
        "please no more exercises",
        "no exercises, please",
        "don't offer me anything",
        "stop offering me things",
        "enough of the exercises",
        "stop with the exercises",
        "i don't need advice, i need a hug",
        "I don’t want to try an exercise now",
        "i hate these exercises",
        "exercises don't help me",
    ],
)
def test_no_exercise_at_all(text: str) -> None:
    assert refusing.refuses_all(text)


@pytest.mark.parametrize(
    "text",
    [
        "i don't want to do any exercise because of my knee",
        "i don't get enough exercise",
        "no exercise today, i ran yesterday",
        "i don't want to exercise",
        "my kids don't want to do exercises",
        "people don't offer me anything",
        "why don't you give me an exercise",
        "i don't want to talk, give me an exercise",
        "i don't want to do this exercise",
        "not this one, another exercise",
        "can you give me an exercise",
    ],
)
def test_what_refuses_no_exercise(text: str) -> None:
    assert not refusing.refuses_all(text)


@pytest.mark.parametrize(
    "text, declines",
    [
        ("nothing fits", True),
        ("none of these fit", True),
        ("i don't want to do either", True),
        ("they don't help", True),
        ("not for me", True),
        ("nothing fits in my life", False),
        ("neither of my parents calls", False),
        ("i don't want anything else, the first", False),
    ],
)
def test_neither_of_what_is_on_offer(text: str, declines: bool) -> None:
    assert refusing.neither(text) is declines
