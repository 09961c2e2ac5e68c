"""Columns of the table `scripts`."""

import numpy as np

from qaif.analysis.tables.rows import Rows, Values
from qaif.chain import written
from qaif.chain.open import Chain
from qaif.chain.tables import BASIS_FEED, BASIS_INFERRED
from qaif.kernels.script import TYPE_NAMES
from qaif.units import Bools, Int64s


def address(rows: Rows) -> Values:
    """Addresses."""
    texts = written.addresses(rows.chain, rows.nums)
    return Values(texts, texts.known)


def script_type(rows: Rows) -> Values:
    """Types."""
    return Values(written.names(rows.column("type").astype(np.int64), TYPE_NAMES))


def size(rows: Rows) -> Values:
    """Bytes."""
    return Values(rows.ends("byte_lo") - rows.column("byte_lo"))


def script_hex(rows: Rows) -> Values:
    """The scripts."""
    return Values(written.script_hex(rows.chain, rows.nums))


def output_count(rows: Rows) -> Values:
    """Outputs that pay them."""
    return Values(paying(rows.chain, rows.nums))


def paying(chain: Chain, nums: Int64s) -> Int64s:
    """How many outputs held pay each script; `nums` ascending."""
    out = np.zeros(len(nums), dtype=np.int64)
    if not len(nums):
        return out
    for segment in chain.segments:
        keys, outs = segment.run("script_outs")
        lo, hi = np.searchsorted(keys, nums[[0, -1]].astype(np.uint64) + np.array([0, 1], dtype=np.uint64))
        inside = keys[lo:hi][outs[lo:hi] < chain.n_outs]
        out += np.searchsorted(inside, nums.astype(np.uint64), "right")
        out -= np.searchsorted(inside, nums.astype(np.uint64), "left")
    return out


def inferred_inputs(chain: Chain) -> Int64s:
    """The inputs whose script is only inferred, ascending."""
    return _unresolved(chain, BASIS_INFERRED, BASIS_INFERRED + 100)


def factual(chain: Chain, nums: Int64s) -> Bools:
    """Which scripts an output held pays, or the feed told of: those that are not only inferred."""
    told = chain.txin.script_num.take(_unresolved(chain, BASIS_FEED, BASIS_FEED + 1))
    sure: Bools = (paying(chain, nums) > 0) | np.isin(nums, told)
    return sure


def _unresolved(chain: Chain, least: int, below: int) -> Int64s:
    """The inputs not resolved whose script has one of these bases."""
    ins = chain.unresolved.in_num[0 : chain.limits["unresolved"]]
    if not len(ins):
        return np.zeros(0, dtype=np.int64)
    basis = chain.txin.script_basis.take(ins)
    found: Int64s = ins[(basis >= least) & (basis < below)]
    return found
