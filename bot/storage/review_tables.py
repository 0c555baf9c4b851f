"""The tables of the practitioner's room, beside those of bot.storage.tables and on the same metadata.

What is about a person has a `person_id`, so that export and erasure cover it. No table copies a person's words:
decisions point at the turn, so that what is forgotten or erased is gone from here too. Rows that hang on a conversation
alone go with it (`ondelete`).
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.storage.tables import metadata
from bot.storage.types import EncryptedJSON, EncryptedText, LevelNumber, UtcTime


def _table(name: str, *items: Any, reads_as: str) -> Table:
    return Table(name, metadata, *items, info={"reads_as": reads_as}, sqlite_autoincrement=True)


def _key(name: str, *items: Any, **options: Any) -> Column:
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), *items, **options)


def _person() -> Column:
    return Column("person_id", String(32), ForeignKey("people.id"), nullable=False, index=True)


def _conversation(**options: Any) -> Column:
    return _key("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, **options)


def _turn(**options: Any) -> Column:
    return _key("turn_id", ForeignKey("turns.id"), index=True, **options)


def _reviewer(name: str = "reviewer_id", **options: Any) -> Column:
    return _key(name, ForeignKey("reviewers.id"), **options)


_ORDER = ("level", "unsure", "corrections", "conversation_id")

reviewers = _table(
    "reviewers",
    _key("id", primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("totp_secret", EncryptedText("reviewers.totp_secret")),
    Column("totp_step", BigInteger),  # the last time step a code was used for: no code works twice
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    reads_as="reviewers",
)

review_sessions = _table(
    "review_sessions",
    Column("token_hash", String(64), primary_key=True),
    _reviewer(nullable=False, index=True),
    Column("started_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    reads_as="review_sessions",
)

review_attempts = _table(
    "review_attempts",
    _key("id", primary_key=True),
    Column("address_hash", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "address_hash", "at"),
    reads_as="review_attempts",
)

shares = _table(
    "shares",
    _key("id", primary_key=True),
    _person(),
    _conversation(index=True),
    _turn(),  # none: the whole conversation
    Column("shared_at", UtcTime, nullable=False, index=True),
    Column("until", UtcTime),
    Column("revoked_at", UtcTime, index=True),
    reads_as="shares",
)

disclosures = _table(
    "disclosures",
    _key("id", primary_key=True),
    _person(),
    Column("entry_id", String(128), nullable=False),
    Column("readers", Text, nullable=False),  # who reads, as the person was told
    Column("staff_read_at_risk", Boolean, nullable=False),  # whether that says that staff read at `risk`
    Column("at", UtcTime, nullable=False),
    reads_as="disclosures",
)

# Names that were given in messages forgotten since, and are still to be hidden in the others of the conversation.
hidden_names = _table(
    "hidden_names",
    _key("id", primary_key=True),
    _person(),
    _conversation(index=True),
    Column("mark", EncryptedText("hidden_names.mark"), nullable=False),  # bot.core.review.names.marks_of
    reads_as="hidden_names",
)

readings = _table(
    "readings",
    _key("id", primary_key=True),
    _person(),
    _conversation(index=True),
    _reviewer(nullable=False),
    Column("reader", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("what", String(32), nullable=False),
    Column("turns", JSON, nullable=False),  # numbers of the messages read, as counted in the conversation
    Column("redacted", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    reads_as="readings",
)

review_items = _table(
    "review_items",
    _conversation(primary_key=True, autoincrement=False),
    _person(),
    Column("level", LevelNumber, nullable=False),  # as reviewers decided it, which the order goes by
    Column("machine_level", LevelNumber, nullable=False),
    Column("kind", String(32)),
    # What follows counts only messages that staff may read, so that order and filters tell nothing of the others.
    Column("unsure", Float, nullable=False),
    Column("corrections", Integer, nullable=False),
    Column("channel", String(64)),
    Column("readable", Boolean, nullable=False),
    Column("readable_until", UtcTime, index=True),
    Column("last_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("waiting", Boolean, nullable=False),  # for a first or a second review
    _reviewer(),
    _reviewer("second_id"),  # who marked it reviewed as the second
    _reviewer("signed_off_by"),
    Column("state_at", UtcTime),
    Index("ix_review_items_order", *_ORDER),
    Index("ix_review_items_waiting", "waiting", *_ORDER),
    Index("ix_review_items_state", "state", *_ORDER),
    Index("ix_review_items_channel", "channel", *_ORDER),
    Index("ix_review_items_reviewer", "reviewer_id", *_ORDER),
    Index("ix_review_items_last_at", "last_at", *_ORDER),
    Index("ix_review_items_second_id", "second_id"),
    Index("ix_review_items_signed_off_by", "signed_off_by"),
    reads_as="review_queue",
)

review_moves = _table(
    "review_moves",
    _key("id", primary_key=True),
    _person(),
    _conversation(index=True),
    _reviewer(),  # none: something new that may be read opened it again
    Column("event", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    _reviewer("given_to"),  # whose it is since
    _reviewer("taken_from"),  # whose it was, where somebody took it over
    Column("at", UtcTime, nullable=False, index=True),
    reads_as="review_moves",
)

review_item_themes = _table(
    "review_item_themes",
    Column("name", String(64), primary_key=True),
    _conversation(primary_key=True, index=True, autoincrement=False),
    _person(),
    Column("turns", Integer, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Index("ix_review_item_themes_last_at", "last_at", "name", "turns"),
    reads_as="review_themes",
)

review_refreshes = _table(
    "review_refreshes",
    _key("id", primary_key=True),
    Column("at", UtcTime, nullable=False),
    reads_as="review_refreshes",
)

review_decisions = _table(
    "review_decisions",
    _key("id", primary_key=True),
    _person(),
    _turn(nullable=False),
    _reviewer(nullable=False),
    Column("aspect", String(16), nullable=False),  # themes, level, reply
    Column("position", Integer),  # which reply was judged, and its entry
    Column("entry_id", String(128)),
    Column("value", JSON, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("independent", Boolean, nullable=False),  # made before the reviewer could see another's
    Column("model_version", String(255), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    reads_as="review_decisions",
)

review_notes = _table(
    "review_notes",
    _key("id", primary_key=True),
    _person(),
    _turn(nullable=False),
    _reviewer(nullable=False),
    Column("kind", String(16), nullable=False),  # note (for its writer alone), flag (for all)
    Column("text", EncryptedText("review_notes.text"), nullable=False),
    Column("at", UtcTime, nullable=False),
    reads_as="review_notes",
)

library_inbox = _table(
    "library_inbox",
    _key("id", primary_key=True),
    _person(),
    _turn(nullable=False),
    _reviewer(nullable=False),
    Column("entry_id", String(128), nullable=False),
    Column("better", EncryptedText("library_inbox.better"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    reads_as="library_inbox",
)

library_versions = _table(
    "library_versions",
    _key("id", primary_key=True),
    Column("entry_id", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),  # draft, approved, discarded, replaced
    Column("content", JSON, nullable=False),
    Column("source", String(255), nullable=False),
    _reviewer("written_by"),  # none: imported by command
    Column("written_at", UtcTime, nullable=False),
    _reviewer("approved_by"),
    Column("approved_at", UtcTime),
    UniqueConstraint("entry_id", "version"),
    Index("ix_library_versions_status", "status", "id"),
    reads_as="library_versions",
)

review_models = _table(
    "review_models",
    _key("id", primary_key=True),
    Column("name", String(255)),
    Column(
        "state", String(16), nullable=False
    ),  # training, candidate, promoted, discarded, replaced, failed, rolled_back
    _reviewer("begun_by", nullable=False),
    Column("begun_at", UtcTime, nullable=False),
    Column("examples", Integer, nullable=False),
    # Which messages changed is told by their ids; corrections are named by turn.
    Column("comparison", EncryptedJSON("review_models.comparison")),
    Column("problem", String(255)),
    Column("reason", EncryptedText("review_models.reason")),
    _reviewer("decided_by"),
    Column("decided_at", UtcTime),
    reads_as="review_models",
)
