"""The engine's memory of a conversation, bounded: a window of the last events and a snapshot of the slots."""

from datetime import datetime, timezone
from typing import Any, Dict, Iterable, List, Optional, Sequence

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    Event,
    FollowupAction,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import bindparam, delete, event, insert, select, update
from sqlalchemy.orm import Session

from bot.errors import ConflictError, StorageError
from bot.storage.database import Database
from bot.storage.tables import tracker_events, tracker_snapshots

# The message before this one with all its answers, and usually one more; rules and stories of this dialogue look back no further.
WINDOW = 16
# Built once: putting a statement together costs more than running it.
_SNAPSHOT = select(tracker_snapshots).where(tracker_snapshots.c.sender_id == bindparam("sender"))
_LATEST = (
    select(tracker_events.c.data)
    .where(tracker_events.c.sender_id == bindparam("sender"))
    .order_by(tracker_events.c.id.desc())
)
_LATEST_FEW = _LATEST.limit(bindparam("window"))
_CHANGE_SNAPSHOT = update(tracker_snapshots).where(
    tracker_snapshots.c.sender_id == bindparam("of_sender"),
    tracker_snapshots.c.events_count == bindparam("known_events"),
)


class StoredTracker(DialogueStateTracker):
    """A tracker that knows how many of its events are stored and how many the database held when it was loaded."""

    stored = 0
    stored_ever: Optional[int] = None  # None: the conversation is not in the database


class InterludeTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Keeps every event as a row, loads the last 16 of them, and appends only those that are new.

    A shortened history is cut at a message of the person; the slots come back from the snapshot. Slots that do not
    influence the conversation live in the snapshot alone. A form that
    was activated before the window is not brought back; this dialogue has none.

    With `database` it writes within the transaction open in this context, if there is one. Named in `endpoints.yml` it
    opens the database at `url` and each call is a transaction of its own. Database errors come through as StorageError;
    it must not be wrapped in Rasa's FailSafeTrackerStore, which would begin a new conversation instead.
    """

    def __init__(
        self,
        domain: Optional[Domain] = None,
        event_broker: Optional[EventBroker] = None,
        host: str = "sqlite://",
        database: Optional[Database] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._database = database or Database(host)
        self._database.upgrade()

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The tracker with its last events; None for a conversation that is not stored."""
        return self._load(sender_id, WINDOW)

    async def retrieve_full_tracker(self, conversation_id: str) -> Optional[DialogueStateTracker]:
        """The tracker with all events that are stored."""
        return self._load(conversation_id, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the tracker's new events and store its slots.

        Raises ConflictError when the conversation changed since the tracker was loaded, StorageError when it was not
        loaded from here.
        """
        if not isinstance(tracker, StoredTracker):
            raise StorageError(
                f"A {type(tracker).__name__} cannot be saved: how many of its events are stored is not known. Load the "
                "tracker from this store and change that."
            )
        added = list(tracker.events)[tracker.stored :]
        new = [_stored_form(item) for item in added if not (self._in_snapshot(item) or _carried_out(item, tracker))]
        stored_ever = (tracker.stored_ever or 0) + len(new)
        with self._database.transaction() as session:
            self._write_snapshot(session, tracker, stored_ever)
            if new:
                session.execute(insert(tracker_events), [_row(tracker.sender_id, data) for data in new])
            self._publish_when_stored(session, tracker.sender_id, new)
        tracker.stored += len(added)
        tracker.stored_ever = stored_ever

    async def delete(self, sender_id: str) -> None:
        """Erase a conversation's events and slots; not while one of its turns is under way."""
        with self._database.transaction() as session:
            for table in (tracker_events, tracker_snapshots):
                session.execute(delete(table).where(table.c.sender_id == sender_id))

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations."""
        with self._database.reading() as session:
            return list(session.scalars(select(tracker_snapshots.c.sender_id)))

    def init_tracker(self, sender_id: str) -> StoredTracker:
        """An empty tracker that this store can save."""
        return StoredTracker(sender_id, self.domain.slots)

    def _load(self, sender_id: str, window: Optional[int]) -> Optional[StoredTracker]:
        with self._database.reading() as session:
            snapshot = session.execute(_SNAPSHOT, {"sender": sender_id}).first()
            if snapshot is None:
                return None
            wanted = _LATEST if window is None else _LATEST_FEW
            latest = session.scalars(wanted, {"sender": sender_id, "window": window}).all()
        events = deserialise_events(latest[::-1])
        if len(latest) < snapshot.events_count:
            events = _from_first_message(events)
            start = events[0].timestamp if events else snapshot.updated_at.timestamp()
            events = _session_start(start) + events
        events += self._slots(snapshot.slots, events[-1].timestamp if events else snapshot.updated_at.timestamp())
        tracker = StoredTracker.from_events(sender_id, events, self.domain.slots)
        tracker.stored = len(tracker.events)
        tracker.stored_ever = snapshot.events_count
        return tracker

    def _slots(self, values: Dict[str, Any], at: float) -> List[Event]:
        # Last, because a session start resets all slots.
        initial = {slot.name: slot.initial_value for slot in self.domain.slots}
        changed = {name: value for name, value in values.items() if name in initial and value != initial[name]}
        return [SlotSet(name, value, timestamp=at) for name, value in changed.items()]

    def _in_snapshot(self, item: Event) -> bool:
        # What no policy looks back at need not be kept a second time, turn by turn; and can be forgotten in one place.
        silent = {slot.name for slot in self.domain.slots if not slot.influence_conversation}
        return isinstance(item, SlotSet) and item.key in silent

    def _write_snapshot(self, session: Session, tracker: StoredTracker, events_count: int) -> None:
        values = {
            "events_count": events_count,
            "slots": tracker.current_slot_values(),
            "updated_at": datetime.now(timezone.utc),
        }
        if tracker.stored_ever is None:
            session.execute(insert(tracker_snapshots).values(sender_id=tracker.sender_id, **values))
            return
        known = {"of_sender": tracker.sender_id, "known_events": tracker.stored_ever}
        changed = session.execute(_CHANGE_SNAPSHOT, {**known, **values})
        if changed.rowcount != 1:
            raise ConflictError(
                "A conversation was changed by somebody else since it was loaded, so this turn was not stored. Take "
                "the turns of one conversation one after the other, under its lock."
            )

    def _publish_when_stored(self, session: Session, sender_id: str, new: Sequence[Dict[str, Any]]) -> None:
        broker = self.event_broker
        if broker is None:
            return

        def publish(_: Session) -> None:
            for data in new:
                broker.publish({"sender_id": sender_id, **data})

        event.listen(session, "after_commit", publish, once=True)


def _carried_out(item: Event, tracker: DialogueStateTracker) -> bool:
    """Whether the event only asked for an action that has followed since."""
    return isinstance(item, FollowupAction) and tracker.followup_action is None


def _session_start(at: float) -> List[Event]:
    return [
        ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at),
        SessionStarted(timestamp=at),
        ActionExecuted(ACTION_LISTEN_NAME, timestamp=at),
    ]


def _stored_form(item: Event) -> Dict[str, Any]:
    data: Dict[str, Any] = item.as_dict()
    if "parse_data" in data:
        data["parse_data"] = {key: value for key, value in data["parse_data"].items() if key != "intent_ranking"}
    return data


def _row(sender_id: str, data: Dict[str, Any]) -> Dict[str, Any]:
    return {"sender_id": sender_id, "timestamp": data["timestamp"], "type_name": data["event"], "data": data}


def _from_first_message(events: List[Event]) -> List[Event]:
    starts = (place for place, item in enumerate(events) if isinstance(item, UserUttered))
    return events[next(starts, 0) :]
