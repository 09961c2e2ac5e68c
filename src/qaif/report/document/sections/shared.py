"""What several sections take from the material of a case."""

from collections.abc import Mapping, Sequence
from typing import Any

from qaif.report.document.model import Evidence, Phrase, Row, Table, Value
from qaif.report.document.saying import history, known, method, phrase, transaction

Material = Mapping[str, Any]
Part = Mapping[str, Any]
MOST_ROWS = 25


def found_addresses(material: Material) -> list[Part]:
    """Every address of the case's investigations, each once."""
    found = [one for each in material["investigations"] for one in each["addresses"]]
    return list({one["address"]: one for one in reversed(found)}.values())[::-1]


def resting(address: str, answer: Part) -> tuple[list[Evidence], dict[str, Value | None]]:
    """The evidence of an answer about an address, and the slot that its layer asks for.

    Returns:
        The evidence; and `method` where the answer is an inference, `by` where it is what a source told.
    """
    layer = answer["layer"]
    evidence = [history(address, layer)]
    methods = answer["basis"].get("methods", ())
    if layer != "fact":
        evidence += [method(one) for one in methods]
    if layer == "inference":
        return evidence, {"method": methods_value(methods)}
    if layer == "claim":
        return evidence, {"by": known("name", _teller(answer))}
    return evidence, {}


def methods_value(methods: Sequence[Part]) -> Value:
    """The methods' ids as one value."""
    return known("id", ", ".join(f"{one['id']}/{one['version']}" for one in methods) or "?")


def _teller(answer: Part) -> str:
    told = answer["coverage"].get("scripts") or ()
    return ", ".join(dict.fromkeys(one["source"] for one in told)) or "the source of the blocks"


def of_address(address: str) -> Phrase:
    """An address as a heading."""
    return phrase("of_address", {"address": known("address", address)})


def table(title: str, columns: Sequence[str], rows: Sequence[Row], most: int = MOST_ROWS) -> Table | None:
    """A table of at most so many rows; None where there is none."""
    if not rows:
        return None
    return Table(phrase(title), tuple(columns), tuple(rows[:most]), max(0, len(rows) - most))


def tx_rows_evidence(*refs: Part | None) -> tuple[Evidence, ...]:
    """Transactions as evidence, those that are there."""
    return tuple(dict.fromkeys(transaction(ref) for ref in refs if ref))


def day_of(ref: Part | None) -> Value | None:
    """The day of a transaction."""
    return known("day", ref["time"][:10]) if ref else None


def present(*parts: Any) -> tuple[Any, ...]:
    """The parts that are there."""
    return tuple(part for part in parts if part is not None)
