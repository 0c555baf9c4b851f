"""Each update is answered once and none is lost: doubles, restarts, failures, pauses, a network that goes away."""

import asyncio
import logging
from pathlib import Path

import pytest

from bot.channels.telegram.service import Service
from bot.errors import SettingError
from bot.settings import Secret, Settings
from bot.storage.database import Database

from ..conftest import FakeTime, open_database
from ..fake_engine import FakeEngine
from .conftest import Peer, Person, polling

Work = asyncio.Task


async def test_an_update_that_comes_twice_is_answered_once(
    ana: Person, peer: Peer, engine: FakeEngine, at_work: Work
) -> None:
    update = await ana.sends(text="i carry it all")
    await ana.settled()
    await peer.ask("again", update_id=update)
    await ana.settled()
    assert engine.heard == [("telegram", "i carry it all")]
    assert len([text for text in ana.heard() if text.startswith("You wrote")]) == 1


async def test_an_update_that_comes_again_after_a_restart_is_answered_once(
    ana: Person, peer: Peer, database: Database, settings: Settings, clock: FakeTime
) -> None:
    async with polling(FakeEngine(database), database, settings, clock):
        update = await ana.sends(text="i carry it all")
        await ana.settled()
    restarted = FakeEngine(database)
    async with polling(restarted, database, settings, clock):
        await peer.ask("again", update_id=update)
        await ana.settled()
    assert restarted.heard == []
    assert len([text for text in ana.heard() if text.startswith("You wrote")]) == 1


async def test_an_exercise_goes_on_after_a_restart(
    ana: Person, peer: Peer, tmp_path: Path, settings: Settings, clock: FakeTime
) -> None:
    for step, title in (("Name five things", "Next"), ("Breathe with me.", "Next"), ("That was the exercise.", None)):
        database = open_database(tmp_path / "kept.db")
        async with polling(FakeEngine(database), database, settings, clock):
            if step == "Name five things":
                await ana.sends(text="an exercise please")
            await ana.hears(step)
        database.close()
        if title:
            await ana.presses(title, under=step)


async def test_what_was_answered_but_not_sent_is_sent_after_a_restart_and_not_answered_anew(
    ana: Person, peer: Peer, database: Database, settings: Settings, clock: FakeTime
) -> None:
    engine = FakeEngine(database)
    key = f"telegram:{peer.token.partition(':')[0]}"
    update = await ana.sends(text="an exercise please")
    await engine.handle(
        await engine.person("telegram", str(ana.id)), "telegram", "an exercise please", client_key=f"{key}:{update}"
    )
    restarted = FakeEngine(database)
    async with polling(restarted, database, settings, clock):
        await ana.hears("Name five things")
    assert restarted.heard == []


async def test_after_a_failure_only_the_rest_of_the_messages_is_sent(ana: Person, peer: Peer, at_work: Work) -> None:
    await ana.settled()
    await peer.fault("sendMessage", code=400, description="Bad Request: planned")
    await ana.sends(text="something long")
    await ana.settled()
    parts = [text for text in ana.heard() if text.startswith("One more")]
    assert len(parts) == 3


async def test_an_update_that_fails_while_the_database_is_away_is_tried_until_it_is_back(
    ana: Person, engine: FakeEngine, clock: FakeTime, at_work: Work
) -> None:
    engine.outages = 30
    await ana.sends(text="i carry it all")
    await ana.hears("You wrote: i carry it all")
    assert [pause for pause in clock.slept if pause >= 1][:8] == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_messages_of_one_person_keep_their_order_when_one_fails(
    ana: Person, engine: FakeEngine, at_work: Work
) -> None:
    engine.outages = 3
    await ana.sends(text="first")
    await ana.sends(text="second")
    await ana.settled()
    assert engine.heard == [("telegram", "first"), ("telegram", "second")]


async def test_a_turn_that_could_not_be_stored_is_tried_again_before_the_person_is_told(
    ana: Person, engine: FakeEngine, at_work: Work
) -> None:
    engine.unsaved = 2
    assert await ana.says("i carry it all") == "You wrote: i carry it all"
    engine.unsaved = 3
    assert await ana.says("and more") == "That was not saved."


