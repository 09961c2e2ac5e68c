"""How fast money is followed: haircut through a whole chain, five methods over a web, traces in a store.

Usage: python bench/flows.py [--short] [--folder FOLDER]

The whole chain and the web are made up: transactions of two inputs and two outputs, amounts at random, a
ten-thousandth to miners; half of what there is at first is marked, in the web ten outputs. The peer is
networkx: the same haircut, rounded the same way, over a DiGraph in plain Python, on the first transactions of
the same chain; what both find is compared, satoshi by satoshi. Without networkx it is left out, and the table
says so. The traces are of spent outputs drawn at random from a chain of bench/load.py.

The machine may be shared: seconds are the processor's. The table is written to bench/results/flows.md, unless
it was made short.
"""

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from qaif.analysis.flows.methods import METHODS, follow
from qaif.analysis.flows.stops import TraceLimits
from qaif.analysis.flows.web import OTHERS, Web, walk
from qaif.chain.open import Chain
from qaif.kernels.flow_about import haircut_about_into
from qaif.kernels.flow_chain import FEES, FRESH, SUMS, haircut_into
from qaif.workspace.folder import Workspace

HERE = Path(__file__).resolve().parent
Array = NDArray[np.int64]
WINDOW = 4_096  # an output is spent about so many outputs later
HALF = WINDOW  # of the outputs of the coinbases every other is marked
SEEDS = 10
PEER_TXS = 50_000


class Made(NamedTuple):
    """A chain of transactions with two inputs and two outputs each; the first ones are coinbases."""

    spent: Array
    in_value: Array
    out_value: Array


class Row(NamedTuple):
    """One line of the table."""

    what: str
    figure: str


@numba.njit  # type: ignore[untyped-decorator]
def _amounts(spent: Array, in_value: Array, out_value: Array, draws: Array) -> None:
    """Split what each transaction takes, less a ten-thousandth, in two."""
    for tx in range(len(draws)):
        total = 0
        for row in (2 * tx, 2 * tx + 1):
            if spent[row] >= 0:
                in_value[row] = out_value[spent[row]]
                total += in_value[row]
        total = total - total // 10_000 if spent[2 * tx] >= 0 else 5_000_000_000
        out_value[2 * tx] = total * draws[tx] // 1_000
        out_value[2 * tx + 1] = total - out_value[2 * tx]


