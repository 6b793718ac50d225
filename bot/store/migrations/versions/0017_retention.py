"""How long a cohort keeps its people, when to look at that next, and who was told that their data will go"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

DUE = sa.text("forget_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("cohort", sa.Column("erase_after", sa.Integer(), nullable=False, server_default="15552000"))
    op.add_column("cohort", sa.Column("forget_at", UtcDateTime(), nullable=True))
    op.add_column("person", sa.Column("erasure_told_at", UtcDateTime(), nullable=True))
    # SQLite would make the table anew, and refuse to drop the one that learners point to; there the default stays.
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("cohort", "erase_after", existing_type=sa.Integer(), server_default=None)
    op.execute("UPDATE cohort SET forget_at = created_at")
    op.create_index("ix_cohort_forget", "cohort", ["forget_at"], sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    op.drop_index("ix_cohort_forget", "cohort")
    op.drop_column("person", "erasure_told_at")
    op.drop_column("cohort", "forget_at")
    op.drop_column("cohort", "erase_after")
