"""Headers in any order to chain order, with heights as far as they can be known.

The rule:

1. A block is *invalid* when its hash does not meet the target that its bits state, when that target is not
   one that the network allows, when its parent is all zeros and it is not the network's genesis block, and
   when it builds on an invalid block.
2. Valid blocks that hang together form a *fragment*. Blocks whose common parent is not held form one
   fragment too: they stand side by side on a parent that is only known by its hash. Of a fragment the
   branch with the most work stands, not the longest; of equal ones that which was whole first. All else in
   it is stale.
3. Heights: a fragment that begins with genesis, or with a block whose parent is genesis, counts from there
   (basis 1). Any other counts from the heights in the coinbases of its branch (BIP34, basis 2), else from
   those that the feed's source claims (basis 3). If these contradict one another, its heights are unknown.
   `trusted_heights` says which coinbases are believed.
4. Two fragments that overlap in height, or touch without being linked, cannot both be in the best chain as
   they are: a block of the upper one makes stale whatever stands beside its parent. The selection with the
   most work stands, each fragment in it cut off two under the next one's first block; of equal ones that
   which was whole first. What is cut off, and what is not selected, is stale.
5. Fragments of known height stand in order of height, the one with genesis first. The others stand among
   them by the median time of their blocks, then by hash. A fragment of known height never stands before a
   lower one, whatever its times say. Nothing here but the ties of 2 and 4 depends on the order of arrival.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaif.feeds.networks import Network
from qaif.feeds.shape import HeaderTable
from qaif.kernels import headers as forest
from qaif.kernels import sort
from qaif.units import UNKNOWN, Bools, Bytes, Int32s, Int64s, UInt32s, hash_raw

BASIS_UNKNOWN, BASIS_LINKED, BASIS_BIP34, BASIS_CLAIMED = 0, 1, 2, 3

_PREV = slice(4, 36)
_TIME = slice(68, 72)
_BITS = slice(72, 76)
_BIP34_VERSION = 2
_BIP34_FROM = {"mainnet": 224_413}  # from here on Core refused version 2 with a wrong height there
_BIP34_TIME = {"mainnet": 1_362_096_000}  # 2013-03-01, days before that block
_NO_HEIGHT = 2**28  # no chain is that long; the `ffff001d` of old coinbases is above it
_LIMBS = 8


class Placing(NamedTuple):
    """The chain order of a feed's blocks.

    Attributes:
        rows: int64[m], rows of the header table in chain order.
        height: int32[m], -1 where it cannot be known.
        height_basis: uint8[m], 0 unknown, 1 linked to genesis, 2 BIP34, 3 claimed by the feed's source.
        linked: uint8[m], 1 where the parent is the row before, and for genesis.
        work: uint8[m, 32], work of its fragment up to and with this block, big-endian.
        stale_rows: int64[], valid blocks that are not in the best chain, ascending.
        invalid_rows: int64[], blocks that fail rule 1, ascending.
    """

    rows: Int64s
    height: Int32s
    height_basis: Bytes
    linked: Bytes
    work: Bytes
    stale_rows: Int64s
    invalid_rows: Int64s


@lru_cache(maxsize=1 << 14)
def target_of(bits: int) -> int:
    """The target that compact bits state; 0 where they are negative, too large or zero."""
    size, word = bits >> 24, bits & 0x007FFFFF
    target = word << (8 * (size - 3)) if size > 3 else word >> (8 * (3 - size))  # noqa: PLR2004  Core's SetCompact
    return 0 if bits & 0x00800000 or target >= 2**256 else target


@lru_cache(maxsize=1 << 14)
def block_work(bits: int) -> int:
    """How many hashes a block of these bits is expected to have cost; 0 where the bits state no target."""
    target = target_of(bits)
    return 2**256 // (target + 1) if target else 0


def place(headers: HeaderTable, network: Network) -> Placing:
    """Put blocks in chain order.

    Args:
        headers: the blocks; each hash once.
        network: their network.
    """
    tree = _Tree.of(headers, network)
    fragments = _fragments(tree, headers, network)
    chosen = _in_order(_select(fragments))
    return _as_placing(tree, chosen)


def extended(before: Placing, headers: HeaderTable, network: Network) -> Placing | None:
    """The chain order after some blocks were added, where they do no more than lengthen its one run.

    Args:
        before: the order of the first rows of `headers`, all of which it tells of.
        headers: those rows, unchanged, and the new ones.
        network: their network.

    Returns:
        What `place` would give, or None where that is to be asked.
    """
    told = len(before.rows) + len(before.stale_rows) + len(before.invalid_rows)
    new = np.arange(told, len(headers.hash_raw), dtype=np.int64)
    if not len(before.rows) or not _one_run(before):
        return None
    added = HeaderTable._make(None if column is None else column[new] for column in headers)
    chained = np.concatenate([before.rows[-1:], new])
    bits, prev = _field(added.header, _BITS), added.header[:, _PREV]
    height = before.height[-1] + 1 + np.arange(len(new), dtype=np.int32)
    said = trusted_heights(added, network)
    contradicts = before.height_basis[-1] == BASIS_BIP34 and ((said != UNKNOWN) & (said != height)).any()
    fits = (prev == headers.hash_raw[chained[:-1]]).all() and not contradicts
    waiting = {headers.header[row, _PREV].tobytes() for row in before.stale_rows}
    fits &= waiting.isdisjoint(row.tobytes() for row in added.hash_raw)
    if not fits or not proof_of_work_holds(added.hash_raw, bits, network).all():
        return None
    return lengthened(before, new, bits)


def lengthened(before: Placing, rows: Int64s, bits: UInt32s) -> Placing:
    """A chain order, not empty and of known height, with blocks on its tip that follow one another."""
    total = int.from_bytes(before.work[-1].tobytes(), "big")
    works = list(accumulate((block_work(int(each)) for each in bits), initial=total))[1:]
    work = np.frombuffer(b"".join(each.to_bytes(32, "big") for each in works), dtype=np.uint8)
    height = before.height[-1] + 1 + np.arange(len(rows), dtype=np.int32)
    ones = np.ones(len(rows), dtype=np.uint8)
    return before._replace(
        rows=np.concatenate([before.rows, rows]),
        height=np.concatenate([before.height, height]),
        height_basis=np.concatenate([before.height_basis, ones * before.height_basis[-1]]),
        linked=np.concatenate([before.linked, ones]),
        work=np.concatenate([before.work, work.reshape(-1, 32)]),
    )


def _one_run(placing: Placing) -> bool:
    """Whether all blocks are linked one to the next, and their heights are not only claimed."""
    certain = placing.height_basis[-1] in (BASIS_LINKED, BASIS_BIP34)
    return bool(certain and placing.linked[1:].all())


def trusted_heights(headers: HeaderTable, network: Network) -> Int32s:
    """The heights that the coinbases begin with, -1 where that is not believed.

    Believed from the network's BIP34 height on (mainnet: from 224,413, when 750 of 1,000 blocks had switched
    and Core began to refuse wrong ones), in blocks of version 2 and up, and on mainnet not in headers
    whose time lies before that.
    """
    version = _field(headers.header, slice(0, 4)).view("<i4")
    first = _BIP34_FROM.get(network.name, network.bip34_height)
    in_time = _field(headers.header, _TIME) >= _BIP34_TIME.get(network.name, 0)
    possible = headers.bip34_height < _NO_HEIGHT
    believed = possible & (headers.bip34_height >= first) & (version >= _BIP34_VERSION) & in_time
    return np.where(believed, headers.bip34_height, UNKNOWN).astype(np.int32)


@dataclass(frozen=True)
class _Tree:
    """All blocks as a forest; columns by row, as `kernels/headers.py` describes them."""

    parent: Int64s
    good: Bytes
    work: Bytes  # uint8[n, 32], cumulative, big-endian
    root: Int64s
    seen: Int64s
    genesis: int
    path: Int64s  # the rows of each fragment's best branch, one branch after another
    start: Int64s

    @classmethod
    def of(cls, headers: HeaderTable, network: Network) -> "_Tree":
        prev = np.ascontiguousarray(headers.header[:, _PREV])
        parent = _parents(headers.hash_raw, prev)
        mine = (headers.hash_raw == np.frombuffer(hash_raw(network.genesis_hex), np.uint8)).all(axis=1)
        bits = _field(headers.header, _BITS)
        good = proof_of_work_holds(headers.hash_raw, bits, network) & (mine | prev.any(axis=1))
        limbs = _own_work(bits) * good[:, None]
        flags = good.astype(np.uint8)
        root, depth, seen = forest.grow(parent, flags, limbs)
        group, groups = _groups(parent, prev)
        tip = forest.best_tips(flags, root, limbs, seen, group, groups)
        path, start = forest.paths(parent, depth, tip[tip >= 0])
        genesis = int(np.argmax(mine)) if mine.any() else UNKNOWN
        work = limbs.astype(">u4").view(np.uint8).reshape(-1, 32)
        return cls(parent, flags, work, root, seen, genesis, path, start)


def _field(header: Bytes, where: slice) -> UInt32s:
    return np.ascontiguousarray(header[:, where]).view("<u4").reshape(-1)


def proof_of_work_holds(hashes: Bytes, bits: UInt32s, network: Network) -> Bools:
    """Whether each hash meets the target of its bits, and the network allows that target."""
    kinds, which = np.unique(bits, return_inverse=True)
    targets = [target_of(int(b)) for b in kinds]
    allowed = [target if target <= network.pow_limit else 0 for target in targets]
    limit = _words(np.frombuffer(b"".join(t.to_bytes(32, "little") for t in allowed), np.uint8))[which]
    found = _words(hashes)
    holds: Bools = np.asarray(limit.any(axis=1))
    undecided = holds.copy()
    for word in (3, 2, 1, 0):
        holds &= ~(undecided & (found[:, word] > limit[:, word]))
        undecided &= found[:, word] == limit[:, word]
    return holds


def _words(rows: Bytes) -> NDArray[np.uint64]:
    """32-byte little-endian numbers as four words, the last the most significant."""
    return np.ascontiguousarray(rows).reshape(-1).view("<u8").reshape(-1, 4)


def _own_work(bits: UInt32s) -> Int64s:
    kinds, which = np.unique(bits, return_inverse=True)
    raw = b"".join(block_work(int(b)).to_bytes(32, "big") for b in kinds)
    return np.frombuffer(raw, dtype=">u4").reshape(-1, _LIMBS).astype(np.int64)[which]


def _parents(hashes: Bytes, prev: Bytes) -> Int64s:
    hash_key, prev_key = _words(hashes)[:, 0].copy(), _words(prev)[:, 0].copy()
    orders = (sort.argsort(hash_key), sort.argsort(prev_key))
    own = np.ascontiguousarray(hashes)
    parent: Int64s = forest.find_parents(own, prev, hash_key, prev_key, *orders)
    return parent


def _groups(parent: Int64s, prev: Bytes) -> tuple[Int64s, int]:
    """Roots of the same missing parent are one fragment; fragments are numbered by their first root."""
    roots = np.flatnonzero(parent < 0)
    _, first, which = np.unique(prev[roots].view("V32").reshape(-1), return_index=True, return_inverse=True)
    number = np.argsort(np.argsort(first))
    group = np.full(len(parent), UNKNOWN, dtype=np.int64)
    group[roots] = number[which]
    return group, len(first)


@dataclass(frozen=True)
class _Fragment:
    """The best branch of a fragment, or the lower part of it."""

    rows: Int64s
    height: int  # of its first block, -1 where unknown
    basis: int
    time: float  # median of its blocks' times
    work: tuple[Bytes, Int64s]  # cumulative work and greatest row so far, by row of the header table
    first_hash: bytes

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def end(self) -> int:
        """The height after its last block's."""
        return self.height + len(self.rows)

    def up_to(self, height: int) -> "_Fragment":
        """The part of it up to and with a height."""
        if self.end <= height + 1:
            return self
        return replace(self, rows=self.rows[: height + 1 - self.height])

    def work_and_row(self) -> tuple[int, int]:
        """Work of it, and the last row that it needs."""
        work, seen = self.work
        return int.from_bytes(work[self.rows[-1]].tobytes(), "big"), int(seen[self.rows[-1]])


