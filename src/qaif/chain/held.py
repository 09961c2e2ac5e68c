"""What of the whole chain is held: the runs of blocks, and what is missing, in words."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qaif.chain.views import BlockTable
from qaif.feeds.networks import Network
from qaif.units import UNKNOWN, hash_hex


@dataclass(frozen=True)
class HeldRun:
    """Blocks that follow one another: numbers first to last, and heights where they are known."""

    first_block: int
    last_block: int
    first_height: int | None
    last_height: int | None


@dataclass(frozen=True)
class Held:
    """Coverage of the chain as a whole.

    Attributes:
        complete: every block from genesis to the tip is held, linked one to the next.
        reasons: why not, in words; empty when complete.
        runs: the runs of linked blocks, in chain order.
        unknown_inputs: inputs whose spent output is not held (whatever the feed or an inference says of it).
    """

    complete: bool
    reasons: tuple[str, ...]
    runs: tuple[HeldRun, ...]
    unknown_inputs: int


class HasBlocks(Protocol):
    """What coverage is computed from."""

    network: Network
    block: BlockTable

    @property
    def n_blocks(self) -> int:
        """Blocks in use."""


def held_of(chain: HasBlocks) -> Held:
    """Coverage of a chain view."""
    blocks = chain.block
    count = chain.n_blocks
    if not count:
        return Held(complete=False, reasons=("No block is held.",), runs=(), unknown_inputs=0)
    linked = blocks.linked[0:count]
    firsts = np.flatnonzero(linked == 0)
    if linked[0]:
        firsts = np.concatenate(([0], firsts))
    lasts = np.append(firsts[1:] - 1, count - 1)
    heights = blocks.height[0:count]
    runs = tuple(
        _run(int(a), int(b), int(heights[a]), int(heights[b])) for a, b in zip(firsts, lasts, strict=True)
    )
    genesis = hash_hex(blocks.hash_raw.take(0)[0].tobytes()) == chain.network.genesis_hex
    unknown = blocks.unresolved_lo.one(count)
    partial = count - int(blocks.whole[0:count].sum())
    complete = genesis and len(runs) == 1 and not partial
    return Held(
        complete,
        () if complete else _reasons(runs, (count, partial), unknown, genesis=genesis),
        runs,
        unknown,
    )


def _run(first: int, last: int, low: int, high: int) -> HeldRun:
    return HeldRun(first, last, None if low == UNKNOWN else low, None if high == UNKNOWN else high)


def _reasons(
    runs: tuple[HeldRun, ...], counts: tuple[int, int], unknown: int, *, genesis: bool
) -> tuple[str, ...]:
    count, partial = counts
    out = [f"Only {count:,} block{'s are' if count > 1 else ' is'} held, in {len(runs):,} separate run(s)."]
    if partial:
        out.append(f"Of {partial:,} of them only single transactions are held, not the whole block.")
    if not genesis:
        out.append("The chain's first block is not among them.")
    heights = [r.last_height for r in runs if r.last_height is not None]
    if heights:
        out.append(f"The highest block held is {max(heights):,}.")
    lost = sum(r.last_block - r.first_block + 1 for r in runs if r.last_height is None)
    if lost:
        out.append(f"The height of {lost:,} block(s) cannot be known from what is held.")
    if unknown:
        out.append(f"{unknown:,} inputs spend outputs that are not held.")
    out.append("What happened in the blocks that are not held is unknown.")
    return tuple(out)
