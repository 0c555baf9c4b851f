from typing import Any, Dict, List, Mapping, Optional, Sequence

import numpy as np
import pytest
from sklearn.metrics import f1_score

from bot.core import evaluation
from bot.core.conversation import ThemeScore
from bot.core.evaluation import compare, evaluate_moves, evaluate_retrieval, evaluate_themes, expected_calibration_error
from bot.core.reading import Reading
from bot.core.themes import THEMES
from bot.errors import InputError


def reading(
    claimed: Sequence[str] = (), kind: str = "theme", leading: Optional[str] = None, confidence: float = 0.9
) -> Reading:
    probabilities = {theme: 0.0 for theme in THEMES}
    probabilities.update({theme: confidence for theme in claimed})
    if leading:
        probabilities[leading] = 0.95
    themes = tuple(ThemeScore(theme, confidence) for theme in claimed)
    return Reading(kind, confidence, ((kind, confidence),), themes, (), probabilities)


def message(name: str, themes: Sequence[str], also_ok: Sequence[str] = ()) -> Dict[str, Any]:
    return {"id": name, "themes": list(themes), "also_ok": list(also_ok)}


EXPECTED = [
    message("a", ["loneliness"]),
    message("b", ["loneliness", "exhaustion"]),
    message("c", ["self_doubt"], ["setbacks"]),
    message("d", []),
    message("e", [], ["boundaries"]),
]
FOUND = [
    reading(["loneliness"]),
    reading(["exhaustion", "setbacks"], leading="setbacks"),
    reading(["setbacks"], leading="self_doubt", kind="out_of_scope"),
    reading([], kind="just_talking"),
    reading(["boundaries"]),
]


def test_theme_figures_agree_with_a_count_by_hand() -> None:
    # right: a loneliness, b exhaustion; wrong: b setbacks; missed: b loneliness, c self_doubt; also_ok is not counted.
    metrics = evaluate_themes(EXPECTED, FOUND)["metrics"]
    assert metrics["micro_f1"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 2))
    assert metrics["top1_hit"] == pytest.approx(2 / 3)
    assert metrics["in_scope_kept"] == pytest.approx(2 / 3)
    assert metrics["none_silence"] == pytest.approx(1 / 2)
    assert metrics["exact_match"] == pytest.approx(3 / 5)
    assert metrics["macro_f1"] is None
    assert metrics["per_theme"]["loneliness"] == {
        "examples": 2, "right": 1, "wrong": 0, "missed": 1, "precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3),
    }  # fmt: skip


def test_an_accepted_theme_that_is_not_claimed_costs_nothing() -> None:
    table = evaluate_themes([message("a", [], ["setbacks"])], [reading()])["metrics"]["per_theme"]
    assert (table["setbacks"]["right"], table["setbacks"]["wrong"], table["setbacks"]["missed"]) == (0, 0, 0)


def random_case(count: int) -> Any:
    random = np.random.default_rng(5)
    truth, claims = random.random((count, len(THEMES))) < 0.2, random.random((count, len(THEMES))) < 0.2
    expected = [message(str(row), [THEMES[place] for place in np.flatnonzero(truth[row])]) for row in range(count)]
    found = [reading([THEMES[place] for place in np.flatnonzero(claims[row])]) for row in range(count)]
    return truth, claims, expected, found


def test_f1_agrees_with_scikit_learn() -> None:
    truth, claims, expected, found = random_case(200)
    metrics = evaluate_themes(expected, found)["metrics"]
    assert metrics["micro_f1"] == pytest.approx(f1_score(truth, claims, average="micro"))
    assert metrics["macro_f1"] == pytest.approx(f1_score(truth, claims, average="macro"))


def test_rare_themes_do_not_count_in_the_macro_figure() -> None:
    expected = [message(str(row), ["loneliness"]) for row in range(10)] + [message("x", ["setbacks"])]
    found = [reading(["loneliness"]) for _ in range(10)] + [reading()]
    assert evaluate_themes(expected, found)["metrics"]["macro_f1"] == pytest.approx(1.0)


