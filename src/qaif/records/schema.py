"""The tables of `records.sqlite`, as the newest migration leaves them."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = "0004_gate"

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("taken_at", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("captured_at", Text),
    Column("parent_sha256", Text),
    Column("kind", Text, nullable=False, server_default="text"),
    UniqueConstraint("sha256", "source", name="documents_once_a_source"),
)

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("redirects", Text, nullable=False),
    Column("fetched_at", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("certificate_sha256", Text),
)

price_imports = Table(
    "price_imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("imported_at", Text, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("new_count", Integer, nullable=False),
    Column("first_day", Text, nullable=False),
    Column("last_day", Text, nullable=False),
    UniqueConstraint("sha256", "source", "currency", name="price_imports_once"),
)

prices = Table(
    "prices",
    metadata,
    Column("source", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("close", Text, nullable=False),
    Column("import_id", Integer, ForeignKey("price_imports.id"), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("digest", Text, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document_sha256", Text),
)

assertions = Table(
    "assertions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("dataset", Text, nullable=False),
    Column("asserted_by", Text, nullable=False),
    Column("resting_on", Text, nullable=False),
    Column("document_sha256", Text),
    Column("span_start", Integer),
    Column("span_end", Integer),
    Column("quote", Text, nullable=False),
    Column("reliability", Text, nullable=False),
    Column("credibility", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("first_seen", Text),
    Column("last_seen", Text),
    Column("method", Text, nullable=False),
    Column("erased", Integer, nullable=False, server_default="0"),
)

statements = Table(
    "statements",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False),
    Column("said", Integer, nullable=False),
    Column("entity_id", Text, nullable=False),
    Column("schema", Text, nullable=False),
    Column("prop", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("original", Text),
    Column("key", Text),
    Column("locator", Text, nullable=False),
    Column("assertion_id", Integer, ForeignKey("assertions.id"), nullable=False),
    Column("entry_id", Integer, ForeignKey("entries.id"), nullable=False),
    Column("erased", Integer, nullable=False, server_default="0"),
)

judgements = Table(
    "judgements",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("left_id", Text, nullable=False),
    Column("right_id", Text, nullable=False),
    Column("judgement", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("erased", Integer, nullable=False, server_default="0"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document_sha256", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("proposal_id", Text, ForeignKey("proposals.id"), nullable=False),
    Column("decision", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("statement_ids", Text, nullable=False),
    Column("erased", Integer, nullable=False, server_default="0"),
)

list_versions = Table(
    "list_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("list", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("published_at", Text),
    Column("imported_at", Text, nullable=False),
    Column("entry_id", Integer, ForeignKey("entries.id"), nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("entity_count", Integer, nullable=False),
    Column("statement_count", Integer, nullable=False),
    Column("flagged_count", Integer, nullable=False),
)

list_problems = Table(
    "list_problems",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("list_version_id", Integer, ForeignKey("list_versions.id"), nullable=False),
    Column("locator", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("original", Text, nullable=False),
)

name_index = Table(
    "name_index",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rules", Text, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("list_version_id", Integer, nullable=False),
    Column("name_count", Integer, nullable=False),
    Column("seqs", LargeBinary, nullable=False),
    Column("consonants", LargeBinary, nullable=False),
    Column("keys", LargeBinary, nullable=False),
    Column("ends", LargeBinary, nullable=False),
    Column("positions", LargeBinary, nullable=False),
)

Index("prices_by_import", prices.c.import_id)
Index("documents_by_parent", documents.c.parent_sha256)
Index("captures_by_document", captures.c.sha256)
Index("statements_by_id", statements.c.id, statements.c.seq)
Index("statements_by_entity", statements.c.entity_id)
Index("statements_by_key", statements.c.key, sqlite_where=statements.c.key.is_not(None))
Index("statements_by_schema", statements.c.schema)
Index("statements_by_assertion", statements.c.assertion_id)
Index("assertions_by_dataset", assertions.c.dataset)
Index("assertions_by_document", assertions.c.document_sha256)
Index("judgements_by_left", judgements.c.left_id)
Index("judgements_by_right", judgements.c.right_id)
Index("proposals_by_document", proposals.c.document_sha256)
Index("decisions_by_proposal", decisions.c.proposal_id)
Index("list_versions_by_list", list_versions.c.list)
Index("list_problems_by_version", list_problems.c.list_version_id)
