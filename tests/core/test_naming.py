"""An exercise is found by its name, or by a plain word for it, and not in what merely sounds like one."""

from datetime import datetime, timezone
from pathlib import Path
from typing import List

import pytest

from bot.core import library as shelves
from bot.core.conversation import Heard, Judgement, Level
from bot.core.entries import Technique
from bot.core.guide import naming
from bot.core.guide.turn import State, Turn

LIBRARY = shelves.load(Path(__file__).resolve().parents[2] / "data")
TECHNIQUES = [pytest.param(technique, id=name) for name, technique in LIBRARY.techniques.items()]


def named(text: str, level: Level = Level.none) -> List[str]:
    heard = Heard(text, "just_talking", judgement=Judgement(level))
    turn = Turn(LIBRARY, None, heard, State(), datetime(2026, 3, 2, tzinfo=timezone.utc))  # type: ignore[arg-type]
    return [technique.id.removeprefix("technique.") for technique in naming.named(turn)]


@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize(
    "wish", ["{}", "can we do {}", "{} please", "I'd like to try “{}” again", "ok let's do the {} exercise"]
)
def test_every_technique_is_found_by_its_name(technique: Technique, wish: str) -> None:
    assert named(wish.format(technique.name.lower())) == [technique.id.removeprefix("technique.")]


@pytest.mark.parametrize(
    "text, found",
    [
        ("muscle relaxation", ["muscle_release"]),
        ("can we do some muscle relaxation?", ["muscle_release"]),
        ("pros and cons", ["pros_and_cons"]),
        ("growth mindset", ["not_yet"]),
        ("grounding", ["feet_on_floor"]),
        ("slow breathing", ["paced_breathing"]),
        ("looking at expectations", ["whose_rule"]),
        ("breathe with me", ["paced_breathing"]),
        ("my small wins", ["small_wins"]),
        ("values", ["values_compass"]),
        ("values for a decision", ["values_compass"]),
        ("be kind to myself exercise", ["kind_sentence"]),
        ("list what I carry", ["load_list"]),
        ("the money sorter", ["money_sorter"]),
        ("the worries about money sorter", ["money_sorter"]),
        ("three lines", ["three_lines"]),
        ("write my thoughts down", ["page_given_back"]),
        ("the ladder", ["asking_ladder"]),
        ("ladder", ["asking_ladder"]),
        ("go on with the ladder", ["asking_ladder"]),
    ],
)
def test_plain_words_find_one(text: str, found: List[str]) -> None:
    assert named(text) == found


def test_a_word_that_fits_several_finds_them_all() -> None:
    assert sorted(named("journaling")) == ["page_given_back", "three_lines"]
    assert sorted(named("a breathing exercise please")) == ["hand_tracing", "paced_breathing"]


@pytest.mark.parametrize(
    "text",
    [
        "my breathing stopped for a moment",
        "can i talk about my breathing problems",
        "my journal was read by my mother",
        "i weighed the pros and cons and i still can't decide what to do about him",
        "then and now it hurts",
        "i have values",
        "my values are not theirs",
        "i want to be kind to myself",
        "is it the ladder",
        "the ladder fell on my foot",
        "i need to write my thoughts down because i forget",
        "i can only rest for and against my will",
    ],
)
def test_what_is_told_is_no_request(text: str) -> None:
    assert named(text) == []


def test_nothing_is_begun_in_answer_to_concern() -> None:
    assert named("feet on the floor", Level.concern) == []


@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize("wish", ["{}", "I want to do {}", "can we try “{}” please"])
def test_a_wish_with_the_full_name_and_nothing_else_is_an_exact_one(technique: Technique, wish: str) -> None:
    assert naming.is_exact_wish(LIBRARY, wish.format(technique.name.lower()))


@pytest.mark.parametrize(
    "text",
    [
        "I want to do tracing your hand with a knife",
        "I want to hurt my hand",
        "I want to do it tonight",
        "I want to let go",
        "tracing your hand again and again",
        "I want to do tracing your hand and then end it",
        "please",
    ],
)
def test_whatever_says_more_than_the_name_is_no_exact_wish(text: str) -> None:
    assert not naming.is_exact_wish(LIBRARY, text)
