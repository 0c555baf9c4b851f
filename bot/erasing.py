"""Erasing a person everywhere: the database, exported training examples, and a receipt in plain sentences."""

from datetime import datetime
from pathlib import Path
from typing import Any, Dict, List, Mapping, Tuple

from bot import exported
from bot.core.guide.journey import listed
from bot.core.guide.turn import fill
from bot.core.library import Library
from bot.storage.database import Database
from bot.storage.erasure import erase
from bot.storage.repository import Repository

# What the lines of a receipt count, as an export names the rows.
COUNTED: Tuple[Tuple[str, Tuple[str, ...]], ...] = (
    ("history", ("messages", "replies", "conversations")),
    ("noted", ("notes", "ratings", "steps", "exercises", "themes", "corrections", "alerts")),
)
ENGINE = ("engine_events", "engine_state")
REVIEW = (
    "shares",
    "readings",
    "review_queue",
    "review_themes",
    "hidden_names",
    "review_moves",
    "review_decisions",
    "review_notes",
    "library_inbox",
)


def erase_everywhere(
    database: Database, person_id: str, now: datetime, project: Path, library: Library, facts: Mapping[str, str]
) -> Dict[str, Any]:
    """Erase a person as bot.storage.erasure.erase does, and take their messages out of exported training examples.

    Gives the receipt with `examples` (removed, and files that could not be changed) and `in_words` (a list of sentences).
    """
    with database.reading() as session:
        told = Repository(session).turn_ids(person_id)
    receipt = erase(database, person_id, now)
    removed, left = exported.take_out(exported.folder(project), told)
    receipt = {**receipt, "examples": {"removed": removed, "files_left": left}}
    return {**receipt, "in_words": in_words(receipt, library, facts)}


def in_words(receipt: Mapping[str, Any], library: Library, facts: Mapping[str, str]) -> List[str]:
    """What was erased, what became of training, what backups keep and what stays, a sentence each."""
    rows, training, examples = receipt["rows"], receipt["training"], receipt["examples"]

    def line(name: str, **values: Any) -> str:
        return fill(library.sayings[f"receipt.{name}"].texts[0], {**facts, **{key: str(values[key]) for key in values}})

    def counted(name: str) -> str:
        one, several = library.sayings[f"receipt.{name}"].texts
        return fill(one if rows[name] == 1 else several, {"count": str(rows[name])})

    counts = [(name, [counted(kind) for kind in kinds if rows.get(kind)]) for name, kinds in COUNTED]
    in_review = sum(rows.get(name, 0) for name in REVIEW)
    never_trained = not (training["messages"] or training["models"] or examples["removed"])
    said = [
        *(line(name, things=listed(things)) for name, things in counts if things),
        line("engine", count=sum(rows.get(name, 0) for name in ENGINE)),
        line("review", count=in_review) if in_review else line("review_none"),
        line("files"),
        line("training_none") if never_trained else line("training", count=training["messages"]),
        line("examples", count=examples["removed"]) if examples["removed"] else "",
        line("examples_left", count=examples["files_left"]) if examples["files_left"] else "",
        line("models", models=listed(training["models"])) if training["models"] else "",
        line("backups"),
        line("kept"),
    ]
    return [sentence for sentence in said if sentence]
