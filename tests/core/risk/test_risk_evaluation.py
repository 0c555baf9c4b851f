"""What the evaluation of the screen tells."""

from bot.core.risk.evaluation import curve, named_figures

ROWS = [
    {"id": "1", "expected": "risk", "level": "risk", "score": 0.1, "by_rule": True},
    {"id": "2", "expected": "imminent", "level": "risk", "score": 0.7, "by_rule": False},
    {"id": "3", "expected": "none", "level": "concern", "score": 0.3, "by_rule": False},
    {"id": "4", "expected": "none", "level": "none", "score": 0.0, "by_rule": False},
]


def test_the_curve_trades_misses_for_alarms_and_keeps_what_rules_find() -> None:
    points = curve(ROWS)
    assert points[0] == (0.0, 0.5) and points[-1] == (0.5, 0.0)
    assert points == sorted(points, key=lambda point: (point[0], -point[1]))


def test_figures_of_stored_rows_are_those_of_the_levels() -> None:
    assert named_figures(ROWS) == {"recall": 1.0, "false_alarm": 0.0, "raised_on_none": 0.5, "imminent_recall": 0.0}
