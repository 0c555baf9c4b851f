"""What people get while the database cannot be written, and that it goes on by itself afterwards."""

import asyncio
import sqlite3
from typing import Any, Iterator

import pytest
from sqlalchemy import event

from bot.engine import Engine
from bot.storage import database as storage
from tests.conftest import Talk

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def keeper(settings: Any) -> Iterator[sqlite3.Connection]:
    """Another program's connection, which can keep the database's only write lock."""
    connection = sqlite3.connect(settings.database.removeprefix("sqlite:///"), isolation_level=None)
    yield connection
    connection.close()


async def test_a_locked_database_is_waited_for_while_others_are_answered(
    talk: Talk, keeper: sqlite3.Connection
) -> None:
    await talk.say("hi")
    keeper.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(talk.say("i do everything alone"))
    others = 0
    while not waiting.done() and others < 3:
        # Whatever needs no writing goes on.
        assert await talk.engine.history(await talk.person(), 5)
        await asyncio.sleep(0)
        others += 1
    assert not waiting.done()
    keeper.rollback()
    assert (await waiting).stored


async def test_a_database_that_stays_locked_is_told_and_danger_is_answered_with_the_card(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, keeper: sqlite3.Connection
) -> None:
    monkeypatch.setattr(storage, "PATIENCE_SECONDS", 0.0)
    await talk.say("hi")
    keeper.execute("BEGIN IMMEDIATE")
    told = await talk.say("we had pasta", client_key="k-1")
    danger = await talk.say("i want to kill myself", client_key="k-2")
    keeper.rollback()
    assert not told.stored and told.replies[0].id == "fallback.not_saved"
    assert not danger.stored and danger.level in ("risk", "imminent") and danger.replies[0].data["card"]
    assert (await talk.say("we had pasta", client_key="k-1")).stored
    history = await talk.engine.history(await talk.person(), 10)
    # What was said in danger is kept as soon as that works.
    assert [turn["text"] for turn in history] == ["hi", "i want to kill myself", "we had pasta"]


async def test_a_full_disk_is_told_and_what_was_stored_before_is_there(talk: Talk, engine: Engine) -> None:
    await talk.say("hi")
    full = True

    def no_more_pages(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        # SQLite's own limit gives the error that a full disk gives.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages if full else 2**30}")

    event.listen(engine.database.engine, "begin", no_more_pages)
    try:
        told = [await talk.say("a long story about my week. " * 100, client_key=f"k-{number}") for number in range(4)]
        assert not told[-1].stored and told[-1].replies[0].id == "fallback.not_saved"
        danger = await talk.say("i want to kill myself", client_key="k-9")
        assert danger.level in ("risk", "imminent")
        full = False
        again = await talk.say("a long story about my week. " * 100, client_key="k-3")
        assert again.stored and again.failed is None
    finally:
        event.remove(engine.database.engine, "begin", no_more_pages)
    kept = await talk.engine.history(await talk.person(), 20)
    expected = ["hi"] + [f"k-{number}" for number, result in enumerate(told) if result.stored]
    assert [turn["client_key"] or turn["text"] for turn in kept] == [*expected, "i want to kill myself", "k-3"]


async def test_what_no_judge_saw_before_a_restart_is_screened_after_it(
    talk: Talk, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> None:
        raise RuntimeError

    await talk.say("hi")
    with monkeypatch.context() as blind:
        blind.setattr(talk.engine.risk_screen, "judge", broken)
        await talk.say("i want to kill myself")
    restarted = await Engine.start(settings)
    try:
        await restarted.handle(await talk.person(), "test", "are you there", now=talk.now)
        exported = await restarted.export(await talk.person())
    finally:
        restarted.close()
    assert [alert["level"] for alert in exported["alerts"]] == ["risk"]
