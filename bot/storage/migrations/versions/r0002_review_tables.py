"""The tables of the practitioner's room."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "review_attempts",
        sa.Column("id", Number, nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_attempts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_attempts_address_hash_at", "review_attempts", ["address_hash", "at"])
    op.create_table(
        "review_refreshes",
        sa.Column("id", Number, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_refreshes"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reviewers",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("totp_secret", sa.LargeBinary()),
        sa.Column("totp_step", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_reviewers"),
        sa.UniqueConstraint("name", name="uq_reviewers_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "library_versions",
        sa.Column("id", Number, nullable=False),
        sa.Column("entry_id", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("written_by", Number),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", Number),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["written_by"], ["reviewers.id"], name="fk_library_versions_written_by"),
        sa.ForeignKeyConstraint(["approved_by"], ["reviewers.id"], name="fk_library_versions_approved_by"),
        sa.PrimaryKeyConstraint("id", name="pk_library_versions"),
        sa.UniqueConstraint("entry_id", "version", name="uq_library_versions_entry_id_version"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_library_versions_status", "library_versions", ["status", "id"])
    op.create_table(
        "review_models",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", sa.String(length=255)),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("begun_by", Number, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("comparison", sa.LargeBinary()),
        sa.Column("problem", sa.String(length=255)),
        sa.Column("reason", sa.LargeBinary()),
        sa.Column("decided_by", Number),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["begun_by"], ["reviewers.id"], name="fk_review_models_begun_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["reviewers.id"], name="fk_review_models_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_review_models"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "review_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("reviewer_id", Number, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.id"], name="fk_review_sessions_reviewer_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_review_sessions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_sessions_reviewer_id", "review_sessions", ["reviewer_id"])
    op.create_table(
        "readings",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", Number, nullable=False),
        sa.Column("reviewer_id", Number, nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.Column("redacted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_readings_person_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_readings_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.id"], name="fk_readings_reviewer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_readings_conversation_id", "readings", ["conversation_id"])
    op.create_index("ix_readings_person_id", "readings", ["person_id"])
    op.create_table(
        "review_item_themes",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", Number, nullable=False, autoincrement=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_review_item_themes_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_review_item_themes_person_id"),
        sa.PrimaryKeyConstraint("name", "conversation_id", name="pk_review_item_themes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_item_themes_conversation_id", "review_item_themes", ["conversation_id"])
    op.create_index("ix_review_item_themes_last_at", "review_item_themes", ["last_at", "name", "turns"])
    op.create_index("ix_review_item_themes_person_id", "review_item_themes", ["person_id"])
    op.create_table(
        "review_items",
        sa.Column("conversation_id", Number, nullable=False, autoincrement=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32)),
        sa.Column("unsure", sa.Float(), nullable=False),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64)),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("readable_until", sa.DateTime(timezone=True)),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("reviewer_id", Number),
        sa.Column("state_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_review_items_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_review_items_person_id"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.id"], name="fk_review_items_reviewer_id"),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_review_items"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_review_items_channel", "review_items", ["channel", "level", "unsure", "corrections", "conversation_id"]
    )
    op.create_index(
        "ix_review_items_last_at", "review_items", ["last_at", "level", "unsure", "corrections", "conversation_id"]
    )
    op.create_index("ix_review_items_order", "review_items", ["level", "unsure", "corrections", "conversation_id"])
    op.create_index("ix_review_items_person_id", "review_items", ["person_id"])
    op.create_index("ix_review_items_readable_until", "review_items", ["readable_until"])
    op.create_index(
        "ix_review_items_reviewer", "review_items", ["reviewer_id", "level", "unsure", "corrections", "conversation_id"]
    )
    op.create_index(
        "ix_review_items_state", "review_items", ["state", "level", "unsure", "corrections", "conversation_id"]
    )
    op.create_index(
        "ix_review_items_waiting", "review_items", ["waiting", "level", "unsure", "corrections", "conversation_id"]
    )
    op.create_table(
        "library_inbox",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("reviewer_id", Number, nullable=False),
        sa.Column("entry_id", sa.String(length=128), nullable=False),
        sa.Column("better", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_library_inbox_person_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_library_inbox_turn_id"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.id"], name="fk_library_inbox_reviewer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_library_inbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_library_inbox_person_id", "library_inbox", ["person_id"])
    op.create_index("ix_library_inbox_turn_id", "library_inbox", ["turn_id"])
    op.create_table(
        "review_decisions",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("reviewer_id", Number, nullable=False),
        sa.Column("aspect", sa.String(length=16), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("model_version", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_review_decisions_person_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_review_decisions_turn_id"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.id"], name="fk_review_decisions_reviewer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_decisions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_decisions_at", "review_decisions", ["at"])
    op.create_index("ix_review_decisions_person_id", "review_decisions", ["person_id"])
    op.create_index("ix_review_decisions_turn_id", "review_decisions", ["turn_id"])
    op.create_table(
        "review_notes",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", Number, nullable=False),
        sa.Column("reviewer_id", Number, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_review_notes_person_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_review_notes_turn_id"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["reviewers.id"], name="fk_review_notes_reviewer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_notes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_notes_person_id", "review_notes", ["person_id"])
    op.create_index("ix_review_notes_turn_id", "review_notes", ["turn_id"])
    op.create_table(
        "shares",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", Number, nullable=False),
        sa.Column("turn_id", Number),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_shares_person_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_shares_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_shares_turn_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shares_conversation_id", "shares", ["conversation_id"])
    op.create_index("ix_shares_person_id", "shares", ["person_id"])
    op.create_index("ix_shares_revoked_at", "shares", ["revoked_at"])
    op.create_index("ix_shares_shared_at", "shares", ["shared_at"])
    op.create_index("ix_shares_turn_id", "shares", ["turn_id"])


def downgrade() -> None:
    """Drop the tables with all they hold."""
    for table in (
        "shares",
        "review_notes",
        "review_decisions",
        "library_inbox",
        "review_items",
        "review_item_themes",
        "readings",
        "review_sessions",
        "review_models",
        "library_versions",
        "reviewers",
        "review_refreshes",
        "review_attempts",
    ):
        op.drop_table(table)
