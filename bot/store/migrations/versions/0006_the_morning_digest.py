"""The morning digest: when to look next whether there is something to say."""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WAITING = sa.text("digest_next IS NOT NULL")


def upgrade() -> None:
    op.add_column("membership", sa.Column("digest_next", UtcDateTime(), nullable=True))
    op.create_index("ix_membership_digest", "membership", ["digest_next"], sqlite_where=WAITING,
                    postgresql_where=WAITING)  # fmt: skip
    op.execute("UPDATE membership SET digest_next = created_at WHERE role = 'coordinator' AND ended_at IS NULL")


def downgrade() -> None:
    op.drop_index("ix_membership_digest", table_name="membership")
    op.drop_column("membership", "digest_next")
