"""The commands of the menu, and what the engine hears when one is given."""

import re
from dataclasses import dataclass
from typing import Dict, Optional

# None: answered by the channel itself. A command is heard as words, so that it means the same as on the web.
COMMANDS: Dict[str, Optional[str]] = {
    "start": "hello",
    "help": "what can you do",
    "stop": "stop",
    "crisis": None,
    "country": "change my country",
    "journey": "show my journey",
    "sources": "where is this from",
    "privacy": "who can read this",
    "share": "share this conversation",
    "export": "export my data",
    "delete": "delete everything",
    "link": None,
    "unlink": None,
}

_COMMAND = re.compile(r"\s*/([a-z][a-z0-9_]*)(?:@\w+)?(?:\s+(.*))?\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command and the words behind it."""

    name: str
    rest: str


def is_unknown(text: str) -> bool:
    """Whether a message is worded as a command that does not exist."""
    return _COMMAND.match(text) is not None and read(text) is None


def read(text: str) -> Optional[Command]:
    """The command in a message; None for anything else, also for commands that do not exist."""
    found = _COMMAND.match(text)
    if found is None or found[1].lower() not in COMMANDS:
        return None
    return Command(found[1].lower(), (found[2] or "").strip())
