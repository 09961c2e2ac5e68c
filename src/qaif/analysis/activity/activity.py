"""The activity of a set of scripts: its series, what they say, and whether other measures say the same.

Only whole periods are judged: the first and the last that a window touches are shown, marked, and left out.
On a chain that is not whole, spending can go unseen where the spent output is not held, more so at first;
there only payments to the set are judged, in the longest run of blocks that are held without a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from qaif.analysis.activity.amounts import amount_ratio
from qaif.analysis.activity.bursts import Burst, burst
from qaif.analysis.activity.exact import Counted, Ratio, discoveries, rate_ratio, upper_tail
from qaif.analysis.activity.judge import FEWEST, Judged, judged
from qaif.analysis.activity.model import Floats
from qaif.analysis.activity.network import Peers, Sides, network_counts, peers
from qaif.analysis.activity.periods import GRAINS, Grain, Window, periods
from qaif.analysis.activity.segments import Segment, segments
from qaif.analysis.activity.series import Series, rows_in, series_of
from qaif.analysis.transfers import Transfers
from qaif.chain.open import Chain
from qaif.records.daily_prices import DailyPrices
from qaif.units import Bools, Int64s

BEFORE: dict[Grain, int] = {"month": 24, "week": 52, "day": 90}  # periods a break is compared with, at most
ROLLING: dict[Grain, int] = {
    "month": 12,
    "week": 26,
    "day": 56,
}  # periods before one that it is compared with
UNUSUAL_Q = 0.05
_OTHER_COUNTS = ("counterparties", "new_counterparties", "without_largest", "without_own")
_AMOUNTS = ("moved_sat", "without_largest_sat", "fiat")
_SIDE = 3  # periods that a comparison of amounts needs on each side


@dataclass(frozen=True)
class Between:
    """A span of days that the user names, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Asked:
    """How to look.

    Attributes:
        grain: by what to judge; the longest for which there is enough where None.
        before, after: two spans to compare; the time before and after a break that was found where None.
        baseline: a span to compare every other period with; the periods before it where None.
        dates: dates after which there may have been bursts.
        burst_days: days from each of them on.
        whole: the set's history is known to its end.
    """

    grain: Grain | None = None
    before: Between | None = None
    after: Between | None = None
    baseline: Between | None = None
    dates: tuple[date, ...] = ()
    burst_days: int = 7
    whole: bool = True


@dataclass(frozen=True)
class Unusual:
    """A period with more than its baseline lets expect.

    Attributes:
        place: its place in the series.
        count: what was counted.
        expected: by the baseline's rate.
        p: the chance of as many or more.
        q: that, corrected for all periods that were looked at.
    """

    place: int
    count: int
    expected: float
    p: float
    q: float


@dataclass(frozen=True)
class Measured:
    """One measure, after against before.

    Attributes:
        measure: which.
        ratio: of the rates or amounts a day; None where it is not known.
        reason: why not known; empty where it is.
    """

    measure: str
    ratio: Ratio | None
    reason: str = ""


@dataclass(frozen=True)
class Activity:
    """What was found; see the module.

    Attributes:
        series: by grain, from the shortest.
        grain: by which it was judged.
        judged_measure: `transactions`, or `received` on a chain that is not whole.
        judged: of the whole periods.
        judged_per_network: the same in proportion to the network's transactions; None where not all are held.
        sides: what is compared; None where there is nothing to compare.
        measures: the comparison, measure by measure; the first is that of `judged_measure`.
        peers: scripts alike; None where the chain is not whole or nothing is compared.
        segments: stretches of one level, by place in the whole periods.
        unusual: single periods, by place among all periods.
        bursts: after the dates asked about; None where none were.
        offset: the place of the first whole period.
    """

    series: tuple[Series, ...]
    grain: Grain
    judged_measure: str
    judged: Judged
    judged_per_network: Judged | None
    sides: Sides | None
    measures: tuple[Measured, ...]
    peers: Peers | None
    segments: tuple[Segment, ...]
    unusual: tuple[Unusual, ...]
    bursts: Burst | None
    offset: int

    @property
    def chosen(self) -> Series:
        """The series by the grain that was judged."""
        return next(each for each in self.series if each.periods.grain == self.grain)


