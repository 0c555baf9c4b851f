"""What every way of sharing offers, and the choice between them."""

import hashlib
import time
from typing import AsyncContextManager, Callable, Protocol

from bot.settings import Settings
from bot.workers.many_machines import ManyMachines
from bot.workers.one_machine import OneMachine

Clock = Callable[[], float]


class Shared(Protocol):
    """Locks, rates and news between all workers of one installation."""

    async def open(self) -> None:
        """Begin to hear news."""
        ...

    async def close(self) -> None:
        """Hear no more news."""
        ...

    def lock(self, key: str) -> AsyncContextManager[None]:
        """Hold the lock of a key, which one worker at a time can; it goes with the process that held it.

        Raises StorageError when another worker keeps it for half a minute.
        """
        ...

    def all_here(self) -> AsyncContextManager[None]:
        """Hold every lock in this process: what is under way here comes to its end first, and nothing begins."""
        ...

    async def wait(self, key: str, per_minute: int) -> float:
        """Take one of a key's `per_minute` tokens, refilled evenly: 0.0 when there was one, else the seconds until there is."""
        ...

    def publish(self, topic: str, message: str) -> None:
        """Tell the other workers something short without words of a conversation; that it arrives is not promised."""
        ...

    def on_news(self, topic: str, take: Callable[[str], None]) -> None:
        """Call `take` with each message of a topic that another worker published, and for `MISSED` when some may be missing."""
        ...


def open_shared(settings: Settings, clock: Clock = time.time) -> Shared:
    """Through Redis where that is set, else through files in `var/run`. Raises SettingError."""
    installation = hashlib.sha256(str(settings.database).encode()).hexdigest()[:12]
    here = OneMachine(settings.project / "var" / "run" / installation, clock)
    return ManyMachines(settings.redis.reveal(), here, clock) if settings.redis else here
