"""The engine goes on exactly as if it had read the whole conversation, and loads only its end."""

import asyncio
import json
from typing import Any, Coroutine, Dict, List, Optional, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, AllSlotsReset, BotUttered, Event, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy import func, select

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.tables import tracker_events, tracker_snapshots
from bot.storage.tracker_store import WINDOW, InterludeTrackerStore

from .conftest import address_of

DOMAIN = Domain.from_dict(
    {
        "intents": ["greet"],
        "slots": {
            "state": {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]},
            "mood": {"type": "text", "initial_value": "calm", "mappings": [{"type": "custom"}]},
        },
    }
)
Result = TypeVar("Result")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(coroutine)


def turn(number: int) -> List[Event]:
    """What one turn adds: a message as NLU parsed it, an action that sets slots, two replies."""
    parsed = {
        "intent": {"name": "greet", "confidence": 0.9},
        "intent_ranking": [{"name": "greet"}] * 9,
        "themes": [number],
    }
    changes: List[Event] = [SlotSet("state", {"turn": number, "said": ["é"]})]
    if number % 100 == 7:
        changes.append(SlotSet("mood", f"mood {number}"))
    message = UserUttered(f"message {number}", {"name": "greet", "confidence": 0.9}, [], parsed)
    replies = [BotUttered(f"reply {number}.{part}") for part in (1, 2)]
    return [message, ActionExecuted("action_reflect"), *changes, *replies, ActionExecuted("action_listen")]


async def add(store: TrackerStore, events: List[Event], sender: str = "a") -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(sender)
    for item in events:
        tracker.update(item, DOMAIN)
    await store.save(tracker)
    return tracker


def rows(database: Database, sender: str = "a") -> List[Any]:
    with database.reading() as session:
        wanted = select(tracker_events.c.data).where(tracker_events.c.sender_id == sender).order_by(tracker_events.c.id)
        return list(session.scalars(wanted))


def seen_by_policies(tracker: DialogueStateTracker) -> Dict[str, Any]:
    return {
        "slots": tracker.current_slot_values(),
        "message": tracker.latest_message.text if tracker.latest_message else None,
        "action": tracker.latest_action_name,
        "reply": tracker.latest_bot_utterance.text,
        "loop": tracker.active_loop_name,
        "listening": tracker.followup_action,
    }


def test_events_and_slots_are_the_same_with_and_without_the_bound_over_300_messages(database: Database) -> None:
    store = InterludeTrackerStore(DOMAIN, database=database)
    whole = DialogueStateTracker("a", DOMAIN.slots)
    whole.update(ActionExecuted("action_listen"))

    async def talk() -> None:
        for number in range(300):
            events = turn(number)
            await add(store, events)
            for item in events:
                whole.update(item, DOMAIN)
            bounded = await store.retrieve("a")
            assert bounded is not None
            assert seen_by_policies(bounded) == seen_by_policies(whole)
            assert len(bounded.events) <= WINDOW + 5
            assert bounded.copy().current_slot_values() == whole.current_slot_values()
        complete = await store.retrieve_full_tracker("a")
        assert complete is not None
        assert spoken(complete)[: len(spoken(whole))] == spoken(whole)
        assert complete.current_slot_values() == whole.current_slot_values()

    run(talk())


def spoken(tracker: DialogueStateTracker) -> List[Event]:
    """Everything but slots that influence nothing: these live in the snapshot alone, not turn by turn."""
    return [item for item in tracker.events if not isinstance(item, SlotSet) or item.key == "mood"]


@some.composite
def sequences(draw: Any) -> List[Event]:
    kinds = draw(some.lists(some.sampled_from(("turn", "turn", "mood", "reset", "restart")), min_size=1, max_size=30))
    events: List[Event] = []
    for number, kind in enumerate(kinds):
        chosen = {"mood": [SlotSet("mood", str(number))], "reset": [AllSlotsReset()], "restart": [Restarted()]}
        events += [*turn(number)[:-1], *chosen.get(kind, []), ActionExecuted("action_listen")]
    return events


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(sequences())
def test_any_sequence_of_turns_leaves_the_same_state_with_and_without_the_bound(events: List[Event]) -> None:
    database = Database("sqlite://")
    bounded, whole = InterludeTrackerStore(DOMAIN, database=database), InMemoryTrackerStore(DOMAIN)

    async def compare() -> None:
        for start in range(0, len(events), 10):
            for store in (bounded, whole):
                await add(store, events[start : start + 10])
        short, full = await bounded.retrieve("a"), await whole.retrieve_full_tracker("a")
        assert short is not None and full is not None
        assert seen_by_policies(short) == seen_by_policies(full)

    run(compare())
    database.close()


def test_only_new_events_are_appended_also_when_saved_twice(database: Database) -> None:
    store = InterludeTrackerStore(DOMAIN, database=database)

    async def talk() -> None:
        for number in range(30):
            before = len(rows(database))
            tracker = await add(store, turn(number))
            await store.save(tracker)
            added = rows(database)[before:]
            assert added[0]["event"] == ("action" if number == 0 else "user")
            assert len([item for item in added if item["event"] == "user"]) == 1

    run(talk())
    said = [item["text"] for item in rows(database) if item["event"] == "user"]
    assert said == [f"message {number}" for number in range(30)]


