"""Journeys of those who accompany"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "walk",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=True),
        sa.Column("beside", sa.String(), nullable=False),
        sa.Column("journey", sa.String(), nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("plan_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_walk_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_walk_person_id_person")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_walk_placement_id_placement")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["journey_version.id"], name=op.f("fk_walk_version_id_journey_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk")),
        sa.UniqueConstraint("person_id", "journey", "beside", name=op.f("uq_walk_person_id")),
    )
    op.create_index(op.f("ix_walk_person_id"), "walk", ["person_id"], unique=False)
    op.create_index(op.f("ix_walk_plan_at"), "walk", ["plan_at"], unique=False)
    op.create_table(
        "walk_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("walk_id", BIG, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["walk_id"], ["walk.id"], name=op.f("fk_walk_step_walk_id_walk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_step")),
        sa.UniqueConstraint("walk_id", "step", name=op.f("uq_walk_step_walk_id")),
    )
    op.create_index(
        "ix_walk_step_waiting", "walk_step", ["due_at"], unique=False,
        sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"),
    )  # fmt: skip

    op.add_column("cohort", sa.Column("walks_at", UtcDateTime(), nullable=True))
    op.create_index(
        "ix_cohort_walks", "cohort", ["walks_at"], unique=False,
        sqlite_where=sa.text("walks_at IS NOT NULL"), postgresql_where=sa.text("walks_at IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_cohort_walks", table_name="cohort")
    op.drop_column("cohort", "walks_at")
    op.drop_table("walk_step")
    op.drop_table("walk")
