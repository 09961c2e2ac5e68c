"""Block headers as a forest: parents, cumulative work, best tips and their paths.

Arrays:
    hash_raw u1[n,32], prev_raw u1[n,32]   each block's hash and its parent's, wire order; hashes are distinct
    hash_order, prev_order i8[n]           rows by ascending first eight bytes of hash, of parent hash
    hash_key, prev_key u8[n]               those eight bytes, by row
    parent i8[n]                           the parent's row, -1 where it is not held
    good u1[n]                             1 where proof of work holds; on return also: of every ancestor held
    work i8[n,8]                           in: own work, as eight 32-bit limbs, most significant first;
                                           on return: with that of every ancestor held
    root i8[n], depth i8[n], seen i8[n]    the oldest ancestor held; steps to it; the greatest row up to it
    group i8[n]                            by root row: which fragment the tree belongs to; -1 elsewhere
    tip i8[g]                              the row of each fragment's best tip, -1 where it has none
Limbs are int64 so that no sum overflows, compiled or not.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit

Array = NDArray[Any]


@jit
def find_parents(
    hash_raw: Array, prev_raw: Array, hash_key: Array, prev_key: Array, hash_order: Array, prev_order: Array
) -> Array:
    """The row of each block's parent, by merging the two orders; whole hashes are compared."""
    n = len(hash_order)
    parent = np.full(n, -1, dtype=np.int64)
    at = 0
    for i in range(n):
        row = prev_order[i]
        key = prev_key[row]
        while at < n and hash_key[hash_order[at]] < key:
            at += 1
        j = at
        while j < n and hash_key[hash_order[j]] == key:
            other = hash_order[j]
            same = True
            for k in range(32):
                if hash_raw[other, k] != prev_raw[row, k]:
                    same = False
                    break
            if same:
                parent[row] = other
                break
            j += 1
    return parent


@jit
def _by_generation(parent: Array) -> Array:
    """Rows so that every parent comes before its children; rows of a circle are left out."""
    n = len(parent)
    start = np.zeros(n + 1, dtype=np.int64)
    for row in range(n):
        if parent[row] >= 0:
            start[parent[row] + 1] += 1
    for row in range(n):
        start[row + 1] += start[row]
    child = np.empty(start[n], dtype=np.int64)
    fill = start[:-1].copy()
    order = np.empty(n, dtype=np.int64)
    count = 0
    for row in range(n):
        if parent[row] >= 0:
            child[fill[parent[row]]] = row
            fill[parent[row]] += 1
        else:
            order[count] = row
            count += 1
    done = 0
    while done < count:
        row = order[done]
        done += 1
        for j in range(start[row], start[row + 1]):
            order[count] = child[j]
            count += 1
    return order[:count]


@jit
def grow(parent: Array, good: Array, work: Array) -> tuple[Array, Array, Array]:
    """Sum up work from parent to child, in place; spread what fails; give root, depth and seen."""
    n = len(parent)
    order = _by_generation(parent)
    root = np.full(n, -1, dtype=np.int64)
    depth = np.zeros(n, dtype=np.int64)
    seen = np.arange(n)
    for i in range(len(order)):
        row = order[i]
        p = parent[row]
        root[row] = row
        if p < 0:
            continue
        root[row] = root[p]
        depth[row] = depth[p] + 1
        seen[row] = max(row, seen[p])
        good[row] &= good[p]
        carry = 0
        for limb in range(7, -1, -1):
            total = work[row, limb] + work[p, limb] + carry
            work[row, limb] = total & 0xFFFFFFFF
            carry = total >> 32
    for row in range(n):
        if root[row] < 0:
            good[row] = 0
    return root, depth, seen


@jit
def best_tips(good: Array, root: Array, work: Array, seen: Array, group: Array, groups: int) -> Array:
    """The tip with the most work of each fragment; of equal ones that which was whole first."""
    tip = np.full(groups, -1, dtype=np.int64)
    for row in range(len(good)):
        if not good[row]:
            continue
        mine = group[root[row]]
        best = tip[mine]
        if best < 0:
            tip[mine] = row
            continue
        order = 0
        for limb in range(8):
            if work[row, limb] != work[best, limb]:
                order = 1 if work[row, limb] > work[best, limb] else -1
                break
        if order > 0 or (order == 0 and seen[row] < seen[best]):
            tip[mine] = row
    return tip


@jit
def paths(parent: Array, depth: Array, tip: Array) -> tuple[Array, Array]:
    """The rows from each tip's root to the tip, and where each path begins."""
    start = np.zeros(len(tip) + 1, dtype=np.int64)
    for g in range(len(tip)):
        start[g + 1] = start[g] + (depth[tip[g]] + 1 if tip[g] >= 0 else 0)
    rows = np.empty(start[-1], dtype=np.int64)
    for g in range(len(tip)):
        row = tip[g]
        for at in range(start[g + 1] - 1, start[g] - 1, -1):
            rows[at] = row
            row = parent[row]
    return rows, start
