"""Parts for all tests of the channel: a database, an engine with fixed answers, time that passes at once."""

import asyncio
from pathlib import Path
from typing import Iterator, List

import pytest

from bot.settings import Secret, Settings
from bot.storage import linking
from bot.storage.database import Database

from .fake_engine import FakeEngine

TOKEN = "123456:test-token"
SECRET = "a-secret-of-the-webhook"


class FakeTime:
    """Time that passes as soon as somebody waits; after `hold` it does not for whoever waits five seconds or more."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: List[float] = []
        self._held = False

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self._held and seconds >= 5:
            await asyncio.Event().wait()
        self.seconds += seconds
        await asyncio.sleep(0)

    def hold(self) -> None:
        self._held = True


@pytest.fixture
def clock() -> FakeTime:
    return FakeTime()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "interlude.db")
    yield opened
    opened.close()


def open_database(path: Path) -> Database:
    opened = Database(f"sqlite:///{path}")
    opened.upgrade()
    linking.link_codes.create(opened.engine, checkfirst=True)
    return opened


@pytest.fixture
def engine(database: Database) -> FakeEngine:
    return FakeEngine(database)


@pytest.fixture
def settings() -> Settings:
    return Settings({}).replace(
        telegram_token=Secret(TOKEN),
        telegram_api="http://127.0.0.1:9",
        telegram_webhook_secret=Secret(SECRET),
        public_address="https://bot.example",
    )
