"""An address of 100,000 transactions, investigated by the command from an explorer: limit, stops, the whole.

Usage: PYTHONPATH=tests python -m campaigns.huge_address FOLDER [--transactions 100000] [--a-block 300]

A made chain has an address with so many transactions: it is paid, and pays all of it on. The tests' Esplora
server tells of it, its pages and branches kept ready. `qaif investigate` is run as a user would: with the
limit of transactions that it has by itself (or a fifth of the history, where that is shorter), which it must
explain; with a higher limit, but stopped by Ctrl-C, by a limit of requests and by SIGKILL; then to the end;
then once more. Whatever was answered must not be asked for again, but for the few things that were under way
when it was stopped; the answer must be that of the chain; and the memory of a process must stay within a
limit that grows by some kilobytes a transaction. Prints what each run took.
"""

import argparse
import contextlib
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from oracle.addresses import address
from oracle.blockmaker import SUBSIDY, Branch, Outpoint, Tx, double, make_tx, seeded
from peers.esplora_index import Known
from peers.esplora_server import PAGE, NotHereError, Server, esplora
from peers.esplora_shapes import shown

OWNER = b"\x00\x14" + b"a busy address.." + b"...."
OTHER = b"\x00\x14" + b"somebody else..." + b"...."
LIMIT = 20_000  # that the command has by itself
FEE = 200
MANY = 10  # coins that one transaction splits off
UNDER_WAY = 120  # things that a stop may leave unwritten: a page's transactions, and a lot of places
MOST_AGAIN = 20  # requests of a run that has nothing to fetch
MIB = 1 << 20
MEMORY_AT_REST, MEMORY_A_TRANSACTION = 450 * MIB, 10 << 10
PROGRAM = (sys.executable, "-c", "from qaif.cli.main import run; run()", "investigate")
STOPPED = 130


class MadeChain:
    """A chain in the place of a node."""

    def __init__(self, blocks: Branch) -> None:
        self._shown = [block.hash[::-1].hex() for block in blocks.blocks]
        self._raws = dict(zip(self._shown, (block.raw for block in blocks.blocks), strict=True))

    def tip(self) -> str:
        return self._shown[-1]

    def hashes(self, first: int) -> list[str]:
        return self._shown[first:]

    def raws(self, shown: Sequence[str]) -> list[bytes]:
        return [self._raws[one] for one in shown]

    def mempool(self) -> list[bytes]:
        return []


class Ready(Server):
    """The server with the long history's pages and all blocks' trees kept ready: it answers as the other."""

    @cached_property
    def _newest_first(self) -> dict[str, list[Known]]:
        return {
            digest.hex(): [self.index.txs[txid] for txid in reversed(ids)]
            for digest, ids in self.index.histories.items()
        }

    @cached_property
    def _at(self) -> dict[str, dict[str, int]]:
        return {
            digest: {shown(one.tx.txid): at for at, one in enumerate(chain)}
            for digest, chain in self._newest_first.items()
            if len(chain) > PAGE
        }

    @cached_property
    def _trees(self) -> list[list[list[bytes]]]:
        return [_tree([tx.txid for tx in block.txs]) for block in self.index.blocks]

    def page(self, digest: str, after: str | None) -> list[Any]:
        begin = 0 if after is None else self._at[digest][after] + 1
        found = self._newest_first.get(digest, [])[begin : begin + PAGE]
        return [self.shapes.transaction(one) for one in found]

    def proof(self, shown_id: str) -> Any:
        known = self.tx(shown_id)
        if known.height is None:
            raise NotHereError("Transaction not found or is unconfirmed")
        at, branch = known.position, []
        for row in self._trees[known.height]:
            branch.append(shown(row[at ^ 1] if at ^ 1 < len(row) else row[at]))
            at //= 2
        return {"block_height": known.height, "merkle": branch, "pos": known.position}


