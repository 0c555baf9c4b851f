"""The Bot API server and people who write to the bot through it.

Needs Node and `npm ci` in this folder; without that these tests are not collected (`make test` needs Python alone).
"""

import asyncio
import itertools
import json
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator, Callable, Dict, Iterator, List, Optional

import httpx
import pytest
import pytest_asyncio

from bot.channels.telegram.service import Service
from bot.settings import Secret, Settings
from bot.storage.database import Database

from ..conftest import SECRET, FakeTime
from ..fake_engine import FakeEngine

HERE = Path(__file__).parent
# Waiting ends as soon as what is waited for is there; a busy machine may take its time.
PATIENCE = 120.0
# Seconds since 1970 of the messages; a minute between two, so that nobody writes too much.
NOON = 1_770_000_000

collect_ignore_glob = [] if (HERE / "node_modules").is_dir() else ["test_*.py"]

_tokens = itertools.count(1000)
_chats = itertools.count(1)

Call = Dict[str, Any]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The base address of the server."""
    server = subprocess.Popen(
        ["node", "server.mjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None and server.stdin is not None
    yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    server.stdin.close()
    server.wait()


class Peer:
    """One bot's side of the server: what people send to it, what it called, what goes wrong."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client = client
        self.token = token
        self.calls: List[Call] = []

    async def ask(self, control: str, **values: Any) -> Any:
        answer = await self.client.post(f"/peer/{control}", json={"token": self.token, **values})
        answer.raise_for_status()
        return answer.json()

    async def until(self, wanted: Callable[[List[Call]], bool]) -> List[Call]:
        """All calls of the bot, as soon as they are as wanted."""
        try:
            while not wanted(self.calls):
                self.calls += await self.ask("calls", after=len(self.calls))
        except httpx.ReadTimeout:
            pytest.fail(f"the bot did not do what was wanted; it called {[call['method'] for call in self.calls]}")
        return self.calls

    async def fault(self, method: str, **planned: Any) -> None:
        await self.ask("fault", method=method, **planned)

    def made(self, method: str, chat: Optional[int] = None) -> List[Call]:
        """The calls of a method that were carried out, to one chat or all."""
        found = [call for call in self.calls if call["method"] == method and not call.get("refused")]
        return [call for call in found if chat is None or str(call["parameters"].get("chat_id")) == str(chat)]


class Person:
    """Somebody who writes to the bot in private."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.id = next(_chats)
        self._minutes = 0

    @property
    def chat(self) -> Dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": "Ana"}

    @property
    def sender(self) -> Dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": "Ana"}

    def message(self, **content: Any) -> Dict[str, Any]:
        self._minutes += 1
        return {"from": self.sender, "chat": self.chat, "date": NOON + 60 * self._minutes, **content}

    async def sends(self, **content: Any) -> int:
        """Send any kind of message; gives the update's id."""
        found = await self.peer.ask("update", message=self.message(**content))
        return int(found["update_id"])

    async def edits(self, text: str) -> None:
        edited = self.message(text=text, message_id=1, edit_date=NOON + 1)
        await self.peer.ask("update", raw={"edited_message": edited})

    async def became(self, status: str, chat: Optional[Dict[str, Any]] = None) -> None:
        """Let Telegram tell what the bot now is in a chat: `member`, `kicked`, `left`."""
        bot = {"id": 666, "is_bot": True, "first_name": "Bot"}
        until = {"until_date": 0} if status == "kicked" else {}
        change = {
            "chat": chat or self.chat,
            "from": self.sender,
            "date": NOON,
            "old_chat_member": {"user": bot, "status": "left"},
            "new_chat_member": {"user": bot, "status": status, **until},
        }
        await self.peer.ask("update", raw={"my_chat_member": change})

    def heard(self) -> List[str]:
        """The texts that came, in order."""
        return [call["parameters"]["text"] for call in self.peer.made("sendMessage", self.id)]

    async def says(self, text: str) -> str:
        """Send a text; gives the last of what is answered, once the answer to a further message has come, too."""
        before = len(self.heard())
        await self.sends(text=text)
        await self.settled()
        return self.heard()[before:-1][-1]

    async def settled(self) -> None:
        """Wait until everything sent so far is answered: one chat is answered in order, so a last question comes last."""
        known = len([text for text in self.heard() if text.startswith("Call 112")])
        await self.sends(text="/crisis")
        await self.peer.until(lambda _: len([t for t in self.heard() if t.startswith("Call 112")]) > known)

    async def hears(self, text: str) -> None:
        """Wait until a text comes that begins so."""
        await self.peer.until(lambda _: any(heard.startswith(text) for heard in self.heard()))

    def buttons(self, text: str) -> Call:
        """The last message with this beginning that has buttons."""
        calls = [call for call in self.peer.made("sendMessage", self.id) if "reply_markup" in call["parameters"]]
        return [call for call in calls if call["parameters"]["text"].startswith(text)][-1]

    async def presses(self, title: str, under: str) -> None:
        """Press a button under the message that begins with `under`."""
        call = self.buttons(under)
        markup = json.loads(call["parameters"]["reply_markup"])
        data = [b["callback_data"] for row in markup["inline_keyboard"] for b in row if b["text"] == title]
        message = {
            "message_id": call["message_id"],
            "date": NOON,
            "chat": self.chat,
            "text": call["parameters"]["text"],
            "reply_markup": markup,
        }
        await self.peer.ask("update", callback={"from": self.sender, "message": message, "data": data[0]})


@pytest_asyncio.fixture
async def peer(address: str) -> AsyncIterator[Peer]:
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, trust_env=False) as client:
        yield Peer(client, f"{next(_tokens)}:test-token")


@pytest.fixture
def ana(peer: Peer) -> Person:
    return Person(peer)


@pytest.fixture
def settings(address: str, peer: Peer) -> Settings:
    return Settings({}).replace(
        telegram_token=Secret(peer.token),
        telegram_api=address,
        telegram_webhook_secret=Secret(SECRET),
        public_address="https://bot.example",
    )


@asynccontextmanager
async def polling(
    engine: FakeEngine, database: Database, settings: Settings, clock: FakeTime
) -> AsyncIterator["asyncio.Task[None]"]:
    """The bot at work by long polling."""
    stop = asyncio.Event()
    task = asyncio.create_task(Service(engine, database, settings, clock).poll(stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait_for(task, PATIENCE)


@pytest_asyncio.fixture
async def at_work(
    engine: FakeEngine, database: Database, settings: Settings, clock: FakeTime
) -> AsyncIterator["asyncio.Task[None]"]:
    async with polling(engine, database, settings, clock) as task:
        yield task
