"""The parts of an activity answer: tests, comparisons, series. Ratios and chances are decimals, rounded."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qaif.analysis.activity.activity import Activity, Measured
from qaif.analysis.activity.bursts import Burst
from qaif.analysis.activity.exact import Ratio
from qaif.analysis.activity.judge import Judged
from qaif.analysis.activity.network import Peers
from qaif.analysis.activity.periods import Periods
from qaif.analysis.activity.series import Series
from qaif.units import Bools

_LEAST_CHANCE = 1e-9
_AGREES = 0.05
WHAT = {
    "transactions": "transactions",
    "received": "payments to it",
    "counterparties": "counterparties, each once a period",
    "new_counterparties": "counterparties never met before",
    "without_largest": "transactions without the ten largest",
    "without_own": "transactions without those to itself",
    "per_network_transaction": "transactions for each of the network's",
    "moved_sat": "amounts in BTC",
    "without_largest_sat": "amounts in BTC without the ten largest",
    "fiat": "amounts in money at each day's price",
}


@dataclass(frozen=True)
class Tested:
    """What a series was tested for; None where there is too little data.

    Attributes:
        conclusion: break, trend, none or too-little.
        since: the first day of the period in which the break lies; None where there is none.
        chance_of_break: of so good a step somewhere in a series without one.
        chance_of_trend: of so steep a trend in a flat series.
        yearly_factor, yearly_low, yearly_high: of a steady trend through all of it, with its 95 % interval.
        variance_over_mean: that trend, season and step leave; 1 is chance alone.
        likeness_of_neighbours: of what they leave, 0 to 0.9; the chances allow for it.
    """

    conclusion: str
    since: date | None
    chance_of_break: Decimal | None
    chance_of_trend: Decimal | None
    yearly_factor: Decimal | None
    yearly_low: Decimal | None
    yearly_high: Decimal | None
    variance_over_mean: Decimal
    likeness_of_neighbours: Decimal


@dataclass(frozen=True)
class Measure:
    """One measure, after against before.

    Attributes:
        measure: which.
        what: the same in words.
        ratio: of the rates; None where it is not known, or nothing was before.
        low, high: its 95 % interval; `high` None where it has no end.
        chance: of so large a difference where there is none.
        agrees: it changed the same way as what was judged; None where it is not known.
        reason: why it is not known; empty where it is.
    """

    measure: str
    what: str
    ratio: Decimal | None
    low: Decimal | None
    high: Decimal | None
    chance: Decimal | None
    agrees: bool | None
    reason: str


@dataclass(frozen=True)
class Compared:
    """Two spans of whole periods, and each measure of the second against the first."""

    before_from: date
    before_to: date
    before_periods: int
    after_from: date
    after_to: date
    after_periods: int
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class PeersShown:
    """Scripts of like age and volume: how many, and how many rose by as much; `reason` where too few are."""

    count: int
    rose_as_much: int | None
    reason: str


@dataclass(frozen=True)
class SegmentShown:
    """A stretch of one level: its days, its transactions, and how many that is a period of mean length."""

    first_day: date
    last_day: date
    count: int
    a_period: Decimal


@dataclass(frozen=True)
class UnusualShown:
    """A period above its baseline: the chance of as many, and that corrected for all periods looked at."""

    period: str
    count: int
    expected: Decimal
    chance: Decimal
    corrected: Decimal


@dataclass(frozen=True)
class BurstShown:
    """Transactions in the days after given dates, against the same dates moved together.

    Attributes:
        dates, left_out: those in the time held with all days after them, and those that are not.
        days: from each date on.
        count: transactions in them.
        expected: the median over all moves; None where fewer than 39 moves are possible.
        moves: how many there were.
        chance: the share of moves with at least as many.
    """

    dates: tuple[date, ...]
    left_out: tuple[date, ...]
    days: int
    count: int
    expected: int | None
    moves: int
    chance: Decimal | None


@dataclass(frozen=True)
class PeriodRow:
    """One period; `whole` where all of its days are held, and else it is not judged."""

    period: str
    whole: bool
    transactions: int
    received: int
    moved_sat: int
    fiat: Decimal | None
    counterparties: int
    new_counterparties: int


def tested_shown(judged: Judged | None, result: Activity | None) -> Tested:
    """The tests of one series."""
    if judged is None or result is None:
        return Tested("too-little", None, None, None, None, None, None, Decimal(1), Decimal(0))
    yearly = judged.yearly
    at = None if judged.at is None else result.chosen.periods.begins(result.offset + judged.at)
    return Tested(
        conclusion=judged.kind,
        since=at,
        chance_of_break=chance(judged.p_step),
        chance_of_trend=chance(judged.p_trend),
        yearly_factor=None if yearly is None else rounded(yearly.factor),
        yearly_low=None if yearly is None else rounded(yearly.low),
        yearly_high=None if yearly is None else rounded(yearly.high),
        variance_over_mean=rounded(judged.phi),
        likeness_of_neighbours=Decimal(f"{judged.echo:.2f}"),
    )


def compared_shown(result: Activity) -> Compared | None:
    """The comparison of two spans."""
    sides = result.sides
    if sides is None:
        return None
    main = result.measures[0].ratio
    before, after = _days(sides.periods, sides.before), _days(sides.periods, sides.after)
    return Compared(
        *(*before, int(sides.before.sum())),
        *(*after, int(sides.after.sum())),
        measures=tuple(_measure(each, main) for each in result.measures),
    )


def _days(them: Periods, chosen: Bools) -> tuple[date, date]:
    places = [place for place, is_in in enumerate(chosen) if is_in]
    return them.begins(places[0]), date.fromordinal(them.begins(places[-1] + 1).toordinal() - 1)


def _measure(one: Measured, main: Ratio | None) -> Measure:
    ratio = one.ratio
    if ratio is None:
        return Measure(one.measure, WHAT[one.measure], None, None, None, None, None, one.reason)
    return Measure(
        measure=one.measure,
        what=WHAT[one.measure],
        ratio=None if ratio.ratio is None else rounded(ratio.ratio),
        low=rounded(ratio.low),
        high=None if ratio.high is None else rounded(ratio.high),
        chance=chance(ratio.p),
        agrees=ratio.p <= _AGREES and main is not None and _rose(ratio) == _rose(main),
        reason="",
    )


def _rose(ratio: Ratio) -> bool:
    return ratio.ratio is None or ratio.ratio > 1.0


def peers_shown(found: Peers | None) -> PeersShown | None:
    """Scripts alike."""
    if found is None:
        return None
    return PeersShown(found.count, None if found.reason else found.rose_as_much, found.reason)


def segments_shown(result: Activity) -> tuple[SegmentShown, ...]:
    """Stretches of one level."""
    them, offset = result.chosen.periods, result.offset
    whole = them.days[them.whole]
    length = float(whole.mean()) if len(whole) else 1.0
    return tuple(
        SegmentShown(
            them.begins(offset + one.first),
            date.fromordinal(them.begins(offset + one.last + 1).toordinal() - 1),
            one.count,
            rounded(one.count / one.exposure * length),
        )
        for one in result.segments
    )


def unusual_shown(result: Activity) -> tuple[UnusualShown, ...]:
    """Single periods above their baseline."""
    them = result.chosen.periods
    return tuple(
        UnusualShown(them.name(one.place), one.count, rounded(one.expected), _chance(one.p), _chance(one.q))
        for one in result.unusual
    )


def bursts_shown(found: Burst | None) -> BurstShown | None:
    """Transactions after given dates."""
    if found is None:
        return None
    figures = (found.days, found.count, found.expected, found.moves)
    return BurstShown(found.dates, found.left_out, *figures, chance(found.p))


def rows_shown(series: Series) -> tuple[PeriodRow, ...]:
    """A series, period by period."""
    return tuple(
        PeriodRow(
            period=series.periods.name(place),
            whole=bool(series.periods.whole[place]),
            transactions=int(series.transactions[place]),
            received=int(series.received[place]),
            moved_sat=int(series.moved_sat[place]),
            fiat=None if series.fiat is None else series.fiat[place],
            counterparties=int(series.counterparties[place]),
            new_counterparties=int(series.new_counterparties[place]),
        )
        for place in range(len(series.periods))
    )


def rounded(value: float) -> Decimal:
    """A ratio to three figures."""
    return Decimal(f"{value:.3g}").normalize() if value else Decimal(0)


def chance(value: float | None) -> Decimal | None:
    """A chance to two figures; what is below a thousand-millionth is given as that."""
    return None if value is None else _chance(value)


def _chance(value: float) -> Decimal:
    return Decimal(f"{max(value, _LEAST_CHANCE):.2g}")
