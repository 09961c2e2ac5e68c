"""Transactions of several owners: the CoinJoin protocols, equal outputs in general, what may be a payjoin.

The protocols' shapes are described by Schnoering and Vazirgiannis, "Heuristics for Detecting CoinJoin
Transactions on the Bitcoin Blockchain" (2023), and Stütz and others, "Adoption and Actual Privacy of
Decentralized CoinJoin Implementations in Bitcoin" (2022). Thresholds stand in
`kernels/mix_rules.py`, beside the same rules compiled; those that are ours say so there.
"""

import numpy as np

from qaif.analysis.shapes.contract import Detector, Rule, Shapes, no, otherwise_no, unknown, yes
from qaif.kernels.mix_rules import (
    DUST,
    JOINMARKET_SURE,
    REUSES_OF_ONE,
    SMALL_GROUP,
    WABISABI_FEWEST,
    WABISABI_STANDARD,
    WASABI1_FEWEST,
    WASABI1_GREATEST,
    WASABI1_LEAST,
    WASABI1_SURE,
    WHIRLPOOL_FEWEST,
    WHIRLPOOL_MOST,
)
from qaif.kernels.tx_shape import (
    DATA_BYTES,
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
    POOL_FEE,
    PREMIX_COUNT,
    PREMIX_VALUES,
)
from qaif.units import Bools, Int64s

POOLS = np.array([100_000, 1_000_000, 2_500_000, 5_000_000, 50_000_000], dtype=np.int64)
POOL_FEES = np.array([5_000, 50_000, 125_000, 175_000, 1_750_000], dtype=np.int64)
_TX0_DATA_BYTES = (66, 83)  # 64 and 80 bytes of payload
_TX0_MOST_OTHERS = 3  # the coordinator's fee, and change
_LEAST_STANDARD, _MOST_STANDARD = 5_000, 137_438_953_472  # satoshi, as Wasabi Wallet has them
_TWO = 2


def _denominations() -> list[int]:
    """Of WabiSabi: powers of two; of three, and twice that; 1, 2 and 5 times powers of ten."""
    powers = [2**k for k in range(13, 38)]
    powers += [m * 3**k for m in (1, 2) for k in range(8, 24)]
    powers += [m * 10**k for m in (1, 2, 5) for k in range(3, 12)]
    return sorted({value for value in powers if _LEAST_STANDARD <= value <= _MOST_STANDARD})


DENOMINATIONS = np.array(_denominations(), dtype=np.int64)


def _alike(shapes: Shapes) -> Bools:
    """Two paid outputs go to one script."""
    twice: Bools = shapes[OUT_SCRIPTS] < shapes[PAID_COUNT]
    return twice


def _spends_at_least(shapes: Shapes, scripts: Int64s | int) -> Bools:
    """It can spend from so many different scripts, those that are unknown counted as different."""
    enough: Bools = shapes[IN_SCRIPTS] + shapes[IN_SCRIPTS_UNKNOWN] >= scripts
    return enough


def _whirlpool(s: Shapes) -> tuple[Rule, ...]:
    size, pool = s[OUT_COUNT], s[EQUAL_VALUE]
    in_range = (size >= WHIRLPOOL_FEWEST) & (size <= WHIRLPOOL_MOST)
    return (
        no((s[IN_COUNT] != size) | ~in_range, "it has not five to ten inputs and as many outputs"),
        no((s[EQUAL_COUNT] != size) | ~np.isin(pool, POOLS), "its outputs are not all of one pool's size"),
        no(_alike(s), "two of its outputs pay one script"),
        unknown(
            s[IN_VALUES_UNKNOWN] > 0,
            "its outputs are those of a mix, and what its inputs are worth is unknown",
        ),
        no(
            (s[IN_LEAST] < pool) | (s[IN_MOST] > pool + LARGEST_PREMIX_FEE),
            "an input is worth less than the pool's size, or more than a fee above it",
        ),
        no((s[IN_EQUAL] == 0) | (s[IN_EQUAL] == size), "its inputs are not some new and some mixed before"),
        yes(
            s, "as many inputs as outputs, every output of one pool's size, and the new inputs bring the fee"
        ),
    )


