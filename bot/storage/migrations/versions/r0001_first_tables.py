"""The first tables: people, conversations, turns and what hangs on them, the engine's rows, erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "erasures",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_erasures_person_hash", "erasures", ["person_hash"])
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("training_consent_at", sa.DateTime(timezone=True)),
        sa.Column("sessions_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_people_last_seen_at", "people", ["last_seen_at"])
    op.create_table(
        "tracker_events",
        sa.Column("id", Number, nullable=False),
        sa.Column("sender_id", sa.String(length=255), nullable=False),
        sa.Column("timestamp", sa.Float(), nullable=False),
        sa.Column("type_name", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tracker_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tracker_events_sender_id_id", "tracker_events", ["sender_id", "id"])
    op.create_index("ix_tracker_events_timestamp", "tracker_events", ["timestamp"])
    op.create_table(
        "tracker_snapshots",
        sa.Column("sender_id", sa.String(length=255), nullable=False),
        sa.Column("events_count", sa.Integer(), nullable=False),
        sa.Column("slots", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sender_id", name="pk_tracker_snapshots"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "updates_seen",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "key", name="pk_updates_seen"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_updates_seen_at", "updates_seen", ["at"])
    op.create_table(
        "addresses",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_addresses_person_id"),
        sa.PrimaryKeyConstraint("channel", "address", name="pk_addresses"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_addresses_person_id", "addresses", ["person_id"])
    op.create_table(
        "conversations",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end_reason", sa.String(length=32)),
        sa.Column("highest_level", sa.Integer(), nullable=False),
        sa.Column("highest_kind", sa.String(length=32)),
        sa.Column("shared_at", sa.DateTime(timezone=True)),
        sa.Column("shared_until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_conversations_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("person_id", "number", name="uq_conversations_person_id_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_conversations_highest_level_started_at", "conversations", ["highest_level", "started_at"])
    op.create_table(
        "turns",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", Number, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("level_kind", sa.String(length=32)),
        sa.Column("level_subject", sa.String(length=16), nullable=False),
        sa.Column("level_tense", sa.String(length=16), nullable=False),
        sa.Column("level_reason", sa.LargeBinary(), nullable=False),
        sa.Column("level_spans", sa.JSON(), nullable=False),
        sa.Column("level_judge", sa.String(length=255), nullable=False),
        sa.Column("level_score", sa.Float(), nullable=False),
        sa.Column("degraded", sa.Boolean(), nullable=False),
        sa.Column("conversation_level", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.String(length=255), nullable=False),
        sa.Column("library_version", sa.String(length=255), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.Column("client_key", sa.String(length=255)),
        sa.Column("last_event_id", Number),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_turns_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.UniqueConstraint("conversation_id", "number", name="uq_turns_conversation_id_number"),
        sa.UniqueConstraint("person_id", "client_key", name="uq_turns_person_id_client_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turns_at", "turns", ["at"])
    op.create_index("ix_turns_level_at", "turns", ["level", "at"])
    op.create_index("ix_turns_person_id_id", "turns", ["person_id", "id"])
    op.create_table(
        "alerts",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", Number, nullable=False),
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_alerts_conversation_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_alerts_person_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_alerts_turn_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_conversation_id", "alerts", ["conversation_id"])
    op.create_index("ix_alerts_level_at", "alerts", ["level", "at"])
    op.create_index("ix_alerts_notified_at", "alerts", ["notified_at"])
    op.create_index("ix_alerts_person_id", "alerts", ["person_id"])
    op.create_index("ix_alerts_turn_id", "alerts", ["turn_id"])
    op.create_table(
        "corrections",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("shown_entry_id", sa.String(length=128)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_corrections_person_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_corrections_turn_id"),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_corrections_at", "corrections", ["at"])
    op.create_index("ix_corrections_person_id", "corrections", ["person_id"])
    op.create_index("ix_corrections_turn_id", "corrections", ["turn_id"])
    op.create_table(
        "notes",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("technique_id", sa.String(length=128), nullable=False),
        sa.Column("step_id", sa.String(length=128), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_notes_person_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_notes_turn_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notes_person_id", "notes", ["person_id"])
    op.create_index("ix_notes_turn_id", "notes", ["turn_id"])
    op.create_table(
        "ratings",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("scale", sa.String(length=32), nullable=False),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("technique_id", sa.String(length=128)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_ratings_person_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_ratings_turn_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ratings_person_id", "ratings", ["person_id"])
    op.create_index("ix_ratings_turn_id", "ratings", ["turn_id"])
    op.create_table(
        "replies",
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=128), nullable=False),
        sa.Column("entry_version", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_replies_turn_id"),
        sa.PrimaryKeyConstraint("turn_id", "position", name="pk_replies"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_replies_entry_id", "replies", ["entry_id"])
    op.create_table(
        "steps",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("own_words", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_steps_person_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_steps_turn_id"),
        sa.PrimaryKeyConstraint("id", name="pk_steps"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_steps_person_id", "steps", ["person_id"])
    op.create_index("ix_steps_turn_id", "steps", ["turn_id"])
    op.create_table(
        "technique_runs",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", Number, nullable=False),
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("technique_id", sa.String(length=128), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("step", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_technique_runs_conversation_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_technique_runs_person_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_technique_runs_turn_id"),
        sa.PrimaryKeyConstraint("id", name="pk_technique_runs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_technique_runs_conversation_id", "technique_runs", ["conversation_id"])
    op.create_index("ix_technique_runs_person_id", "technique_runs", ["person_id"])
    op.create_index("ix_technique_runs_technique_id", "technique_runs", ["technique_id"])
    op.create_index("ix_technique_runs_turn_id", "technique_runs", ["turn_id"])
    op.create_table(
        "turn_themes",
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("span_start", sa.Integer()),
        sa.Column("span_end", sa.Integer()),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.Column("model_version", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_turn_themes_turn_id"),
        sa.PrimaryKeyConstraint("turn_id", "rank", name="pk_turn_themes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turn_themes_name", "turn_themes", ["name"])


def downgrade() -> None:
    """Drop the tables with all they hold."""
    for table in (
        "turn_themes",
        "technique_runs",
        "steps",
        "replies",
        "ratings",
        "notes",
        "corrections",
        "alerts",
        "turns",
        "conversations",
        "addresses",
        "updates_seen",
        "tracker_snapshots",
        "tracker_events",
        "people",
        "erasures",
    ):
        op.drop_table(table)
