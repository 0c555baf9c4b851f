"""What each kind of message leads to, without a network: codes, buttons typed, pictures with words, unknown commands."""

import itertools
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any, List, Optional

import pytest
from telegram import Chat, InlineKeyboardMarkup, Message, PhotoSize, Update, User

from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.updates import Updates
from bot.channels.telegram.words import Words
from bot.core import library as shelves
from bot.settings import Settings
from bot.storage import linking
from bot.storage.database import Database
from bot.storage.repository import Repository

from .conftest import FakeTime
from .fake_engine import FakeEngine

WORDS = Words(shelves.sayings_of(Settings({}).project / "data"))
PICTURE = (PhotoSize("x", "y", 1, 1),)


class Chatting:
    """A person in Telegram: what they send, what they hear."""

    def __init__(self, engine: FakeEngine, database: Database, chat: int) -> None:
        self.chat = Chat(chat, "private")
        self.person = User(chat, "Ana", is_bot=False)
        self.heard: List[str] = []
        self._numbers = itertools.count(chat * 1000)
        self._updates = Updates(engine, self, Ledger(database), WORDS, FakeTime(), "1", 1000)  # type: ignore[arg-type]

    async def says(self, text: Optional[str] = None, **parts: Any) -> List[str]:
        """Send a message; gives what is heard in answer."""
        self.heard = []
        await self._updates.take(self.update(text, **parts))
        return self.heard

    def update(self, text: Optional[str] = None, **parts: Any) -> Update:
        at = datetime.now(timezone.utc)
        message = Message(1, at, self.chat, from_user=self.person, text=text, **parts)
        return Update(next(self._numbers), message=message)

    # What a sender does.
    async def text(self, chat_id: int, text: str, keyboard: Optional[InlineKeyboardMarkup] = None) -> Any:
        self.heard.append(text)
        return SimpleNamespace(message_id=1)

    async def typing(self, chat_id: int) -> None:
        """Nobody looks."""

    async def keep_on_screen(self, chat_id: int, message_id: int) -> None:
        """Nobody looks."""

    def found(self, chat_id: int) -> None:
        """Nobody is lost here."""


@pytest.fixture
def ana(engine: FakeEngine, database: Database) -> Chatting:
    return Chatting(engine, database, 42)


async def code_of_web(engine: FakeEngine, text: str = "said on the web") -> str:
    person = await engine.person("web", "w")
    await engine.handle(person, "web", text)
    return await engine.link_code(person)


async def led_to(engine: FakeEngine, chat: str = "42") -> Optional[str]:
    return await engine.find("telegram", chat)


async def test_a_code_typed_without_a_command_links(ana: Chatting, engine: FakeEngine) -> None:
    code = await code_of_web(engine)
    heard = await ana.says(code.lower())
    assert heard == [WORDS.text("link.done")]
    assert await led_to(engine) == await engine.find("web", "w")
    assert ("telegram", code.lower()) not in engine.heard


async def test_words_that_only_look_like_a_code_are_heard(ana: Chatting, engine: FakeEngine) -> None:
    assert await ana.says("everyday") == ["You wrote: everyday"]
    assert await ana.says("N328-D5MF") == [WORDS.text("link.unknown")]


@pytest.mark.parametrize("answer", ["Yes, link it", "yes link it", "Yes"])
async def test_typing_the_words_of_the_button_links(ana: Chatting, engine: FakeEngine, answer: str) -> None:
    await ana.says("i carry it all")
    code = await code_of_web(engine)
    assert await ana.says(f"/link {code}") == [WORDS.text("link.confirm")]
    assert await ana.says(answer) == [WORDS.text("link.done")]
    assert await led_to(engine) == await engine.find("web", "w")


async def test_typing_the_other_button_links_nothing(ana: Chatting, engine: FakeEngine) -> None:
    await ana.says("i carry it all")
    before = await led_to(engine)
    await ana.says(await code_of_web(engine))
    assert await ana.says("leave it") == [WORDS.text("link.kept")]
    assert await led_to(engine) == before


async def test_a_yes_after_something_else_is_no_answer_any_more(ana: Chatting, engine: FakeEngine) -> None:
    await ana.says("i carry it all")
    before = await led_to(engine)
    await ana.says(f"/link {await code_of_web(engine)}")
    await ana.says("my brother never calls")
    assert await ana.says("yes") == ["You wrote: yes"]
    assert await ana.says("Yes, link it") == [WORDS.text("link.not_asked")]
    assert await led_to(engine) == before


