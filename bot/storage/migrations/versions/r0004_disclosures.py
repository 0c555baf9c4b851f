"""Which disclosure a person was given, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "disclosures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=128), nullable=False),
        sa.Column("readers", sa.Text(), nullable=False),
        sa.Column("staff_read_at_risk", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_disclosures_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_disclosures"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_disclosures_person_id", "disclosures", ["person_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("disclosures")
