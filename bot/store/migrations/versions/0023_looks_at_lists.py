"""Looks at lists of people are in the audit: one line for each list, with its cohort"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("cohort_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_audit_cohort_id"), "audit", ["cohort_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_cohort_id"), table_name="audit")
    op.drop_column("audit", "cohort_id")
