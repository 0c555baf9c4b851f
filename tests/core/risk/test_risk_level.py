"""The level of a conversation."""

import pytest

from bot.core.conversation import Heard, Judgement, Level, ThemeScore
from bot.core.guide.turn import State
from bot.core.risk import level
from bot.core.risk.screen import RiskScreen, shipped_matcher

SCREEN = RiskScreen(None)


def after(*turns: str) -> State:
    state = State(session=3)
    for turn in turns:
        level.update(state, Heard(turn, "", judgement=SCREEN.judge(turn)))
    return state


def test_the_level_follows_the_gravest_message_and_its_kind() -> None:
    state = after("hello", "my husband hits me", "the weather is nice")
    assert (state.level, state.level_kind, state.level_session) == ("risk", "abuse", 3)
    assert state.abuse_told


@pytest.mark.parametrize("retraction", ["just kidding lol", "forget i said anything", "im fine", "it was a joke"])
def test_a_retraction_does_not_lower_the_level(retraction: str) -> None:
    assert after("i want to die", retraction).level == "risk"


def test_burden_and_hopelessness_in_different_turns_together_are_concern() -> None:
    burden = after("i am such a burden on my family")
    both = after("i am such a burden on my family", "work was long today", "nothing will ever change for me")
    assert burden.level == "none"
    assert (both.level, both.level_kind) == ("concern", "suicide")


def test_the_theme_of_being_a_burden_counts_like_its_words() -> None:
    state = State(session=1)
    level.update(state, Heard("they do so much for me", "", themes=(ThemeScore("feeling_like_a_burden", 0.9),)))
    level.update(state, Heard("there is no hope left", ""))
    assert state.level != "none"


def test_setting_things_in_order_after_concern_is_risk() -> None:
    assert after("i gave away all my things last week").level == "concern"
    assert after("i can't go on like this, i see no way forward", "i gave away all my things last week").level == "risk"


def test_sudden_calm_after_concern_is_risk_and_means_nothing_without_it() -> None:
    assert after("i feel calm now").level == "none"
    assert after("i can't see any way forward", "i feel calm now").level == "risk"


def test_worry_about_another_does_not_replace_the_persons_own_risk() -> None:
    state = State(session=1)
    level.update(state, Heard("", "", judgement=Judgement(Level.risk, "suicide", "self")))
    level.update(state, Heard("", "", judgement=Judgement(Level.risk, "abuse", "other")))
    assert (state.level_kind, state.level_subject) == ("suicide", "self")


def test_a_failing_matcher_leaves_the_messages_own_level(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(shipped_matcher(), "judge", fail)
    state = State(session=1)
    level.update(state, Heard("x", "", judgement=Judgement(Level.concern, "suicide")))
    level.update(state, Heard("y", "", judgement=Judgement()))
    assert state.level == "concern"
