"""After an erasure: what asks about it, and what is told."""

import pytest

from bot.core.conversation import Heard
from bot.core.guide import personal
from bot.core.guide.turn import ERASED, State


@pytest.mark.parametrize(
    "text",
    [
        "did you delete it",
        "have you erased everything?",
        "and my notes",
        "what about my messages?",
        "what about backups",
        "what exactly did you erase",
        "show me the receipt again",
        "do you still know my name",
        "so nothing is left?",
        "what's left",
        "is it gone?",
        "are my notes gone too",
        "what happened to my notes",
        "do you still know what i told you about my dad?",
    ],
)
def test_questions_about_what_was_erased(text: str) -> None:
    assert personal.asks_of_erasure(State(asked=ERASED), Heard(text, "delete_data"))
    assert not personal.asks_of_erasure(State(asked="question"), Heard(text, "delete_data"))


@pytest.mark.parametrize(
    "text",
    [
        "delete everything",
        "nothing is left",
        "everything is gone",
        "so nothing is left of my marriage",
        "my wife left me",
        "he deleted my number",
        "is it my fault",
        "what is left for me in this life",
        "my dog is gone",
        "i remember my father",
        "can you see why she left",
        "do you know what she said to me",
        "are you there",
    ],
)
def test_what_is_told_after_an_erasure(text: str) -> None:
    assert not personal.asks_of_erasure(State(asked=ERASED), Heard(text, "just_talking"))
