"""Tests against a real PostgreSQL and a real Redis. `scripts/test-all` installs both and runs them; `make test` does not."""

import itertools
import time
from typing import AsyncIterator, Callable, Iterator, Tuple

import pytest
import pytest_asyncio
from sqlalchemy import create_engine, text

from bot.benching.servers import Postgres, Redis
from bot.engine import Engine
from bot.settings import Secret, Settings
from bot.storage.database import Database
from bot.workers.many_machines import ManyMachines
from bot.workers.one_machine import OneMachine
from tests.conftest import PROJECT
from tests.storage.conftest import talk
from tests.workers.conftest import clock

# Fixtures of the suites that run here, too.
__all__ = ["clock", "talk"]

MIGRATED = "migrated"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    _create(server, MIGRATED, "template1")
    database = Database(server.url(MIGRATED))
    database.upgrade()
    database.close()
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.close()


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> Callable[[], str]:
    """Makes an empty database with all tables; gives its address."""

    def create() -> str:
        name = f"test_{next(_numbers)}"
        _create(postgres, name, MIGRATED)
        return postgres.url(name)

    return create


@pytest.fixture
def database(new_database: Callable[[], str]) -> Iterator[Database]:
    opened = Database(new_database())
    yield opened
    opened.close()


Machines = Tuple[Engine, Engine]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def machines(
    new_database: Callable[[], str], redis: Redis, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Machines]:
    """Two engines that share PostgreSQL and Redis, but no folder."""
    settings = Settings({}).replace(home=PROJECT, database=new_database(), redis=Secret(redis.url))
    one, other = await Engine.start(settings), await Engine.start(settings)
    for engine in (one, other):
        here = OneMachine(tmp_path_factory.mktemp("machine"), time.time)
        engine.shared = ManyMachines(redis.url, here, time.time)
        await engine.open()
    yield one, other
    for engine in (one, other):
        await engine.shut()


def _create(server: Postgres, name: str, template: str) -> None:
    admin = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    admin.dispose()
