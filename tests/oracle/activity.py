"""Activity, slowly: the calendar of the standard library, exact fractions, dictionaries."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import comb

from oracle.review import Row


def period_name(time: int, grain: str) -> str:
    """The month, the Monday, or the day."""
    day = datetime.fromtimestamp(time, tz=UTC).date()
    if grain == "month":
        return day.strftime("%Y-%m")
    return (day - timedelta(days=day.weekday()) if grain == "week" else day).isoformat()


def whole(name: str, grain: str, begins: int, ends: int) -> bool:
    """Whether a window of seconds covers all of a period."""
    first = date.fromisoformat(f"{name}-01" if grain == "month" else name)
    after = {
        "day": first + timedelta(days=1),
        "week": first + timedelta(days=7),
        "month": (first + timedelta(days=31)).replace(day=1),
    }[grain]
    seconds = [
        int(datetime(each.year, each.month, each.day, tzinfo=UTC).timestamp()) for each in (first, after)
    ]
    return begins <= seconds[0] and seconds[1] - 1 <= ends


def others(row: Row, own: set[bytes]) -> set[bytes]:
    """Scripts on the other side of a transaction."""
    if row.spends:
        paid = {out.script for out in row.tx.outs} - own
        return {script for script in paid if not script.startswith(b"\x6a")}
    return {one.script for one in row.ins if one.script is not None and not one.coinbase}


def tables(rows: Sequence[Row], own: set[bytes], grain: str) -> dict[str, dict[str, int]]:
    """By period: transactions, received, moved, counterparties, new ones."""
    out: dict[str, dict[str, int]] = {}
    met: dict[str, set[bytes]] = {}
    for row in rows:
        name = period_name(row.time, grain)
        one = out.setdefault(name, {"transactions": 0, "received": 0, "moved_sat": 0})
        one["transactions"] += 1
        one["received"] += not row.spends
        one["moved_sat"] += row.came_in + row.net_sent
        met.setdefault(name, set()).update(others(row, own))
    known: set[bytes] = set()
    for name in sorted(out):
        out[name]["counterparties"] = len(met[name])
        out[name]["new_counterparties"] = len(met[name] - known)
        known |= met[name]
    return out


def upper_tail(first: int, both: int, share: Fraction, phi: Fraction) -> Fraction:
    """The beta-binomial's upper tail, or the binomial's where `phi` is 1, as an exact fraction."""
    if phi <= 1:
        terms = [comb(both, k) * share**k * (1 - share) ** (both - k) for k in range(first, both + 1)]
        return sum(terms, Fraction(0))
    concentration = Fraction(both) / (phi - 1)
    a, b = concentration * share, concentration * (1 - share)
    terms = [comb(both, k) * _rising(a, k) * _rising(b, both - k) for k in range(first, both + 1)]
    return sum(terms, Fraction(0)) / _rising(concentration, both)


def _rising(start: Fraction, count: int) -> Fraction:
    out = Fraction(1)
    for step in range(count):
        out *= start + step
    return out


def discoveries(chances: Sequence[Fraction]) -> list[Fraction]:
    """Each chance corrected for all: the least share of false ones among which it would be called."""
    count = len(chances)
    return [
        min(
            min(Fraction(1), threshold * count / sum(each <= threshold for each in chances))
            for threshold in chances
            if threshold >= chance
        )
        for chance in chances
    ]


def burst(days: Sequence[int], places: Sequence[int], length: int, furthest: int) -> tuple[int, int, int]:
    """Count after some places; how many moves there are, no move among them, and how many reach it."""

    def counted(move: int) -> int:
        covered = {place + move + step for place in places for step in range(length)}
        return sum(days[at] for at in covered)

    seen, moves, reached = counted(0), 0, 0
    for move in range(-furthest, furthest + 1):
        inside = all(place + move >= 0 and place + move + length <= len(days) for place in places)
        if inside and (move == 0 or abs(move) >= length):
            moves += 1
            reached += counted(move) >= seen
    return seen, moves, reached
