"""What every way of sharing must do. Runs on one machine's files here and on Redis in tests/services."""

import asyncio
from typing import List

from .conftest import Clock, Pair, heard


async def test_a_lock_is_held_by_one_worker_at_a_time(pair: Pair) -> None:
    log: List[str] = []

    async def take(number: int) -> None:
        async with pair[number % 2].lock("ana"):
            log.append("in")
            await asyncio.sleep(0.001)
            log.append("out")

    await asyncio.gather(*(take(number) for number in range(10)))
    assert log == ["in", "out"] * 10


async def test_locks_of_different_people_do_not_wait_for_each_other(pair: Pair) -> None:
    async with pair[0].lock("ana"), pair[1].lock("ben"), pair[0].lock("cem"):
        pass


async def test_a_lock_is_given_back_also_when_a_turn_breaks(pair: Pair) -> None:
    for worker in pair:
        try:
            async with worker.lock("ana"):
                raise KeyError
        except KeyError:
            pass
    async with pair[0].lock("ana"):
        pass


async def test_all_workers_take_from_the_same_tokens_and_get_them_back_with_time(pair: Pair, clock: Clock) -> None:
    waits = [await pair[number % 2].wait("session a", 6) for number in range(8)]
    assert waits[:6] == [0.0] * 6 and 9.9 < waits[6] <= 10.0 and waits[6] == waits[7]
    clock.now += 10
    assert await pair[1].wait("session a", 6) == 0.0
    assert await pair[0].wait("session a", 6) > 0
    clock.now += 3600
    assert [await pair[number % 2].wait("session a", 6) > 0 for number in range(7)] == [False] * 6 + [True]


async def test_a_clock_that_is_set_back_gives_no_tokens(pair: Pair, clock: Clock) -> None:
    assert [await pair[0].wait("a", 1) > 0 for _ in range(2)] == [False, True]
    clock.now -= 3600
    assert await pair[0].wait("a", 1) > 0


async def test_keys_do_not_share_tokens(pair: Pair) -> None:
    assert [await pair[0].wait(f"session {number}", 1) for number in range(50)] == [0.0] * 50


async def test_news_reach_the_other_worker_by_topic_and_not_oneself(pair: Pair) -> None:
    own, wanted, unwanted = heard(pair[0], "pages"), heard(pair[1], "pages"), heard(pair[1], "model")
    pair[0].publish("pages", "ana reload")
    assert await wanted.until(1) == ["ana reload"]
    pair[1].publish("pages", "ben reload")
    assert await own.until(1) == ["ben reload"]
    assert unwanted.messages == []


async def test_news_are_not_lost_when_many_come_at_once(pair: Pair) -> None:
    others = heard(pair[1], "pages")
    for number in range(200):
        pair[0].publish("pages", str(number))
    assert sorted(await others.until(200), key=int) == [str(number) for number in range(200)]
