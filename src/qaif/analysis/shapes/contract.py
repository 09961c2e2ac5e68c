"""The one contract of all detectors: yes, no or unknown for each transaction, with the reason.

A detector is a list of rules that are tried in order; the first that holds decides. *Unknown* means that the
shape does not decide: what is missing, or what else it could be, is the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qaif.kernels import tx_shape
from qaif.units import Bools, Int64s

NO, YES, UNKNOWN_KIND = 0, 1, 2
Word = Literal["no", "yes", "unknown"]
WORDS: tuple[Word, ...] = ("no", "yes", "unknown")


@dataclass(frozen=True)
class Shapes:
    """Shapes of transactions.

    Attributes:
        table: int64[t, fields], the fields as `kernels/tx_shape` has them.
        coinbase: bool[t], which make new coins.
    """

    table: NDArray[np.int64]
    coinbase: Bools

    def __getitem__(self, field: int) -> Int64s:
        """One field of all."""
        column: Int64s = self.table[:, field]
        return column

    def __len__(self) -> int:
        return len(self.table)


@dataclass(frozen=True)
class Rule:
    """One rule: where it holds, it decides, and this is why.

    Attributes:
        holds: bool[t].
        verdict: NO, YES or UNKNOWN_KIND.
        reason: what the rule saw, in words that follow "because".
    """

    holds: Bools
    verdict: int
    reason: str


@dataclass(frozen=True)
class Verdicts:
    """What a detector says of transactions.

    Attributes:
        verdict: int8[t]: NO, YES or UNKNOWN_KIND.
        rule: int8[t]: which of `reasons` decided.
        reasons: in words.
    """

    verdict: NDArray[np.int8]
    rule: NDArray[np.int8]
    reasons: tuple[str, ...]

    def word(self, row: int) -> Word:
        """The verdict of one transaction."""
        return WORDS[int(self.verdict[row])]

    def reason(self, row: int) -> str:
        """Why."""
        return self.reasons[int(self.rule[row])]


@dataclass(frozen=True)
class Detector:
    """One kind of transaction, and how it is told from its shape.

    Attributes:
        id: its stable name.
        version: goes up when a verdict can change.
        title: what it detects.
        source: where the shape is known from.
        limits: where it says nothing or can be wrong.
        measured: what was measured of its error, on which data, with counts.
        rules: its rules in order; the last holds everywhere.
        mix: a transaction of this kind is of several owners: no common control follows from it.
        of_coinbases: it says something of coinbases; every other says no.
    """

    id: str
    version: int
    title: str
    source: str
    limits: str
    measured: str
    rules: Callable[[Shapes], tuple[Rule, ...]]
    mix: bool = False
    of_coinbases: bool = False

    def __call__(self, shapes: Shapes) -> Verdicts:
        """Decide on each transaction.

        Raises:
            ValueError: a transaction is decided by no rule.
        """
        rules = self.rules(shapes)
        if not self.of_coinbases:
            rules = (no(shapes.coinbase, "it makes new coins"), *rules)
        undecided = np.ones(len(shapes), dtype=np.bool_)
        verdict = np.zeros(len(shapes), dtype=np.int8)
        which = np.zeros(len(shapes), dtype=np.int8)
        for number, rule in enumerate(rules):
            here = undecided & rule.holds
            verdict[here], which[here] = rule.verdict, number
            undecided &= ~here
        if undecided.any():
            raise ValueError(f"{self.id} leaves a transaction without a verdict")
        return Verdicts(verdict, which, tuple(rule.reason for rule in rules))


def no(holds: Bools, reason: str) -> Rule:
    """A rule that excludes."""
    return Rule(holds, NO, reason)


def unknown(holds: Bools, reason: str) -> Rule:
    """A rule that leaves it open."""
    return Rule(holds, UNKNOWN_KIND, reason)


def yes(shapes: Shapes, reason: str) -> Rule:
    """What nothing excluded: the last rule of most detectors."""
    return Rule(np.ones(len(shapes), dtype=np.bool_), YES, reason)


def otherwise_no(shapes: Shapes, reason: str) -> Rule:
    """What nothing confirmed: the last rule of the others."""
    return Rule(np.ones(len(shapes), dtype=np.bool_), NO, reason)


def fields(count: int) -> NDArray[np.int64]:
    """An empty table of shapes."""
    return np.empty((count, tx_shape.FIELDS), dtype=np.int64)
