"""Fetching updates from Telegram; needs no public address."""

import asyncio
import logging
import uuid
from typing import Awaitable, Callable, Dict, Tuple

from telegram import Bot, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.pace import Time
from bot.channels.telegram.sending import seconds_of
from bot.channels.telegram.updates import WANTED, Updates

logger = logging.getLogger(__name__)

WAIT_SECONDS = 30
LOOK_AGAIN_SECONDS = 1.0
LONGEST_PAUSE = 60.0
LAST_WORDS_SECONDS = 5.0


class Polling:
    """Asks for updates and has them answered, each chat in order, chats side by side.

    Telegram forgets an update only when a later one is asked for. So what is asked for next is the first update that is
    not answered yet, and an update that was being answered when the process died comes again.
    """

    def __init__(self, bot: Bot, updates: Updates, clock: Time, prepare: Callable[[], Awaitable[None]]) -> None:
        """`prepare` is called first, until it succeeds."""
        self._bot = bot
        self._prepare = prepare
        self._updates = updates
        self._clock = clock
        self._offset = 0
        self._under_way: Dict[int, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set, through whatever failures of the network. Raises InvalidToken."""
        polling, stopping = asyncio.create_task(self._poll()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([polling, stopping], return_when=asyncio.FIRST_COMPLETED)
            if polling.done():
                polling.result()
        finally:
            polling.cancel()
            stopping.cancel()
            await self._finish()

    async def _poll(self) -> None:
        failures, prepared = 0, False
        while True:
            try:
                if not prepared:
                    await self._prepare()
                    prepared = True
                await self._fetch()
                failures = 0
            except InvalidToken:
                raise
            except TelegramError as error:
                pause = seconds_of(error.retry_after) if isinstance(error, RetryAfter) else back_off(failures)
                failures += 1
                logger.warning("telegram_unreachable error=%s next_try_in=%s", type(error).__name__, pause)
                await self._clock.sleep(pause)

    async def _fetch(self) -> None:
        """One request. With updates still under way it does not wait for new ones, since those come first again."""
        wait = 0 if self._under_way else WAIT_SECONDS
        found: Tuple[Update, ...] = await self._bot.get_updates(self._offset, timeout=wait, allowed_updates=WANTED)
        for update in found:
            if update.update_id not in self._under_way and update.update_id >= self._offset:
                self._under_way[update.update_id] = asyncio.create_task(self._answer(update))
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=LOOK_AGAIN_SECONDS)
        self._confirm()

    def _confirm(self) -> None:
        """Move the offset past everything that is answered without a gap."""
        for update_id in sorted(self._under_way):
            if not self._under_way[update_id].done():
                self._offset = update_id
                return
            self._offset = update_id + 1
            del self._under_way[update_id]

    async def _answer(self, update: Update) -> None:
        failures = 0
        async with self._updates.in_order(update):
            while True:
                try:
                    return await self._updates.take(update)
                except Exception as error:
                    pause = back_off(failures)
                    failures += 1
                    name = type(error).__name__
                    logger.error("telegram_update_failed id=%s error=%s next_try_in=%s", uuid.uuid4().hex, name, pause)
                    await self._clock.sleep(pause)

    async def _finish(self) -> None:
        """Let answers that are under way end; what does not comes again with the next start."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way.values(), timeout=LAST_WORDS_SECONDS)
            for task in late:
                task.cancel()
        await self._updates.close()


def back_off(failures: int) -> float:
    """Seconds to wait after so many failures before: 1, 2, 4 and on to a minute."""
    return min(LONGEST_PAUSE, 2.0 ** min(failures, 10))
