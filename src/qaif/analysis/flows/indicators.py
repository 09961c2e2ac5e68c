"""Shapes of dealing that published guidance calls indicators. None is a verdict; none alone proves anything.

Only what a published paragraph describes stands here, with the paragraph. The numbers in each are ours: no
paragraph names any, and none is measured.
"""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.flows.contacts import Contacts
from qaif.analysis.flows.parties import Parties
from qaif.analysis.transfers import totals
from qaif.units import UNKNOWN, Bools, Int64s

FATF = (
    "FATF: Virtual Assets Red Flag Indicators of Money Laundering and Terrorist Financing (September 2020), "
    "as quoted by RSM US LLP: FATF report on virtual assets (2020)"
)
DAY = 86_400
_NONE: Int64s = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    Attributes:
        id: its name.
        version: goes up when it can say something else.
        quote: the paragraph that describes it.
        source: where that stands.
        rule: what is counted here, in words.
        limits: who else looks like it.
    """

    id: str
    version: int
    quote: str
    source: str
    rule: str
    limits: str


@dataclass(frozen=True)
class Thresholds:
    """Our numbers.

    Attributes:
        gifts: from so many unrelated payers on they are many.
        small_percent: what one payer gave at most, of all, to count as little.
        passed_percent: what one payment passes on at least, of all that had come.
        under_sat: the threshold that payments may stay under; None where the user names none.
        near_percent: from so much of it on, a payment is just under it.
        structured: from so many such payments within `days` on.
        days: of such a row of payments.
        services: from so many services on that are paid within a day of a receipt.
    """

    gifts: int = 20
    small_percent: int = 5
    passed_percent: int = 50
    under_sat: int | None = None
    near_percent: int = 80
    structured: int = 5
    days: int = 7
    services: int = 3


GATHERED = Indicator(
    "many-small-gathered",
    1,
    "Incoming transactions from many unrelated wallets in relatively small amounts (accumulation of funds) "
    "with subsequent transfer to another wallet or full exchange for fiat currency.",
    FATF,
    "At least `gifts` payers, each of which gave at most `small_percent` of all; then one payment of at "
    "least `passed_percent` of what had come.",
    "Charities, shops and crowdfunding do just this. Payers are unrelated as far as clusters show.",
)
STRUCTURED = Indicator(
    "structuring",
    1,
    "Structuring VA transactions (e.g., exchange or transfer) in small amounts, or in amounts under "
    "record-keeping or reporting thresholds, similar to structuring cash transactions.",
    FATF,
    "At least `structured` payments to or by it within `days` days, each from `near_percent` of `under_sat` "
    "up to it.",
    "Prices and fees come in such amounts too. Thresholds are set in money of states; the user names it in "
    "satoshi.",
)
SPREAD = Indicator(
    "spread-over-services",
    1,
    "Transferring VAs immediately to multiple VASPs, especially to VASPs registered or operated in another "
    "jurisdiction where there is no relation to where the customer lives or conducts business or there is "
    "nonexistent or weak AML/combating the financing of terrorism (CFT) regulations.",
    FATF,
    "Within a day of a receipt, payments to at least `services` services: labelled, or by their shape.",
    "Who pays bills on payday does it. Where services are, and where customers live, the chain does not say.",
)
INDICATORS = (GATHERED, STRUCTURED, SPREAD)


@dataclass(frozen=True)
class Observed:
    """What was counted for one indicator.

    Attributes:
        met: the rule holds; None where it was not asked.
        counted: how many payers, payments or services were found at most.
        witness: int64[n], the transactions that show it.
    """

    met: bool | None
    counted: int
    witness: Int64s


def many_small_gathered(parties: Parties, came: Contacts, went: Contacts, limits: Thresholds) -> Observed:
    """Many small payments in, and one large one out."""
    txs, first = np.unique(came.tx_num, return_index=True)
    amount = came.amount_sat[first]
    payer = parties.of(came.script_num[first])
    known = payer != UNKNOWN
    who, back = np.unique(payer[known], return_inverse=True)
    gave = totals(back, amount[known], len(who))
    small = gave * 100 <= int(amount.sum()) * limits.small_percent
    of_small = txs[known][small[back]]
    if int(small.sum()) < limits.gifts:
        return Observed(met=False, counted=int(small.sum()), witness=_NONE)
    paid, row = np.unique(went.tx_num, return_inverse=True)
    sent = totals(row, went.amount_sat, len(paid))
    come = np.concatenate([[0], np.cumsum(amount)])[np.searchsorted(txs, paid)]
    gifts = np.searchsorted(of_small, paid)
    on = paid[(sent * 100 >= come * limits.passed_percent) & (gifts >= limits.gifts)]
    return Observed(met=bool(len(on)), counted=int(small.sum()), witness=on)


def structuring(parties: Parties, contacts: Contacts, limits: Thresholds) -> Observed:
    """Payments just under a threshold, many of them in few days."""
    if limits.under_sat is None:
        return Observed(met=None, counted=0, witness=_NONE)
    pairs = np.stack([contacts.tx_num, contacts.amount_sat], axis=1)
    if contacts.incoming:  # a payment stands once for each that put in
        pairs = np.unique(pairs, axis=0)
    amount = pairs[:, 1]
    near = (amount * 100 >= limits.under_sat * limits.near_percent) & (amount < limits.under_sat)
    txs = np.sort(pairs[near, 0])
    times = np.maximum.accumulate(times_of(parties, txs)) if len(txs) else _NONE
    ends = np.searchsorted(times, times + limits.days * DAY, "right")
    count = ends - np.arange(len(times))
    if not len(count) or int(count.max()) < limits.structured:
        return Observed(met=False, counted=int(count.max(initial=0)), witness=_NONE)
    best = int(np.argmax(count))
    return Observed(met=True, counted=int(count[best]), witness=np.unique(txs[best : int(ends[best])]))


def spread_over_services(
    parties: Parties, came: Contacts, went: Contacts, service: Bools, limits: Thresholds
) -> Observed:
    """Several services paid within a day of a receipt.

    Args:
        parties: whose scripts are whose.
        came: who paid.
        went: who was paid.
        service: bool[n], of each row of `went`, whether a service was paid.
        limits: our numbers.
    """
    begins = np.unique(times_of(parties, np.unique(came.tx_num)))
    times = times_of(parties, went.tx_num[service])
    whom, txs = parties.of(went.script_num[service]), went.tx_num[service]
    most, witness = 0, _NONE
    for begin in begins.tolist():
        soon = (times >= begin) & (times <= begin + DAY)
        count = len(np.unique(whom[soon]))
        if count > most:
            most, witness = count, np.unique(txs[soon])
    met = most >= limits.services
    return Observed(met=met, counted=most, witness=witness if met else _NONE)


def times_of(parties: Parties, txs: Int64s) -> Int64s:
    """The times of transactions' blocks."""
    chain = parties.chain
    return chain.block.time.take(chain.block_of_tx(txs)).astype(np.int64)
