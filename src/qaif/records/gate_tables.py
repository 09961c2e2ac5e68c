"""The tables of who may ask, of what they decided, and of the tree over the audit log."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from qaif.records.schema import metadata

audit_nodes = Table(
    "audit_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

audit_texts = Table(
    "audit_texts",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
)

gate_settings = Table(
    "gate_settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("disabled_at", Text),
    Column("failed_count", Integer, nullable=False, server_default="0"),
    Column("failed_at", Text),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", LargeBinary, primary_key=True),
    Column("user", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("secret_sha256", LargeBinary, nullable=False),
    Column("user", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("limits", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("expires_at", Text),
    Column("revoked_at", Text),
    Column("replaced_by", Text),
)

case_members = Table(
    "case_members",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("user", Text, primary_key=True),
    Column("since", Text, nullable=False),
    Column("added_by", Text, nullable=False),
)

screening_decisions = Table(
    "screening_decisions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("screening_entry", Integer, nullable=False),
    Column("entry_id", Integer, nullable=False),
    Column("decision", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

Index("audit_texts_by_time", audit_texts.c.at)
Index("sessions_by_user", sessions.c.user)
Index("api_keys_by_user", api_keys.c.user)
Index("case_members_by_user", case_members.c.user)
Index("screening_decisions_by_screening", screening_decisions.c.screening_entry)
