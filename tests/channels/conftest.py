"""A person who writes on any of the channels, with the real engine behind it."""

import json
import re
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any, AsyncIterator, Awaitable, Callable, List
from unittest.mock import AsyncMock
from uuid import uuid4

import click
import httpx
import pytest
import pytest_asyncio
from telegram import Chat, Message, Update, User

from bot.channels import server, terminal
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.pace import RealTime
from bot.channels.telegram.updates import Updates
from bot.channels.telegram.words import Words
from bot.channels.web.app import create_app
from bot.core import library as shelves
from bot.settings import Secret

CHANNELS = ["web", "stream", "rest", "terminal", "telegram"]
Say = Callable[[str], Awaitable[List[str]]]


@pytest_asyncio.fixture(params=CHANNELS, loop_scope="session")
async def say(request: Any, engine: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Say]:
    """Writes as a new person on one channel; gives all that is shown in answer."""
    on = settings.replace(rest_token=Secret("r" * 32), secret_key=Secret("s" * 32), rate_per_minute=1000)
    transport = httpx.ASGITransport(create_app(engine, server.web_settings(on), engine.shared))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        ways = {"terminal": _terminal, "telegram": _telegram, "rest": _rest, "web": _web, "stream": _stream}
        yield ways[request.param](engine, client, on, monkeypatch)


def _web(engine: Any, client: httpx.AsyncClient, *_: Any) -> Say:
    token: List[str] = []

    async def say(text: str) -> List[str]:
        if not token:
            token.append((await client.post("/api/session")).json()["token"])
        answer = await client.post(
            "/api/messages", json={"text": text}, headers={"Authorization": f"Bearer {token[0]}"}
        )
        return [reply["text"] for reply in answer.json()["replies"]]

    return say


def _stream(engine: Any, client: httpx.AsyncClient, *_: Any) -> Say:
    token: List[str] = []

    async def say(text: str) -> List[str]:
        if not token:
            token.append((await client.post("/api/session")).json()["token"])
        headers = {"Authorization": f"Bearer {token[0]}", "Accept": "text/event-stream"}
        answer = await client.post("/api/messages", json={"text": text}, headers=headers)
        found = re.findall(r"event: reply\r?\ndata: (.*)", answer.text)
        return [json.loads(data)["text"] for data in found]

    return say


def _rest(engine: Any, client: httpx.AsyncClient, *_: Any) -> Say:
    sender = uuid4().hex

    async def say(text: str) -> List[str]:
        headers = {"Authorization": f"Bearer {'r' * 32}"}
        answer = await client.post("/webhooks/rest/webhook", json={"sender": sender, "message": text}, headers=headers)
        return [message["text"] for message in answer.json()]

    return say


def _terminal(engine: Any, client: Any, settings: Any, patch: pytest.MonkeyPatch) -> Say:
    account = uuid4().hex

    async def started(_: Any) -> Any:
        class Open:
            """The engine of this test, which the terminal may not close."""

            def __getattr__(self, name: str) -> Any:
                return (lambda: None) if name == "close" else getattr(engine, name)

        return Open()

    async def say(text: str) -> List[str]:
        said, typed = [], iter([text])

        def prompt(*_: object, **__: object) -> str:
            for line in typed:
                return line
            raise click.Abort()

        with patch.context() as here:
            here.setattr(terminal, "Engine", SimpleNamespace(start=started))
            here.setattr(terminal.getpass, "getuser", lambda: account)
            here.setattr(terminal.click, "prompt", prompt)
            here.setattr(terminal.click, "echo", lambda line="": said.append(" ".join(line.split())))
            await terminal.chat(settings)
        return said[1:]

    return say


def _telegram(engine: Any, client: Any, settings: Any, patch: pytest.MonkeyPatch) -> Say:
    chat, numbers, sent = uuid4().int % 10**9, iter(range(uuid4().int % 10**8, 10**9)), []

    class Sender:
        """Notes what would be sent."""

        def found(self, chat_id: int) -> None:
            """Nobody is lost here."""

        async def text(self, chat_id: int, text: str, keyboard: Any = None) -> Any:
            sent.append(text)
            return SimpleNamespace(message_id=next(numbers))

        async def typing(self, chat_id: int) -> None:
            """Nobody looks."""

        keep_on_screen = AsyncMock()

    words = Words(shelves.sayings_of(settings.project / "data"))
    updates = Updates(engine, Sender(), Ledger(engine.database), words, RealTime(), bot_id="1", per_minute=1000)

    async def say(text: str) -> List[str]:
        sent.clear()
        person = User(chat, "Ana", is_bot=False)
        message = Message(1, datetime.now(timezone.utc), Chat(chat, "private"), from_user=person, text=text)
        await updates.take(Update(next(numbers), message=message))
        return list(sent)

    return say
