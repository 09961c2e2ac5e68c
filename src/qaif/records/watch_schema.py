"""The tables of what is watched, as the newest migration leaves them.

`watches` are what is watched, `watch_alerts` what came of it (each once by watch, kind and key),
`watch_weeks` which weeks were judged and with what result, `watch_deliveries` which alert went where, and
`watch_dispositions` what people said of an alert, to which rows are only ever added.
"""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from qaif.records.schema import metadata


def _texts(*names: str) -> tuple[Column[str], ...]:
    return tuple(Column(name, Text, nullable=False) for name in names)


watches = Table(
    "watches",
    metadata,
    Column("id", Integer, primary_key=True),
    *_texts("kind", "subject", "alerts", "categories", "note", "added_at", "added_by"),
    Column("least_sat", Integer, nullable=False),
    Column("removed_at", Text),
    *_texts("locator", "known", "sources"),
)

watch_alerts = Table(
    "watch_alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("watch_id", Integer, ForeignKey("watches.id"), nullable=False),
    *_texts("uid", "kind", "key", "about", "said", "layer", "link", "raised_at"),
    Column("muted_by", Integer),
    UniqueConstraint("watch_id", "kind", "key", name="watch_alerts_once"),
)

watch_weeks = Table("watch_weeks", metadata, Column("first_day", Text, primary_key=True), *_texts("judged"))

watch_deliveries = Table(
    "watch_deliveries",
    metadata,
    Column("alert_id", Integer, ForeignKey("watch_alerts.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    *_texts("delivered_at"),
)

watch_dispositions = Table(
    "watch_dispositions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", Integer, ForeignKey("watch_alerts.id"), nullable=False),
    *_texts("judgement", "why", "by", "at"),
    Column("until", Text),
)
