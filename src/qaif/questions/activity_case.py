"""What a case says of whether an address's activity changed: the sentence, and the months it is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from qaif.analysis.activity.judge import FEWEST_COUNTED
from qaif.questions.activity import ActivityAnswer, ActivityRequest, activity_of
from qaif.questions.review import Reviewed
from qaif.records.daily_prices import DailyPrices


@dataclass(frozen=True)
class MonthCount:
    """A calendar month: how many transactions, and whether all of it is held and was judged."""

    month: str
    count: int
    whole: bool


@dataclass(frozen=True)
class CaseActivity:
    """The activity answer in short; `qaif activity` gives all of it.

    Attributes:
        layer: an inference, at least.
        basis: its methods, and by how many drawn series the chances were counted.
        conclusion: `break`, `trend`, `none` or `too-little`.
        sentence: the same with its figures.
        since: the first day of the month from which on it is different; None where there is no break.
        rose: whether it is more since then; None as before.
        measure: what was judged: `transactions`, or `received` where the chain is not whole.
        limits: what must be said with it.
        by_month: what was judged, by month, empty months included.
    """

    layer: str
    basis: Mapping[str, object]
    conclusion: str
    sentence: str
    since: date | None
    rose: bool | None
    measure: str
    limits: tuple[str, ...]
    by_month: tuple[MonthCount, ...]


def case_activity(found: Reviewed, prices: DailyPrices | None, as_of: str | None) -> CaseActivity | None:
    """Judge the months of what was reviewed; None where it has too few transactions to be looked at.

    Args:
        found: one address, reviewed.
        prices: daily closes, or None.
        as_of: the moment asked about, as it was asked.
    """
    if found.answer.tx_count < FEWEST_COUNTED:
        return None
    addresses = tuple(one.address for one in found.answer.addresses)
    return _short(activity_of(found, prices, ActivityRequest(addresses=addresses, as_of=as_of, by="month")))


def _short(answer: ActivityAnswer) -> CaseActivity:
    received = answer.measure == "received"
    return CaseActivity(
        layer=answer.layer,
        basis=answer.basis,
        conclusion=answer.conclusion,
        sentence=answer.sentence,
        since=answer.since,
        rose=answer.rose,
        measure=answer.measure,
        limits=answer.limits,
        by_month=tuple(
            MonthCount(row.period, row.received if received else row.transactions, row.whole)
            for row in answer.by_month
        ),
    )
