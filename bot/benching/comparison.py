"""What a turn costs on this machine, beside a stock Rasa assistant in the same run."""

import asyncio
import os
from datetime import datetime, timezone
from typing import Any, Callable, Dict

from bot.benching import ours, stock
from bot.settings import Settings

# In the order in which they are shown, with their units.
FIGURES = {
    "p50_at_10": "ms",
    "p95_at_10": "ms",
    "p50_at_100": "ms",
    "p50_at_1000": "ms",
    "turns_per_second": "turns/s",
    "scaling_2_workers": "times",
    "startup_s": "s",
    "rss_mb": "MB",
    "rss_mb_after_10000": "MB",
    "train_s": "s",
    "bytes_per_turn": "bytes",
}
QUICK = ("p50_at_10", "p95_at_10", "p50_at_100")
DETAILS = ("environment_mb", "curve", "by_length", "throughput", "parts")


def bench(settings: Settings, quick: bool, tell: Callable[[str], None]) -> Dict[str, Any]:
    """`{"ours": {...}, "stock": {...}, "notes": [...], "measured": {...}}`.

    Both sides have the names of `FIGURES` and `DETAILS`, None where one cannot do it; `quick` measures those of `QUICK`
    alone. `measured` tells when, on how many cores, and how busy the machine was before (load of the last minute). `tell`
    is called with what is under way. The stock side is made ready before anything is timed; where it cannot be, it is
    None throughout.
    """
    prepared = stock.prepare(settings.project, tell)
    measured = {
        "at": datetime.now(timezone.utc).date().isoformat(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
    # A short run has no time to load one after the other; both rest when either is timed.
    side = stock.Side(settings.project, quick) if prepared and quick else None
    tell("ours: turns")
    found = asyncio.run(ours.latency(settings, quick, side.wait if side else _at_once))
    if not quick:
        found.update(ours.service_figures(settings.project, tell))
    tell("stock: all of it")
    if prepared and not quick:
        side = stock.Side(settings.project, quick)
        side.wait()
    beside = side.measure() if side else {}
    wanted = QUICK if quick else (*FIGURES, *DETAILS)
    return {
        "ours": {name: found.get(name) for name in wanted},
        "stock": {name: beside.get(name) for name in wanted},
        "notes": stock.NOTES if prepared else [stock.MISSING],
        "measured": measured,
    }


def _at_once() -> None:
    """Nothing to wait for."""


def as_table(result: Dict[str, Any]) -> str:
    """The figures to read: one line each, a dash for what a side cannot do."""

    def shown(value: Any) -> str:
        return "-" if value is None else f"{value:.2f}"

    lines = [f"{'':20} {'ours':>10} {'stock':>10}"]
    for name, unit in FIGURES.items():
        if name in result["ours"]:
            ours_, stock_ = (shown(result[side][name]) for side in ("ours", "stock"))
            lines.append(f"{name:20} {ours_:>10} {stock_:>10} {unit}")
    return "\n".join([*lines, "", *result["notes"]])
