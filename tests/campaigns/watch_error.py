"""How often a week is said to stand out by chance alone, over all that is watched together.

Usage: PYTHONPATH=tests python tests/campaigns/watch_error.py [--weeks 400]

Draws lists of 1, 20 and 200 watched series of which none ever changes (even, uneven, seasonal, trending, in
runs, with pauses), and counts the weeks in which any of a list would be an alert: at most 1 in 20 is stated.
"""

import argparse
from collections.abc import Callable

import numpy as np

from qaif.analysis.activity.weekly import FALSE_SHARE, standing_out, week_chance
from qaif.units import Int64s

WEEKS = 61
Drawn = Callable[[np.random.Generator], Int64s]


def counts_of(rng: np.random.Generator, mean: object, phi: float) -> Int64s:
    """Counts whose variance is `phi` times their mean."""
    means = np.maximum(np.broadcast_to(np.asarray(mean, dtype=np.float64), WEEKS), 1e-9)
    rates = means if phi <= 1 else rng.gamma(means / (phi - 1), phi - 1)
    return rng.poisson(rates).astype(np.int64)


def _level(rng: np.random.Generator) -> float:
    return float(10 ** rng.uniform(-0.5, 1.7))


def _runs(rng: np.random.Generator) -> Int64s:
    """Half of what a week has too much remains in the next."""
    left = np.zeros(WEEKS)
    for week in range(1, WEEKS):
        left[week] = 0.5 * left[week - 1] + rng.normal(0, 0.4)
    return counts_of(rng, _level(rng) * np.exp(left - 0.1), 2)


def _season(rng: np.random.Generator) -> Int64s:
    turn = 2 * np.pi * np.arange(WEEKS) / 52 + rng.uniform(0, 2 * np.pi)
    return counts_of(rng, _level(rng) * (1 + 0.5 * np.sin(turn)), 2)


SERIES: dict[str, Drawn] = {
    "even": lambda rng: counts_of(rng, _level(rng), 1),
    "uneven": lambda rng: counts_of(rng, _level(rng), float(rng.uniform(2, 8))),
    "season": _season,
    "trend": lambda rng: counts_of(rng, _level(rng) * 3 ** (np.arange(WEEKS) / 104 * rng.choice([-1, 1])), 2),
    "runs": _runs,
    "pauses": lambda rng: counts_of(rng, _level(rng) * (rng.random(WEEKS) < 0.3), 2),
}


def alarms(name: str, watched: int, weeks: int, seed: int) -> int:
    """In how many weeks any of those watched is an alarm, where nothing ever changes."""
    rng, found = np.random.default_rng(seed), 0
    for _ in range(weeks):
        series = [SERIES[name](rng) for _ in range(watched)]
        chances = [week_chance(each[:-1], int(each[-1])) for each in series]
        found += bool((standing_out(np.array(chances, dtype=np.float64)) <= FALSE_SHARE).any())
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--weeks", type=int, default=400, help="of lists of 20; ten times that of lists of 1")
    asked = parser.parse_args()
    print("| series | " + " | ".join(f"{watched} watched" for watched in (1, 20, 200)) + " |")
    print("|---|---|---|---|")
    for name in SERIES:
        sizes = ((1, 10 * asked.weeks), (20, asked.weeks), (200, max(1, asked.weeks // 5)))
        cells = [f"{alarms(name, watched, weeks, 7)} of {weeks:,}" for watched, weeks in sizes]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