async def test_an_update_that_cannot_be_handled_is_given_up_and_the_person_is_told(
    ana: Person, engine: FakeEngine, at_work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    engine.mistakes = 5
    with caplog.at_level(logging.ERROR):
        await ana.sends(text="my secret is a red bicycle")
        await ana.hears("Your last message couldn't be answered")
        await ana.hears("Call 112")
    assert await ana.says("still there?") == "You wrote: still there?"
    assert "telegram_update_given_up" in caplog.text
    assert "bicycle" not in caplog.text


async def test_a_pause_that_telegram_asks_for_is_kept_and_nothing_is_lost(
    ana: Person, peer: Peer, clock: FakeTime, at_work: Work
) -> None:
    await ana.settled()
    await peer.fault("sendMessage", code=429, description="Too Many Requests", parameters={"retry_after": 17})
    await ana.sends(text="i carry it all")
    await ana.hears("You wrote: i carry it all")
    assert 17 in [round(pause) for pause in clock.slept]


async def test_polling_goes_on_after_the_network_was_away(
    ana: Person, peer: Peer, engine: FakeEngine, clock: FakeTime, at_work: Work
) -> None:
    await ana.settled()
    before = len(clock.slept)
    await peer.ask("network", up=False)
    await ana.sends(text="written while it was away")
    while not [pause for pause in clock.slept[before:] if pause >= 2]:
        await asyncio.sleep(0)
    await peer.ask("network", up=True)
    await ana.hears("You wrote: written while it was away")
    assert [pause for pause in clock.slept[before:] if pause >= 1][:2] == [1, 2]
    assert engine.heard == [("telegram", "written while it was away")]


async def test_one_persons_pause_does_not_keep_others_waiting(
    ana: Person, peer: Peer, clock: FakeTime, at_work: Work
) -> None:
    ben = Person(peer)
    clock.hold()
    await peer.fault("sendMessage", code=429, description="Too Many Requests", parameters={"retry_after": 17})
    await ana.sends(text="i carry it all")
    await peer.until(lambda calls: any(call.get("refused") for call in calls))
    assert await ben.says("hello there") == "You wrote: hello there"


@pytest.mark.parametrize(
    ("token", "told"),
    [("", "is not set"), ("not a token", "does not look like a token"), ("123:ab cd", "does not look like a token")],
)
def test_a_missing_or_broken_token_ends_with_a_clear_message(
    token: str, told: str, database: Database, settings: Settings
) -> None:
    with pytest.raises(SettingError, match=told) as raised:
        Service(FakeEngine(database), database, settings.replace(telegram_token=Secret(token)))
    assert "INTERLUDE_TELEGRAM_TOKEN" in str(raised.value)
    assert "BotFather" in str(raised.value)
    assert not token or token not in str(raised.value)


async def test_a_token_that_telegram_refuses_ends_with_a_clear_message(
    peer: Peer, engine: FakeEngine, database: Database, settings: Settings, clock: FakeTime
) -> None:
    await peer.ask("refuse")
    with pytest.raises(SettingError, match="refused INTERLUDE_TELEGRAM_TOKEN") as raised:
        await Service(engine, database, settings, clock).poll(asyncio.Event())
    assert peer.token not in str(raised.value)


async def test_the_token_is_never_logged(
    ana: Person, peer: Peer, engine: FakeEngine, database: Database, settings: Settings, clock: FakeTime,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        async with polling(engine, database, settings, clock):
            await ana.says("my secret is a red bicycle")
    assert peer.token not in caplog.text
    assert "bicycle" not in caplog.text


async def test_an_update_of_a_kind_nobody_knows_stops_nothing_and_its_words_are_answered_but_not_logged(
    ana: Person, peer: Peer, at_work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    await peer.ask("update", raw={"message": {"message_id": 1, "text": "a red bicycle nobody can place"}})
    unknown = ana.message(text="my secret is a red bicycle", message_id=2, sticker={"of": "a new kind"})
    await peer.ask("update", raw={"message": unknown})
    await ana.hears("You wrote: my secret is a red bicycle")
    assert await ana.says("i carry it all") == "You wrote: i carry it all"
    assert "bicycle" not in caplog.text
