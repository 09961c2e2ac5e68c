"""The Merkle tree of RFC 6962 over a log, in pure form: hashes, roots, proofs, and what proves them.

A leaf is hashed as SHA-256(0x00, leaf) and an inner node as SHA-256(0x01, left, right), so that neither can
pass for the other. Of n leaves the left part of each tree is the largest power of two below n. Proofs are
made from any source of hashes of perfect subtrees, and verified from themselves alone (RFC 9162, 2.1.3.2 and
2.1.4.2).
"""

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()  # the root of no leaves
# The hash of the perfect subtree of a level (0: leaves) at a place of that level.
Perfect = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def folded(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes that stand side by side, whose count is a power of two."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


class Growing:
    """The root of a tree that leaves are added to, in memory that grows with the logarithm of their count."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []  # level and hash, the largest first
        self.size = 0

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        self.size, level = self.size + 1, 0
        while self._peaks and self._peaks[-1][0] == level:
            leaf = node_hash(self._peaks.pop()[1], leaf)
            level += 1
        self._peaks.append((level, leaf))

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def range_hash(perfect: Perfect, start: int, end: int) -> bytes:
    """The hash over the leaves from `start` up to `end`, where that is a subtree of RFC 6962."""
    size = end - start
    if size == 0:
        return EMPTY
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return perfect(level, start >> level)
    middle = start + _split(size)
    return node_hash(range_hash(perfect, start, middle), range_hash(perfect, middle, end))


def inclusion(perfect: Perfect, leaf: int, size: int) -> tuple[bytes, ...]:
    """The proof that a leaf (from 0) is in the tree of the first `size` leaves, from the bottom up."""
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if leaf < middle:
            path.append(range_hash(perfect, middle, end))
            end = middle
        else:
            path.append(range_hash(perfect, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency(perfect: Perfect, old: int, size: int) -> tuple[bytes, ...]:
    """The proof that the tree of the first `old` leaves (1 or more) is the beginning of that of `size`."""
    start, end, path, whole = 0, size, [], True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(perfect, middle, end))
            end = middle
        else:
            path.append(range_hash(perfect, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(range_hash(perfect, start, end))
    return tuple(reversed(path))


def is_included(leaf: bytes, number: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof leads from the hash of a leaf (from 0) to the root of a tree of that size."""
    if not 0 <= number < size:
        return False
    at, last, found = number, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(each, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, each)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that a tree of `size` leaves begins with one of `old` leaves."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    return _both_roots(path, at, last) == (old_root, root)


def _both_roots(path: Sequence[bytes], at: int, last: int) -> tuple[bytes, bytes] | None:
    """The two roots that a proof of consistency leads to; None where it is too long or too short."""
    first = second = path[0]
    for each in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            first, second = node_hash(each, first), node_hash(each, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, each)
        at, last = at >> 1, last >> 1
    return (first, second) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two below a size of 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)
