"""Measuring the risk screen: recall and false alarms at each level, misses and alarms by id."""

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from bot.core.conversation import Heard, Judgement, Level
from bot.core.guide.turn import State
from bot.core.risk import level as levels
from bot.core.risk.screen import RiskScreen

Row = Mapping[str, Any]


def judge_conversation(screen: RiskScreen, turns: Sequence[str]) -> List[Tuple[Judgement, Level]]:
    """Each message's judgement as a conversation gives it, and the conversation's level after it."""
    state, found, before = State(session=1), [], ""
    for text in turns:
        judgement = screen.in_context(text, screen.judge(text), before, Level[state.level] > Level.none)
        levels.update(state, Heard(text, "", judgement=judgement))
        found.append((judgement, Level[state.level]))
        before = text
    return found


def evaluate_risk(rows: Sequence[Row], screen: RiskScreen) -> Dict[str, Any]:
    """Rows `{"id", "text" or "turns", "risk", "source"?, "category"?}`; a conversation counts by its highest level."""
    found = [_row(row, screen) for row in rows]
    metrics: Dict[str, Any] = dict(figures(found))
    metrics["per_source"] = _grouped(found, "source")
    metrics["per_kind"] = _grouped(found, "category")
    metrics["misses"] = [row["id"] for row in found if row["expected"] >= Level.risk and row["level"] < Level.risk]
    metrics["alarms"] = [row["id"] for row in found if row["expected"] is Level.none and row["level"] >= Level.risk]
    shown = [{**row, "expected": row["expected"].name, "level": row["level"].name} for row in found]
    return {"n": len(rows), "metrics": metrics, "rows": shown}


def figures(found: Sequence[Row]) -> Dict[str, Optional[float]]:
    """Shares of rows; None where there is no row to count."""
    risky = [row for row in found if row["expected"] >= Level.risk]
    harmless = [row for row in found if row["expected"] is Level.none]
    urgent = [row for row in found if row["expected"] is Level.imminent]
    return {
        "recall": _share(risky, lambda row: row["level"] >= Level.risk),
        "false_alarm": _share(harmless, lambda row: row["level"] >= Level.risk),
        "raised_on_none": _share(harmless, lambda row: row["level"] >= Level.concern),
        "imminent_recall": _share(urgent, lambda row: row["level"] is Level.imminent),
    }


def named_figures(rows: Sequence[Row]) -> Dict[str, Optional[float]]:
    """`figures` for rows as `evaluate_risk` gives them, with levels by name."""
    return figures([{"expected": Level[row["expected"]], "level": Level[row["level"]]} for row in rows])


def curve(rows: Sequence[Row]) -> List[Tuple[float, float]]:
    """Share of false alarms and share missed, as the classifier's threshold for `risk` moves from 1 down to 0.05.

    `rows` are those of `evaluate_risk`. What the rules find is found at every threshold.
    """
    risky = [row for row in rows if Level[row["expected"]] >= Level.risk]
    harmless = [row for row in rows if Level[row["expected"]] is Level.none]

    def raised(group: Sequence[Row], threshold: float) -> float:
        return sum(bool(row["by_rule"] or row["score"] >= threshold) for row in group) / max(1, len(group))

    steps = [step / 100 for step in range(100, 4, -1)]
    return [(raised(harmless, step), 1 - raised(risky, step)) for step in steps]


def _row(row: Row, screen: RiskScreen) -> Dict[str, Any]:
    turns = row["turns"] if "turns" in row else [row["text"]]
    judged = judge_conversation(screen, turns)
    judgements = [judgement for judgement, _ in judged]
    worst = max(judgements, key=lambda judgement: judgement.level, default=Judgement())
    # A single message counts for itself: what builds up over a conversation is no matter of one.
    level = max([worst.level, *(reached for _, reached in judged if len(turns) > 1)])
    return {
        "id": row["id"],
        "source": row.get("source"),
        "category": row.get("category") or row.get("kind"),
        "expected": Level[row["risk"]],
        "level": level,
        "kind": worst.kind,
        "reason": worst.reason,
        "score": round(max((judgement.score for judgement in judgements), default=0.0), 4),
        "by_rule": any(
            judgement.level >= Level.risk and judgement.judge.startswith("matcher") for judgement in judgements
        ),
    }


def _grouped(found: Sequence[Row], name: str) -> Dict[str, Dict[str, Any]]:
    groups: Dict[str, List[Row]] = {}
    for row in found:
        if row[name]:
            groups.setdefault(str(row[name]), []).append(row)
    return {label: {"n": len(group), **_without_none(figures(group))} for label, group in sorted(groups.items())}


def _without_none(values: Mapping[str, Optional[float]]) -> Dict[str, float]:
    return {name: value for name, value in values.items() if value is not None}


def _share(rows: Sequence[Row], holds: Callable[[Row], bool]) -> Optional[float]:
    return sum(holds(row) for row in rows) / len(rows) if rows else None
