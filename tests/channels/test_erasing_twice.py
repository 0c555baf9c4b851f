"""A message that had everything erased, sent again because its answer was lost on the way, stores nothing anew."""

from typing import Any, AsyncIterator, Dict

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.channels import server
from bot.channels.web.app import create_app
from bot.settings import Secret
from bot.storage.tables import metadata, updates_seen

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def client(engine: Any, settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    on = settings.replace(secret_key=Secret("s" * 32), rate_per_minute=1000)
    transport = httpx.ASGITransport(create_app(engine, server.web_settings(on), engine.shared))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        token = (await client.post("/api/session")).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


async def say(client: httpx.AsyncClient, text: str, key: str) -> Dict[str, Any]:
    answer = await client.post("/api/messages", json={"text": text}, headers={"Idempotency-Key": key})
    return dict(answer.json())


def rows(engine: Any) -> Dict[str, int]:
    with engine.database.reading() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in metadata.sorted_tables}


async def test_the_resend_hears_that_all_is_erased_and_leaves_nothing(client: httpx.AsyncClient, engine: Any) -> None:
    await say(client, "i carry everything by myself", "first-message")
    await say(client, "delete everything", "second-message")
    done = await say(client, "Yes, delete everything", "third-message")
    before = rows(engine)
    again = await say(client, "Yes, delete everything", "third-message")
    assert [reply["data"]["request"] for reply in (*done["replies"], *again["replies"])] == ["erase", "erase"]
    assert "erased" in again["replies"][0]["text"] or "Nothing is left" in again["replies"][0]["text"]
    assert rows(engine) == before
    assert (await client.get("/api/history")).json()["turns"] == []


async def test_what_is_kept_to_know_it_again_holds_no_words(client: httpx.AsyncClient, engine: Any) -> None:
    await say(client, "delete everything", "fourth-message")
    await say(client, "Yes, delete everything", "fifth-message")
    with engine.database.reading() as session:
        kept = session.scalars(select(updates_seen.c.key).where(updates_seen.c.channel == "erasing")).all()
    assert kept and all(len(key) == 64 and not set(key) - set("0123456789abcdef") for key in kept)


async def test_other_words_under_the_same_key_are_read_as_new(client: httpx.AsyncClient) -> None:
    await say(client, "delete everything", "sixth-message")
    await say(client, "Yes, delete everything", "seventh-message")
    told = await say(client, "i want to end my life", "seventh-message")
    assert told["level"] == "risk"
