"""Replies of the engine as Telegram messages, each sent once, also when an update is handled again after a failure."""

import asyncio
from typing import Any, Awaitable, Callable, Dict, Optional, Sequence, TypeVar

from telegram import InlineKeyboardMarkup

from bot.channels.copies import files
from bot.channels.pictures import journey_png
from bot.channels.telegram.breathing import Breathing
from bot.channels.telegram.layout import keyboard, split
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.ports import Engine
from bot.channels.telegram.sending import Sender
from bot.channels.telegram.words import Words
from bot.core.conversation import Reply

T = TypeVar("T")


class Delivery:
    """Sends what was said to a person. Raises TelegramError or StorageError; calling it again sends the rest."""

    def __init__(self, engine: Engine, sender: Sender, ledger: Ledger, breathing: Breathing, words: Words) -> None:
        self._engine = engine
        self._sender = sender
        self._ledger = ledger
        self._breathing = breathing
        self._words = words

    async def deliver(
        self, chat_id: int, key: str, update_id: int, person_id: Optional[str], replies: Sequence[Reply]
    ) -> None:
        """Send the replies to the update with this key; `person_id` is whose file or picture may go with them.

        The ids of buttons begin with the update's id, or with what `data["buttons"]` of a reply says.
        """
        for place, reply in enumerate(replies):
            buttons = keyboard(reply.data.get("buttons", str(update_id)), reply.buttons) if reply.buttons else None
            await self._say(chat_id, f"{key}.{place}", reply, buttons)
            if "breathe" in reply.data:
                await self._once(f"{key}.{place}.breathe", self._breathing.start, chat_id, reply.data["breathe"])
            if person_id is not None and reply.data.get("journey"):
                await self._once(f"{key}.{place}.picture", self._picture, chat_id, person_id)
            if person_id is not None and reply.data.get("request") == "export":
                await self._files(chat_id, f"{key}.{place}.file", person_id)

    async def _say(self, chat_id: int, key: str, reply: Reply, buttons: Optional[InlineKeyboardMarkup]) -> None:
        parts = split(reply.text)
        for number, part in enumerate(parts):
            shown = buttons if number == len(parts) - 1 else None
            message = await self._once(f"{key}.{number}", self._sender.text, chat_id, part, shown)
            if message is not None and reply.data.get("card") and reply.data.get("urgent"):
                await self._sender.keep_on_screen(chat_id, message.message_id)

    async def _picture(self, chat_id: int, person_id: str) -> None:
        found: Dict[str, Any] = await self._engine.journey(person_id)
        titles = {name: self._words.text(f"picture.{name}") for name in ("themes", "heaviness")}
        png = await asyncio.to_thread(journey_png, found, titles)
        if png is not None:
            await self._sender.picture(chat_id, png)

    async def _files(self, chat_id: int, key: str, person_id: str) -> None:
        for name, content in files(await self._engine.export(person_id)).items():
            await self._once(f"{key}.{name}", self._sender.file, chat_id, content, name)

    async def _once(self, key: str, send: Callable[..., Awaitable[T]], *arguments: Any) -> Optional[T]:
        if self._ledger.done(key):
            return None
        result = await send(*arguments)
        self._ledger.mark(key)
        return result
