"""How often the test for a change of activity is wrong: false alarms, and breaks that are found or not.

Usage: PYTHONPATH=tests python tests/campaigns/activity_error.py [--series 10000] [--processes 2] [--write]

Draws series of months without a break (flat, sparse, seasonal, uneven, pausing, with trends, echoing) and
counts how many the test calls a break at its stated rate; then series with a break of a known size and place,
and counts how many are found so many months later, how many are called a trend, how far off their place is,
and whether the interval of the ratio holds the true one. `--write` puts the tables into
docs/accuracy-activity.md and the figures that the product prints into its package. Each series is tested
against 199 drawn ones; the product draws 1,999, which changes the resolution of the chance, not its size.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import betaincinv

from qaif.analysis.activity.exact import Counted, rate_ratio
from qaif.analysis.activity.judge import ALPHA, is_break, judged
from qaif.analysis.activity.method import MEASURED_FILE
from qaif.analysis.activity.model import Floats
from qaif.units import Int64s

PERIODS, DRAWS = 60, 199
YEAR = 12
TIME = np.arange(PERIODS)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy-activity.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

Rng = np.random.Generator


def even(rng: Rng, mean: Floats) -> Int64s:
    return rng.poisson(mean).astype(np.int64)


def uneven(rng: Rng, mean: Floats, shape: float = 2.0) -> Int64s:
    """Each month's rate scatters on its own: variance `mean + mean ** 2 / shape`."""
    return rng.poisson(mean * rng.gamma(shape, 1 / shape, len(mean))).astype(np.int64)


def echoing(rng: Rng, mean: float, remains: float) -> Int64s:
    """Rates that resemble those of the month before by a share."""
    logs, level = np.empty(PERIODS), 0.0
    for month in range(PERIODS):
        level = remains * level + rng.normal(0.0, 0.3)
        logs[month] = level
    return even(rng, mean * np.exp(logs))


def pausing(rng: Rng, mean: float) -> Int64s:
    """Three months of ten have nothing at all."""
    return np.where(rng.random(PERIODS) < 0.3, 0, rng.poisson(mean, PERIODS)).astype(np.int64)


def flat(mean: float) -> Floats:
    return np.full(PERIODS, mean)


QUIET: dict[str, tuple[str, Callable[[Rng], Int64s]]] = {
    "flat": ("flat, 10 a month", lambda rng: even(rng, flat(10))),
    "seasonal": (
        "seasonal, 20 a month, 0.55 to 1.8 times over the year",
        lambda rng: even(rng, 20 * np.exp(0.6 * np.sin(2 * np.pi * TIME / YEAR))),
    ),
    "uneven": ("uneven, 10 a month, variance 60", lambda rng: uneven(rng, flat(10))),
    "sparse": ("sparse, 1 a month", lambda rng: even(rng, flat(1))),
    "december": (
        "one month a year doubles, 20 a month",
        lambda rng: even(rng, np.where(TIME % YEAR == YEAR - 1, 40.0, 20.0)),
    ),
    "growing": (
        "growing in ratio, five times over five years, uneven",
        lambda rng: uneven(rng, 5 * 5 ** (TIME / PERIODS), 4.0),
    ),
    "linear": ("growing in amount, 3 to 30 a month", lambda rng: even(rng, 3 + 27 * TIME / PERIODS)),
    "falling": ("falling in amount, 30 to 3 a month", lambda rng: even(rng, 30 - 27 * TIME / PERIODS)),
    "pausing": ("pausing, 12 a month and nothing in three of ten", lambda rng: pausing(rng, 12)),
    "echo": (
        "echoing, 20 a month, half of a month's excess remains",
        lambda rng: echoing(rng, 20, 0.5),
    ),
    "faint": (
        "echoing, 20 a month, a quarter of a month's excess remains",
        lambda rng: echoing(rng, 20, 0.25),
    ),
}
STATED = ("flat", "seasonal", "uneven", "pausing")  # the rate that is stated is at least that of these
RATIOS, AFTER, MEANS = (1.5, 2, 3, 5), (3, 6, 12, 24), (2, 10)
SCATTER = 8.0  # of the series with a break: a month of 10 has a variance of 22


