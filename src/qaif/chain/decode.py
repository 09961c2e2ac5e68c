"""Raw blocks to columns, checked: what does not hold is an error that names block and offset."""

import numpy as np

from qaif.errors import BlockDataError
from qaif.feeds.shape import HeaderTable, RawBlocks
from qaif.kernels import parse
from qaif.units import MAX_MONEY_SAT, Bools, Int64s, hash_hex

_NO_VOUT = 0xFFFFFFFF  # the output index that a coinbase names
_WITNESS_FAULTS = {1: "its witness commitment differs", 2: "it has witnesses and no commitment to them"}


def decode(blocks: RawBlocks, headers: HeaderTable, rows: Int64s) -> parse.ParsedBlocks:
    """Parse a batch of blocks and check merkle roots, witness commitments and amounts.

    What a block commits to is tried only where the block is whole.

    Args:
        blocks: their raw bytes, in chain order.
        headers: the feed's headers.
        rows: the row of each block in `headers`.

    Raises:
        BlockDataError: a block is malformed or does not match its own header.
    """
    parsed, status, offset = parse.parse_blocks(blocks.data, blocks.offset)
    if parsed is None:
        which = max(int(np.searchsorted(blocks.offset, offset, "right")) - 1, 0)
        raise _refused(
            headers,
            rows,
            min(which, len(rows) - 1),
            parse.STATUS_TEXT[status],
            offset - int(blocks.offset[which]),
        )
    whole = whole_of(headers, rows)
    for bad in np.flatnonzero((parsed.block_merkle_status != 0) & whole):
        raise _refused(headers, rows, int(bad), "its transactions do not give its merkle root", None)
    for bad in np.flatnonzero((parsed.block_witness_status != 0) & whole):
        why = _WITNESS_FAULTS[int(parsed.block_witness_status[bad])]
        raise _refused(headers, rows, int(bad), why, None)
    _check_shape(parsed, headers, rows, whole)
    _check_amounts(parsed, headers, rows)
    return parsed


def whole_of(headers: HeaderTable, rows: Int64s) -> Bools:
    """Which of some blocks are whole."""
    return np.ones(len(rows), dtype=np.bool_) if headers.whole is None else headers.whole[rows]


def witnessed_of(headers: HeaderTable, rows: Int64s) -> Bools:
    """Of which of some blocks all witnesses are held."""
    return np.ones(len(rows), dtype=np.bool_) if headers.witnessed is None else headers.witnessed[rows]


def _check_shape(parsed: parse.ParsedBlocks, headers: HeaderTable, rows: Int64s, whole: Bools) -> None:
    """As Bitcoin Core asks: transactions, each with inputs and outputs, the first alone a coinbase.

    Of a block that is not whole the coinbase need not be held.
    """
    first = parsed.block_tx_lo[:-1]
    for bad in np.flatnonzero(parsed.block_tx_lo[1:] == first)[:1]:
        raise _refused(headers, rows, int(bad), "it has no transactions", None)
    ins = np.diff(parsed.tx_in_lo)
    before = np.concatenate([[0], np.cumsum(coinbase_inputs(parsed))])
    null = before[parsed.tx_in_lo[1:]] - before[parsed.tx_in_lo[:-1]]
    is_first = np.zeros(len(null), dtype=np.bool_)
    is_first[first] = whole | (null[first] > 0)
    for wrong, why in (
        (ins == 0, "a transaction has no inputs"),
        (np.diff(parsed.tx_out_lo) == 0, "a transaction has no outputs"),
        (is_first & ((null != 1) | (ins != 1)), "its first transaction is not a coinbase"),
        (~is_first & (null > 0), "a transaction after the first spends from nothing, as only a coinbase may"),
    ):
        for bad in np.flatnonzero(wrong)[:1]:
            raise _refused(headers, rows, int(parsed.tx_block[bad]), why, None)


def coinbase_inputs(parsed: parse.ParsedBlocks) -> Bools:
    """Which inputs spend from nothing: bool[k]."""
    null: Bools = parsed.in_prev_vout == _NO_VOUT
    rows = np.flatnonzero(null)  # few: not every input's 32 bytes are looked at
    null[rows] = ~parsed.in_prev_txid_raw[rows].any(axis=1)
    return null


def _check_amounts(parsed: parse.ParsedBlocks, headers: HeaderTable, rows: Int64s) -> None:
    value = parsed.out_value_sat
    totals = np.add.reduceat(value.astype(np.float64), parsed.tx_out_lo[:-1]) if len(value) else value
    wrong_tx = np.flatnonzero(totals > MAX_MONEY_SAT)
    wrong_out = np.flatnonzero((value < 0) | (value > MAX_MONEY_SAT))
    if len(wrong_out):
        wrong_tx = np.searchsorted(parsed.tx_out_lo, wrong_out[:1], "right") - 1
    for tx in wrong_tx:
        which = int(parsed.tx_block[tx])
        raise _refused(
            headers,
            rows,
            which,
            "an output, or a transaction's outputs together, exceed 21 million BTC",
            None,
        )


def _refused(headers: HeaderTable, rows: Int64s, which: int, why: str, offset: int | None) -> BlockDataError:
    shown = hash_hex(headers.hash_raw[rows[which]].tobytes())
    place = "" if offset is None else f" at byte {offset} of the block"
    return BlockDataError(
        f"Block {shown} is not valid: {why}{place}.",
        way_out="Fetch that block again from a node that you trust.",
        block=shown,
        offset=offset,
    )
