"""How far reviewers agree on themes: Cohen's kappa, Krippendorff's alpha, and intervals by resampling messages.

A decision on a theme is yes or no. Both figures follow from sums over messages, so that a resample is a weighted sum.
"""

from dataclasses import dataclass
from typing import Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence

import numpy as np
from numpy.typing import NDArray

SAMPLES = 400
Sums = NDArray[np.float64]
Decisions = Mapping[int, Mapping[int, FrozenSet[str]]]
"""Themes by message and reviewer: {turn: {reviewer: {theme, ..}}}."""


@dataclass(frozen=True)
class Figure:
    """A figure (1 complete, 0 chance) with its 95 % interval and the messages behind it; None where undefined."""

    value: Optional[float]
    low: Optional[float]
    high: Optional[float]
    n: int


def kappa_of(decisions: Decisions, themes: Sequence[str], seed: int) -> Dict[Optional[str], Figure]:
    """Cohen's kappa for each theme, and under None over all, where each pair of message and theme is one decision.

    Of messages that more than two decided it takes the two whose numbers come first. A figure is None when there is
    nothing to compare or both gave one and the same answer everywhere.
    """
    compared = [(found, sorted(found)[:2]) for found in decisions.values() if len(found) > 1]
    return _kappas([(found[one], found[other]) for found, (one, other) in compared], themes, seed)


def alpha_of(decisions: Decisions, themes: Sequence[str], seed: int) -> Dict[Optional[str], Figure]:
    """Krippendorff's alpha (nominal) over all reviewers of each message; keys and gaps as in `kappa_of`."""
    rows = [list(found.values()) for found in decisions.values() if len(found) > 1]
    sums = np.zeros((len(rows), len(themes), 3))
    for place, row in enumerate(rows):
        said_yes = np.array([sum(theme in decided for decided in row) for theme in themes], dtype=float)
        said_no = len(row) - said_yes
        sums[place, :, 0] = said_yes
        sums[place, :, 1] = said_no
        sums[place, :, 2] = 2 * said_yes * said_no / (len(row) - 1)
    return _figures(sums, themes, _alpha, seed)


def with_model(
    decided: Mapping[int, FrozenSet[str]], suggested: Mapping[int, FrozenSet[str]], themes: Sequence[str], seed: int
) -> Dict[Optional[str], Figure]:
    """Cohen's kappa between the model's suggestion and what reviewers settled on, for the messages that have both."""
    return _kappas([(suggested[turn], decided[turn]) for turn in decided if turn in suggested], themes, seed)


def _kappas(pairs: Sequence[Sequence[FrozenSet[str]]], themes: Sequence[str], seed: int) -> Dict[Optional[str], Figure]:
    sums = np.zeros((len(pairs), len(themes), 4))
    for place, (one, other) in enumerate(pairs):
        for column, theme in enumerate(themes):
            sums[place, column, 2 * (theme in one) + (theme in other)] = 1
    return _figures(sums, themes, _kappa, seed)


def _kappa(sums: Sums) -> Sums:
    """From counts of (neither, second only, first only, both), whatever shape comes before."""
    neither, second, first, both = np.moveaxis(sums, -1, 0)
    total = neither + second + first + both
    observed = (neither + both) / total
    expected = ((both + first) * (both + second) + (neither + first) * (neither + second)) / total**2
    return np.asarray((observed - expected) / (1 - expected))


def _alpha(sums: Sums) -> Sums:
    """From (answers yes, answers no, disagreeing pairs), whatever shape comes before."""
    yes, no, disagreeing = np.moveaxis(sums, -1, 0)
    total = yes + no
    return np.asarray(1 - disagreeing * (total - 1) / (2 * yes * no))


def _figures(
    sums: Sums, themes: Sequence[str], figure: Callable[[Sums], Sums], seed: int
) -> Dict[Optional[str], Figure]:
    n = len(sums)
    chance = np.random.default_rng(seed)
    weights = chance.multinomial(n, np.full(n, 1 / n), size=SAMPLES).astype(float) if n else np.zeros((SAMPLES, 0))
    columns: List[Optional[str]] = [None, *themes]
    by_column = [sums.sum(axis=1), *(sums[:, place] for place in range(len(themes)))]
    found: Dict[Optional[str], Figure] = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for name, part in zip(columns, by_column, strict=True):
            value = float(figure(part.sum(axis=0)))
            drawn = figure(weights @ part)
            drawn = drawn[np.isfinite(drawn)]
            if not np.isfinite(value) or not len(drawn):
                found[name] = Figure(None, None, None, n)
            else:
                low, high = np.percentile(drawn, (2.5, 97.5))
                found[name] = Figure(value, float(low), float(high), n)
    return found
