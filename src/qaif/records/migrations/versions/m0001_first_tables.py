"""Documents, prices and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
# INSERT OR REPLACE deletes without firing the trigger on deletes.
_TAKEN = "WHEN EXISTS (SELECT 1 FROM audit AS kept WHERE kept.id = NEW.id)"
_TRIGGERS = (
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit {_REFUSE}",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit {_REFUSE}",
    f"CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit {_TAKEN} {_REFUSE}",
)


def upgrade() -> None:
    """Make the first tables."""
    _documents()
    _prices()
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "action", "subject", "details")),
        sa.Column("digest", sa.Text, nullable=False),
    )
    for trigger in _TRIGGERS:
        op.execute(trigger)


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(n, sa.Text, nullable=False) for n in ("sha256", "taken_at", "source", "tool")),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.UniqueConstraint("sha256", "source", name="documents_once_a_source"),
    )


def _prices() -> None:
    op.create_table(
        "price_imports",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(n, sa.Text, nullable=False) for n in ("sha256", "file_name", "source", "currency")),
        sa.Column("imported_at", sa.Text, nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("new_count", sa.Integer, nullable=False),
        sa.Column("first_day", sa.Text, nullable=False),
        sa.Column("last_day", sa.Text, nullable=False),
        sa.UniqueConstraint("sha256", "source", "currency", name="price_imports_once"),
    )
    op.create_table(
        "prices",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("source", "currency", "day")),
        sa.Column("close", sa.Text, nullable=False),
        sa.Column("import_id", sa.Integer, sa.ForeignKey("price_imports.id"), nullable=False),
    )
    op.create_index("prices_by_import", "prices", ["import_id"])
