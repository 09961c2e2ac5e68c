"""The one envelope of every answer: its layer, its basis, as of which block, and how much is covered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from qaif.feeds.gathered_coverage import ScriptTold

Layer = Literal["fact", "inference", "claim"]
_WEAKER: tuple[Layer, ...] = ("fact", "inference", "claim")


@dataclass(frozen=True)
class AsOf:
    """The block up to which an answer holds.

    Attributes:
        height: its height, None where it cannot be known.
        hash: its hash, as shown.
        time: its header's time, ISO 8601 in UTC.
        basis: how its height is known: `linked to genesis`, `coinbase (BIP34)`, `told` or `unknown`.
    """

    height: int | None
    hash: str
    time: str
    basis: str


@dataclass(frozen=True)
class CoverageOf:
    """Whether everything that the question is about is held here, and if not, why, in words.

    Attributes:
        complete: it is.
        reasons: why not, and what else there is to say of it.
        told: that it is complete is the word of a source, which no block held proves.
        scripts: what sources told of the scripts in question, where the chain is made of single transactions.
    """

    complete: bool
    reasons: tuple[str, ...] = ()
    told: bool = False
    scripts: tuple[ScriptTold, ...] = ()

    @property
    def word(self) -> str:
        """The same in a word or two."""
        if not self.complete:
            return "NOT complete"
        return "complete as told, not proven" if self.told else "complete"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What every answer says beside its own fields.

    Attributes:
        layer: the weakest layer that it rests on.
        basis: which methods, which prices, which versions.
        as_of: the block up to which it holds; None where it is not about the chain.
        coverage: how much of what was asked is held.
    """

    layer: Layer = "fact"
    basis: Mapping[str, object] = field(default_factory=dict)
    as_of: AsOf | None = None
    coverage: CoverageOf = CoverageOf(complete=True)


def weakest(layers: Sequence[Layer]) -> Layer:
    """The layer of what rests on all of these; a fact where there are none."""
    return max(layers, key=_WEAKER.index, default="fact")


def as_json(answer: Answer) -> dict[str, Any]:
    """Write an answer as JSON has it: the envelope's four fields first, then its own in their order.

    Integers stay integers, a `Decimal` becomes a string, None becomes null, dates become ISO 8601, bytes
    are refused.
    """
    document = plain(answer)
    if not isinstance(document, dict):  # pragma: no cover  # an answer is a dataclass
        raise TypeError(type(answer).__name__)
    return document


def plain(value: object) -> Any:
    """Write any value of an answer as JSON has it.

    Raises:
        TypeError: a kind of value that must not leave the process, such as bytes or a float.
    """
    if value is None or isinstance(value, str | bool | int):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return _plain_structure(value)


def _plain_structure(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name.rstrip("_"): plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"an answer cannot hold {type(value).__name__}")
