"""Both judges together."""

from pathlib import Path
from typing import Callable, Optional

import pytest

from bot.core.conversation import Level
from bot.core.risk.classifier import Opinion
from bot.core.risk.evaluation import evaluate_risk
from bot.core.risk.matcher import IDIOM, Matched
from bot.core.risk.screen import RiskScreen, ScreenFailed, shipped_matcher, shipped_rules

MATCHER = shipped_matcher()


class Meaning:
    """Stands in for the classifier: what it thinks of a text is given."""

    version = "test"

    def __init__(self, opinion: Callable[[str], Opinion]) -> None:
        self._opinion = opinion

    def judge(self, text: str) -> Opinion:
        return self._opinion(text)


class Broken:
    """A judge that always fails."""

    version = "broken"

    def judge(self, text: str) -> Matched:
        raise RuntimeError("broken")

    def cue(self, name: str, text: str) -> bool:
        raise RuntimeError("broken")


def sure_of(concern: float, risk: float, imminent: float = 0.0, subject: str = "self") -> Meaning:
    return Meaning(lambda text: Opinion(concern, risk, imminent, "suicide", subject, text))


def screen(meaning: Optional[object] = None, **kwargs: object) -> RiskScreen:
    return RiskScreen(meaning, **kwargs)  # type: ignore[arg-type]


def test_the_rules_raise_a_level_that_the_classifier_does_not_see() -> None:
    assert screen(sure_of(0.0, 0.0)).judge("i want to die").level is Level.risk


def test_the_classifier_raises_a_level_that_no_rule_sees() -> None:
    judgement = screen(sure_of(0.9, 0.9)).judge("the barn has been looking at me again")
    assert (judgement.level, judgement.kind) == (Level.risk, "suicide")
    assert "likeness" in judgement.reason


def test_a_middling_score_is_held_back_by_a_known_idiom() -> None:
    assert screen(sure_of(0.8, 0.8)).judge("i could die of embarrassment").level is Level.none


def test_a_denial_or_a_harmless_word_elsewhere_holds_back_less_than_an_idiom() -> None:
    meaning = sure_of(0.85, 0.85)
    assert screen(meaning).judge("he has never hit me but i sleep with my shoes on so i can run").level is Level.risk
    assert screen(meaning).judge("first my arm and then my hair, and he always cries after").level is Level.risk
    assert screen(meaning).judge("my husband hits me up for crisps").level is Level.none
    assert screen(sure_of(0.7, 0.7)).judge("i would never kill myself").level is Level.none


def test_not_wanting_to_be_alive_is_no_idiom() -> None:
    assert MATCHER.judge("crushing pain every day, and i don't want to be alive with it").held_back != IDIOM


def test_the_rules_are_found_beside_the_package_and_in_an_installed_copy(tmp_path: Path) -> None:
    installed = tmp_path / "interlude_project" / "data" / "library" / "risk"
    installed.mkdir(parents=True)
    assert shipped_rules(tmp_path / "bot") == installed
    beside = tmp_path / "data" / "library" / "risk"
    beside.mkdir(parents=True)
    assert shipped_rules(tmp_path / "bot").resolve() == beside.resolve()


def test_a_very_sure_score_is_not_held_back() -> None:
    assert screen(sure_of(0.999, 0.999)).judge("i could die of embarrassment").level is Level.risk


def test_an_idiom_elsewhere_in_a_text_does_not_hold_back_the_sentence_that_scored() -> None:
    telling = "The shed is where I would do it."
    meaning = Meaning(lambda text: Opinion(0.9, 0.9, 0.0, "suicide", "self", telling))
    assert screen(meaning).judge(f"I could die of embarrassment. {telling}").level is Level.risk


def test_a_sure_classifier_does_not_turn_worry_about_another_into_own_risk() -> None:
    judgement = screen(sure_of(0.9, 0.9)).judge("my sister wants to kill herself")
    assert (judgement.level, judgement.subject) == (Level.concern, "other")


def test_one_failing_judge_leaves_the_decision_to_the_other_and_is_recorded() -> None:
    without_rules = screen(sure_of(0.9, 0.9), matcher=Broken()).judge("i want to die")
    without_meaning = screen(Broken()).judge("i want to die")
    quiet = screen(Broken()).judge("hello there")
    assert (without_rules.level, without_rules.degraded) == (Level.risk, True)
    assert (without_meaning.level, without_meaning.degraded) == (Level.risk, True)
    assert (quiet.level, quiet.degraded) == (Level.none, True)


