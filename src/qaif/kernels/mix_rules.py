"""Whether a transaction may be of several owners, from its shape, in one compiled pass.

The detectors of `analysis/shapes/mixes.py` say the same with the rule that decided and its words; these are
their verdicts alone, for walks that look at a thousand transactions in a millisecond. The sizes and counts
that both go by stand here once. A shape is a row of `kernels/tx_shape`; coinbases are not asked about.

| array | type | meaning |
|---|---|---|
| shape | i8[t, FIELDS] | rows of `tx_shape` |
| pools | i8[p] | sizes of Whirlpool's pools, ascending |
| said | i8[t] | on return YES where a protocol's shape fits, UNSURE where one may, else NO |
"""

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.tx_shape import (
    DATA_COUNT,
    DENOMINATED,
    EQUAL_COUNT,
    EQUAL_VALUE,
    IN_COUNT,
    IN_EQUAL,
    IN_LEAST,
    IN_MOST,
    IN_SCRIPTS,
    IN_SCRIPTS_UNKNOWN,
    IN_VALUES_UNKNOWN,
    INS_FALL,
    LARGEST_PREMIX_FEE,
    OUT_COUNT,
    OUT_KEYHASH,
    OUT_SCRIPTS,
    OUT_TAPROOT,
    OUTS_FALL,
    OUTS_TO_INPUTS,
    PAID_COUNT,
)

Int64s = NDArray[np.int64]
Table = NDArray[np.int64]

NO, YES, UNSURE = 0, 1, 2
ASK_SHAPE = -1
WHIRLPOOL_FEWEST, WHIRLPOOL_MOST = 5, 10
WASABI1_LEAST, WASABI1_GREATEST = 500_000, 13_000_000  # ours: rounds of 2018 to 2021 lie between
WASABI1_FEWEST, WASABI1_SURE = 5, 10  # ours: JoinMarket seldom has ten equal outputs
WABISABI_FEWEST = 20  # ours: coordinators ask for at least 21 inputs
WABISABI_STANDARD = 7  # ours: of ten outputs, how many are standard denominations
JOINMARKET_SURE = 3  # two equal outputs come by chance
REUSES_OF_ONE = 3  # who uses one script again spends it, and has it paid twice
SMALL_GROUP = 5  # ours: fewer equal outputs come by chance
DUST = 10_000  # ours: nobody mixes less
_TWO = 2
_MANY = 24  # ours: of more outputs the whole shape is quicker


@jit
def _whirlpool(s: Int64s, pools: Int64s) -> int:
    size, pool = s[OUT_COUNT], s[EQUAL_VALUE]
    if s[IN_COUNT] != size or size < WHIRLPOOL_FEWEST or size > WHIRLPOOL_MOST:
        return NO
    at = np.searchsorted(pools, pool)
    if s[EQUAL_COUNT] != size or at == len(pools) or pools[at] != pool:
        return NO
    if s[OUT_SCRIPTS] < s[PAID_COUNT]:
        return NO
    if s[IN_VALUES_UNKNOWN] > 0:
        return UNSURE
    if s[IN_LEAST] < pool or s[IN_MOST] > pool + LARGEST_PREMIX_FEE:
        return NO
    return NO if s[IN_EQUAL] == 0 or s[IN_EQUAL] == size else YES


@jit
def _wasabi1(s: Int64s, spends: int) -> int:
    equal, value = s[EQUAL_COUNT], s[EQUAL_VALUE]
    if s[OUT_KEYHASH] != s[OUT_COUNT] or equal < WASABI1_FEWEST:
        return NO
    if value < WASABI1_LEAST or value > WASABI1_GREATEST:
        return NO
    if s[OUT_SCRIPTS] < s[PAID_COUNT] or spends < equal:
        return NO
    if s[OUT_COUNT] == equal or s[OUT_COUNT] > 3 * equal + 2:
        return NO
    return UNSURE if equal < WASABI1_SURE else YES


