"""The unspent outputs as numbers: Bitcoin Core's two hashes, its counts, and its supply.

Core's `kernel/coinstats.cpp` (v29) is what is followed: `hash_serialized_3` is SHA-256 twice over all coins
in the order of its database, MuHash does not depend on an order.
"""

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass

from qaif.analysis.supply import Rewards, rewards
from qaif.chain.coin_order import MEMORY_BYTES, CoinOrder
from qaif.chain.coins import PIECE_OUTS, Coins, coins
from qaif.chain.files import StoreFiles
from qaif.chain.muhash import MuHash
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, StoreDamagedError
from qaif.feeds.shape import Progress, silent
from qaif.kernels.coins import PARTS

_BOGUS_BYTES = 50  # id 32, index 4, height 4, amount 8, length 2: as Core counts a coin beside its script


@dataclass(frozen=True)
class Room:
    """How much is done at a time: outputs of a piece, and bytes of coins in memory before a file is used."""

    piece_outs: int = PIECE_OUTS
    memory_bytes: int = MEMORY_BYTES


@dataclass(frozen=True)
class UtxoSet:
    """The unspent outputs as of a chain's tip.

    Attributes:
        hash_serialized_3, muhash: 32 bytes each, as Core shows them only reversed; None where not asked for.
        txouts: unspent outputs.
        tx_count: transactions that have one.
        bogosize: Core's measure of their size.
        amount_sat: what they are worth.
        genesis_sat, bip30_sat, scripts_sat: what was lost to each, see `chain/coins.py`.
        rewards: subsidies, and what was not claimed.
    """

    hash_serialized_3: bytes | None
    muhash: bytes | None
    txouts: int
    tx_count: int
    bogosize: int
    amount_sat: int
    genesis_sat: int
    bip30_sat: int
    scripts_sat: int
    rewards: Rewards


def refuse_partial(chain: Chain) -> None:
    """Refuse a chain of which the unspent outputs cannot be known.

    Raises:
        NotFoundError: a block is missing, or an output that is spent.
    """
    held = chain.held
    if held.complete and not held.unknown_inputs:
        return
    lost = f"{held.unknown_inputs:,} inputs spend outputs that no block held has."
    whole = chain.at(held.runs[0].last_block) if held.runs else chain
    way_out = (
        "Index every block from the first on, from a full node that is not pruned: `qaif index PATH...`."
    )
    if whole.n_blocks and whole.held.complete and not whole.held.unknown_inputs:
        way_out += (
            f" Up to height {whole.tip.height} all are held: `--at {whole.tip.height}` can be answered."
        )
    raise NotFoundError(
        "What is unspent is known only where every block from the first one on is held. "
        + (" ".join(held.reasons) if held.reasons else lost),
        way_out=way_out,
    )


def utxo_set(
    chain: Chain,
    files: StoreFiles,
    kinds: frozenset[str],
    progress: Progress = silent,
    room: Room = Room(),
) -> UtxoSet:
    """Go through the unspent outputs once.

    Args:
        chain: the view, complete.
        files: the store's folder, where coins wait that do not fit into memory.
        kinds: which hashes: `hash_serialized_3`, `muhash`, both or none.
        progress: told the blocks done, then the parts that are hashed in order.
        room: how much is done at a time.

    Raises:
        NotFoundError: the chain is partial.
        StoreError: there was no room for the coins on disk.
        StoreDamagedError: the amounts do not add up.
    """
    refuse_partial(chain)
    with ExitStack() as stack:
        order = None
        if "hash_serialized_3" in kinds:
            order = CoinOrder(stack.enter_context(files.scratch()), room.memory_bytes)
        product = MuHash() if "muhash" in kinds else None
        totals = [0] * 7
        for piece in coins(chain, room.piece_outs):
            totals = [a + b for a, b in zip(totals, _totals(piece), strict=True)]
            if order:
                order.add(piece)
            if product:
                product.insert(piece.data, piece.offset)
            progress(piece.last_block + 1, chain.n_blocks, "blocks")
        serialized = _serialized(order, progress) if order else None
    return _checked(serialized, product.digest() if product else None, totals, rewards(chain))


def _totals(piece: Coins) -> list[int]:
    count = len(piece.offset) - 1
    bogus = _BOGUS_BYTES * count + piece.script_bytes
    lost = [piece.genesis_sat, piece.bip30_sat, piece.scripts_sat]
    return [count, piece.tx_count, bogus, piece.amount_sat, *lost]


def _serialized(order: CoinOrder, progress: Progress) -> bytes:
    """SHA-256 twice over all coins in order."""
    hasher = hashlib.sha256()
    for done, part in enumerate(order.parts(), 1):
        hasher.update(part.data)
        progress(done, PARTS, "parts")
    return hashlib.sha256(hasher.digest()).digest()


def _checked(serialized: bytes | None, muhash: bytes | None, totals: list[int], of: Rewards) -> UtxoSet:
    """The answer, if what may exist is what is unspent and what was lost."""
    txouts, tx_count, bogosize, amount, genesis, bip30, scripts = totals
    missing = of.subsidy_sat - amount - genesis - bip30 - scripts - of.unclaimed_sat
    if missing:
        raise StoreDamagedError(
            f"The unspent outputs and what was lost are {missing:,} satoshi less than all subsidies.",
            way_out="Run `qaif check`; if it finds nothing, please report this.",
        )
    return UtxoSet(serialized, muhash, txouts, tx_count, bogosize, amount, genesis, bip30, scripts, of)