def _tree(leaves: list[bytes]) -> list[list[bytes]]:
    """The rows of a Merkle tree below its root."""
    rows, row = [], leaves
    while len(row) > 1:
        rows.append(row)
        even = row + row[-1:] * (len(row) % 2)
        row = [double(even[at] + even[at + 1]) for at in range(0, len(even), 2)]
    return rows


def lived(transactions: int, a_block: int) -> Branch:
    """The address's life: it is paid from a coin of ten that were split off, and pays it on."""
    branch, gifts = Branch(seeded(100), step=600), transactions // 2
    waiting: list[Tx] = []
    for first in range(0, gifts, a_block // 2):
        count = min(a_block // 2, gifts - first)
        coinbase = branch.add([], [(SUBSIDY, OTHER)]).txs[0]
        coins, value = [(coinbase.txid, 0)], SUBSIDY // (count + 1)
        split = make_tx(coins, [(MANY * value, OTHER)] * -(-count // MANY))
        few = [make_tx([(split.txid, at)], [(value - FEE, OTHER)] * MANY) for at in range(len(split.outs))]
        given = [
            make_tx([(few[at // MANY].txid, at % MANY)], [(value - 2 * FEE, OWNER)]) for at in range(count)
        ]
        branch.add([split, *few, *given, *map(_paid_on, waiting)], [(SUBSIDY, OTHER)])
        branch.unspent.clear()
        waiting = given
    branch.add(list(map(_paid_on, waiting)), [(SUBSIDY, OTHER)])
    return branch


def _paid_on(tx: Tx) -> Tx:
    at: Outpoint = (tx.txid, 0)
    return make_tx([at], [(tx.outs[0][0] - FEE, OTHER)], witnesses=[[b"\x01" * 71, b"\x02" * 33]])


@dataclass
class Run:
    """One run of the command, and what it took."""

    status: int
    out: str
    err: str
    asked: list[str]
    seconds: float
    memory: int

    def figures(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "requests": len(self.asked),
            "seconds": round(self.seconds, 1),
            "peak_MiB": round(self.memory / MIB),
        }


class Case:
    """The command, again and again in one workspace."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server = folder, server
        subject = address(OWNER, "regtest")
        self.arguments = [
            *(str(subject), "--source", f"esplora:{server.url}", "--requests-per-second", "10000"),
            *("--out", str(folder / "case"), "-w", str(folder / "workspace"), "--json"),
        ]

    def run(self, *more: str, stop: tuple[int, signal.Signals] | None = None) -> Run:
        """Run it.

        Args:
            more: options.
            stop: after so many requests this signal is sent.
        """
        self.server.asked, began = [], time.monotonic()
        out, err = self.folder / "out", self.folder / "err"
        with out.open("wb") as told, err.open("wb") as said:
            process = subprocess.Popen([*PROGRAM, *self.arguments, *more], stdout=told, stderr=said)
        memory = 0
        while process.poll() is None:
            memory = max(memory, _peak(process.pid))
            if stop is not None and len(self.server.asked) >= stop[0]:
                process.send_signal(stop[1])
                stop = None
            assert time.monotonic() - began < 3600
            time.sleep(0.002)
        seconds = time.monotonic() - began
        texts = (out.read_text(), err.read_text())
        return Run(process.returncode, *texts, self.server.asked, seconds, memory)


def _peak(pid: int) -> int:
    """The most memory that a process has had, in bytes: 0 when it has ended.

    `ru_maxrss` would be wrong: Linux starts it at what the process that called exec had, which is ours.
    """
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def hold(so: bool, what: str) -> None:  # noqa: FBT001  what must be true
    """Stop the campaign where something is not so.

    Raises:
        SystemExit: it is not.
    """
    if not so:
        raise SystemExit(what)


def expect(found: object, wanted: object, what: str) -> None:
    """Stop the campaign where something is not as it must be.

    Raises:
        SystemExit: it is not.
    """
    hold(found == wanted, f"{what}: {found!r:.2000}, and not {wanted!r:.500}")


def told(run: Run) -> tuple[dict[str, Any], str]:
    """The review of the address, and why its history is not whole."""
    expect(run.status, 0, f"the command's status; it says {run.err}")
    review = json.loads(run.out)["addresses"][0]["review"]
    return review, review["coverage"]["scripts"][0]["why"]


def asked_again(runs: list[Run]) -> int:
    """How many pages, transactions and branches were answered more than once over all runs.

    The newest page is asked for by each run, to see what is new.
    """
    lasting = [path for run in runs for path in run.asked if path.endswith(("/merkle-proof", "/raw"))]
    lasting += [path for run in runs for path in run.asked if "/txs/chain/" in path]
    return sum(count - 1 for count in Counter(lasting).values())


def main(folder: Path, transactions: int, a_block: int, *, brief: bool = False) -> dict[str, Any]:
    """All of it; `brief` leaves out the limit of requests and SIGKILL.

    Raises:
        SystemExit: something is not as it must be.
    """
    folder.mkdir(parents=True)
    branch = lived(transactions, a_block)
    paid = [tx.outs[0][0] for block in branch.blocks for tx in block.txs if tx.outs[0][1] == OWNER]
    with esplora(MadeChain(branch), Ready) as server:
        runs = _runs(Case(folder, server), transactions, brief=brief)
    again = runs["once more"]
    for name in ("to the end", "once more"):
        review, why = told(runs[name])
        expect(why, "", "why the history is not whole")
        counts = (review["tx_count"], review["received_sat"], review["balance_sat"])
        expect(counts, (2 * len(paid), sum(paid), 0), "transactions, received, balance")
    hold(len(again.asked) <= MOST_AGAIN, f"nothing was new, and {len(again.asked)} things were asked")
    stops = sum(run.status != 0 for run in runs.values())
    repeated = asked_again(list(runs.values()))
    hold(repeated <= UNDER_WAY * stops, f"{repeated} answers were asked for again")
    # Whoever compiles kernels takes as much again: in brief only the last run is sure not to.
    for name, run in list(runs.items())[-1 if brief else 1 :]:
        most = MEMORY_AT_REST + transactions * MEMORY_A_TRANSACTION
        hold(run.memory <= most, f"{name}: it took {run.memory / MIB:,.0f} MiB")
    seen = {name: run.figures() for name, run in runs.items()}
    total = sum(len(run.asked) for run in runs.values())
    on_disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "transactions": transactions,
        "runs": seen,
        "requests": total,
        "asked_again": repeated,
        "on_disk_MiB": round(on_disk / MIB),
    }


def _runs(case: Case, transactions: int, *, brief: bool) -> dict[str, Run]:
    """The runs, each tried by itself."""
    few = min(LIMIT, transactions // 5)
    runs = {"within the limit": case.run(*(() if few == LIMIT else ("--most-transactions", str(few))))}
    review, why = told(runs["within the limit"])
    expect((review["tx_count"], review["balance_sat"]), (few, None), "what a cut history answers")
    expect(
        why,
        f"stopped at the limit of {few:,} transactions of the {transactions:,} that the source counts;"
        " `--most-transactions` sets a higher one",
        "how the limit is explained",
    )
    more, part = ("--most-transactions", str(10 * transactions)), transactions // 10
    runs["Ctrl-C"] = case.run(*more, stop=(part, signal.SIGINT))
    expect(runs["Ctrl-C"].status, STOPPED, "the status after Ctrl-C")
    hold("the same command resumes" in runs["Ctrl-C"].err, "Ctrl-C does not say how to go on")
    if not brief:
        runs["limit of requests"] = case.run(*more, "--most-requests", str(part))
        hold(
            "same command goes on" in runs["limit of requests"].err, "the limit of requests is not explained"
        )
        runs["killed"] = case.run(*more, stop=(part, signal.SIGKILL))
    runs["to the end"] = case.run(*more, "--most-requests", str(10 * transactions))
    runs["once more"] = case.run(*more)
    return runs


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--transactions", type=int, default=100_000)
    parser.add_argument("--a-block", type=int, default=300)
    print(json.dumps(main(**vars(parser.parse_args())), indent=2))
