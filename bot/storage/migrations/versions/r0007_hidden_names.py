"""Names that stay hidden when the message that gave them is forgotten; who reviewed second or signed off is found fast."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SEARCHED = ("second_id", "signed_off_by")


def upgrade() -> None:
    """Add the table and the indexes."""
    op.create_table(
        "hidden_names",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", Number, nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_hidden_names_person_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_hidden_names_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hidden_names"),
        sqlite_autoincrement=True,
    )
    for name in ("person_id", "conversation_id"):
        op.create_index(f"ix_hidden_names_{name}", "hidden_names", [name])
    for name in SEARCHED:
        op.create_index(f"ix_review_items_{name}", "review_items", [name])


def downgrade() -> None:
    """Take them away; names of forgotten messages show again where they still stand."""
    for name in SEARCHED:
        op.drop_index(f"ix_review_items_{name}", "review_items")
    op.drop_table("hidden_names")
