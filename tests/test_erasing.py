"""An erasure reaches exported training examples too, and its receipt says in sentences what went and what stays."""

from pathlib import Path
from typing import Any, Dict

import pytest

from bot import exported
from bot.core import library as shelves
from bot.core.review.training_data import Example, rasa_yaml
from bot.erasing import in_words

LIBRARY = shelves.load(Path(__file__).resolve().parent.parent / "data")
NEVER: Dict[str, Any] = {"training": {"messages": 0, "models": []}, "examples": {"removed": 0, "files_left": 0}}


def sentences(rows: Dict[str, int], **changes: Any) -> str:
    receipt = {"rows": rows, **NEVER, **changes}
    return "\n".join(in_words(receipt, LIBRARY, {"backups": "Nightly copies go after 14 days."}))


def test_a_receipt_counts_one_and_several_as_people_do() -> None:
    said = sentences({"messages": 1, "replies": 2, "conversations": 1, "notes": 1, "ratings": 3, "steps": 0})
    assert "Your history: 1 message, 2 answers and 1 talk." in said
    assert "What was noted: 1 note and 3 ratings." in said


def test_a_receipt_tells_of_engine_rows_review_files_training_backups_and_what_stays() -> None:
    said = sentences(
        {"messages": 2, "engine_events": 40, "engine_state": 1, "shares": 1, "readings": 2, "review_queue": 1}
    )
    assert "engine's own rows: 41." in said
    assert "practitioners' room: 4." in said
    assert "Cached files: there are none." in said
    assert "Training: no message of yours was used." in said
    assert "Backups: Nightly copies go after 14 days." in said
    assert said.splitlines()[-1] == "What stays is this receipt, without your words."


def test_a_receipt_names_what_was_trained_on_and_which_models_are_marked() -> None:
    said = sentences(
        {"messages": 2},
        training={"messages": 2, "models": ["abc", "def"]},
        examples={"removed": 1, "files_left": 1},
    )
    assert "training examples: 2." in said
    assert "removed from exported files: 1." in said
    assert "Marked for retraining, since they learned from your messages: abc and def." in said
    assert "could not be changed: 1." in said


@pytest.fixture
def files(tmp_path: Path) -> Path:
    themes = ("exhaustion",)
    examples = [Example(f"so tired of it all {turn}", themes, turn, "m", ("ada",), "2026-03-02") for turn in (7, 8)]
    target = tmp_path / "elsewhere.yml"
    target.write_text(rasa_yaml(examples, "just_talking"), encoding="utf-8")
    exported.remember(tmp_path / "work", target)
    return tmp_path


def test_examples_are_taken_out_of_the_files_they_were_exported_into(files: Path) -> None:
    assert exported.take_out(files / "work", [7, 99]) == (1, 0)
    left = (files / "elsewhere.yml").read_text(encoding="utf-8")
    assert "it all 7" not in left and "it all 8" in left
    assert exported.take_out(files / "work", [7]) == (0, 0)


def test_a_file_that_is_gone_or_not_ours_stops_nothing(files: Path) -> None:
    (files / "work" / "other.yml").write_text("nlu: [1, 2]", encoding="utf-8")
    (files / "elsewhere.yml").unlink()
    assert exported.take_out(files / "work", [7]) == (0, 1)


def test_nothing_was_ever_exported(tmp_path: Path) -> None:
    assert exported.take_out(tmp_path / "var" / "review", [7]) == (0, 0)
