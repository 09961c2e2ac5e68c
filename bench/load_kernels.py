"""The kernel of `load.py`: transactions of a block, with their ids, from a pool of unspent outputs."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.sha256 import sha256_into

Array = NDArray[Any]

# share of transactions with so many inputs or outputs, counted in the real blocks; the rest have 20 or more
INPUTS = (
    0.7179,
    0.1455,
    0.0442,
    0.0252,
    0.0148,
    0.0096,
    0.0052,
    0.0038,
    0.0030,
    0.0040,
    0.0020,
    0.0016,
    0.0011,
)
OUTPUTS = (
    0.1102,
    0.7900,
    0.0615,
    0.0092,
    0.0050,
    0.0045,
    0.0017,
    0.0016,
    0.0013,
    0.0013,
    0.0018,
    0.0014,
    0.0007,
)
MANY = 20
MOST_INPUTS, MOST_OUTPUTS = 102, 188  # so that the means are those of the real blocks
NEW_SCRIPT = 0.79  # share of outputs whose script has not appeared before
SAME_BLOCK = 0.09  # share of inputs that spend an output of their own block
YOUNG = 0.50  # share of inputs that spend one of the last 50,000 outputs before it


class State(NamedTuple):
    """What the kernel keeps from one block to the next.

    Arrays: txid u1[t, 32]; pool_tx, pool_value, pool_script i8[p] and pool_vout i4[p], the unspent outputs,
    the first `count[0]` in use; count i8[4]: unspent, transactions, scripts, random state.
    """

    txid: Array
    pool_tx: Array
    pool_vout: Array
    pool_value: Array
    pool_script: Array
    count: Array


@jit
def random_next(count: Array) -> np.uint64:
    x = np.uint64(count[3])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    count[3] = np.int64(x)
    return x >> np.uint64(11)


@jit
def random_share(count: Array) -> float:
    return np.float64(random_next(count)) / 9007199254740992.0


@jit
def pick_size(count: Array, cumulative: Array, most: int) -> int:
    x = random_share(count)
    for size in range(len(cumulative)):
        if x < cumulative[size]:
            return size + 1
    return MANY + np.int64(random_next(count) % np.uint64(most - MANY + 1))


@jit
def put_number(out: Array, at: int, value: int, size: int) -> int:
    for byte in range(size):
        out[at + byte] = (value >> (8 * byte)) & 0xFF
    return at + size


@jit
def put_random(out: Array, at: int, size: int, count: Array) -> int:
    for byte in range(size):
        if byte % 6 == 0:
            x = random_next(count)
        out[at + byte] = np.uint8(x & np.uint64(0xFF))
        x >>= np.uint64(8)
    return at + size


@jit
def put_script(out: Array, at: int, script: int) -> int:
    """The output script of a number, with its length: kind and hash follow from the number."""
    kind = script % 20
    x = np.uint64(script) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(1)
    if kind < 9:
        head, size, tail = (0x19, 0x76, 0xA9, 0x14), 20, 2
    elif kind < 13:
        head, size, tail = (0x17, 0xA9, 0x14, 0), 20, 1
    elif kind < 18:
        head, size, tail = (0x16, 0x00, 0x14, 0), 20, 0
    else:
        head, size, tail = (0x22, 0x51, 0x20, 0), 32, 0
    lead = 4 if kind < 9 else 3
    for i in range(lead):
        out[at + i] = head[i]
    at += lead
    for i in range(size):
        if i % 7 == 0:
            x ^= x >> np.uint64(29)
            x *= np.uint64(0xBF58476D1CE4E5B9)
            x ^= x >> np.uint64(32)
        out[at + i] = np.uint8((x >> np.uint64(8 * (i % 7))) & np.uint64(0xFF))
    at += size
    if tail == 2:
        out[at] = 0x88
        out[at + 1] = 0xAC
    elif tail == 1:
        out[at] = 0x87
    return at + tail


@jit
def hash_twice(data: Array, start: int, size: int, room: Array, target: Array) -> None:
    sha256_into(data, start, size, room)
    sha256_into(room, 0, 32, target)


@jit
def pick_coin(count: Array, born: int) -> int:
    """A place in the pool: of this block, of the young ones, or any."""
    unspent = count[0]
    x = random_share(count)
    own = unspent - born
    if x < SAME_BLOCK and own > 0:
        return born + np.int64(random_next(count) % np.uint64(own))
    low = max(0, born - 50_000) if x < SAME_BLOCK + YOUNG else 0
    high = born if born > low else unspent
    return low + np.int64(random_next(count) % np.uint64(high - low))


@jit
def write_txs(
    out: Array,
    amount: int,
    state: State,
    cumulative_in: Array,
    cumulative_out: Array,
    wtxid: Array,
    starts: Array,
) -> tuple[int, int]:
    """Write so many transactions to `out`; returns how many, and where they end."""
    txid, pool_tx, pool_vout, pool_value, pool_script, count = state
    room, stripped = np.empty(32, np.uint8), np.empty(1 << 20, np.uint8)
    kinds = np.empty(128, np.int64)
    at, born = 0, count[0]
    for tx in range(amount):
        ins = pick_size(count, cumulative_in, MOST_INPUTS)
        if count[0] < ins + 10:
            return tx, at
        start, spent, segwit = at, np.int64(0), False
        starts[tx] = start
        at = put_number(out, at, 2, 4)
        marker = at
        at += 2
        at = put_number(out, at, ins, 1)
        for i in range(ins):
            coin = pick_coin(count, born)
            spent += pool_value[coin]
            kinds[i] = pool_script[coin] % 20
            out[at : at + 32] = txid[pool_tx[coin]]
            at = put_number(out, at + 32, np.int64(pool_vout[coin]), 4)
            last = count[0] - 1
            pool_tx[coin], pool_vout[coin] = pool_tx[last], pool_vout[last]
            pool_value[coin], pool_script[coin] = pool_value[last], pool_script[last]
            count[0] = last
            born = min(born, last)
            if kinds[i] < 9:
                at = put_number(out, at, 107, 1)
                out[at] = 72
                put_random(out, at + 1, 72, count)
                out[at + 73] = 33
                put_random(out, at + 74, 33, count)
                out[at + 1], out[at + 74] = 0x30, 0x02
                at += 107
            elif kinds[i] < 13:
                at = put_number(out, at, 23, 1)
                out[at], out[at + 1], out[at + 2] = 22, 0, 20
                at = put_random(out, at + 3, 20, count)
                segwit = True
            else:
                at = put_number(out, at, 0, 1)
                segwit = True
            at = put_number(out, at, 0xFFFFFFFD, 4)
        outs = pick_size(count, cumulative_out, MOST_OUTPUTS)
        if spent < 1000 * outs + 1000:
            outs = 1
        at = put_number(out, at, outs, 1)
        rest = spent - spent // 10_000
        for o in range(outs):
            share = rest // (outs - o)
            value = (
                rest if o == outs - 1 else share // 2 + np.int64(random_next(count) % np.uint64(share + 1))
            )
            rest -= value
            if count[2] == 0 or random_share(count) < NEW_SCRIPT:
                script = count[2]
                count[2] += 1
            else:
                script = np.int64(random_next(count) % np.uint64(count[2]))
            at = put_number(out, at, value, 8)
            at = put_script(out, at, script)
            if value > 0:
                last = count[0]
                pool_tx[last], pool_vout[last] = count[1] + tx, o
                pool_value[last], pool_script[last] = value, script
                count[0] = last + 1
        body = at
        if segwit:
            for i in range(ins):
                if kinds[i] < 9:
                    at = put_number(out, at, 0, 1)
                elif kinds[i] < 18:
                    out[at], out[at + 1], out[at + 2] = 2, 72, 0x30
                    put_random(out, at + 3, 71, count)
                    out[at + 74], out[at + 75] = 33, 3
                    at = put_random(out, at + 76, 32, count)
                else:
                    out[at], out[at + 1] = 1, 64
                    at = put_random(out, at + 2, 64, count)
        else:
            for i in range(marker, body - 2):
                out[i] = out[i + 2]
            body -= 2
            at -= 2
        at = put_number(out, at, 0, 4)
        if segwit:
            out[marker], out[marker + 1] = 0, 1
            size = body - start - 2
            stripped[:4] = out[start : start + 4]
            stripped[4:size] = out[start + 6 : body]
            stripped[size : size + 4] = out[at - 4 : at]
            hash_twice(stripped, 0, size + 4, room, txid[count[1] + tx])
            hash_twice(out, start, at - start, room, wtxid[tx])
        else:
            hash_twice(out, start, at - start, room, txid[count[1] + tx])
            wtxid[tx] = txid[count[1] + tx]
    return amount, at
