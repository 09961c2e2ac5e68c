"""`qaif follow` on a real node for hours: blocks, reorganisations, questions and kills; nothing may grow.

Usage: PYTHONPATH=tests python tests/campaigns/soak.py FOLDER [--seconds 7200] [--seed 1]

A bcoin node mines, pays and reorganises at random; the command follows it through its announcements, some of
which are lost; it is killed with SIGKILL now and then and started again; and this process asks the store what
a script was paid, which must be what the node's own blocks say. After each step the follower must have told
of the node's tip. Of each life of the follower the memory and the open files are measured: from its 40th step
on neither may grow by more than is stated here. The store's folder may hold nothing but the files that its
manifest names, and no more bytes than the blocks explain. At the end the store must be that of a fresh index,
column by column. Prints a JSON object with what was done and measured.
"""

import argparse
import json
import queue
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oracle.blockmaker import MAGIC, seeded
from oracle.parse import parse_block
from peers.bcoin import Bcoin, bcoin
from peers.core_shapes import Shapes, core_shapes
from peers.publisher import Publisher, publisher
from peers.wallet import Wallet
from qaif.chain import manifest as manifests
from qaif.chain.check import check
from qaif.chain.files import StoreFiles
from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.units import UNKNOWN
from support.coredir import script_of
from support.indexing import digests

SETTLED = 40  # steps of a life before it is measured
MOST_MEMORY_GROWTH = 24 << 20
MOST_FILES_GROWTH = 8  # connections
PATIENCE = 60.0
KEPT_COINS = 40
BYTES_A_BLOCK = 4_000  # tiny blocks: mostly the seals and indexes of small segments
BYTES_AT_LEAST = 4 << 20


