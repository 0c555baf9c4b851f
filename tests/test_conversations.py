"""Runs the conversation specs of tests/conversations/ on the trained model with the real actions.

A spec is a list of steps; each has one key:
  user: TEXT            the person writes
  bot: ID               a reply with this id (or an id that starts with it) came after the last message; also a list of ids
  says: TEXT            one of the last replies contains this text, whatever its case
  never: TEXT           no reply so far contains this text or has an id that starts with it
  asks: N               the last replies hold at most N questions each
  questions: N          the last replies hold at most N questions together
  button: TITLE         one of the last replies offers this quick reply; `no_button`: none of them does
  level: NAME           the conversation's risk level
  theme: NAME           a theme that was heard in the last message
  next_day: true        a day passes
  days: N               N days pass
  kept: {KIND: N}       so many rows of this kind are stored about the person (as their export names them)
  new_buttons: TITLE    the last quick replies were not shown before, this one aside
  quotes: N             what is quoted in the last replies has at most N words
  fresh: true           no reply of the conversation so far was said twice
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Dict, List

import pytest
import yaml

FOLDER = Path(__file__).parent / "conversations"
SPECS = [
    pytest.param(spec["steps"], id=f"{path.stem}: {spec['conversation']}")
    for path in sorted(FOLDER.rglob("*.yml"))
    for spec in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("steps", SPECS)
@pytest.mark.asyncio(loop_scope="session")
async def test_conversation(steps: List[Dict[str, Any]], talk: Any) -> None:
    last = None
    for step in steps:
        ((key, expected),) = step.items()
        if key == "user":
            last = await talk.say(expected)
            assert last.failed is None
            continue
        if key in ("next_day", "days"):
            talk.now += timedelta(days=1 if key == "next_day" else expected)
            continue
        if key == "kept":
            found = await talk.engine.export(await talk.person())
            assert {kind: len(found[kind]) for kind in expected} == expected
            continue
        ids = [reply.id for reply in last.replies]
        texts = [reply.text for reply in last.replies]
        if key == "bot":
            for name in expected if isinstance(expected, list) else [expected]:
                assert any(found.startswith(name) for found in ids), f"{name} not among {ids}: {texts}"
        elif key == "says":
            assert any(expected.lower() in text.lower() for text in texts), texts
        elif key == "never":
            assert not any(
                reply.id.startswith(expected) or expected.lower() in reply.text.lower() for reply in talk.said
            ), ids
        elif key == "asks":
            assert all(text.count("?") <= expected for text in texts), texts
        elif key == "questions":
            assert sum(text.count("?") for text in texts) <= expected, texts
        elif key == "button":
            assert any(expected in reply.buttons for reply in last.replies), [reply.buttons for reply in last.replies]
        elif key == "no_button":
            assert not any(expected in reply.buttons for reply in last.replies), [r.buttons for r in last.replies]
        elif key == "new_buttons":
            shown = {title for reply in talk.said if reply not in last.replies for title in reply.buttons}
            assert not (shown - {expected}) & {title for reply in last.replies for title in reply.buttons}
        elif key == "quotes":
            quoted = [part for text in texts for part in re.findall(r"“([^”]*)”", text)]
            assert all(len(part.split()) <= expected for part in quoted), quoted
        elif key == "fresh":
            said = [reply.text for reply in talk.said]
            assert len(set(said)) == len(said), [text for text in said if said.count(text) > 1]
        elif key == "level":
            assert last.level == expected
        elif key == "theme":
            assert expected in [theme.name for theme in last.heard.themes], last.heard.themes
        else:
            raise AssertionError(f"unknown step {key!r}")
