"""The same by webhook: Telegram brings the updates to the web service."""

import asyncio
import json
from contextlib import asynccontextmanager
from typing import AsyncIterator

import pytest_asyncio
import uvicorn
from starlette.applications import Starlette

from bot.channels.telegram.service import Service
from bot.channels.telegram.updates import WANTED
from bot.channels.telegram.webhook import WebhookRoute
from bot.settings import Settings
from bot.storage.database import Database

from ..conftest import SECRET, FakeTime
from ..fake_engine import FakeEngine
from .conftest import Peer, Person


@asynccontextmanager
async def serving(
    engine: FakeEngine, database: Database, settings: Settings, clock: FakeTime, peer: Peer
) -> AsyncIterator[None]:
    route = WebhookRoute(Service(engine, database, settings, clock), settings)
    config = uvicorn.Config(Starlette(routes=[route]), host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    task = asyncio.create_task(server.serve([socket]))
    await peer.ask("reach", public=settings.public_address, local=f"http://127.0.0.1:{socket.getsockname()[1]}")
    await route.open()
    await peer.until(lambda _: bool(peer.made("setMyCommands")))
    try:
        yield
    finally:
        await route.close()
        server.should_exit = True
        await task


@pytest_asyncio.fixture
async def webhook(
    engine: FakeEngine, database: Database, settings: Settings, clock: FakeTime, peer: Peer
) -> AsyncIterator[None]:
    async with serving(engine, database, settings, clock, peer):
        yield


async def test_telegram_is_told_where_to_bring_updates_with_which_secret(peer: Peer, webhook: None) -> None:
    told = peer.made("setWebhook")[0]["parameters"]
    assert told["url"] == "https://bot.example/webhooks/telegram"
    assert told["secret_token"] == SECRET
    assert json.loads(told["allowed_updates"]) == list(WANTED)


async def test_words_come_and_are_answered(ana: Person, engine: FakeEngine, webhook: None) -> None:
    assert await ana.says("i carry it all alone") == "You wrote: i carry it all alone"
    assert engine.heard == [("telegram", "i carry it all alone")]


async def test_an_exercise_is_done_with_buttons(ana: Person, engine: FakeEngine, webhook: None) -> None:
    await ana.sends(text="an exercise please")
    await ana.hears("Name five things")
    await ana.presses("Next", under="Name five things")
    await ana.hears("Breathe with me.")
    assert [text for _, text in engine.heard] == ["an exercise please", "Next"]


async def test_an_update_that_comes_twice_is_answered_once(
    ana: Person, peer: Peer, engine: FakeEngine, webhook: None
) -> None:
    update = await ana.sends(text="i carry it all")
    await peer.ask("again", update_id=update)
    await ana.settled()
    assert engine.heard == [("telegram", "i carry it all")]
    assert len([text for text in ana.heard() if text.startswith("You wrote")]) == 1


async def test_an_update_that_fails_is_brought_again(
    ana: Person, peer: Peer, engine: FakeEngine, webhook: None
) -> None:
    engine.outages = 2
    await ana.sends(text="i carry it all")
    await ana.hears("You wrote: i carry it all")
    assert (await peer.ask("hook"))["answers"] == [503, 503, 200]


async def test_an_update_answered_before_a_restart_is_not_answered_again(
    ana: Person, peer: Peer, database: Database, settings: Settings, clock: FakeTime
) -> None:
    async with serving(FakeEngine(database), database, settings, clock, peer):
        update = await ana.sends(text="i carry it all")
        await ana.settled()
    restarted = FakeEngine(database)
    async with serving(restarted, database, settings, clock, peer):
        await peer.ask("again", update_id=update)
        await ana.settled()
    assert restarted.heard == []


async def test_the_service_keeps_trying_to_reach_telegram(
    ana: Person, peer: Peer, engine: FakeEngine, database: Database, settings: Settings, clock: FakeTime
) -> None:
    for _ in range(3):
        await peer.fault("setWebhook", drop=True)
    async with serving(engine, database, settings, clock, peer):
        await ana.says("i carry it all")
    assert [pause for pause in clock.slept if pause >= 1][:3] == [1, 2, 4]
