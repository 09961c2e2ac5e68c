"""What is watched, the alerts that came of it, where they were delivered, and what people said of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005_watch"
down_revision = "0004_gate"
branch_labels = None
depends_on = None

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'what people said of an alert is only ever added to'); END"
_TRIGGERS = (
    f"CREATE TRIGGER watch_dispositions_no_update BEFORE UPDATE ON watch_dispositions {_REFUSE}",
    f"CREATE TRIGGER watch_dispositions_no_delete BEFORE DELETE ON watch_dispositions {_REFUSE}",
)


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("kind", "subject", "alerts", "categories", "note", "added_at", "added_by"),
        sa.Column("least_sat", sa.Integer, nullable=False),
        sa.Column("removed_at", sa.Text),
        *_texts("locator", "known", "sources"),
    )
    op.create_table(
        "watch_alerts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("watch_id", sa.Integer, sa.ForeignKey("watches.id"), nullable=False),
        *_texts("uid", "kind", "key", "about", "said", "layer", "link", "raised_at"),
        sa.Column("muted_by", sa.Integer),
        sa.UniqueConstraint("watch_id", "kind", "key", name="watch_alerts_once"),
    )
    op.create_table("watch_weeks", sa.Column("first_day", sa.Text, primary_key=True), *_texts("judged"))
    op.create_table(
        "watch_deliveries",
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("watch_alerts.id"), primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        *_texts("delivered_at"),
    )
    op.create_table(
        "watch_dispositions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("alert_id", sa.Integer, sa.ForeignKey("watch_alerts.id"), nullable=False),
        *_texts("judgement", "why", "by", "at"),
        sa.Column("until", sa.Text),
    )
    for trigger in _TRIGGERS:
        op.execute(trigger)


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def downgrade() -> None:
    """Take them away, with all that they hold."""
    for name in ("watch_dispositions", "watch_deliveries", "watch_weeks", "watch_alerts", "watches"):
        op.drop_table(name)
