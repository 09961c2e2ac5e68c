"""What is in this block?"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qaif.chain.open import Chain
from qaif.chain.tables import BASIS_FEED, COINBASE
from qaif.questions.answer import Answer
from qaif.questions.asked import block_num
from qaif.questions.standing import as_of, chain_coverage
from qaif.units import UNKNOWN, hash_hex
from qaif.workspace.folder import Workspace


@dataclass(frozen=True)
class Header:
    """The 80 bytes of a block's header."""

    version: int
    previous_hash: str
    merkle_root: str
    bits_hex: str
    nonce: int


@dataclass(frozen=True, kw_only=True)
class BlockAnswer(Answer):
    """A block; `as_of` names it.

    Attributes:
        header: its header.
        parent_held: the block before it in this chain is its parent (true of genesis).
        whole: all of its transactions are held; else the figures are of those that are.
        size: bytes with witnesses; None where it is not whole, or they are not held.
        weight: BIP141 weight; None where the size is.
        tx_count: transactions.
        input_count: inputs, the coinbase's included.
        output_count: outputs.
        output_sat: what all outputs but the coinbase's are worth.
        coinbase_sat: what the coinbase pays out.
        inputs_unknown_value: inputs whose value is unknown.
        fees_sat: what all inputs are worth less `output_sat`; None where an input's value is unknown.
        fees_reason: why there are no fees; None where there are.
    """

    header: Header
    parent_held: bool
    whole: bool
    size: int | None
    weight: int | None
    tx_count: int
    input_count: int
    output_count: int
    output_sat: int
    coinbase_sat: int
    inputs_unknown_value: int
    fees_sat: int | None
    fees_reason: str | None


def block(workspace: Path, asked: str) -> BlockAnswer:
    """Show a block of a workspace by height or hash.

    Raises:
        UsageError: this names no block.
        NotFoundError: it is not held, or there is no chain.
    """
    with Chain.open(Workspace.open(workspace).chain_dir) as chain:
        return block_on(chain, asked)


def block_on(chain: Chain, asked: str) -> BlockAnswer:
    """Show a block of an opened chain; see `block` for what it raises."""
    num = block_num(chain, asked)
    in_lo, in_hi = (int(x) for x in chain.block.in_lo.take([num, num + 1]))
    out_lo, out_hi = (int(x) for x in chain.block.out_lo.take([num, num + 1]))
    tx_lo, tx_hi = (int(x) for x in chain.block.tx_lo.take([num, num + 1]))
    values = chain.txin.value_sat[in_lo:in_hi].astype(np.int64)
    real = chain.txin.spent_out[in_lo:in_hi] != COINBASE
    unknown = int((values[real] == UNKNOWN).sum())
    whole = bool(chain.block.whole.one(num))
    first_outs = chain.tx.out_lo.one(tx_lo + 1) - out_lo if chain.coinbases(np.array([tx_lo]))[0] else 0
    out_values = chain.txout.value_sat[out_lo:out_hi]
    coinbase_sat, output_sat = int(out_values[:first_outs].sum()), int(out_values[first_outs:].sum())
    inputs = int(real.sum())
    told = int((chain.txin.script_basis[in_lo:in_hi] == BASIS_FEED).sum())
    return BlockAnswer(
        basis={"network": chain.network.name, "simulated": chain.simulated, "inputs_told_by_feed": told},
        as_of=as_of(chain.at(num)),
        coverage=chain_coverage(chain),
        header=_header(chain.block.header.take(num)[0].tobytes()),
        parent_held=bool(chain.block.linked.one(num)),
        whole=whole,
        size=chain.block.size.one(num) or None,
        weight=chain.block.weight.one(num) or None,
        tx_count=tx_hi - tx_lo,
        input_count=in_hi - in_lo,
        output_count=out_hi - out_lo,
        output_sat=output_sat,
        coinbase_sat=coinbase_sat,
        inputs_unknown_value=unknown,
        fees_sat=None if unknown or not whole else int(values[real].sum()) - output_sat,
        fees_reason=_no_fees(unknown, inputs, whole=whole),
    )


def _no_fees(unknown: int, inputs: int, *, whole: bool) -> str | None:
    if not whole:
        return "Only some of the block's transactions are held."
    return f"{unknown:,} of {inputs:,} inputs have an unknown value." if unknown else None


def _header(raw: bytes) -> Header:
    """Split a header; bits are shown as block explorers show them, most significant digit first."""
    return Header(
        version=int.from_bytes(raw[:4], "little", signed=True),
        previous_hash=hash_hex(raw[4:36]),
        merkle_root=hash_hex(raw[36:68]),
        bits_hex=f"{int.from_bytes(raw[72:76], 'little'):08x}",
        nonce=int.from_bytes(raw[76:80], "little"),
    )
