"""The second tier: what the change vote is sure of is joined to what its transaction spends from.

Off unless it is asked for. The vote is the one that looks at no later block, so that clusters of this tier
too are those of any past moment, and blocks can be taken back.
"""

import hashlib
from dataclasses import dataclass
from typing import Self

from qaif.analysis.accuracy import measured
from qaif.analysis.change.columns import change_bits
from qaif.analysis.change.contract import links
from qaif.analysis.change.vote import SURE_PERMILLE, Vote, votes
from qaif.analysis.methods import Method
from qaif.chain.open import Chain
from qaif.units import Int64s

VOTE = "change-vote-now"


@dataclass(frozen=True)
class VotedChange:
    """Change outputs by a vote of change heuristics.

    Attributes:
        vote: the vote; it must not look at later blocks.
    """

    vote: Vote

    @classmethod
    def now(cls) -> Self:
        """By the vote that needs no later block."""
        return cls(votes()[VOTE])

    @property
    def method(self) -> Method:
        """The method, with what was measured of it."""
        vote = self.vote
        return Method(
            id=vote.id,
            version=vote.version,
            sentence=(
                "An output that the vote of the change heuristics gives at least "
                f"{SURE_PERMILLE} thousandths is the change of who spends."
            ),
            measured=measured(vote.method),
            limits=(
                f"{vote.origin} One wrong change joins two strangers with all that is theirs; whether the "
                "output that looks like change is a payment cannot be seen in the chain."
            ),
        )

    def between(self, chain: Chain, lo: int, hi: int) -> tuple[Int64s, Int64s]:
        """Change outputs of the transactions from number `lo` up to `hi`.

        Returns:
            int64[n] numbers of transactions, ascending, and int64[n] numbers of outputs.
        """
        bits = change_bits(chain, lo, hi)
        return links(bits, self.vote(bits))

    def digest(self) -> str:
        """Another where the vote can say something else."""
        vote = self.vote
        said = (
            vote.method,
            SURE_PERMILLE,
            vote.none,
            vote.weights.tolist(),
            [h.method for h in vote.heuristics],
        )
        return hashlib.sha256(repr(said).encode()).hexdigest()
