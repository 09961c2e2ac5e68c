"""The one contract of change heuristics: which outputs of a transaction cannot be ruled out as its change.

A heuristic keeps outputs and rules out others. It combines with others: `a & b` keeps what neither rules out,
`a | b` what one of them keeps, `~a` what `a` rules out. Only outputs that can be change at all take part: no
data carriers, no outputs of nothing, no new coins.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qaif.analysis.change.columns import Bits
from qaif.kernels.tx_change import POSSIBLE
from qaif.units import Bools, Int64s

Word = Literal["kept", "ruled out", "cannot be change"]


class Rule(ABC):
    """What keeps outputs of transactions, and combines."""

    @abstractmethod
    def __call__(self, bits: Bits) -> Bools:
        """Which outputs it cannot rule out: bool[outputs]."""

    def __and__(self, other: "Rule") -> "Rule":
        return _Both(self, other)

    def __or__(self, other: "Rule") -> "Rule":
        return _Either(self, other)

    def __invert__(self) -> "Rule":
        return _Not(self)


@dataclass(frozen=True)
class _Both(Rule):
    one: Rule
    other: Rule

    def __call__(self, bits: Bits) -> Bools:
        kept: Bools = self.one(bits) & self.other(bits)
        return kept


@dataclass(frozen=True)
class _Either(Rule):
    one: Rule
    other: Rule

    def __call__(self, bits: Bits) -> Bools:
        kept: Bools = self.one(bits) | self.other(bits)
        return kept


@dataclass(frozen=True)
class _Not(Rule):
    one: Rule

    def __call__(self, bits: Bits) -> Bools:
        kept: Bools = possible(bits) & ~self.one(bits)
        return kept


@dataclass(frozen=True)
class Heuristic(Rule):
    """One heuristic.

    Attributes:
        id: its stable name.
        version: goes up when what it keeps can change.
        bit: its bit of `kernels/tx_change`.
        title: what it keeps.
        reason: why that is change, where it is.
        fails: when it is wrong or says nothing.
        source: where it is known from.
        later: it looks at who spends the outputs, so what it says can change with later blocks.
    """

    id: str
    version: int
    bit: int
    title: str
    reason: str
    fails: str
    source: str
    later: bool = False

    @property
    def method(self) -> str:
        """Its id and version, as answers name it."""
        return f"{self.id}/{self.version}"

    def __call__(self, bits: Bits) -> Bools:
        """Which outputs it cannot rule out: bool[outputs]."""
        return bit_of(bits, self.bit)


def bit_of(bits: Bits, bit: int) -> Bools:
    """One bit of all outputs: bool[outputs]."""
    found: Bools = (bits.bits >> np.uint32(bit)) & np.uint32(1) != 0
    return found


def possible(bits: Bits) -> Bools:
    """Which outputs can be change at all: bool[outputs]."""
    return bit_of(bits, POSSIBLE)


def row_of(bits: Bits) -> Int64s:
    """The row of each output's transaction: int64[outputs]."""
    return np.repeat(np.arange(len(bits), dtype=np.int64), np.diff(bits.out_lo))


def speaks(bits: Bits, kept: Bools) -> Bools:
    """In which transactions something possible is ruled out: bool[transactions]."""
    out: Bools = np.bincount(row_of(bits)[possible(bits) & ~kept], minlength=len(bits)) > 0
    return out


def links(bits: Bits, kept: Bools) -> tuple[Int64s, Int64s]:
    """The transactions of which one output alone is kept of several possible ones, and that output.

    Returns:
        int64[n] numbers of transactions, ascending, and int64[n] numbers of outputs.
    """
    row = row_of(bits)
    can, kept = possible(bits), kept & possible(bits)
    several = np.bincount(row[can], minlength=len(bits)) > 1
    alone = several & (np.bincount(row[kept], minlength=len(bits)) == 1)
    outs = np.flatnonzero(kept & alone[row])
    return row[outs] + bits.tx_lo, outs + bits.first_out
