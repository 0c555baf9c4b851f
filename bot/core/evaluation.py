"""Measuring: pure functions from expected and found labels to metrics, rows and confidence intervals.

Every evaluation gives `{"n", "metrics", "rows"}`; `metrics["intervals"]` holds a 95 % bootstrap interval for each
single figure. Shares of nothing are None.
"""

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from bot.core.reading import Array, Reading
from bot.core.themes import OUT_OF_SCOPE, THEMES
from bot.errors import InputError

Metrics = Dict[str, Any]
Result = Dict[str, Any]
Measure = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Optional[float]]]

ENOUGH_EXAMPLES = 10
CALIBRATION_BINS = 10
RESAMPLES = 500
_OUTER = (2.5, 97.5)


def evaluate_themes(expected: Sequence[Mapping[str, Any]], found: Sequence[Reading], seed: int = 0) -> Result:
    """Themes of messages (`{"id", "themes", "also_ok"?}`) against readings, in the same order.

    A theme in `also_ok` counts neither as right nor as wrong. Raises InputError when the lengths differ.
    """
    _same_length(expected, found)
    rows = [_theme_row(item, reading) for item, reading in zip(expected, found, strict=True)]
    metrics: Metrics = dict(theme_figures(rows))
    metrics["per_theme"] = per_theme(rows)
    metrics["intervals"] = intervals(rows, theme_figures, seed)
    return {"n": len(rows), "metrics": metrics, "rows": rows}


def evaluate_retrieval(expected: Sequence[Mapping[str, Any]], found: Sequence[Sequence[str]], seed: int = 0) -> Result:
    """Sections (`{"id", "section", "also_ok"?}`) against the sections of the reflections offered, best first."""
    _same_length(expected, found)
    rows = []
    for item, sections in zip(expected, found, strict=True):
        right = {item["section"], *item.get("also_ok", ())}
        place = next((place for place, section in enumerate(sections, start=1) if section in right), None)
        rows.append({"id": item["id"], "section": item["section"], "found": list(sections[:3]), "place": place})
    return {"n": len(rows), "metrics": _with_intervals(rows, retrieval_figures, seed), "rows": rows}


def evaluate_moves(expected: Sequence[Mapping[str, Any]], found: Sequence[Reading], seed: int = 0) -> Result:
    """Kinds (`{"id", "kind"}`) against readings, in the same order."""
    _same_length(expected, found)
    rows = [
        {"id": item["id"], "kind": item["kind"], "found": reading.kind, "confidence": round(reading.confidence, 4)}
        for item, reading in zip(expected, found, strict=True)
    ]
    metrics = _with_intervals(rows, move_figures, seed)
    kinds = sorted({str(row["kind"]) for row in rows})
    metrics["per_kind"] = {
        kind: move_figures([row for row in rows if row["kind"] == kind])["accuracy"] for kind in kinds
    }
    return {"n": len(rows), "metrics": metrics, "rows": rows}


def theme_figures(rows: Sequence[Mapping[str, Any]]) -> Dict[str, Optional[float]]:
    """The single figures of the theme evaluation from its rows; `ece` is that of the leading theme's probability."""
    themed = [row for row in rows if row["expected"]]
    silent = [row for row in rows if not row["expected"]]
    table = per_theme(rows)
    right, wrong, missed = (sum(line[name] for line in table.values()) for name in ("right", "wrong", "missed"))
    enough = [line["f1"] for line in table.values() if line["examples"] >= ENOUGH_EXAMPLES]
    return {
        "top1_hit": _mean([row["leading"] in row["expected"] for row in themed]),
        "micro_f1": _f1(right, wrong, missed),
        "macro_f1": _mean(enough),
        "exact_match": _mean([set(row["claimed"]) - set(row["also_ok"]) == set(row["expected"]) for row in rows]),
        "none_silence": _mean([not row["claimed"] for row in silent]),
        "in_scope_kept": _mean([row["kind"] != OUT_OF_SCOPE for row in themed]),
        "ece": expected_calibration_error(*_confidences(rows)),
    }


def retrieval_figures(rows: Sequence[Mapping[str, Any]]) -> Dict[str, Optional[float]]:
    """The single figures of the retrieval evaluation from its rows."""
    places = [row["place"] for row in rows]
    return {
        "recall_at_1": _mean([place is not None and place <= 1 for place in places]),
        "recall_at_3": _mean([place is not None and place <= 3 for place in places]),
        "mrr": _mean([1.0 / place if place else 0.0 for place in places]),
    }


def move_figures(rows: Sequence[Mapping[str, Any]]) -> Dict[str, Optional[float]]:
    """The single figure of the move evaluation from its rows."""
    return {"accuracy": _mean([row["found"] == row["kind"] for row in rows])}


