"""Levels as they were decided, which reply was judged, independent decisions, second reviews, sign-offs and steps."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

items = sa.table("review_items", *map(sa.column, ("level", "machine_level", "state", "waiting")))
decisions = sa.table(
    "review_decisions",
    *map(sa.column, ("id", "turn_id", "reviewer_id", "aspect", "position", "entry_id", "final", "independent")),
)
replies = sa.table("replies", *map(sa.column, ("turn_id", "position", "entry_id")))
reviewers = sa.table("reviewers", *map(sa.column, ("id", "role")))


def upgrade() -> None:
    """Add the columns and the table, and fill in what follows from the rows that are there."""
    with op.batch_alter_table("review_items") as table:
        table.add_column(sa.Column("machine_level", sa.Integer()))
        for name in ("second_id", "signed_off_by"):
            table.add_column(sa.Column(name, Number))
            table.create_foreign_key(f"fk_review_items_{name}", "reviewers", [name], ["id"])
    op.execute(items.update().values(machine_level=items.c.level))
    # Of each only one review is known.
    op.execute(items.update().where(items.c.state == "reviewed").values(waiting=sa.true()))
    with op.batch_alter_table("review_items") as table:
        table.alter_column("machine_level", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("review_decisions", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("position", sa.Integer()))
        table.add_column(sa.Column("entry_id", sa.String(length=128)))
        table.add_column(sa.Column("independent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(decisions.update().where(decisions.c.aspect == "reply", _replies_beside(1)).values(**_only_reply()))
    op.execute(decisions.update().where(sa.not_(decisions.c.final), _made_unseen()).values(independent=sa.true()))
    with op.batch_alter_table("review_decisions", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("independent", existing_type=sa.Boolean(), server_default=None)
    op.create_table(
        "review_moves",
        sa.Column("id", Number, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", Number, nullable=False),
        sa.Column("reviewer_id", Number, nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("given_to", Number),
        sa.Column("taken_from", Number),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_review_moves_person_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_review_moves_conversation_id", ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint([name], ["reviewers.id"], name=f"fk_review_moves_{name}")
            for name in ("reviewer_id", "given_to", "taken_from")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_moves"),
        sqlite_autoincrement=True,
    )
    for name in ("person_id", "conversation_id", "at"):
        op.create_index(f"ix_review_moves_{name}", "review_moves", [name])


def downgrade() -> None:
    """Take them away; the queue goes by the machine's levels again, and one review is enough."""
    op.drop_table("review_moves")
    with op.batch_alter_table("review_decisions", table_kwargs={"sqlite_autoincrement": True}) as table:
        for name in ("position", "entry_id", "independent"):
            table.drop_column(name)
    op.execute(items.update().values(level=items.c.machine_level))
    op.execute(items.update().where(items.c.state == "reviewed").values(waiting=sa.false()))
    with op.batch_alter_table("review_items") as table:
        for name in ("second_id", "signed_off_by"):
            table.drop_constraint(f"fk_review_items_{name}", type_="foreignkey")
            table.drop_column(name)
        table.drop_column("machine_level")


def _replies_beside(count: int) -> sa.sql.ColumnElement:
    """Whether the turn has so many replies: with one it is clear which was judged."""
    counted = sa.select(sa.func.count()).select_from(replies).where(replies.c.turn_id == decisions.c.turn_id)
    return counted.scalar_subquery() == count


def _only_reply() -> dict:
    return {
        name: sa.select(replies.c[name]).where(replies.c.turn_id == decisions.c.turn_id).scalar_subquery()
        for name in ("position", "entry_id")
    }


def _made_unseen() -> sa.sql.ColumnElement:
    """First of its reviewer; a lead's only where nobody had decided, since leads see what others decided."""
    earlier = decisions.alias("earlier")
    # Two levels down: left to itself, it would look through all decisions again instead of at this one.
    of_this = sa.select(reviewers.c.role).where(reviewers.c.id == decisions.c.reviewer_id).correlate(decisions)
    seen = sa.or_(earlier.c.reviewer_id == decisions.c.reviewer_id, of_this.scalar_subquery() == "lead")
    same = sa.and_(earlier.c.turn_id == decisions.c.turn_id, earlier.c.aspect == decisions.c.aspect)
    return ~sa.exists(sa.select(earlier.c.id).where(same, earlier.c.id < decisions.c.id, seen))