@dataclass(frozen=True)
class Task:
    """A run of series of one kind; `ratio` 0 where they have no break."""

    name: str
    first: int
    last: int
    ratio: float = 0.0
    after: int = 0
    mean: float = 0.0


def quiet_hits(task: Task) -> int:
    """How many series of a kind are called a break."""
    make, hits = QUIET[task.name][1], 0
    for number in range(task.first, task.last):
        counts = make(np.random.default_rng([*task.name.encode(), number]))
        hits += is_break(counts, np.ones(PERIODS), "month", draws=DRAWS, seed=number)
    return hits


def broken(task: Task) -> list[tuple[str, int, bool]]:
    """Of each series with a break: what it is called, months to the true place, the interval holds."""
    out: list[tuple[str, int, bool]] = []
    at = PERIODS - task.after
    mean = np.where(at <= TIME, task.mean * task.ratio, task.mean)
    for number in range(task.first, task.last):
        counts = uneven(np.random.default_rng([int(task.ratio * 10), task.after, number]), mean, SCATTER)
        found = judged(counts, np.ones(PERIODS), "month", draws=DRAWS, seed=number)
        if found.at is None:
            out.append((found.kind, 0, False))
            continue
        before, after = counts[max(0, found.at - 24) : found.at], counts[found.at :]
        sides = (Counted(int(after.sum()), len(after)), Counted(int(before.sum()), len(before)))
        ratio = rate_ratio(*sides, found.phi)
        holds = ratio.low <= task.ratio and (ratio.high is None or task.ratio <= ratio.high)
        out.append((found.kind, abs(found.at - at), holds))
    return out


def interval(hits: int, series: int) -> tuple[str, str]:
    """The 95 % interval of a share in per cent (Clopper and Pearson)."""
    low = 0.0 if hits == 0 else float(betaincinv(hits, series - hits + 1, 0.025))
    high = 1.0 if hits == series else float(betaincinv(hits + 1, series - hits, 0.975))
    return f"{100 * low:.2f}", f"{100 * high:.2f}"


