"""The tables of `records.sqlite`, as the newest migration leaves them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint

SCHEMA_VERSION = "0001"

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
    UniqueConstraint("sha256", "source", name="documents_once_a_source"),
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

Index("prices_by_import", prices.c.import_id)
