"""How fast many addresses are looked up among those that lists name: the direct verdict, in process.

Usage: python bench/direct.py [ADDRESSES] [LISTED]

Addresses of five kinds, made at random, a thousandth of them listed; beside it the single screening of the
same bundle, on fewer, one after the other, whose verdicts must be the same. In one thread; seconds of the
processor, the best of five runs. Without numbers a million addresses are asked for among a hundred thousand,
and the table is written to bench/results/direct.md.
"""

import datetime as dt
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from qaif.kernels.address import base58_addresses, bech32_addresses
from qaif.questions.bundle import screen_directly
from qaif.questions.bundle_file import Bundle, Head
from qaif.questions.direct import DirectIndex
from qaif.screening.facts import Listing

NOW = dt.datetime(2024, 5, 2, 12, tzinfo=dt.UTC)
ONE = Listing("US", "us-ofac", ("EO",), "2020", ("x",), ("somebody",), stale=False, statement_ids=())
SINGLE = 20_000


def addresses(count: int, seed: int) -> list[str]:
    """Addresses of five kinds in turn."""
    rng = np.random.default_rng(seed)
    each, texts = -(-count // 5), []
    for version in (0, 5):
        digest = rng.integers(0, 256, (each, 20), dtype=np.uint8)
        texts.append(base58_addresses(np.full(each, version, dtype=np.uint8), digest))
    for version, size in ((0, 20), (0, 32), (1, 32)):
        data = rng.integers(0, 256, each * size, dtype=np.uint8)
        at = size * np.arange(each, dtype=np.int64)
        versions = np.full(each, version, dtype=np.int64)
        texts.append(bech32_addresses(versions, data, at, np.full(each, size), "bc"))
    written = [[row[:n].tobytes().decode() for row, n in zip(*kind, strict=True)] for kind in texts]
    return [text for five in zip(*written, strict=True) for text in five][:count]


def best(work: Callable[[], object], runs: int = 5) -> float:
    """Seconds."""
    took = []
    for _ in range(runs):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def main() -> None:
    """Measure, print the table, keep it unless numbers were given."""
    count, listed = (int(sys.argv[at]) if len(sys.argv) > at else (10**6, 10**5)[at - 1] for at in (1, 2))
    known, asked = addresses(listed, 1), addresses(count, 2)
    asked[::1000] = (known * (count // listed + 1))[: len(asked[::1000])]
    head = Head(NOW.isoformat(), "qaif", {}, 7, ("US",), (), {}, listed, "")
    bundle = Bundle(head, "signer", dict.fromkeys(known, (ONE,)))
    began = time.process_time()
    index = DirectIndex.of_bundle(bundle, NOW)
    made = time.process_time() - began
    found = index.screen(asked)
    some = asked[: min(SINGLE, count)]
    single = [screen_directly(bundle, text, NOW, signer_named=True).verdict for text in some]
    if single != [found.verdict(place) for place in range(len(some))] or not found.counts()["HIT"]:
        raise SystemExit("A verdict differs from that of a single screening.")
    many = best(lambda: index.screen(asked))
    alone = best(lambda: [screen_directly(bundle, text, NOW, signer_named=True) for text in some], 2)
    rows = [
        (f"{count:,} addresses among {listed:,} listed", f"{count / many:,.0f} a second"),
        ("single screenings by the same bundle", f"{len(some) / alone:,.0f} a second"),
        ("the index made, compiled code loaded", f"{made:.2f} s"),
    ]
    table = "\n".join(["| what | measured |", "|---|---|", *(f"| {what} | {said} |" for what, said in rows)])
    print(table)
    if len(sys.argv) == 1:
        machine = f"{platform.processor() or platform.machine()}, Python {platform.python_version()}"
        head_line = f"Measured by `python bench/direct.py` ({machine}); seconds of the processor."
        text = f"# Direct matches\n\n{head_line}\n\n{table}\n"
        (Path(__file__).parent / "results" / "direct.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
