"""Telegram with the real engine: commands never answer a question, and an erasure leaves no trace of the chat."""

import sqlite3
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, List
from unittest.mock import AsyncMock
from uuid import uuid4

import pytest
from telegram import Chat, Message, Update, User

from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.pace import RealTime
from bot.channels.telegram.updates import Updates
from bot.channels.telegram.words import Words
from bot.core import library as shelves
from bot.core.conversation import PERSONAL

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Chatting:
    """A person in Telegram with a chat number that nobody else has."""

    def __init__(self, engine: Any, settings: Any) -> None:
        self.engine, self.words = engine, Words(shelves.sayings_of(settings.project / "data"))
        self.chat = uuid4().int % 10**15 + 10**15
        self.heard: List[str] = []
        self._numbers = count(uuid4().int % 10**8)
        ledger = Ledger(engine.database)
        self._updates = Updates(engine, self, ledger, self.words, RealTime(), "1", 1000)  # type: ignore[arg-type]

    async def says(self, text: str) -> str:
        self.heard = []
        person = User(self.chat, "Ana", is_bot=False)
        message = Message(1, datetime.now(timezone.utc), Chat(self.chat, "private"), from_user=person, text=text)
        await self._updates.take(Update(next(self._numbers), message=message))
        return "\n".join(self.heard)

    async def text(self, chat_id: int, text: str, keyboard: Any = None) -> Any:
        self.heard.append(text)
        return SimpleNamespace(message_id=1)

    def found(self, chat_id: int) -> None:
        """Nobody is lost here."""

    typing = keep_on_screen = picture = AsyncMock()


@pytest.fixture
def ana(engine: Any, settings: Any) -> Chatting:
    return Chatting(engine, settings)


@pytest.mark.parametrize(
    "command", ["/share", "/country France", "/sources", "/start", "/help", "/journey", "/stop", "/privacy", "/delete"]
)
async def test_a_command_drops_the_question_before_erasing(ana: Chatting, command: str) -> None:
    await ana.says("i do everything by myself and i never ask anyone for help")
    asked = await ana.says("/delete")
    heard = await ana.says(command)
    kept = ana.words._sayings["delete.kept"].texts
    assert asked and not any(text in heard for text in kept)
    if command != "/delete":
        await ana.says("yes")
    assert len(await ana.engine.history(await ana.engine.find("telegram", str(ana.chat)), 9)) >= 3


async def test_a_command_is_no_country(ana: Chatting) -> None:
    unknown = ana.words._sayings["country.unknown"].texts
    await ana.says("/start")
    for command in ("/country", "/country", "/start", "/country", "/journey"):
        heard = await ana.says(command)
        assert not any(text[:30] in heard for text in unknown)


def traces(settings: Any, engine: Any, wanted: str) -> List[str]:
    """The files of the database that hold these characters; what waits in the log is written into it first."""
    path = Path(engine.database.engine.url.database)
    with sqlite3.connect(path, timeout=30) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return [file.name for file in path.parent.glob(f"{path.name}*") if wanted.encode() in file.read_bytes()]


async def test_no_file_holds_the_chat_after_an_erasure(ana: Chatting, engine: Any, settings: Any) -> None:
    web = uuid4().hex
    person = await engine.person("web", web)
    await engine.handle(person, "web", "hello", capabilities=PERSONAL)
    await ana.says("i do everything by myself and i never ask anyone for help")
    await ana.says(await engine.link_code(person))
    await ana.says("Yes, link it")
    assert await engine.find("telegram", str(ana.chat)) == person
    assert traces(settings, engine, str(ana.chat))
    await ana.says("/delete")
    assert ana.words.text("after_erasing") in await ana.says("Yes, delete everything")
    assert traces(settings, engine, str(ana.chat)) == []
    assert await engine.find("web", web) is None
    await ana.says("thanks")
    assert await engine.find("telegram", str(ana.chat)) != await engine.person("web", web)


async def test_an_erasure_on_the_web_parts_it_from_the_chat(ana: Chatting, engine: Any, settings: Any) -> None:
    web = uuid4().hex
    await engine.handle(await engine.person("web", web), "web", "hello", capabilities=PERSONAL)
    await ana.says(await engine.link_code(await engine.person("web", web)))
    for text in ("delete everything", "Yes, delete everything"):
        await engine.handle(await engine.person("web", web), "web", text, capabilities=PERSONAL)
    assert await engine.find("web", web) is not None
    assert traces(settings, engine, str(ana.chat)) == []


async def test_a_code_typed_into_another_chat_is_told_its_place_and_not_kept(ana: Chatting, engine: Any) -> None:
    await ana.says("i do everything by myself and i never ask anyone for help")
    code = await engine.link_code(await engine.person("telegram", str(ana.chat)))
    person = await engine.person("web", uuid4().hex)
    result = await engine.handle(person, "web", code, capabilities=PERSONAL)
    assert [reply.id for reply in result.replies] == ["about.link_code"]
    assert await engine.history(person, 5) == []
    assert ana.words.text("link.own") in await ana.says(code)
