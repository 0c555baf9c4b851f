"""Sharing between the processes of one machine, with nothing but files: locks of byte ranges, rates in slots, sockets."""

import asyncio
import fcntl
import hashlib
import os
import struct
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import AsyncContextManager, AsyncIterator, Callable, Tuple

from bot.errors import StorageError
from bot.workers.locks import Locks
from bot.workers.news import News, Take
from bot.workers.rates import spend

# Locks of different keys may only meet by chance: a byte each of a file that could be as long as this.
LOCKABLE = 2**62
SHORTEST_PAUSE, LONGEST_PAUSE, PATIENCE = 0.001, 0.05, 30.0
# Rates: which key, tokens left, since when. Two keys in one slot forget each other, which gives one of them a full bucket.
SLOTS, SLOT = 2**16, struct.Struct("<Qdd")


class OneMachine:
    """Everything in one folder. What a killed process held is free at once: the system gives up its locks.

    `clock` gives seconds since 1970.
    """

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._clock = clock
        self._lock_file, self._here = _locks_of(folder.resolve())
        self._rates = os.open(folder / "rates", os.O_RDWR | os.O_CREAT, 0o600)
        self._news = News(folder)
        self.open, self.close = self._news.open, self._news.close

    def __del__(self) -> None:
        os.close(self._rates)

    @asynccontextmanager
    async def lock(self, key: str) -> AsyncIterator[None]:
        """Hold the lock of a key. Raises StorageError when another process keeps it for half a minute."""
        async with self._here.of(key):
            place = _number(key) % LOCKABLE
            await self._acquire(place)
            try:
                yield
            finally:
                fcntl.lockf(self._lock_file, fcntl.LOCK_UN, 1, place)

    def all_here(self) -> AsyncContextManager[None]:
        """Hold every lock in this process."""
        return self._here.all()

    async def wait(self, key: str, per_minute: int) -> float:
        """Take one of a key's tokens: 0.0 when there was one, else the seconds until there is."""
        number, now = _number(key), self._clock()
        place = number % SLOTS * SLOT.size
        # Held for microseconds.
        fcntl.lockf(self._rates, fcntl.LOCK_EX, SLOT.size, place)
        try:
            found = os.pread(self._rates, SLOT.size, place)
            known, left, since = SLOT.unpack(found) if len(found) == SLOT.size else (0, 0.0, 0.0)
            if known != number:
                left, since = float(per_minute), now
            left, seconds = spend(left, since, now, per_minute)
            os.pwrite(self._rates, SLOT.pack(number, left, now), place)
        finally:
            fcntl.lockf(self._rates, fcntl.LOCK_UN, SLOT.size, place)
        return seconds

    def publish(self, topic: str, message: str) -> None:
        """Tell the other processes."""
        self._news.send(topic, message)

    def on_news(self, topic: str, take: Take) -> None:
        """Call `take` with each message of a topic that another process published."""
        self._news.on(topic, take)

    def hear(self, topic: str, message: str) -> None:
        """Give a message that came another way to those who wait for its topic."""
        self._news.hear(topic, message)

    async def _acquire(self, place: int) -> None:
        pause, waited = SHORTEST_PAUSE, 0.0
        while True:
            try:
                return fcntl.lockf(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except (BlockingIOError, PermissionError):
                if waited > PATIENCE:
                    raise StorageError(
                        f"Another process has kept the lock of this conversation for {PATIENCE:.0f} seconds. Nothing "
                        "was stored. See whether a worker hangs, and end it; its lock goes with it."
                    ) from None
            await asyncio.sleep(pause)
            pause, waited = min(2 * pause, LONGEST_PAUSE), waited + pause


@cache
def _locks_of(folder: Path) -> Tuple[int, Locks]:
    """The file of a folder's locks, opened once and never closed: closing it would give up all locks of this process."""
    return os.open(folder / "locks", os.O_RDWR | os.O_CREAT, 0o600), Locks()


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")