def test_two_failing_judges_are_an_error_that_tells_no_words() -> None:
    with pytest.raises(ScreenFailed) as caught:
        screen(Broken(), matcher=Broken()).judge("my secret words")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("place", [0, 1900, 3990, 9000])
def test_one_sentence_of_risk_is_found_anywhere_in_a_long_text(place: int) -> None:
    filler = "The bus was late and the shop had no bread. "
    before, after = filler * (place // len(filler)), filler * 40
    text = f"{before}Most evenings I want to kill myself. {after}"
    judgement = screen().judge(text)
    assert judgement.level is Level.risk
    assert any("kill myself" in text[start:end] for start, end in judgement.spans)


@pytest.mark.parametrize("text", ["", " ", "\n", "🙂", "\x00", "ok"])
def test_nothing_said_is_nothing_raised(text: str) -> None:
    assert screen().judge(text).level is Level.none


def test_the_evaluation_counts_misses_alarms_and_conversations() -> None:
    rows = [
        {"id": "a", "text": "i want to die", "risk": "risk", "source": "x", "kind": "suicide"},
        {"id": "b", "text": "the barn again", "risk": "risk", "source": "x", "kind": "suicide"},
        {"id": "c", "text": "lovely weather", "risk": "none", "source": "y"},
        {"id": "d", "text": "i am suicidal", "risk": "none", "source": "y"},
        {"id": "e", "turns": ["hello", "i am ending my life tonight", "never mind"], "risk": "imminent", "source": "y"},
    ]
    metrics = evaluate_risk(rows, screen())["metrics"]
    assert metrics["recall"] == pytest.approx(2 / 3)
    assert metrics["false_alarm"] == metrics["raised_on_none"] == 0.5
    assert metrics["imminent_recall"] == 1.0
    assert (metrics["misses"], metrics["alarms"]) == (["b"], ["d"])
    assert set(metrics["per_source"]) == {"x", "y"}
    assert metrics["per_kind"]["suicide"]["recall"] == 0.5


SUPPER = "The children are waiting for their supper."
LEAVING = "i should go now"


class Together(Meaning):
    """Judges a line by itself as given, and read with the line before it as `whole` says."""

    def __init__(self, alone: Opinion, whole: Opinion) -> None:
        super().__init__(lambda text: Opinion(**{**vars(alone), "piece": text}))
        self._whole = whole

    def judge_whole(self, text: str) -> Opinion:
        assert text == f"{SUPPER} {LEAVING}"
        return self._whole


def opinion(concern: float, risk: float, subject: str = "self") -> Opinion:
    return Opinion(concern, risk, 0.0, "suicide", subject, "")


def in_context(alone: Opinion, whole: Opinion, raised: bool = False, before: str = SUPPER) -> Level:
    judging = screen(Together(alone, whole))
    return judging.in_context(LEAVING, judging.judge(LEAVING), before, raised).level


def test_a_line_that_only_seems_alarming_alone_is_quiet_after_what_was_said_before() -> None:
    assert in_context(opinion(0.9, 0.8), opinion(0.1, 0.1)) is Level.none


def test_a_line_that_stays_doubtful_with_the_one_before_becomes_concern() -> None:
    assert in_context(opinion(0.9, 0.8), opinion(0.6, 0.4)) is Level.concern


def test_a_line_that_the_one_before_backs_stays_at_risk() -> None:
    assert in_context(opinion(0.9, 0.8), opinion(0.9, 0.7)) is Level.risk


def test_nothing_is_judged_milder_once_a_level_was_raised_or_when_nothing_was_said_before() -> None:
    assert in_context(opinion(0.9, 0.8), opinion(0.1, 0.1), raised=True) is Level.risk
    assert in_context(opinion(0.9, 0.8), opinion(0.1, 0.1), before="") is Level.risk


def test_a_doubtful_line_is_raised_by_one_level_when_the_two_are_clear_together() -> None:
    assert in_context(opinion(0.3, 0.3), opinion(0.9, 0.8)) is Level.concern
    assert in_context(opinion(0.7, 0.4), opinion(0.9, 0.8)) is Level.risk
    assert in_context(opinion(0.3, 0.3), opinion(0.9, 0.8, subject="other")) is Level.none
    assert in_context(opinion(0.1, 0.1), opinion(0.9, 0.8)) is Level.none


def test_what_a_rule_found_stands_whatever_was_said_before() -> None:
    judging = screen(sure_of(0.0, 0.0))
    found = judging.judge("i want to die")
    assert judging.in_context("i want to die", found, SUPPER, False) == found


def test_a_harmless_text_keeps_the_score_that_it_got() -> None:
    assert screen(sure_of(0.2, 0.3)).judge("the barn is red").score == 0.3
