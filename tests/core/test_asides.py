"""What people say around what they tell: recognised where it is plain, left alone where it is talk."""

from datetime import datetime, timezone
from typing import Optional

import pytest

from bot.core.conversation import Heard, Judgement, Level
from bot.core.guide import asides
from bot.core.guide.about import asks_to_undo
from bot.core.guide.turn import State, Turn


def answer_to(text: str, told: int = 3, level: Level = Level.none) -> Optional[str]:
    heard = Heard(text, "just_talking", judgement=Judgement(level))
    turn = Turn(None, None, heard, State(told=told), datetime(2026, 3, 2, tzinfo=timezone.utc))  # type: ignore[arg-type]
    found = asides.capability(turn)
    return found.__name__.strip("_") if found else None


@pytest.mark.parametrize(
    "text, expected",
    [
        ("this is a bit stupid", "apology"),
        ("sorry, that was far too much", "apology"),
        ("Sorry for rambling about this", "apology"),
        ("so what is it now, am i tired or am i cross", "both"),
        ("oof, that one landed", "landed"),
        ("thank you, i'll start with the shopping list", "decided"),
        ("ok, i'm going to ask my sister on sunday", "decided"),
        ("my boss is stupid", None),
        ("i will never ask anyone again", None),
        ("he said sorry and left", None),
        ("I'll be at work until late and then the kids need feeding", None),
    ],
)
def test_asides_are_told_from_talk(text: str, expected: Optional[str]) -> None:
    assert answer_to(text) == expected


def test_nothing_is_an_aside_once_there_is_concern() -> None:
    assert answer_to("its stupid", level=Level.concern) is None


def test_a_plan_before_anything_was_told_begins_the_telling() -> None:
    assert answer_to("ok i'll start with my mother", told=0) is None


@pytest.mark.parametrize(
    "text, asked",
    [
        ("how can i undo this talk later on", True),
        ("can i delete what i said?", True),
        ("delete everything", False),
        ("how do i get rid of this feeling", False),
        ("i want to undo the last ten years", False),
    ],
)
def test_a_question_about_taking_back_is_no_request_to_do_it(text: str, asked: bool) -> None:
    assert asks_to_undo(text) is asked
