"""Deleting, editing, reordering and cutting off entries of an audit log: is each noticed beside a checkpoint?

The forger here knows the program: rows are written behind its triggers, the chained digests and the kept
hashes are made anew, so that the log alone looks whole. Usage, each 25th entry of 10,000 in all four ways:

    PYTHONPATH=tests python tests/campaigns/audit_tampering.py --entries 10000 --every 25
"""

import argparse
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from oracle.merkle_log import root as slow_root
from qaif.records.audit import chained
from qaif.records.audit_check import check_log
from qaif.records.audit_tree import ToRecord
from qaif.records.database import Database
from qaif.records.engine import Records

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
Row = tuple[int, str, str, str, str, str]
Forgery = Callable[[list[Row], int], list[Row]]


@dataclass(frozen=True)
class Made:
    """A log, its rows, and the root that was kept elsewhere."""

    folder: Path
    rows: list[Row]
    root: bytes


def made_log(folder: Path, entries: int) -> Made:
    """A log with a checkpoint at its end."""
    with Records.open(folder) as records:
        wanted = [
            ToRecord(
                at=NOON,
                action="screening",
                subject=f"s{n}",
                details={"verdict": "HIT" if n % 7 else "UNKNOWN"},
            )
            for n in range(entries)
        ]
        records.tree.append(wanted)
        head = records.tree.checkpoint()
    with sqlite3.connect(folder / "records.sqlite") as raw:
        rows: list[Row] = raw.execute("SELECT * FROM audit ORDER BY id").fetchall()
        for trigger in ("update", "delete", "replace"):
            raw.execute(f"DROP TRIGGER audit_no_{trigger}")
    raw.close()
    return Made(folder, rows, head.root)


def deleted(rows: list[Row], at: int) -> list[Row]:
    """Without the row; those after it move up."""
    return rows[:at] + rows[at + 1 :]


def edited(rows: list[Row], at: int) -> list[Row]:
    """The row says something else."""
    row = rows[at]
    return [*rows[:at], (*row[:4], json.dumps({"verdict": "NO_DIRECT_HIT"}), row[5]), *rows[at + 1 :]]


def reordered(rows: list[Row], at: int) -> list[Row]:
    """The row changes places with the next; the last with the first."""
    out, other = list(rows), (at + 1) % len(rows)
    out[at], out[other] = out[other], out[at]
    return out


def cut_off(rows: list[Row], at: int) -> list[Row]:
    """Neither the row nor any after it."""
    return rows[:at]


FORGERIES: dict[str, Forgery] = {
    "deleted": deleted,
    "edited": edited,
    "reordered": reordered,
    "cut off": cut_off,
}


def forged(rows: list[Row]) -> list[Row]:
    """Rows numbered and chained anew, so that nothing in the log itself shows."""
    digest, out = "", []
    for number, (_, at, action, subject, details, _) in enumerate(rows, 1):
        digest = chained(digest, at, action, subject, details)
        out.append((number, at, action, subject, details, digest))
    return out


def put(made: Made, rows: list[Row]) -> None:
    """Write rows in place of those that are there; the kept hashes are thrown away."""
    raw = sqlite3.connect(made.folder / "records.sqlite")
    raw.execute("PRAGMA synchronous = OFF")
    with raw:
        raw.execute("DELETE FROM audit_nodes")
        kept = dict.fromkeys(raw.execute("SELECT * FROM audit"))
        wanted = dict.fromkeys(rows)
        raw.executemany("DELETE FROM audit WHERE id = ?", [(row[0],) for row in kept if row not in wanted])
        raw.executemany(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", [row for row in rows if row not in kept]
        )
    raw.close()


def noticed(made: Made, rows: list[Row]) -> tuple[bool, bool]:
    """Whether a forged log is noticed beside the checkpoint; and by itself, as a careless forger's is."""
    put(made, rows)
    size = len(made.rows)
    database = Database(made.folder)
    checked = check_log(database, [size])
    database.close()
    return checked.roots[size] != made.root, bool(checked.problems)


def run(entries: int, places: list[int], folder: Path) -> list[str]:
    """Try all four ways at each place; what was not noticed."""
    made, missed = made_log(folder, entries), []
    leaves = [json.dumps(list(row[:5]), ensure_ascii=False).encode() for row in made.rows]
    if slow_root(leaves) != made.root:
        missed.append("the root is not that of RFC 6962")
    if noticed(made, made.rows) != (False, False):
        missed.append("an unchanged log is said to be changed")
    for at in places:
        for name, forgery in FORGERIES.items():
            beside, within = noticed(made, forged(forgery(made.rows, at)))
            if not beside or within:
                missed.append(f"entry {at + 1} {name}: beside the checkpoint {beside}, within {within}")
    return missed


def main() -> None:
    """The long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--every", type=int, default=25, help="try each n-th entry")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    places = list(range(0, told.entries, told.every))
    Random(told.seed).shuffle(places)  # noqa: S311  a test's dice
    with tempfile.TemporaryDirectory() as folder:
        missed = run(told.entries, places, Path(folder))
    print("\n".join(missed))
    print(
        f"{len(places) * len(FORGERIES):,} forgeries of a log of {told.entries:,}: {len(missed)} not noticed"
    )
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
