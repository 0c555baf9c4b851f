"""What somebody means to do, told from what they fear, wish or say to the bot; and what can be a small step."""

from typing import Optional

import pytest

from bot.core.conversation import Heard
from bot.core.guide import about, last_step, look_back, personal, plans
from bot.core.guide.turn import State, unasked


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("I'll tell Mia on saturday", "tell Mia on saturday"),
        ("I\u2019ll ring Lea tomorrow", "ring Lea tomorrow"),
        ("I will tell my doctor on Monday", "tell my doctor on Monday"),
        ("ok, I'm going to phone the community centre tomorrow.", "phone the community centre tomorrow"),
        ("Maybe she is right. I'll ask Sue tonight!", "ask Sue tonight"),
        ("I'll tell you about it tomorrow", None),
        ("I'll see my ex tomorrow and i am scared", None),
        ("I'll see how it goes tomorrow", None),
        ("I'll say goodbye to everyone tomorrow", None),
        ("I will have to work on saturday", None),
        ("should i say i'll call her tomorrow?", None),
        ("she said she will call me tomorrow", None),
        ("I'll never ask him", None),
    ],
)
def test_a_plan_of_ones_own(text: str, step: Optional[str]) -> None:
    assert plans.plan_in(text) == step


@pytest.mark.parametrize(
    ("text", "kind", "wanted", "step"),
    [
        ("sit on the stairs with a cup of tea", "theme", False, True),
        ("no, not look at my phone after ten", "deny", True, True),
        ("ask Mr Okafor for his drill on Saturday", "theme", False, True),
        ("I'm going to ring Jo", "affirm", False, True),
        ("walk", "theme", True, True),
        ("walk", "theme", False, False),
        ("thanks for that", "theme", True, False),
        ("lighter", "theme", True, False),
        ("small step", "theme", True, False),
        ("2", "rating", True, False),
        ("ok bye", "theme", True, False),
        ("can you explain", "theme", True, False),
        ("so very tired", "other_feeling", True, False),
        ("I feel a bit better I think", "theme", True, False),
        ("my sister texted again and she is cross", "theme", True, False),
    ],
)
def test_what_can_be_a_step(text: str, kind: str, wanted: bool, step: bool) -> None:
    assert plans.can_be_step(Heard(text, kind), wanted) is step


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("how long do you keep my messages?", True),
        ("when will my data be deleted", True),
        ("is my data encrypted?", True),
        ("are you encrypted", True),
        ("do you keep my IP address?", True),
        ("who is behind this?", True),
        ("who runs this", True),
        ("who's behind this mess at work?", False),
        ("how long have you been doing this?", False),
        ("i kept it from him for so long", False),
    ],
)
def test_questions_about_what_is_kept(text: str, question: bool) -> None:
    assert about.asks_of_data(text) is question


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("something like that again but smaller", True),
        ("something like that again please", True),
        ("i'd never do something like that again", False),
        ("he'll do that again", False),
    ],
)
def test_a_wish_for_something_like_before(text: str, wish: bool) -> None:
    assert last_step.wishes_another(text) is wish


def test_a_button_on_the_screen_confirms_whatever_else_was_asked() -> None:
    state = State(asked="safety", buttons=["Yes, delete everything", "Keep it"])
    assert personal.confirmed_by_button(state, Heard("yes, delete everything", "theme")) == "delete"
    assert personal.confirmed_by_button(State(), Heard("yes, delete everything", "theme")) is None


def test_a_question_mark_of_theirs_becomes_a_pause() -> None:
    assert unasked("could you sit with dad? no is fine") == "could you sit with dad, no is fine"
    assert unasked("why me?!") == "why me"


def test_a_step_in_other_words_is_the_same_when_it_asks_for_the_same() -> None:
    offered = "ask Mr Okafor next door for this: borrow the drill"
    assert look_back.is_same_step("ask Mr Okafor for his drill on Saturday", offered)
    assert not look_back.is_same_step("sit on the stairs with a cup of tea", offered)
