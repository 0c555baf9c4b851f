"""What a turn says when a question must stand alone."""

from datetime import datetime, timezone

import pytest

from bot.core.conversation import Heard, Reply
from bot.core.guide.turn import State, Turn


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("I can't help with that one. What else is on your mind?", ["I can't help with that one."]),
        ("How are you?", []),
        ("You asked “why me?” a lot. It stays with you.", ["You asked “why me?” a lot. It stays with you."]),
        ("First line.\nSecond line. And then?", ["First line.\nSecond line."]),
    ],
)
def test_questions_are_left_out_where_one_must_stand_alone(said: str, left: list) -> None:
    turn = Turn(None, None, Heard("hi", "theme"), State(), datetime.now(timezone.utc))  # type: ignore[arg-type]
    turn.replies = [Reply("some.id", said, ("Skip",))]
    turn.drop_questions()
    assert [reply.text for reply in turn.replies] == left
