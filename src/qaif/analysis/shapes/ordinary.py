"""Transactions of one owner, and those that say nothing of who receives: payouts, sweeps, dust, new coins.

The thresholds are ours; what each means for an inference is said with it.
"""

from qaif.analysis.shapes.contract import Detector, Rule, Shapes, no, otherwise_no, unknown, yes
from qaif.kernels.tx_shape import (
    EQUAL_COUNT,
    EQUAL_VALUE,
    IN_COUNT,
    IN_SCRIPTS,
    IN_SCRIPTS_UNKNOWN,
    OUT_LEAST,
    OUT_MOST,
    OUT_SCRIPTS,
    OUTS_TO_INPUTS,
    PAID_COUNT,
)

_PAYEES = 5  # fewer receivers are an ordinary payment
_SWEPT = 3  # fewer coins are an ordinary payment without change
_PEELED = 10  # the rest is so many times what is peeled off
_DUST, _DUSTED = 1_000, 10  # satoshi an output, receivers
_TWO = 2
NOT_MEASURED = "Not measured: no published data says which transactions are of this kind."


def _batch(s: Shapes) -> tuple[Rule, ...]:
    return (
        no(s[PAID_COUNT] < _PAYEES, "it pays fewer than five outputs"),
        no(s[OUT_SCRIPTS] < _PAYEES, "it pays fewer than five scripts"),
        no(s[IN_COUNT] > s[PAID_COUNT], "it has more inputs than receivers"),
        no((s[EQUAL_VALUE] <= _DUST) & (s[EQUAL_COUNT] >= _DUSTED), "it scatters dust"),
        unknown(
            (s[EQUAL_COUNT] >= _PAYEES) & (s[IN_SCRIPTS] + s[IN_SCRIPTS_UNKNOWN] >= s[EQUAL_COUNT]),
            "it has equal outputs and as many scripts that it spends from: it may be a mix",
        ),
        unknown(
            _TWO * s[EQUAL_COUNT] > s[PAID_COUNT], "most of what it pays are equal outputs: it may be a mix"
        ),
        yes(s, "few coins paid out to many different scripts"),
    )


def _sweep(s: Shapes) -> tuple[Rule, ...]:
    return (
        no(s[PAID_COUNT] != 1, "it does not pay just one output"),
        no(s[IN_COUNT] < _SWEPT, "it gathers fewer than three coins"),
        yes(s, "three or more coins gathered into one output"),
    )


def _peel(s: Shapes) -> tuple[Rule, ...]:
    return (
        no((s[IN_COUNT] != 1) | (s[PAID_COUNT] != _TWO), "it has not one input and two paid outputs"),
        no(s[OUTS_TO_INPUTS] > 0, "it pays a script that it spends from"),
        no(s[OUT_MOST] < _PEELED * s[OUT_LEAST], "its larger output is less than ten times the smaller"),
        unknown(
            s[PAID_COUNT] == _TWO,
            "a small output is split off a large one; only a run of such transactions is a peel chain",
        ),
        otherwise_no(s, "it is not of that form"),
    )


def _self_transfer(s: Shapes) -> tuple[Rule, ...]:
    return (
        no(s[PAID_COUNT] == 0, "it pays nothing"),
        no(
            (s[OUTS_TO_INPUTS] < s[PAID_COUNT]) & (s[IN_SCRIPTS_UNKNOWN] == 0),
            "it pays a script that it does not spend from",
        ),
        unknown(s[OUTS_TO_INPUTS] < s[PAID_COUNT], "a script that it spends from is unknown"),
        unknown(s[IN_SCRIPTS] > 1, "every output pays a script that it spends from, of several"),
        yes(s, "every output pays the one script that it spends from"),
    )


def _dust(s: Shapes) -> tuple[Rule, ...]:
    return (
        no(s[EQUAL_COUNT] < _DUSTED, "fewer than ten of its outputs are equal"),
        no(s[EQUAL_VALUE] > _DUST, "its equal outputs are more than dust"),
        no(s[OUT_SCRIPTS] < _DUSTED, "they pay fewer than ten scripts"),
        yes(s, "ten or more equal outputs of dust to different scripts"),
    )


def _coinbase(s: Shapes) -> tuple[Rule, ...]:
    return (
        no(~s.coinbase, "it spends outputs of others"),
        yes(s, "it spends nothing and collects its block's fees"),
    )


ORDINARY: tuple[Detector, ...] = (
    Detector(
        "batch-payout",
        1,
        "a batch of payments, such as an exchange's withdrawals",
        "ours",
        "Says nothing of who pays; a mix of unequal outputs looks like it.",
        NOT_MEASURED,
        _batch,
    ),
    Detector(
        "sweep",
        1,
        "a sweep of several coins into one output",
        "ours",
        "Whoever sweeps controls the coins; where a service does it, that is not their beneficiaries.",
        NOT_MEASURED,
        _sweep,
    ),
    Detector(
        "peel-step",
        1,
        "possibly a step of a peel chain",
        "Meiklejohn and others 2013",
        "An ordinary payment with change has the same shape; the shape alone never says yes.",
        NOT_MEASURED,
        _peel,
    ),
    Detector(
        "self-transfer",
        1,
        "a transfer of a script to itself",
        "ours",
        "Transfers between an owner's different scripts are not seen.",
        NOT_MEASURED,
        _self_transfer,
    ),
    Detector(
        "dust-attack",
        1,
        "dust scattered over many scripts",
        "OFAC FAQ 1078 names the practice",
        "Payouts of very small amounts look like it. Whoever receives it did nothing.",
        NOT_MEASURED,
        _dust,
    ),
    Detector(
        "coinbase",
        1,
        "a coinbase",
        "consensus",
        "None.",
        "Follows from the rules of the chain.",
        _coinbase,
        of_coinbases=True,
    ),
)
