"""Whatever breaks: the person gets a safe answer with the card, and no message in danger is lost."""

from datetime import timedelta
from typing import Any, Callable

import pytest

from bot.core.guide import conversation
from bot.errors import StorageError
from bot.review import queue
from bot.review.refresh import rebuild, refresh

pytestmark = pytest.mark.asyncio(loop_scope="session")

DANGER = "i keep thinking about killing myself"
Break = Callable[[Any, pytest.MonkeyPatch], None]


def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("broken: " + DANGER)


async def _fails_later(*_: object, **__: object) -> None:
    _fails()


def _dialogue(engine: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine.agent.processor, "handle_message", _fails_later)


def _action(engine: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(conversation, "take", _fails)


def _encoder(engine: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine.encoder, "encode", _fails)


def _library(engine: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine.services.shelf, "reflections", _fails)
    for name in ("safety.open.suicide", "safety.follow.suicide", "concern.suicide"):
        patch.delitem(engine.services.library.sayings, name)


def _matcher(engine: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine.risk_screen, "_ask_matcher", lambda _: None)


def _classifier(engine: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine.risk_screen, "_ask_classifier", lambda _: None)


FAULTS = [_dialogue, _action, _encoder, _library, _matcher, _classifier]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
async def test_with_any_part_broken_danger_is_answered_with_the_card_and_reaches_the_queue(
    talk: Any, monkeypatch: pytest.MonkeyPatch, fault: Break
) -> None:
    await talk.say("hi")
    with monkeypatch.context() as broken:
        fault(talk.engine, broken)
        result = await talk.say(DANGER)
    said = "\n".join(reply.text for reply in result.replies)
    assert "findahelpline.com" in said and "emergency number" in said.lower()
    assert "broken" not in said
    assert result.level in ("risk", "imminent") and result.stored
    exported = await talk.engine.export(await talk.person())
    assert exported["conversations"][-1]["highest_level"] == "risk"
    assert [turn["text"] for turn in exported["messages"]][-1] == DANGER
    # The talk knows of it when the fault is gone.
    assert (await talk.say("hm")).level == "risk"


async def test_with_the_database_gone_danger_is_answered_and_stored_as_soon_as_it_is_back(
    talk: Any, new_talk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.say("hi")
    person = await talk.person()
    with monkeypatch.context() as broken:
        for way in ("transaction", "turn"):
            broken.setattr(talk.engine.database, way, _storage_is_gone)
        result = await talk.engine.handle(person, "test", DANGER, now=talk.now)
    assert [reply.id for reply in result.replies] == ["fallback.not_saved", "card"]
    assert "findahelpline.com" in result.replies[1].text and not result.stored
    await new_talk().say("somebody else writes")
    assert [turn["text"] for turn in await talk.engine.history(person, 1)] == [DANGER]
    assert (await talk.say("hm")).level == "risk"


async def test_what_was_not_stored_is_dropped_with_the_person(
    talk: Any, new_talk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.say("hi")
    person = await talk.person()
    with monkeypatch.context() as broken:
        for way in ("transaction", "turn"):
            broken.setattr(talk.engine.database, way, _storage_is_gone)
        await talk.engine.handle(person, "test", DANGER, now=talk.now)
    await talk.engine.erase(person)
    assert (await new_talk().say("somebody else writes")).stored
    assert await talk.engine.history(person, 5) == []


async def test_a_failed_message_can_be_sent_again_with_its_key(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(conversation, "take", _fails)
        await talk.say(DANGER, client_key="once")
    again = await talk.say(DANGER, client_key="once")
    assert again.failed is None and again.replies[-1].id != "fallback.error"


async def test_a_failed_message_carries_out_nothing_that_was_asked_before(
    talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("hi", "i do everything alone and nobody notices", "my sister never calls me", "forget that", "yes"):
        await talk.say(text)
    person = await talk.person()
    before = [turn["text"] for turn in await talk.engine.history(person, 9)]
    with monkeypatch.context() as broken:
        broken.setattr(conversation, "take", _fails)
        await talk.say("and it hurts")
    assert [turn["text"] for turn in await talk.engine.history(person, 9)] == [*before, "and it hurts"]


async def test_in_acute_danger_also_the_floor_names_the_emergency_number_first(
    talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.say("i live in germany")
    monkeypatch.setattr(conversation, "take", _fails)
    result = await talk.say("i have the pills here and i will take them tonight to kill myself")
    card = result.replies[-1]
    assert result.level == "imminent" and card.data["urgent"] and "112" in card.text.splitlines()[0]


async def test_what_no_judge_saw_raises_the_level_and_the_queue_when_it_is_judged(
    talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.say("hi")
    rebuild(talk.engine.database, talk.now, False)
    with monkeypatch.context() as broken:
        broken.setattr(talk.engine.risk_screen, "judge", _fails)
        await talk.say(DANGER)
    assert (await talk.say("are you there")).level == "risk"
    # Other tests talk in this database too, and one refresh brings only a part of very much.
    for _ in range(20):
        refresh(talk.engine.database, talk.now + timedelta(minutes=1), False)
    conversation_id = (await talk.engine.export(await talk.person()))["conversations"][0]["id"]
    with talk.engine.database.reading() as session:
        item = queue.item(session, conversation_id)
    assert item is not None and item.level.name == "risk"


@pytest.mark.parametrize("broken_too", [False, True])
async def test_people_are_told_of_danger_also_when_the_turn_broke(
    talk: Any, monkeypatch: pytest.MonkeyPatch, broken_too: bool
) -> None:
    sent = []
    monkeypatch.setattr(talk.engine.notifier, "send", sent.append)
    if broken_too:
        monkeypatch.setattr(conversation, "take", _fails)
    await talk.say(DANGER)
    assert [(notice.level, notice.kind) for notice in sent] == [("risk", "suicide")]


async def test_people_are_told_when_the_answer_to_the_question_makes_it_imminent(
    talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    monkeypatch.setattr(talk.engine.notifier, "send", sent.append)
    await talk.say(DANGER)
    result = await talk.say("yes, tonight")
    assert result.level == "imminent"
    assert [notice.level for notice in sent] == ["risk", "imminent"]
    last = (await talk.engine.export(await talk.person()))["messages"][-1]
    assert last["level"] == "imminent" and last["level_reason"] and last["level_judge"]


def _storage_is_gone() -> None:
    raise StorageError("The database could not store: locked.")