class Kept:
    """Rows that were measured, in a file of JSON lines, so that a campaign goes on where it was stopped."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []
        self._rows: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def row(self, **asked: Any) -> dict[str, Any] | None:
        """What was measured of that already."""
        return next((row for row in self._rows if asked.items() <= row.items()), None)

    def add(self, row: dict[str, Any]) -> dict[str, Any]:
        print(row, flush=True)
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        return row


def alarms(pool: ProcessPoolExecutor, series: int, others: int, kept: Kept) -> list[dict[str, Any]]:
    rows = []
    for name, (words, _) in QUIET.items():
        if before := kept.row(name=name, words=words):
            rows.append(before)
            continue
        count = series if name in STATED else others
        step = max(1, count // 40)
        tasks = [Task(name, first, min(first + step, count)) for first in range(0, count, step)]
        hits = sum(pool.map(quiet_hits, tasks))
        low, high = interval(hits, count)
        found = {"name": name, "words": words, "series": count, "alarms": hits, "low": low, "high": high}
        rows.append(kept.add(found))
    return rows


def power(pool: ProcessPoolExecutor, series: int, kept: Kept) -> list[dict[str, Any]]:
    cells = [(mean, ratio, after) for mean in MEANS for ratio in RATIOS for after in AFTER]
    rows = [kept.row(mean=mean, ratio=ratio, after=after, series=series) for mean, ratio, after in cells]
    missing = [cell for cell, row in zip(cells, rows, strict=True) if row is None]
    tasks = [Task("", 0, series, ratio, after, mean) for mean, ratio, after in missing]
    measured = {
        cell: kept.add(_power_row(cell, results))
        for cell, results in zip(missing, pool.map(broken, tasks), strict=True)
    }
    return [row or measured[cell] for cell, row in zip(cells, rows, strict=True)]


def _power_row(cell: tuple[float, float, int], results: Sequence[tuple[str, int, bool]]) -> dict[str, Any]:
    mean, ratio, after = cell
    off = [distance for kind, distance, _ in results if kind == "break"]
    return {
        "mean": mean,
        "ratio": ratio,
        "after": after,
        "series": len(results),
        "found": len(off),
        "trend": sum(kind == "trend" for kind, _, _ in results),
        "near": sum(distance <= 1 for distance in off),
        "holds": sum(holds for _, _, holds in results),
    }


@dataclass(frozen=True)
class Sizes:
    """How many series: of each kind that the rate is stated for, of each other kind, of each break."""

    stated: int
    others: int
    each: int


def measure(sizes: Sizes, processes: int, kept: Kept) -> dict[str, Any]:
    """Everything, as it is written into the package."""
    with ProcessPoolExecutor(processes) as pool:
        return {
            "periods": PERIODS,
            "alpha": str(ALPHA),
            "draws": DRAWS,
            "alarms": alarms(pool, sizes.stated, sizes.others, kept),
            "power": power(pool, sizes.each, kept),
        }


def tables(figures: dict[str, Any]) -> str:
    """The tables of the page."""
    lines = [
        f"Series of {figures['periods']} months without a break; stated rate: at most 1 %.",
        "",
        "| series | drawn | called a break | share | 95 % interval |",
        "|---|---|---|---|---|",
    ]
    for row in figures["alarms"]:
        share = 100 * row["alarms"] / row["series"]
        lines.append(
            f"| {row['words']} | {row['series']:,} | {row['alarms']:,} | {share:.2f} % | "
            f"{row['low']} to {row['high']} % |"
        )
    for mean in MEANS:
        lines += ["", *_power_table(figures, mean)]
    return "\n".join(lines)


def _power_table(figures: dict[str, Any], mean: int) -> Sequence[str]:
    rows = [row for row in figures["power"] if row["mean"] == mean]
    found, near = sum(row["found"] for row in rows), sum(row["near"] for row in rows)
    holds = sum(row["holds"] for row in rows)
    head = f"Series of {figures['periods']} months that rise from {mean} a month; {rows[0]['series']:,} each."
    lines = [
        f"{head} Share found as a break so many months after the rise, and in brackets called a trend:",
        "",
        "| rises to | " + " | ".join(f"{after} months" for after in AFTER) + " |",
        "|---" * (1 + len(AFTER)) + "|",
    ]
    for ratio in RATIOS:
        cells = [row for row in rows if row["ratio"] == ratio]
        shares = [f"{_share(row, 'found')} % ({_share(row, 'trend')} %)" for row in cells]
        lines.append(f"| {ratio} times | " + " | ".join(shares) + " |")
    held = f"{holds:,} ({100 * holds / max(found, 1):.0f} %)"
    lines += [
        "",
        f"Of the {found:,} found, {near:,} ({100 * near / max(found, 1):.0f} %) lie within a month of the",
        f"true place; the interval of the ratio holds the true one in {held}.",
    ]
    return lines


def _share(row: dict[str, Any], name: str) -> str:
    return f"{100 * row[name] / row['series']:.0f}"


def write(figures: dict[str, Any]) -> None:
    """Put the figures where they are read."""
    MEASURED_FILE.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    head, tail = text[: text.index(BEGIN)], text[text.index(END) :]
    PAGE.write_text(f"{head}{BEGIN}\n{tables(figures)}\n{tail}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--series", type=int, default=10_000, help="of each kind that the stated rate is for")
    parser.add_argument("--others", type=int, default=2_000, help="of each other kind")
    parser.add_argument("--each", type=int, default=300, help="with a break, of each size and time")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kept", type=Path, help="a file of what was measured, to go on from")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    sizes = Sizes(asked.series, asked.others, asked.each)
    figures = measure(sizes, asked.processes, Kept(asked.kept))
    print(tables(figures))
    if asked.write:
        write(figures)


if __name__ == "__main__":
    main()
