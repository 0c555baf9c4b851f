"""What the tracker store leaves out of memory changes no answer."""

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, List
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bot.core.conversation import PERSONAL
from bot.storage import tracker_store

START = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)
MESSAGES = (
    "hi",
    "i do everything alone and nobody notices",
    "i feel like a burden when i need something",
    "i am so tired of holding it all together, every single week",
    "yes",
    "no",
    "7",
    "next",
    "stop",
    "is there something i could try",
    "the first one",
    "that is not it",
    "tell me more",
    "thanks",
    "why are you asking that",
    "forget that",
    "i keep thinking about killing myself",
    "what is the capital of france",
    "asdf qwer",
    "/restart",
    "bye",
)


async def answers(engine: Any, texts: List[str]) -> List[Dict[str, Any]]:
    person, now, given = await engine.person("test", uuid4().hex), START, []
    for text in texts:
        now += timedelta(minutes=1)
        result = await engine.handle(person, "test", text, capabilities=PERSONAL, now=now)
        assert result.failed is None
        given.append({"replies": result.replies, "actions": result.actions, "level": result.level})
    return given


@pytest.mark.asyncio(loop_scope="session")
async def test_any_sequence_of_turns_is_answered_the_same_with_and_without_the_bound(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()

    async def both(texts: List[str]) -> None:
        bounded = await answers(engine, texts)
        with monkeypatch.context() as unbounded:
            unbounded.setattr(tracker_store, "WINDOW", None)
            assert await answers(engine, texts) == bounded

    @settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(some.lists(some.sampled_from(MESSAGES), min_size=8, max_size=25))
    def compare(texts: List[str]) -> None:
        asyncio.run_coroutine_threadsafe(both(texts), loop).result()

    await asyncio.to_thread(compare)
