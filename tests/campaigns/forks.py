"""Random trees of blocks, and reorganisations of every depth: the columns are those of the winning branch.

Usage: PYTHONPATH=tests python tests/campaigns/forks.py FOLDER [--seed 1] [--trees 500]
       [--depths 1-100,200,1088]

A tree's branches grow by turns; they spend the same outputs in different ways, hold the same transactions in
different blocks, and repeat coinbases (BIP30). Its blocks come in the order in which they were made, somewhat
out of it, or in any order at all, in several runs of the indexer with rounds of different sizes. After each
run the digest of every column must be that of a fresh store: of the branch that wins (the most work; of
equal ones that which was whole first) where every block has its parent, else of the same blocks in one go.
Those may be refused, where what follows a gap is of another branch than what comes before it. Prints a JSON
object with what was met on the way.
"""

import argparse
import json
import random
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oracle.blockmaker import GENESIS_TIME, Block, Branch, make_block, seeded, spent
from qaif.chain.check import check
from qaif.chain.index import IndexReport
from qaif.errors import BlockDataError
from support.indexing import digests, put

MOST_BRANCHES = 5
TRUNK = 30  # blocks before the fork, where depths are tried


@dataclass
class Tree:
    """Branches of one chain, and their blocks in the order in which they were made."""

    rng: random.Random
    branches: list[Branch]
    blocks: list[Block] = field(default_factory=list)
    repeated: int = 0
    shared: int = 0

    @classmethod
    def of(cls, seed: int) -> "Tree":
        rng = seeded(seed)
        tree = cls(rng, [Branch(seeded(seed), step=rng.choice([5, 600]))])
        tree.blocks += tree.branches[0].blocks
        for _ in range(rng.randint(10, 45)):
            tree.step()
        return tree

    def step(self) -> None:
        """A fork, or a branch grown: by random payments, by those of another, by a coinbase of before."""
        branch = self.rng.choice(self.branches)
        if len(self.branches) < MOST_BRANCHES and self.rng.random() < 0.15:
            height = max(len(branch.blocks) - 1 - self.rng.randint(0, 12), 0)
            branch = branch.fork(height, self.rng.randrange(2**32))
            self.branches.append(branch)
        held, dice = len(branch.blocks), self.rng.random()
        if dice < 0.1 and held > 1:
            self.repeat_coinbase(branch)
        elif dice < 0.3:
            self.take_over(branch)
        else:
            branch.grow(self.rng.randint(1, 3), 4)
        self.blocks += branch.blocks[held:]

    def repeat_coinbase(self, branch: Branch) -> None:
        old = self.rng.choice(branch.blocks[1:]).txs[0]
        if old.raw != old.base:
            return
        time = GENESIS_TIME + len(branch.blocks) * branch.step
        branch.blocks.append(make_block(branch.blocks[-1].hash, time, [old]))
        branch._take_in(branch.blocks[-1])
        self.repeated += 1

    def take_over(self, branch: Branch) -> None:
        """A transaction of another branch that can stand in this one too."""
        mine = {tx.txid for block in branch.blocks for tx in block.txs}
        other = self.rng.choice(self.branches)
        txs = [tx for block in other.blocks[-8:] for tx in block.txs[1:]]
        fitting = [tx for tx in txs if tx.txid not in mine and all(at in branch.unspent for at in spent(tx))]
        branch.add(fitting[:1])
        self.shared += bool(fitting)


def fought_over(blocks: Sequence[Block]) -> int:
    """Outputs that more than one transaction spends: each in another branch."""
    spenders: dict[tuple[bytes, int], set[bytes]] = {}
    for block in blocks:
        for tx in block.txs[1:]:
            for at in spent(tx):
                spenders.setdefault(at, set()).add(tx.txid)
    return sum(1 for txids in spenders.values() if len(txids) > 1)


def winner(blocks: Sequence[Block]) -> list[Block] | None:
    """The branch of the most work, which was whole first; None where a block's parent is not there."""
    place = {block.hash: row for row, block in reversed(list(enumerate(blocks)))}
    best: tuple[tuple[int, int, int], list[Block]] | None = None
    for row, block in enumerate(blocks):
        path = [block]
        while (parent := place.get(path[-1].raw[4:36])) is not None:
            path.append(blocks[parent])
        if path[-1].raw[4:36] != bytes(32):
            return None
        rank = (-len(path), max(place[one.hash] for one in path), row)
        if best is None or rank < best[0]:
            best = (rank, path[::-1])
    return best[1] if best else None


def delivered(rng: random.Random, blocks: Sequence[Block]) -> list[Block]:
    """As made, somewhat out of order as a node gets them, or in any order."""
    how = rng.choice(["as made", "somewhat", "any"])
    if how == "any":
        return rng.sample(list(blocks), len(blocks))
    reach = 6 if how == "somewhat" else 0
    places = [at + rng.uniform(0, reach) for at in range(len(blocks))]
    return [block for _, block in sorted(zip(places, blocks, strict=True), key=lambda pair: pair[0])]


