"""The suite of tests/workers once more, over Redis; and what holds while Redis is away."""

import asyncio
from pathlib import Path
from typing import AsyncIterator, List

import pytest
import pytest_asyncio
from redis import Redis as Client

from bot.benching.servers import Redis
from bot.errors import SettingError, SetupError, StorageError
from bot.workers import many_machines
from bot.workers.many_machines import ManyMachines
from bot.workers.news import MISSED
from bot.workers.one_machine import OneMachine
from tests.workers import test_shared
from tests.workers.conftest import Clock, Pair, heard

globals().update({name: test for name, test in vars(test_shared).items() if name.startswith("test_")})


def machine(redis: Redis, folder: Path, clock: Clock) -> ManyMachines:
    return ManyMachines(redis.url, OneMachine(folder, clock), clock)


@pytest_asyncio.fixture
async def pair(redis: Redis, tmp_path: Path, clock: Clock) -> AsyncIterator[Pair]:
    """Two machines: nothing is shared but Redis."""
    Client.from_url(redis.url).flushall()
    one, other = machine(redis, tmp_path / "one", clock), machine(redis, tmp_path / "other", clock)
    for worker in (one, other):
        await worker.open()
        await subscribed(redis, worker)
    yield one, other
    await one.close()
    await other.close()


async def subscribed(redis: Redis, worker: ManyMachines) -> None:
    """Wait until a worker hears; a message to itself is not passed on, so another client sends one."""
    found = heard(worker, "ready")
    with Client.from_url(redis.url) as client:
        while not found.messages:
            client.publish(f"{many_machines.PREFIX}:news", '["test", "ready", ""]')
            await asyncio.sleep(0)


async def test_while_redis_is_away_workers_of_one_machine_still_share_and_afterwards_all_do(
    redis: Redis,
    tmp_path: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(many_machines, "AWAY_SECONDS", 0.0)
    one, sibling = machine(redis, tmp_path / "run", clock), machine(redis, tmp_path / "run", clock)
    for worker in (one, sibling):
        await worker.open()
        await subscribed(redis, worker)
    news, missed = heard(sibling, "pages"), heard(sibling, MISSED)
    redis.stop()
    try:
        log: List[str] = []

        async def take(worker: ManyMachines) -> None:
            async with worker.lock("ana"):
                log.append("in")
                await asyncio.sleep(0.001)
                log.append("out")

        await asyncio.gather(take(one), take(sibling), take(one))
        assert log == ["in", "out"] * 3
        assert [await worker.wait("session a", 2) > 0 for worker in (one, sibling, one)] == [False, False, True]
        one.publish("pages", "ana reload")
        assert await news.until(1) == ["ana reload"]
    finally:
        redis.start()
    assert await missed.until(1) == [""]
    one.publish("pages", "ben reload")
    assert await news.until(2) == ["ana reload", "ben reload"]
    await one.close()
    await sibling.close()


async def test_a_lock_of_a_machine_that_died_is_free_after_its_lease(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_machines, "LEASE_SECONDS", 0.2)
    held = pair[0].lock("ana")
    await held.__aenter__()
    async with pair[1].lock("ana"):
        pass
    await held.__aexit__(None, None, None)


async def test_a_lock_that_another_machine_never_gives_back_is_given_up_with_what_to_do(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_machines, "PATIENCE", 0.05)
    async with pair[0].lock("ana"):
        with pytest.raises(StorageError, match="Nothing was stored"):
            async with pair[1].lock("ana"):
                pass


async def test_redis_learns_neither_addresses_nor_people(redis: Redis, pair: Pair) -> None:
    await pair[0].wait("address 203.0.113.7", 5)
    async with pair[0].lock("ana"):
        names = b" ".join(Client.from_url(redis.url).keys())
    assert names.count(b"interlude:") == 2 and b"203" not in names and b"ana" not in names


def test_an_address_of_redis_that_cannot_be_used_says_what_is_allowed(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(SettingError, match="redis://"):
        ManyMachines("http://nowhere", OneMachine(tmp_path, clock), clock)


def test_the_doctor_finds_out_whether_redis_answers(redis: Redis) -> None:
    many_machines.check_reachable(redis.url)
    redis.stop()
    try:
        with pytest.raises(SetupError, match="does not answer"):
            many_machines.check_reachable(redis.url)
    finally:
        redis.start()