def _fragments(tree: _Tree, headers: HeaderTable, network: Network) -> list[_Fragment]:
    if not len(tree.path):
        return []
    by_coinbase = _first_heights(trusted_heights(headers, network), tree)
    by_claim = _first_heights(headers.claimed_height, tree)
    times = _field(headers.header, _TIME)
    genesis = hash_raw(network.genesis_hex)
    out = []
    for number, (lo, hi) in enumerate(zip(tree.start[:-1], tree.start[1:], strict=True)):
        rows = tree.path[lo:hi]
        first = headers.hash_raw[rows[0]].tobytes()
        if first == genesis or headers.header[rows[0], _PREV].tobytes() == genesis:
            height, basis = int(first != genesis), BASIS_LINKED
        elif by_coinbase[number] != UNKNOWN:
            height, basis = int(by_coinbase[number]), BASIS_BIP34
        else:
            height, basis = int(by_claim[number]), BASIS_CLAIMED
        if height < 0:
            height, basis = UNKNOWN, BASIS_UNKNOWN
        out.append(
            _Fragment(rows, height, basis, float(np.median(times[rows])), (tree.work, tree.seen), first)
        )
    return out


def _first_heights(told: Int32s, tree: _Tree) -> Int64s:
    """The height of each fragment's first block, as its blocks tell: -1 if none does, -2 if they contradict.

    A first height under 2 contradicts too: such a block has genesis for a parent, or is it.
    """
    place = np.arange(len(tree.path)) - np.repeat(tree.start[:-1], np.diff(tree.start))
    height = told[tree.path].astype(np.int64)
    known = height >= 0
    far = np.int64(2**40)
    low = np.minimum.reduceat(np.where(known, height - place, far), tree.start[:-1])
    high = np.maximum.reduceat(np.where(known, height - place, -far), tree.start[:-1])
    agreed = np.where((low == high) & (low > 1), low, UNKNOWN - 1)
    return np.where(low == far, UNKNOWN, agreed)


