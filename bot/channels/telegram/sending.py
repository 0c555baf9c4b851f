"""Everything that goes out: within Telegram's limits, obeying its pauses, and to nobody who has blocked the bot."""

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any, Awaitable, Callable, Optional, Set, TypeVar

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.channels.telegram.pace import Pace, Time

logger = logging.getLogger(__name__)

T = TypeVar("T")

# A preview would let Telegram's servers open the address.
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sender:
    """Sends to chats. What cannot be sent because the chat is gone gives None; other failures raise TelegramError."""

    def __init__(self, bot: Bot, clock: Time) -> None:
        self._bot = bot
        self._clock = clock
        self._pace = Pace(clock)
        self._gone: Set[int] = set()

    def lost(self, chat_id: int) -> None:
        """Send nothing more there: the person has blocked the bot or left."""
        self._gone.add(chat_id)

    def found(self, chat_id: int) -> None:
        """The person is there (again)."""
        self._gone.discard(chat_id)

    async def text(self, chat_id: int, text: str, keyboard: Optional[InlineKeyboardMarkup] = None) -> Optional[Message]:
        """Send a text as it is, without markup."""
        return await self._send(
            chat_id,
            lambda: self._bot.send_message(chat_id, text, reply_markup=keyboard, link_preview_options=_NO_PREVIEW),
        )

    async def picture(self, chat_id: int, png: bytes) -> None:
        """Send a picture."""
        await self._send(chat_id, lambda: self._bot.send_photo(chat_id, png, filename="journey.png"))

    async def file(self, chat_id: int, content: bytes, name: str) -> None:
        """Send a file."""
        await self._send(chat_id, lambda: self._bot.send_document(chat_id, content, filename=name))

    async def edit(self, chat_id: int, message_id: int, text: str) -> None:
        """Change the text of a message; one that cannot be changed stays."""
        with suppress(BadRequest):
            await self._send(chat_id, lambda: self._bot.edit_message_text(text, chat_id, message_id))

    async def without_buttons(self, chat_id: int, message_id: int) -> None:
        """Take the buttons off a message."""
        with suppress(TelegramError):
            await self._bot.edit_message_reply_markup(chat_id, message_id)

    async def keep_on_screen(self, chat_id: int, message_id: int) -> None:
        """Pin a message, silently."""
        with suppress(TelegramError):
            await self._bot.pin_chat_message(chat_id, message_id, disable_notification=True)

    async def typing(self, chat_id: int) -> None:
        """Show that an answer is coming."""
        with suppress(TelegramError):
            await self._bot.send_chat_action(chat_id, ChatAction.TYPING)

    async def answer(self, query_id: str, text: Optional[str] = None) -> None:
        """Answer a pressed button, so that it stops waiting; Telegram refuses this after some time."""
        with suppress(TelegramError):
            await self._bot.answer_callback_query(query_id, text)

    async def leave(self, chat_id: int) -> None:
        """Leave a group or channel."""
        with suppress(BadRequest, Forbidden):
            await self._bot.leave_chat(chat_id)

    async def _send(self, chat_id: int, call: Callable[[], Awaitable[T]]) -> Optional[T]:
        while chat_id not in self._gone:
            pause = self._pace.reserve(chat_id)
            if pause:
                await self._clock.sleep(pause)
            try:
                return await call()
            except RetryAfter as error:
                seconds = seconds_of(error.retry_after)
                logger.warning("telegram_asks_for_pause seconds=%s", seconds)
                self._pace.hold(chat_id, seconds)
            except Forbidden:
                logger.info("telegram_chat_gone")
                self.lost(chat_id)
        return None


def seconds_of(value: Any) -> float:
    """Telegram's `retry_after` in seconds, whichever way the library gives it."""
    return value.total_seconds() if isinstance(value, timedelta) else float(value)
