"""The kernels of `load.py`: transactions of a block, with their ids, from a ring of the latest outputs.

Arrays of `State` (r is the ring's length, a power of two; output number n stands in row n % r):
    live u1[r]                 1 while unspent and spendable
    group i8[r / 64]           how many of 64 rows are live
    txid u1[32 * r]            id of its transaction
    vout, value, script i8[r]  which output, satoshi, number of its script
    noise u1[NOISE]            random bytes that signatures and keys are taken from
    kind u1[r]                 kind of that script
    count i8[8]                outputs, scripts, random state, first output of this block, first script of it,
                               outputs whose transactions have ids
An output that falls out of the ring unspent is never spent: memory does not grow with the chain.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import copy32
from qaif.kernels.sha256 import hash_jobs

Array = NDArray[Any]

MANY = 20
NOISE = 1 << 20
FAR = 1 << 14  # outputs: an unspent one is looked for so far
SCRIPT_ROOM = 40  # bytes that any output script takes, with its length
OUTPUTS_MADE, SCRIPTS, RANDOM, BLOCK_OUTPUT, BLOCK_SCRIPT, HASHED = range(6)
AT_ONCE = 32  # transactions hashed in one go; none spends another's outputs
PKH, PKH_LONG, SH_WPKH, SH_MULTISIG, WPKH, TAPROOT, PK = range(7)
NULLDATA_OF_1000 = 66  # of outputs that are not a transaction's first; 4.2 % of all, as in the real blocks


class State(NamedTuple):
    """What the kernels keep from one block to the next; see the module."""

    live: Array
    group: Array
    txid: Array
    vout: Array
    value: Array
    script: Array
    kind: Array
    noise: Array
    count: Array


class Model(NamedTuple):
    """What is drawn from.

    Arrays: ins, outs f8[]: share of transactions with at most i + 1 inputs, outputs; kinds f8[7]: share of
    scripts of kinds up to this one; age f8[4]: shares of inputs that spend this block's outputs, and of those
    within a block's outputs before it; reuse f8[3]: shares of outputs whose script appeared in this block,
    is one of the inputs', or appeared anywhere before; most i8[2]: most inputs, outputs.
    """

    ins: Array
    outs: Array
    kinds: Array
    age: Array
    reuse: Array
    most: Array


class Room(NamedTuple):
    """Memory of one block: picked i8[], jobs four times i8[], ids u1[]; see `hash_jobs`."""

    picked: Array
    jobs: tuple[Array, Array, Array, Array]
    ids: Array


@jit
def random_next(count: Array) -> int:
    """63 random bits (xorshift)."""
    x = np.uint64(count[RANDOM])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    count[RANDOM] = np.int64(x)
    return np.int64((x * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(1))


@jit
def random_share(count: Array) -> float:
    return (random_next(count) >> 10) / 9007199254740992.0


@jit
def pick_row(cumulative: Array, x: float) -> int:
    """The first row that is above x; their number where none is."""
    row = 0
    while row < len(cumulative) and x >= cumulative[row]:
        row += 1
    return row


@jit
def pick_size(count: Array, cumulative: Array, most: int) -> int:
    row = pick_row(cumulative, random_share(count))
    return row + 1 if row < len(cumulative) else MANY + random_next(count) % (most - MANY + 1)


@jit
def put_number(out: Array, at: int, value: int, size: int) -> int:
    for byte in range(size):
        out[at + byte] = (value >> (8 * byte)) & 0xFF
    return at + size


@jit
def put_noise(out: Array, at: int, size: int, state: State) -> int:
    """Random bytes; up to 31 bytes after them are overwritten too."""
    source = random_next(state.count) % (NOISE - 256)
    for byte in range(0, size, 32):
        copy32(out, at + byte, state.noise, source + byte)
    return at + size


@jit
def mixed(number: int) -> int:
    """A number's 62 bits that look random, and always the same."""
    x = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(1)
    x ^= x >> np.uint64(29)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(32)
    return np.int64((x * np.uint64(0x94D049BB133111EB)) >> np.uint64(2))


@jit
def kind_of(script: int, kinds: Array) -> int:
    return min(pick_row(kinds, (mixed(script) % 1000003) / 1000003.0), PK)


