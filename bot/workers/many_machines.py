"""Sharing between machines through Redis. While Redis is away the workers of each machine go on with each other alone."""

import asyncio
import hashlib
import json
import logging
import uuid
from contextlib import asynccontextmanager, suppress
from typing import Any, AsyncContextManager, AsyncIterator, Awaitable, Callable, Optional, Set

from redis import Redis as Client
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import RedisError

from bot.errors import SettingError, SetupError, StorageError
from bot.workers.news import MISSED, Take
from bot.workers.one_machine import PATIENCE, OneMachine

log = logging.getLogger(__name__)

# A turn takes milliseconds. Should it outlive its lock, the tracker store refuses the later of two turns.
LEASE_SECONDS = 10
TIMEOUT_SECONDS = 2
HEALTH_SECONDS = 10
# So long nobody asks Redis after it failed, so that no turn waits for it.
AWAY_SECONDS = 1.0
PREFIX = "interlude"
NOT_AN_ADDRESS = (
    "INTERLUDE_REDIS cannot be used. Allowed: redis://[:PASSWORD@]HOST[:PORT]/NUMBER, or rediss:// with TLS."
)
# Does what bot.workers.rates.spend does, where all machines keep their buckets.
SPEND = """
local capacity, now = tonumber(ARGV[1]), tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'left', 'since')
local left, since = tonumber(known[1]) or capacity, tonumber(known[2]) or now
left = math.min(capacity, left + math.max(0, now - since) * capacity / 60)
local seconds = 0
if left >= 1 then left = left - 1 else seconds = (1 - left) * 60 / capacity end
redis.call('HSET', KEYS[1], 'left', string.format('%.9f', left), 'since', ARGV[2])
redis.call('EXPIRE', KEYS[1], 61)
return string.format('%.9f', seconds)
"""


class ManyMachines:
    """Locks, rates and news over the Redis at `url`, and over `here` within a machine. `clock` gives seconds since 1970.

    Without Redis two machines could begin a turn of the same person at once; the database then keeps one of them and
    refuses the other. Raises SettingError for an address that cannot be used.
    """

    def __init__(self, url: str, here: OneMachine, clock: Callable[[], float]) -> None:
        try:
            self._redis: Any = Redis.from_url(
                url,
                decode_responses=True,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                health_check_interval=HEALTH_SECONDS,
            )
        except ValueError:
            raise SettingError(NOT_AN_ADDRESS) from None
        self._here = here
        self._clock = clock
        self._spend = self._redis.register_script(SPEND)
        self._origin = uuid.uuid4().hex
        self._away_until = 0.0
        self._listening: Optional[asyncio.Task[None]] = None
        self._under_way: Set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to hear news."""
        await self._here.open()
        self._listening = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """Hear no more news, and let go of Redis."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        await self._here.close()
        await self._redis.close()

    @asynccontextmanager
    async def lock(self, key: str) -> AsyncIterator[None]:
        """Hold the lock of a key. Raises StorageError when another worker keeps it for half a minute."""
        async with self._here.lock(key):
            lock = self._redis.lock(_name("lock", key), LEASE_SECONDS, sleep=0.01, blocking_timeout=PATIENCE)
            held = await self._ask(lock.acquire)
            if held is False:
                raise StorageError(
                    f"Another machine has kept the lock of this conversation for {PATIENCE:.0f} seconds. Nothing was "
                    "stored. See whether a worker hangs."
                )
            try:
                yield
            finally:
                if held:
                    await self._release(lock)

    def all_here(self) -> AsyncContextManager[None]:
        """Hold every lock in this process."""
        return self._here.all_here()

    async def wait(self, key: str, per_minute: int) -> float:
        """Take one of a key's tokens: 0.0 when there was one, else the seconds until there is."""
        bucket = [_name("rate", f"{key} {per_minute}")]
        seconds = await self._ask(lambda: self._spend(keys=bucket, args=[per_minute, f"{self._clock():.6f}"]))
        return float(seconds) if seconds is not None else await self._here.wait(key, per_minute)

    def publish(self, topic: str, message: str) -> None:
        """Tell the other workers, in the background."""
        task = asyncio.get_running_loop().create_task(self._publish(topic, message))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def on_news(self, topic: str, take: Take) -> None:
        """Call `take` with each message of a topic that another worker published."""
        self._here.on_news(topic, take)

    async def _ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        """Redis's answer; None while it is away."""
        now = asyncio.get_running_loop().time()
        if now < self._away_until:
            return None
        try:
            return await question()
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            log.error("redis_away error=%s", type(error).__name__)
            self._away_until = now + AWAY_SECONDS
            return None

    async def _release(self, lock: Lock) -> None:
        # Gone already when Redis was restarted or the turn took longer than the lock was given for.
        with suppress(RedisError, OSError, asyncio.TimeoutError):
            await lock.release()

    async def _publish(self, topic: str, message: str) -> None:
        news = json.dumps([self._origin, topic, message])
        if await self._ask(lambda: self._redis.publish(f"{PREFIX}:news", news)) is None:
            self._here.publish(topic, message)

    async def _listen(self) -> None:
        missed = False
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as news:
                    await news.subscribe(f"{PREFIX}:news")
                    if missed:
                        self._here.hear(MISSED, "")
                    while True:
                        self._take(await news.get_message(timeout=TIMEOUT_SECONDS))
            except (RedisError, OSError, asyncio.TimeoutError):
                missed = True
            await asyncio.sleep(AWAY_SECONDS)

    def _take(self, found: Any) -> None:
        if found is not None:
            origin, topic, message = json.loads(found["data"])
            if origin != self._origin:
                self._here.hear(topic, message)


def check_reachable(url: str) -> None:
    """Ask Redis whether it is there. Raises SettingError when the address cannot be used, SetupError when nobody answers."""
    try:
        with Client.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS) as client:
            client.ping()
    except ValueError:
        raise SettingError(NOT_AN_ADDRESS) from None
    except (RedisError, OSError) as error:
        raise SetupError(
            f"Redis does not answer ({type(error).__name__}). Without it workers of different machines share nothing but "
            "the database. See whether it runs and whether the password is right."
        ) from None


def _name(kind: str, key: str) -> str:
    """A name in Redis; of addresses and people only a fingerprint goes there."""
    return f"{PREFIX}:{kind}:{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"