@jit
def _wabisabi(s: Int64s, spends: int) -> int:
    if s[IN_COUNT] < WABISABI_FEWEST or s[OUT_COUNT] < WABISABI_FEWEST:
        return NO
    if s[OUT_KEYHASH] + s[OUT_TAPROOT] != s[OUT_COUNT] or s[OUTS_FALL] == 0:
        return NO
    if 10 * s[DENOMINATED] < WABISABI_STANDARD * s[OUT_COUNT]:
        return NO
    if s[OUT_SCRIPTS] < s[PAID_COUNT] or spends < _TWO or s[INS_FALL] == 0:
        return NO
    return UNSURE if s[INS_FALL] < 0 else YES


@jit
def _joinmarket(s: Int64s, spends: int) -> int:
    equal = s[EQUAL_COUNT]
    halves = s[OUT_COUNT] == 2 * equal or s[OUT_COUNT] == 2 * equal - 1
    if equal < _TWO or not halves or s[DATA_COUNT] > 0 or s[EQUAL_VALUE] < DUST:
        return NO
    if s[OUT_SCRIPTS] < s[PAID_COUNT] or s[OUTS_TO_INPUTS] > 0 or spends < equal:
        return NO
    return UNSURE if equal < JOINMARKET_SURE else YES


@jit
def _equal_outputs(s: Int64s, spends: int) -> int:
    equal = s[EQUAL_COUNT]
    again = s[PAID_COUNT] - s[OUT_SCRIPTS] + s[OUTS_TO_INPUTS]
    if equal < _TWO or s[EQUAL_VALUE] < DUST or s[IN_COUNT] < equal or spends < equal:
        return NO
    if again > REUSES_OF_ONE * (equal - _TWO):
        return NO
    few = equal < SMALL_GROUP or 2 * equal < s[PAID_COUNT] - 1
    return UNSURE if again > 0 or few else YES


@jit
def _payjoin(s: Int64s, spends: int) -> int:
    if spends < _TWO or s[PAID_COUNT] == 0 or s[PAID_COUNT] > _TWO:
        return NO
    return UNSURE if s[IN_COUNT] >= _TWO else NO


@jit
def mix_of(s: Int64s, pools: Int64s) -> int:
    """What all detectors say together of one shape."""
    spends = s[IN_SCRIPTS] + s[IN_SCRIPTS_UNKNOWN]
    said = NO
    for one in (
        _whirlpool(s, pools),
        _wasabi1(s, spends),
        _wabisabi(s, spends),
        _joinmarket(s, spends),
        _equal_outputs(s, spends),
        _payjoin(s, spends),
    ):
        if one == YES:
            return YES
        said = max(said, one)
    return said


@jit
def mixes_into(shape: Table, pools: Int64s, said: Int64s) -> None:
    """Fill `said`."""
    for row in range(len(shape)):
        said[row] = mix_of(shape[row], pools)


@jit
def without_shape(in_script: Int64s, paid: Int64s, outs: int) -> int:
    """What `mix_of` says, where a look at scripts and values is enough; ASK_SHAPE where it is not.

    Up to two payments can only be a payjoin's, or two equal ones, for which two scripts are needed too; and
    of more, every protocol but WabiSabi has two that are equal.

    Args:
        in_script: i8[k], scripts spent, two at least; -1 unknown.
        paid: i8[l], values of outputs that pay something to somebody.
        outs: how many outputs there are.
    """
    if len(paid) <= _TWO:
        for script in in_script:
            if len(paid) and (script < 0 or script != in_script[0]):
                return UNSURE
        return NO
    if len(paid) > _MANY or (len(in_script) >= WABISABI_FEWEST and outs >= WABISABI_FEWEST):
        return ASK_SHAPE
    for i in range(1, len(paid)):
        for j in range(i):
            if paid[i] == paid[j] and paid[i] >= DUST:
                return ASK_SHAPE
    return NO
