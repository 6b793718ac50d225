"""Language tests that learners took, and what they say of their level"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "language_result",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("lowest", sa.String(), nullable=False),
        sa.Column("highest", sa.String(), nullable=False),
        sa.Column("tallies", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_language_result_placement_id_placement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_result")),
        sa.UniqueConstraint(
            "placement_id", "phase", "language", "attempt", name=op.f("uq_language_result_placement_id")
        ),
    )
    op.create_index(op.f("ix_language_result_placement_id"), "language_result", ["placement_id"], unique=False)
    op.create_table(
        "language_claim",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_language_claim_placement_id_placement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_claim")),
        sa.UniqueConstraint(
            "placement_id", "phase", "language", "source", "skill", name=op.f("uq_language_claim_placement_id")
        ),
    )
    op.create_index(op.f("ix_language_claim_placement_id"), "language_claim", ["placement_id"], unique=False)


def downgrade() -> None:
    op.drop_table("language_claim")
    op.drop_table("language_result")