def made_chain(txs: int) -> Made:
    """The chain; each output is spent once, none before it is made."""
    rng = np.random.default_rng(1)
    order = np.arange(2 * txs, dtype=np.int64)
    for _ in range(2):  # windows that overlap, so that everything mixes with everything in time
        order = rng.permuted(order.reshape(-1, WINDOW // 2), axis=1).ravel()
        order[WINDOW // 4 : -WINDOW // 4] = rng.permuted(
            order[WINDOW // 4 : -WINDOW // 4].reshape(-1, WINDOW // 2), axis=1
        ).ravel()
    spent = np.concatenate([np.full(2 * WINDOW, -2), order[: 2 * (txs - WINDOW)]])
    in_value, out_value = np.full(2 * txs, -1, dtype=np.int64), np.zeros(2 * txs, dtype=np.int64)
    _amounts(spent, in_value, out_value, rng.integers(100, 900, txs))
    return Made(spent.astype(np.int64), in_value, out_value)


def seconds(work: Callable[[], object]) -> float:
    """Of the processor."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def haircut(chain: Made, txs: int) -> tuple[Array, Array]:
    """Marks and sums by the kernel."""
    lo, rows = 2 * np.arange(txs, dtype=np.int64), 2 * txs
    mark, sums, seed = np.zeros(rows, np.int64), np.zeros(SUMS, np.int64), np.zeros(rows, np.uint8)
    seed[: 2 * HALF : 2] = 1
    haircut_into(
        lo, chain.spent[:rows], chain.in_value[:rows], 0, lo, chain.out_value[:rows], 0, seed, mark, sums
    )
    return mark, sums


def about(chain: Made, txs: int) -> NDArray[np.float32]:
    """Shares by the approximate kernel."""
    lo, rows = 2 * np.arange(txs, dtype=np.int64), 2 * txs
    part, sums, seed = np.zeros(rows, np.float32), np.zeros(SUMS), np.zeros(rows, np.uint8)
    seed[: 2 * HALF : 2] = 1
    haircut_about_into(
        lo, chain.spent[:rows], chain.in_value[:rows], 0, lo, chain.out_value[:rows], 0, seed, part, sums
    )
    return part


def whole_chain(txs: int) -> list[Row]:
    """The kernel over all, and beside its peer."""
    chain = made_chain(txs)
    haircut(chain, WINDOW)  # compiled
    best = min(seconds(lambda: haircut(chain, txs)) for _ in range(3))
    mark, sums = haircut(chain, txs)
    unspent = np.ones(2 * txs, dtype=np.bool_)
    unspent[chain.spent[chain.spent >= 0]] = False
    if sums[FRESH] != sums[FEES] + mark[unspent].sum():
        raise SystemExit("the sum does not hold")
    rate = f"{4 * txs / best / 1e6:,.1f} million a second"
    exact = Row(f"exact haircut, {4 * txs:,} inputs and outputs", rate)
    return [exact, _about(chain, txs, mark), *_peer(chain, min(txs, PEER_TXS))]


def _about(chain: Made, txs: int, mark: Array) -> Row:
    """The approximate kernel over the same, and how far off it is."""
    about(chain, WINDOW)  # compiled
    best = min(seconds(lambda: about(chain, txs)) for _ in range(3))
    off = np.abs(about(chain, txs) * chain.out_value[: 2 * txs] - mark)
    far = float((off / np.maximum(mark, 10_000)).max())
    rate = f"{4 * txs / best / 1e6:,.1f} million a second"
    return Row(f"approximate haircut over the same, off by at most {far:.1e} of what is marked", rate)


def _peer(chain: Made, txs: int) -> list[Row]:
    try:
        import networkx as nx
    except ImportError:
        return [Row("the same by networkx", "networkx is not installed")]
    graph: Any = nx.DiGraph()
    graph.add_nodes_from(range(txs))
    for row in range(2 * txs):
        if chain.spent[row] >= 0:
            graph.add_edge(int(chain.spent[row]) // 2, row // 2)
    marks: dict[int, int] = {}
    spent = seconds(lambda: _by_networkx(nx, graph, chain, marks))
    mine = haircut(chain, txs)[0]
    if any(marks[out] != mine[out] for out in range(2 * txs)):
        raise SystemExit("networkx and the kernel do not agree")
    rate = f"{4 * txs / spent / 1e6:,.2f} million a second"
    return [Row(f"the same by networkx {nx.__version__}, {4 * txs:,} of them, equal to the satoshi", rate)]


def _by_networkx(nx: Any, graph: Any, chain: Made, marks: dict[int, int]) -> None:
    spent, in_value, out_value = (part.tolist() for part in chain)
    for tx in nx.lexicographical_topological_sort(graph):
        ins = [row for row in (2 * tx, 2 * tx + 1) if spent[row] >= 0]
        mark, total = sum(marks[spent[row]] for row in ins), sum(in_value[row] for row in ins)
        given, reached = 0, 0
        for out in (2 * tx, 2 * tx + 1):
            reached += out_value[out]
            so_far = mark * reached // total if total else 0
            marks[out] = out_value[out] if out < 2 * HALF and not out % 2 else so_far - given
            given = so_far


def large_web(txs: int) -> list[Row]:
    """Five methods over the transactions of the made chain as one web."""
    chain = made_chain(txs)
    web = _web(chain, txs)
    small = _web(chain, 2 * WINDOW)
    rows, all_of_it = [], 0.0
    for method in METHODS:
        follow(small, method)  # compiled
        spent = seconds(lambda method=method: follow(web, method))  # type: ignore[misc]
        all_of_it += spent
        rows.append(Row(f"{method.id} over a web of {txs:,} transactions", f"{spent:,.2f} s"))
    return [*rows, Row("all five", f"{all_of_it:,.2f} s")]


def _web(chain: Made, txs: int) -> Web:
    first, outs = WINDOW, 2 * txs
    rows = np.arange(first, txs, dtype=np.int64)
    make = np.stack([2 * rows, 2 * rows + 1, outs + rows - first], axis=1).ravel()
    fees = chain.in_value[2 * rows] + chain.in_value[2 * rows + 1]
    fees -= chain.out_value[2 * rows] + chain.out_value[2 * rows + 1]
    taken = chain.spent[2 * first : outs]
    coins, none = outs + len(rows), np.full(outs + len(rows), -1, dtype=np.int64)
    stop = np.ones(coins, dtype=np.int64)
    stop[taken], stop[outs:] = 0, 0
    seed = np.arange(coins) < SEEDS
    key = np.where(np.arange(coins) < outs, np.arange(coins), OTHERS + 1)
    lo = np.arange(len(rows) + 1, dtype=np.int64)
    value = np.concatenate([chain.out_value[:outs], fees])
    fee = np.arange(coins) >= outs
    zeros = np.zeros(len(rows), dtype=np.int64)
    return Web(
        forward=True,
        tx_num=rows,
        hop=zeros,
        maybe_mix=zeros.astype(np.bool_),
        take_lo=2 * lo,
        take=taken,
        make_lo=3 * lo,
        make=make,
        key=key,
        value=value,
        script_num=none,
        label=none,
        stop=stop,
        coin_hop=none,
        seed=seed,
        fee=fee,
    )


def traces(folder: Path, txs: int, count: int) -> list[Row]:
    """Traces of six hops in an open store."""
    load, place = folder / "load", folder / "ws"
    run = [sys.executable, str(HERE / "load.py"), str(load), str(txs)]
    subprocess.run(run, check=True, capture_output=True)  # noqa: S603  our own script
    code = "from qaif.cli.main import run; run()"
    index = [sys.executable, "-c", code, "index", str(load), "-w", str(place)]
    subprocess.run(index, check=True, capture_output=True)  # noqa: S603  our own command
    chain = Chain.open(Workspace.open(place).chain_dir)
    drawn = np.random.default_rng(2).integers(0, chain.n_outs // 3, 50 * count)
    seeds = drawn[chain.spent_by(drawn) >= 0][: count + 20].reshape(-1, 1)
    took, visited = [], []
    for seed in seeds:
        begin = time.process_time()
        web = walk(chain, seed, forward=True, limits=TraceLimits(hops=6, transactions=1_000, least_sat=0))
        follow(web, METHODS[1])
        took.append(1e3 * (time.process_time() - begin))
        visited.append(len(web.tx_num))
    took, visited = took[20:], visited[20:]
    p50, p99 = np.percentile(took, [50, 99])
    most = f"{int(np.median(visited)):,} transactions in the middle, {max(visited):,} at most"
    largest = f"{took[int(np.argmax(visited))]:,.2f} ms"
    chain.close()
    return [
        Row(f"{len(took):,} traces of 6 hops with haircut, {most}", f"p50 {p50:,.2f} ms, p99 {p99:,.2f} ms"),
        Row(f"the largest of them, {max(visited):,} transactions", largest),
    ]


def main() -> None:
    """Measure, print the table, keep it unless it was made short."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="small amounts, nothing kept")
    parser.add_argument("--folder", type=Path, help="where the store is made")
    asked = parser.parse_args()
    whole, web, load, count = (16_384, 16_384, 5_000, 50) if asked.short else (2**22, 2**20, 30_000, 300)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        rows = [*whole_chain(whole), *large_web(web), *traces(Path(folder), load, count)]
    machine = f"{platform.processor() or platform.machine()}, Python {platform.python_version()}"
    head = f"Measured by `python bench/flows.py` on one core ({machine}); seconds of the processor.\n"
    table = "\n".join(
        ["| what | measured |", "|---|---|", *(f"| {row.what} | {row.figure} |" for row in rows)]
    )
    print(table)
    if not asked.short:
        text = f"# Following money\n\n{head}\n{table}\n"
        (HERE / "results" / "flows.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