def _tx0(s: Shapes) -> tuple[Rule, ...]:
    others = s[PAID_COUNT] - s[PREMIX_COUNT]
    return (
        no(s[DATA_COUNT] != 1, "it has not one data carrier"),
        no(~np.isin(s[DATA_BYTES], _TX0_DATA_BYTES), "its data carrier has not the coordinator's length"),
        no(s[PREMIX_COUNT] == 0, "no output is a pool's size with a fee above it"),
        no(s[OUT_KEYHASH] <= s[PREMIX_COUNT], "premixes and fee are not all native segwit keys"),
        no(s[PREMIX_VALUES] > _TWO, "outputs above a pool's size differ from each other"),
        no((others < 0) | (others > _TX0_MOST_OTHERS), "it pays others than premixes, one fee and change"),
        unknown(
            (s[PREMIX_COUNT] == 1) & (s[POOL_FEE] == 0),
            "it has one output above a pool's size, and none of the pool's known fee",
        ),
        yes(s, "outputs of a pool's size with the miner's fee above it, and the coordinator's data"),
    )


def _wasabi1(s: Shapes) -> tuple[Rule, ...]:
    equal = s[EQUAL_COUNT]
    return (
        no(s[OUT_KEYHASH] != s[OUT_COUNT], "not all of its outputs are native segwit keys"),
        no(equal < WASABI1_FEWEST, "fewer than five outputs are equal"),
        no(
            (s[EQUAL_VALUE] < WASABI1_LEAST) | (s[EQUAL_VALUE] > WASABI1_GREATEST),
            "its equal outputs are not near the size of a round",
        ),
        no(_alike(s), "two of its outputs pay one script"),
        no(~_spends_at_least(s, equal), "it spends from fewer scripts than it has equal outputs"),
        no(s[OUT_COUNT] == equal, "it pays no coordinator and no change"),
        no(s[OUT_COUNT] > 3 * equal + 2, "it has more other outputs than participants can have"),
        unknown(equal < WASABI1_SURE, "it has few equal outputs: it may be of another protocol"),
        yes(s, "many equal native segwit outputs near the size of a round, with change and a fee"),
    )


def _wabisabi(s: Shapes) -> tuple[Rule, ...]:
    few = (s[IN_COUNT] < WABISABI_FEWEST) | (s[OUT_COUNT] < WABISABI_FEWEST)
    return (
        no(few, "it has fewer than twenty inputs or outputs"),
        no(
            s[OUT_KEYHASH] + s[OUT_TAPROOT] != s[OUT_COUNT],
            "an output is neither a native segwit key nor taproot",
        ),
        no(s[OUTS_FALL] == 0, "its outputs are not sorted by value"),
        no(
            10 * s[DENOMINATED] < WABISABI_STANDARD * s[OUT_COUNT],
            "fewer than seven in ten of its outputs are standard denominations",
        ),
        no(_alike(s), "two of its outputs pay one script"),
        no(~_spends_at_least(s, 2), "all of its inputs spend from one script"),
        no(s[INS_FALL] == 0, "its inputs are not sorted by value"),
        unknown(
            s[INS_FALL] < 0, "what its inputs are worth is unknown, so it is unknown whether they are sorted"
        ),
        yes(s, "many sorted inputs, and sorted outputs nearly all of standard denominations"),
    )


def _joinmarket(s: Shapes) -> tuple[Rule, ...]:
    equal = s[EQUAL_COUNT]
    halves = (s[OUT_COUNT] == 2 * equal) | (s[OUT_COUNT] == 2 * equal - 1)
    return (
        no(equal < _TWO, "no two outputs are equal"),
        no(
            ~halves | (s[DATA_COUNT] > 0),
            "its outputs are not equal ones and as many change outputs, or one fewer",
        ),
        no(s[EQUAL_VALUE] < DUST, "its equal outputs are too small to be mixed"),
        no(_alike(s) | (s[OUTS_TO_INPUTS] > 0), "it pays a script twice, or one that it spends from"),
        no(~_spends_at_least(s, equal), "it spends from fewer scripts than it has equal outputs"),
        unknown(equal < JOINMARKET_SURE, "two equal outputs can come by chance"),
        yes(s, "equal outputs, a change output for each or all but one, and inputs for each"),
    )


