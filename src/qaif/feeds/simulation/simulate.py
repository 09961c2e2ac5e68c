"""Writes the simulated chain: `blk00000.dat`, its marker, and daily prices, all from one seed."""

import json
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qaif.feeds.shape import Progress, silent
from qaif.feeds.simulation.blocks import (
    COINBASE_MATURITY,
    GENESIS,
    block_raw,
    coinbase,
    framed,
    merkle_root,
    mined,
    subsidy_sat,
)
from qaif.feeds.simulation.economy import Economy
from qaif.feeds.simulation.keys import Key
from qaif.feeds.simulation.ledger import Wallet
from qaif.feeds.simulation.plan import MAIN_BLOCKS, PRELUDE_BLOCKS, Plan, make_plan
from qaif.feeds.simulation.prices import prices_csv
from qaif.feeds.simulation.transactions import Output, Tx, script_for, sha256d

GENERATOR_VERSION = 1
DEFAULT_SEED = 1
MARKER_NAME = "SIMULATED.json"
BLOCK_FILE_NAME = "blk00000.dat"
PRICES_NAME = "simulated-prices.csv"

_Reward = tuple[Wallet, Tx, Key, int]


@dataclass(frozen=True)
class Simulation:
    """What was written, and what the economy knows about it.

    Args:
        folder: where the block file and its marker lie.
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
        progress: told of each block.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)  # noqa: S311  chance that anybody can repeat is the point
    start = int.from_bytes(sha256d(f"qaif simulation {seed}".encode())[1:], "big")
    economy, plan = Economy(rng, start), make_plan(rng)
    blocks = transactions = 0
    draft = folder / f".{BLOCK_FILE_NAME}.draft"
    with draft.open("wb") as out:
        for raw, count in _chain(economy, plan):
            out.write(framed(raw))
            blocks, transactions = blocks + 1, transactions + count
            progress(blocks, len(plan.times) + 1, "blocks")
    marker = {"simulated": True, "generator": "qaif", "version": GENERATOR_VERSION, "seed": seed}
    (folder / MARKER_NAME).write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / BLOCK_FILE_NAME)  # after the marker: a simulated chain never lies there without it
    prices = folder / PRICES_NAME
    prices.write_text(prices_csv(rng), encoding="utf-8")
    return Simulation(
        folder,
        prices,
        script_for(economy.campaign.kind, economy.campaign.key()),
        script_for(economy.service.kind, economy.service.key()),
        blocks,
        transactions,
    )


def seed_of(marker: Path) -> int | None:
    """The seed that a folder's marker names; None where there is no marker that can be read."""
    try:
        seed = json.loads(marker.read_text(encoding="utf-8"))["seed"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return seed if isinstance(seed, int) else None


def _chain(economy: Economy, plan: Plan) -> Iterator[tuple[bytes, int]]:
    """Each block's bytes and how many transactions it has, from the genesis block on."""
    yield GENESIS, 1
    tip, ripening = sha256d(GENESIS[:80]), deque[_Reward]()
    for height, time_unix in enumerate(plan.times, start=1):
        if len(ripening) == COINBASE_MATURITY:
            economy.reward(*ripening.popleft())
        _live(economy, plan, height)
        txs, fees = economy.ledger.close_block()
        miner = economy.miners[economy.rng.randrange(len(economy.miners))]
        key, value = miner.key(), subsidy_sat(height) + fees
        first = coinbase(height, Output(value, script_for(miner.kind, key)), txs)
        ripening.append((miner, first, key, value))
        everything = [first, *txs]
        header, tip = mined(tip, merkle_root([tx.txid_raw for tx in everything]), time_unix)
        yield block_raw(header, everything), len(everything)


def _live(economy: Economy, plan: Plan, height: int) -> None:
    """What happens in one block."""
    main_block = height - PRELUDE_BLOCKS - 1
    if main_block < 0:
        if main_block == -1:
            economy.sell_mined()
        return
    if main_block % (MAIN_BLOCKS // 30) == 0:
        economy.sell_mined()
    economy.everyday()
    for amount in plan.gifts[main_block]:
        economy.give(amount)
    economy.give_to_kin(main_block)
    for share in plan.spends[main_block]:
        economy.spend(share)
    economy.sweep_all(main_block)