def _select(fragments: list[_Fragment]) -> list[_Fragment]:
    """Fragments that can all be in one chain, cut where they must be: the most work stands (rule 4)."""
    known = sorted((f for f in fragments if f.height != UNKNOWN), key=lambda f: (f.height, f.first_hash))
    kept = [f for f in fragments if f.height == UNKNOWN]
    begin = 0
    reach = -1
    for at, fragment in enumerate(known):
        if at > begin and fragment.height > reach:
            kept += _most_work(known[begin:at])
            begin = at
        reach = max(reach, fragment.end)
    return kept + _most_work(known[begin:])


class _Choice(NamedTuple):
    """Fragments that can stand together.

    `cost` is minus their work, then the last row that each needs, the greatest first: the least is the best,
    and adding a fragment to two choices does not change which of them is better.
    """

    cost: tuple[int, list[int]]
    fragments: tuple[_Fragment, ...]


def _most_work(rivals: list[_Fragment]) -> list[_Fragment]:
    """The best selection of fragments that overlap or touch; they come by height of their first blocks."""
    best: list[_Choice] = []  # of those that begin with one rival each, from the last rival on
    for mine in reversed(rivals):
        best.append(_beginning_with(mine, best))
    return list(min(best, key=lambda choice: choice.cost).fragments) if best else []


