"""One measurement of `bench/store.py`, in a process of its own; prints one line of JSON.

Usage: python store_parts.py index BLOCKS CHAIN
       python store_parts.py follow BLOCKS CHAIN TAIL APPENDS
       python store_parts.py read CHAIN LOOKUPS COLUMNS
       python store_parts.py peer NAME COLUMNS      (with the Python that has duckdb or polars)
"""

import hashlib
import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


class Stages:
    """CPU and wall seconds of functions of the store, each without what the timed ones inside it take."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = defaultdict(float)
        self.wall: dict[str, float] = defaultdict(float)
        self._local = threading.local()

    def time(self, stage: str, owner: Any, name: str) -> None:
        """Have a function, by the name under which it is called, count as a stage."""
        plain = getattr(owner, name)

        def timed(*args: Any, **more: Any) -> Any:
            stack = self._local.__dict__.setdefault("stack", [])
            stack.append([0.0, 0.0])
            cpu, wall = time.thread_time(), time.perf_counter()
            try:
                return plain(*args, **more)
            finally:
                cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
                inner = stack.pop()
                self.cpu[stage] += cpu - inner[0]
                self.wall[stage] += wall - inner[1]
                if stack:
                    stack[-1][0] += cpu
                    stack[-1][1] += wall

        setattr(owner, name, timed)


def watched() -> Stages:
    """The stages of an index run."""
    from qaif.chain import compact, index, naming, reopening, rounds
    from qaif.chain.system_calls import SystemCalls
    from qaif.feeds.blockfiles import BlockFileFeed

    stages = Stages()
    for stage, owner, name in (
        ("scan of the files", BlockFileFeed, "open"),
        ("placing", reopening, "place"),
        ("read", BlockFileFeed, "read"),
        ("parse, ids, checks", rounds, "decode"),
        ("sort of what is new", rounds, "load"),
        ("join of inputs", rounds, "find_spent"),
        ("script numbers", rounds, "name_scripts"),
        ("other columns", index, "make_columns"),
        ("derived runs", index.derived, "append"),
        ("write", compact, "write_segment"),
        ("merge", compact, "merged"),
        ("sync", SystemCalls, "sync"),
    ):
        stages.time(stage, owner, name)
    del naming
    return stages


def index(blocks: Path, chain: Path) -> dict[str, Any]:
    from qaif.chain.sources import BlockFiles, index_block_files

    stages = watched()
    began, cpu = time.perf_counter(), time.process_time()
    report = index_block_files(chain, BlockFiles((blocks,)))
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    return {
        "txs": report.txs,
        "wall": wall,
        "cpu": cpu,
        "stages": {name: [stages.cpu[name], stages.wall[name]] for name in stages.cpu},
        "disk": sum(file.stat().st_size for file in chain.iterdir()),
        "raw": sum(file.stat().st_size for file in blocks.glob("blk*.dat")),
        "segments": len(list(chain.glob("*.seg"))),
    }


def follow(blocks: Path, chain: Path, tail: Path, appends: int) -> dict[str, Any]:
    """Append blocks one by one, as a node's files grow; then a reorganisation of six.

    The merge that a block makes due is made after its commit, and is timed by itself.
    """
    from qaif.chain.index import merge_due
    from qaif.chain.sources import BlockFiles, index_block_files

    pieces = sorted(tail.glob("*.block"))
    target = blocks / "blk99999.dat"
    target.write_bytes(pieces[0].read_bytes())
    index_block_files(chain, BlockFiles(()))  # what is compiled on first use does not count
    taken, after, reports = [], [], []
    for piece in [*pieces[1 : appends + 1], None]:
        more = [piece] if piece else sorted(tail.glob("*.fork"))
        with target.open("ab") as file:
            for each in more:
                file.write(each.read_bytes())
        began = time.perf_counter()
        reports.append(index_block_files(chain, BlockFiles(()), merge=False))
        committed = time.perf_counter()
        merged = merge_due(chain)
        taken.append(committed - began)
        after.append((time.perf_counter() - committed, merged))
    if any((r.appended, r.removed) != (1, 0) for r in reports[:-1]) or reports[-1].removed != 6:
        raise SystemExit(f"not what was to be measured: {reports[-1]}")
    return {
        "append": taken[:-1],
        "after": after[:-1],
        "reorganise": taken[-1],
        "removed": reports[-1].removed,
    }


def read(chain_folder: Path, lookups: int, columns: Path) -> dict[str, Any]:
    from qaif.analysis.fees import fees
    from qaif.chain.open import Chain

    with Chain.open(chain_folder) as chain:
        return {
            "lookup": lookup_times(chain, lookups),
            "review": review_times(chain),
            "fees": fee_times(chain, columns, fees),
            "segments": len(chain.segments),
        }


def lookup_times(chain: Any, lookups: int) -> dict[str, Any]:
    """Nanoseconds of finding a script by its bytes, scripts drawn evenly from all."""
    rng = np.random.default_rng(7)
    nums = rng.integers(0, chain.n_scripts, lookups).tolist()
    raws = [chain.script_raw(num) for num in nums]
    clock, find = time.perf_counter_ns, chain.script_num
    taken = []
    for raw, num in zip(raws, nums, strict=True):
        began = clock()
        found = find(raw)
        taken.append(clock() - began)
        if found != num:
            raise SystemExit(f"script {num} was found as {found}")
    empty = sorted(clock() - clock() for _ in range(1000))[500]
    return {"ns": np.percentile(taken, [50, 99]).tolist(), "clock": -empty, "lookups": lookups}


def review_times(chain: Any) -> dict[str, Any]:
    """The script whose transactions are nearest to 10,000, and seconds of its review."""
    from qaif.analysis.review import review

    counts = np.zeros(chain.n_scripts, dtype=np.int64)
    for segment in chain.segments:
        counts += np.bincount(segment.column("txout", "script_num"), minlength=chain.n_scripts)
        known = segment.column("txin", "script_num")
        counts += np.bincount(known[known >= 0], minlength=chain.n_scripts)
    num = int(np.argmin(np.abs(counts - 10_500)))
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        figures = review(chain, [num])
        taken.append(time.perf_counter() - began)
    return {"txs": figures.tx_count, "first": taken[0], "median": sorted(taken)[2]}


def best(work: Callable[[], Any], rounds: int = 5) -> tuple[float, Any]:
    """Least seconds of a few runs, and what it gave."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        found = work()
        taken.append(time.perf_counter() - began)
    return min(taken), found


