"""What learners are to learn at work, and what shows that they did"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index(op.f("ix_placement_tutor_id"), "placement", ["tutor_id"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_outcome_placement_id_placement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("placement_id", "code", name=op.f("uq_outcome_placement_id")),
    )
    op.create_index(op.f("ix_outcome_placement_id"), "outcome", ["placement_id"], unique=False)
    op.create_table(
        "outcome_grade",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("moment", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_outcome_grade_placement_id_placement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_grade")),
        sa.UniqueConstraint("placement_id", "moment", "code", name=op.f("uq_outcome_grade_placement_id")),
    )
    op.create_index(op.f("ix_outcome_grade_placement_id"), "outcome_grade", ["placement_id"], unique=False)
    op.create_table(
        "outcome_grid",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("moment", sa.String(), nullable=False),
        sa.Column("by_person_id", BIG, nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("by_role", sa.String(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("handed_in_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_outcome_grid_by_person_id_person")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_outcome_grid_placement_id_placement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_grid")),
        sa.UniqueConstraint("placement_id", "moment", name=op.f("uq_outcome_grid_placement_id")),
    )
    op.create_index(op.f("ix_outcome_grid_placement_id"), "outcome_grid", ["placement_id"], unique=False)
    op.create_table(
        "outcome_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("logged_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_outcome_log_placement_id_placement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_log")),
        sa.UniqueConstraint("placement_id", "week", "code", name=op.f("uq_outcome_log_placement_id")),
    )
    op.create_index(op.f("ix_outcome_log_placement_id"), "outcome_log", ["placement_id"], unique=False)
    op.create_table(
        "outcome_validation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_person_id", BIG, nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("by_role", sa.String(), nullable=False),
        sa.Column("validated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["person.id"], name=op.f("fk_outcome_validation_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_outcome_validation_placement_id_placement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_validation")),
        sa.UniqueConstraint("placement_id", "code", name=op.f("uq_outcome_validation_placement_id")),
    )
    op.create_index(op.f("ix_outcome_validation_placement_id"), "outcome_validation", ["placement_id"], unique=False)
    op.create_table(
        "outcome_week",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_outcome_week_placement_id_placement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_week")),
        sa.UniqueConstraint("placement_id", "week", name=op.f("uq_outcome_week_placement_id")),
    )
    op.create_index(op.f("ix_outcome_week_placement_id"), "outcome_week", ["placement_id"], unique=False)
    op.create_table(
        "review_note",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_review_note_placement_id_placement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
        sa.UniqueConstraint("placement_id", "side", "part", name=op.f("uq_review_note_placement_id")),
    )
    op.create_index(op.f("ix_review_note_placement_id"), "review_note", ["placement_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_placement_tutor_id"), table_name="placement")
    op.drop_table("review_note")
    op.drop_table("outcome_week")
    op.drop_table("outcome_validation")
    op.drop_table("outcome_log")
    op.drop_table("outcome_grid")
    op.drop_table("outcome_grade")
    op.drop_table("outcome")