def per_theme(rows: Sequence[Mapping[str, Any]]) -> Dict[str, Dict[str, Any]]:
    """For each theme the counts `examples right wrong missed` and `precision recall f1` (None without a case)."""
    table: Dict[str, Dict[str, Any]] = {}
    for theme in THEMES:
        counted = [row for row in rows if theme in row["expected"] or theme not in row["also_ok"]]
        right = sum(theme in row["expected"] and theme in row["claimed"] for row in counted)
        wrong = sum(theme not in row["expected"] and theme in row["claimed"] for row in counted)
        missed = sum(theme in row["expected"] and theme not in row["claimed"] for row in counted)
        table[theme] = {
            "examples": right + missed,
            "right": right,
            "wrong": wrong,
            "missed": missed,
            "precision": right / (right + wrong) if right + wrong else None,
            "recall": right / (right + missed) if right + missed else None,
            "f1": _f1(right, wrong, missed),
        }
    return table


def expected_calibration_error(probabilities: Sequence[float], truth: Sequence[bool]) -> Optional[float]:
    """Mean gap between probability and share of cases that hold, over ten equally wide bins weighted by their size."""
    if not len(probabilities):
        return None
    values, holds = np.asarray(probabilities, dtype=float), np.asarray(truth, dtype=float)
    bins = np.minimum((values * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [
        abs(values[bins == place].mean() - holds[bins == place].mean()) * (bins == place).sum() for place in set(bins)
    ]
    return float(sum(gaps) / len(values))


def intervals(
    rows: Sequence[Mapping[str, Any]], measure: Measure, seed: int = 0, resamples: int = RESAMPLES
) -> Dict[str, Optional[List[float]]]:
    """For each figure of `measure` a 95 % interval, by drawing the rows again with replacement."""
    if not rows:
        return {}
    draws = [measure([rows[place] for place in places]) for places in _draws(len(rows), seed, resamples)]
    return {name: _interval([draw[name] for draw in draws]) for name in draws[0]}


@dataclass(frozen=True)
class Difference:
    """One figure of two results on the same rows: `second - first`, its 95 % interval, and how often it was above 0."""

    name: str
    first: Optional[float]
    second: Optional[float]
    interval: Optional[List[float]]
    share_better: Optional[float]


def compare(
    first: Result, second: Result, measure: Measure, seed: int = 0, resamples: int = RESAMPLES
) -> List[Difference]:
    """Paired bootstrap of two results of the same evaluation on the same file.

    Raises InputError when their rows have different ids.
    """
    if [row["id"] for row in first["rows"]] != [row["id"] for row in second["rows"]]:
        raise InputError(
            "The two results cannot be compared: their rows have different ids. Evaluate both on the same file."
        )
    one, two = first["rows"], second["rows"]
    gaps: Dict[str, List[Optional[float]]] = {}
    for places in _draws(len(one), seed, resamples):
        before, after = measure([one[place] for place in places]), measure([two[place] for place in places])
        for name in before:
            gaps.setdefault(name, []).append(_gap(before[name], after[name]))
    now, then = measure(two), measure(one)
    return [
        Difference(
            name, then[name], now[name], _interval(values), _mean([gap > 0 for gap in values if gap is not None])
        )
        for name, values in gaps.items()
    ]


def _theme_row(item: Mapping[str, Any], reading: Reading) -> Dict[str, Any]:
    leading = max(THEMES, key=lambda theme: reading.probabilities[theme])
    return {
        "id": item["id"],
        "expected": list(item["themes"]),
        "also_ok": list(item.get("also_ok") or ()),
        "kind": reading.kind,
        "leading": leading,
        "claimed": [theme.name for theme in reading.themes],
        "spans": {theme.name: list(theme.span) for theme in reading.themes if theme.span},
        "probabilities": {theme: round(reading.probabilities[theme], 4) for theme in THEMES},
    }


def _confidences(rows: Sequence[Mapping[str, Any]]) -> Tuple[List[float], List[bool]]:
    """The probability of each row's leading theme and whether that theme was expected; undecided ones are left out."""
    counted = [row for row in rows if row["leading"] in row["expected"] or row["leading"] not in row["also_ok"]]
    return [row["probabilities"][row["leading"]] for row in counted], [
        row["leading"] in row["expected"] for row in counted
    ]


def _with_intervals(rows: Sequence[Mapping[str, Any]], measure: Measure, seed: int) -> Metrics:
    return {**measure(rows), "intervals": intervals(rows, measure, seed)}


def _draws(count: int, seed: int, resamples: int) -> List[Array]:
    random = np.random.default_rng(seed)
    return [random.integers(0, count, count) for _ in range(resamples)]


def _interval(values: Sequence[Optional[float]]) -> Optional[List[float]]:
    known = [value for value in values if value is not None]
    return [float(edge) for edge in np.percentile(known, _OUTER)] if known else None


def _gap(first: Optional[float], second: Optional[float]) -> Optional[float]:
    return None if first is None or second is None else second - first


def _f1(right: int, wrong: int, missed: int) -> Optional[float]:
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else None


def _mean(values: Sequence[Any]) -> Optional[float]:
    return float(np.mean([float(value) for value in values])) if values else None


def _same_length(expected: Sequence[Any], found: Sequence[Any]) -> None:
    if len(expected) != len(found):
        raise InputError(
            f"There are {len(expected)} expected rows and {len(found)} results; both must have the same number."
        )
