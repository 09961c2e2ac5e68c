"""A chain of any length in Core's block-file format, as a load for the store.

Usage: python bench/load.py FOLDER TRANSACTIONS [SEED]

The numbers of inputs and outputs are those of the 33 real mainnet blocks of 2009 to 2026 that the tests use
(22,895 transactions that are no coinbase); so are the share of inputs that spend an output of their own block
(10 %) and, roughly, kinds of scripts and how often a script comes again. `bench/load.py --compare FOLDER` prints
both beside one another. Signatures and keys are random bytes of the right length: nothing here checks them.

One kernel writes the transactions of a block and their ids; memory grows by 36 bytes a transaction and 28 an
unspent output.
"""

import hashlib
import struct
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaif.feeds.simulation.blocks import GENESIS
from qaif.kernels.jit import jit
from qaif.kernels.merkle import merkle_root
from qaif.kernels.sha256 import sha256_into

Array = NDArray[np.generic]

MAGIC = bytes.fromhex("fabfb5da")
BITS = 0x207FFFFF
TARGET = 0x7FFFFF << 8 * (0x20 - 3)
FILE_BYTES = 128 << 20
TXS_A_BLOCK = 2_500
FIRST_BLOCKS = 40  # these make the first coins, 2,000 outputs each
SUBSIDY = 50 * 10**8
BLOCK_ROOM = 16 << 20

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

    Arrays: txid u1[t, 32]; pool_tx, pool_value, pool_script i8[p] and pool_vout i4[p], the unspent outputs, the
    first `count[0]` in use; count i8[4]: unspent, transactions, scripts, random state.
    """

    txid: Array
    pool_tx: Array
    pool_vout: Array
    pool_value: Array
    pool_script: Array
    count: Array


@jit
def random_next(count):
    x = np.uint64(count[3])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    count[3] = np.int64(x)
    return x >> np.uint64(11)


@jit
def random_share(count):
    return np.float64(random_next(count)) / 9007199254740992.0


@jit
def pick_size(count, cumulative, most):
    x = random_share(count)
    for size in range(len(cumulative)):
        if x < cumulative[size]:
            return size + 1
    return MANY + np.int64(random_next(count) % np.uint64(most - MANY + 1))


@jit
def put_number(out, at, value, size):
    for byte in range(size):
        out[at + byte] = (value >> (8 * byte)) & 0xFF
    return at + size


@jit
def put_random(out, at, size, count):
    for byte in range(size):
        if byte % 6 == 0:
            x = random_next(count)
        out[at + byte] = np.uint8(x & np.uint64(0xFF))
        x >>= np.uint64(8)
    return at + size


@jit
def put_script(out, at, script):
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
def hash_twice(data, start, size, room, target):
    sha256_into(data, start, size, room)
    sha256_into(room, 0, 32, target)


@jit
def pick_coin(count, born):
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
def write_txs(out, amount, state, cumulative_in, cumulative_out, wtxid, starts):
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


def double(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def coinbase(height: int, outputs: list[tuple[int, bytes]], *, witness: bool) -> tuple[bytes, bytes]:
    """A coinbase with its height: whole, and as its id has it."""
    push = height.to_bytes(height.bit_length() // 8 + 1, "little") if height > 16 else b""
    script = bytes([len(push)]) + push if push else bytes([0x50 + height if height else 0, 0])
    body = b"\x01" + bytes(32) + b"\xff\xff\xff\xff" + bytes([len(script)]) + script + b"\xff\xff\xff\xff"
    body += compact(len(outputs)) + b"".join(struct.pack("<q", v) + compact(len(s)) + s for v, s in outputs)
    head, tail = struct.pack("<i", 2), bytes(4)
    stack = b"\x01\x20" + bytes(32)
    return (head + b"\x00\x01" + body + stack + tail if witness else head + body + tail), head + body + tail


def compact(value: int) -> bytes:
    return bytes([value]) if value < 0xFD else b"\xfd" + struct.pack("<H", value)


def mined(previous: bytes, root: bytes, time_unix: int) -> bytes:
    nonce = 0
    while True:
        header = struct.pack("<i", 0x20000000) + previous + root + struct.pack("<III", time_unix, BITS, nonce)
        if int.from_bytes(double(header), "little") <= TARGET:
            return header
        nonce += 1


def new_state(amount: int, seed: int) -> State:
    """Room for so many transactions; at most every output stays unspent."""
    txs = amount + amount // TXS_A_BLOCK + FIRST_BLOCKS + 1_000
    coins = 2 * amount + FIRST_BLOCKS * 2_000 + 10_000
    count = np.array([0, 0, 0, seed * 0x9E3779B97F4A7C1 + 1], dtype=np.int64)
    arrays = [np.empty(coins, dtype=kind) for kind in ("<i8", "<i4", "<i8", "<i8")]
    return State(np.empty((txs, 32), dtype=np.uint8), *arrays, count)


class Writer:
    """Blocks into blk*.dat files of 128 MiB, as Core fills them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number, self.file, self.written = folder, 0, None, 0
        self.previous, self.height = bytes(32), 0
        folder.mkdir(parents=True, exist_ok=True)
        self._write(GENESIS)

    def put(self, txs: bytes, count: int, leaves: Array) -> None:
        """A block with these transactions; `leaves` are their ids, the coinbase's first."""
        header = mined(self.previous, merkle_root(leaves).tobytes(), 1_300_000_000 + 600 * self.height)
        self._write(header + compact(count) + txs)

    def _write(self, block: bytes) -> None:
        if self.file is None or self.file.tell() + len(block) + 8 > FILE_BYTES:
            self.close()
            self.file = (self.folder / f"blk{self.number:05d}.dat").open("wb")
            self.number += 1
        self.file.write(MAGIC + struct.pack("<I", len(block)) + block)
        self.written += len(block) + 8
        self.previous, self.height = double(block[:80]), self.height + 1

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def first_coins(writer: Writer, state: State) -> None:
    """Blocks whose coinbases make the first outputs."""
    place = np.empty(64, dtype=np.uint8)
    for _ in range(FIRST_BLOCKS):
        outputs = []
        for vout in range(2_000):
            at = int(state.count[0])
            script = int(state.count[2])
            end = put_script(place, 0, script)
            state.pool_tx[at], state.pool_vout[at] = state.count[1], vout
            state.pool_value[at], state.pool_script[at] = SUBSIDY, script
            state.count[0] += 1
            state.count[2] += 1
            outputs.append((SUBSIDY, place[1:end].tobytes()))
        raw, base = coinbase(writer.height, outputs, witness=False)
        txid = np.frombuffer(double(base), dtype=np.uint8)
        state.txid[state.count[1]] = txid
        state.count[1] += 1
        writer.put(raw, 1, txid.reshape(1, 32))


