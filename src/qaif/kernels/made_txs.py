"""Transactions of a block from numbers: bytes, ids, and where each output came to stand.

| array | type | meaning |
|---|---|---|
| version, lock, order, low | i8[t] | of each transaction; order 1: sorted as BIP 69 says; low 1: its signatures have a low r |
| in_lo, out_lo | i8[t + 1] | the rows of transaction i are `lo[i]` up to `lo[i + 1]` |
| in_slot, in_sequence | i8[k] | the slot of the coin spent, and its sequence |
| out_value, out_script, out_slot | i8[l] | satoshi; number of the script, below 0 a data carrier of so many bytes; slot of the new coin, -1 for none |
| coin_txid, coin_vout, coin_script | u1[32 * s], i8[s], i8[s] | what is in the slots |
| fresh, fresh_at | u1[], i8[n + 1] | scripts whose numbers follow on `fresh_first`, already written |
| out | u1[] | on return the transactions |
| ids | u1[2, 32 * t] | on return txids and wtxids |
| vout | i8[l] | on return the place of each output in its transaction |
"""  # noqa: E501  a table's row is a line

from typing import NamedTuple

import numpy as np

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, copy32
from qaif.kernels.made_scripts import (
    KINDS,
    PK,
    PKH,
    PKH_LONG,
    SCRIPT_ROOM,
    SH_MULTI,
    Words,
    draw,
    store_input_script,
    store_script,
    store_witness,
)
from qaif.kernels.serialise import store, store_size
from qaif.kernels.sha256 import hash_jobs

INPUT_ROOM, OUTPUT_ROOM, TX_ROOM = 420, 160, 64  # bytes that each takes at most
_SHORT_PUSH = 75


class Plan(NamedTuple):
    """What is to be written; see the module."""

    version: Int64s
    lock: Int64s
    order: Int64s
    low: Int64s
    in_lo: Int64s
    in_slot: Int64s
    in_sequence: Int64s
    out_lo: Int64s
    out_value: Int64s
    out_script: Int64s
    out_slot: Int64s


class Coins(NamedTuple):
    """The coins that can be spent, by slot."""

    txid: Bytes
    vout: Int64s
    script: Int64s


class Fresh(NamedTuple):
    """Scripts that were written before: numbers from `first` on."""

    first: int
    raw: Bytes
    at: Int64s


class Room(NamedTuple):
    """Memory that is used again."""

    work: Bytes
    hashed: Bytes
    noise: Words


@jit
def _before(coins: Coins, left: int, right: int) -> bool:
    """Whether one coin's outpoint comes before another's, ids read as they are displayed."""
    for i in range(31, -1, -1):
        one, other = coins.txid[32 * left + i], coins.txid[32 * right + i]
        if one != other:
            return bool(one < other)
    return bool(coins.vout[left] < coins.vout[right])


@jit
def _sort_inputs(slots: Int64s, coins: Coins) -> None:
    for i in range(1, len(slots)):
        slot, j = slots[i], i - 1
        while j >= 0 and _before(coins, slot, slots[j]):
            slots[j + 1] = slots[j]
            j -= 1
        slots[j + 1] = slot


@jit
def _store_output_script(out: Bytes, at: int, script: int, seed: int, fresh: Fresh, room: Room) -> int:
    """An output's script with its length."""
    if script < 0:
        size = -script
        long = 1 if size > _SHORT_PUSH else 0
        at = store(out, store(out, at, size + 2 + long, 1), 0x6A, 1)
        at = store(out, store(out, at, 0x4C, long), size, 1)
        for byte in range(size):
            out[at + byte] = draw(room.noise) & 0xFF
        return int(at + size)
    row = script // KINDS - fresh.first
    if 0 <= row < len(fresh.at) - 1:
        size = fresh.at[row + 1] - fresh.at[row]
        at = store(out, at, size, 1)
        for byte in range(size):
            out[at + byte] = fresh.raw[fresh.at[row] + byte]
        return int(at + size)
    end = store_script(out, at + 1, seed, script, room.work, room.hashed)
    store(out, at, end - at - 1, 1)
    return end


@jit
def _output_before(out: Bytes, at: Int64s, value: Int64s, left: int, right: int) -> bool:
    """Whether BIP 69 puts one output before another: by amount, then by script."""
    if value[left] != value[right]:
        return bool(value[left] < value[right])
    size, other = at[left + 1] - at[left], at[right + 1] - at[right]
    for i in range(9, min(size, other)):
        one, two = out[at[left] + i], out[at[right] + i]
        if one != two:
            return bool(one < two)
    return bool(size < other)


