"""A roll call is a question of its own beside the daily check-in: which of that day, 0 for the daily one"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KEY, INDEX = "uq_check_in_placement_id", "ix_check_in_again"
WAITS = sa.text("again_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("check_in", sa.Column("roll_call", sa.Integer(), nullable=False, server_default="0"))
    # What a roll call had asked instead of the evening was one; the evening's own is planned anew, at once.
    op.execute("UPDATE check_in SET roll_call = 1 WHERE rolled_at IS NOT NULL")
    op.execute(
        "UPDATE placement SET plan_at = created_at WHERE plan_at IS NOT NULL"
        " AND id IN (SELECT placement_id FROM check_in WHERE rolled_at IS NOT NULL)"
    )
    op.drop_index(INDEX, "check_in")
    with op.batch_alter_table("check_in") as table:
        table.drop_constraint(KEY, type_="unique")
        table.create_unique_constraint(KEY, ["placement_id", "day", "roll_call"])
        table.drop_column("rolled_at")
        table.drop_column("again_at")


def downgrade() -> None:
    # Of one day only one question can stay: the daily one, as before.
    alert = sa.table("alert", sa.column("check_in_id"))
    check_in = sa.table("check_in", sa.column("id"), sa.column("roll_call"))
    called = sa.select(check_in.c.id).where(check_in.c.roll_call > 0)
    op.execute(alert.update().where(alert.c.check_in_id.in_(called)).values(check_in_id=None))
    op.execute(check_in.delete().where(check_in.c.roll_call > 0))
    with op.batch_alter_table("check_in") as table:
        table.drop_constraint(KEY, type_="unique")
        table.create_unique_constraint(KEY, ["placement_id", "day"])
        table.drop_column("roll_call")
        table.add_column(sa.Column("rolled_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("again_at", UtcDateTime(), nullable=True))
    op.create_index(INDEX, "check_in", ["again_at"], sqlite_where=WAITS, postgresql_where=WAITS)
