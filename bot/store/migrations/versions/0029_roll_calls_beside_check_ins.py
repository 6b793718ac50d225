"""A roll call asks beside the check-in of the day: when it asked, and when the day's own question comes"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("check_in", sa.Column("rolled_at", UtcDateTime(), nullable=True))
    op.add_column("check_in", sa.Column("again_at", UtcDateTime(), nullable=True))
    waits = sa.text("again_at IS NOT NULL")
    op.create_index("ix_check_in_again", "check_in", ["again_at"], sqlite_where=waits, postgresql_where=waits)


def downgrade() -> None:
    op.drop_index("ix_check_in_again", "check_in")
    op.drop_column("check_in", "again_at")
    op.drop_column("check_in", "rolled_at")
