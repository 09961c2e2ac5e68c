"""Counts with their intervals: what an evaluation gives."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

_Z = 1.959963984540054  # of the normal distribution, 95 % lie within so many deviations
_MILLION = 1_000_000


@dataclass(frozen=True)
class Count:
    """How often something held.

    Attributes:
        method: id and version of the method that was measured.
        data: what it was counted on.
        simulated: the simulator made that.
        part: which part of it, such as `kept out of tuning` or an era.
        measure: what was counted, in words.
        hits: how many.
        of: of how many.
        shown: the product prints it beside the method's inferences.
    """

    method: str
    data: str
    simulated: bool
    part: str
    measure: str
    hits: int
    of: int
    shown: bool = False

    @property
    def interval_ppm(self) -> tuple[int, int]:
        """The 95 % interval, in parts in a million."""
        return wilson_ppm(self.hits, self.of)


@dataclass(frozen=True)
class FalseAlarm:
    """A transaction that a method called what it is not said to be.

    Attributes:
        method: id and version.
        data: the set that it stands in.
        txid: as shown.
        reason: what the method saw.
    """

    method: str
    data: str
    txid: str
    reason: str


@dataclass(frozen=True)
class Missed:
    """Why a method did not say yes of transactions that are said to be of its kind.

    Attributes:
        method: id and version.
        data: the set that they stand in.
        reason: what the method saw instead.
        txids: theirs, as shown.
    """

    method: str
    data: str
    reason: str
    txids: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """What one part of an evaluation gives."""

    counts: tuple[Count, ...]
    false_alarms: tuple[FalseAlarm, ...] = ()
    missed: tuple[Missed, ...] = ()

    @staticmethod
    def joined(parts: Iterable["Counted"]) -> "Counted":
        """Several parts as one, in their order."""
        known = list(parts)
        return Counted(
            tuple(count for part in known for count in part.counts),
            tuple(alarm for part in known for alarm in part.false_alarms),
            tuple(each for part in known for each in part.missed),
        )


def wilson_ppm(hits: int, of: int) -> tuple[int, int]:
    """Wilson's 95 % interval of a share, in parts in a million; everything where nothing was counted.

    Source: Wilson 1927; it stays within 0 and 1, and is not empty where nothing or everything was a hit.
    """
    if not of:
        return 0, _MILLION
    share, spread = hits / of, _Z * _Z / of
    middle = share + spread / 2
    half = _Z * sqrt(share * (1 - share) / of + spread / (4 * of))
    low = 0.0 if hits == 0 else (middle - half) / (1 + spread)
    high = 1.0 if hits == of else (middle + half) / (1 + spread)
    return int(low * _MILLION), -int(-high * _MILLION // 1)
