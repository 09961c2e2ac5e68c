"""Two large clusters that transactions ask to join: one alone does not, the next after several does."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from qaif.analysis.clusters.rules import LARGE, REPEATED
from qaif.chain.open import Chain
from qaif.units import Int64s


@dataclass
class Jumps:
    """In which blocks transactions asked to join two large clusters.

    The root of a large cluster stays its root until it is joined to another large one, which happens here.

    Attributes:
        chain: where the transactions stand.
        blocks: of each pair of roots, the smaller number first, the blocks.
    """

    chain: Chain
    blocks: dict[tuple[int, int], set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, decisions: Int64s, chain: Chain) -> Self:
        """As they are after decisions that were made."""
        jumps = cls(chain)
        for tx, code, one, other in decisions[np.isin(decisions[:, 1], (LARGE, REPEATED))].tolist():
            if code == LARGE:
                jumps._note(tx, one, other)
            else:
                jumps._now_one(one, other)
        return jumps

    def asked(self, tx: int, one: int, other: int, repeats: int) -> bool:
        """A transaction asks to join two roots, the larger first; whether that is to be done."""
        before = self.blocks.get((min(one, other), max(one, other)), set())
        if len(before - {self._block(tx)}) < repeats:
            self._note(tx, one, other)
            return False
        self._now_one(one, other)
        return True

    def _note(self, tx: int, one: int, other: int) -> None:
        self.blocks.setdefault((min(one, other), max(one, other)), set()).add(self._block(tx))

    def _now_one(self, winner: int, loser: int) -> None:
        """What asked to join the one asked to join the other."""
        self.blocks.pop((min(winner, loser), max(winner, loser)), None)
        for pair in [pair for pair in self.blocks if loser in pair]:
            other = pair[0] if pair[1] == loser else pair[1]
            named = (min(winner, other), max(winner, other))
            self.blocks.setdefault(named, set()).update(self.blocks.pop(pair))

    def _block(self, tx: int) -> int:
        return int(self.chain.block_of_tx(np.array([tx], dtype=np.int64))[0])
