"""Wishes about the talk itself, told from what is said of a life: to go on, to do something, to start afresh."""

import pytest

from bot.core.guide import arrive, last_step, look_back, offer
from bot.core.guide.turn import State


@pytest.mark.parametrize(
    "text, wish",
    [
        ("Keep talking", True),
        ("let's keep talking", True),
        ("can we keep talking", True),
        ("no thanks, i'd rather keep talking", True),
        ("can we just carry on chatting", True),
        ("can we talk about something else", True),
        ("i have to tell you something", True),
        ("he just keeps talking over me", False),
        ("i keep talking to myself at night", False),
        ("we go on talking for hours every night", False),
        ("i don't want to keep talking", False),
        ("we never talk about anything important", False),
        ("i want to talk to someone else about it", False),
    ],
)
def test_going_on(text: str, wish: bool) -> None:
    assert offer.keeps_talking(text) is wish


@pytest.mark.parametrize(
    "text, wish",
    [
        ("I'd like to try something small", True),
        ("is there something i can do about the money worry", True),
        ("isn’t there anything i could try", True),
        ("no i mean like an exercise", True),
        ("do you have another exercise", True),
        ("let's try something", True),
        ("what could help?", True),
        ("what helps other people?", True),
        ("any idea for me?", True),
        ("show me something", True),
        ("what do you have for me?", True),
        ("what helps me is running", False),
        ("what could help my son get up", False),
        ("he has no idea", False),
        ("show me something i did wrong", False),
        ("i want to try something new in life", False),
        ("i would like to do something nice for my mum", False),
        ("i had another exercise class", False),
        ("i hate exercises", False),
        ("is there something wrong with me", False),
    ],
)
def test_something_to_do(text: str, wish: bool) -> None:
    assert offer.wants_something_to_do(text) is wish


@pytest.mark.parametrize(
    "text, at_once, later",
    [
        ("start afresh", True, True),
        ("can we start over", True, True),
        ("the old thread", True, False),
        ("a new one", True, False),
        ("i want to start over", True, False),
        ("i want to start fresh in a new city", False, False),
        ("new job, old worries", False, False),
    ],
)
def test_old_thread_or_new(text: str, at_once: bool, later: bool) -> None:
    assert arrive.chooses_thread(State(session=2, asked="arrive"), text) is at_once
    assert arrive.chooses_thread(State(session=2, asked="question", told=3), text) is later


@pytest.mark.parametrize(
    "text, other",
    [
        ("Something else", True),
        ("no, i'd rather have one of my own", True),
        ("another one please", True),
        ("something else is on my mind", False),
        ("buy something nice for my sister", False),
    ],
)
def test_another_step_than_the_one_offered(text: str, other: bool) -> None:
    assert look_back.wants_other(text) is other


def test_another_step_like_the_last_is_asked_for_only_where_there_was_one() -> None:
    wish = "I'd like to do something like that again"
    assert last_step.wants_again(State(reviewed=True, steps=["ask Ana"]), wish)
    assert not last_step.wants_again(State(reviewed=False, steps=["ask Ana"]), wish)
    assert not last_step.wants_again(State(reviewed=True, steps=["ask Ana"], abuse_told=True), wish)
    assert not last_step.wants_again(State(reviewed=True, steps=["ask Ana"]), "he did it again")


def test_what_now_is_about_the_step_only_right_after_it() -> None:
    assert last_step.wants_again(State(reviewed=True, steps=["ask Ana"], said=["step.not_done#1"]), "so what now?")
    assert not last_step.wants_again(State(reviewed=True, steps=["ask Ana"], said=["deepen#1"]), "so what now?")


@pytest.mark.parametrize(
    "text, wish",
    [
        ("neither, give me something else", True),
        ("anything else?", True),
        ("any other ideas?", True),
        ("no, something different please", True),
        ("none of those, have you got another one", True),
        ("there was nothing else i could do", False),
        ("he wants something else from me", False),
        ("something else happened today", False),
    ],
)
def test_others_than_those_on_offer(text: str, wish: bool) -> None:
    assert offer.wants_others(text) is wish


@pytest.mark.parametrize(
    "text, asks",
    [
        ("what's the difference?", True),
        ("hm what was the second?", True),
        ("which one is shorter?", True),
        ("tell me more about the first", True),
        ("how long do they take?", True),
        ("what difference does it make", False),
        ("the second was worse than the first", False),
        ("what was the first thing he said to me", False),
    ],
)
def test_what_the_two_on_offer_are(text: str, asks: bool) -> None:
    assert offer.compares(text) is asks


def test_an_offer_stays_open_for_some_turns_where_nothing_else_was_asked() -> None:
    state = State(offered=["one", "two"], asked="question", since_offer=2)
    assert offer.takes_up(state, "the second")
    assert not offer.takes_up(State(offered=["one", "two"], asked="either_or", since_offer=1), "the second")
    assert not offer.takes_up(State(offered=["one", "two"], asked="question", since_offer=9), "the second")
    assert not offer.takes_up(State(asked="question"), "the second")


def test_once_something_was_answered_the_first_is_an_answer() -> None:
    begun = {"id": "one", "step": 0, "notes": {}, "paused": False}
    assert offer.takes_up(State(offered=["one", "two"], asked="step", exercise=begun), "no wait, the first")
    answered = {**begun, "notes": {"thing": "tea"}}
    assert not offer.takes_up(State(offered=["one", "two"], asked="step", exercise=answered), "the first")
