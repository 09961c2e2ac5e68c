"""What the change heuristics and their vote say of one transaction, each with its reason."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from qaif.analysis.accuracy import measured
from qaif.analysis.change.columns import Bits, change_bits
from qaif.analysis.change.contract import Heuristic, links, possible, speaks
from qaif.analysis.change.heuristics import HEURISTICS
from qaif.analysis.change.vote import Vote, votes
from qaif.chain.open import Chain


@dataclass(frozen=True)
class HeuristicSaid:
    """What one heuristic says.

    Attributes:
        method: its id and version, such as `round-value/1`.
        title: what it keeps.
        says: it rules something out.
        kept: indexes of the outputs that it cannot rule out as change.
        ruled_out: indexes of those that it can.
        reason: why that is change, where it is.
        fails: when it is wrong or says nothing.
        source: where it is known from.
        later: it looks at who spends the outputs, up to the block that the answer is as of.
        measured: what was measured of its error, on which data.
        layer: a heuristic suggests; it proves nothing.
    """

    method: str
    title: str
    says: bool
    kept: tuple[int, ...]
    ruled_out: tuple[int, ...]
    reason: str
    fails: str
    source: str
    later: bool
    measured: str
    layer: Literal["inference"] = "inference"


@dataclass(frozen=True)
class VoteSaid:
    """What a vote gives.

    Attributes:
        method: its id and version.
        permille: for each output the thousandths that it is the change; None where it cannot be.
        none_permille: thousandths that none is.
        change: the output that it takes for the change; None where no share is high enough.
        origin: which data its weights were fitted on.
        measured: what was measured of its error, on which data.
        layer: an inference.
    """

    method: str
    permille: tuple[int | None, ...]
    none_permille: int
    change: int | None
    origin: str
    measured: str
    layer: Literal["inference"] = "inference"


@dataclass(frozen=True)
class ChangeSaid:
    """Change of one transaction; of fewer than two possible outputs nothing can be said.

    Attributes:
        possible: indexes of the outputs that can be change at all.
        votes: of all heuristics, and of those that need no later block.
        heuristics: each.
    """

    possible: tuple[int, ...]
    votes: tuple[VoteSaid, ...]
    heuristics: tuple[HeuristicSaid, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """Every method that was asked."""
        return (*(vote.method for vote in self.votes), *(one.method for one in self.heuristics))


def change_said(chain: Chain, tx_num: int) -> ChangeSaid:
    """What every change heuristic and vote says of a transaction."""
    bits = change_bits(chain, tx_num, tx_num + 1)
    can = np.flatnonzero(possible(bits)).tolist()
    if len(can) < 2:  # noqa: PLR2004  one output leaves nothing to choose
        return ChangeSaid(tuple(can), (), ())
    return ChangeSaid(
        tuple(can),
        tuple(_vote(vote, bits) for vote in votes().values()),
        tuple(_heuristic(heuristic, bits) for heuristic in HEURISTICS),
    )


def _heuristic(heuristic: Heuristic, bits: Bits) -> HeuristicSaid:
    kept, out = heuristic(bits), (~heuristic)(bits)
    return HeuristicSaid(
        method=heuristic.method,
        title=heuristic.title,
        says=bool(speaks(bits, kept)[0]),
        kept=tuple(np.flatnonzero(kept).tolist()),
        ruled_out=tuple(np.flatnonzero(out).tolist()),
        reason=heuristic.reason,
        fails=heuristic.fails,
        source=heuristic.source,
        later=heuristic.later,
        measured=measured(heuristic.method),
    )


def _vote(vote: Vote, bits: Bits) -> VoteSaid:
    shares, can = vote.shares(bits), possible(bits)
    _, taken = links(bits, vote(bits))
    return VoteSaid(
        method=vote.method,
        permille=tuple(
            share if could else None
            for share, could in zip(shares.output.tolist(), can.tolist(), strict=True)
        ),
        none_permille=int(shares.none[0]),
        change=int(taken[0]) - bits.first_out if len(taken) else None,
        origin=vote.origin,
        measured=measured(vote.method),
    )
