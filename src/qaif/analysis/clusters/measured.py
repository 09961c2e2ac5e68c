"""What was measured of the methods that make clusters: from the file that `qaif evaluate` writes."""

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

from qaif.analysis.clusters.rules import CO_SPEND
from qaif.analysis.methods import Method

NOT_MEASURED = "Not measured yet."
_REAL_ERROR_UNKNOWN = "This data is simulated: the error on the real chain is unknown."
_PPM = 10_000


def measured(method: str) -> str:
    """What was measured of a method, named by id and version, with the data that it was measured on."""
    figures = _methods().get(method, [])
    if not figures:
        return NOT_MEASURED
    said = "; ".join(_said(figure) for figure in figures)
    return f"{said}. {_REAL_ERROR_UNKNOWN}" if all(each["simulated"] for each in figures) else f"{said}."


def co_spend() -> Method:
    """The method of the first tier, with what was measured of it."""
    known = measured(f"{CO_SPEND.id}/{CO_SPEND.version}")
    return Method(**asdict(CO_SPEND) | {"measured": known})


def _said(figure: dict[str, Any]) -> str:
    low, high = (_percent(int(figure[end])) for end in ("low_ppm", "high_ppm"))
    data = f"{'simulated ' if figure['simulated'] else ''}{figure['data']}"
    counts = f"{figure['hits']:,} of {figure['of']:,}"
    return f"{figure['measure']}: {counts} on {data} (95 % interval {low} to {high})"


def _percent(ppm: int) -> str:
    return f"{ppm // _PPM}.{ppm % _PPM // 100:02d} %"


@cache
def _methods() -> dict[str, Any]:
    path = files("qaif.analysis").joinpath("accuracy.json")
    return dict(json.loads(path.read_text(encoding="utf-8"))["methods"]) if path.is_file() else {}
