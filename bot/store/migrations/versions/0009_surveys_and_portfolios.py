"""What people thought of a stay, and what learners put into their portfolio"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "survey_response",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_survey_response_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_survey_response")),
    )
    op.create_index(op.f("ix_survey_response_cohort_id"), "survey_response", ["cohort_id"], unique=False)
    op.create_table(
        "portfolio",
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_portfolio_placement_id_placement")),
        sa.PrimaryKeyConstraint("placement_id", name=op.f("pk_portfolio")),
    )


def downgrade() -> None:
    op.drop_table("portfolio")
    op.drop_table("survey_response")