def activity(
    chain: Chain, transfers: Transfers, window: Window, prices: DailyPrices | None, asked: Asked
) -> Activity:
    """Look at what a set did.

    Args:
        chain: the chain; its tip is the moment asked about.
        transfers: every transaction of the set.
        window: the time in which all of them are held.
        prices: daily closes, or None.
        asked: how to look.
    """
    rows = rows_in(chain, transfers, window)
    series = tuple(series_of(rows, periods(window, grain), prices) for grain in GRAINS)
    by_grain = {each.periods.grain: each for each in series}
    grain = asked.grain or _grain(by_grain)
    chosen, measure = by_grain[grain], "transactions" if asked.whole else "received"
    counts = _counts(chosen, measure)
    whole = chosen.periods.whole
    exposure = chosen.periods.days.astype(np.float64)
    offset = int(np.argmax(whole)) if whole.any() else 0
    verdict = judged(counts[whole], exposure[whole], grain)
    network = _network(chain, chosen, asked)
    against = None if network is None else judged(counts[whole], network[whole], grain)
    sides = _sides(chosen, verdict, asked, offset)
    found = Activity(
        series=series,
        grain=grain,
        judged_measure=measure,
        judged=verdict,
        judged_per_network=against,
        sides=sides,
        measures=(),
        peers=None,
        segments=segments(counts[whole], exposure[whole], verdict.phi),
        unusual=_unusual(chosen, counts, verdict.phi, asked),
        bursts=_bursts(by_grain["day"], measure, asked),
        offset=offset,
    )
    if sides is None:
        return found
    alike = _peers(chain, transfers, sides, counts) if asked.whole and chain.held.complete else None
    return replace(found, measures=tuple(_measures(found, sides, verdict.phi, network)), peers=alike)


def _grain(series: dict[Grain, Series]) -> Grain:
    """The longest periods of which there are enough."""
    for grain in reversed(GRAINS):
        if int(series[grain].periods.whole.sum()) >= FEWEST[grain]:
            return grain
    return "month"


def _counts(series: Series, measure: str) -> Int64s:
    counts: Int64s = getattr(series, measure)
    return counts


def _network(chain: Chain, series: Series, asked: Asked) -> Floats | None:
    """Transactions of everybody else by period; None where not all are held, or a period has none."""
    if not asked.whole or not chain.held.complete:
        return None
    others = network_counts(chain, series.periods) - series.transactions
    whole = series.periods.whole
    if not whole.any() or int(others[whole].min()) <= 0:
        return None
    exposure: Floats = np.maximum(others, 1).astype(np.float64)
    return exposure


def _sides(series: Series, verdict: Judged, asked: Asked, offset: int) -> Sides | None:
    """What to compare: what the user names, or the time before and after a break."""
    them = series.periods
    if asked.before and asked.after:
        before = them.between(asked.before.first, asked.before.last)
        after = them.between(asked.after.first, asked.after.last)
        return Sides(them, before, after) if before.any() and after.any() else None
    if verdict.at is None:
        return None
    place = np.arange(len(them)) - offset
    before = them.whole & (place < verdict.at) & (place >= verdict.at - BEFORE[them.grain])
    return Sides(them, before, them.whole & (place >= verdict.at))


def _measures(found: Activity, sides: Sides, phi: float, network: Floats | None) -> Sequence[Measured]:
    series = found.chosen
    days = series.periods.days.astype(np.float64)
    seen = found.judged_measure == "transactions"
    counted = [found.judged_measure, *(_OTHER_COUNTS if seen else ())]
    out = [Measured(name, _count_ratio(_counts(series, name), days, sides, phi)) for name in counted]
    if network is None:
        out.append(
            Measured("per_network_transaction", None, "not normalised: the network's are not all held")
        )
    else:
        own = _counts(series, found.judged_measure)
        out.append(Measured("per_network_transaction", _count_ratio(own, network, sides, phi)))
    if not seen:
        return [*out, *(Measured(name, None, "spending can go unseen here") for name in _AMOUNTS)]
    satoshi = ("moved_sat", "without_largest_sat")
    out += [_amounts(name, _counts(series, name).astype(np.float64) / days, sides) for name in satoshi]
    if series.fiat is None:
        return [*out, Measured("fiat", None, "no prices for all of its days are imported")]
    worth = np.array([float(each) for each in series.fiat]) / days
    return [*out, _amounts("fiat", worth, sides)]


