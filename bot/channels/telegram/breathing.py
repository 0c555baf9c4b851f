"""Paced breathing: one message that changes with the breath."""

import asyncio
import logging
from typing import Dict, Iterator, Mapping, Tuple

from telegram.error import TelegramError

from bot.channels.telegram.pace import Time
from bot.channels.telegram.sending import Sender
from bot.channels.telegram.words import Words

logger = logging.getLogger(__name__)

LAST_WORDS_SECONDS = 5.0


class Breathing:
    """At most one pacer a chat. It ends by itself, or as soon as the person does anything else."""

    def __init__(self, sender: Sender, words: Words, clock: Time) -> None:
        self._sender = sender
        self._words = words
        self._clock = clock
        self._tasks: Dict[int, asyncio.Task[None]] = {}

    async def start(self, chat_id: int, plan: Mapping[str, int]) -> None:
        """Begin pacing: `inhale`, `hold` and `exhale` in seconds, `rounds` times."""
        await self.stop(chat_id)
        message = await self._sender.text(chat_id, self._words.text("breathe.ready"))
        if message is not None:
            self._tasks[chat_id] = asyncio.create_task(self._pace(chat_id, message.message_id, plan))

    async def stop(self, chat_id: int) -> None:
        """End the pacer of a chat, if there is one."""
        task = self._tasks.pop(chat_id, None)
        if task is not None and task.cancel():
            await asyncio.wait([task], timeout=LAST_WORDS_SECONDS)

    async def close(self) -> None:
        """End all pacers."""
        for chat_id in list(self._tasks):
            await self.stop(chat_id)

    async def _pace(self, chat_id: int, message_id: int, plan: Mapping[str, int]) -> None:
        ending = "breathe.stopped"
        due = self._clock.now()
        try:
            for saying, seconds, number in _phases(plan):
                text = self._words.text(saying, seconds=str(seconds), round=str(number), rounds=str(plan["rounds"]))
                await self._sender.edit(chat_id, message_id, text)
                # Counted from the start, so that a slow network does not stretch the breath.
                due += seconds
                await self._clock.sleep(max(0.0, due - self._clock.now()))
            ending = "breathe.done"
        except TelegramError as error:
            logger.warning("telegram_breathing_stopped error=%s", type(error).__name__)
        finally:
            await self._end(chat_id, message_id, ending)

    async def _end(self, chat_id: int, message_id: int, saying: str) -> None:
        try:
            await self._sender.edit(chat_id, message_id, self._words.text(saying))
        except TelegramError as error:
            logger.warning("telegram_breathing_not_closed error=%s", type(error).__name__)


def _phases(plan: Mapping[str, int]) -> Iterator[Tuple[str, int, int]]:
    """Wording, seconds and round of each phase."""
    for number in range(1, plan["rounds"] + 1):
        for name in ("inhale", "hold", "exhale"):
            if plan[name]:
                yield f"breathe.{name}", plan[name], number
