"""Writes the demo's chain: `blk00000.dat`, its marker, its truth, and daily prices, all from one seed."""

import random
from dataclasses import dataclass
from pathlib import Path

from qaif.feeds.shape import Progress, silent
from qaif.feeds.simulation.marker import write_marker
from qaif.feeds.simulation.prices import prices_csv
from qaif.feeds.simulation.world.blockwriter import BlockFiles
from qaif.feeds.simulation.world.demonstration import Demonstration
from qaif.feeds.simulation.world.run import VERSION, write_chain
from qaif.feeds.simulation.world.truth_parquet import TruthFiles

DEFAULT_SEED = 1
BLOCK_FILE_NAME = "blk00000.dat"
PRICES_NAME = "simulated-prices.csv"
TRUTH_NAME = "truth"
_SPENT_BEFORE = 240  # draws by which an earlier economy came before the plan


@dataclass(frozen=True)
class Simulation:
    """What was written, and what the economy knows about it.

    Args:
        folder: where the block file, its marker and the truth lie.
        prices: the CSV of invented daily prices.
        campaign_script: the script whose address the invented article publishes.
        service_script: where most of the campaign's payments go.
        blocks: how many, the genesis block included.
        transactions: how many, coinbases included.
    """

    folder: Path
    prices: Path
    campaign_script: bytes
    service_script: bytes
    blocks: int
    transactions: int


def simulate(folder: Path, seed: int = DEFAULT_SEED, progress: Progress = silent) -> Simulation:
    """Make the chain of a seed in a folder; the same seed gives the same bytes everywhere.

    Args:
        folder: made where it is missing; what an earlier run left there is replaced.
        seed: which chain.
        progress: told of transactions.
    """
    rng = random.Random(seed)  # noqa: S311  chance that anybody can repeat is the point
    for _ in range(_SPENT_BEFORE):
        rng.choice(range(4))  # the plan of a seed stays what it was
    world = Demonstration(seed, rng)
    write_marker(folder, version=VERSION, seed=seed)
    write_chain(world, BlockFiles(folder), TruthFiles(folder / TRUTH_NAME, world.scenario.era), progress)
    prices = folder / PRICES_NAME
    prices.write_text(prices_csv(rng), encoding="utf-8")
    blocks = world.books.height + 1
    return Simulation(
        folder,
        prices,
        world.script(world.campaign),
        world.script(world.service),
        blocks,
        world.books.transactions + blocks,
    )