async def test_the_answer_taken_twice_is_answered_alike(ana: Chatting, engine: FakeEngine) -> None:
    await ana.says("i carry it all")
    await ana.says(await code_of_web(engine))
    answer = ana.update("Yes, link it")
    key = f"1:{answer.update_id}"
    assert answer.message is not None
    first = await ana._updates._linking.typed("Yes, link it", "42", key)
    again = await ana._updates._linking.typed("Yes, link it", "42", key)
    assert first == again and first is not None and first.id == "telegram.link.done"


async def test_ones_own_code_is_refused_and_stays_good(ana: Chatting, engine: FakeEngine, database: Database) -> None:
    await ana.says("i carry it all")
    mine = await led_to(engine)
    assert mine is not None
    code = await engine.link_code(mine)
    assert await ana.says(f"/link {code}") == [WORDS.text("link.own")]
    assert await ana.says(code) == [WORDS.text("link.own")]
    assert await Chatting(engine, database, 43).says(code) == [WORDS.text("link.done")]
    assert await led_to(engine, "43") == mine


async def test_a_code_that_is_no_good_is_known_before_anything_is_asked(ana: Chatting, engine: FakeEngine) -> None:
    await ana.says("i carry it all")
    old = await code_of_web(engine)
    await code_of_web(engine)
    for typed in (old, "ABCD-EFG2", "nonsense"):
        assert await ana.says(f"/link {typed}") == [WORDS.text("link.unknown")]


async def test_words_under_a_picture_are_heard_with_a_note(ana: Chatting, engine: FakeEngine) -> None:
    note, answer = await ana.says(photo=PICTURE, caption="my boss shouted at me")
    assert answer == "You wrote: my boss shouted at me"
    assert note in [WORDS.text("only_words", number) for number in range(2)]


async def test_commands_under_a_picture_do_what_they_say(ana: Chatting, engine: FakeEngine) -> None:
    assert (await ana.says(photo=PICTURE, caption="/crisis"))[-1].startswith("Call 112")
    assert (await ana.says(photo=PICTURE, caption="/delete"))[-1] == "Delete it all?"
    await ana.says(photo=PICTURE, caption="stop")
    assert [text for _, text in engine.heard] == ["delete everything", "stop"]


async def test_an_album_with_words_is_noted_once(ana: Chatting, engine: FakeEngine) -> None:
    assert len(await ana.says(photo=PICTURE, caption="this was my day", media_group_id="7")) == 2
    assert await ana.says(photo=PICTURE, media_group_id="7") == []


async def test_danger_under_a_picture_is_answered_without_a_note(ana: Chatting, engine: FakeEngine) -> None:
    heard = await ana.says(photo=PICTURE, caption="i want to end my life")
    assert heard[0] == "Are you thinking about ending your life?"


async def test_an_unknown_command_gets_the_list_and_is_not_kept(ana: Chatting, engine: FakeEngine) -> None:
    (heard,) = await ana.says("/settings")
    assert "command" in heard and "/help - " in heard
    assert engine.heard == []
    await ana.says("/settings i want to end my life")
    assert engine.heard == [("telegram", "/settings i want to end my life")]


async def test_what_telegram_sees_is_told_with_the_first_disclosure_and_with_privacy(
    ana: Chatting, engine: FakeEngine
) -> None:
    assert WORDS.text("privacy") in await ana.says("hello")
    assert WORDS.text("privacy") not in await ana.says("hello")


async def test_after_erasing_it_is_said_what_stays_in_telegram_and_nothing_is_kept(
    ana: Chatting, engine: FakeEngine, database: Database
) -> None:
    await ana.says("i carry it all")
    await ana.says("/delete")
    assert (await ana.says("Yes, delete everything"))[-1] == WORDS.text("after_erasing")
    assert await led_to(engine) is None
    await ana.says("/crisis")
    assert await led_to(engine) is None


async def test_codes_of_others_do_not_keep_the_chat(ana: Chatting, engine: FakeEngine, database: Database) -> None:
    await ana.says(await code_of_web(engine))
    await ana.says("/unlink")
    await ana.says("i carry it all")
    await ana.says("Yes, delete everything")
    with database.reading() as session:
        assert "42" not in str(session.execute(linking.link_codes.select()).mappings().all())
        assert Repository(session).find_at("telegram", "42") is None
