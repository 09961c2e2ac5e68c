"""Ways of a chain store through its life, in steps: each a run of the indexer with other blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from oracle.blockmaker import Block, Branch, framed, seeded
from qaif.chain import manifest as manifests
from qaif.chain.files import StoreFiles
from qaif.chain.index import FeedState, index
from qaif.chain.sources import _kept_columns
from qaif.feeds.blockfiles import BlockFileFeed
from support.recording import MANIFEST, Unsynced, calling, digest_of

ONE_BLOCK = 1  # bytes a round, so that each block is one
WHOLE = 1 << 26
TO_ITS_END, AFTER_A_COMMIT = -1, -2


@dataclass(frozen=True)
class Step:
    """One run.

    Attributes:
        feed: all blocks that it is given.
        best: the chain that it must come to, in order.
        round_bytes: raw bytes a round.
        die_at: changes after which the process dies, counted from the step's first; or TO_ITS_END, or
            AFTER_A_COMMIT for right after the renaming of a manifest.
    """

    feed: BlockFileFeed
    best: tuple[Block, ...]
    round_bytes: int
    die_at: int = TO_ITS_END

    def run(self, store: Path, round_bytes: int | None = None) -> None:
        """Index, and remember what the feed has scanned, as `qaif index` does."""
        state = FeedState({"simulated": False}, self.feed.scan_state.to_columns())
        index(store, self.feed, round_bytes=round_bytes or self.round_bytes, state=state)


@dataclass(frozen=True)
class Life:
    """Steps one after another.

    Attributes:
        name: in words.
        before: steps that nothing is done to.
        steps: those that are put to the test.
        below: folders between the disk's root and the store that the first run makes.
    """

    name: str
    before: tuple[Step, ...]
    steps: tuple[Step, ...]
    below: str = ""


class Maker:
    """Makes steps; block files go into a folder.

    Args:
        folder: where block files are written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._count = folder, 0

    def step(
        self,
        given: Sequence[Block],
        best: Sequence[Block],
        round_bytes: int = ONE_BLOCK,
        die_at: int = TO_ITS_END,
    ) -> Step:
        self._count += 1
        path = self.folder / f"blocks{self._count}.dat"
        path.write_bytes(framed(given))
        return Step(BlockFileFeed.open([path]), tuple(best), round_bytes, die_at)

    def fresh_digest(self, best: Sequence[Block]) -> str:
        """The digest of a chain that is indexed in one go from just its blocks."""
        self._count += 1
        with calling(Unsynced()):
            step = self.step(best, best, WHOLE)
            step.run(self.folder / f"fresh{self._count}")
            return digest_of(self.folder / f"fresh{self._count}")

    def first_index(self, blocks: int) -> Life:
        """From nothing, in a folder below one that is not there either, a block a round."""
        best = Branch(seeded(1)).grow(blocks - 1, most_txs=2).blocks
        return Life("first index", (), (self.step(best, best),), below="folder/below")

    def appending(self) -> Life:
        """Blocks come one by one, then none, then three."""
        best = Branch(seeded(2)).grow(13, most_txs=3).blocks
        counts = (11, 12, 12, 14)
        steps = [self.step(best[:count], best[:count]) for count in counts]
        return Life("append", (self.step(best[:10], best[:10], 2_000),), tuple(steps))

    def reorganisation(self, depth: int) -> Life:
        """To a branch that is one longer, in rounds of a few blocks; then one block more."""
        old = Branch(seeded(depth)).grow(11 + depth, most_txs=3)
        new = old.fork(11, depth + 1).grow(depth + 1, most_txs=3)
        given = [*old.blocks, *new.blocks[12:]]
        to = self.step(given, new.blocks, 1_500)
        new.grow(1, most_txs=3)
        more = self.step([*given, new.blocks[-1]], new.blocks, 1_500)
        return Life(f"reorganisation {depth} deep", (self.step(old.blocks, old.blocks, 1_500),), (to, more))

    def filled_gap(self, round_bytes: int = 1_500) -> Life:
        """A partial chain, the blocks between, and with them a new epoch, made again from the first block."""
        best = Branch(seeded(3)).grow(25, most_txs=3).blocks
        partial = [*best[:4], *best[9:]]
        before, whole = self.step(partial, partial, 2_000), self.step(best, best, round_bytes)
        return Life("new epoch", (before,), (whole,))

    def killed(self, seed: int) -> Life:
        """An append and a reorganisation: each killed twice anywhere and once after a commit, then ended."""
        rng = seeded(seed)
        old = Branch(seeded(seed)).grow(12, most_txs=2)
        new = old.fork(8, seed + 1).grow(6, most_txs=2)
        runs = [(old.blocks, old.blocks), ([*old.blocks, *new.blocks[9:]], new.blocks)]
        steps = [
            self.step(given, best, 800, die_at)
            for given, best in runs
            for die_at in (rng.randint(1, 300), rng.randint(1, 300), AFTER_A_COMMIT, TO_ITS_END)
        ]
        before = self.step(old.blocks[:7], old.blocks[:7], 800)
        return Life(f"killed and resumed {seed}", (before,), tuple(steps))


def leavings(store: Path) -> set[str]:
    """Names of a store's folder that neither its manifest has nor every store."""
    manifest = manifests.load(StoreFiles(store))
    named = manifest.files() if manifest else set()
    return {path.name for path in store.iterdir()} - named - {MANIFEST, "LOCK"}


def highest_level(store: Path) -> int:
    """The highest tier of a store's segments."""
    manifest = manifests.load(StoreFiles(store))
    return max((ref.level for ref in manifest.segments), default=0) if manifest else 0


def feed_state_is_good(store: Path) -> bool:
    """Whether the file of what the feed has scanned is whole; it raises where not."""
    files = StoreFiles(store)
    return bool(_kept_columns(files, manifests.load(files))[0])