@dataclass
class Life:
    """One process of the follower.

    Attributes:
        memory, files: resident bytes after each step, and open descriptors but for those of files that the
            store's manifest names.
    """

    process: "subprocess.Popen[str]"
    said: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)
    closed: threading.Event = field(default_factory=threading.Event)
    memory: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    @classmethod
    def begin(cls, workspace: Path, shapes: Shapes, told: Publisher) -> "Life":
        program = [sys.executable, "-c", "from qaif.cli.main import run; run()", "follow", "--json"]
        named = ["--source", f"core:{shapes.url}", "--zmq", told.place, "--every", "2", "-w", str(workspace)]
        life = cls(subprocess.Popen([*program, *named], stdout=subprocess.PIPE, text=True))
        threading.Thread(target=life._read, daemon=True).start()
        return life

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.said.put(json.loads(line))
        self.closed.set()

    def until(self, tip: str) -> Counter[str]:
        """Wait until it has told of a tip; how often it said what."""
        kinds: Counter[str] = Counter()
        end = time.monotonic() + PATIENCE
        while True:
            assert self.process.poll() is None, "the follower ended"
            one = self.said.get(timeout=max(end - time.monotonic(), 0.01))
            kinds[one["kind"]] += 1
            assert one["kind"] != "trouble", one["message"]
            if one["as_of"] and one["as_of"]["hash"] == tip:
                return kinds

    def measure(self, chain: Path) -> None:
        own = Path(f"/proc/{self.process.pid}")
        fields = dict(line.split(":", 1) for line in (own / "status").read_text().splitlines())
        self.memory.append(int(fields["VmRSS"].split()[0]) * 1024)
        manifest = manifests.load(StoreFiles(chain))
        assert manifest is not None
        named = {str(chain / name) for name in manifest.files()}
        self.files.append(sum(_opened(each) not in named for each in (own / "fd").iterdir()))

    def growth(self) -> tuple[int, int] | None:
        """By how much memory and files grew after it had settled; None where it did not live that long.

        Of files the least of some steps counts: segments that a merge has replaced stay open for a while, the
        more the larger the store is, and what is never closed is open at every step.
        """
        if len(self.memory) < 3 * SETTLED:
            return None
        late = len(self.memory) - SETTLED // 2
        first, last = slice(SETTLED, SETTLED + SETTLED // 2), slice(late, None)
        return (
            max(self.memory[last]) - max(self.memory[first]),
            min(self.files[last]) - min(self.files[first]),
        )

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.closed.wait(20)


def _opened(descriptor: Path) -> str:
    """What a descriptor has open; empty where it was closed meanwhile."""
    try:
        return str(descriptor.readlink())
    except FileNotFoundError:
        return ""


@dataclass
class Soak:
    """The node, the follower, and what was seen."""

    rng: random.Random
    node: Bcoin
    shapes: Shapes
    told: Publisher
    folder: Path
    life: Life
    wallet: Wallet
    met: Counter[str] = field(default_factory=Counter)
    growths: list[tuple[int, int]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    paid: dict[str, dict[bytes, int]] = field(default_factory=dict)

    def step(self, kill_one_in: int) -> None:
        dice = self.rng.random()
        if dice < 1 / kill_one_in:
            self.kill()
        began = time.monotonic()
        if self.rng.random() < 0.1:
            self.told.drop = self.rng.randint(1, 3)
            self.met["dropped"] += self.told.drop
        if self.rng.random() < 0.25:
            self.reorganise(self.rng.choice((1, 1, 2, 3, 6, 12)))
        else:
            self.append()
        self.met.update(self.life.until(self.node.call("getbestblockhash")))
        self.waits.append(time.monotonic() - began)
        self.life.measure(self.folder.absolute() / "w" / "chain")
        self.ask()

    def append(self) -> None:
        if len(self.wallet.purse.coins) and self.rng.random() < 0.7:
            payee = script_of("p2pkh", self.rng.randrange(1, 12))
            tx = self.wallet.pay([(self.rng.randrange(1_000, 90_000), payee)])
            self.node.mine(txs=[tx.raw])
            self.met["payments"] += 1
        else:
            self.node.mine(self.rng.randint(1, 3))
        self.met["appends"] += 1

    def reorganise(self, depth: int) -> None:
        """A longer branch; the wallet begins anew with coins of old blocks."""
        hashes = self.node.hashes()
        self.node.mine(depth + 1, onto=hashes[-depth - 1], empty=True)
        self.refill()
        self.met["reorganised"] += 1

    def refill(self) -> None:
        """Coins of old blocks only: no reorganisation reaches them."""
        coins = self.wallet.purse.coins
        coins.clear()
        spent = {(one.txid, one.vout) for shown in self.node.hashes() for one in self.ins(shown)}
        for shown in self.node.hashes()[1 : KEPT_COINS + 1]:
            self.wallet.take(self.node.raw(shown))
        for one in spent & set(coins):
            del coins[one]

    def ins(self, shown: str) -> list[Any]:
        return [one for tx in parse_block(self.shapes.block(shown)).txs[1:] for one in tx.ins]

    def kill(self) -> None:
        """In the midst of whatever it does, with work before it."""
        self.node.mine(2)
        time.sleep(self.rng.random() * 0.2)
        self.close_life()
        self.life = Life.begin(self.folder / "w", self.shapes, self.told)
        self.met["kills"] += 1

    def close_life(self) -> None:
        self.life.end()
        if (growth := self.life.growth()) is not None:
            self.growths.append(growth)

    def ask(self) -> None:
        """What a script was paid, by the store and by the node's blocks."""
        script = script_of("p2pkh", self.rng.randrange(1, 12))
        right = sum(self.paid_in(shown).get(script, 0) for shown in self.node.hashes())
        with Chain.open(self.folder / "w" / "chain") as chain:
            num = chain.script_num(script)
            held = 0 if num == UNKNOWN else int(chain.txout.value_sat.take(chain.outs_of(num)).sum())
        assert held == right, f"a script was paid {right} sat, the store says {held}"
        self.met["asked"] += 1

    def paid_in(self, shown: str) -> dict[bytes, int]:
        if shown not in self.paid:
            found: Counter[bytes] = Counter()
            for tx in parse_block(self.node.raw(shown)).txs:
                for out in tx.outs:
                    found[out.script] += out.value
            self.paid[shown] = dict(found)
        return self.paid[shown]

    def finish(self) -> dict[str, Any]:
        """Compare with a fresh index, and say what was measured."""
        self.close_life()
        chain, blocks = self.folder / "w" / "chain", self.node.height() + 1
        manifest = manifests.load(StoreFiles(chain))
        assert manifest is not None
        held = {path.name: path.stat().st_size for path in chain.iterdir()}
        assert set(held) <= manifest.files() | {"MANIFEST", "LOCK"}, "files that nothing names were left"
        most = BYTES_AT_LEAST + BYTES_A_BLOCK * blocks
        assert sum(held.values()) < most, f"{sum(held.values())} bytes for {blocks} blocks"
        assert check(chain).good
        path = self.folder / "blocks.dat"
        raws = self.node.raws(self.node.hashes())
        path.write_bytes(b"".join(MAGIC + len(raw).to_bytes(4, "little") + raw for raw in raws))
        index_block_files(self.folder / "fresh", BlockFiles((path,)))
        assert digests(self.folder / "fresh") == digests(chain)
        for memory, files in self.growths:
            assert memory < MOST_MEMORY_GROWTH, (
                f"memory grew by {memory:,} bytes; of all lives {self.growths}"
            )
            assert files <= MOST_FILES_GROWTH, f"{files} more files are open; of all lives {self.growths}"
        waits = sorted(self.waits)
        return dict(self.met) | {
            "blocks": blocks,
            "store_bytes": sum(held.values()),
            "store_files": len(held),
            "measured_lives": len(self.growths),
            "most_memory_growth": max((memory for memory, _ in self.growths), default=None),
            "most_files_growth": max((files for _, files in self.growths), default=None),
            "milliseconds_to_answer": {
                "median": round(1000 * waits[len(waits) // 2]),
                "most": round(1000 * waits[-1]),
            },
        }


@contextmanager
def ground(folder: Path, seed: int) -> Iterator[Soak]:
    with bcoin() as node, core_shapes(node) as shapes:
        wallet = Wallet(node, "p2pkh", seed=15)
        node.mine(KEPT_COINS, wallet.script)
        node.mine(100)
        with publisher(node, "hashblock", "sequence") as told:
            soak = Soak(
                seeded(seed), node, shapes, told, folder, Life.begin(folder / "w", shapes, told), wallet
            )
            try:
                soak.refill()
                soak.life.until(node.call("getbestblockhash"))
                yield soak
            finally:
                soak.life.end()


def main(folder: Path, seconds: float, seed: int, kill_one_in: int = 200) -> dict[str, Any]:
    """Soak for so long; what was done and measured."""
    with ground(folder, seed) as soak:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            soak.step(kill_one_in)
            soak.met["steps"] += 1
        soak.kill()
        soak.step(1 << 30)
        return soak.finish()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=7_200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(main(given.folder, given.seconds, given.seed), indent=1))
