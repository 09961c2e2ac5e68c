"""Where a node's chain leaves the stored one, and its headers from there on, each tried.

Each header builds on the one before and meets its target; nothing else is asked of a node before that.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qaif.errors import SourcePrunedError, SourceShapeError, UsageError
from qaif.feeds.core.node import HEADERS_AT_ONCE, CoreNode, NodeState
from qaif.feeds.networks import Network
from qaif.feeds.placing import proof_of_work_holds
from qaif.feeds.shape import HEADER_BYTES, Progress
from qaif.kernels.sha256 import double_sha256_rows
from qaif.units import HASH_LENGTH, UNKNOWN, Bytes, Hashes, Int32s, hash_hex

_PREV = slice(4, 36)
_BITS = slice(72, 76)
_TRIES = 5


class Stored(NamedTuple):
    """The blocks of a store, in their order.

    Attributes:
        header: uint8[n, 80].
        height: int32[n], -1 where unknown.
        height_basis: uint8[n], as `feeds/placing.py` has it.
        linked: uint8[n], 1 where a block builds on the one before.
        hash_raw: uint8[n, 32], wire order.
        work: uint8[n, 32], of its run up to and with each block, big-endian.
    """

    header: Bytes
    height: Int32s
    height_basis: Bytes
    linked: Bytes
    hash_raw: Hashes
    work: Bytes

    @classmethod
    def nothing(cls) -> "Stored":
        """An empty store."""
        return cls(
            np.empty((0, HEADER_BYTES), np.uint8),
            np.empty(0, np.int32),
            np.empty(0, np.uint8),
            np.empty(0, np.uint8),
            np.empty((0, HASH_LENGTH), np.uint8),
            np.empty((0, HASH_LENGTH), np.uint8),
        )


@dataclass(frozen=True)
class Span:
    """Which part of a node's chain is wanted.

    Attributes:
        first: the height to begin at; None for where the store ends, or the chain's beginning.
        last: the height to end at; None for the tip.
    """

    first: int | None = None
    last: int | None = None


def new_headers(
    node: CoreNode, state: NodeState, stored: Stored, span: Span, progress: Progress
) -> tuple[int, Bytes]:
    """The height of the first header that is not stored, and all from there on, checked."""
    for _ in range(_TRIES):
        first = _fork(node, state, stored, span)
        last = state.height if span.last is None else min(state.height, max(span.last, first - 1))
        _refuse_pruned(node, state, first, last)
        found = _linked_headers(node, stored, (first, last), state.network, progress)
        if found is not None:
            return first, found
    raise SourceShapeError(
        f"The headers of the node at {node.place} do not build on one another, however often it is asked.",
        way_out="Ask another node.",
    )


def _fork(node: CoreNode, state: NodeState, stored: Stored, span: Span) -> int:
    """The height after the last stored block that is in the node's chain; where to begin if none is."""
    begin = _last_run(stored)
    if begin is None:
        return _first_wanted(state, span)
    low, high = int(stored.height[begin]), int(stored.height[-1])
    if span.first is not None and span.first != low:
        raise UsageError(
            f"The chain here begins at height {low:,}, and cannot also begin at {span.first:,}.",
            way_out="Leave --from-height out, or index into another workspace.",
        )
    hashes = stored.hash_raw[begin:]
    at, step = min(high, state.height), 1
    while at >= low:
        if node.hash_at(at) == hash_hex(hashes[at - low].tobytes()):
            break
        at, step = at - step, 2 * step
    above = min(max(at, low - 1) + step, high + 1)  # the fork lies in [at, above)
    return _narrowed(node, hashes, low, max(at, low - 1), above) + 1


def _narrowed(node: CoreNode, hashes: Hashes, low: int, held: int, other: int) -> int:
    """The last height at which both have one block: at `held` they do, at `other` they do not."""
    while other - held > 1:
        middle = (held + other) // 2
        if node.hash_at(middle) == hash_hex(hashes[middle - low].tobytes()):
            held = middle
        else:
            other = middle
    return held


def _last_run(stored: Stored) -> int | None:
    """The row at which the last run of linked blocks begins; None where nothing is stored.

    Raises:
        UsageError: its heights are unknown, so that a node cannot be asked what comes after it.
    """
    count = len(stored.linked)
    if not count:
        return None
    firsts = np.flatnonzero(stored.linked == 0)
    begin = int(firsts[-1]) if len(firsts) else 0
    if stored.height[begin] == UNKNOWN:
        raise UsageError(
            "The heights of the last blocks here are unknown, so a node cannot continue them.",
            way_out="Index the node's blocks into another workspace.",
        )
    return begin


def _first_wanted(state: NodeState, span: Span) -> int:
    first = span.first or 0
    if first > state.height:
        raise UsageError(
            f"The node's chain ends at height {state.height:,}, before {first:,}.",
            way_out="Begin lower, or wait until the node has caught up.",
        )
    if span.last is not None and span.last < first:
        raise UsageError(f"--to-height {span.last:,} lies before the first block, {first:,}.")
    return first


def _refuse_pruned(node: CoreNode, state: NodeState, first: int, last: int) -> None:
    if first <= last and first < state.first_kept:
        raise SourcePrunedError(
            f"The node at {node.place} is pruned: it has blocks from height {state.first_kept:,} on, and"
            f" {first:,} is asked for.",
            way_out=f"Begin with --from-height {state.first_kept}, or ask a node that has all blocks.",
            first_kept=state.first_kept,
        )


def _linked_headers(
    node: CoreNode, stored: Stored, span: tuple[int, int], network: Network, progress: Progress
) -> Bytes | None:
    """Headers from one height to another; None where the chain changed while they were asked for."""
    first, last = span
    parts: list[Bytes] = []
    before = _hash_before(stored, first)
    height = first
    while height <= last:
        raw = node.headers(height, min(last + 1 - height, HEADERS_AT_ONCE))
        part = np.frombuffer(raw, dtype=np.uint8).reshape(-1, HEADER_BYTES)
        if not len(part):
            return None
        hashes = header_hashes(part)
        prev = part[:, _PREV]
        if (prev[1:] != hashes[:-1]).any() or (before is not None and prev[0].tobytes() != before):
            return None
        _refuse_without_work(node, network, part, hashes)
        parts.append(part)
        before, height = hashes[-1].tobytes(), height + len(part)
        progress(height - first, last + 1 - first, "headers")
    return np.concatenate([np.empty((0, HEADER_BYTES), np.uint8), *parts])


def _hash_before(stored: Stored, first: int) -> bytes | None:
    """The hash of the stored block that a header at a height must build on."""
    rows = np.flatnonzero(stored.height == first - 1)
    return stored.hash_raw[rows[-1]].tobytes() if len(rows) else None


def _refuse_without_work(node: CoreNode, network: Network, header: Bytes, hashes: Hashes) -> None:
    bits = np.ascontiguousarray(header[:, _BITS]).view("<u4").reshape(-1)
    for bad in np.flatnonzero(~proof_of_work_holds(hashes, bits, network))[:1]:
        raise SourceShapeError(
            f"The node at {node.place} gives a header without the proof of work that it states:"
            f" {hash_hex(hashes[bad].tobytes())}.",
            way_out="Ask another node.",
        )


def header_hashes(header: Bytes) -> Hashes:
    """The hashes of headers."""
    count = len(header)
    starts = np.arange(count, dtype=np.int64) * HEADER_BYTES
    flat = np.ascontiguousarray(header).reshape(-1)
    return double_sha256_rows(flat, starts, np.full(count, HEADER_BYTES, dtype=np.int64))
