"""A chain of any length in Core's block-file format, as a load for the store.

Usage: python bench/load.py FOLDER TRANSACTIONS [SEED]

The numbers of inputs and outputs are those of the 33 real mainnet blocks of 2009 to 2026 that the tests use
(22,895 transactions that are no coinbase); so are the share of inputs that spend an output of their own block
(10 %) and, roughly, kinds of scripts and how often a script comes again. `bench/load.py --compare FOLDER`
prints both beside one another. Signatures and keys are random bytes of the right length: nothing here checks
them.

One kernel writes the transactions of a block and their ids; memory grows by 36 bytes a transaction and 28 an
unspent output.
"""

import hashlib
import struct
import sys
import time
from pathlib import Path

import numpy as np
from load_kernels import INPUTS, OUTPUTS, Array, State, put_script, write_txs

from qaif.feeds.simulation.blocks import GENESIS
from qaif.kernels.merkle import merkle_root

MAGIC = bytes.fromhex("fabfb5da")
BITS = 0x207FFFFF
TARGET = 0x7FFFFF << 8 * (0x20 - 3)
FILE_BYTES = 128 << 20
TXS_A_BLOCK = 2_500
FIRST_BLOCKS = 40  # these make the first coins, 2,000 outputs each
SUBSIDY = 50 * 10**8
BLOCK_ROOM = 16 << 20


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
        """End the last file."""
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
        ordinary = spent[chain.tx.in_lo[0 : chain.n_txs]] != -2
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
