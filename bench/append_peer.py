"""Full blocks appended to the chain store, beside e-x (an Electrum server) taking the same blocks.

Usage: python bench/append_peer.py [--txs N] [--appends N] [--short] [--folder FOLDER]

A chain of N transactions is made by `load.py`. Qaif indexes its block files, e-x takes them from a node
(`append_peer_node.py`); then both get the same full blocks one by one, Qaif first. Everything made is removed
again. The table is written to bench/results/append.md too, except with `--short`.
"""

import argparse
import datetime as dt
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from append_peer_node import Node
from parse import machine
from store import Run, make_load, part, say

HERE = Path(__file__).resolve().parent
LOOK = 0.002  # seconds between two looks at e-x
POLL_MS = 10  # e-x asks its node so often
PATIENCE = 7_200.0
_TIMED = """
import runpy, sys, time
from electrumx.server.block_processor import BlockProcessor
from electrumx.server.transport import PaddedRSTransport
PaddedRSTransport.WAIT_FOR_BUFFER_GROWTH_SECONDS = 0.002
plain = BlockProcessor.check_and_advance_blocks

async def timed(self, raw_blocks):
    began = time.perf_counter()
    await plain(self, raw_blocks)
    if raw_blocks:
        took = time.perf_counter() - began
        print(f"TOOK {self.height} {len(raw_blocks)} {took:.6f}", file=sys.stderr, flush=True)

BlockProcessor.check_and_advance_blocks = timed
runpy.run_module("electrumx.cli.electrumx_server", run_name="__main__")
"""
_NOTES = """
What is equal: the machine and its disk, the chain and the blocks, one block at a time, each waited for; both
sync what they write of a block before it counts (Qaif all of it, e-x its two LevelDB batches and not its
files of headers and transaction ids); both can answer about it when its time is up.

What is not: e-x is given a block by a node over JSON-RPC, as hex, and asks the node for its height every
{poll} ms; the node here has the answer ready. Qaif finds it in a block file that has grown. So e-x has two
rows: from when the node has the block until e-x answers with its header (looked at every {look} ms), and by
its own block processor, from the raw block in memory until it is flushed and its clients are told, which
leaves fetching out. It holds back small answers for up to a second; here for 2 ms. e-x keeps unspent outputs
and histories by script hash; Qaif keeps all columns and five derived tables, with checksums, computes every
id and merkle root, and looks up what each input spends. Merges
of Qaif's segments come after the blocks and are told by themselves; LevelDB compacts in a thread of its own,
which shows only as far as it delays a block. Qaif's blocks come first, e-x's after, on a machine whose other
load is not the same at both times.
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class ElectrumServer:
    """e-x at work, with LevelDB.

    Args:
        node: where it takes blocks from.
        folder: for its database and its log.
    """

    def __init__(self, node: Node, folder: Path) -> None:
        self._port, self._log = free_port(), folder / "e_x.log"
        database = folder / "database"
        database.mkdir(parents=True)
        settings = {
            "COIN": "Bitcoin",
            "NET": "regtest",
            "DB_DIRECTORY": str(database),
            "DAEMON_URL": f"http://user:password@127.0.0.1:{node.port}/",
            "DB_ENGINE": "leveldb",
            "SERVICES": f"tcp://127.0.0.1:{self._port}",
            "PEER_DISCOVERY": "off",
            "PEER_ANNOUNCE": "",
            "ALLOW_ROOT": "yes",
            "COST_SOFT_LIMIT": "0",
            "COST_HARD_LIMIT": "0",
            "DAEMON_POLL_INTERVAL_BLOCKS": str(POLL_MS),
            "DAEMON_POLL_INTERVAL_MEMPOOL": "1000",
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter
                [sys.executable, "-c", _TIMED],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"]} | settings,
            )
        self._lines: Any = None

    def until(self, height: int, pause: float) -> None:
        """Wait until it has the block of a height and answers with its header."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                if "result" in self._ask("blockchain.block.header", height):
                    return
            except OSError:
                self._lines = None
            time.sleep(pause)
        raise SystemExit(f"e-x did not come to block {height}: {self._log.read_text()[-2000:]}")

    def _ask(self, method: str, *params: Any) -> dict[str, Any]:
        if self._lines is None:
            connection = socket.create_connection(("127.0.0.1", self._port), 60)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines = connection.makefile("rwb", buffering=0)
            self._say("server.version", ["bench", ["1.4", "1.6"]])
        return self._say(method, params)

    def _say(self, method: str, params: Any) -> dict[str, Any]:
        call = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
        self._lines.write(json.dumps(call).encode() + b"\n")
        line = self._lines.readline()
        if not line:
            raise ConnectionError("it hung up")
        found: dict[str, Any] = json.loads(line)
        return found

    def own_times(self, first: int, count: int) -> list[float]:
        """Seconds that its block processor took for each block from a height on, each by itself.

        It says so a moment after it can answer about the block.
        """
        found: list[float] = []
        end = time.monotonic() + 10
        while len(found) < count and time.monotonic() < end:
            time.sleep(0.1)
            told = re.findall(r"TOOK (\d+) (\d+) ([\d.]+)", self._log.read_text())
            found = [float(took) for height, many, took in told if int(height) >= first and many == "1"]
        return found

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(60)


