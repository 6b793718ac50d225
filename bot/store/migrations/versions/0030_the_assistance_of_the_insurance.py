"""A cohort knows the assistance of its learners' insurance"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cohort", sa.Column("assistance_name", sa.String(), nullable=True))
    op.add_column("cohort", sa.Column("assistance_phone", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("cohort", "assistance_phone")
    op.drop_column("cohort", "assistance_name")
