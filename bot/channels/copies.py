"""A person's copy of everything, as files to keep: one for programs, one to read; and what sharing would show."""

import json
from typing import Any, Dict, Mapping


def files(content: Mapping[str, Any]) -> Dict[str, bytes]:
    """The export as files, by name."""
    return {
        "interlude-export.json": json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8", "replace"),
        "interlude-export.md": as_markdown(content).encode("utf-8", "replace"),
    }


def as_markdown(content: Mapping[str, Any]) -> str:
    """An export as a page to read."""
    lines = ["# What interlude keeps about you", ""]
    for name, rows in content.items():
        lines += [f"## {name.replace('_', ' ')} ({len(rows)})", ""]
        for row in rows:
            shown = ", ".join(
                f"{key.replace('_', ' ')}: {value}" for key, value in row.items() if value not in (None, "", [], {})
            )
            lines.append(f"- {shown}")
        lines.append("")
    return "\n".join(lines)


def preview(sharing: Mapping[str, Any]) -> str:
    """What a practitioner would see of the latest conversation, one message a paragraph."""
    return "\n\n".join(f"{row['at'][:16].replace('T', ' ')}  {row['text']}" for row in sharing["messages"])
