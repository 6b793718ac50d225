"""The desk: tutors and travel groups, people without Telegram, messages with files and choices, the morning digest"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("membership", sa.Column("works_at", sa.String(), nullable=True))
    op.add_column("membership", sa.Column("digest_at", sa.String(), nullable=True))
    op.add_column("membership", sa.Column("digest_on", sa.Date(), nullable=True))
    op.add_column("placement", sa.Column("travel_group", sa.String(), nullable=True))
    op.add_column("placement", sa.Column("guardian_email", sa.String(), nullable=True))
    for name in ("by_phone", "guardian_by_phone"):
        op.add_column("placement", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("placement", sa.Column("tutor_id", BIG, nullable=True))
    op.add_column("cohort_message", sa.Column("only", sa.JSON(), nullable=True))
    op.add_column("cohort_message", sa.Column("attachment", sa.JSON(), nullable=True))
    op.add_column("cohort_message", sa.Column("edited_at", UtcDateTime(), nullable=True))
    op.add_column("invite", sa.Column("mailed_at", UtcDateTime(), nullable=True))
    op.create_table(
        "call_task",
        sa.Column("id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", BIG, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["cohort_message.id"], name="fk_call_task_message_id_cohort_message"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_call_task_person_id_person"),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name="fk_call_task_placement_id_placement"),
        sa.ForeignKeyConstraint(["member_id"], ["membership.id"], name="fk_call_task_member_id_membership"),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name="fk_call_task_done_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_call_task"),
    )
    op.create_index("ix_call_task_message_id", "call_task", ["message_id"])
    op.create_index("ix_call_task_placement_id", "call_task", ["placement_id"])
    op.create_index("uq_call_task_message_person", "call_task", ["message_id", "person_id"], unique=True)


def downgrade() -> None:
    op.drop_table("call_task")
    for table, names in (
        ("invite", ("mailed_at",)),
        ("cohort_message", ("only", "attachment", "edited_at")),
        ("placement", ("travel_group", "by_phone", "guardian_by_phone", "guardian_email", "tutor_id")),
        ("membership", ("works_at", "digest_at", "digest_on")),
    ):
        for name in names:
            op.drop_column(table, name)
