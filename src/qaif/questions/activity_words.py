"""The sentence of an activity answer, made from its figures, and what must be said with it."""

from dataclasses import dataclass
from decimal import Decimal

from qaif.analysis.activity.activity import Activity
from qaif.analysis.activity.judge import DRAWS, FEWEST, FEWEST_COUNTED
from qaif.questions.activity_parts import Compared, Measure, chance, rounded

_SELECTED = (
    "An address that was looked at because its activity rose will look risen: if that is why it was chosen, "
    "the chance given is too small."
)
_NOT_NORMALISED = "Not normalised: what the whole network did meanwhile is not held here."
_NOTHING_HELD = (
    "Too little is held to say whether activity changed: nothing of it, or no time without a gap between "
    "blocks."
)
_MODEL = "under the baseline model (a steady trend with a season, as uneven as this series)"
_ECHO = 0.2  # of what is left, as it is a period later
_PERIODS = {"day": "days", "week": "weeks", "month": "months"}
_SPANS = {("month", 12): "the year", ("month", 24): "the two years", ("week", 52): "the year"}


@dataclass(frozen=True)
class Told:
    """What there is to tell.

    Attributes:
        result: what was found; None where too little is held.
        compared: two spans, as shown.
        addresses: how many there are in the set.
    """

    result: Activity | None
    compared: Compared | None
    addresses: int


def conclusion_words(told: Told) -> str:
    """The sentence."""
    if told.result is None:
        return _NOTHING_HELD
    kinds = {"break": _break, "trend": _trend, "none": _none, "too-little": _too_little}
    first = kinds[told.result.judged.kind](told.result, told)
    named = told.compared is not None and not _is_own(told.result, told.compared)
    return f"{first} {_named(told.result, told.compared, told)}" if named and told.compared else first


def limits_words(result: Activity | None) -> tuple[str, ...]:
    """What must be said with it."""
    if result is None:
        return (_SELECTED,)
    out = [_SELECTED]
    if result.judged_per_network is None:
        out.append(_NOT_NORMALISED)
    if result.judged.echo > _ECHO:
        out.append(
            f"What trend, season and break leave of one {result.grain} resembles that of the next "
            f"({result.judged.echo:.2f} of 1). The chances allow for it; in such series the test is still "
            "wrong more often than it says."
        )
    them = result.chosen.periods
    partial = [them.name(place) for place in range(len(them)) if not them.whole[place]]
    if partial and len(them) > len(partial):
        out.append(f"Not judged, because not all of it is held: {', '.join(partial)}.")
    return tuple(out)


def _break(result: Activity, told: Told) -> str:
    since = result.chosen.periods.name(result.offset + (result.judged.at or 0))
    share = _of_draws(result.judged.p_step)
    odds = f"the chance of so large a change somewhere in the series {_MODEL} is {share}"
    compared = told.compared
    if compared is None or not _is_own(result, compared):
        way = "more" if result.judged.rose else "fewer"
        return f"From {since} {_subject(told)} made {way} {_what(result)} than before; {odds}."
    main = compared.measures[0]
    return (
        f"From {since} {_subject(told)} made {_times(main)} as many {_what(result)} a {result.grain} as in "
        f"{_span(result, compared)} before ({_interval(main)}); {odds}{_rest(result, compared)}."
    )


def _is_own(result: Activity, compared: Compared) -> bool:
    """Whether what is compared is the time before and after the break, and not what the user named."""
    if result.judged.at is None:
        return False
    begins = result.chosen.periods.begins(result.offset + result.judged.at)
    return compared.after_from == begins and compared.before_to.toordinal() + 1 == begins.toordinal()


def _rest(result: Activity, compared: Compared) -> str:
    """What it was in proportion to the network, and what the amounts did."""
    out = "; not normalised against the network" if result.judged_per_network is None else ""
    for one in compared.measures:
        if one.measure == "per_network_transaction" and one.ratio is not None:
            out += f"; in proportion to the network's transactions {_times(one)} ({_interval(one)})"
        if one.measure == "moved_sat" and one.agrees is not None:
            changed = "changed likewise" if one.agrees else "were not found to change likewise"
            out += f"; the amounts in BTC {changed} ({_times(one)}, {_interval(one)})"
    return out


def _trend(result: Activity, told: Told) -> str:
    yearly, share = result.judged.yearly, _of_draws(result.judged.p_trend)
    if yearly is None:  # pragma: no cover  # a trend has its factor
        return f"The {_what(result)} of {_subject(told)} show a steady trend, and no break."
    way = "rose" if yearly.factor > 1 else "fell"
    return (
        f"The {_what(result)} of {_subject(told)} {way} steadily, to {rounded(yearly.factor):f} times as "
        f"many a year later (95 % interval {rounded(yearly.low):f} to {rounded(yearly.high):f}; chance of so "
        f"steep a trend in a flat series {share}): a trend, and no break."
    )


def _none(result: Activity, told: Told) -> str:
    whole, share = int(result.chosen.periods.whole.sum()), _of_draws(result.judged.p_step)
    return (
        f"In {whole} whole {_PERIODS[result.grain]} no break and no trend was found in the {_what(result)} "
        f"of {_subject(told)}: chance makes as good a step in {share} of series without one. That does not "
        "say that nothing changed."
    )


def _too_little(result: Activity, told: Told) -> str:
    whole, grain = result.chosen.periods.whole, result.grain
    counts = getattr(result.chosen, result.judged_measure)[whole]
    return (
        f"Too little to say whether the activity of {_subject(told)} changed: {int(counts.sum()):,} "
        f"{_what(result)} in {int(whole.sum()):,} whole {_PERIODS[grain]}; at least {FEWEST_COUNTED} in "
        f"{FEWEST[grain]} are needed."
    )


def _named(result: Activity, compared: Compared, told: Told) -> str:
    """The two spans that the user named."""
    main = compared.measures[0]
    return (
        f"From {compared.after_from} to {compared.after_to} {_subject(told)} made {_times(main)} as many "
        f"{_what(result)} a day as from {compared.before_from} to {compared.before_to} ({_interval(main)}; "
        f"chance {percent(main.chance)}, if the two spans were chosen without looking)."
    )


def _subject(told: Told) -> str:
    return "the address" if told.addresses == 1 else f"the {told.addresses:,} addresses"


def _what(result: Activity) -> str:
    return "transactions" if result.judged_measure == "transactions" else "receipts"


def _times(one: Measure) -> str:
    return "infinitely many times" if one.ratio is None else f"{one.ratio:f} times"


def _interval(one: Measure) -> str:
    high = "without end" if one.high is None else f"{one.high:f}"
    return f"95 % interval {one.low or 0:f} to {high}"


def _span(result: Activity, compared: Compared) -> str:
    count = compared.before_periods
    return _SPANS.get((result.grain, count), f"the {count} {_PERIODS[result.grain]}")


def _of_draws(p: float | None) -> str:
    """A chance that was counted on drawn series; the least that can be counted is one of them."""
    least = p is not None and p <= 1 / (1 + DRAWS)
    return f"{'at most ' if least else ''}{percent(chance(p))}"


def percent(share: Decimal | None) -> str:
    """A chance in per cent, to two figures."""
    if share is None:
        return "not known"
    if share * 100 < Decimal("0.01"):
        return "less than 0.01 %"
    return f"{(share * 100).normalize():f} %"
