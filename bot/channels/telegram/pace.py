"""Telegram's limits on sending, our limit on receiving, and the time they are measured in."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Dict, Protocol

# https://core.telegram.org/bots/faq: about one message a second to a chat, about 30 a second in all.
CHAT_INTERVAL, CHAT_BURST = 1.0, 3
ALL_INTERVAL, ALL_BURST = 1 / 25, 25
MANY_CHATS = 10_000
MINUTE = timedelta(minutes=1)


class Time(Protocol):
    """A clock and a way to wait."""

    def now(self) -> float:
        """Seconds since some moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class RealTime:
    """The machine's time."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class Pace:
    """Gives each message its moment, so that no chat gets more than Telegram allows, nor all of them together."""

    def __init__(self, clock: Time) -> None:
        self._clock = clock
        self._chats: Dict[int, float] = {}
        self._all = 0.0

    def reserve(self, chat_id: int) -> float:
        """Take the next moment for a message to a chat: the seconds until then, 0 when it may go at once."""
        now = self._clock.now()
        if len(self._chats) > MANY_CHATS:
            self._chats = {chat: due for chat, due in self._chats.items() if due > now}
        chat, everyone = max(now, self._chats.get(chat_id, 0.0)), max(now, self._all)
        self._chats[chat_id] = chat + CHAT_INTERVAL
        self._all = everyone + ALL_INTERVAL
        return max(0.0, chat - (CHAT_BURST - 1) * CHAT_INTERVAL - now, everyone - (ALL_BURST - 1) * ALL_INTERVAL - now)

    def hold(self, chat_id: int, seconds: float) -> None:
        """Send nothing more to a chat for so long: Telegram said so."""
        until = self._clock.now() + seconds + (CHAT_BURST - 1) * CHAT_INTERVAL
        self._chats[chat_id] = max(self._chats.get(chat_id, 0.0), until)


class Flood:
    """Notices when a person writes more messages in a minute than are allowed, by the messages' own time."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._sent: Dict[int, Dict[int, datetime]] = {}

    def excess(self, chat_id: int, update_id: int, at: datetime) -> int:
        """Count a message once: 0 when it is within the limit, else the how manieth above it within a minute."""
        if len(self._sent) > MANY_CHATS:
            self._sent = {chat: sent for chat, sent in self._sent.items() if at - max(sent.values()) < MINUTE}
        recent = {known: when for known, when in self._sent.get(chat_id, {}).items() if at - when < MINUTE}
        recent.setdefault(update_id, at)
        self._sent[chat_id] = recent
        return max(0, list(recent).index(update_id) + 1 - self._per_minute)
