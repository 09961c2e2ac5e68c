"""The chain store at size: index, append, reorganisation, look-up, review, and a scan beside other engines.

Usage: python bench/store.py [--txs N ...] [--short] [--alone] [--folder FOLDER] [--peers FOLDER]

For each N a chain of about N transactions is made by `load.py` (by default of a million and of ten million;
`--txs 100000000` is the long form and needs some 130 GB), indexed in a process of its own whose anonymous
memory is watched, appended to, reorganised and read. Everything made is removed again. The table is written
to bench/results/store.md too, except with `--short`.
"""

import argparse
import copy
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from load import TXS_A_BLOCK, Generator, Pieces
from parse import install, machine
from store_table import as_table

HERE = Path(__file__).resolve().parent
PARTS = HERE / "store_parts.py"
PACKAGES = {"duckdb": "duckdb==1.4.1", "polars": "polars==1.34.0"}
REORGANISED = 6


@dataclass
class Run:
    """What was measured on one chain."""

    txs: int
    load_seconds: float = 0.0
    index: dict[str, Any] = field(default_factory=dict)
    memory: int = 0  # most bytes of anonymous memory at once
    follow: dict[str, Any] = field(default_factory=dict)
    read: dict[str, Any] = field(default_factory=dict)
    peers: dict[str, dict[str, Any]] = field(default_factory=dict)


def say(text: str) -> None:
    print(f"{dt.datetime.now(tz=dt.UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


def make_load(run: Run, blocks: Path, tail: Path, appends: int) -> None:
    """A chain, blocks that follow it one a file, and a branch that replaces the last six of those."""
    began = time.perf_counter()
    generator, done = Generator(blocks), 0
    while done < run.txs:
        done += generator.block(min(TXS_A_BLOCK, run.txs - done))
    generator.writer.close()
    run.load_seconds = time.perf_counter() - began
    generator.writer = Pieces(tail, "block", generator.writer)
    for _ in range(appends + 1 - REORGANISED):
        generator.block(TXS_A_BLOCK)
    fork = Pieces(tail, "fork", generator.writer)
    kept = copy.deepcopy(generator.state)
    for _ in range(REORGANISED):
        generator.block(TXS_A_BLOCK)
    generator.writer, generator.state = fork, kept
    generator.state.count[2] += 1  # another random course
    for _ in range(REORGANISED + 1):
        generator.block(TXS_A_BLOCK)


def part(*arguments: object, python: str = sys.executable) -> dict[str, Any]:
    """Run a part in a process of its own."""
    command = [python, str(PARTS), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own script
    if done.returncode:
        raise SystemExit(f"{arguments[0]} failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def watched_index(blocks: Path, chain: Path) -> tuple[dict[str, Any], int]:
    """Index, and the most anonymous memory that /proc told of while it ran."""
    command = [sys.executable, str(PARTS), "index", str(blocks), str(chain)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own script
    most, status = 0, Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("RssAnon:"):
                most = max(most, int(line.split()[1]) * 1024)
        time.sleep(0.02)
    if process.returncode or process.stdout is None:
        raise SystemExit("indexing failed")
    found: dict[str, Any] = json.loads(process.stdout.read())
    return found, most


def peers_of(columns: Path, where: Path, ours: str) -> dict[str, dict[str, Any]]:
    """The fee scan by others; who cannot be installed is left out, with the reason."""
    found: dict[str, dict[str, Any]] = {}
    for name, package in PACKAGES.items():
        say(f"fees by {name}")
        try:
            os.environ["POLARS_MAX_THREADS"] = "1"
            found[name] = part("peer", name, columns, python=str(install(package, where, "numpy")))
        except (OSError, RuntimeError) as reason:
            found[name] = {"left out": str(reason)}
            continue
        if found[name]["digest"] != ours:
            raise SystemExit(f"{name} finds other fees: nothing is compared")
    return found


def measure(txs: int, folder: Path, chosen: argparse.Namespace) -> Run:
    run = Run(txs)
    blocks, tail, chain, columns = (folder / name for name in ("blocks", "tail", "chain", "columns"))
    try:
        say(f"making {txs:,} transactions")
        make_load(run, blocks, tail, chosen.appends)
        say("indexing")
        run.index, run.memory = watched_index(blocks, chain)
        say("reading")
        run.read = part("read", chain, chosen.lookups, columns)
        if txs == max(chosen.txs) and not chosen.alone:
            run.peers = peers_of(columns, chosen.peers, run.read["fees"]["digest"])
        shutil.rmtree(columns)
        say("appending")
        run.follow = part("follow", blocks, chain, tail, chosen.appends)
    finally:
        for each in (blocks, tail, chain, columns):
            shutil.rmtree(each, ignore_errors=True)
    return run


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--txs", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--short", action="store_true", help="a small chain, nothing written")
    parser.add_argument("--alone", action="store_true", help="nothing is installed or compared")
    parser.add_argument("--appends", type=int, default=200, help="blocks appended one by one")
    parser.add_argument("--lookups", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, default=None, help="where chains are made")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--peers", type=Path, default=cache / "qaif-bench", help="where peers are installed")
    chosen = parser.parse_args()
    if chosen.short:
        chosen.txs, chosen.appends, chosen.lookups = [20_000, 40_000], 10, 1_000
    return chosen


def main() -> None:
    chosen = arguments()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as warm:
        measure(5_000, Path(warm), argparse.Namespace(**vars(chosen) | {"appends": 14}))  # compiles
    runs = []
    for txs in chosen.txs:
        with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
            runs.append(measure(txs, Path(name), chosen))
    day = dt.datetime.now(tz=dt.UTC).date()
    peers = ", ".join(PACKAGES.values())
    head = f"{day}, {machine()}; load {os.getloadavg()[0]:.1f}.\nPeers: {peers}, one thread."
    table = f"{head}\n\n{as_table(runs)}"
    print(table)
    if not chosen.short:
        text = f"# The store at size\n\nMade by `python bench/store.py`.\n\n{table}\n"
        (HERE / "results" / "store.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
