"""What was counted on the chain for a reconciliation: of each address, all, clusters, up to each day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from qaif.analysis import review as analysis
from qaif.analysis.fiat import FiatTotals
from qaif.analysis.review import Review
from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from qaif.questions.answer import Layer
from qaif.questions.asked import moment
from qaif.questions.clustering import Opened
from qaif.questions.review import Reviewed, ReviewRequest, reviewed
from qaif.records.daily_prices import DailyPrices
from qaif.units import UNKNOWN, Int64s, utc_day

MOST_ADDRESSES = 10
_MOST_MEMBERS = 20_000


@dataclass(frozen=True)
class Measured:
    """What some scripts did up to a day.

    Attributes:
        of: one address, all of the document, or a cluster.
        whom: which, in words.
        cut_off: the day to whose end it was counted, ISO 8601; empty where all that is held was.
        coins: sums in satoshi by what they are of.
        counts: counts likewise.
        spans: whole days between the first and the last transaction.
        dates: the ordinal of the days of the first and the last transaction.
        worth: totals with each transaction at its own day's close; None where a price is missing.
        lower_bound: not all is held, so that sums and counts may be more.
        layer: what it rests on.
    """

    of: Literal["address", "addresses", "cluster"]
    whom: str
    cut_off: str
    coins: Mapping[str, int]
    counts: Mapping[str, int]
    spans: Mapping[str, int]
    dates: Mapping[str, int]
    worth: Mapping[str, Decimal | None]
    lower_bound: bool
    layer: Layer


@dataclass(frozen=True)
class Ground:
    """What is counted on.

    Attributes:
        chain: the chain.
        prices: daily closes, or None.
        opened: the clusters; None where clusters are left out.
    """

    chain: Chain
    prices: DailyPrices | None
    opened: Opened | None


def measured(ground: Ground, addresses: Sequence[str], days: Sequence[str]) -> tuple[Measured, ...]:
    """Count everything that the figures of a document may have been counted on.

    Args:
        ground: chain, prices and clusters.
        addresses: those of the document; more than ten are only counted together.
        days: the days up to which to count, beside all that is held.
    """
    return tuple(one for day in ("", *days) for one in _up_to(ground, addresses, day))


def _up_to(ground: Ground, addresses: Sequence[str], day: str) -> Iterator[Measured]:
    sets = [(address,) for address in addresses[:MOST_ADDRESSES]]
    try:
        for one in (*sets, *([tuple(addresses)] if len(addresses) > 1 else [])):
            request = ReviewRequest(addresses=one, as_of=day or None, most_largest=1, most_counterparties=0)
            yield _of_addresses(reviewed(ground.chain, ground.prices, request), one, day)
        for address in addresses[:MOST_ADDRESSES]:
            found = _of_cluster(ground, address, day)
            if found is not None:
                yield found
    except NotFoundError:  # no block so early is held: nothing can be counted up to that day
        return


def _of_addresses(found: Reviewed, asked: tuple[str, ...], day: str) -> Measured:
    whom = asked[0] if len(asked) == 1 else f"all {len(asked):,} addresses that the document names"
    figures = found.figures
    return _measured(figures, day, "address" if len(asked) == 1 else "addresses", whom, found.answer.layer, 1)


def _of_cluster(ground: Ground, address: str, day: str) -> Measured | None:
    """What the cluster of an address did; None where it is alone in it, or the cluster is very large."""
    opened = ground.opened
    if opened is None:
        return None
    now = moment(ground.chain, day or None)
    try:
        script = opened.script(address)
    except NotFoundError:
        return None
    if script >= now.chain.n_scripts or script == UNKNOWN:
        return None
    members = opened.forest.members(script, now.chain.n_txs)
    if not 1 < len(members) <= _MOST_MEMBERS:
        return None
    figures = _review(now.chain, members, ground.prices)
    whom = f"the cluster of {address}, {len(members):,} scripts"
    return _measured(figures, day, "cluster", whom, opened.layer, len(members))


def _review(chain: Chain, members: Int64s, prices: DailyPrices | None) -> Review:
    return analysis.review(chain, members.tolist(), prices).unclosed()


def _measured(  # noqa: PLR0913, PLR0917  of what, until when, of whom
    figures: Review,
    day: str,
    of: Literal["address", "addresses", "cluster"],
    whom: str,
    layer: Layer,
    members: int,
) -> Measured:
    return Measured(
        of=of,
        whom=whom,
        cut_off=day,
        coins=_coins(figures),
        counts=_counts(figures, members),
        spans=_spans(figures),
        dates=_dates(figures),
        worth=_worth(figures.at_transaction_days),
        lower_bound=figures.lower_bound,
        layer=layer,
    )


def _coins(figures: Review) -> dict[str, int]:
    largest = figures.largest[:1].tolist()
    rows = figures.transfers
    most = max((int(max(rows.moved_in_sat[row], rows.net_sent_sat[row])) for row in largest), default=0)
    balance = {} if figures.balance_sat is None else {"balance": figures.balance_sat}
    return {
        "received and sent together": figures.turnover_sat,
        "received and sent together, net of what it paid itself": figures.net_received_sat
        + figures.net_sent_sat,
        "received": figures.received_sat,
        "net received": figures.net_received_sat,
        "sent": figures.sent_sat,
        "net sent": figures.net_sent_sat,
        **balance,
        "largest single transfer": most,
    }


def _counts(figures: Review, members: int) -> dict[str, int]:
    months = figures.months
    return {
        "transactions": figures.tx_count,
        "transactions that pay it": int(months.received_count.sum()),
        "transactions that it spends in": int(months.sent_count.sum()),
        "scripts that paid it": len(figures.paid_to_set),
        "scripts that it paid": len(figures.paid_by_set),
        "addresses": members,
    }


def _days(figures: Review) -> tuple[date, date] | None:
    times = figures.transfers.time_unix
    return (utc_day(int(times[0])), utc_day(int(times[-1]))) if len(times) else None


def _spans(figures: Review) -> dict[str, int]:
    days = _days(figures)
    return {"days from first to last transaction": (days[1] - days[0]).days} if days else {}


def _dates(figures: Review) -> dict[str, int]:
    days = _days(figures)
    if days is None:
        return {}
    return {"day of the first transaction": days[0].toordinal(), "day of the last": days[1].toordinal()}


def _worth(totals: FiatTotals) -> dict[str, Decimal | None]:
    return {
        name: getattr(totals, name)
        for name in ("received", "sent", "net_received", "net_sent", "turnover")
    }  # fmt: skip
