"""Entries a second into the audit log, in batches as a service commits them; checkpoint, proof, whole check.

Usage: python bench/audit.py [ENTRIES]

Each entry holds a confidential text, and is on the disk (fsync) when its batch returns.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from qaif.records.audit_tree import ToRecord
from qaif.records.engine import Records

BATCHES = (1, 10, 100, 1_000, 10_000)
MOST_BATCHES = 100


def timed(what: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def main(entries: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
        print("| batch | entries a second | a batch, ms |\n|---|---|---|")
        for batch in BATCHES:
            rounds = max(1, min(MOST_BATCHES, entries // batch))
            made = [
                ToRecord(
                    at=datetime.now(UTC),
                    action="screening",
                    subject=f"screening {number}",
                    details={"verdict": "NO_DIRECT_HIT", "outcome": "none", "by": "desk"},
                    query=f"bc1q{number:038}",
                )
                for number in range(batch)
            ]
            seconds = sum(timed(lambda made=made: records.tree.append(made)) for _ in range(rounds))  # type: ignore[misc]
            print(f"| {batch:,} | {batch * rounds / seconds:,.0f} | {1000 * seconds / rounds:.2f} |")
        while (size := records.tree.size()) < entries:
            records.tree.append(made[: entries - size])
        size = records.tree.size()
        for name, what in (
            ("first checkpoint", records.tree.checkpoint),
            ("checkpoint again", records.tree.checkpoint),
            ("proof", lambda: records.tree.prove(size // 2)),
            ("whole check", lambda: records.checked([size])),
        ):
            print(f"{name} of {size:,} entries: {1000 * timed(what):,.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
