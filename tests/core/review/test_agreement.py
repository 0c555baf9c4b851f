"""Figures of agreement are those that others compute, and their intervals hold what they say."""

from typing import Any, Dict, FrozenSet, List, Optional

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some
from sklearn.metrics import cohen_kappa_score

from bot.core.review.agreement import alpha_of, kappa_of, with_model

YES, NO = frozenset({"exhaustion"}), frozenset()
THEMES = ("exhaustion", "loneliness", "boundaries")


def random_decisions(seed: int, n: int = 60) -> Dict[int, Dict[int, FrozenSet[str]]]:
    chance = np.random.default_rng(seed)
    found = {}
    for turn in range(n):
        truth = {theme for theme in THEMES if chance.random() < 0.35}
        found[turn] = {
            reviewer: frozenset(theme for theme in THEMES if (theme in truth) != (chance.random() < 0.2))
            for reviewer in (1, 2)
        }
    return found


yes_or_no = some.booleans()
two_reviewers = some.lists(some.tuples(yes_or_no, yes_or_no), min_size=2, max_size=60)
some_with_gaps = some.integers(2, 5).flatmap(
    lambda count: some.lists(
        some.lists(some.none() | yes_or_no, min_size=count, max_size=count), min_size=2, max_size=40
    )
)


@given(two_reviewers)
@settings(deadline=None, derandomize=True)
def test_kappa_is_that_of_scikit_learn(table: List[Any]) -> None:
    first, second = zip(*table)
    assume(len({*first, *second}) > 1)
    decisions = {turn: dict(enumerate(YES if yes else NO for yes in row)) for turn, row in enumerate(table)}
    found = kappa_of(decisions, ["exhaustion"], seed=0)["exhaustion"]
    assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)


@given(some_with_gaps)
@settings(deadline=None, derandomize=True)
def test_alpha_is_that_of_the_krippendorff_package_also_with_gaps(table: List[List[Optional[bool]]]) -> None:
    compared = [answer for row in table if sum(one is not None for one in row) > 1 for answer in row]
    assume({True, False} <= set(compared))
    decisions = {
        turn: {place: YES if answer else NO for place, answer in enumerate(row) if answer is not None}
        for turn, row in enumerate(table)
    }
    by_reviewer = [[np.nan if answer is None else float(answer) for answer in column] for column in zip(*table)]
    theirs = krippendorff.alpha(reliability_data=by_reviewer, level_of_measurement="nominal")
    assert alpha_of(decisions, ["exhaustion"], seed=0)["exhaustion"].value == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_over_all_takes_each_message_and_theme_as_one_decision(seed: int) -> None:
    decisions = random_decisions(seed)
    found = kappa_of(decisions, THEMES, seed=0)
    answers: Dict[Any, List[List[bool]]] = {
        theme: [[theme in given[reviewer] for given in decisions.values()] for reviewer in (1, 2)] for theme in THEMES
    }
    answers[None] = [[answer for theme in THEMES for answer in answers[theme][place]] for place in (0, 1)]
    for name, (first, second) in answers.items():
        assert found[name].value == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
        assert found[name].low <= found[name].value <= found[name].high


def test_complete_agreement_is_one_and_chance_is_near_zero() -> None:
    same = {turn: {1: YES if turn % 2 else NO, 2: YES if turn % 2 else NO} for turn in range(20)}
    assert kappa_of(same, ["exhaustion"], 0)[None].value == 1.0 == alpha_of(same, ["exhaustion"], 0)[None].value
    chance = np.random.default_rng(3)
    loose = {turn: {one: YES if chance.random() < 0.5 else NO for one in (1, 2)} for turn in range(2000)}
    figure = kappa_of(loose, ["exhaustion"], 0)[None]
    assert figure.low < 0 < figure.high and abs(figure.value) < 0.06


@pytest.mark.parametrize(
    "decisions", [{}, {1: {1: YES}}, {1: {1: NO, 2: NO}, 2: {1: NO, 2: NO}}], ids=["none", "one reviewer", "one answer"]
)
def test_what_cannot_be_measured_has_no_figure(decisions: Dict[int, Dict[int, FrozenSet[str]]]) -> None:
    for figures in (kappa_of(decisions, ["exhaustion"], 0), alpha_of(decisions, ["exhaustion"], 0)):
        assert (figures[None].value, figures[None].low) == (None, None)


def test_the_same_seed_gives_the_same_interval_and_more_messages_a_narrower_one() -> None:
    few, many = random_decisions(1, 30), random_decisions(1, 600)
    assert kappa_of(few, THEMES, 5) == kappa_of(few, THEMES, 5)
    wide, narrow = (kappa_of(found, THEMES, 5)[None] for found in (few, many))
    assert narrow.high - narrow.low < wide.high - wide.low


def test_intervals_hold_the_true_kappa_about_as_often_as_they_say() -> None:
    # Two reviewers that keep the truth with probability 0.8 and guess otherwise agree at kappa 0.64.
    held = 0
    for seed in range(60):
        chance = np.random.default_rng(seed)
        truth = chance.random(150) < 0.5
        decisions = {
            turn: {one: YES if (yes if chance.random() < 0.8 else chance.random() < 0.5) else NO for one in (1, 2)}
            for turn, yes in enumerate(truth)
        }
        figure = kappa_of(decisions, ["exhaustion"], seed)[None]
        held += figure.low <= 0.64 <= figure.high
    assert held >= 52


def test_the_model_is_compared_over_the_messages_that_were_settled() -> None:
    decided = {1: YES, 2: NO, 3: YES, 4: NO}
    figures = with_model(decided, {1: YES, 2: NO, 3: NO, 4: NO, 5: YES}, ["exhaustion"], 0)
    assert figures["exhaustion"].value == pytest.approx(cohen_kappa_score([1, 0, 0, 0], [1, 0, 1, 0]))
    assert figures["exhaustion"].n == 4
