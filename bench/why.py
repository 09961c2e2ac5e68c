"""How long `qaif why` takes in open clusters: which transactions joined two addresses of one cluster.

Usage: python bench/why.py WORKSPACE [PAIRS]

The workspace holds a chain, such as one of ten million transactions of bench/load.py; its clusters are made
first where none are kept, which can take minutes. Pairs are drawn at random from clusters of two addresses
and more, so most of them from the largest. The machine may be shared: seconds are the processor's. With 300
pairs, or no number, the table is written to bench/results/why.md.
"""

import platform
import sys
import time
from pathlib import Path

import numpy as np

from qaif.chain.addresses import address_of
from qaif.questions.clustering import Opened, clusters_opened
from qaif.questions.why import why_on

PAIRS, WARM = 300, 10


def pairs(opened: Opened, count: int) -> list[tuple[str, str]]:
    """Addresses of one cluster, two different ones each."""
    label, rng = opened.forest.labels(), np.random.default_rng(1)
    order = np.argsort(label, kind="stable")
    ordered, found = label[order], []
    while len(found) < count:
        one = int(rng.integers(len(order)))
        lo, hi = (int(np.searchsorted(ordered, ordered[one], side)) for side in ("left", "right"))
        two = int(rng.integers(lo, hi))
        names = [_address(opened, int(order[at])) for at in (one, two)]
        if one != two and all(names):
            found.append((str(names[0]), str(names[1])))
    return found


def _address(opened: Opened, script: int) -> str | None:
    return address_of(opened.chain.script_raw(script), opened.chain.network)


def main() -> None:
    """Measure, print the table, keep it."""
    count = int(sys.argv[2]) if len(sys.argv) > 2 else PAIRS
    began = time.perf_counter()
    with clusters_opened(Path(sys.argv[1]), None) as opened:
        ready = time.perf_counter() - began
        took, steps, shortest = [], [], 0
        for one, other in pairs(opened, count + WARM):
            began = time.process_time()
            answer = why_on(opened, one, other)
            took.append(1e3 * (time.process_time() - began))
            steps.append(len(answer.steps))
            shortest += answer.shortest
        largest = int(-opened.forest.link.min(initial=0))
        txs = opened.chain.n_txs
    p50, p99 = np.percentile(took[WARM:], [50, 99])
    rows = [
        (f"{count:,} pairs, {txs:,} transactions, the largest cluster {largest:,} scripts", ""),
        ("why, the whole answer", f"p50 {p50:,.1f} ms, p99 {p99:,.1f} ms"),
        ("steps between two", f"{int(np.median(steps))} in the middle, {max(steps)} at most"),
        ("known to be the shortest chain", f"{shortest} of {len(steps)}"),
        ("clusters opened, and made where none were kept", f"{ready:,.1f} s"),
    ]
    table = "\n".join(["| what | measured |", "|---|---|", *(f"| {what} | {said} |" for what, said in rows)])
    print(table)
    if count == PAIRS:
        machine = f"{platform.processor() or platform.machine()}, Python {platform.python_version()}"
        head = f"Measured by `python bench/why.py WORKSPACE` ({machine}); milliseconds of the processor."
        text = f"# Why two addresses are in one cluster\n\n{head}\n\n{table}\n"
        (Path(__file__).parent / "results" / "why.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
