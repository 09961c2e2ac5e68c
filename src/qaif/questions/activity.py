"""Is there an irregular increase, since when, how large, how sure?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qaif.analysis.activity.activity import Activity, Asked, Between
from qaif.analysis.activity.activity import activity as looked_at
from qaif.analysis.activity.judge import ALPHA, DRAWS, SEED
from qaif.analysis.activity.method import activity_method
from qaif.analysis.activity.periods import GRAINS, Grain
from qaif.analysis.activity.window import window_of
from qaif.chain.open import Chain
from qaif.errors import UsageError
from qaif.questions.activity_parts import (
    BurstShown,
    Compared,
    PeersShown,
    PeriodRow,
    SegmentShown,
    Tested,
    UnusualShown,
    bursts_shown,
    compared_shown,
    peers_shown,
    rows_shown,
    segments_shown,
    tested_shown,
    unusual_shown,
)
from qaif.questions.activity_words import Told, conclusion_words, limits_words
from qaif.questions.answer import Answer, CoverageOf, weakest
from qaif.questions.campaign import campaign
from qaif.questions.review import Reviewed, ReviewedAddress, ReviewRequest, reviewed
from qaif.records.daily_prices import DailyPrices
from qaif.records.engine import Records
from qaif.units import utc_day
from qaif.workspace.folder import Workspace

_SPAN = ".."
_A_DAY = 10  # characters of 2020-01-31


@dataclass(frozen=True, kw_only=True)
class ActivityRequest:
    """What to look at, and how.

    Attributes:
        addresses: as given; several are one set, net of what moves between them.
        as_of: a height, a block hash or a day; the chain's tip where None.
        by: `day`, `week` or `month`; the longest for which there is enough where None.
        before, after: two spans of days to compare, such as `2018-01-01..2018-12-31`.
        baseline: a span of days with which every other period is compared.
        dates: days after which there may have been bursts.
        campaign: whose appeals' first days are such days.
        burst_days: days from each of them on.
        price_source: whose prices; those imported last where None.
        currency: in which currency.
        inference: count inputs whose script only follows from what they show.
    """

    addresses: tuple[str, ...]
    as_of: str | None = None
    by: str | None = None
    before: str | None = None
    after: str | None = None
    baseline: str | None = None
    dates: tuple[date, ...] = ()
    campaign: str | None = None
    burst_days: int = 7
    price_source: str | None = None
    currency: str | None = None
    inference: bool = True


@dataclass(frozen=True, kw_only=True)
class ActivityAnswer(Answer):
    """What the activity says; `analysis/activity` says how each figure is made.

    Attributes:
        addresses: the set.
        conclusion: `break`, `trend`, `none` or `too-little`.
        sentence: the same, to be repeated, with its figures.
        since: the first day of the period from which on it is different; None where there is no break.
        rose: whether it is more since then; None as before.
        limits: what must be said with it.
        by: day, week or month.
        measure: what was judged: `transactions`, or `received` where the chain is not whole.
        observed_from, observed_to: the whole periods that were judged; None where there are none.
        test: of the break and the trend.
        network_test: the same in proportion to the network's transactions; None means not normalised.
        compared: the time after against the time before; None where there is nothing to compare.
        peers: scripts of like age and volume; None where they cannot be looked at.
        segments: stretches of one level.
        unusual: single periods above their baseline, corrected for all that were looked at.
        bursts: after the dates asked about; None where none were.
        by_month, by_week, by_day: the series; days without a transaction are left out of the last.
    """

    addresses: tuple[ReviewedAddress, ...]
    conclusion: str
    sentence: str
    since: date | None
    rose: bool | None
    limits: tuple[str, ...]
    by: str
    measure: str
    observed_from: date | None
    observed_to: date | None
    test: Tested
    network_test: Tested | None
    compared: Compared | None
    peers: PeersShown | None
    segments: tuple[SegmentShown, ...]
    unusual: tuple[UnusualShown, ...]
    bursts: BurstShown | None
    by_month: tuple[PeriodRow, ...]
    by_week: tuple[PeriodRow, ...]
    by_day: tuple[PeriodRow, ...]


def activity(workspace: Path, request: ActivityRequest) -> ActivityAnswer:
    """Look at what addresses of a workspace did.

    Raises:
        AddressError: an address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        NotFoundError: there is no workspace, chain or campaign, or the as-of block is not held.
        UsageError: a span or a kind of period is none.
    """
    folder = Workspace.open(workspace)
    dates = (*request.dates, *_appeals(workspace, request.campaign))
    with Chain.open(folder.chain_dir) as chain, Records.open(folder.path) as records:
        prices = records.prices.series(request.price_source, request.currency)
        return activity_on(chain, prices, request, dates)


def activity_on(
    chain: Chain, prices: DailyPrices | None, request: ActivityRequest, dates: Sequence[date] = ()
) -> ActivityAnswer:
    """The same on an opened chain; see `activity` for what it raises."""
    asked = ReviewRequest(addresses=request.addresses, as_of=request.as_of, inference=request.inference)
    return activity_of(reviewed(chain, prices, asked), prices, request, dates)


def activity_of(
    found: Reviewed, prices: DailyPrices | None, request: ActivityRequest, dates: Sequence[date] = ()
) -> ActivityAnswer:
    """The same of what is reviewed already."""
    whole = found.answer.coverage.complete or found.chain.held.complete
    window = window_of(
        found.chain, found.figures.transfers, whole=whole, ends_unix=_told_end(found, request.as_of)
    )
    asked = _asked(request, dates, whole=whole)
    result = (
        None if window is None else looked_at(found.chain, found.figures.transfers, window, prices, asked)
    )
    if result is not None:
        _refuse_empty(result, asked)
    return _answer(found, result)


def _answer(found: Reviewed, result: Activity | None) -> ActivityAnswer:
    review = found.answer
    since = None if result is None or result.judged.at is None else _since(result, result.judged.at)
    observed = _observed(result)
    shown = {} if result is None else {each.periods.grain: rows_shown(each) for each in result.series}
    compared = None if result is None else compared_shown(result)
    return ActivityAnswer(
        layer=weakest([review.layer, "inference"]),
        basis=_basis(found),
        as_of=review.as_of,
        coverage=_coverage(review.coverage, result),
        addresses=review.addresses,
        conclusion="too-little" if result is None else result.judged.kind,
        sentence=conclusion_words(Told(result, compared, len(review.addresses))),
        since=since,
        rose=None if result is None or since is None else result.judged.rose,
        limits=limits_words(result),
        by="month" if result is None else result.grain,
        measure="transactions" if result is None else result.judged_measure,
        observed_from=observed[0],
        observed_to=observed[1],
        test=tested_shown(None if result is None else result.judged, result),
        network_test=None
        if result is None or result.judged_per_network is None
        else tested_shown(result.judged_per_network, result),
        compared=compared,
        peers=None if result is None else peers_shown(result.peers),
        segments=() if result is None else segments_shown(result),
        unusual=() if result is None else unusual_shown(result),
        bursts=None if result is None else bursts_shown(result.bursts),
        by_month=shown.get("month", ()),
        by_week=shown.get("week", ()),
        by_day=tuple(row for row in shown.get("day", ()) if row.transactions),
    )


def _since(result: Activity, at: int) -> date:
    return result.chosen.periods.begins(result.offset + at)


def _observed(result: Activity | None) -> tuple[date | None, date | None]:
    """The first and the last day of the whole periods."""
    if result is None or not result.chosen.periods.whole.any():
        return None, None
    them = result.chosen.periods
    last = result.offset + int(them.whole.sum())
    return them.begins(result.offset), date.fromordinal(them.begins(last).toordinal() - 1)


def _basis(found: Reviewed) -> dict[str, object]:
    review = found.answer.basis
    before = review.get("methods")
    return {
        "network": review["network"],
        "simulated": review["simulated"],
        "inference": review["inference"],
        "methods": [*(before if isinstance(before, list) else []), vars(activity_method())],
        "false_alarm_rate": f"{ALPHA}",
        "series_drawn": DRAWS,
        "seed": SEED,
        "prices": review["prices"],
    }


def _coverage(base: CoverageOf, result: Activity | None) -> CoverageOf:
    if result is None or result.judged_measure != "received":
        return base
    window = result.chosen.periods.window
    first, last = utc_day(window.begins_unix), utc_day(window.ends_unix)
    reason = (
        f"Judged are only payments to it, in the longest time without a gap, {first.isoformat()} to "
        f"{last.isoformat()}: where a spent output is not held, spending can go unseen."
    )
    return CoverageOf(base.complete, (*base.reasons, reason), base.told, base.scripts)


def _told_end(found: Reviewed, as_of: str | None) -> int | None:
    """Up to when sources told of every script; None where blocks are held, or an earlier moment is asked."""
    scripts = found.answer.coverage.scripts
    if as_of is not None or not scripts:
        return None
    latest: dict[str, int] = {}
    for one in scripts:
        if one.complete:
            latest[one.script_hex] = max(latest.get(one.script_hex, 0), one.tip_time)
    return min(latest.values(), default=None)


def _asked(request: ActivityRequest, dates: Sequence[date], *, whole: bool) -> Asked:
    if (request.before is None) != (request.after is None):
        raise UsageError("Only one of two spans was given.", way_out="Give both --before and --after.")
    return Asked(
        grain=_grain(request.by),
        before=_span(request.before),
        after=_span(request.after),
        baseline=_span(request.baseline),
        dates=tuple(sorted({*request.dates, *dates})),
        burst_days=request.burst_days,
        whole=whole,
    )


def _grain(by: str | None) -> Grain | None:
    for grain in GRAINS:
        if by == grain:
            return grain
    if by is not None:
        raise UsageError("Periods are days, weeks or months.", way_out="Write --by month, for example.")
    return None


def _span(text: str | None) -> Between | None:
    if text is None:
        return None
    try:
        first, last = (date.fromisoformat(part) for part in text.split(_SPAN))
    except ValueError:
        first, last = date.max, date.min
    if first > last:
        raise UsageError(
            "A span is two days with two dots between, the earlier one first.",
            way_out="Write --before 2018-01-01..2018-12-31, for example.",
        )
    return Between(first, last)


def _refuse_empty(result: Activity, asked: Asked) -> None:
    """A span that holds no whole period answers nothing."""
    them = result.chosen.periods
    for name, span in (("before", asked.before), ("after", asked.after), ("baseline", asked.baseline)):
        if span and not them.between(span.first, span.last).any():
            raise UsageError(
                f"No whole {them.grain} of the time that is held lies in the span given with --{name}.",
                way_out="Give a longer span, or write --by day.",
            )


def _appeals(workspace: Path, named: str | None) -> tuple[date, ...]:
    """The first days of a campaign's appeals, those of which the day is known."""
    if named is None:
        return ()
    days = {one.first_day[:_A_DAY] for one in campaign(workspace, named).appeals if one.first_day}
    return tuple(sorted(date.fromisoformat(day) for day in days if len(day) == _A_DAY))
