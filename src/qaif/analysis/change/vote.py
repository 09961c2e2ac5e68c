"""The vote of the change heuristics: weights that were fitted, and shares that follow from them.

Each heuristic that says something of a transaction adds a weight to what it keeps and another to what it
rules out. The shares of a transaction's outputs, and of "none of them is change", are as the exponentials
of the sums: a conditional logit. Weights stand in `vote.json` with the data that they were fitted on.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaif.analysis.change.columns import Bits
from qaif.analysis.change.contract import Heuristic, Rule, bit_of, possible, row_of, speaks
from qaif.analysis.change.heuristics import BY_ID
from qaif.units import Bools, Int64s

SURE_PERMILLE = 950  # ours: from this share on the vote rules out all other outputs
SCALE = 1_000  # weights are thousandths of a natural logarithm
Features = NDArray[np.int8]


@dataclass(frozen=True)
class Shares:
    """What a vote gives.

    Attributes:
        output: int64[outputs], thousandths that this output is the change.
        none: int64[transactions], thousandths that no output is.
    """

    output: Int64s
    none: Int64s


@dataclass(frozen=True)
class Vote(Rule):
    """A vote; as a rule it keeps one output where that has at least `SURE_PERMILLE`, else all.

    Attributes:
        id: its stable name.
        version: goes up when shares can change.
        heuristics: who votes.
        weights: int64[2 h], of each what it adds to what it keeps and to what it rules out.
        none: weight of "none of them".
        origin: which data the weights were fitted on.
    """

    id: str
    version: int
    heuristics: tuple[Heuristic, ...]
    weights: Int64s
    none: int
    origin: str

    @property
    def method(self) -> str:
        """Its id and version, as answers name it."""
        return f"{self.id}/{self.version}"

    def shares(self, bits: Bits) -> Shares:
        """The shares of all outputs of all transactions."""
        row, can = row_of(bits), possible(bits)
        score = features(self.heuristics, bits).astype(np.int64) @ self.weights
        most = np.full(len(bits), self.none, dtype=np.int64)
        np.maximum.at(most, row[can], score[can])
        power = np.where(can, np.exp((score - most[row]) / SCALE), 0)
        rest = np.exp((self.none - most) / SCALE)
        total = np.bincount(row, weights=power, minlength=len(bits)) + rest
        return Shares(
            np.rint(1000 * power / total[row]).astype(np.int64), np.rint(1000 * rest / total).astype(np.int64)
        )

    def __call__(self, bits: Bits) -> Bools:
        """Which outputs it cannot rule out: bool[outputs]."""
        sure = self.shares(bits).output >= SURE_PERMILLE
        decided = np.bincount(row_of(bits)[sure], minlength=len(bits)) > 0
        kept: Bools = possible(bits) & (sure | ~decided[row_of(bits)])
        return kept


def features(heuristics: tuple[Heuristic, ...], bits: Bits) -> Features:
    """For each output what each heuristic says of it: int8[outputs, 2 h], kept and ruled out in turn."""
    row, can = row_of(bits), possible(bits)
    out = np.zeros((len(bits.bits), 2 * len(heuristics)), dtype=np.int8)
    for at, heuristic in enumerate(heuristics):
        kept = bit_of(bits, heuristic.bit)
        said = can & speaks(bits, kept)[row]
        out[:, 2 * at], out[:, 2 * at + 1] = said & kept, said & ~kept
    return out


def vote_from(document: dict[str, Any]) -> Vote:
    """A vote from its part of the weights file."""
    heuristics = tuple(BY_ID[name] for name in document["weights"])
    pairs = [(each["kept"], each["ruled_out"]) for each in document["weights"].values()]
    return Vote(
        id=document["id"],
        version=document["version"],
        heuristics=heuristics,
        weights=np.array(pairs, dtype=np.int64).reshape(-1),
        none=document["none"],
        origin=document["origin"],
    )


@cache
def votes() -> dict[str, Vote]:
    """The votes of the weights file: `change-vote`, and `change-vote-now` that needs no later block."""
    text = files("qaif.analysis.change").joinpath("vote.json").read_text(encoding="utf-8")
    found = [vote_from(each) for each in json.loads(text)["votes"]]
    return {vote.id: vote for vote in found}
