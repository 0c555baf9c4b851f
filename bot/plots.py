"""Pictures of an evaluation: confusion, reliability, misses against alarms."""

from pathlib import Path
from typing import Any, Mapping, Tuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.core.risk.evaluation import curve
from bot.core.themes import THEMES

INK = "#33415c"
BINS = 10


def confusion(result: Mapping[str, Any], folder: Path) -> Path:
    """Which leading theme was found (across) where which was expected first (down); `confusion.png`."""
    counts = np.zeros((len(THEMES), len(THEMES)))
    for row in result["rows"]:
        if row["expected"]:
            counts[THEMES.index(row["expected"][0]), THEMES.index(row["leading"])] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = _figure(11, 10)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    names = [theme.replace("_", " ") for theme in THEMES]
    axes.set_xticks(range(len(THEMES)), names, rotation=90)
    axes.set_yticks(range(len(THEMES)), names)
    axes.set_xlabel("found")
    axes.set_ylabel("expected")
    return _save(figure, folder / "confusion.png")


def reliability(result: Mapping[str, Any], folder: Path) -> Path:
    """How often a leading theme given a probability was right; `reliability.png`."""
    given = np.array([row["probabilities"][row["leading"]] for row in result["rows"]])
    right = np.array([row["leading"] in row["expected"] for row in result["rows"]])
    places = np.minimum((given * BINS).astype(int), BINS - 1)
    points = [
        (given[places == place].mean(), right[places == place].mean())
        for place in range(BINS)
        if (places == place).any()
    ]
    figure, axes = _figure(5, 5)
    axes.plot([0, 1], [0, 1], color="#999999", linestyle=":")
    axes.plot(*zip(*points), color=INK, marker="o")
    axes.set_xlabel("probability given")
    axes.set_ylabel("share that was right")
    return _save(figure, folder / "reliability.png")


def misses_against_alarms(result: Mapping[str, Any], folder: Path) -> Path:
    """Share missed over share of false alarms as the classifier's threshold moves, with what is; `risk_curve.png`."""
    points, metrics = curve(result["rows"]), result["metrics"]
    chosen = (metrics["false_alarm"] or 0.0, 1 - (metrics["recall"] or 0.0))
    figure, axes = _figure(6, 4.5)
    axes.plot(*zip(*points), color=INK)
    axes.plot(*chosen, color="#b3432b", marker="o", linestyle="none", label="the screen as it is")
    axes.set_xlabel("false alarms (share of harmless messages)")
    axes.set_ylabel("missed (share of messages at risk)")
    axes.legend()
    return _save(figure, folder / "risk_curve.png")


def _figure(width: float, height: float) -> Tuple[Figure, Any]:
    figure = Figure(figsize=(width, height), dpi=110, constrained_layout=True)
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _save(figure: Figure, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path
