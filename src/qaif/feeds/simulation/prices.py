"""Invented daily prices for the simulated years: a random walk in whole cents, like no real market."""

import random
from datetime import UTC, datetime, timedelta

from qaif.feeds.simulation.plan import BEGINS_UNIX, DAYS

DAYS_BEFORE, DAYS_AFTER = 10, 45
FIRST_CENTS = 3_000_000
LOWEST_CENTS, HIGHEST_CENTS = 600_000, 15_000_000
STEP_THOUSANDTHS = 37


def prices_csv(rng: random.Random) -> str:
    """The text of a CSV with the columns `date` and `usd_close`."""
    day = datetime.fromtimestamp(BEGINS_UNIX, tz=UTC).date() - timedelta(days=DAYS_BEFORE)
    cents, rows = FIRST_CENTS, ["date,usd_close"]
    for _ in range(DAYS_BEFORE + DAYS + DAYS_AFTER):
        rows.append(f"{day.isoformat()},{cents // 100}.{cents % 100:02d}")
        step = cents * rng.randint(-STEP_THOUSANDTHS, STEP_THOUSANDTHS + 1) // 1000
        cents = min(HIGHEST_CENTS, max(LOWEST_CENTS, cents + step))
        day += timedelta(days=1)
    return "\n".join(rows) + "\n"
