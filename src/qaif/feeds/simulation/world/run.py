"""Runs a scenario: blocks into files, the truth beside them."""

import hashlib
import json
import math
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from qaif.feeds.shape import Progress, silent
from qaif.feeds.simulation.blocks import COINBASE_MATURITY
from qaif.feeds.simulation.marker import write_marker
from qaif.feeds.simulation.world.actors import Cast, cast
from qaif.feeds.simulation.world.blockwriter import BlockFiles, BlockMaker, QuickHand
from qaif.feeds.simulation.world.books import Books, Wallet
from qaif.feeds.simulation.world.everyday import BTC, Everyday
from qaif.feeds.simulation.world.habits import Habits
from qaif.feeds.simulation.world.scenarios import ERAS, Scenario
from qaif.feeds.simulation.world.signing import SignedHand
from qaif.feeds.simulation.world.truth_parquet import TruthFiles
from qaif.feeds.simulation.world.words import ROLE

VERSION = 2
PRELUDE = 320  # blocks in which coins are made and nobody spends
MOST_TXS_A_BLOCK, LEAST_TXS_A_BLOCK = 900, 100  # on average
FEWEST_BLOCKS = 60  # in which people live, where there are transactions enough
MOST_VBYTES = 900_000
FIRST_BATCH = 60  # people that are given their first coins at once
_POOL_ROLE = ROLE["pool"]


@dataclass(frozen=True)
class Simulated:
    """What was written.

    Args:
        scenario: its name.
        seed: of chance.
        blocks, transactions: how many, genesis block and coinbases included.
        scripts, outputs, actors: rows of the truth.
        folder: of both.
    """

    scenario: str
    seed: int
    blocks: int
    transactions: int
    scripts: int
    outputs: int
    actors: int
    folder: Path


