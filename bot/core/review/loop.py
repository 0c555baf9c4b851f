"""The loop: a candidate model beside the current one, and whether it may take its place."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, FrozenSet, List, Mapping, Optional, Protocol, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from bot.core.review.training_data import Example
from bot.core.themes import THEMES

SAMPLES = 500
Picked = NDArray[np.int64]


@dataclass(frozen=True)
class Reading:
    """How a model read one message: themes expected, themes that also pass, themes found."""

    id: str
    expected: FrozenSet[str]
    also_ok: FrozenSet[str]
    found: FrozenSet[str]

    @property
    def right(self) -> bool:
        """Whether nothing was missed and nothing wrongly claimed."""
        return self.expected <= self.found and self.found <= self.expected | self.also_ok


@dataclass(frozen=True)
class Evaluation:
    """What a model does on the frozen test set, on the corrections held out, and on the shipped risk messages.

    `test` and `corrections` hold the same ids in the same order for every model that is compared. `risk_recall` and
    `risk_alarms` are shares, 0 to 1, over the rows of `data/eval/risk.jsonl`; `metrics` are those that floors exist for
    (`top1_hit`, `micro_f1`, `none_silence` ..).
    """

    model: str
    test: Tuple[Reading, ...]
    corrections: Tuple[Reading, ...]
    risk_recall: float
    risk_alarms: float
    metrics: Mapping[str, float] = field(default_factory=dict)


class Trainer(Protocol):
    """What the room asks of the place where models are made. Each may take minutes."""

    def current(self) -> str:
        """The name of the model in use."""

    def models(self) -> Sequence[str]:
        """Names of all models kept, newest first."""

    def train_candidate(self, examples: Path) -> str:
        """Train on the project's data and this file of Rasa YAML; gives the model's name. The model in use stays."""

    def evaluate(self, model: str, corrections: Sequence[Example]) -> Evaluation:
        """Run a model on the shipped evaluation files and on these corrections."""

    def promote(self, model: str) -> None:
        """Let this model be the one in use, and keep the one before."""

    def roll_back(self, model: str) -> None:
        """Let an earlier model be the one in use again."""

    def discard(self, model: str) -> None:
        """Put a candidate away for good; nothing when it is gone."""


@dataclass(frozen=True)
class Change:
    """A figure of both models and the difference (candidate less current) with its 95 % interval."""

    current: float
    candidate: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """A candidate beside the current model. `changed` are messages read otherwise: id, before, after, now right?

    `corrections_right` is None where no correction was kept for evaluation.
    """

    current: str
    candidate: str
    micro_f1: Change
    corrections_right: Optional[Change]
    per_theme: Mapping[str, Change]
    risk_recall: Tuple[float, float]
    risk_alarms: Tuple[float, float]
    changed: Tuple[Tuple[str, Tuple[str, ...], Tuple[str, ...], bool], ...]
    below_floor: Tuple[str, ...]


@dataclass(frozen=True)
class Floors:
    """What the candidate must reach on the shipped evaluation files: least values, and the most alarms allowed."""

    metrics: Mapping[str, float]
    risk_recall: float
    risk_alarms: float


def compare(current: Evaluation, candidate: Evaluation, floors: Floors, seed: int = 0) -> Comparison:
    """Both models on the same messages; intervals by resampling messages. Raises ValueError for other messages."""
    before, after = (*current.test, *current.corrections), (*candidate.test, *candidate.corrections)
    if [row.id for row in before] != [row.id for row in after]:
        raise ValueError("Two models can only be compared on the same messages in the same order.")
    both = _Counts(current.test), _Counts(candidate.test)
    named = [theme for theme in THEMES if both[0].concerns(theme) or both[1].concerns(theme)]
    return Comparison(
        current=current.model,
        candidate=candidate.model,
        micro_f1=_change(both[0].f1s(None), both[1].f1s(None), len(current.test), seed),
        corrections_right=_change(
            _right(current.corrections), _right(candidate.corrections), len(current.corrections), seed
        )
        if current.corrections
        else None,
        per_theme={theme: _change(both[0].f1s(theme), both[1].f1s(theme), len(current.test), seed) for theme in named},
        risk_recall=(current.risk_recall, candidate.risk_recall),
        risk_alarms=(current.risk_alarms, candidate.risk_alarms),
        changed=tuple(_changed(before, after)),
        below_floor=tuple(_below(candidate, floors)),
    )


def stands_against(below_floor: Sequence[str], risk_recall: Sequence[float], reason: str) -> Optional[str]:
    """What keeps a candidate from taking over: `below_floor`, `reason_needed`, or None.

    `risk_recall` is that of the current model and of the candidate; `reason` is a lead's, empty when there is none.
    """
    if below_floor:
        return "below_floor"
    before, after = risk_recall
    return "reason_needed" if after < before and not reason.strip() else None


class _Counts:
    """Right, wrong and missed claims by message and theme, counted once and summed for every resample."""

    def __init__(self, rows: Sequence[Reading]) -> None:
        self._places = {theme: place for place, theme in enumerate(THEMES)}
        shape = (len(rows), len(THEMES))
        self.hit, self.wrong, self.missed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for number, row in enumerate(rows):
            self._mark(self.hit, number, row.expected & row.found)
            self._mark(self.wrong, number, row.found - row.expected - row.also_ok)
            self._mark(self.missed, number, row.expected - row.found)

    def concerns(self, theme: str) -> bool:
        place = self._places[theme]
        return bool(self.hit[:, place].any() or self.wrong[:, place].any() or self.missed[:, place].any())

    def f1s(self, theme: Optional[str]) -> "_Figure":
        places = slice(None) if theme is None else [self._places[theme]]
        hit, wrong, missed = (part[:, places].sum(axis=1) for part in (self.hit, self.wrong, self.missed))

        def figure(chosen: Picked) -> float:
            hits = hit[chosen].sum()
            claims = 2 * hits + wrong[chosen].sum() + missed[chosen].sum()
            return float(2 * hits / claims) if claims else 1.0

        return figure

    def _mark(self, table: NDArray[np.float64], number: int, themes: FrozenSet[str]) -> None:
        for theme in themes & self._places.keys():
            table[number, self._places[theme]] = 1


class _Figure(Protocol):
    def __call__(self, chosen: Picked) -> float: ...


def _right(rows: Sequence[Reading]) -> _Figure:
    right = np.array([row.right for row in rows], dtype=float)
    return lambda chosen: float(right[chosen].mean()) if len(chosen) else 0.0


def _change(current: _Figure, candidate: _Figure, n: int, seed: int) -> Change:
    everything = np.arange(n)
    before, after = current(everything), candidate(everything)
    if not n:
        return Change(before, after, 0.0, 0.0, 0.0)
    chance = np.random.default_rng(seed)
    drawn = [candidate(chosen) - current(chosen) for chosen in chance.integers(0, n, (SAMPLES, n))]
    low, high = (float(np.percentile(drawn, part)) for part in (2.5, 97.5))
    return Change(before, after, after - before, low, high)


def _changed(
    before: Sequence[Reading], after: Sequence[Reading]
) -> List[Tuple[str, Tuple[str, ...], Tuple[str, ...], bool]]:
    return [
        (one.id, tuple(sorted(one.found)), tuple(sorted(other.found)), other.right)
        for one, other in zip(before, after, strict=True)
        if one.found != other.found
    ]


def _below(candidate: Evaluation, floors: Floors) -> List[str]:
    reached: Dict[str, float] = {**candidate.metrics, "risk_recall": candidate.risk_recall}
    least = {**floors.metrics, "risk_recall": floors.risk_recall}
    # A figure that was not measured is below its floor: nobody knows that it is not.
    found = [name for name, floor in least.items() if reached.get(name, 0.0) < floor]
    return found + (["risk_alarms"] if candidate.risk_alarms > floors.risk_alarms else [])