def _beginning_with(mine: _Fragment, later: list[_Choice]) -> _Choice:
    """The best selection whose first fragment is `mine`, given the best ones that begin later."""
    work, row = mine.work_and_row()
    best = _Choice((-work, [row]), (mine,))
    for choice in later:
        last_height = choice.fragments[0].height - 2
        if last_height < mine.height:
            continue
        part = mine.up_to(last_height)
        work, row = part.work_and_row()
        cost = (choice.cost[0] - work, sorted([row, *choice.cost[1]], reverse=True))
        if cost < best.cost:
            best = _Choice(cost, (part, *choice.fragments))
    return best


def _in_order(fragments: list[_Fragment]) -> list[_Fragment]:
    known = sorted((f for f in fragments if f.height != UNKNOWN), key=lambda f: f.height)
    times = list(accumulate((f.time for f in known), max))
    keyed = [
        ((-1.0 if f.height == 0 else t, 0, at, b""), f)
        for at, (t, f) in enumerate(zip(times, known, strict=True))
    ]
    keyed += [((f.time, 1, 0, f.first_hash), f) for f in fragments if f.height == UNKNOWN]
    return [fragment for _, fragment in sorted(keyed, key=lambda pair: pair[0])]


def _as_placing(tree: _Tree, chosen: list[_Fragment]) -> Placing:
    none: list[Int64s] = [np.empty(0, dtype=np.int64)]
    rows = np.concatenate(none + [f.rows for f in chosen])
    height = [np.where(f.height < 0, UNKNOWN, f.height + np.arange(len(f))) for f in chosen]
    linked = np.zeros(len(rows), dtype=np.uint8)
    linked[1:] = tree.parent[rows[1:]] == rows[:-1]
    linked[rows == tree.genesis] = 1
    out = np.zeros(len(tree.parent), dtype=bool)
    out[rows] = True
    good = tree.good.astype(bool)
    return Placing(
        rows=rows,
        height=np.concatenate(none + height).astype(np.int32),
        height_basis=np.repeat([f.basis for f in chosen], [len(f) for f in chosen]).astype(np.uint8),
        linked=linked,
        work=tree.work[rows],
        stale_rows=np.flatnonzero(good & ~out),
        invalid_rows=np.flatnonzero(~good),
    )
