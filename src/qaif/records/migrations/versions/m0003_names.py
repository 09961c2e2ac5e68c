"""Names of lists made ready to be searched, kept; statements found by the kind of their entity."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty, and the index over statements that are there."""
    op.create_table(
        "name_index",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("list_version_id", sa.Integer, nullable=False),
        sa.Column("name_count", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.LargeBinary, nullable=False)
            for name in ("seqs", "consonants", "keys", "ends", "positions")
        ),
    )
    op.create_index("statements_by_schema", "statements", ["schema"])


def downgrade() -> None:
    """Take both away; nothing is lost that is not made again."""
    op.drop_index("statements_by_schema", "statements")
    op.drop_table("name_index")