@jit
def _sort_outputs(out: Bytes, at: Int64s, value: Int64s) -> Int64s:
    """The outputs in the order of BIP 69; `at` are where they begin, and the end."""
    order = np.arange(len(value))
    for i in range(1, len(order)):
        one, j = order[i], i - 1
        while j >= 0 and _output_before(out, at, value, one, order[j]):
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = one
    copy = out[at[0] : at[-1]].copy()
    to = at[0]
    for row in order:
        size = at[row + 1] - at[row]
        out[to : to + size] = copy[at[row] - at[0] : at[row] - at[0] + size]
        to += size
    return order


@jit
def _store_outputs(
    out: Bytes, at: int, tx: int, seed: int, p: Plan, fresh: Fresh, room: Room, vout: Int64s
) -> int:
    lo, hi = p.out_lo[tx], p.out_lo[tx + 1]
    at = store_size(out, at, hi - lo)
    begins = np.empty(hi - lo + 1, np.int64)
    for row in range(lo, hi):
        begins[row - lo] = at
        at = store(out, at, p.out_value[row], 8)
        at = _store_output_script(out, at, p.out_script[row], seed, fresh, room)
        vout[row] = row - lo
    begins[hi - lo] = at
    if p.order[tx] == 1:
        order = _sort_outputs(out, begins, p.out_value[lo:hi])
        for place in range(hi - lo):
            vout[lo + order[place]] = place
    return at


@jit
def _store_tx(
    out: Bytes, at: int, tx: int, seed: int, p: Plan, coins: Coins, fresh: Fresh, room: Room, vout: Int64s
) -> tuple[int, int, int]:
    """One transaction; where it ends, the length without witness, and whether it has one."""
    start, segwit, low = at, 0, p.low[tx]
    slots = p.in_slot[p.in_lo[tx] : p.in_lo[tx + 1]]
    if p.order[tx] == 1:
        _sort_inputs(slots, coins)
    for slot in slots:
        kind = coins.script[slot] % KINDS
        if kind not in (PK, PKH, PKH_LONG, SH_MULTI):
            segwit = 1
    at = store(out, at, p.version[tx], 4)
    at = store(out, at, 0x0100, 2 * segwit)
    at = store_size(out, at, len(slots))
    for i in range(len(slots)):
        slot = slots[i]
        copy32(out, at, coins.txid, 32 * slot)
        at = store(out, at + 32, coins.vout[slot], 4)
        at = store_input_script(out, at, seed, coins.script[slot], low, room.noise, room.work, room.hashed)
        at = store(out, at, p.in_sequence[p.in_lo[tx] + i], 4)
    at = _store_outputs(out, at, tx, seed, p, fresh, room, vout)
    bare = at - start + 4 - 2 * segwit
    if segwit == 1:
        for slot in slots:
            at = store_witness(out, at, seed, coins.script[slot], low, room.noise)
    return store(out, at, p.lock[tx], 4), bare, segwit


@jit
def _write(
    seed: int, p: Plan, coins: Coins, fresh: Fresh, room: Room, out: Bytes, ids: Bytes, vout: Int64s
) -> int:
    at, job, hashes = 0, np.zeros((4, 2), np.int64), np.empty(64, np.uint8)
    job[3, 1] = 1
    for tx in range(len(p.version)):
        end, bare, segwit = _store_tx(out, at, tx, seed, p, coins, fresh, room, vout)
        job[0, :] = at
        job[1, 0], job[1, 1], job[2, 0] = bare, end - at, end * segwit
        many = 1 + segwit
        hash_jobs(out, job[0, :many], job[1, :many], job[2, :many], job[3, :many], 2, hashes)
        copy32(ids[0], 32 * tx, hashes, 0)
        copy32(ids[1], 32 * tx, hashes, 32 * segwit)
        for row in range(p.out_lo[tx], p.out_lo[tx + 1]):
            slot = p.out_slot[row]
            if slot >= 0:
                copy32(coins.txid, 32 * slot, hashes, 0)
                coins.vout[slot], coins.script[slot] = vout[row], p.out_script[row]
        at = end
    return at


def write_txs(seed: int, plan: Plan, coins: Coins, fresh: Fresh, noise: Words) -> tuple[Bytes, Bytes, Int64s]:
    """Write a block's transactions; the slots of their outputs are filled.

    Returns:
        The bytes of all, uint8[2, 32 t] of txids and wtxids, and the place of each output.
    """
    count = len(plan.version)
    room = INPUT_ROOM * len(plan.in_slot) + OUTPUT_ROOM * len(plan.out_value) + TX_ROOM * count + SCRIPT_ROOM
    out = np.empty(room, np.uint8)
    ids, vout = np.empty((2, 32 * count), np.uint8), np.empty(len(plan.out_value), np.int64)
    kept = Room(np.empty(512, np.uint8), np.empty(32, np.uint8), noise)
    end = _write(seed, plan, coins, fresh, kept, out, ids, vout)
    return out[:end], ids, vout
