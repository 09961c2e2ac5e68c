"""A hand-off table as CSV, for a request to a service; no cell begins as a formula does."""

import csv
import io

from qaif.questions.handoff_rows import Handoff
from qaif.questions.handoffs import HandoffsAnswer
from qaif.questions.shown import ScriptShown
from qaif.report.spreadsheet import xlsx
from qaif.units import btc_text

COLUMNS = (
    *("direction", "layer", "time_utc", "height", "block_hash", "txid", "outpoints"),
    *("service_addresses", "other_addresses", "other_addresses_in_all", "amount_sat", "amount_btc"),
    *("traced_least_sat", "traced_most_sat", "hops", "several_parties_put_in", "rests_on", "why", "said"),
    *("said_by", "statement_ids", "cluster_named_by", "cluster_scripts_at_least"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def handoff_csv(answer: HandoffsAnswer) -> str:
    """All rows, arrivals first, with a head."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in (*answer.arrivals, *answer.departures):
        table.writerow([defused(value) for value in _values(row)])
    return out.getvalue()


def handoff_xlsx(answer: HandoffsAnswer) -> bytes:
    """The same rows as a workbook of two sheets; no cell is a formula."""
    sheets = {"arrivals": answer.arrivals, "departures": answer.departures}
    return xlsx({name: (COLUMNS, [_values(row) for row in rows]) for name, rows in sheets.items()})


def _values(row: Handoff) -> tuple[object, ...]:
    tx, cluster = row.tx, row.cluster
    return (
        *(row.direction, row.layer, tx.time, tx.height, tx.block_hash, tx.txid, " ".join(row.outpoints)),
        *(_names(row.addresses), _names(row.others), row.others_count),
        *(row.amount_sat, btc_text(row.amount_sat), row.least_sat, row.most_sat, row.hops),
        *("yes" if row.shared else "no", row.rests_on, row.why, "; ".join(one.text for one in row.said)),
        *("; ".join(one.by for one in row.said), " ".join(filter(None, (s.statement_id for s in row.said)))),
        _names((cluster.named_by,)) if cluster and cluster.named_by else "",
        cluster.scripts if cluster else "",
    )


def _names(scripts: tuple[ScriptShown, ...]) -> str:
    return " ".join(one.address or one.script_hex for one in scripts)


def defused(value: object) -> str:
    """A cell's text; an apostrophe stands before what a spreadsheet would take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
