"""Reading and writing what people said, what was understood and what was answered."""

from collections import Counter
from datetime import datetime
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple
from uuid import uuid4

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.core.conversation import Judgement, Level, Reply
from bot.errors import StorageError, UnknownPersonError
from bot.storage.review import keep_names_hidden
from bot.storage.rows import (
    Conversation,
    Person,
    StoredTurn,
    TurnRecord,
    plain,
    reply_rows,
    stored_turn,
    theme_rows,
    turn_values,
)
from bot.storage.tables import (
    addresses,
    alerts,
    conversations,
    corrections,
    notes,
    of_person,
    of_turns,
    people,
    ratings,
    replies,
    steps,
    technique_runs,
    tracker_events,
    tracker_snapshots,
    turn_themes,
    turns,
    updates_seen,
)

READ_AT_ONCE = 200
# The kind of a turn that no judge could look at.
UNSCREENED = "unscreened"


class Repository:
    """What a session of the database can find and keep. All times carry a time zone."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def person_at(self, channel: str, address: str, now: datetime) -> str:
        """The id of the person a channel knows by this address; a new person when there is none."""
        known = self._person_known_at(channel, address)
        if known is not None:
            return known
        person_id = uuid4().hex
        try:
            with self._session.begin_nested():
                self._insert(people, id=person_id, created_at=now, last_seen_at=now)
                self._insert(addresses, channel=channel, address=address, person_id=person_id, linked_at=now)
        except IntegrityError:
            # Another worker met the same person in the same moment.
            known = self._person_known_at(channel, address)
            if known is None:
                raise
            return known
        return person_id

    def find_at(self, channel: str, address: str) -> Optional[str]:
        """The id of the person a channel knows by this address, if there is one."""
        return self._person_known_at(channel, address)

    def addresses(self, person_id: str) -> List[Tuple[str, str]]:
        """Channel and address of every way a person is known."""
        wanted = select(addresses.c.channel, addresses.c.address).where(addresses.c.person_id == person_id)
        return [(channel, address) for channel, address in self._session.execute(wanted)]

    def link(self, person_id: str, channel: str, address: str, now: datetime) -> None:
        """Let an address of a channel lead to this person, whoever it led to before. Raises UnknownPersonError."""
        self._know(person_id)
        self._delete(addresses, (addresses.c.channel == channel) & (addresses.c.address == address))
        self._insert(addresses, channel=channel, address=address, person_id=person_id, linked_at=now)

    def unlink(self, person_id: str, channel: str) -> int:
        """Take all of a person's addresses of a channel away; gives how many there were."""
        return self._delete(addresses, (addresses.c.person_id == person_id) & (addresses.c.channel == channel))

    def find_person(self, person_id: str) -> Optional[Person]:
        """The person with this id, if there is one."""
        row = self._session.execute(select(people).where(people.c.id == person_id)).mappings().first()
        return None if row is None else Person(**row)

    def open_conversation(self, person_id: str, channel: str, now: datetime) -> Conversation:
        """Begin a person's next session. Raises UnknownPersonError."""
        self._know(person_id)
        last = self._session.scalar(
            select(func.max(conversations.c.number)).where(conversations.c.person_id == person_id)
        )
        self._insert(
            conversations,
            person_id=person_id,
            number=(last or 0) + 1,
            channel=channel,
            started_at=now,
            highest_level=Level.none,
        )
        self._session.execute(
            update(people)
            .where(people.c.id == person_id)
            .values(sessions_count=people.c.sessions_count + 1, last_seen_at=now)
        )
        opened = self.current_conversation(person_id)
        assert opened is not None
        return opened

    def current_conversation(self, person_id: str) -> Optional[Conversation]:
        """The person's latest session that has not ended, if there is one."""
        row = self._session.execute(_CURRENT_CONVERSATION, {"of_person": person_id}).mappings().first()
        return None if row is None else Conversation(**row)

    def close_conversation(self, conversation_id: int, reason: str, now: datetime) -> None:
        """End a session; one that has ended keeps its end."""
        self._session.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.ended_at.is_(None))
            .values(ended_at=now, end_reason=reason)
        )

    def record_turn(self, record: TurnRecord) -> int:
        """Store a turn with all that belongs to it, after the engine's events of it were stored; gives the turn's id.

        A message judged `concern` or above leaves an alert, and so does one by which the conversation's level rose.
        """
        judgement = record.heard.judgement
        turn_id = int(self._session.execute(_ADD_TURN, turn_values(record)).inserted_primary_key[0])
        self._insert_all(turn_themes, theme_rows(turn_id, record))
        self._insert_all(replies, reply_rows(turn_id, record))
        for note in record.notes:
            self._keep(turn_id, record, note)
        raised = self._raise_level(record)
        level = max(judgement.level, record.conversation_level) if raised else judgement.level
        if level >= Level.concern:
            self._insert(
                alerts,
                turn_id=turn_id,
                person_id=record.person_id,
                conversation_id=record.conversation_id,
                level=level,
                kind=judgement.kind or record.conversation_kind,
                at=record.at,
            )
        self._session.execute(_SEEN, {"of_person": record.person_id, "last_seen_at": record.at})
        return turn_id

    def unscreened(self) -> List[StoredTurn]:
        """Turns that no judge could look at, oldest first."""
        return self._turns(select(turns).where(turns.c.kind == UNSCREENED).order_by(turns.c.id))

    def screened_late(self, turn_id: int, judgement: Judgement, at: datetime) -> str:
        """Note what the screen says now of a turn that it could not look at; gives whose it is.

        `concern` or above leaves an alert and raises the level of the session.
        """
        row = self._session.execute(
            select(turns.c.person_id, turns.c.conversation_id).where(turns.c.id == turn_id)
        ).one()
        self._session.execute(
            update(turns)
            .where(turns.c.id == turn_id)
            .values(
                kind="screened_late",
                level=judgement.level,
                level_kind=judgement.kind,
                level_reason=judgement.reason,
                level_judge=judgement.judge,
                level_score=judgement.score,
            )
        )
        if judgement.level >= Level.concern:
            owner = {"person_id": row.person_id, "conversation_id": row.conversation_id, "turn_id": turn_id}
            self._insert(alerts, level=judgement.level, kind=judgement.kind, at=at, **owner)
            self._raise_to(row.conversation_id, judgement.level, judgement.kind)
        return str(row.person_id)

    def turn_sent_with(self, person_id: str, client_key: str) -> Optional[StoredTurn]:
        """The turn whose message came with this key of the client's; None when there is none."""
        found = self._turns(select(turns).where(turns.c.person_id == person_id, turns.c.client_key == client_key))
        return found[0] if found else None

    def find_turn(self, turn_id: int) -> Optional[StoredTurn]:
        """The turn with this number, if there is one."""
        found = self._turns(select(turns).where(turns.c.id == turn_id))
        return found[0] if found else None

    def history(self, person_id: str) -> Iterator[StoredTurn]:
        """All turns of a person, oldest first, read in small parts."""
        after = 0
        while True:
            part = self._turns(
                select(turns)
                .where(turns.c.person_id == person_id, turns.c.id > after)
                .order_by(turns.c.id)
                .limit(READ_AT_ONCE)
            )
            if not part:
                return
            yield from part
            after = part[-1].id

    def turn_ids(self, person_id: str) -> List[int]:
        """The numbers of all turns of a person."""
        return list(self._session.scalars(select(turns.c.id).where(turns.c.person_id == person_id)))

    def last_turns(self, person_id: str, count: int) -> List[StoredTurn]:
        """The last `count` turns of a person over all sessions, oldest first."""
        latest = select(turns).where(turns.c.person_id == person_id).order_by(turns.c.id.desc()).limit(count)
        return self._turns(latest)[::-1]

    def export(self, person_id: str) -> Dict[str, Any]:
        """Everything stored about a person, JSON-ready: a list of rows by kind of thing. Raises UnknownPersonError."""
        self._know(person_id)
        found: Dict[str, Any] = {}
        for table, condition in of_person(person_id):
            rows = self._session.execute(select(table).where(condition).order_by(*table.primary_key)).mappings()
            found[table.info["reads_as"]] = [{name: plain(value) for name, value in row.items()} for row in rows]
        return found

    def purge(self, before: datetime) -> Dict[str, int]:
        """Erase what is older than a moment, and whoever was last seen before it; gives the rows erased of each kind.

        The bytes leave the files with Database.scrub_files.
        """
        counts: Counter[str] = Counter()
        going_on = turns.c.conversation_id.in_(select(turns.c.conversation_id).where(turns.c.at >= before))
        cut = self._session.execute(select(turns).where(turns.c.at < before, going_on))
        keep_names_hidden(self._session, cut.all())
        for table, condition in reversed(list(of_turns(select(turns.c.id).where(turns.c.at < before)))):
            counts[table.info["reads_as"]] += self._delete(table, condition)
        counts["messages"] += self._delete(turns, turns.c.at < before)
        silent = conversations.c.id.not_in(select(turns.c.conversation_id))
        counts["conversations"] += self._delete(conversations, (conversations.c.started_at < before) & silent)
        counts["engine_events"] += self._delete(tracker_events, tracker_events.c.timestamp < before.timestamp())
        for person_id in self._session.scalars(select(people.c.id).where(people.c.last_seen_at < before)).all():
            counts.update(self.erase_person(person_id))
        nobodys = tracker_snapshots.c.sender_id.not_in(select(people.c.id))
        counts["engine_state"] += self._delete(tracker_snapshots, (tracker_snapshots.c.updated_at < before) & nobodys)
        counts["updates"] += self._delete(updates_seen, updates_seen.c.at < before)
        return dict(counts)

    def erase_person(self, person_id: str) -> Dict[str, int]:
        """Erase every row of a person; gives the rows erased of each kind. Raises UnknownPersonError.

        bot.storage.erasure.erase also scrubs the files and keeps a receipt.
        """
        self._know(person_id)
        return {
            table.info["reads_as"]: self._delete(table, condition)
            for table, condition in reversed(list(of_person(person_id)))
        }

    def _person_known_at(self, channel: str, address: str) -> Optional[str]:
        found: Optional[str] = self._session.scalar(_KNOWN_AT, {"at_channel": channel, "at_address": address})
        return found

    def _know(self, person_id: str) -> None:
        if self._session.scalar(select(people.c.id).where(people.c.id == person_id)) is None:
            raise UnknownPersonError(
                f"There is no person {person_id}. They may have been erased; ids have 32 hex digits."
            )

    def _delete(self, table: Table, condition: Any) -> int:
        return int(self._session.execute(delete(table).where(condition)).rowcount)

    def _insert(self, table: Table, **values: Any) -> Any:
        return self._session.execute(insert(table), values).inserted_primary_key[0]

    def _insert_all(self, table: Table, rows: List[Dict[str, Any]]) -> None:
        if rows:
            self._session.execute(insert(table), rows)

    def _raise_level(self, record: TurnRecord) -> bool:
        """Whether the session's highest level rose by this turn."""
        judgement = record.heard.judgement
        level = max(judgement.level, record.conversation_level)
        if level is Level.none:
            return False
        kind = judgement.kind if judgement.level == level else record.conversation_kind
        return self._raise_to(record.conversation_id, level, kind)

    def _raise_to(self, conversation_id: int, level: Level, kind: Optional[str]) -> bool:
        changed = self._session.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.highest_level < level)
            .values(highest_level=level, highest_kind=kind)
        )
        return bool(changed.rowcount)

    def _keep(self, turn_id: int, record: TurnRecord, note: Mapping[str, Any]) -> None:
        common = {"person_id": record.person_id, "turn_id": turn_id, "at": record.at}
        kind = note["kind"]
        if kind == "technique":
            self._insert(
                technique_runs,
                conversation_id=record.conversation_id,
                technique_id=note["technique"],
                event=note["event"],
                step=note.get("step"),
                **common,
            )
        elif kind == "note":
            self._insert(notes, technique_id=note["technique"], step_id=note["step"], text=note["text"], **common)
        elif kind == "rating":
            value = note["value"]
            self._insert(
                ratings,
                scale=note["scale"],
                value=None if value is None else str(value),
                technique_id=note.get("technique"),
                **common,
            )
        elif kind == "step":
            self._insert(steps, text=note["text"], own_words=note["own"] == "yes", **common)
        elif kind == "correction":
            corrected = self._session.scalar(
                select(func.max(turns.c.id)).where(turns.c.person_id == record.person_id, turns.c.id < turn_id)
            )
            self._insert(
                corrections,
                themes=list(note["themes"]),
                shown_entry_id=note.get("shown"),
                **{**common, "turn_id": corrected or turn_id},
            )
        else:
            raise StorageError(
                f"A note of kind {kind!r} cannot be stored. Allowed are correction, technique, note, rating and step."
            )

    def _turns(self, query: Any) -> List[StoredTurn]:
        rows = self._session.execute(query).mappings().all()
        if not rows:
            return []
        ids = [row["id"] for row in rows]
        said, themes = self._replies(ids), self._themes(ids)
        return [stored_turn(row, themes.get(row["id"], []), said.get(row["id"], [])) for row in rows]

    def _replies(self, turn_ids: Sequence[int]) -> Dict[int, List[Reply]]:
        found: Dict[int, List[Reply]] = {}
        wanted = select(replies).where(replies.c.turn_id.in_(turn_ids)).order_by(replies.c.turn_id, replies.c.position)
        for row in self._session.execute(wanted).mappings():
            reply = Reply(row["entry_id"], row["text"], tuple(row["buttons"]), row["data"])
            found.setdefault(row["turn_id"], []).append(reply)
        return found

    def _themes(self, turn_ids: Sequence[int]) -> Dict[int, List[Any]]:
        found: Dict[int, List[Any]] = {}
        wanted = select(turn_themes).where(turn_themes.c.turn_id.in_(turn_ids))
        for row in self._session.execute(wanted.order_by(turn_themes.c.turn_id, turn_themes.c.rank)).mappings():
            found.setdefault(row["turn_id"], []).append(row)
        return found


# Statements of every turn, built once: putting one together costs more than running it.
_KNOWN_AT = select(addresses.c.person_id).where(
    addresses.c.channel == bindparam("at_channel"), addresses.c.address == bindparam("at_address")
)
_CURRENT_CONVERSATION = (
    select(*(conversations.c[name] for name in Conversation.__dataclass_fields__))
    .where(conversations.c.person_id == bindparam("of_person"), conversations.c.ended_at.is_(None))
    .order_by(conversations.c.number.desc())
    .limit(1)
)
_ADD_TURN = insert(turns).values(
    number=select(func.coalesce(func.max(turns.c.number), 0) + 1)
    .where(turns.c.conversation_id == bindparam("of_conversation"))
    .scalar_subquery(),
    last_event_id=select(func.max(tracker_events.c.id))
    .where(tracker_events.c.sender_id == bindparam("of_person"))
    .scalar_subquery(),
)
_SEEN = update(people).where(people.c.id == bindparam("of_person"))