def e_x_times(blocks: Path, tail: Path, folder: Path, appends: int) -> dict[str, Any]:
    """Have e-x take the chain, and then the blocks one by one."""
    node = Node([*sorted(blocks.glob("blk0*.dat")), *sorted(tail.glob("*.block"))])
    first = len(node) - appends  # what `store.py` appends, the last ones of the chain
    node.height = first - 1
    server = ElectrumServer(node, folder)
    try:
        began = time.perf_counter()
        server.until(node.height, 0.5)
        synced = time.perf_counter() - began
        say("e-x appends")
        taken = []
        for height in range(first, first + appends):
            node.make_ready(height)
            time.sleep(0.05)
            began = time.perf_counter()
            node.height = height
            server.until(height, LOOK)
            taken.append(time.perf_counter() - began)
        own = server.own_times(first, appends)
    finally:
        server.stop()
        node.close()
    if len(own) != appends:
        raise SystemExit(f"e-x took {len(own)} of {appends} blocks one by one: nothing is compared")
    return {"sync": synced, "append": taken, "own": own}


def row(name: str, times: list[float]) -> str:
    found = sorted(1e3 * one for one in times)
    at = [found[min(int(share * len(found)), len(found) - 1)] for share in (0.5, 0.99, 1)]
    return f"| {name} | {len(found)} | " + " | ".join(f"{one:.1f}" for one in at) + " |"


def as_table(txs: int, ours: dict[str, Any], indexed: float, theirs: dict[str, Any]) -> str:
    """The times of both."""
    merges = [seconds for seconds, merged in ours["after"] if merged]
    both = [a + b for a, (b, _) in zip(ours["append"], ours["after"], strict=True)]
    lines = [
        f"| {txs:,} transactions, then full blocks one by one | how many | p50 ms | p99 ms | longest ms |",
        "|---|---|---|---|---|",
        row("Qaif: block committed and synced", ours["append"]),
        *([row("Qaif: merges after a block", merges)] if merges else []),
        row("Qaif: block, and the merge after it if there was one", both),
        row("e-x: from the node's having the block until e-x answers", theirs["append"]),
        row("e-x: its block processor alone", theirs["own"]),
    ]
    share = statistics.median(ours["append"]) / statistics.median(theirs["own"])
    return "\n".join(
        [
            *lines,
            "",
            f"Qaif's p50 is {share:.2f} of that of e-x's block processor.",
            f"The chain before was taken by Qaif in {indexed:.0f} s and by e-x in {theirs['sync']:.0f} s.",
            _NOTES.format(poll=POLL_MS, look=round(1e3 * LOOK)),
        ]
    )


def measure(folder: Path, txs: int, appends: int) -> str:
    blocks, tail, chain = (folder / name for name in ("blocks", "tail", "chain"))
    run = Run(txs)
    say(f"making {txs:,} transactions")
    make_load(run, blocks, tail, appends)
    say("Qaif indexes")
    indexed = part("index", blocks, chain)
    say("Qaif appends")
    ours = part("follow", blocks, chain, tail, appends)
    (blocks / "blk99999.dat").unlink()
    say("e-x indexes")
    theirs = e_x_times(blocks, tail, folder / "e_x", appends)
    return as_table(indexed["txs"], ours, indexed["wall"], theirs)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--txs", type=int, default=500_000)
    parser.add_argument("--appends", type=int, default=100)
    parser.add_argument("--short", action="store_true", help="a small chain, nothing written")
    parser.add_argument("--folder", type=Path, default=None, help="where the chain is made")
    chosen = parser.parse_args()
    if chosen.short:
        chosen.txs, chosen.appends = 20_000, 8
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        table = measure(Path(name), chosen.txs, chosen.appends)
    day = dt.datetime.now(tz=dt.UTC).date()
    peer = f"e-x {version('e-x')}, LevelDB by plyvel {version('plyvel')}."
    head = f"{day}, {machine()}; load {os.getloadavg()[0]:.1f}. {peer}"
    print(f"{head}\n\n{table}")
    if not chosen.short:
        text = (
            f"# Appending blocks, beside e-x\n\nMade by `python bench/append_peer.py`.\n\n{head}\n\n{table}"
        )
        (HERE / "results" / "append.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
