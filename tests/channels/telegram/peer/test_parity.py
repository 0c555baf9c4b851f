"""A conversation is the same in Telegram as elsewhere, and the comparison notices when it is not."""

from bot.channels.telegram.service import Service
from bot.settings import Settings
from bot.storage.database import Database

from ..conftest import FakeTime
from ..fake_engine import FakeEngine
from .conftest import Peer
from .parity import differences, directly, telegram

TALKS = [
    {
        "id": "a",
        "turns": ["i carry it all", "something long", "i want to end my life", "an exercise please", "Next", "bye"],
    },
    {"id": "b", "turns": ["hello", "delete everything", "Yes, delete everything", "hello"]},
]


async def test_the_same_conversation_gets_the_same_replies(
    peer: Peer, engine: FakeEngine, database: Database, settings: Settings, clock: FakeTime
) -> None:
    service = Service(engine, database, settings, clock)
    channels = {
        "telegram": telegram(service, peer.client, peer.token),
        "terminal": directly(engine, "terminal", ("erase",)),
    }
    assert await differences(channels, TALKS) == []
    await service.close()


async def test_a_difference_is_named(engine: FakeEngine) -> None:
    async def other(conversation: str, text: str) -> str:
        return "Hm."

    same = directly(engine, "terminal", ())
    again = directly(engine, "web", ())
    found = await differences({"terminal": same, "web": again, "telegram": other}, TALKS[:1])
    assert found[0] == "a, turn 1: telegram"