def test_retrieval_counts_places_by_hand() -> None:
    expected = [
        {"id": "a", "section": "S1", "also_ok": []},
        {"id": "b", "section": "S2", "also_ok": ["S3"]},
        {"id": "c", "section": "S4"},
        {"id": "d", "section": "S5", "also_ok": []},
    ]
    found = [["S1", "S2"], ["S1", "S3", "S2"], ["S1", "S2", "S3", "S4"], ["S1"]]
    metrics = evaluate_retrieval(expected, found)["metrics"]
    assert metrics["recall_at_1"] == pytest.approx(1 / 4)
    assert metrics["recall_at_3"] == pytest.approx(2 / 4)
    assert metrics["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 4 + 0) / 4)


def test_moves_are_counted_for_each_kind() -> None:
    expected = [{"id": "a", "kind": "thanks"}, {"id": "b", "kind": "thanks"}, {"id": "c", "kind": "out_of_scope"}]
    found = [reading(kind="thanks"), reading(kind="goodbye"), reading(kind="out_of_scope")]
    metrics = evaluate_moves(expected, found)["metrics"]
    assert metrics["accuracy"] == pytest.approx(2 / 3)
    assert metrics["per_kind"] == {"thanks": 0.5, "out_of_scope": 1.0}


def test_calibration_error_is_the_mean_gap_over_bins() -> None:
    # Two at 0.15 of which one holds (gap 0.35), two at 0.95 that hold (gap 0.05).
    assert expected_calibration_error([0.15, 0.15, 0.95, 0.95], [True, False, True, True]) == pytest.approx(0.2)
    assert expected_calibration_error([1.0, 0.0], [True, False]) == pytest.approx(0.0)
    assert expected_calibration_error([], []) is None


def test_intervals_hold_the_figure_and_depend_only_on_the_seed() -> None:
    *_, expected, found = random_case(60)
    first, again = evaluate_themes(expected, found, seed=3), evaluate_themes(expected, found, seed=3)
    low, high = first["metrics"]["intervals"]["micro_f1"]
    assert low < first["metrics"]["micro_f1"] < high
    assert first == again


def test_comparing_a_result_with_itself_finds_no_difference() -> None:
    result = evaluate_themes(EXPECTED, FOUND)
    for difference in compare(result, result, evaluation.theme_figures, resamples=20):
        assert difference.interval in (None, [0.0, 0.0])


def test_a_clearly_better_model_is_found_better() -> None:
    expected = [message(str(row), ["loneliness"]) for row in range(40)]
    worse = evaluate_themes(expected, [reading(["loneliness"] if row % 2 else []) for row in range(40)])
    better = evaluate_themes(expected, [reading(["loneliness"]) for _ in range(40)])
    found = {one.name: one for one in compare(worse, better, evaluation.theme_figures, resamples=50)}["micro_f1"]
    assert found.interval is not None and found.interval[0] > 0
    assert found.share_better == 1.0


def test_results_on_different_files_cannot_be_compared() -> None:
    one = evaluate_themes(EXPECTED[:1], FOUND[:1])
    other = evaluate_themes(EXPECTED[1:2], FOUND[1:2])
    with pytest.raises(InputError, match="different ids"):
        compare(one, other, evaluation.theme_figures)


def test_a_missing_result_is_refused() -> None:
    with pytest.raises(InputError, match="same number"):
        evaluate_themes(EXPECTED, FOUND[:2])


@pytest.mark.parametrize("rows", [[], [{"id": "a", "themes": []}]])
def test_shares_of_nothing_are_left_open(rows: List[Mapping[str, Any]]) -> None:
    metrics = evaluate_themes(rows, [reading() for _ in rows])["metrics"]
    assert metrics["top1_hit"] is None
    assert metrics["micro_f1"] is None
