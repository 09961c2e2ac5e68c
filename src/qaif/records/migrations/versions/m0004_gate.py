"""Users, sessions, keys, members of cases; decisions on screenings; the tree over the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0004_gate"
down_revision = "0003"
branch_labels = None
depends_on = None

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'decisions on screenings are only ever added'); END"
# INSERT OR REPLACE deletes without firing the trigger on deletes.
_TAKEN = "WHEN EXISTS (SELECT 1 FROM screening_decisions AS kept WHERE kept.seq = NEW.seq)"
_TRIGGERS = (
    f"CREATE TRIGGER screening_decisions_no_update BEFORE UPDATE ON screening_decisions {_REFUSE}",
    f"CREATE TRIGGER screening_decisions_no_delete BEFORE DELETE ON screening_decisions {_REFUSE}",
    f"CREATE TRIGGER screening_decisions_no_replace BEFORE INSERT ON screening_decisions {_TAKEN} {_REFUSE}",
)
_INDEXES = (
    ("audit_texts_by_time", "audit_texts", "at"),
    ("sessions_by_user", "sessions", "user"),
    ("api_keys_by_user", "api_keys", "user"),
    ("case_members_by_user", "case_members", "user"),
    ("screening_decisions_by_screening", "screening_decisions", "screening_entry"),
)
_TABLES = (
    *("audit_nodes", "audit_texts", "gate_settings", "users", "sessions", "api_keys", "case_members"),
    "screening_decisions",
)


def upgrade() -> None:
    """Make the tables, empty."""
    _of_the_log()
    _of_users()
    _of_keys_and_cases()
    _of_decisions()
    for name, table, column in _INDEXES:
        op.create_index(name, table, [column])
    for trigger in _TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    """Take them away again, with all that stands in them; the audit log itself stays."""
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
    for table in _TABLES:
        op.drop_table(table)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in names]


def _open(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text) for name in names]


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _of_the_log() -> None:
    op.create_table(
        "audit_nodes",
        *(sa.Column(name, sa.Integer, primary_key=True, autoincrement=False) for name in ("level", "place")),
        _bytes("hash"),
    )
    op.create_table(
        "audit_texts",
        sa.Column("entry_id", sa.Integer, primary_key=True),
        *_texts("at"),
        _bytes("salt"),
        *_texts("text"),
    )
    op.create_table("gate_settings", *_keys("name"), *_texts("value"))


def _of_users() -> None:
    op.create_table(
        "users",
        *_keys("name"),
        *_texts("role", "password", "made_at"),
        *_open("disabled_at"),
        sa.Column("failed_count", sa.Integer, nullable=False, server_default="0"),
        *_open("failed_at"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.LargeBinary, primary_key=True),
        *_texts("user", "made_at", "seen_at", "expires_at"),
    )


def _of_keys_and_cases() -> None:
    op.create_table(
        "api_keys",
        *_keys("prefix"),
        _bytes("secret_sha256"),
        *_texts("user", "name", "scopes", "limits", "made_at"),
        *_open("expires_at", "revoked_at", "replaced_by"),
    )
    op.create_table("case_members", *_keys("case_id", "user"), *_texts("since", "added_by"))


def _of_decisions() -> None:
    op.create_table(
        "screening_decisions",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("screening_entry", sa.Integer, nullable=False),
        sa.Column("entry_id", sa.Integer, nullable=False),
        *_texts("decision", "author", "role", "at", "reason"),
    )
