"""What is said between tellings does not come in the same order in every talk."""

from datetime import datetime, timezone
from pathlib import Path

from bot.core import library as shelves
from bot.core.conversation import Heard
from bot.core.guide.turn import State, Turn

LIBRARY = shelves.load(Path(__file__).resolve().parents[2] / "data")


def first_of(saying: str, text: str) -> str:
    turn = Turn(LIBRARY, None, Heard(text, "just_talking"), State(session=1), datetime.now(timezone.utc))  # type: ignore[arg-type]
    return turn.wording(saying)


def test_the_first_filler_depends_on_the_talk() -> None:
    texts = [f"my sister called {number} times" for number in range(40)]
    for saying in ("listen", "question", "question.first"):
        assert len({first_of(saying, text) for text in texts}) > 10, saying


def test_the_same_talk_is_answered_the_same() -> None:
    assert len({first_of("listen", "my sister called") for _ in range(5)}) == 1


def test_words_about_safety_keep_their_order() -> None:
    assert first_of("safety.stay", "my sister called") == first_of("safety.stay", "so did my mum")
