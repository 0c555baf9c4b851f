"""What `interlude evaluate` does: the trained model over a file of labelled lines."""

from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from bot.core import evaluation
from bot.core.retrieval import sure_themes
from bot.core.risk.evaluation import evaluate_risk, named_figures
from bot.engine import Engine, Model
from bot.settings import Settings

Rows = Sequence[Mapping[str, Any]]
_MEASURES: Mapping[str, evaluation.Measure] = {
    "themes": evaluation.theme_figures,
    "moves": evaluation.move_figures,
    "retrieval": evaluation.retrieval_figures,
    "risk": named_figures,
}


async def run(name: str, settings: Settings, rows: Rows, plots: Optional[Path] = None) -> Dict[str, Any]:
    """`themes`, `moves`, `retrieval` or `risk` over `rows`; gives `{"n", "metrics", "rows"}` as docs/developers/commands.md says.

    `plots` is a folder for pictures (themes and risk have some).
    """
    engine = await Engine.start(settings.replace(database="sqlite://"))
    try:
        return measure(name, engine, rows, plots)
    finally:
        engine.close()


def measure(name: str, engine: Union[Engine, Model], rows: Rows, plots: Optional[Path] = None) -> Dict[str, Any]:
    """As `run`, with an engine that is already there; a model alone is enough for all but `retrieval`."""
    if name == "risk":
        judged = evaluate_risk(rows, engine.risk_screen)
        if plots is not None:
            from bot import plots as drawings

            drawings.misses_against_alarms(judged, plots)
        return judged
    if name == "retrieval":
        return evaluation.evaluate_retrieval(rows, [_sections(engine, row["text"]) for row in rows])
    readings = [engine.reader.read(row["text"]) for row in rows]
    if name == "moves":
        return evaluation.evaluate_moves(rows, readings)
    result = evaluation.evaluate_themes(rows, readings)
    if plots is not None:
        from bot import plots as drawings

        drawings.reliability(result, plots)
        drawings.confusion(result, plots)
    return result


def differences(name: str, earlier: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """What changed since an earlier result of the same evaluation, figure by figure, by paired bootstrap.

    Raises InputError when the rows are not those of the same file.
    """
    found = evaluation.compare(earlier, result, _MEASURES[name])
    lines = ["figure                 before    now    change [95 %]            share of draws above 0"]
    for item in found:
        values = [item.first, item.second, *(item.interval or (None, None)), item.share_better]
        if None not in values:
            before, now, low, high, better = (float(value or 0.0) for value in values)
            lines.append(
                f"{item.name:20} {before:8.3f} {now:7.3f} {now - before:+8.3f} [{low:+.3f}, {high:+.3f}] {better:12.2f}"
            )
    return "\n".join(lines)


def _sections(engine: Engine, text: str) -> List[str]:
    """The sections of the reflections that would be offered, best first, each once."""
    reading = engine.reader.read(text)
    themes = [theme.name for theme in reading.themes] or [theme.name for theme in reading.near[:1]]
    sections = dict(zip(engine.reader.sections, engine.reader.section_scores(text)))
    offered = engine.services.shelf.reflections(text, themes, (), sections, sure_themes(reading.themes))
    return list(dict.fromkeys(reflection.section for reflection in offered))


def as_table(result: Mapping[str, Any]) -> str:
    """The figures to read, each with its interval where there is one."""
    metrics: Mapping[str, Any] = result["metrics"]
    intervals = metrics.get("intervals", {})
    lines = [f"n = {result['n']}"]
    for name, value in metrics.items():
        if isinstance(value, (int, float)):
            interval = intervals.get(name)
            shown = f"  [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""
            lines.append(f"{name:20} {value:.3f}{shown}")
    for name in ("per_theme", "per_kind", "per_source"):
        for label, figures in metrics.get(name, {}).items():
            shown = _figures(figures) if isinstance(figures, Mapping) else f"{figures:.3f}"
            lines.append(f"  {label:32} {shown}")
    return "\n".join(lines)


def _figures(figures: Mapping[str, Any]) -> str:
    parts = (
        f"{name} {value:.2f}" if isinstance(value, float) else f"{name} {value}" for name, value in figures.items()
    )
    return "  ".join(parts)
