"""What learners want to be sent by itself"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("placement", sa.Column("rhythm", sa.String(), nullable=True))
    op.add_column("placement", sa.Column("quiet_kinds", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("placement", "quiet_kinds")
    op.drop_column("placement", "rhythm")
