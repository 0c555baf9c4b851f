"""The loop: train a candidate, compare, promote or discard, go back."""

from typing import Any, Dict

from starlette.responses import Response

from bot.review import training
from bot.review.room import Ask, Room, go


def models_page(room: Room, ask: Ask) -> Response:
    """The model in use, candidates, and how the newest compares."""
    rows = training.history(room.database)
    with room.database.reading() as session:
        busy = training.is_running(session, ask.now)
    waiting = next((row for row in rows if row.state == "candidate"), None)
    return ask.page(
        room,
        "models.html",
        current=room.trainer.current(),
        kept=room.trainer.models(),
        withdrawn=training.withdrawn(room.database, room.trainer.current()),
        rows=rows,
        waiting=waiting,
        busy=busy,
        fell=waiting is not None and training.recall_fell(waiting.comparison),
        per_theme=_moved(waiting.comparison) if waiting else {},
    )


def train(room: Room, ask: Ask) -> Response:
    """Begin to train a candidate."""
    training.train_candidate(room.database, room.settings, room.trainer, ask.reading(room))
    return go("/models")


def promote(room: Room, ask: Ask) -> Response:
    """Let a candidate take over."""
    _, comparison = training.candidate(room.database, ask.number("id"))
    ask.must("promote", training.recall_fell(comparison))
    training.promote(room.database, room.trainer, ask.number("id"), ask.who, ask.text("reason"), ask.now)
    return go("/models")


def discard(room: Room, ask: Ask) -> Response:
    """Put a candidate away."""
    training.discard(room.database, room.trainer, ask.number("id"), ask.who, ask.now)
    return go("/models")


def roll_back(room: Room, ask: Ask) -> Response:
    """Go back to an earlier model."""
    training.roll_back(room.database, room.trainer, ask.text("model"), ask.who, ask.now)
    return go("/models")


def _moved(comparison: Dict[str, Any]) -> Dict[str, Any]:
    """Per-theme changes, the largest first."""
    changes = comparison["per_theme"]
    return dict(sorted(changes.items(), key=lambda item: -abs(item[1]["difference"])))
