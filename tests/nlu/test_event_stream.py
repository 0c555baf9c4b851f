"""Stored events reach a broker of Rasa's, and a broker that is away keeps nobody waiting."""

import json
from pathlib import Path

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from bot.errors import SettingError
from bot.nlu import event_stream
from bot.nlu.event_stream import EventStream


def endpoints(folder: Path, content: str) -> Path:
    path = folder / "endpoints.yml"
    path.write_text(content, encoding="utf-8")
    return path


async def test_events_reach_the_broker_in_order(tmp_path: Path) -> None:
    log = tmp_path / "events.log"
    stream = EventStream.of(endpoints(tmp_path, f"event_broker:\n  type: file\n  path: {log}\n"))
    for number in range(50):
        stream.publish({"event": "user", "number": number})
    await stream.close()
    assert [json.loads(line)["number"] for line in log.read_text(encoding="utf-8").splitlines()] == list(range(50))


async def test_a_broker_that_breaks_costs_its_event_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = []

    class Broken(EventBroker):
        def publish(self, event: dict) -> None:
            if event["number"] == 1:
                raise OSError("no route")
            given.append(event["number"])

    async def create(*_: object) -> EventBroker:
        return Broken()

    monkeypatch.setattr(event_stream.EventBroker, "create", create)
    stream = EventStream(EndpointConfig())
    for number in range(3):
        stream.publish({"number": number})
    await stream.close()
    assert given == [0, 2]


async def test_while_the_broker_is_away_only_so_many_events_wait(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(*_: object) -> EventBroker:
        raise ConnectionError("a person's words")

    monkeypatch.setattr(event_stream.EventBroker, "create", away)
    monkeypatch.setattr(event_stream, "MOST_WAITING", 5)
    stream = EventStream(EndpointConfig())
    for number in range(20):
        stream.publish({"number": number})
    assert caplog.text.count("events_not_streamed") == 1 and "words" not in caplog.text


@pytest.mark.parametrize("content", ["tracker_store:\n  type: sql\n", "event_broker: [\n"])
def test_a_file_without_a_broker_says_what_is_allowed(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingError, match="event_broker"):
        EventStream.of(endpoints(tmp_path, content))
