"""Commands and the channel's own sentences fit what Telegram allows."""

from pathlib import Path

import pytest

from bot.channels.telegram import commands
from bot.channels.telegram.commands import COMMANDS, Command
from bot.core.library import sayings_of


def test_each_command_has_a_description_for_the_menu() -> None:
    sayings = sayings_of(Path(__file__).resolve().parents[3] / "data")
    for name in COMMANDS:
        assert 3 <= len(sayings[f"telegram.command.{name}"].texts[0]) <= 256


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/help", Command("help", "")),
        ("/HELP@interlude_bot", Command("help", "")),
        ("/country  New Zealand ", Command("country", "New Zealand")),
        ("/stop\nI can't go on", Command("stop", "I can't go on")),
        ("/greet", None),
        ("please /stop", None),
        ("", None),
    ],
)
def test_only_known_commands_at_the_beginning_are_commands(text: str, expected: object) -> None:
    assert commands.read(text) == expected


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("/settings", True),
        ("/my_life2@interlude_bot please", True),
        ("/help", False),
        ("/ hello", False),
        ("and/or", False),
        ("", False),
    ],
)
def test_a_command_that_does_not_exist_is_told_from_words(text: str, unknown: bool) -> None:
    assert commands.is_unknown(text) is unknown
