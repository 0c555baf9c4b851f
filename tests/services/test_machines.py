"""Two machines on one PostgreSQL and one Redis, and what people get while one of these is away."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from bot.benching.servers import Postgres, Redis
from bot.engine import Engine
from bot.workers import many_machines
from bot.workers.shared import Shared
from tests.conftest import Talk

from .conftest import Machines

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAID = ("hi", "i do everything alone and nobody notices", "i feel like a burden when i need something", "yes")


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(settings: Any) -> Any:
    """An engine on SQLite alone."""
    engine = await Engine.start(settings)
    yield engine
    engine.close()


async def answers(*talks: Talk) -> list:
    """What is answered to the same messages, given to these talks in turn."""
    return [(await talks[number % len(talks)].say(text)).replies for number, text in enumerate(SAID)]


def same_person_on(machines: Machines) -> "tuple[Talk, Talk]":
    one, other = Talk(machines[0]), Talk(machines[1])
    other.address = one.address
    return one, other


async def test_a_conversation_that_goes_from_machine_to_machine_is_answered_as_on_one_with_sqlite(
    machines: Machines, elsewhere: Engine
) -> None:
    assert await answers(*same_person_on(machines)) == await answers(Talk(elsewhere))


async def test_messages_of_one_person_at_once_on_two_machines_are_all_answered_and_kept_once(
    machines: Machines,
) -> None:
    one, _ = same_person_on(machines)
    person = await one.person()
    engines = (machines[0], machines[1]) * 4
    results = await asyncio.gather(
        *(engine.handle(person, "test", f"thing {n} happened", f"key-{n}") for n, engine in enumerate(engines))
    )
    assert [result.failed for result in results] == [None] * 8
    history = await machines[0].history(person, 20)
    assert sorted(turn["client_key"] for turn in history) == [f"key-{n}" for n in range(8)]


async def test_without_redis_a_turn_that_another_machine_overtook_is_made_again_and_nothing_is_lost_or_doubled(
    machines: Machines, redis: Redis, monkeypatch: Any
) -> None:
    slow, fast = same_person_on(machines)
    write = slow.engine.store.write
    overtaken = []

    async def write_late(tracker: Any) -> None:
        if not overtaken:
            overtaken.append(await fast.say("thing two happened", client_key="two"))
        await write(tracker)

    await slow.say("hi")
    redis.stop()
    try:
        monkeypatch.setattr(slow.engine.store, "write", write_late)
        result = await slow.say("thing one happened", client_key="one")
    finally:
        redis.start()
    assert [result.failed, overtaken[0].failed] == [None, None]
    history = await machines[0].history(await slow.person(), 20)
    assert [turn["client_key"] for turn in history] == [None, "two", "one"]


async def test_a_message_sent_again_to_another_machine_is_not_a_second_one(machines: Machines) -> None:
    one, other = same_person_on(machines)
    first = await one.say("i never ask anyone for help", client_key="a-1")
    again = await other.say("i never ask anyone for help", client_key="a-1")
    assert again.replies == first.replies
    assert len(await machines[0].history(await one.person(), 5)) == 1


async def test_erasing_on_one_machine_leaves_nothing_for_the_other(machines: Machines) -> None:
    one, other = same_person_on(machines)
    await one.say("my aunt Philippa kept the boat")
    await machines[1].erase(await one.person())
    assert "Philippa" not in str(await machines[0].history(await one.person(), 5))
    assert (await other.say("hello again")).failed is None


async def test_without_postgresql_everybody_gets_a_safe_answer_and_afterwards_all_goes_on(
    machines: Machines, postgres: Postgres
) -> None:
    talk = Talk(machines[0])
    await talk.say("hi")
    person = await talk.person()
    postgres.stop()
    try:
        told = await machines[0].handle(person, "test", "we had pasta", "key-1")
        danger = await machines[1].handle(person, "test", "i want to kill myself", "key-2")
    finally:
        postgres.start()
    assert not told.stored and told.replies[0].id == "fallback.not_saved"
    assert not danger.stored and danger.level == "risk" and danger.replies[0].data["card"]
    for engine, key, text in ((machines[0], "key-1", "we had pasta"), (machines[1], "key-2", "i want to kill myself")):
        again = await engine.handle(person, "test", text, key)
        assert again.stored and again.failed is None
    assert [turn["text"] for turn in await machines[0].history(person, 5)] == [
        "hi",
        "we had pasta",
        "i want to kill myself",
    ]


async def test_a_lock_on_postgresql_that_somebody_keeps_is_told_as_not_saved(
    machines: Machines, monkeypatch: Any
) -> None:
    from bot.storage import database as storage

    monkeypatch.setattr(storage, "PATIENCE_SECONDS", 0.0)
    talk = Talk(machines[0])
    await talk.say("hi")
    admin = machines[0].database.engine.connect()
    with admin.begin():
        admin.exec_driver_sql("SET LOCAL lock_timeout = 0")
        admin.exec_driver_sql("LOCK TABLE turns IN ACCESS EXCLUSIVE MODE")
        result = await machines[1].handle(await talk.person(), "test", "we had pasta")
    admin.close()
    assert not result.stored and result.replies[0].id == "fallback.not_saved"
    assert (await talk.say("we had soup")).stored


async def test_a_model_promoted_on_one_machine_is_heard_of_on_the_other(machines: Machines, monkeypatch: Any) -> None:
    taken: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def take(path: Any) -> None:
        taken.set_result(path.name)

    monkeypatch.setattr(machines[1], "take_model", take)
    monkeypatch.setattr(machines[1], "model_version", "an older one")
    publisher: Shared = machines[0].shared
    publisher.publish("model", "anything")
    assert (await asyncio.wait_for(taken, 120)).endswith(".tar.gz")


async def test_redis_is_not_asked_for_a_while_after_it_failed(
    machines: Machines, redis: Redis, monkeypatch: Any
) -> None:
    monkeypatch.setattr(many_machines, "AWAY_SECONDS", 60.0)
    shared: Any = machines[0].shared
    redis.stop()
    asked = []
    try:
        await shared.wait("a", 5)
        monkeypatch.setattr(shared, "_spend", lambda **_: asked.append(1))
        await shared.wait("a", 5)
    finally:
        redis.start()
        shared._away_until = 0.0
    assert asked == []
