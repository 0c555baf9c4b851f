"""Two workers of one installation, for each way of sharing."""

import asyncio
from pathlib import Path
from typing import AsyncIterator, List, Tuple

import pytest
import pytest_asyncio

from bot.workers.one_machine import OneMachine
from bot.workers.shared import Shared

Pair = Tuple[Shared, Shared]


class Clock:
    """Time in seconds that only moves when told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def pair(tmp_path: Path, clock: Clock) -> AsyncIterator[Pair]:
    one, other = OneMachine(tmp_path / "run", clock), OneMachine(tmp_path / "run", clock)
    await one.open()
    await other.open()
    yield one, other
    await one.close()
    await other.close()


class Heard:
    """The messages that `take` was called with."""

    def __init__(self) -> None:
        self.messages: List[str] = []
        self._more = asyncio.Event()

    def take(self, message: str) -> None:
        self.messages.append(message)
        self._more.set()

    async def until(self, count: int) -> List[str]:
        while len(self.messages) < count:
            self._more.clear()
            await asyncio.wait_for(self._more.wait(), 120)
        return self.messages


def heard(worker: Shared, topic: str) -> Heard:
    """What a worker hears of a topic from now on."""
    found = Heard()
    worker.on_news(topic, found.take)
    return found
