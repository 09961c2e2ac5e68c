"""Change heuristics asked about made transactions, by way of the kernels alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oracle.tx_change import MadeTx
from qaif.analysis.change.columns import Bits
from qaif.kernels.script import TYPE_NAMES
from qaif.kernels.tx_change import change_into
from qaif.kernels.tx_habits import HABITS, UNTYPED, habits_into

Ints = NDArray[np.int64]


def ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _lo(lengths: Sequence[int]) -> Ints:
    return np.cumsum([0, *lengths]).astype(np.int64)


def habits(txs: Sequence[MadeTx]) -> Ints:
    ins = [one for tx in txs for one in tx.ins]
    outs = [one for tx in txs for one in tx.outs]
    habit = np.full((len(txs), HABITS), -7, dtype=np.int64)
    habits_into(
        _lo([len(tx.ins) for tx in txs]),
        ints([-1 if one.value is None else one.value for one in ins]),
        np.array([UNTYPED if o.script is None else TYPE_NAMES.index(o.kind) for o in ins], dtype=np.uint8),
        ints([one.sequence for one in ins]),
        ints([one.script_size for one in ins]),
        ints([one.witness_size for one in ins]),
        _lo([len(tx.outs) for tx in txs]),
        ints([one.value for one in outs]),
        np.array([TYPE_NAMES.index(one.kind) for one in outs], dtype=np.uint8),
        ints([tx.version for tx in txs]),
        ints([tx.locktime for tx in txs]),
        ints([tx.size for tx in txs]),
        ints([tx.base_size for tx in txs]),
        habit,
    )
    return habit


def bits_of(txs: Sequence[MadeTx]) -> Bits:
    """The bits of made transactions; the outputs' spenders are seen, the spenders' outputs are not judged."""
    ins = [one for tx in txs for one in tx.ins]
    outs = [one for tx in txs for one in tx.outs]
    after: list[MadeTx] = []
    spender = []
    for one in outs:
        spender.append(-1 if one.spender is None else len(after))
        after += [] if one.spender is None else [one.spender]
    spent = [sorted(i.script for i in tx.ins if i.script is not None) for tx in after]
    out_lo = _lo([len(tx.outs) for tx in txs])
    bits = np.full(len(outs), 7, dtype=np.uint32)
    change_into(
        _lo([len(tx.ins) for tx in txs]),
        ints([-1 if one.value is None else one.value for one in ins]),
        ints([-1 if one.script is None else one.script for one in ins]),
        out_lo,
        ints([one.value for one in outs]),
        ints([one.script for one in outs]),
        np.array([TYPE_NAMES.index(one.kind) for one in outs], dtype=np.uint8),
        np.array([one.fresh for one in outs], dtype=np.bool_),
        np.array([tx.coinbase for tx in txs], dtype=np.bool_),
        habits(txs),
        ints(spender),
        habits(after),
        _lo([len(each) for each in spent]),
        ints([script for each in spent for script in each]),
        bits,
    )
    return Bits(0, out_lo, 0, bits)
