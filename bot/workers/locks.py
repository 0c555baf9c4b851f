"""One turn at a time in each conversation of this process, and a moment between all turns."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import AsyncIterator, Set
from weakref import WeakValueDictionary


class Locks:
    """A lock for each conversation, there as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, person_id: str) -> asyncio.Lock:
        """The lock of a person's conversation."""
        return self._locks.setdefault(person_id, asyncio.Lock())

    @asynccontextmanager
    async def all(self) -> AsyncIterator[None]:
        """Hold every lock: turns under way come to their end first, and none begins of those who wait."""
        async with AsyncExitStack() as held:
            mine: Set[asyncio.Lock] = set()
            # Somebody may begin to talk while we wait for a turn to end.
            while others := set(self._locks.values()) - mine:
                for lock in others:
                    await held.enter_async_context(lock)
                mine |= others
            yield
