"""A person's copy: everything is in it, and one of its two files can be read."""

import json
from typing import Any

import pytest

from bot.channels.copies import files
from bot.channels.readable_copy import as_markdown

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAGE = "my boss calls me at night and i pick up"


async def copy_of(talk: Any, *said: str) -> Any:
    for text in said:
        await talk.say(text)
    return await talk.engine.export(await talk.person())


async def test_the_readable_copy_tells_the_talk_with_what_came_of_it(talk: Any) -> None:
    content = await copy_of(
        talk, "hi", "7", "can we do the page given back", PAGE, "next", "i pick up", "nothing more", "fine", "Lighter", "Yes",
        "share this conversation", "This conversation",
    )  # fmt: skip
    page = as_markdown(content)
    assert "## Talk 1, 2 March 2026" in page
    assert f"**You**, 18:04\n\n> {PAGE}\n" in page
    assert "- Rating, heaviness: 7" in page
    assert "- Rating, exercise (“page given back”): Lighter" in page
    assert "- Exercise “page given back”: finished" in page
    assert "- Kept as a note of “page given back”: what you wrote here" in page
    assert "- Step agreed: “" in page
    assert "Use for training: not agreed to." in page
    assert "- Shared on 2 March 2026, 18:12: talk 1 as it was then, until 1 April 2026" in page
    assert "Nobody has read any of it." in page


async def test_the_engines_own_rows_are_only_counted_in_it_and_whole_in_the_other_file(talk: Any) -> None:
    content = await copy_of(talk, "hi", "i do everything by myself at home")
    both = files(content)
    page = both["interlude-export.md"].decode()
    assert f"- engine events: {len(content['engine_events'])}" in page
    assert "parse_data" not in page and "{'" not in page
    assert json.loads(both["interlude-export.json"]) == content


async def test_a_forgotten_message_is_told_as_one(talk: Any) -> None:
    content = await copy_of(talk, "hi", "my uncle Bartholomew sold the boat", "forget that", "yes")
    page = as_markdown(content)
    assert "Bartholomew" not in page
    assert "*18:02: a message that was forgotten; its words are not kept.*" in page


async def test_who_read_it_stands_in_it() -> None:
    reading = {"reader": "ada", "role": "lead", "what": "transcript", "turns": [1, 2], "redacted": True}
    content = {
        "conversations": [
            {"id": 4, "number": 2, "started_at": "2026-03-02T18:00:00+00:00", "channel": "web", "highest_level": "none"}
        ],
        "readings": [{**reading, "conversation_id": 4, "at": "2026-03-03T09:30:00+00:00"}],
    }
    line = "- 3 March 2026, 09:30: ada (lead), talk 2, messages 1, 2, for: transcript; partly blacked out."
    assert line in as_markdown(content)
