"""A step that nobody took: something new that may be read opened a reviewed conversation again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moves = sa.table("review_moves", sa.column("reviewer_id"))


def upgrade() -> None:
    """Let a step be without a reviewer."""
    _let_be_missing(True)


def downgrade() -> None:
    """Take such steps away."""
    op.execute(moves.delete().where(moves.c.reviewer_id.is_(None)))
    _let_be_missing(False)


def _let_be_missing(nullable: bool) -> None:
    with op.batch_alter_table("review_moves", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("reviewer_id", existing_type=Number, nullable=nullable)