class World:
    """One run of a scenario.

    Args:
        scenario: which.
        seed: of chance.
        transactions: how many are made, coinbases apart.
        signed: whether signatures are valid.
    """

    def __init__(self, scenario: Scenario, seed: int, transactions: int, *, signed: bool = False) -> None:
        digest = hashlib.sha256(f"qaif {scenario.name} {seed}".encode()).digest()
        self.scenario, self.wanted = scenario, transactions
        self.books = Books(random.Random(digest))  # noqa: S311  chance that anybody can repeat is the point
        quick = int.from_bytes(digest[:7], "big")
        hand = SignedHand(int.from_bytes(digest, "big")) if signed else QuickHand(quick)
        self.maker = BlockMaker(self.books, hand)
        self.cast: Cast = cast(self.books, scenario, transactions)
        everyday = Everyday(self.books, self.cast, ERAS[scenario.era])
        self.habits = Habits(everyday, scenario, transactions)
        self._mean = max(LEAST_TXS_A_BLOCK, min(MOST_TXS_A_BLOCK, transactions // FEWEST_BLOCKS))
        self.books.rate = math.isqrt(scenario.rate[0] * scenario.rate[1])
        self._ripening: deque[tuple[Wallet, int]] = deque()
        self._unfed = list(self.cast.people)

    def blocks(self) -> Iterator[int]:
        """Times of the blocks, each yielded when its transactions stand in the books."""
        books, time_unix = self.books, self.scenario.begins_unix - 600 * PRELUDE
        for _ in range(PRELUDE):
            books.height += 1
            time_unix += books.between(60, 1_140)
            yield time_unix
        time_unix = max(time_unix, self.scenario.begins_unix)
        gap = self.scenario.days * 86_400 * self._mean // max(self._mean, self.wanted)
        while books.transactions < self.wanted:
            books.height += 1
            time_unix += books.between(gap // 10, gap * 19 // 10)
            self._live()
            yield time_unix - (books.between(1, 3_000) if books.chance(2) and gap > 600 else 0)  # noqa: PLR2004

    def _live(self) -> None:
        books, least_most = self.books, self.scenario.rate
        books.rate = min(least_most[1], max(least_most[0], books.rate * books.between(80, 125) // 100 + 1))
        most = books.transactions + books.between(self._mean // 3, self._mean * 5 // 3)
        most = min(most, self.wanted)
        while (act := books.due()) is not None:
            act()
        if self._unfed:
            self._feed(most)
        self.habits.third(3 * books.transactions // max(1, self.wanted))
        tries = 0
        while books.transactions < most and books.vbytes < MOST_VBYTES and tries < 33 * self._mean:
            self.habits.one()
            tries += 1

    def _feed(self, most: int) -> None:
        """Pools sell what was mined, exchanges give people their first coins."""
        everyday = self.habits.everyday
        for _ in range(20):
            everyday.pool_sells()
        share = min(2 * self._mined() // 3 // len(self.cast.people), ERAS[self.scenario.era].wealth)
        while self._unfed and self.books.transactions < most:
            batch = [self._unfed.pop() for _ in range(min(FIRST_BATCH, len(self._unfed)))]
            if not everyday.withdraw([everyday.first(one, share) for one in batch]):
                self._unfed += batch
                break

    def _mined(self) -> int:
        return min(self.books.height, 150) * 50 * BTC

    def reward(self) -> tuple[Wallet, int]:
        """The pool of a block and the script of its coinbase."""
        pool = self.cast.pools[self.books.below(len(self.cast.pools))]
        return pool, self.books.receiving(pool, _POOL_ROLE)

    def ripen(self, pool: Wallet, slot: int) -> None:
        """A reward waits its hundred blocks."""
        self._ripening.append((pool, slot))
        if len(self._ripening) >= COINBASE_MATURITY:
            owner, ripe = self._ripening.popleft()
            if ripe >= 0:
                owner.coins.append(ripe)


def run(  # noqa: PLR0913  each is one thing that a person chooses
    scenario: Scenario,
    folder: Path,
    seed: int,
    transactions: int | None = None,
    progress: Progress = silent,
    *,
    signed: bool = False,
) -> Simulated:
    """Write a scenario's chain and truth into a folder; the same seed gives the same bytes.

    Args:
        scenario: which.
        folder: gets `blocks/` and `truth/`.
        seed: of chance.
        transactions: how many, coinbases apart; None the scenario's own number.
        progress: told of transactions.
        signed: with valid signatures, so that a node accepts the chain; slower, and memory grows with it.
    """
    wanted = scenario.transactions if transactions is None else transactions
    world = World(scenario, seed, wanted, signed=signed)
    write_marker(folder / "blocks", version=VERSION, seed=seed, scenario=scenario.name, signed=signed)
    files, truth = BlockFiles(folder / "blocks"), TruthFiles(folder / "truth", scenario.era)
    write_chain(world, files, truth, progress)
    made = Simulated(
        scenario=scenario.name,
        seed=seed,
        blocks=world.books.height + 1,
        transactions=world.books.transactions + world.books.height + 1,
        scripts=truth.rows["scripts"],
        outputs=truth.rows["outputs"],
        actors=truth.rows["actors"],
        folder=folder,
    )
    kept = asdict(made) | {"version": VERSION, "parameters": scenario._asdict()}
    kept.pop("folder")
    (folder / "truth" / "economy.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return made


def write_chain(world: World, files: BlockFiles, truth: TruthFiles, progress: Progress) -> None:
    """Live block after block, and write each with what is true of it."""
    books = world.books
    try:
        for time_unix in world.blocks():
            pool, script = world.reward()
            made, slot = world.maker.make(time_unix, script)
            world.ripen(pool, slot)
            files.write(made.raw)
            truth.block(made, books.height)
            truth.actors(books.new_actors)
            truth.handovers(books.handovers)
            books.new_actors, books.handovers = [], []
            progress(min(books.transactions, world.wanted), world.wanted, "transactions")
    finally:
        files.close()
        truth.close()