def digest(fees: Any) -> str:
    return hashlib.sha256(np.ascontiguousarray(fees, dtype="<i8").tobytes()).hexdigest()


def fee_times(chain: Any, columns: Path, fees: Callable[[Any], Any]) -> dict[str, Any]:
    """Seconds of the fees of all transactions; and the columns for others, with each row's transaction."""
    fees(chain)
    seconds, found = best(lambda: fees(chain))
    columns.mkdir(exist_ok=True)
    txs = np.arange(chain.n_txs + 1)
    for name, value, lo, rows in (
        ("in", chain.txin.value_sat, chain.tx.in_lo, chain.n_ins),
        ("out", chain.txout.value_sat, chain.tx.out_lo, chain.n_outs),
    ):
        np.save(columns / f"{name}_value.npy", value[0:rows])
        np.save(columns / f"{name}_tx.npy", np.repeat(txs[:-1], np.diff(lo.take(txs))))
    return {"seconds": seconds, "digest": digest(found), "txs": chain.n_txs}


def peer(name: str, columns: Path) -> dict[str, Any]:
    """The same by another engine, on one thread, from columns in memory that say each row's transaction."""
    tables = [
        {"tx": np.load(columns / f"{side}_tx.npy"), "v": np.load(columns / f"{side}_value.npy")}
        for side in ("in", "out")
    ]
    work = {"duckdb": duckdb_fees, "polars": polars_fees}[name](*tables)
    seconds, found = best(work, 3)
    return {"seconds": seconds, "digest": digest(found)}


def duckdb_fees(ins: dict[str, Any], outs: dict[str, Any]) -> Callable[[], Any]:
    import duckdb

    base = duckdb.connect(config={"threads": 1})
    for name, table in (("ins", ins), ("outs", outs)):
        base.register("given", table)
        base.execute(f"create table {name} as select * from given")  # noqa: S608  our own two names
        base.unregister("given")

    def work() -> Any:
        found = base.execute(
            "select case when i.v < 0 then -1 else i.v - o.v end as fee from"
            " (select tx, case when min(v) < 0 then -1 else sum(v)::bigint end as v from ins group by tx) i"
            " join (select tx, sum(v)::bigint as v from outs group by tx) o using (tx) order by tx"
        ).fetchnumpy()
        return np.asarray(found["fee"])

    return work


def polars_fees(ins: dict[str, Any], outs: dict[str, Any]) -> Callable[[], Any]:
    import polars as pl

    inputs = pl.DataFrame(ins).with_columns(pl.col("tx").set_sorted())
    outputs = pl.DataFrame(outs).with_columns(pl.col("tx").set_sorted())

    def work() -> Any:
        spent = (
            inputs.lazy().group_by("tx").agg(pl.col("v").sum().alias("i"), pl.col("v").min().alias("least"))
        )
        paid = outputs.lazy().group_by("tx").agg(pl.col("v").sum().alias("o"))
        fee = pl.when(pl.col("least") < 0).then(-1).otherwise(pl.col("i") - pl.col("o")).alias("fee")
        return spent.join(paid, on="tx").sort("tx").select(fee).collect()["fee"].to_numpy()

    return work


def main() -> None:
    part, *rest = sys.argv[1:]
    found = {
        "index": lambda: index(Path(rest[0]), Path(rest[1])),
        "follow": lambda: follow(*(Path(each) for each in rest[:3]), int(rest[3])),
        "read": lambda: read(Path(rest[0]), int(rest[1]), Path(rest[2])),
        "peer": lambda: peer(rest[0], Path(rest[1])),
    }[part]()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
