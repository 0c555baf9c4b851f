"""A person's copy of everything, as files to keep: one for programs, one to read."""

import json
from typing import Any, Dict, Mapping

from bot.channels.readable_copy import as_markdown


def files(content: Mapping[str, Any]) -> Dict[str, bytes]:
    """The export as files, by name."""
    return {
        "interlude-export.json": json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8", "replace"),
        "interlude-export.md": as_markdown(content).encode("utf-8", "replace"),
    }
