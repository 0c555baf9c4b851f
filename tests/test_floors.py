"""Floors on the shipped evaluation sets, so that a worse model cannot land unnoticed. docs/evaluation.md has the figures."""

import json
from pathlib import Path
from typing import Any, Dict, List

import pytest

from bot import evaluating
from bot.core.risk.answers import read_answer
from bot.review.config import FLOORS

DATA = Path(__file__).resolve().parent.parent / "data" / "eval"


def rows(name: str) -> List[Dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "floors"),
    [
        ("themes", {**FLOORS.metrics, "in_scope_kept": 0.97}),
        ("retrieval", {"recall_at_1": 0.55, "recall_at_3": 0.75}),
        ("moves", {"accuracy": 0.90}),
        ("risk", {"recall": FLOORS.risk_recall, "imminent_recall": 0.70}),
    ],
)
def test_the_model_stays_above_the_floors(engine: Any, name: str, floors: Dict[str, float]) -> None:
    metrics = evaluating.measure(name, engine, rows(name))["metrics"]
    assert {floor: metrics[floor] for floor in floors if metrics[floor] < floors[floor]} == {}


def test_harmless_twins_of_danger_raise_no_more_alarms_than_measured(engine: Any) -> None:
    metrics = evaluating.measure("risk", engine, rows("risk"))["metrics"]
    assert metrics["false_alarm"] <= FLOORS.risk_alarms and metrics["raised_on_none"] <= 0.22


def test_no_answer_about_safety_is_taken_for_a_clear_no_that_is_none() -> None:
    answers = rows("safety_answers")
    wrong = [row["id"] for row in answers if _read(row) == "clear_no" and row["reading"] != "clear_no"]
    assert wrong == []
    assert sum(_read(row) == row["reading"] for row in answers) / len(answers) >= 0.80


def _read(row: Dict[str, Any]) -> str:
    return read_answer(row["answer"], row["kind"]).value


def test_the_shipped_sets_are_as_large_as_promised() -> None:
    led: Dict[str, int] = {}
    for row in rows("themes"):
        if row["themes"]:
            led[row["themes"][0]] = led.get(row["themes"][0], 0) + 1
    assert len(led) == 28 and min(led.values()) >= 20
    moves: Dict[str, int] = {}
    for row in rows("moves"):
        moves[row["kind"]] = moves.get(row["kind"], 0) + 1
    assert min(moves.values()) >= 10
    risky = rows("risk")
    assert len(risky) >= 300 and sum(row["risk"] == "imminent" for row in risky) >= 60
    assert len(rows("safety_answers")) >= 60


def test_no_message_of_the_shipped_sets_is_trained_on() -> None:
    from bot.core.reading import read_examples

    trained = {example.text.strip().lower() for example in read_examples(DATA.parent / "nlu")}
    for name in ("themes", "retrieval", "moves"):
        seen = [
            row["id"] for row in rows(name) if row["text"].strip().lower() in trained and len(row["text"].split()) > 3
        ]
        assert seen == [], name
