"""Whether the same conversations get the same replies on Telegram, web and terminal.

    python -m tests.channels.telegram.peer.parity FILE [HOW_MANY]

FILE has JSON lines with "id" and "turns". Needs a trained model, Node, and `npm ci` in this folder. Prints each turn that
differs (its conversation and number, no texts) and exits with 1 when there is one.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Sequence

import httpx
from telegram import Update

from bot.channels.telegram.ports import Engine
from bot.channels.telegram.service import Service
from bot.channels.telegram.words import Words
from bot.core.conversation import PERSONAL
from bot.core.library import sayings_of
from bot.settings import Secret, Settings
from bot.storage.database import Database

from ..conftest import FakeTime

TOKEN = "1:parity"
FIRST_MESSAGE = 1_770_000_000

# Says one thing for a conversation and gives what is said in return.
Channel = Callable[[str, str], Awaitable[str]]

PROJECT = Path(__file__).resolve().parents[4]


async def differences(channels: Mapping[str, Channel], conversations: Sequence[Mapping[str, Any]]) -> List[str]:
    """The turns that are not answered alike, as `id, turn number: channels`."""
    found = []
    for conversation in conversations:
        for number, text in enumerate(conversation["turns"], 1):
            said = {name: await say(conversation["id"], text) for name, say in channels.items()}
            if len(set(said.values())) > 1:
                found.append(f"{conversation['id']}, turn {number}: {', '.join(_odd(said))}")
    return found


def telegram(service: Service, client: httpx.AsyncClient, token: str) -> Channel:
    """Through the whole Telegram channel and the Bot API server behind `client`."""
    chats: Dict[str, int] = {}
    seen = {"calls": 0, "updates": 0}
    # The pacer of an exercise is Telegram's own, elsewhere the page draws it; and so is what is said about Telegram.
    words = Words(sayings_of(PROJECT / "data"))
    own = [words.text(name) for name in ("breathe.ready", "privacy", "after_erasing")]

    async def say(conversation: str, text: str) -> str:
        chat = chats.setdefault(conversation, len(chats) + 1)
        seen["updates"] += 1
        message = {
            "message_id": seen["updates"],
            # A minute each, so that nobody writes too much.
            "date": FIRST_MESSAGE + 60 * seen["updates"],
            "chat": {"id": chat, "type": "private"},
            "from": {"id": chat, "is_bot": False, "first_name": "Ana"},
            "text": text,
        }
        update = Update.de_json({"update_id": seen["updates"], "message": message}, service.bot)
        await service.updates.take(update)
        answer = await client.post("/peer/calls", json={"token": token, "after": seen["calls"]})
        calls = answer.json()
        seen["calls"] += len(calls)
        texts = [call["parameters"]["text"] for call in calls if call["method"] == "sendMessage"]
        return _plain(" ".join(text for text in texts if text not in own))

    return say


def directly(engine: Engine, channel: str, capabilities: Sequence[str]) -> Channel:
    """As the terminal does it."""

    async def say(conversation: str, text: str) -> str:
        person = await engine.person(channel, conversation)
        result = await engine.handle(person, channel, text, capabilities=capabilities)
        return _plain(" ".join(reply.text for reply in result.replies))

    return say


def web(client: httpx.AsyncClient) -> Channel:
    """Through the interface of the web service."""
    tokens: Dict[str, str] = {}

    async def say(conversation: str, text: str) -> str:
        if conversation not in tokens:
            tokens[conversation] = (await client.post("/api/session")).json()["token"]
        headers = {"Authorization": f"Bearer {tokens[conversation]}"}
        answer = await client.post("/api/messages", json={"text": text}, headers=headers)
        answer.raise_for_status()
        return _plain(" ".join(reply["text"] for reply in answer.json()["replies"]))

    return say


def _plain(text: str) -> str:
    # Long texts are cut at blanks in Telegram.
    return "".join(text.split())


def _odd(said: Mapping[str, str]) -> List[str]:
    usual = max(said.values(), key=list(said.values()).count)
    return [name for name, text in said.items() if text != usual]


async def main(file: Path, how_many: int) -> int:
    """Compare with the trained model; gives the exit status."""
    from bot.channels import server as service
    from bot.engine import Engine as TrainedEngine

    conversations = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()[:how_many]]
    peer = subprocess.Popen(
        ["node", "server.mjs"], cwd=Path(__file__).parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert peer.stdout is not None and peer.stdin is not None
    address = f"http://127.0.0.1:{peer.stdout.readline().strip()}"
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings({}).replace(
            database=f"sqlite:///{Path(folder) / 'parity.db'}",
            telegram_token=Secret(TOKEN),
            telegram_api=address,
            secret_key=Secret("p" * 32),
            rate_per_minute=1_000_000,
        )
        engine = await TrainedEngine.start(settings)
        database: Database = engine.database
        transport = httpx.ASGITransport(service.application(engine, settings))
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as pages,
            httpx.AsyncClient(base_url=address, timeout=120.0, trust_env=False) as calls,
        ):
            found = await differences(
                {
                    "telegram": telegram(Service(engine, database, settings, FakeTime()), calls, TOKEN),
                    "web": web(pages),
                    "terminal": directly(engine, "terminal", PERSONAL),
                },
                conversations,
            )
        engine.close()
    peer.stdin.close()
    print("\n".join(found) or f"{len(conversations)} conversations, the same replies on Telegram, web and terminal.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20)))
