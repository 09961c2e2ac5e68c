"""What sources say: captures, statements, judgements, proposals, lists; more of each document.

Statements are only ever added: triggers hold that. The one change that they allow is an erasure, which
empties a row of a private person's data and leaves it standing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_APPENDED = ("entries",)  # neither changed nor removed
_ERASABLE = {
    "statements": ("seq", "id", "said", "assertion_id", "entry_id"),
    "judgements": ("seq", "judgement", "author", "at"),
    "decisions": ("seq", "proposal_id", "decision", "author", "at", "statement_ids"),
    "assertions": ("id", "digest", "dataset", "reliability", "credibility", "status", "method"),
}


def upgrade() -> None:
    """Make the tables, and lengthen that of documents."""
    op.add_column("documents", sa.Column("note", sa.Text, nullable=False, server_default=""))
    op.add_column("documents", sa.Column("captured_at", sa.Text))
    op.add_column("documents", sa.Column("parent_sha256", sa.Text))
    op.add_column("documents", sa.Column("kind", sa.Text, nullable=False, server_default="text"))
    op.execute("UPDATE documents SET kind = 'html' WHERE media_type = 'text/html'")
    op.create_index("documents_by_parent", "documents", ["parent_sha256"])
    _captures()
    _entries()
    _assertions()
    _statements()
    _judgements()
    _proposals()
    _lists()
    for trigger in _triggers():
        op.execute(trigger)


def downgrade() -> None:
    """Take the tables and the columns away again, with all that stands in them."""
    for table in ("list_problems", "list_versions", "decisions", "proposals", "judgements"):
        op.drop_table(table)
    for table in ("statements", "assertions", "entries", "captures"):
        op.drop_table(table)
    op.drop_index("documents_by_parent", "documents")
    for column in ("kind", "parent_sha256", "captured_at", "note"):
        op.drop_column("documents", column)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _integers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _to(column: str, other: str) -> sa.Column[int]:
    return sa.Column(column, sa.Integer, sa.ForeignKey(other), nullable=False)


def _erased() -> sa.Column[int]:
    return sa.Column("erased", sa.Integer, nullable=False, server_default="0")


def _captures() -> None:
    op.create_table(
        "captures",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("sha256", "url"),
        *_integers("status"),
        *_texts("headers", "redirects", "fetched_at", "tool"),
        sa.Column("certificate_sha256", sa.Text),
    )
    op.create_index("captures_by_document", "captures", ["sha256"])


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("entered_by", "entered_at", "tool", "reason"),
        sa.Column("document_sha256", sa.Text),
    )


def _assertions() -> None:
    op.create_table(
        "assertions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        *_texts("dataset", "asserted_by", "resting_on"),
        sa.Column("document_sha256", sa.Text),
        sa.Column("span_start", sa.Integer),
        sa.Column("span_end", sa.Integer),
        *_texts("quote", "reliability"),
        *_integers("credibility"),
        *_texts("status"),
        sa.Column("first_seen", sa.Text),
        sa.Column("last_seen", sa.Text),
        *_texts("method"),
        _erased(),
    )
    op.create_index("assertions_by_dataset", "assertions", ["dataset"])
    op.create_index("assertions_by_document", "assertions", ["document_sha256"])


def _statements() -> None:
    op.create_table(
        "statements",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.LargeBinary, nullable=False),
        *_integers("said"),
        *_texts("entity_id", "schema", "prop", "value", "lang"),
        sa.Column("original", sa.Text),
        sa.Column("key", sa.Text),
        *_texts("locator"),
        _to("assertion_id", "assertions.id"),
        _to("entry_id", "entries.id"),
        _erased(),
    )
    op.create_index("statements_by_id", "statements", ["id", "seq"])
    op.create_index("statements_by_entity", "statements", ["entity_id"])
    op.create_index("statements_by_key", "statements", ["key"], sqlite_where=sa.text("key IS NOT NULL"))
    op.create_index("statements_by_assertion", "statements", ["assertion_id"])


def _judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("seq", sa.Integer, primary_key=True),
        *_texts("left_id", "right_id", "judgement", "author", "reason", "at"),
        _erased(),
    )
    op.create_index("judgements_by_left", "judgements", ["left_id"])
    op.create_index("judgements_by_right", "judgements", ["right_id"])


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("document_sha256"),
        *_integers("place"),
        *_texts("kind"),
        *_integers("span_start", "span_end"),
        *_texts("payload", "made_by", "made_at"),
    )
    op.create_index("proposals_by_document", "proposals", ["document_sha256"])
    op.create_table(
        "decisions",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("proposal_id", sa.Text, sa.ForeignKey("proposals.id"), nullable=False),
        *_texts("decision", "author", "at", "reason", "payload", "statement_ids"),
        _erased(),
    )
    op.create_index("decisions_by_proposal", "decisions", ["proposal_id"])


def _lists() -> None:
    op.create_table(
        "list_versions",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("list", "format", "sha256", "version"),
        sa.Column("published_at", sa.Text),
        *_texts("imported_at"),
        _to("entry_id", "entries.id"),
        *_integers("last_seq", "entity_count", "statement_count", "flagged_count"),
    )
    op.create_index("list_versions_by_list", "list_versions", ["list"])
    op.create_table(
        "list_problems",
        sa.Column("id", sa.Integer, primary_key=True),
        _to("list_version_id", "list_versions.id"),
        *_texts("locator", "kind", "said", "original"),
    )
    op.create_index("list_problems_by_version", "list_problems", ["list_version_id"])


def _triggers() -> list[str]:
    out = []
    for table in (*_APPENDED, *_ERASABLE):
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added'); END"
        key = "seq" if table in ("statements", "judgements", "decisions") else "id"
        taken = f"WHEN EXISTS (SELECT 1 FROM {table} AS kept WHERE kept.{key} = NEW.{key})"  # noqa: S608  names of ours
        out.append(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        out.append(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} {taken} {refuse}")
        when = ""
        if table in _ERASABLE:
            same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _ERASABLE[table])
            when = f"WHEN NOT (NEW.erased = 1 AND {same})"
        out.append(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when} {refuse}")
    return out
