"""Questions to former learners, and how many a week each of them wants"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = UtcDateTime()
DUE = sa.text("wake_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("asker_id", BIG, nullable=False),
        sa.Column("to_placement_id", BIG, nullable=False),
        sa.Column("to_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("preset", sa.String(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("goes_at", INSTANT, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("reported_by", BIG, nullable=True),
        sa.Column("reported_at", INSTANT, nullable=True),
        sa.Column("wake_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name="fk_question_placement_id_placement"),
        sa.ForeignKeyConstraint(["to_placement_id"], ["placement.id"], name="fk_question_to_placement_id_placement"),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name="fk_question_asker_id_person"),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name="fk_question_to_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    for column in ("placement_id", "asker_id", "to_id"):
        op.create_index(f"ix_question_{column}", "question", [column])
    op.create_index("ix_question_due", "question", ["wake_at"], sqlite_where=DUE, postgresql_where=DUE)
    with op.batch_alter_table("placement") as table:
        table.add_column(sa.Column("asks_a_week", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("placement") as table:
        table.drop_column("asks_a_week")
    op.drop_table("question")
