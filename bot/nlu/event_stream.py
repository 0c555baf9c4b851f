"""Stored events handed to a broker of Rasa's (RabbitMQ, Kafka, ...), behind the conversations' backs."""

import asyncio
import logging
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Dict, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

from bot.errors import SettingError

logger = logging.getLogger(__name__)

# Events that wait for a broker that is away; what comes on top is not streamed. All are in the database.
MOST_WAITING = 10_000
PAUSE_SECONDS = 5.0


class EventStream(EventBroker):
    """Gives events to the broker of `endpoint` in a thread of its own: no turn waits for it or fails with it.

    Rasa's brokers try to connect for minutes, some while they are given an event. Events hold what people wrote.
    """

    def __init__(self, endpoint: EndpointConfig) -> None:
        self._endpoint = endpoint
        self._full = False
        self._events: SimpleQueue[Optional[Dict[str, Any]]] = SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._more = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)
        self._thread.start()

    @staticmethod
    def of(path: Path) -> "EventStream":
        """The stream to the `event_broker` of a file in the form of Rasa's endpoints.yml. Raises SettingError."""
        try:
            endpoint = read_endpoint_config(str(path), "event_broker")
        except Exception as error:
            raise SettingError(
                f"INTERLUDE_EVENT_BROKER: {path} cannot be read ({type(error).__name__}). Allowed is a YAML file with "
                "`event_broker:` as in Rasa's endpoints.yml."
            ) from None
        if endpoint is None:
            raise SettingError(
                f"INTERLUDE_EVENT_BROKER: {path} has no `event_broker:`, or there is no such file. Write one as in Rasa's "
                "endpoints.yml."
            )
        return EventStream(endpoint)

    def publish(self, event: Dict[str, Any]) -> None:
        """Hand over one event; returns at once."""
        full = self._events.qsize() >= MOST_WAITING
        if full and not self._full:
            logger.error("events_not_streamed: the broker is away and %s events wait for it", MOST_WAITING)
        self._full = full
        if not full:
            self._put(event)

    async def close(self) -> None:
        """Hand over what waits, unless the broker is away, and end."""
        self._put(None)
        await asyncio.to_thread(self._thread.join, PAUSE_SECONDS)

    def _put(self, event: Optional[Dict[str, Any]]) -> None:
        self._events.put(event)
        self._loop.call_soon_threadsafe(self._more.set)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._work())

    async def _work(self) -> None:
        broker = await self._connected()
        while (event := await self._next()) is not None:
            try:
                broker.publish(event)
            except Exception as error:
                logger.error("event_not_streamed error=%s", type(error).__name__)
        await broker.close()

    async def _next(self) -> Optional[Dict[str, Any]]:
        while self._events.empty():
            self._more.clear()
            await self._more.wait()
        return self._events.get()

    async def _connected(self) -> EventBroker:
        while True:
            try:
                broker = await EventBroker.create(self._endpoint, self._loop)
                if broker is not None:
                    return broker
                raise SettingError("The event broker's type is not known.")
            except Exception as error:
                logger.error("event_broker_away error=%s", type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)