def test_stored_messages_keep_what_was_understood_but_no_rankings(database: Database) -> None:
    run(add(InterludeTrackerStore(DOMAIN, database=database), turn(3)))
    (message,) = [item for item in rows(database) if item["event"] == "user"]
    assert message["parse_data"]["themes"] == [3]
    assert "intent_ranking" not in message["parse_data"]


def test_conversations_do_not_mix(database: Database) -> None:
    store = InterludeTrackerStore(DOMAIN, database=database)

    async def talk() -> None:
        await add(store, turn(1), "a")
        await add(store, turn(2), "b")
        found = await store.retrieve("a")
        assert found is not None and found.latest_message is not None and found.latest_message.text == "message 1"
        assert await store.retrieve("c") is None
        assert sorted(await store.keys()) == ["a", "b"]
        await store.delete("a")
        assert list(await store.keys()) == ["b"]

    run(talk())
    assert rows(database, "a") == [] and rows(database, "b") != []


def test_a_turn_rolled_back_leaves_the_conversation_as_it_was(database: Database) -> None:
    store = InterludeTrackerStore(DOMAIN, database=database)

    async def fail() -> None:
        with database.transaction():
            await add(store, turn(2))
            raise KeyError

    run(add(store, turn(1)))
    before = rows(database)
    with pytest.raises(KeyError):
        run(fail())
    assert rows(database) == before
    tracker: Optional[DialogueStateTracker] = run(store.retrieve("a"))
    assert tracker is not None and tracker.get_slot("state")["turn"] == 1
    run(add(store, turn(2)))
    assert len([item for item in rows(database) if item["event"] == "user"]) == 2


def test_a_conversation_goes_on_after_its_old_rows_were_purged(database: Database) -> None:
    store = InterludeTrackerStore(DOMAIN, database=database)
    for number in range(20):
        run(add(store, turn(number)))
    with database.transaction() as session:
        session.execute(tracker_events.delete().where(tracker_events.c.id < 100))
    for number in range(20, 23):
        run(add(store, turn(number)))
    tracker = run(store.retrieve("a"))
    assert tracker is not None
    assert tracker.current_slot_values()["mood"] == "mood 7"
    assert tracker.current_slot_values()["state"]["turn"] == 22
    assert len([item for item in rows(database) if item.get("text") == "message 22"]) == 1


def test_two_turns_of_one_conversation_at_once_do_not_tangle_it(database: Database) -> None:
    store = InterludeTrackerStore(DOMAIN, database=database)

    async def tangle() -> None:
        await add(store, turn(0))
        one, other = await store.retrieve("a"), await store.retrieve("a")
        assert one is not None and other is not None
        for tracker in (one, other):
            tracker.update(UserUttered("again"), DOMAIN)
        await store.save(one)
        with pytest.raises(StorageError, match="somebody else"):
            await store.save(other)

    run(tangle())
    assert len([item for item in rows(database) if item.get("text") == "again"]) == 1


def test_rows_deleted_while_a_turn_is_under_way_are_not_written_back(database: Database) -> None:
    store = InterludeTrackerStore(DOMAIN, database=database)

    async def erase_meanwhile() -> None:
        tracker = await add(store, turn(0))
        await store.delete("a")
        tracker.update(UserUttered("late"), DOMAIN)
        with pytest.raises(StorageError):
            await store.save(tracker)

    run(erase_meanwhile())
    assert rows(database) == []


def test_a_copy_of_a_shortened_tracker_cannot_be_saved_over_the_history(database: Database) -> None:
    store = InterludeTrackerStore(DOMAIN, database=database)
    tracker = run(add(store, turn(0)))
    with pytest.raises(StorageError, match="Load the tracker"):
        run(store.save(tracker.copy()))


def test_a_database_error_is_never_a_new_conversation(database: Database) -> None:
    store = InterludeTrackerStore(DOMAIN, database=database)
    run(add(store, turn(0)))
    database.downgrade("base")
    with pytest.raises(StorageError):
        run(store.get_or_create_tracker("a"))


def test_the_stock_commands_can_open_it_by_its_name(tmp_path: Any) -> None:
    url = address_of("file", tmp_path)
    endpoint = EndpointConfig(url=url, type="bot.storage.tracker_store.InterludeTrackerStore")
    store = TrackerStore.create(endpoint, DOMAIN)
    assert isinstance(store, InterludeTrackerStore)
    run(add(store, turn(1)))
    database = Database(url)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(tracker_snapshots)) == 1
    database.close()


def test_events_are_streamed_only_once_they_are_stored(database: Database) -> None:
    published: List[Dict[str, Any]] = []

    class Broker:
        def publish(self, body: Dict[str, Any]) -> None:
            published.append(body)

    store = InterludeTrackerStore(DOMAIN, Broker(), database=database)  # type: ignore[arg-type]

    async def talk() -> None:
        with pytest.raises(KeyError), database.transaction():
            await add(store, turn(1))
            raise KeyError
        assert published == []
        with database.transaction():
            await add(store, turn(2))
            assert published == []

    run(talk())
    assert [item["text"] for item in published if item["event"] == "user"] == ["message 2"]
    assert json.dumps(published)
