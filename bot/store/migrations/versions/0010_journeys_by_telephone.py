"""What is due on a day for somebody without Telegram, as one call"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("call_task") as table:
        table.alter_column("message_id", existing_type=BIG, nullable=True)
        table.add_column(sa.Column("day", sa.Date(), nullable=True))
        table.add_column(sa.Column("steps", sa.JSON(), nullable=True))
    op.create_index("uq_call_task_placement_day", "call_task", ["placement_id", "day"], unique=True)


def downgrade() -> None:
    op.execute("DELETE FROM call_task WHERE message_id IS NULL")
    op.drop_index("uq_call_task_placement_day", "call_task")
    with op.batch_alter_table("call_task") as table:
        table.drop_column("steps")
        table.drop_column("day")
        table.alter_column("message_id", existing_type=BIG, nullable=False)
