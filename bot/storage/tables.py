"""The tables. Suggestions of the machine live here; decisions of reviewers get tables of their own.

A table that holds anything about a person has a `person_id` or a `turn_id`; export and erasure find their rows by these
alone (`of_person`), so that a table added later is covered without being named. The engine's own rows are found by
`sender_id`, which is the person's id. `info["reads_as"]` is the table's name in an export or a receipt.
"""

from typing import Any, Iterator, Tuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)

from bot.storage.types import EncryptedJSON, EncryptedText, LevelNumber, UtcTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _table(name: str, *items: Any, reads_as: str) -> Table:
    # Without AUTOINCREMENT SQLite would give the id of an erased row to a new one.
    return Table(name, metadata, *items, info={"reads_as": reads_as}, sqlite_autoincrement=True)


def _number() -> Column:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _reference(target: str, **options: Any) -> Column:
    table = target.split(".")[0]
    name = {"people": "person_id", "conversations": "conversation_id", "turns": "turn_id"}[table]
    kind = String(32) if table == "people" else BigInteger().with_variant(Integer, "sqlite")
    return Column(name, kind, ForeignKey(target), nullable=False, **options)


people = _table(
    "people",
    Column("id", String(32), primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False, index=True),
    Column("training_consent_at", UtcTime),
    Column("sessions_count", Integer, nullable=False, default=0),
    reads_as="person",
)

addresses = _table(
    "addresses",
    Column("channel", String(64), primary_key=True),
    Column("address", String(255), primary_key=True),
    _reference("people.id", index=True),
    Column("linked_at", UtcTime, nullable=False),
    reads_as="addresses",
)

