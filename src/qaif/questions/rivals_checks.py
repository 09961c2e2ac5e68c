"""What the data says for and against each rival explanation: counts, and the transactions that show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qaif.analysis.flows.mixing import mixes
from qaif.analysis.review import Review
from qaif.analysis.shapes.contract import UNKNOWN_KIND, YES
from qaif.analysis.transfers import inputs_of, outputs_of
from qaif.chain.open import Chain
from qaif.questions.answer import Layer
from qaif.questions.said_of import SaidOfIt
from qaif.questions.shown import TxRef, tx_ref
from qaif.units import Int64s

Outcome = Literal["speaks for", "speaks against", "cannot be told"]
BATCH_OUTPUTS = 10
DUST_SAT = 1_000
_DAY = 86_400
_MOST_TXS = 20_000
_WITNESSES = 5
_HALF = 2
_TENTH = 10
_FEW = 10
_HOURS_OF_A_SERVICE = 22
_ENOUGH_TXS = 200
_SERVICE_WORDS = ("operator", "operated", "exchange", "service", "custod", "deposit", "processor", "provider")


@dataclass(frozen=True)
class Check:
    """One thing that the data can say of a rival explanation.

    Attributes:
        id: its stable name; `CHECKS` says it in words.
        outcome: whether it speaks for the rival, against it, or does not tell.
        counted: how many, of `of`.
        of: of how many.
        witness: transactions that show it; at most five.
        layer: what it rests on.
    """

    id: str
    outcome: Outcome
    counted: int
    of: int
    witness: tuple[TxRef, ...]
    layer: Layer


CHECKS = {
    "named-a-service": "sources that call it, or what it belongs to, a service or name its operator",
    "large-cluster": "scripts that are spent together with it, directly or by way of others",
    "payments-in-batches": "of its payments, those with ten outputs or more, as services pay many at once",
    "hours-of-the-day": "hours of the day (UTC) in which it was active, of 24",
    "mixed-payments": "of its transactions, those with the shape of a mix",
    "perhaps-mixed": "of its transactions, those of which the shape leaves open whether they are a mix",
    "passes-on-at-once": "of what it received, coins spent again within a day",
    "payers-are-paid": "of the scripts that it paid, those that also paid it",
    "cluster-alarms": "decisions in its cluster that a person should look at",
    "refused-unions": "transactions of its cluster that joined nothing, as they may be of several owners",
    "dust-receipts": "of its receipts, those below 1,000 satoshi, which nobody can refuse",
    "paid-to-itself": "of what it sent and received, satoshi that it paid to itself",
    "near-misses": "places of the document with something that looks like an address and is not",
    "blocks-missing": "reasons why the history is not known to be whole",
}
"""What each check counts, in words."""


@dataclass(frozen=True)
class Seen:
    """What is looked at.

    Attributes:
        chain: the chain, as of the moment asked about.
        figures: the review of the address.
        said: what sources say of it.
        cluster: how many scripts its cluster has; None where clusters were not asked.
        alarms: decisions of its cluster to be looked at.
        refused: transactions of its cluster that joined nothing.
        near_misses: in the document; None where there is none.
        missing: reasons why the history is not whole.
    """

    chain: Chain
    figures: Review
    said: Sequence[SaidOfIt]
    cluster: int | None
    alarms: int
    refused: int
    near_misses: int | None
    missing: tuple[str, ...]


def named_a_service(seen: Seen) -> Check:
    """Whether sources say so."""
    found = [one for one in seen.said if any(word in one.text.lower() for word in _SERVICE_WORDS)]
    some = bool(found)
    return _check("named-a-service", len(found), len(seen.said), "claim", for_it=some, told=some)


def large_cluster(seen: Seen, at_least: int) -> Check:
    """Whether very much is spent together with it."""
    count = seen.cluster or 0
    told = seen.cluster is not None
    return _check("large-cluster", count, at_least, "inference", for_it=count >= at_least, told=told)


def in_batches(seen: Seen) -> Check:
    """How many of its payments pay many at once."""
    rows = seen.figures.transfers
    spends = rows.tx_num[rows.inputs > 0][:_MOST_TXS]
    _, out_row = outputs_of(seen.chain, spends)
    many = np.bincount(out_row, minlength=len(spends)) >= BATCH_OUTPUTS
    hits = spends[many]
    told = len(spends) >= _FEW
    return _check(
        "payments-in-batches", len(hits), len(spends), "inference",
        for_it=len(hits) * _HALF > len(spends) >= _FEW, told=told, chain=seen.chain, txs=hits,
    )  # fmt: skip


def hours(seen: Seen) -> Check:
    """In how many hours of the day it was active: people sleep, services do not."""
    rows = seen.figures.transfers
    spends = rows.time_unix[rows.inputs > 0]
    count = len(np.unique(spends % _DAY // 3_600))
    told = len(spends) >= _ENOUGH_TXS
    return _check(
        "hours-of-the-day", count, 24, "inference", for_it=told and count >= _HOURS_OF_A_SERVICE, told=told
    )


def mixed(seen: Seen) -> tuple[Check, Check]:
    """How many of its transactions are mixes, and of how many that is open."""
    chain, txs = seen.chain, seen.figures.transfers.tx_num[:_MOST_TXS]
    counts = [np.bincount(of(chain, txs)[1], minlength=len(txs)) for of in (inputs_of, outputs_of)]
    said = mixes(chain, txs, counts[0].astype(np.int64), counts[1].astype(np.int64))
    sure, perhaps = txs[said == YES], txs[said == UNKNOWN_KIND]
    return (
        _check(
            "mixed-payments", len(sure), len(txs), "inference",
            for_it=len(sure) > 0, told=len(txs) > 0, chain=chain, txs=sure,
        ),
        _check(
            "perhaps-mixed", len(perhaps), len(txs), "inference",
            for_it=False, told=len(txs) > 0 and not len(perhaps), chain=chain, txs=perhaps,
        ),
    )  # fmt: skip


def passes_on(seen: Seen) -> Check:
    """How many of its coins were spent within a day."""
    chain, outs = seen.chain, seen.figures.transfers.out_nums
    spent = chain.spent_by(outs)
    gone = outs[spent >= 0]
    came, went = (
        _times(chain, chain.tx_of_out(gone)),
        _times(chain, chain.tx_of_in(spent[spent >= 0])),
    )
    quick = went - came <= _DAY
    hits = np.unique(chain.tx_of_out(gone[quick]))
    return _check(
        "passes-on-at-once", int(quick.sum()), len(outs), "fact",
        for_it=int(quick.sum()) * _HALF > len(outs) >= _FEW, told=len(outs) >= _FEW, chain=chain, txs=hits,
    )  # fmt: skip


def payers_are_paid(seen: Seen) -> Check:
    """How many of those whom it paid had paid it, or will: a broker deals both ways, a fund hardly does."""
    paid, payers = (side.key[side.key >= 0] for side in (seen.figures.paid_by_set, seen.figures.paid_to_set))
    both = len(np.intersect1d(paid, payers))
    told = len(paid) >= _FEW
    return _check(
        "payers-are-paid", both, len(paid), "inference", for_it=both * _TENTH > len(paid) >= _FEW, told=told
    )


def alarms(seen: Seen) -> Check:
    """Whether its cluster was joined against a first impression."""
    told = seen.cluster is not None
    return _check("cluster-alarms", seen.alarms, seen.alarms, "inference", for_it=seen.alarms > 0, told=told)


def refused(seen: Seen) -> Check:
    """How many transactions of its cluster may be of several owners."""
    return _check("refused-unions", seen.refused, seen.refused, "inference", for_it=False, told=False)


def dust(seen: Seen) -> Check:
    """How much of what it received nobody can refuse, and may be meant to make it look busy."""
    chain, outs = seen.chain, seen.figures.transfers.out_nums
    small = outs[chain.txout.value_sat.take(outs) < DUST_SAT]
    return _check(
        "dust-receipts", len(small), len(outs), "fact", for_it=len(small) * _TENTH > len(outs),
        told=len(outs) > 0, chain=chain, txs=np.unique(chain.tx_of_out(small)),
    )  # fmt: skip


def to_itself(seen: Seen) -> Check:
    """How much of its volume is its own coins coming back."""
    figures = seen.figures
    own = figures.turnover_sat - figures.net_received_sat - figures.net_sent_sat
    return _check(
        "paid-to-itself", own, figures.turnover_sat, "inference" if figures.rests_on_inference else "fact",
        for_it=own * _TENTH > figures.turnover_sat, told=not figures.lower_bound,
    )  # fmt: skip


def near_misses(seen: Seen) -> Check:
    """Whether the document prints something else that was meant to be an address."""
    count = seen.near_misses or 0
    told = seen.near_misses is not None
    return _check("near-misses", count, count, "claim", for_it=count > 0, told=told)


def missing(seen: Seen) -> Check:
    """Whether something of its history is not held."""
    count = len(seen.missing)
    return _check("blocks-missing", count, count, "fact", for_it=count > 0, told=True)


def _times(chain: Chain, txs: Int64s) -> Int64s:
    return np.asarray(chain.block.time.take(chain.block_of_tx(txs)), dtype=np.int64)


def _check(  # noqa: PLR0913  a row of `Check`
    name: str,
    counted: int,
    of: int,
    layer: Layer,
    *,
    for_it: bool,
    told: bool,
    chain: Chain | None = None,
    txs: Int64s | None = None,
) -> Check:
    """A check; what is found speaks for a rival even where its absence would not tell."""
    outcome: Outcome = "speaks for" if for_it else "speaks against" if told else "cannot be told"
    shown = () if chain is None or txs is None else tuple(tx_ref(chain, int(tx)) for tx in txs[:_WITNESSES])
    return Check(name, outcome, counted, of, shown, layer)