def generate(folder: Path, amount: int, seed: int = 1) -> int:
    """Write a chain of about `amount` transactions; returns its bytes."""
    state, writer = new_state(amount, seed), Writer(folder)
    first_coins(writer, state)
    out, wtxid = np.empty(BLOCK_ROOM, dtype=np.uint8), np.empty((TXS_A_BLOCK, 32), dtype=np.uint8)
    starts = np.empty(TXS_A_BLOCK, dtype=np.int64)
    shares = [np.cumsum(np.array(each)) for each in (INPUTS, OUTPUTS)]
    done = 0
    while done < amount:
        count, end = write_txs(out, min(TXS_A_BLOCK, amount - done), state, *shares, wtxid, starts)
        first = int(state.count[1])
        root = merkle_root(np.concatenate([np.zeros((1, 32), dtype=np.uint8), wtxid[:count]])).tobytes()
        promise = b"\x6a\x24\xaa\x21\xa9\xed" + double(root + bytes(32))
        raw, base = coinbase(writer.height, [(SUBSIDY, b"\x51"), (0, promise)], witness=True)
        own = np.frombuffer(double(base), dtype=np.uint8).reshape(1, 32)
        leaves = np.concatenate([own, state.txid[first : first + count]])
        state.count[1] += count
        writer.put(raw + out[:end].tobytes(), count + 1, leaves)
        done += count
    writer.close()
    return writer.written


def compare(folder: Path) -> None:
    """The generated chain beside the real blocks."""
    from qaif.chain.open import Chain

    with Chain.open(folder) as chain:
        nums = np.arange(chain.n_txs + 1)
        ins, outs = np.diff(chain.tx.in_lo.take(nums)), np.diff(chain.tx.out_lo.take(nums))
        spent = chain.txin.spent_out[0 : chain.n_ins]
        ordinary = spent[chain.tx.in_lo[0 : chain.n_txs]] != -2  # noqa: PLR2004  a coinbase
        held = spent >= 0
        own = chain.block_of_tx(chain.tx_of_out(spent[held])) == chain.block_of_tx(
            chain.tx_of_in(np.flatnonzero(held))
        )
        size = chain.tx.size[0 : chain.n_txs][ordinary]
    print("| | real blocks | this chain |\n|---|---|---|")
    print(f"| inputs a transaction | 2.68 | {ins[ordinary].mean():.2f} |")
    print(f"| outputs a transaction | 2.79 | {outs[ordinary].mean():.2f} |")
    print(f"| transactions with one input | 71.8 % | {(ins[ordinary] == 1).mean():.1%} |")
    print(f"| transactions with two outputs | 79.0 % | {(outs[ordinary] == 2).mean():.1%} |")
    print(f"| bytes a transaction | 553 | {size.mean():.0f} |")
    print(f"| inputs that spend an output of their own block | 10.1 % | {own.mean():.1%} |")


def main() -> None:
    if sys.argv[1] == "--compare":
        compare(Path(sys.argv[2]))
        return
    folder, amount = Path(sys.argv[1]), int(sys.argv[2])
    began = time.perf_counter()
    size = generate(folder, amount, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    seconds = time.perf_counter() - began
    print(
        f"{amount:,} transactions, {size / 1e6:,.1f} MB in {seconds:.1f} s, {size / seconds / 1e6:.0f} MB/s"
    )


if __name__ == "__main__":
    main()
