"""The page `docs/performance.md` and its pictures, made of what `interlude bench --json` measured."""

import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

OURS, STOCK = "#2f6f4f", "#b3432b"
SIDES = (("ours", "interlude", OURS, "o"), ("stock", "stock Rasa", STOCK, "s"))
# Name, words, unit, the aim in words, and what tells from (ours, stock) whether it was met.
ROWS = (
    ("p50_at_10", "median turn at message 10", "ms"),
    ("p95_at_10", "95th percentile at message 10", "ms"),
    ("p50_at_100", "median turn at message 100", "ms"),
    ("p50_at_1000", "median turn at message 1,000", "ms"),
    ("turns_per_second", "turns a second, one worker, 200 sessions", "turns/s"),
    ("scaling_2_workers", "two workers to one, PostgreSQL and Redis", "times"),
    ("startup_s", "start to the first answer", "s"),
    ("rss_mb", "resident memory after 100 conversations", "MB"),
    ("rss_mb_after_10000", "resident memory after 10,000", "MB"),
    ("train_s", "training from nothing", "s"),
    ("bytes_per_turn", "database bytes a turn", "bytes"),
    ("environment_mb", "environment on disk", "MB"),
)
MORE_IS_BETTER = ("turns_per_second", "scaling_2_workers")
PAGE = """# How fast it is

Made by `scripts/manual.py` from `docs/measured/bench.json`, which `interlude bench` wrote: {when}, {cores} cores, load before it {load}.
Both sides ran in the same run on the same machine. [How to repeat it](developers/measuring.md).

{figures}

A dash is what a side cannot do or did not reach in its time.

## Against the aims

{aims}

## Along one conversation

![Milliseconds a turn along one conversation: {told}](pictures/performance-curve.svg)

{curve}

## By length of the message

![Milliseconds a turn by words in the message, median and 95th percentile, for both sides](pictures/performance-length.svg)

{lengths}

## By sessions at once

{throughput}

## What a turn is made of

{parts}

## Notes

{notes}
"""


def figures_page(measured: Path) -> str:
    """The page in Markdown."""
    result = json.loads(measured.read_text(encoding="utf-8"))
    about, ours = result["measured"], result["ours"]
    return PAGE.format(
        when=about["at"],
        cores=about["cores"],
        load=f"{about['load']:.1f}",
        figures=_figures(result),
        aims=_table(("aim", "found", "met"), _aims(result)),
        told=_told(result),
        curve=_curve(result),
        lengths=_lengths(result),
        throughput=_throughput(result),
        parts=_table(
            ("part", "ms"), [(name.replace("_", " "), _number(value)) for name, value in ours["parts"].items()]
        ),
        notes="\n".join(f"- {note}" for note in result["notes"]),
    )


def draw(measured: Path, folder: Path) -> None:
    """The pictures of the page."""
    result = json.loads(measured.read_text(encoding="utf-8"))
    matplotlib.rcParams.update({"svg.hashsalt": "interlude", "svg.fonttype": "none", "font.family": "sans-serif"})
    _draw_curve(result, folder / "performance-curve.svg")
    _draw_lengths(result, folder / "performance-length.svg")


def _figures(result: Mapping[str, Any]) -> str:
    rows = []
    for name, words, unit in ROWS:
        ours, stock = (result[side].get(name) for side, *_ in SIDES)
        times = (ours / stock if name in MORE_IS_BETTER else stock / ours) if ours and stock else None
        ratio = "–" if times is None else f"{times:.1f}"
        rows.append((words, _number(ours), _number(stock), unit, ratio, f"`{name}`"))
    return _table(("", "interlude", "stock Rasa", "unit", "times better", "name"), rows)


