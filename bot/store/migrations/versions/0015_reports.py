"""What a flow is to do better; fewer opportunities of a stay, told with consent alone"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0015"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "improvement",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_improvement_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
    )
    op.create_index(op.f("ix_improvement_cohort_id"), "improvement", ["cohort_id"])
    op.add_column("placement", sa.Column("fewer_opportunities", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("placement", "fewer_opportunities")
    op.drop_index(op.f("ix_improvement_cohort_id"), "improvement")
    op.drop_table("improvement")