@jit
def put_script(out: Array, at: int, script: int, kind: int) -> int:
    """The output script of a number, with its length: its payload follows from the number."""
    size = 20
    if kind in (PKH, PKH_LONG):
        at = put_number(out, at, 0x14A97619, 4)
    elif kind in (SH_WPKH, SH_MULTISIG):
        at = put_number(out, at, 0x14A917, 3)
    elif kind == WPKH:
        at = put_number(out, at, 0x140016, 3)
    elif kind == TAPROOT:
        at = put_number(out, at, 0x205122, 3)
        size = 32
    else:
        at = put_number(out, at, 0x022123, 3)
        size = 32
    for word in range(0, size, 8):
        put_number(out, at + word, mixed(script * 4 + word // 8 + 1), min(8, size - word))
    at += size
    if kind in (PKH, PKH_LONG):
        return put_number(out, at, 0xAC88, 2)
    if kind in (SH_WPKH, SH_MULTISIG):
        return put_number(out, at, 0x87, 1)
    return at if kind in (WPKH, TAPROOT) else put_number(out, at, 0xAC, 1)


@jit
def set_live(state: State, row: int, live: int) -> None:
    state.group[row >> 6] += live - np.int64(state.live[row])
    state.live[row] = live


@jit
def older_coin(state: State, number: int, lowest: int) -> int:
    """The ring's row of the first unspent output from a number on downwards, -1 for none near it."""
    mask = len(state.live) - 1
    lowest = max(lowest, number - FAR)
    while number >= lowest:
        row = number & mask
        if state.group[row >> 6] == 0:
            number = (number | 63) - 64
        elif state.live[row] == 1:
            return row
        else:
            number -= 1
    return -1


@jit
def pick_coin(state: State, model: Model) -> int:
    """The ring's row of an unspent output of this block, of the one before, or older; -1 for none.

    Ages past a block's outputs are drawn evenly by their logarithm; the nearest older unspent one is taken.
    """
    count, ring = state.count, len(state.live)
    first, end = count[BLOCK_OUTPUT], count[HASHED]
    lowest = max(0, end - ring + 4096)  # those after them may fall out while this block is made
    x = random_share(count)
    if x < model.age[0] and end > first:
        row = older_coin(state, first + random_next(count) % (end - first), first)
        if row >= 0:
            return row
    oldest = float(first - lowest)
    near = min(model.age[2], oldest)
    for _ in range(4):
        if x < model.age[0] + model.age[1]:
            age = random_share(count) * near
        else:
            age = near * (oldest / near) ** random_share(count)
        row = older_coin(state, first - 1 - min(np.int64(age), first - lowest - 1), lowest)
        if row >= 0:
            return row
    return -1


@jit
def pick_script(state: State, model: Model, room: Room, ins: int) -> int:
    """A script's number: one of this block's, one that is spent from here, an old one, or the next."""
    count = state.count
    x = random_share(count)
    fresh = count[SCRIPTS] - count[BLOCK_SCRIPT]
    if x < model.reuse[0] and fresh > 0:
        back = 1.0 - random_share(count) ** 2
        return count[BLOCK_SCRIPT] + np.int64(back * fresh)
    if x < model.reuse[1]:
        return state.script[room.picked[random_next(count) % ins]]
    if x < model.reuse[2] and count[SCRIPTS] > 0:
        return np.int64(count[SCRIPTS] * random_share(count) ** 4)
    count[SCRIPTS] += 1
    return count[SCRIPTS] - 1


@jit
def put_input_script(out: Array, at: int, kind: int, state: State) -> int:
    """The script of an input, with its length, as an output of this kind asks for."""
    if kind in (PKH, PKH_LONG):
        key = 33 if kind == PKH else 65
        at = put_number(out, at, 0x3048 * 256 + 74 + key, 3)
        at = put_noise(out, at, 71, state)
        at = put_number(out, at, (0x0200 if kind == PKH else 0x0400) + key, 2)
        return put_noise(out, at, key - 1, state)
    if kind == SH_WPKH:
        return put_noise(out, put_number(out, at, 0x14001617, 4), 20, state)
    if kind == SH_MULTISIG:
        at = put_number(out, at, 0x480000FDFD, 5)
        at = put_noise(out, at, 72, state)
        at = put_noise(out, put_number(out, at, 0x47, 1), 71, state)
        at = put_number(out, at, 0x52694C, 3)
        for _ in range(3):
            at = put_noise(out, put_number(out, at, 0x0221, 2), 32, state)
        return put_number(out, at, 0xAE53, 2)
    if kind == PK:
        return put_noise(out, put_number(out, at, 0x304849, 3), 71, state)
    return put_number(out, at, 0, 1)


@jit
def put_witness(out: Array, at: int, kind: int, state: State) -> int:
    """The witness of an input as an output of this kind asks for."""
    if kind in (SH_WPKH, WPKH):
        at = put_noise(out, put_number(out, at, 0x304802, 3), 71, state)
        return put_noise(out, put_number(out, at, 0x0221, 2), 32, state)
    if kind == TAPROOT:
        return put_noise(out, put_number(out, at, 0x4001, 2), 64, state)
    return put_number(out, at, 0, 1)


@jit
def pick_inputs(state: State, model: Model, room: Room) -> tuple[int, bool]:
    """Take unspent outputs; how many, and whether any has a witness."""
    wanted = pick_size(state.count, model.ins, model.most[0])
    ins, segwit = 0, False
    for _ in range(wanted):
        row = pick_coin(state, model)
        if row < 0:
            break
        set_live(state, row, 0)
        room.picked[ins] = row
        ins += 1
        kind = state.kind[row]
        segwit = segwit or kind == SH_WPKH or kind == WPKH or kind == TAPROOT  # noqa: PLR1714  compiled
    return ins, segwit


@jit
def put_outputs(out: Array, at: int, state: State, model: Model, room: Room, ins: int) -> int:
    """The outputs of a transaction, into the ring too; where they end."""
    count, mask = state.count, len(state.live) - 1
    spent = np.int64(0)
    for i in range(ins):
        spent += state.value[room.picked[i]]
    outs, first = pick_size(count, model.outs, model.most[1]), count[OUTPUTS_MADE]
    outs = max(1, min(outs, spent // 2_000))
    at = put_number(out, at, outs, 1)
    rest = spent - spent // 10_000
    for o in range(outs):
        row = (first + o) & mask
        data = o > 0 and random_next(count) % 1000 < NULLDATA_OF_1000
        share = rest // (outs - o)
        value = rest if o == outs - 1 else share // 2 + random_next(count) % (share + 1)
        value = 0 if data else value
        rest -= value
        at = put_number(out, at, value, 8)
        set_live(state, row, 0 if value == 0 else 1)
        state.vout[row], state.value[row] = o, value
        if data:
            state.script[row] = 0
            at = put_noise(out, put_number(out, at, 0x146A16, 3), 20, state)
        else:
            script = pick_script(state, model, room, ins)
            kind = kind_of(script, model.kinds)
            state.script[row], state.kind[row] = script, kind
            at = put_script(out, at, script, kind)
    count[OUTPUTS_MADE] = first + outs
    return at


@jit
def put_tx(out: Array, at: int, state: State, model: Model, room: Room, job: int) -> int:
    """A transaction, its outputs into the ring without their ids; where it ends, -1 where nothing is left.

    What is to be hashed goes to rows 2 * job and 2 * job + 1 of `room.jobs`.
    """
    ins, segwit = pick_inputs(state, model, room)
    if ins == 0:
        return -1
    start = at
    at = put_number(out, at, 2, 4)
    if segwit:
        at = put_number(out, at, 0x0100, 2)
    at = put_number(out, at, ins, 1)
    for i in range(ins):
        row = room.picked[i]
        copy32(out, at, state.txid, 32 * row)
        at = put_number(out, at + 32, state.vout[row], 4)
        at = put_input_script(out, at, state.kind[row], state)
        at = put_number(out, at, 0xFFFFFFFD, 4)
    at = put_outputs(out, at, state, model, room, ins)
    base = at - start + (2 if segwit else 4)
    if segwit:
        for i in range(ins):
            at = put_witness(out, at, state.kind[room.picked[i]], state)
    at = put_number(out, at, 0, 4)
    starts, sizes, ends, rows = room.jobs
    starts[2 * job], sizes[2 * job], ends[2 * job], rows[2 * job] = (
        start,
        base,
        (at if segwit else 0),
        2 * job,
    )
    starts[2 * job + 1], sizes[2 * job + 1], ends[2 * job + 1] = start, (at - start if segwit else 1), 0
    rows[2 * job + 1] = 2 * job + 1
    return at


@jit
def hash_txs(out: Array, state: State, room: Room, first: Array, jobs: int, ids: Array, at_id: int) -> None:
    """Hash what `put_tx` left to be hashed; ids into rows `at_id` and on (txids, then wtxids) and the ring.

    `first` i8[jobs + 1] are the numbers of the transactions' first outputs.
    """
    starts, sizes, ends, rows = room.jobs
    n = 2 * jobs
    hash_jobs(out, starts[:n], sizes[:n], ends[:n], rows[:n], 2, room.ids)
    mask = len(state.live) - 1
    for job in range(jobs):
        txid = 64 * job
        wtxid = txid + 32 if ends[2 * job] > 0 else txid
        copy32(ids[0], 32 * (at_id + job), room.ids, txid)
        copy32(ids[1], 32 * (at_id + job), room.ids, wtxid)
        for number in range(first[job], first[job + 1]):
            copy32(state.txid, 32 * (number & mask), room.ids, txid)


@jit
def write_txs(out: Array, amount: int, state: State, model: Model, ids: Array) -> tuple[int, int]:
    """Write transactions to `out`, ids u1[2, 32 * rows] from row 1 on; how many, and where they end."""
    jobs = np.zeros((4, 2 * AT_ONCE), np.int64)
    room = Room(
        np.empty(256, np.int64), (jobs[0], jobs[1], jobs[2], jobs[3]), np.empty(64 * AT_ONCE, np.uint8)
    )
    count, first = state.count, np.empty(AT_ONCE + 1, np.int64)
    count[BLOCK_OUTPUT], count[BLOCK_SCRIPT] = count[OUTPUTS_MADE], count[SCRIPTS]
    at, tx = 0, 0
    while tx < amount:
        count[HASHED] = count[OUTPUTS_MADE]
        used, end = 0, at
        while used < min(AT_ONCE, amount - tx) and end >= 0:
            first[used] = count[OUTPUTS_MADE]
            end = put_tx(out, at, state, model, room, used)
            if end >= 0:
                at, used = end, used + 1
        first[used] = count[OUTPUTS_MADE]
        hash_txs(out, state, room, first, used, ids, tx + 1)
        tx += used
        if end < 0:
            break
    return tx, at