def _aims(result: Mapping[str, Any]) -> List[Sequence[str]]:
    ours, stock = result["ours"], result["stock"]

    def ratio(over: Optional[float], under: Optional[float]) -> Optional[float]:
        return over / under if over and under else None

    checks = (
        ("median at message 10 at most 15 ms", ours.get("p50_at_10"), "ms", 15, False),
        (
            "at least 5 times faster than stock there",
            ratio(stock.get("p50_at_10"), ours.get("p50_at_10")),
            "times",
            5,
            True,
        ),
        (
            "95th percentile at most twice the median",
            ratio(ours.get("p95_at_10"), ours.get("p50_at_10")),
            "times",
            2,
            False,
        ),
        (
            "message 1,000 at most 1.2 times message 10",
            ratio(ours.get("p50_at_1000"), ours.get("p50_at_10")),
            "times",
            1.2,
            False,
        ),
        ("one worker at least 60 turns a second over 200 sessions", ours.get("turns_per_second"), "turns/s", 60, True),
        ("two workers at least 1.7 times one", ours.get("scaling_2_workers"), "times", 1.7, True),
        ("start to the first answer at most 8 s", ours.get("startup_s"), "s", 8, False),
        ("resident memory at most 350 MB", ours.get("rss_mb"), "MB", 350, False),
        (
            "after 10,000 conversations within 10 % of that after 100",
            ratio(ours.get("rss_mb_after_10000"), ours.get("rss_mb")),
            "times",
            1.1,
            False,
        ),
        ("environment at most 1.2 GB", ours.get("environment_mb"), "MB", 1229, False),
    )
    rows = []
    for words, found, unit, limit, at_least in checks:
        met = (
            "not measured" if found is None else "yes" if (found >= limit if at_least else found <= limit) else "**no**"
        )
        rows.append((words, "–" if found is None else f"{_number(found)} {unit}", met))
    return rows


def _told(result: Mapping[str, Any]) -> str:
    parts = []
    for side, name, *_ in SIDES:
        curve = result[side].get("curve") or []
        if curve:
            (first, slow), (last, now) = curve[0], curve[-1]
            parts.append(f"{name} {_number(slow)} ms at message {first} and {_number(now)} ms at message {last}")
    return "; ".join(parts)


def _curve(result: Mapping[str, Any]) -> str:
    ours, stock = (dict(map(tuple, result[side].get("curve") or ())) for side, *_ in SIDES)
    return _table(
        ("message", "interlude, ms", "stock Rasa, ms"),
        [(f"{place:,}", _number(ours.get(place)), _number(stock.get(place))) for place in sorted({*ours, *stock})],
    )


def _lengths(result: Mapping[str, Any]) -> str:
    ours, stock = (result[side].get("by_length") or {} for side, *_ in SIDES)
    rows = []
    for words in ours:
        cells = [_number((side.get(words) or {}).get(name)) for side in (ours, stock) for name in ("p50", "p95", "p99")]
        rows.append((words, *cells))
    return _table(("words", "p50", "p95", "p99", "stock p50", "stock p95", "stock p99"), rows)


def _throughput(result: Mapping[str, Any]) -> str:
    found: Mapping[str, Any] = result["ours"].get("throughput") or {}
    rows = [(name, _number(value)) for name, value in found.items()]
    return _table(("over HTTP", "turns/s"), rows) if rows else "Not measured in this run."


def _number(value: Optional[float]) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _draw_curve(result: Mapping[str, Any], path: Path) -> None:
    figure, axes = _figure()
    for side, name, colour, mark in SIDES:
        curve = result[side].get("curve") or []
        if curve:
            axes.plot(*zip(*curve), color=colour, marker=mark, label=name)
    axes.set_xlabel("message of one conversation")
    axes.set_ylabel("ms a turn (median of 21)")
    axes.set_yscale("log")
    _save(figure, axes, path)


def _draw_lengths(result: Mapping[str, Any], path: Path) -> None:
    figure, axes = _figure()
    for side, name, colour, mark in SIDES:
        lengths: Dict[str, Any] = result[side].get("by_length") or {}
        words = [int(number) for number in lengths]
        if words:
            axes.plot(
                words, [part["p50"] for part in lengths.values()], color=colour, marker=mark, label=f"{name}, median"
            )
            axes.plot(
                words,
                [part["p95"] for part in lengths.values()],
                color=colour,
                linestyle=":",
                label=f"{name}, 95th percentile",
            )
    axes.set_xlabel("words in the message")
    axes.set_ylabel("ms a turn")
    axes.set_xscale("log")
    axes.set_yscale("log")
    _save(figure, axes, path)


def _figure() -> Any:
    return pyplot.subplots(figsize=(7, 3.6), constrained_layout=True)


def _save(figure: Any, axes: Any, path: Path) -> None:
    axes.grid(True, which="both", alpha=0.25)
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
