"""Why words wait for a coordinator, and when somebody looked into a report"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("held_for", sa.String(), nullable=True))
    op.add_column("question", sa.Column("report_settled_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("question", "report_settled_at")
    op.drop_column("question", "held_for")
