"""Who is named in an open case and had themselves erased stays known to those who look after it, until it is closed"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("safeguarding_case", sa.Column("named_sealed", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("safeguarding_case", "named_sealed")
