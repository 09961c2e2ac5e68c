"""What is unspent, as one number that any full node can confirm?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qaif.analysis.utxo_set import UtxoSet, utxo_set
from qaif.chain.files import StoreFiles
from qaif.chain.open import Chain
from qaif.feeds.shape import Progress, silent
from qaif.questions.answer import Answer
from qaif.questions.asked import block_num
from qaif.questions.standing import as_of, chain_coverage
from qaif.units import hash_hex
from qaif.workspace.folder import Workspace

Kind = Literal["hash_serialized_3", "muhash", "none", "both"]
_HASHES: dict[Kind, frozenset[str]] = {
    "hash_serialized_3": frozenset({"hash_serialized_3"}),
    "muhash": frozenset({"muhash"}),
    "none": frozenset(),
    "both": frozenset({"hash_serialized_3", "muhash"}),
}


@dataclass(frozen=True)
class Supply:
    """What may exist and what of it was lost, in satoshi, by Bitcoin Core's four kinds.

    Attributes:
        subsidy_sat: the subsidies of all blocks, the first one's included.
        unspendable_sat: what was lost; None where `unclaimed_rewards_sat` is.
        genesis_block_sat: the first block's output, which never could be spent.
        bip30_sat: unspent outputs that a later transaction with the same id replaced.
        scripts_sat: paid to scripts that begin with OP_RETURN or are longer than 10,000 bytes.
        unclaimed_rewards_sat: subsidies and fees that no coinbase claimed; None where one claimed too much.
        reason: why something is None here; None where nothing is.
    """

    subsidy_sat: int
    unspendable_sat: int | None
    genesis_block_sat: int
    bip30_sat: int
    scripts_sat: int
    unclaimed_rewards_sat: int | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class UtxoHashAnswer(Answer):
    """The unspent outputs; fields have the names that Core's `gettxoutsetinfo` gives them.

    Attributes:
        txouts: how many they are.
        transactions: how many transactions have one.
        bogosize: Core's measure of their size, the same on every machine.
        total_amount_sat: what they are worth.
        hash_serialized_3: as Core shows it; None where it was not asked for.
        muhash: as Core shows it; None where it was not asked for.
        supply: what may exist, and what was lost.
    """

    txouts: int
    transactions: int
    bogosize: int
    total_amount_sat: int
    hash_serialized_3: str | None
    muhash: str | None
    supply: Supply


def utxo_hash(
    workspace: Path, at: str | None = None, kind: Kind = "both", progress: Progress = silent
) -> UtxoHashAnswer:
    """Hash and count the unspent outputs of a workspace's chain.

    Args:
        workspace: its folder.
        at: a height or a block hash; the tip where None.
        kind: which hashes to make.
        progress: told how far it is.

    Raises:
        UsageError: `at` names no block.
        NotFoundError: it is not held, or not all blocks up to it are.
        StoreError: coins did not fit into memory, nor on disk.
    """
    folder = Workspace.open(workspace).chain_dir
    with Chain.open(folder) as chain:
        view = chain if at is None else chain.at(block_num(chain, at))
        found = utxo_set(view, StoreFiles(folder), _HASHES[kind], progress)
        return UtxoHashAnswer(
            basis={"network": chain.network.name, "simulated": chain.simulated, "halving": _halving(chain)},
            as_of=as_of(view),
            coverage=chain_coverage(view),
            txouts=found.txouts,
            transactions=found.tx_count,
            bogosize=found.bogosize,
            total_amount_sat=found.amount_sat,
            hash_serialized_3=hash_hex(found.hash_serialized_3) if found.hash_serialized_3 else None,
            muhash=hash_hex(found.muhash) if found.muhash else None,
            supply=_supply(found),
        )


def _halving(chain: Chain) -> str:
    return f"every {chain.network.halving_interval:,} blocks"


def _supply(found: UtxoSet) -> Supply:
    of = found.rewards
    lost = found.genesis_sat + found.bip30_sat + found.scripts_sat
    unclaimed = None if of.greedy_block is not None else of.unclaimed_sat
    reason = (
        f"The coinbase of the block at height {of.greedy_block:,} pays {of.greedy_sat:,} satoshi more than "
        "subsidy and fees: Bitcoin Core does not accept this chain."
        if of.greedy_block is not None
        else None
    )
    return Supply(
        subsidy_sat=of.subsidy_sat,
        unspendable_sat=None if unclaimed is None else lost + unclaimed,
        genesis_block_sat=found.genesis_sat,
        bip30_sat=found.bip30_sat,
        scripts_sat=found.scripts_sat,
        unclaimed_rewards_sat=unclaimed,
        reason=reason,
    )
