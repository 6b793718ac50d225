"""Assessments that tutors are filling in lie apart from those that were handed in"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.base import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outcome_draft",
        sa.Column("id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=False),
        sa.Column("moment", sa.String(), nullable=False),
        sa.Column("by_person_id", BIG, nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_outcome_draft_by_person_id_person")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_outcome_draft_placement_id_placement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_draft")),
        sa.UniqueConstraint("placement_id", "moment", name=op.f("uq_outcome_draft_placement_id")),
    )
    op.create_index(op.f("ix_outcome_draft_placement_id"), "outcome_draft", ["placement_id"], unique=False)
    _move()


def _move() -> None:
    """What was begun and not handed in becomes a draft."""
    connection = op.get_bind()
    begun = connection.execute(
        sa.text(
            "SELECT placement_id, moment, by_person_id, comment, begun_at FROM outcome_grid "
            "WHERE handed_in_at IS NULL AND by_person_id IS NOT NULL"
        )
    ).all()
    for placement_id, moment, person_id, comment, begun_at in begun:
        where = {"placement": placement_id, "moment": moment}
        grades = connection.execute(
            sa.text("SELECT code, value FROM outcome_grade WHERE placement_id = :placement AND moment = :moment"), where
        ).all()
        given = sa.bindparam("grades", dict(map(tuple, grades)), type_=sa.JSON())
        connection.execute(
            sa.text(
                "INSERT INTO outcome_draft (placement_id, moment, by_person_id, grades, comment, begun_at) "
                "VALUES (:placement, :moment, :person, :grades, :comment, :begun)"
            ).bindparams(given, **where, person=person_id, comment=comment, begun=begun_at)
        )
    unfinished = "EXISTS (SELECT 1 FROM outcome_grid g WHERE g.placement_id = outcome_grade.placement_id " \
                 "AND g.moment = outcome_grade.moment AND g.handed_in_at IS NULL)"  # fmt: skip
    connection.execute(sa.text(f"DELETE FROM outcome_grade WHERE {unfinished}"))
    connection.execute(sa.text("DELETE FROM outcome_grid WHERE handed_in_at IS NULL"))


def downgrade() -> None:
    op.drop_table("outcome_draft")
