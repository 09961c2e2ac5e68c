"""When the invented campaign receives and spends, and how much: modelled on the case that the demo is like.

Over four years about 3,600 gifts and 900 payments out; the change of a payment comes back to the address, so
that about 3,400 BTC go in and out in all. Gifts come unevenly, stop for six weeks in the second year, and
rise about fourfold in the last nine months. Only integers are drawn, so that every machine makes the same
chain from the same seed.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime

DAY = 86_400
BEGINS_UNIX = int(datetime(2021, 1, 4, tzinfo=UTC).timestamp())
DAYS = 4 * 365 - 30  # to the first days of December 2024
PRELUDE_BLOCKS = 420  # before the campaign: they make the coins of the economy
MAIN_BLOCKS = 1_500
GIFTS = 3_600
SPENDS = 900
GIFTS_TOTAL_SAT = 1_073 * 100_000_000
SMALLEST_GIFT_SAT = 20_000
RISE_FROM_DAY = DAYS - 275
QUIET_DAYS = range(480, 522)

# an exponential distribution in sixteen equal parts, thousandths of its mean
_EXPONENTIAL = (32, 99, 171, 247, 330, 421, 520, 629, 750, 888, 1046, 1233, 1462, 1756, 2170, 4246)
_EXPONENTIAL_MEAN = sum(_EXPONENTIAL) // len(_EXPONENTIAL)
# gifts by octave: how often an amount lies between 2^k and 2^(k+1) parts
_OCTAVES = (6, 10, 14, 16, 16, 13, 10, 7, 4, 2, 1, 1)
# relative activity of successive months, repeated
_SEASONS = (10, 12, 9, 14, 11, 8, 13, 16, 10, 9, 12, 15, 11)


@dataclass(frozen=True)
class Plan:
    """The campaign by block of the main part.

    Args:
        times: header time of each block, prelude included, the genesis block not.
        gifts: for each main block, the amounts that arrive.
        spends: for each main block, what share of the holdings each payment takes, in thousandths.
    """

    times: tuple[int, ...]
    gifts: tuple[tuple[int, ...], ...]
    spends: tuple[tuple[int, ...], ...]


def make_plan(rng: random.Random) -> Plan:
    """Draw a plan."""
    times = _times(rng)
    weights = [_activity(time) for time in times[PRELUDE_BLOCKS:]]
    blocks = range(MAIN_BLOCKS)
    gifts: list[list[int]] = [[] for _ in blocks]
    for block, amount in zip(rng.choices(blocks, weights, k=GIFTS), _gift_amounts(rng), strict=True):
        gifts[block].append(amount)
    spends: list[list[int]] = [[] for _ in blocks]
    for block in rng.choices(blocks, weights, k=SPENDS):
        spends[block].append(rng.randint(450, 750))
    return Plan(times, tuple(map(tuple, gifts)), tuple(map(tuple, spends)))


def _gap(rng: random.Random, mean: int) -> int:
    return max(1, mean * rng.choice(_EXPONENTIAL) // _EXPONENTIAL_MEAN + rng.randint(-mean, mean) // 50)


def _times(rng: random.Random) -> tuple[int, ...]:
    """Ten minutes apart in the prelude, about a day after it; now and then a header's clock is behind."""
    prelude = [_gap(rng, 600) for _ in range(PRELUDE_BLOCKS)]
    gaps = [_gap(rng, 1_000) for _ in range(MAIN_BLOCKS)]
    scale, clock = DAYS * DAY, BEGINS_UNIX - DAY - sum(prelude)
    times = []
    for gap in prelude:
        clock += gap
        times.append(clock)
    done, whole = 0, sum(gaps)
    for gap in gaps:
        done += gap
        behind = rng.randint(1, 7_200) if rng.randrange(50) == 0 else 0
        times.append(BEGINS_UNIX + done * scale // whole - behind)
    return tuple(times)


def _activity(time_unix: int) -> int:
    """How likely a gift or payment is at a time, relative to others."""
    day = max(0, (time_unix - BEGINS_UNIX) // DAY)
    if day in QUIET_DAYS:
        return 0
    season = _SEASONS[day // 30 % len(_SEASONS)]
    if day < RISE_FROM_DAY:
        return season * (6 + 4 * day // RISE_FROM_DAY)
    return season * (18 + min(22, (day - RISE_FROM_DAY) // 4))


def _gift_amounts(rng: random.Random) -> list[int]:
    """Many small amounts, few large ones, with a fixed sum."""
    octaves = rng.choices(range(len(_OCTAVES)), _OCTAVES, k=GIFTS)
    parts = [rng.randint(2**octave * 1000, 2 ** (octave + 1) * 1000) for octave in octaves]
    spread, total = GIFTS_TOTAL_SAT - GIFTS * SMALLEST_GIFT_SAT, sum(parts)
    # people give round amounts: to a thousand satoshi
    return [(SMALLEST_GIFT_SAT + part * spread // total) // 1000 * 1000 for part in parts]