def fresh(folder: Path, blocks: Sequence[Block]) -> dict[str, str]:
    """The columns of a new store."""
    put(folder / "fresh", blocks)
    found = digests(folder / "fresh")
    shutil.rmtree(folder / "fresh")
    return found


def brought_in(store: Path, blocks: Sequence[Block], round_bytes: int) -> IndexReport | None:
    """Where a block is missing, what stands after it may be of a branch that spends the same once more."""
    try:
        return put(store, blocks, round_bytes=round_bytes)
    except BlockDataError:
        return None


def must_be_refused(folder: Path, blocks: Sequence[Block]) -> None:
    """By a fresh store too; never where every block has its parent."""
    if brought_in(folder / "fresh", blocks, 10**7) is not None:
        raise SystemExit("refused in steps and not in one go")
    if winner(blocks) is not None:
        raise SystemExit("a valid chain was refused")
    shutil.rmtree(folder / "fresh")


def steps(rng: random.Random, count: int) -> list[int]:
    return sorted({*rng.sample(range(1, count + 1), min(rng.randint(1, 5), count)), count})


def try_tree(folder: Path, seed: int) -> Counter[str]:
    """One tree, brought in by steps; raises SystemExit where the columns are not those of a fresh store."""
    tree = Tree.of(seed)
    rng, seen = tree.rng, Counter(trees=1, blocks=len(tree.blocks), bip30_repeats=tree.repeated)
    seen.update(shared_transactions=tree.shared, outputs_fought_over=fought_over(tree.blocks))
    order, store = delivered(rng, tree.blocks), folder / "store"
    for held in steps(rng, len(order)):
        report = brought_in(store, order[:held], rng.choice([1, 2_000, 6_000, 10**7]))
        branch = winner(order[:held])
        if report is None:
            must_be_refused(folder, order[:held] if branch is None else branch)
        elif digests(store) != fresh(folder, order[:held] if branch is None else branch):
            raise SystemExit(f"tree {seed}, after {held} of {len(order)} blocks: other columns")
        seen.update(runs=1, runs_with_gaps=branch is None, refused_with_gaps=report is None)
        if report and report.removed:
            seen["gaps_filled" if report.epoch else "reorganisations"] += 1
    if not check(store).good:
        raise SystemExit(f"tree {seed}: {check(store).faults}")
    shutil.rmtree(store)
    return seen


def try_depths(folder: Path, seed: int, depths: Iterable[int]) -> Counter[str]:
    """Reorganisations of known depths: an equal branch first, which changes nothing, then one block more."""
    wanted = sorted(depths)
    rng, seen = seeded(seed), Counter[str]()
    old = Branch(seeded(seed)).grow(TRUNK + wanted[-1], 2)
    new = old.fork(TRUNK, seed + 1).grow(wanted[-1] + 1, 2)
    for depth in wanted:
        end, store = TRUNK + 1 + depth, folder / "store"
        before, rival = old.blocks[:end], new.blocks[TRUNK + 1 : end]
        put(store, before, round_bytes=rng.choice([2_000, 6_000, 10**7]))
        held = digests(store)
        put(store, before + rival)
        if digests(store) != held:
            raise SystemExit(f"depth {depth}: an equal branch that came later changed something")
        after = before + rival + new.blocks[end : end + 1]
        report = put(store, after, round_bytes=rng.choice([2_000, 10**7]))
        if (report.removed, report.appended, report.epoch) != (depth, depth + 1, 0):
            raise SystemExit(f"depth {depth}: {report}")
        if digests(store) != fresh(folder, new.blocks[: end + 1]) or not check(store).good:
            raise SystemExit(f"depth {depth}: other columns")
        shutil.rmtree(store)
        seen.update(depths=1, deepest=depth - seen["deepest"])
    return seen


def numbers(text: str) -> list[int]:
    """`1-100,200` as a list."""
    parts = [part.split("-") for part in text.split(",") if part]
    return [n for part in parts for n in range(int(part[0]), int(part[-1]) + 1)]


def main(folder: Path, seed: int, trees: int, depths: Sequence[int]) -> dict[str, int]:
    """All of it."""
    folder.mkdir(parents=True)
    seen = Counter[str]()
    for number in range(trees):
        seen += try_tree(folder, seed * 1_000_000 + number)
    if depths:
        seen += try_depths(folder, seed, depths)
    return dict(seen)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trees", type=int, default=500)
    parser.add_argument("--depths", type=numbers, default=numbers("1-100,200,1088"))
    given = parser.parse_args()
    print(json.dumps(main(given.folder, given.seed, given.trees, given.depths), indent=2))
