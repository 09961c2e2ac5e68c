"""A node's answers spoilt in every way: a clear error, nothing wrong stored, and the next run makes it good.

Usage: PYTHONPATH=tests python tests/campaigns/node_faults.py FOLDER [--seed 1] [--cases 150]

A real bcoin node answers in Bitcoin Core's shapes. In each case one kind of request is spoilt, from a random
one of them on: cut off, slow, garbage, empty, too long, a bit turned over, a status of trouble, or a lie (the
bytes of another block, headers out of order or without work, a wrong hash for a height, another network,
other amounts or counts of what is spent). Then either an error of ours is raised, which names the server and
not the password, or the store is right all the same. After an error it holds what it held before, or more of
the same chain; with the fault gone the same command makes it right. Prints a JSON object with what was met.
"""

import argparse
import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from campaigns.node_lies import (
    ANY,
    FIRST,
    LIES,
    Spoil,
    less_exact,
    more_spent,
    one_more,
    other_block,
    other_transactions,
)
from oracle.blockmaker import seeded
from peers.bcoin import Bcoin, bcoin
from peers.core_shapes import Asked, Shapes, Wire, core_shapes
from peers.wallet import Wallet
from qaif.chain.check import check
from qaif.chain.nodes import NodeBlocks, NodeSource, index_node
from qaif.chain.open import Chain
from qaif.errors import BlockDataError, NetworkMismatchError, NotFoundError, QaifError, SourceError
from qaif.feeds.core.headers import Span
from qaif.feeds.core.node import CoreNode
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from support.coredir import script_of
from support.indexing import digests

PATIENT = Manner(requests_a_second=10_000, tries=6, first_pause=0.05, total_seconds=60)
HASTY = Manner(requests_a_second=10_000, tries=2, first_pause=0.01, read_seconds=0.5, total_seconds=1.5)
HELD = 60
ALLOWED = (SourceError, BlockDataError, NetworkMismatchError)


@dataclass(frozen=True)
class Setting:
    """How the node is asked.

    Attributes:
        rest, spent: what it offers.
        middle: begin in the middle, so that what is spent must be told.
    """

    rest: bool
    spent: bool
    middle: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """The requests that are made."""
        if self.rest:
            told = ("rest spenttxouts",) if self.spent else ("rpc getblock",)
            kinds = ("rest chaininfo", "rest blockhashbyheight", "rest headers", "rest block")
            return kinds + (told if self.middle else ())
        return ("rpc getblockchaininfo", "rpc getblockhash", "rpc getblockheader", "rpc getblock")


SETTINGS = tuple(
    Setting(rest, spent, middle)
    for rest, spent, middle in (
        (True, True, False),
        (False, False, False),
        (True, True, True),
        (True, False, True),
        (False, False, True),
    )
)


def lies_about(kind: str, setting: Setting) -> tuple[Spoil, ...]:
    """The lies that a kind of request can tell."""
    if kind == "rpc getblock":
        raw = () if setting.rest else (other_block, other_transactions)
        return raw if not setting.middle else (more_spent, less_exact, one_more)
    return LIES[kind.split()[1]]


class Ground:
    """The node, and what is right, for each setting."""

    def __init__(self, shapes: Shapes, folder: Path) -> None:
        self.shapes, self.folder = shapes, folder
        self.right: dict[Setting, dict[str, str]] = {}
        for setting in SETTINGS:
            self.bring_up(folder / "right", setting, PATIENT)
            self.right[setting] = digests(folder / "right")
            shutil.rmtree(folder / "right")

    def bring_up(self, target: Path, setting: Setting, manner: Manner, last: int | None = None) -> None:
        shapes = self.shapes
        shapes.rest, shapes.spent = setting.rest, setting.spent
        span = Span(FIRST if setting.middle else None, last)
        with Door({shapes.url: manner}) as door:
            basic = (shapes.node.user, shapes.node.password)
            node = CoreNode(door.http(shapes.url, purpose="blocks", basic=basic), shapes.url)
            index_node(target, node, NodeBlocks(NodeSource(shapes.url), span))


@dataclass
class Spoiling:
    """From a random request of one kind on, all are spoilt.

    Attributes:
        told: of `getblock`, only those of what is spent, or only the others.
        spoilt: how many were.
    """

    rng: random.Random
    shapes: Shapes
    kind: str
    spoil: Spoil
    told: bool
    clean: int
    spoilt: int = 0

    def __call__(self, asked: Asked, body: bytes) -> bytes | Wire:
        if asked.what != self.kind or len(body) <= 4:  # too short to be spoilt in every way
            return body
        if self.kind == "rpc getblock" and self.told != asked.line.endswith("3]"):
            return body
        if self.clean:
            self.clean -= 1
            return body
        self.spoilt += 1
        return self.spoil(self.rng, self.shapes, asked, body)


