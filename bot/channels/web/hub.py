"""Tells the open pages of a person what happened in another one."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from bot.workers.news import MISSED
from bot.workers.shared import Shared

TOPIC = "pages"
QUEUE = 50
MAX_PAGES = 10


class Hub:
    """Events by person. A page that does not keep up is told to load the history instead.

    So are the pages that other workers hold, since no words go from worker to worker.
    """

    def __init__(self, shared: Shared) -> None:
        self._pages: defaultdict[str, list[asyncio.Queue[str]]] = defaultdict(list)
        self._shared = shared
        shared.on_news(TOPIC, self._hear)
        shared.on_news(MISSED, lambda _: self._reload_all())

    def publish(self, person: str, event: str, elsewhere: str = "reload") -> None:
        """Give an event to every open page of a person; pages of other workers get the event named `elsewhere`, without data."""
        self._give(person, event)
        self._shared.publish(TOPIC, f"{person} {elsewhere}")

    def _hear(self, message: str) -> None:
        person, _, name = message.partition(" ")
        self._give(person, server_sent(name, "{}"))

    def _reload_all(self) -> None:
        for person in list(self._pages):
            self._give(person, RELOAD)

    def _give(self, person: str, event: str) -> None:
        for queue in self._pages.get(person, ()):
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(RELOAD)
            else:
                queue.put_nowait(event)

    def full(self, person: str) -> bool:
        """Whether a person has as many open pages as are served."""
        return len(self._pages.get(person, ())) >= MAX_PAGES

    @contextmanager
    def page(self, person: str) -> Iterator["asyncio.Queue[str]"]:
        """A queue of events for one open page of a person."""
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE)
        self._pages[person].append(queue)
        try:
            yield queue
        finally:
            self._pages[person].remove(queue)
            if not self._pages[person]:
                del self._pages[person]


def server_sent(name: str, data: str) -> str:
    """One server-sent event; `data` is JSON on one line."""
    return f"event: {name}\ndata: {data}\n\n"


RELOAD = server_sent("reload", "{}")
