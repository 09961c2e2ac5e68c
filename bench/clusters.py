"""Uniting what transactions spend from together: Qaif's kernel beside SciPy and graphsense-clustering.

Usage: python bench/clusters.py CHAIN [RUNS], where CHAIN is a workspace. The two others come from PyPI
(`pip install scipy==1.17.1 graphsense-clustering==0.2.0`); one that is missing is left out. All begin with
the same groups of scripts in chain order, join each of them and refuse none, in one thread, and must give the
same partition; medians of interleaved runs. Qaif's keeps beside the partition who joined whom and when, in
order to answer `why`, past blocks and reorganisations, as a log that the first such question sorts by script;
the others keep no such thing.
"""

import datetime as dt
import importlib.util
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.groups import Groups, groups_of
from qaif.chain.open import Chain
from qaif.kernels import union_find
from qaif.units import Int32s

NEVER_LARGE = 1 << 39
OWN, UNITED = "Qaif, a label for every script", "Qaif, united"
Labels = np.ndarray[tuple[int], np.dtype[np.int32 | np.int64 | np.uint32]]
Contestant = Callable[[Groups, int], Labels]


def qaif_united(groups: Groups, scripts: int) -> Int32s:
    """The kernel of the product, with its history, ready to be asked for the root of any script."""
    link = np.full(scripts, -1, dtype=np.int32)
    log = np.empty((len(groups.scripts), 2), dtype=np.int32)
    union_find.unite(
        groups.lo,
        groups.scripts,
        groups.tx_num,
        np.zeros(len(groups.tx_num), dtype=np.uint8),
        0,
        NEVER_LARGE,
        NEVER_LARGE,
        64,
        link,
        np.zeros(0, dtype=np.int32),
        log,
        0,
        np.empty(int(np.diff(groups.lo).max(initial=0)), dtype=np.int64),
    )
    return link


def qaif(groups: Groups, scripts: int) -> Labels:
    """The same, and then the root of every script as its label."""
    link = qaif_united(groups, scripts)
    label = np.empty(scripts, dtype=np.int32)
    union_find.labels(link, label)
    return label


def scipy(groups: Groups, scripts: int) -> Labels:
    """Connected components of the graph that links the neighbours in each group."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    row = np.repeat(np.arange(len(groups.tx_num)), np.diff(groups.lo))
    inside = row[1:] == row[:-1]
    one, other = groups.scripts[:-1][inside], groups.scripts[1:][inside]
    graph = coo_matrix((np.ones(len(one), dtype=np.int8), (one, other)), shape=(scripts, scripts))
    label: Labels = connected_components(graph, directed=False)[1]
    return label


def graphsense(groups: Groups, scripts: int) -> Labels:
    """The package that GraphSense clusters with."""
    import gs_clustering
    import pyarrow as pa

    lists = pa.ListArray.from_arrays(
        pa.array(groups.lo, type=pa.int32()), pa.array(groups.scripts + 1, type=pa.uint32())
    )
    made = gs_clustering.Clustering(scripts)
    made.process_transactions_arrow(lists)
    label: Labels = made.get_mapping().column(1).to_numpy()[1 : scripts + 1]
    return label


def contestants() -> dict[str, Contestant]:
    """Those that are installed."""
    found: dict[str, Contestant] = {OWN: qaif}
    if importlib.util.find_spec("scipy"):
        found["SciPy"] = scipy
    if importlib.util.find_spec("gs_clustering"):
        found["graphsense-clustering"] = graphsense
    return found


def same(one: Labels, other: Labels) -> bool:
    """Whether two labellings are one partition."""
    return len(np.unique(np.stack([one, other]), axis=1)[0]) == len(np.unique(one)) == len(np.unique(other))


def timed(chain: Chain, runs: int) -> dict[str, list[float]]:
    """Seconds of each contestant in each run, after one that is not counted."""
    groups, scripts = groups_of(chain, 0, chain.n_txs), chain.n_scripts
    seconds: dict[str, list[float]] = {name: [] for name in contestants()}
    known = qaif(groups, scripts)
    for run in range(runs + 1):
        for name, contestant in contestants().items():
            began = time.perf_counter()
            label = contestant(groups, scripts)
            took = time.perf_counter() - began
            if run:
                seconds[name].append(took)
            elif not same(known, label):
                raise SystemExit(f"{name} gives another partition.")
        began = time.perf_counter()
        qaif_united(groups, scripts)
        if run:
            seconds.setdefault(UNITED, []).append(time.perf_counter() - began)
    return seconds


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with Chain.open(Path(sys.argv[1]) / "chain") as chain:
        groups = groups_of(chain, 0, chain.n_txs)
        edges = len(groups.scripts) - len(groups.tx_num)
        seconds = timed(chain, runs)
        began = time.perf_counter()
        Forest().bring_to(chain)
        whole = time.perf_counter() - began
        today = dt.datetime.now(tz=dt.UTC).date()
        print(f"{today}, {platform.machine()}, Python {platform.python_version()}, median of {runs} runs.")
        print(f"{chain.n_txs:,} transactions, {chain.n_scripts:,} scripts, {edges:,} edges.\n")
    middle = {name: statistics.median(took) for name, took in seconds.items()}
    own, united = middle[OWN], middle[UNITED]
    print(f"| | seconds | million edges a second | times {OWN} | times {UNITED} |\n|---|---|---|---|---|")
    for name, took in middle.items():
        ratios = f"{took / own:.1f} | {took / united:.1f}"
        print(f"| {name} | {took:.4f} | {edges / took / 1e6:.1f} | {ratios} |")
    print(f"\nClusters with their detection of mixes and refusals, from the store: {whole:.2f} s.")


if __name__ == "__main__":
    main()
