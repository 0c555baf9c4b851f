"""Shared by all tests: the trained model behind a real engine, each test with people of its own."""

import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Callable, List

import hypothesis
import pytest
import pytest_asyncio

from bot.core.conversation import PERSONAL, Reply
from bot.engine import Engine, TurnResult
from bot.settings import Settings

# The same inputs at every run, so that a fault is found by whoever brought it; new ones are tried by benchmarks/hostile_inputs.py.
hypothesis.settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)
hypothesis.settings.load_profile("steady")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("interlude")
    return Settings({}).replace(home=PROJECT, database=f"sqlite:///{folder / 'test.db'}")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(settings: Settings):
    engine = await Engine.start(settings)
    yield engine
    engine.close()


class Talk:
    """One person's conversation with the real engine, with a clock of its own."""

    def __init__(self, engine: Engine, channel: str = "test") -> None:
        self.engine = engine
        self.channel = channel
        self.address = uuid.uuid4().hex
        self.now = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)
        self.said: List[Reply] = []

    async def person(self) -> str:
        return await self.engine.person(self.channel, self.address)

    async def say(self, text: str, **changes: object) -> TurnResult:
        self.now += timedelta(minutes=1)
        capabilities = changes.pop("capabilities", PERSONAL)
        result = await self.engine.handle(
            await self.person(), self.channel, text, capabilities=capabilities, now=self.now, **changes
        )
        self.said += result.replies
        return result

    def later(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def talk(engine: Engine) -> Talk:
    return Talk(engine)


@pytest.fixture
def new_talk(engine: Engine) -> Callable[..., Talk]:
    return lambda channel="test": Talk(engine, channel)