def _count_ratio(counts: Int64s, exposure: Floats, sides: Sides, phi: float) -> Ratio:
    """The ratio of two rates; uneven as what is left of the judged series, or more where a side is."""
    first, second = (
        Counted(int(counts[each].sum()), float(exposure[each].sum())) for each in (sides.after, sides.before)
    )
    scatter = [phi, *(_scatter(counts[each], exposure[each]) for each in (sides.after, sides.before))]
    return rate_ratio(first, second, max(scatter))


def _scatter(counts: Int64s, exposure: Floats) -> float:
    """Variance over mean within periods of one rate; 1 where it cannot be told."""
    if len(counts) < FEWEST["month"] or not counts.any():
        return 1.0
    mean = exposure * counts.sum() / exposure.sum()
    return float(((counts - mean) ** 2 / mean).sum() / (len(counts) - 1))


def _amounts(name: str, daily: Floats, sides: Sides) -> Measured:
    after, before = daily[sides.after], daily[sides.before]
    if min(len(after), len(before)) < _SIDE:
        return Measured(name, None, f"fewer than {_SIDE} whole periods on a side")
    return Measured(name, amount_ratio(after, before))


def _peers(chain: Chain, transfers: Transfers, sides: Sides, own: Int64s) -> Peers:
    scripts = np.unique(
        np.concatenate(
            [
                chain.txout.script_num.take(transfers.out_nums),
                chain.txin.script_num.take(transfers.in_nums),
            ]
        ).astype(np.int64)
    )
    return peers(chain, scripts, sides, own)


def _unusual(series: Series, counts: Int64s, phi: float, asked: Asked) -> tuple[Unusual, ...]:
    """Single whole periods above their baseline; all that have one are looked at and corrected for."""
    them = series.periods
    days = them.days.astype(np.float64)
    looked: list[Unusual] = []
    for place in np.flatnonzero(them.whole):
        chosen = _baseline(series, int(place), asked)
        if not chosen.any():
            continue
        before, exposure = int(counts[chosen].sum()), float(days[chosen].sum())
        own, here = int(counts[place]), float(days[place])
        p = upper_tail(own, own + before, here / (here + exposure), phi) if own + before else 1.0
        looked.append(Unusual(int(place), own, before / exposure * here, p, 1.0))
    if not looked:
        return ()
    worth = discoveries(np.array([each.p for each in looked]))
    corrected = [replace(each, q=float(q)) for each, q in zip(looked, worth, strict=True)]
    return tuple(each for each in corrected if each.q <= UNUSUAL_Q)


def _baseline(series: Series, place: int, asked: Asked) -> Bools:
    """The periods that one is compared with."""
    them = series.periods
    if asked.baseline:
        chosen = them.between(asked.baseline.first, asked.baseline.last)
        return np.zeros_like(chosen) if chosen[place] else chosen
    at, reach = np.arange(len(them)), ROLLING[them.grain]
    enough = int(them.whole[:place].sum()) >= reach
    rolling: Bools = them.whole & (at < place) & (at >= place - reach)
    return rolling if enough else np.zeros_like(rolling)


def _bursts(daily: Series, measure: str, asked: Asked) -> Burst | None:
    if not asked.dates:
        return None
    whole = daily.periods.whole
    first = int(np.argmax(whole)) if whole.any() else 0
    counts = _counts(daily, measure)[whole]
    return burst(counts, int(daily.periods.first_day[first]), asked.dates, asked.burst_days)