conversations = _table(
    "conversations",
    _number(),
    _reference("people.id"),
    Column("number", Integer, nullable=False),
    Column("channel", String(64), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("end_reason", String(32)),
    Column("highest_level", LevelNumber, nullable=False),
    Column("highest_kind", String(32)),
    Column("shared_at", UtcTime),
    Column("shared_until", UtcTime),
    UniqueConstraint("person_id", "number"),
    Index(None, "highest_level", "started_at"),
    reads_as="conversations",
)

turns = _table(
    "turns",
    _number(),
    _reference("people.id"),
    _reference("conversations.id"),
    Column("number", Integer, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("channel", String(64), nullable=False),
    Column("text", EncryptedText("turns.text"), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("level", LevelNumber, nullable=False),
    Column("level_kind", String(32)),
    Column("level_subject", String(16), nullable=False),
    Column("level_tense", String(16), nullable=False),
    Column("level_reason", EncryptedText("turns.level_reason"), nullable=False),
    Column("level_spans", JSON, nullable=False),
    Column("level_judge", String(255), nullable=False),
    Column("level_score", Float, nullable=False),
    Column("degraded", Boolean, nullable=False),
    Column("conversation_level", LevelNumber, nullable=False),
    Column("model_version", String(255), nullable=False),
    Column("library_version", String(255), nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("client_key", String(255)),
    # The turn's rows in tracker_events are those after the previous turn's last one, up to this.
    Column("last_event_id", BigInteger().with_variant(Integer, "sqlite")),
    UniqueConstraint("conversation_id", "number"),
    UniqueConstraint("person_id", "client_key"),
    Index(None, "person_id", "id"),
    Index(None, "level", "at"),
    reads_as="messages",
)

turn_themes = _table(
    "turn_themes",
    _reference("turns.id", primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("name", String(64), nullable=False, index=True),
    Column("score", Float, nullable=False),
    Column("span_start", Integer),
    Column("span_end", Integer),
    Column("claimed", Boolean, nullable=False),  # False: among the likeliest, but not sure enough to hold
    Column("model_version", String(255), nullable=False),
    reads_as="themes",
)

replies = _table(
    "replies",
    _reference("turns.id", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("entry_id", String(128), nullable=False, index=True),
    Column("entry_version", Integer, nullable=False),
    Column("text", EncryptedText("replies.text"), nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("data", EncryptedJSON("replies.data"), nullable=False),
    reads_as="replies",
)

technique_runs = _table(
    "technique_runs",
    _number(),
    _reference("people.id", index=True),
    _reference("conversations.id", index=True),
    _reference("turns.id", index=True),
    Column("technique_id", String(128), nullable=False, index=True),
    Column("event", String(16), nullable=False),
    Column("step", Integer),
    Column("at", UtcTime, nullable=False),
    reads_as="exercises",
)

notes = _table(
    "notes",
    _number(),
    _reference("people.id", index=True),
    _reference("turns.id", index=True),
    Column("technique_id", String(128), nullable=False),
    Column("step_id", String(128), nullable=False),
    Column("text", EncryptedText("notes.text"), nullable=False),
    Column("at", UtcTime, nullable=False),
    reads_as="notes",
)

ratings = _table(
    "ratings",
    _number(),
    _reference("people.id", index=True),
    _reference("turns.id", index=True),
    Column("scale", String(32), nullable=False),
    Column("value", EncryptedText("ratings.value")),  # may be a word or three of the person's own
    Column("technique_id", String(128)),
    Column("at", UtcTime, nullable=False),
    reads_as="ratings",
)

steps = _table(
    "steps",
    _number(),
    _reference("people.id", index=True),
    _reference("turns.id", index=True),
    Column("text", EncryptedText("steps.text"), nullable=False),
    Column("own_words", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    reads_as="steps",
)

corrections = _table(
    "corrections",
    _number(),
    _reference("people.id", index=True),
    _reference("turns.id", index=True),  # the turn whose reading was wrong
    Column("themes", JSON, nullable=False),
    Column("shown_entry_id", String(128)),
    Column("at", UtcTime, nullable=False, index=True),
    reads_as="corrections",
)

alerts = _table(
    "alerts",
    _number(),
    _reference("people.id", index=True),
    _reference("conversations.id", index=True),
    _reference("turns.id", index=True),
    Column("level", LevelNumber, nullable=False),
    Column("kind", String(32)),
    Column("at", UtcTime, nullable=False),
    Column("notified_at", UtcTime, index=True),
    Index(None, "level", "at"),
    reads_as="alerts",
)

tracker_events = _table(
    "tracker_events",
    _number(),
    Column("sender_id", String(255), nullable=False),
    Column("timestamp", Float, nullable=False, index=True),
    Column("type_name", String(64), nullable=False),
    Column("data", EncryptedJSON("tracker_events.data"), nullable=False),
    Index(None, "sender_id", "id"),
    reads_as="engine_events",
)

tracker_snapshots = _table(
    "tracker_snapshots",
    Column("sender_id", String(255), primary_key=True),
    Column("events_count", Integer, nullable=False),  # ever stored, also those erased since
    Column("slots", EncryptedJSON("tracker_snapshots.slots"), nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    reads_as="engine_state",
)

erasures = _table(
    "erasures",
    _number(),
    Column("person_hash", String(64), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("receipt", JSON, nullable=False),
    reads_as="erasures",
)

updates_seen = _table(
    "updates_seen",
    Column("channel", String(64), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
    reads_as="updates",
)


def without_ciphers(table: Table) -> Table:
    """The same table, whose encrypted columns are read and written as the bytes they are."""
    kinds = {
        column.name: LargeBinary() if isinstance(column.type, EncryptedText) else column.type
        for column in table.columns
    }
    return Table(table.name, MetaData(), *(Column(name, kind) for name, kind in kinds.items()))


def of_person(person_id: str) -> Iterator[Tuple[Table, Any]]:
    """Each table that holds something of a person with the condition for their rows, what depends on others last."""
    for table in metadata.sorted_tables:
        columns = table.columns
        if table is people:
            yield table, columns.id == person_id
        elif "person_id" in columns:
            yield table, columns.person_id == person_id
        elif "turn_id" in columns:
            yield table, columns.turn_id.in_(select(turns.c.id).where(turns.c.person_id == person_id))
        elif "sender_id" in columns:
            yield table, columns.sender_id == person_id


def of_turns(chosen: Any) -> Iterator[Tuple[Table, Any]]:
    """Each table whose rows hang on a turn, with the condition for the turns that `chosen` (a select of ids, or a list) gives."""
    for table in metadata.sorted_tables:
        if "turn_id" in table.columns:
            yield table, table.columns.turn_id.in_(chosen)
