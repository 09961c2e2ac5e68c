"""The unspent outputs of a chain view, piece by piece in chain order, as Bitcoin Core hashes them.

In the set is what a later transaction could spend: every output that no input of the view spends, but not the
first block's, not those whose script can never be run, and not those of a transaction whose id was repeated
(BIP30: the later coins replace the earlier). What these were worth is counted.

Memory depends on the size of a piece, never on the length of the chain.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qaif.chain import derived
from qaif.chain.open import Chain
from qaif.chain.spendable import SPENDABLE, never_run
from qaif.kernels import coins as kernel
from qaif.units import Bytes, Int64s

PIECE_OUTS = 1 << 19
_PIECE_BLOCKS = 1 << 16


@dataclass(frozen=True)
class Coins:
    """Unspent outputs of consecutive blocks.

    Attributes:
        last_block: the last of the blocks.
        data: the coins' bytes, one after another; `kernels/coins.py` says how.
        offset: int64[n + 1], where each begins in `data`.
        tx_count: transactions that have an unspent output.
        amount_sat: what the coins are worth.
        script_bytes: bytes of all their scripts.
        genesis_sat: what the first block's output is worth, if it is among these blocks.
        bip30_sat: unspent outputs of transactions whose id was repeated.
        scripts_sat: unspent outputs whose script can never be run.
    """

    last_block: int
    data: Bytes
    offset: Int64s
    tx_count: int
    amount_sat: int
    script_bytes: int
    genesis_sat: int
    bip30_sat: int
    scripts_sat: int


@dataclass(frozen=True)
class _Unspent:
    """Outputs by number, and what is known of them."""

    out: Int64s
    tx: Int64s
    value_sat: Int64s
    script_lo: Int64s
    script_hi: Int64s

    def __getitem__(self, rows: Int64s) -> "_Unspent":
        return _Unspent(*(column[rows] for column in vars(self).values()))


def coins(chain: Chain, piece_outs: int = PIECE_OUTS) -> Iterator[Coins]:
    """All unspent outputs of a chain whose every block is held.

    Args:
        chain: the view; its first block is the network's first.
        piece_outs: a piece ends after so many outputs, spent or not, with the block in which that is.
    """
    replaced = replaced_txs(chain)
    for first, last in _pieces(chain, piece_outs):
        yield _coins_of(chain, first, last, replaced)


def _pieces(chain: Chain, piece_outs: int) -> Iterator[tuple[int, int]]:
    """Blocks from the first number up to the second, which is not among them."""
    first = 0
    while first < chain.n_blocks:
        reach = min(first + _PIECE_BLOCKS, chain.n_blocks)
        ends = chain.block.out_lo.take(np.arange(first + 1, reach + 1))
        wanted = chain.block.out_lo.one(first) + piece_outs
        last = min(first + 1 + int(np.searchsorted(ends, wanted)), reach)
        yield first, last
        first = last


def _coins_of(chain: Chain, first: int, last: int, replaced: Int64s) -> Coins:
    every = _unspent(chain, first, last)
    genesis = every.tx == 0
    gone = ~genesis & np.isin(every.tx, replaced)
    dead = ~genesis & ~gone & (never_run(chain, every.script_lo, every.script_hi) != SPENDABLE)
    kept = every[np.flatnonzero(~(genesis | gone | dead))]
    data, offset = _serialised(chain, first, last, kept)
    return Coins(
        last_block=last - 1,
        data=data,
        offset=offset,
        tx_count=int((np.diff(kept.tx) != 0).sum()) + (len(kept.tx) > 0),
        amount_sat=int(kept.value_sat.sum()),
        script_bytes=int((kept.script_hi - kept.script_lo).sum()),
        genesis_sat=int(every.value_sat[genesis].sum()),
        bip30_sat=int(every.value_sat[gone].sum()),
        scripts_sat=int(every.value_sat[dead].sum()),
    )


def _unspent(chain: Chain, first: int, last: int) -> _Unspent:
    """What is unspent of the outputs of blocks `first` up to `last`."""
    out_lo, out_hi = (int(x) for x in chain.block.out_lo.take([first, last]))
    tx_lo, tx_hi = (int(x) for x in chain.block.tx_lo.take([first, last]))
    rows = np.flatnonzero(~chain.spent_between(out_lo, out_hi))
    begins = chain.tx.out_lo[tx_lo:tx_hi]
    scripts = chain.txout.script_num[out_lo:out_hi][rows]
    return _Unspent(
        out=rows + out_lo,
        tx=np.searchsorted(begins, rows + out_lo, "right") - 1 + tx_lo,
        value_sat=chain.txout.value_sat[out_lo:out_hi][rows],
        script_lo=chain.script.byte_lo.take(scripts),
        script_hi=chain.script.byte_lo.take(scripts + 1),
    )


def _serialised(chain: Chain, first: int, last: int, kept: _Unspent) -> tuple[Bytes, Int64s]:
    tx_lo, tx_hi = (int(x) for x in chain.block.tx_lo.take([first, last]))
    begins, rows = chain.tx.out_lo[tx_lo:tx_hi], kept.tx - tx_lo
    numbers = (kept.out - begins[rows], _codes(chain, first, last)[rows], kept.value_sat)
    return written(chain, (chain.tx.txid_raw[tx_lo:tx_hi], rows), numbers, kept.script_lo, kept.script_hi)


def written(
    chain: Chain,
    ids: tuple[Bytes, Int64s],
    numbers: tuple[Int64s, Int64s, Int64s],
    script_lo: Int64s,
    script_hi: Int64s,
) -> tuple[Bytes, Int64s]:
    """Coins' bytes.

    Args:
        chain: where the scripts' bytes stand.
        ids: ids of transactions, uint8[t, 32], and which of them each coin is of.
        numbers: each coin's output index, its height and kind in one number, its satoshi.
        script_lo: where each coin's script begins in `script_byte`.
        script_hi: where it ends.

    Returns:
        the bytes, and int64[n + 1], where each coin begins in them.
    """
    size = script_hi - script_lo
    offset = kernel.coin_offsets(size)
    data = np.empty(int(offset[-1]), dtype=np.uint8)
    txid_raw = np.array(ids[0]).reshape(-1)  # copied: a map is read-only, and would be compiled for once more
    kernel.put_fixed(txid_raw, ids[1], *numbers, size, offset, data)
    for segment in chain.segments:
        lo, hi = segment.span("script_byte")
        here = np.flatnonzero((script_lo >= lo) & (script_lo < hi))
        if len(here):
            blob = segment.column("script_byte", "value")
            kernel.put_scripts(blob, lo, here, script_lo, size, offset, data)
    return data, offset


def _codes(chain: Chain, first: int, last: int) -> Int64s:
    """For each transaction twice its height, and one more for a coinbase."""
    begins = chain.block.tx_lo.take(np.arange(first, last + 1))
    heights = chain.block.height[first:last].astype(np.int64)
    codes = np.repeat(2 * heights, np.diff(begins))
    codes[begins[:-1] - begins[0]] += 1
    return codes


def replaced_txs(chain: Chain) -> Int64s:
    """Every transaction whose id a later one has again, ascending."""
    found: set[int] = set()
    for run in derived.merge([segment.run("by_txid") for segment in chain.segments]):
        keys, nums = derived.truncate(run, chain.n_txs)
        for row in np.flatnonzero(keys[1:] == keys[:-1]):
            same = nums[np.searchsorted(keys, keys[row]) : int(row) + 1]
            ids = chain.tx.txid_raw.take(np.append(same, nums[row + 1]))
            found.update(int(num) for num in same[(ids[:-1] == ids[-1]).all(axis=1)])
    return np.array(sorted(found), dtype=np.int64)
