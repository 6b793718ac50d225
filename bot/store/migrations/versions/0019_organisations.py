"""Organisations and projects by what they are, who sends a cohort, and who receives it"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PROJECT = ("action", "grant_number", "accreditation")


def upgrade() -> None:
    with op.batch_alter_table("organisation") as table:
        table.add_column(sa.Column("code", sa.String(), nullable=True))
        table.add_column(sa.Column("kind", sa.String(), nullable=True))
        table.create_unique_constraint("uq_organisation_code", ["code"])
    with op.batch_alter_table("project") as table:
        for name in _PROJECT:
            table.add_column(sa.Column(name, sa.String(), nullable=True))
        table.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
    with op.batch_alter_table("cohort") as table:
        table.add_column(sa.Column("organisation_id", BIG, nullable=True))
        table.create_foreign_key("fk_cohort_organisation_id_organisation", "organisation", ["organisation_id"], ["id"])
    op.create_table(
        "cohort_partner",
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("organisation_id", BIG, nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_cohort_partner_cohort_id_cohort"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_cohort_partner_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("cohort_id", "organisation_id", "part", name="pk_cohort_partner"),
    )


def downgrade() -> None:
    op.drop_table("cohort_partner")
    with op.batch_alter_table("cohort") as table:
        table.drop_constraint("fk_cohort_organisation_id_organisation", type_="foreignkey")
        table.drop_column("organisation_id")
    with op.batch_alter_table("project") as table:
        for name in ("ends_on", "starts_on", *reversed(_PROJECT)):
            table.drop_column(name)
    with op.batch_alter_table("organisation") as table:
        table.drop_constraint("uq_organisation_code", type_="unique")
        table.drop_column("kind")
        table.drop_column("code")