def case(ground: Ground, seed: int, met: Counter[str]) -> None:
    """One fault, and what came of it."""
    rng = seeded(seed)
    setting = rng.choice(SETTINGS)
    kind = rng.choice(setting.kinds)
    told = (setting.middle and kind == "rpc getblock" and rng.random() < 0.9) or setting.rest
    lies = lies_about(kind, setting) if kind != "rpc getblock" or told == setting.middle else ()
    spoil = rng.choice(lies) if lies and rng.random() < 0.5 else rng.choice(list(ANY.values()))
    target = ground.folder / f"case{seed}"
    held = rng.random() < 0.5
    if held:
        ground.bring_up(target, setting, PATIENT, FIRST + 3 if setting.middle else HELD)
    before = hashes(target)
    clean = rng.choice((0, 0, 1, 3)) if "block" in kind and "hash" not in kind and "header" not in kind else 0
    spoiling = Spoiling(rng, ground.shapes, kind, spoil, told, clean)
    ground.shapes.fault = spoiling
    label = f"{kind}: {spoil.__name__}"
    try:
        ground.bring_up(target, setting, HASTY)
    except QaifError as error:
        refuse_unclear(ground.shapes, error, label)
        met[f"error {error.code}"] += 1
        after = hashes(target)
        assert after[: len(before)] == before, f"seed {seed}, {label}: blocks were lost"
        assert not after or check(target).good, f"seed {seed}, {label}: the store is damaged"
    else:
        met["harmless" if spoiling.spoilt else "never asked for"] += 1
        complete(ground, target, setting, f"seed {seed}, {label}: taken in, and wrong")
    ground.shapes.fault = None
    ground.bring_up(target, setting, PATIENT)
    complete(ground, target, setting, f"seed {seed}, {label}: not made good")
    met[label] += 1
    shutil.rmtree(target)


def complete(ground: Ground, target: Path, setting: Setting, why: str) -> None:
    """The store must be right; a node that showed less of its chain than it has left less."""
    if len(hashes(target)) == ground.shapes.node.height() + 1 - (FIRST if setting.middle else 0):
        assert digests(target) == ground.right[setting], why
    else:
        assert why.endswith("taken in, and wrong"), why
        shown = ground.shapes.node.hashes(FIRST if setting.middle else 0)
        assert hashes(target) == shown[: len(hashes(target))], why


def hashes(target: Path) -> list[str]:
    """The stored blocks, as shown."""
    try:
        with Chain.open(target) as chain:
            return [row.tobytes()[::-1].hex() for row in chain.block.hash_raw[0 : chain.n_blocks]]
    except NotFoundError:
        return []


def refuse_unclear(shapes: Shapes, error: QaifError, label: str) -> None:
    """An error of the right kind that names the server and not the password."""
    text = f"{error} {error.as_dict()} {error.__cause__!r}"
    assert isinstance(error, ALLOWED), f"{label}: {error!r}"
    assert f"127.0.0.1:{shapes.port}" in error.message, f"{label}: {error.message}"
    assert error.way_out, f"{label}: {error.message}"
    assert shapes.node.password not in text, label
    assert len(error.message) < 600, label


@contextmanager
def ground_of(folder: Path) -> Iterator[Ground]:
    """A node with a chain that has spends in its upper part."""
    with bcoin() as node, core_shapes(node) as shapes:
        _fill(node)
        yield Ground(shapes, folder)


def _fill(node: Bcoin) -> None:
    kinds = ("p2pkh", "p2wsh", "p2sh")
    wallets = [Wallet(node, kind, seed=9) for kind in kinds]
    for wallet in wallets:
        wallet.take(node.raw(node.mine(1, wallet.script)[0]))
    node.mine(100)
    for _ in range(8):
        for wallet in wallets:
            wallet.send([(40_000, script_of("p2pkh", 3)), (50_000, wallet.script)])
        node.mine()


def main(folder: Path, seed: int, cases: int) -> dict[str, int]:
    """Run so many cases; what was met."""
    met: Counter[str] = Counter()
    with ground_of(folder) as ground:
        for number in range(seed, seed + cases):
            case(ground, number, met)
            met["cases"] += 1
    return dict(sorted(met.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=150)
    given = parser.parse_args()
    print(json.dumps(main(given.folder, given.seed, given.cases), indent=1))