def _equal_outputs(s: Shapes) -> tuple[Rule, ...]:
    equal = s[EQUAL_COUNT]
    again = s[PAID_COUNT] - s[OUT_SCRIPTS] + s[OUTS_TO_INPUTS]  # outputs to a script that the transaction has
    return (
        no(equal < _TWO, "no two outputs are equal"),
        no(s[EQUAL_VALUE] < DUST, "its equal outputs are too small to be mixed"),
        no(s[IN_COUNT] < equal, "it has fewer inputs than equal outputs"),
        no(~_spends_at_least(s, equal), "it spends from fewer scripts than it has equal outputs"),
        no(
            again > REUSES_OF_ONE * (equal - _TWO),
            "it pays scripts twice, or such that it spends from, so often that two owners are the most",
        ),
        unknown(
            again > 0, "it pays a script twice, or one that it spends from: one owner's, or one of several's"
        ),
        unknown(equal < SMALL_GROUP, "few equal outputs can come by chance, or be those of a small mix"),
        unknown(2 * equal < s[PAID_COUNT] - 1, "equal outputs are the smaller part of what it pays"),
        yes(s, "many equal outputs to different scripts, and at least as many scripts that it spends from"),
    )


def _payjoin(s: Shapes) -> tuple[Rule, ...]:
    return (
        no(~_spends_at_least(s, 2), "it spends from one script"),
        no((s[PAID_COUNT] == 0) | (s[PAID_COUNT] > _TWO), "it does not pay one or two outputs"),
        unknown(s[IN_COUNT] >= _TWO, "a payjoin is made to look like this: it cannot be excluded"),
        otherwise_no(s, "it has one input"),
    )


_SCHNOERING = "Schnoering and Vazirgiannis 2023"
_MEASURED = (
    "Counted on published CoinJoins and on the 22,928 transactions of 33 real blocks, all of which were "
    "known when the rule was written"
)
NOT_MEASURED = "Not measured: no published data says which transactions are payjoins."
_SIZES = "Mixes that change these sizes or counts are missed."

MIXES: tuple[Detector, ...] = (
    Detector(
        "whirlpool-mix",
        1,
        "a Whirlpool mix",
        _SCHNOERING,
        f"Pools of other sizes are missed. {_SIZES}",
        f"{_MEASURED}: yes for 300 of 300 published Whirlpool mixes",
        _whirlpool,
        mix=True,
    ),
    Detector(
        "whirlpool-tx0",
        1,
        "a Whirlpool Tx0",
        _SCHNOERING,
        "One owner's: it prepares mixes. The coordinator gave discounts, so a fee can differ.",
        f"{_MEASURED}: yes for 244 of 300 published Tx0s; the other 56 have the shape of mixes",
        _tx0,
    ),
    Detector(
        "wasabi-1",
        1,
        "a Wasabi 1 CoinJoin",
        _SCHNOERING,
        "Small rounds look like other protocols'.",
        f"{_MEASURED}: "
        "yes for 98 of 98 published mixes of 2021 and 75 of 76 of 2018; in the blocks for 1, a known mix",
        _wasabi1,
        mix=True,
    ),
    Detector(
        "wabisabi",
        1,
        "a WabiSabi (Wasabi 2) CoinJoin",
        "Wasabi Wallet's code; Stütz and others 2022",
        f"Rounds of fewer than twenty inputs or outputs are missed. {_SIZES}",
        f"{_MEASURED}: yes for 15 of 17 published mixes; the other two spend from one script each",
        _wabisabi,
        mix=True,
    ),
    Detector(
        "joinmarket",
        1,
        "a JoinMarket CoinJoin",
        _SCHNOERING,
        "Batch payments of equal amounts by several owners' coins can look like it.",
        f"{_MEASURED}: yes for 30 of 283 of a published set that a looser rule made; in the blocks for 13",
        _joinmarket,
        mix=True,
    ),
    Detector(
        "equal-outputs",
        2,
        "a CoinJoin of equal outputs, of whatever protocol",
        "Maxwell 2013; Meiklejohn and Orlandi 2015",
        "Equal payments in one batch can look like it; mixes of unequal outputs are missed.",
        f"{_MEASURED}: "
        "yes for 300 of 300 published Whirlpool mixes, 119 of 174 of Wasabi 1; in the blocks for 3",
        _equal_outputs,
        mix=True,
    ),
    Detector(
        "payjoin",
        1,
        "possibly a payjoin",
        "BIP78, BIP77",
        "Says only that it cannot be excluded: no shape confirms a payjoin.",
        NOT_MEASURED,
        _payjoin,
        mix=True,
    ),
)
