"""Whether somebody was a minor on arrival, written down when their birth date is erased"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("placement", sa.Column("minor_at_arrival", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("placement", "minor_at_arrival")
