"""Tutors keep the card of their company on the map; vetted former learners are found at once"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MEMBERSHIP = ("host_id", "host_wanted_id")
HOST = (
    ("agreed_member", BIG), ("withdrawn_member", BIG), ("proposed_at", UtcDateTime()), ("wished", sa.JSON()),
    ("wished_by", BIG),
)  # fmt: skip


def upgrade() -> None:
    for name in MEMBERSHIP:
        op.add_column("membership", sa.Column(name, BIG, nullable=True))
    op.create_index("ix_membership_host_id", "membership", ["host_id"])
    vetted = sa.text("vetted_at IS NOT NULL")
    op.create_index("ix_placement_vetted", "placement", ["vetted_at"], sqlite_where=vetted, postgresql_where=vetted)
    for name, kind in HOST:
        op.add_column("host", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in reversed(HOST):
        op.drop_column("host", name)
    op.drop_index("ix_placement_vetted", "placement")
    op.drop_index("ix_membership_host_id", "membership")
    for name in reversed(MEMBERSHIP):
        op.drop_column("membership", name)
