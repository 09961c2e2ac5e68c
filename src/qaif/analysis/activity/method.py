"""The method as answers name it, with what was measured of its error, out of `measured.json`."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from qaif.analysis.methods import Method

MEASURED_FILE = Path(__file__).with_name("measured.json")


@cache
def activity_method() -> Method:
    """The scan for a change."""
    return Method(
        id="activity-scan",
        version=1,
        sentence=(
            "A series of counts has a break where a step fits on top of a steady trend and a season better "
            "than in 99 of 100 series that chance makes of the same trend, season and unevenness, both where "
            "each period is on its own and where it resembles the one before as much as in this series."
        ),
        measured=_measured(json.loads(MEASURED_FILE.read_text(encoding="utf-8"))),
        limits=(
            "An address that was looked at because it rose will look risen: then the chance that is given "
            "is too small. The interval of a ratio takes the place of the break for given. Where busy "
            "periods come in runs, false alarms are more than stated; the likeness of neighbours is shown. "
            "Why the activity changed does not follow."
        ),
    )


def _measured(figures: dict[str, Any]) -> str:
    rows = {row["name"]: row for row in figures["alarms"]}
    alarms = "; ".join(_alarms(name, rows[name]) for name in ("flat", "seasonal", "uneven"))
    power = next(row for row in figures["power"] if row["ratio"] == 3 and row["after"] == 12)  # noqa: PLR2004
    found, holds = (sum(row[name] for row in figures["power"]) for name in ("found", "holds"))
    return (
        f"False alarms on drawn series without a break, {figures['periods']} months each: {alarms}. Of "
        f"{power['series']:,} with a rate of {power['mean']} a month that trebled for the last year, "
        f"{power['found']:,} were found. Where half of one month's excess remains in the next, more false "
        f"alarms: {_alarms('echoing', rows['echo'])}. The 95 % interval at a break that was found held the "
        f"true ratio in {holds:,} of {found:,}. The series were made by a program: the error on real "
        "addresses is unknown."
    )


def _alarms(name: str, row: dict[str, Any]) -> str:
    return f"{name} {row['alarms']:,} of {row['series']:,} ({row['low']} to {row['high']} %)"
