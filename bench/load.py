"""A chain of any length in Core's block-file format, as a load for the store.

Usage: python bench/load.py FOLDER TRANSACTIONS [SEED]
       python bench/load.py --compare CHAIN_FOLDER

Transactions have the numbers of inputs and outputs, the kinds of scripts, and roughly the reuse of scripts
and the ages of what they spend, of the 33 real mainnet blocks of 2009 to 2026 that the tests use (22,895
transactions that are no coinbase). `--compare` prints both beside one another: `load_compare.py`. Signatures
and keys are random bytes of the right length: nothing here checks them.

Kernels write the transactions of a block and their ids from a ring of the latest 4 million outputs; memory
does not grow with the chain.
"""

import hashlib
import struct
import sys
import time
from pathlib import Path

import numpy as np
from load_coinbase import keep_coinbase, put_coinbase_outputs
from load_kernels import (
    NOISE,
    RANDOM,
    SCRIPT_ROOM,
    Array,
    Model,
    State,
    write_txs,
)

from qaif.feeds.simulation.blocks import GENESIS
from qaif.kernels.merkle import merkle_root

MAGIC = bytes.fromhex("fabfb5da")
BITS = 0x207FFFFF
TARGET = 0x7FFFFF << 8 * (0x20 - 3)
FILE_BYTES = 128 << 20
RING = 1 << 22  # outputs
TXS_A_BLOCK = 2_500
FIRST_BLOCKS = 40  # these make the first coins, 2,000 outputs each
FIRST_OUTPUTS = 2_000
SUBSIDY = 50 * 10**8
BLOCK_ROOM = 16 << 20
FIRST_TIME = 1_300_000_000

# Shares of transactions with 1, 2, 3, ... inputs and outputs, counted in the real blocks; the rest have from
# 20 to `MOST`: the real means but for 0.1 inputs less, or there would be nothing left to spend.
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
MOST = (67, 112)
KINDS = (0.578, 0.142, 0.104, 0.104, 0.065, 0.004, 0.003)  # in the order of `load_kernels`, of real outputs
SAME_BLOCK, BLOCK_BEFORE = (
    0.10,
    0.10,
)  # shares of inputs that spend this block's outputs, and the one before's
REUSE = (0.085, 0.05, 0.10)  # see `Model.reuse`, not cumulative


def model() -> Model:
    def cumulative(shares: tuple[float, ...]) -> Array:
        return np.cumsum(np.array(shares, dtype=np.float64))

    age = np.array([SAME_BLOCK, BLOCK_BEFORE, 2.79 * TXS_A_BLOCK, 0.0])
    most = np.array(MOST, dtype=np.int64)
    return Model(cumulative(INPUTS), cumulative(OUTPUTS), cumulative(KINDS), age, cumulative(REUSE), most)


def new_state(seed: int, ring: int = RING) -> State:
    """A ring without outputs."""
    count = np.zeros(8, dtype=np.int64)
    count[RANDOM] = seed * 0x9E3779B97F4A7C1 + 1
    columns = [np.zeros(ring, dtype=np.int64) for _ in range(3)]
    kind = [np.zeros(ring, dtype=np.uint8)]
    noise = np.frombuffer(np.random.default_rng(seed).bytes(NOISE), dtype=np.uint8).copy()
    live, group = np.zeros(ring, dtype=np.uint8), np.zeros(ring // 64, dtype=np.int64)
    return State(live, group, np.zeros(32 * ring, dtype=np.uint8), *columns, *kind, noise, count)


def double(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def compact(value: int) -> bytes:
    return bytes([value]) if value < 0xFD else b"\xfd" + struct.pack("<H", value)


def coinbase(height: int, count: int, outputs: bytes, *, witness: bool) -> tuple[bytes, bytes]:
    """A coinbase with its height: whole, and as its id has it."""
    push = height.to_bytes(height.bit_length() // 8 + 1, "little") if height > 16 else b""
    script = bytes([len(push)]) + push if push else bytes([0x50 + height if height else 0, 0])
    body = b"\x01" + bytes(32) + b"\xff\xff\xff\xff" + bytes([len(script)]) + script + b"\xff\xff\xff\xff"
    body += compact(count) + outputs
    head, tail = struct.pack("<i", 2), bytes(4)
    stack = b"\x01\x20" + bytes(32)
    return (head + b"\x00\x01" + body + stack + tail if witness else head + body + tail), head + body + tail


def mined(previous: bytes, root: bytes, time_unix: int) -> bytes:
    nonce = 0
    while True:
        header = struct.pack("<i", 0x20000000) + previous + root + struct.pack("<III", time_unix, BITS, nonce)
        if int.from_bytes(double(header), "little") <= TARGET:
            return header
        nonce += 1


class Writer:
    """Blocks into blk*.dat files of 128 MiB, as Core fills them.

    Args:
        folder: where the files go; made where it is missing.
        start: number of the first file, hash of the last block before (None: genesis is written) and height.
    """

    def __init__(self, folder: Path, start: tuple[int, bytes, int] | None = None) -> None:
        self.folder, self.file, self.written = folder, None, 0
        self.number, self.previous, self.height = start or (0, bytes(32), 0)
        folder.mkdir(parents=True, exist_ok=True)
        if start is None:
            self._write([GENESIS])

    def put(self, pieces: list[bytes | memoryview], count: int, leaves: Array) -> None:
        """A block with these transactions; `leaves` are their ids, the coinbase's first."""
        root = merkle_root(leaves).tobytes()
        header = mined(self.previous, root, FIRST_TIME + 600 * self.height)
        self._write([header + compact(count), *pieces])

    def _write(self, pieces: list[bytes | memoryview]) -> None:
        size = sum(len(piece) for piece in pieces)
        if self.file is None or self.file.tell() + size + 8 > FILE_BYTES:
            self.close()
            self.file = (self.folder / f"blk{self.number:05d}.dat").open("wb", buffering=0)
            self.number += 1
        self.file.write(MAGIC + struct.pack("<I", size) + bytes(pieces[0]))
        for piece in pieces[1:]:
            self.file.write(piece)
        self.written += size + 8
        self.previous, self.height = double(bytes(pieces[0][:80])), self.height + 1

    def close(self) -> None:
        """End the last file."""
        if self.file is not None:
            self.file.close()
            self.file = None


class Pieces(Writer):
    """The blocks after those of another writer, framed, each in a file of its own.

    Args:
        folder: where they go.
        ending: of the files' names.
        after: the writer of the blocks before.
    """

    def __init__(self, folder: Path, ending: str, after: Writer) -> None:
        super().__init__(folder, (0, after.previous, after.height))
        self.ending = ending

    def _write(self, pieces: list[bytes | memoryview]) -> None:
        path = self.folder / f"{self.height:08d}.{self.ending}"
        size = sum(len(piece) for piece in pieces)
        path.write_bytes(MAGIC + struct.pack("<I", size) + b"".join(pieces))
        self.previous, self.height = double(bytes(pieces[0][:80])), self.height + 1


class Generator:
    """A chain that grows block by block.

    Args:
        folder: where the block files go.
        seed: the same seed gives the same bytes.
        ring: how many of the latest outputs can be spent.
    """

    def __init__(self, folder: Path, seed: int = 1, ring: int = RING) -> None:
        self.state, self.model, self.writer = new_state(seed, ring), model(), Writer(folder)
        self.out = np.empty(BLOCK_ROOM, dtype=np.uint8)
        self.ids = np.zeros((2, 32 * (TXS_A_BLOCK + 1)), dtype=np.uint8)
        for _ in range(FIRST_BLOCKS):
            self._first_coins()

    def _first_coins(self) -> None:
        """A block whose coinbase makes outputs to spend."""
        room = np.empty(FIRST_OUTPUTS * (SCRIPT_ROOM + 8), dtype=np.uint8)
        end = put_coinbase_outputs(room, 0, FIRST_OUTPUTS, SUBSIDY, self.state, self.model.kinds)
        raw, base = coinbase(self.writer.height, FIRST_OUTPUTS, room[:end].tobytes(), witness=False)
        txid = np.frombuffer(double(base), dtype=np.uint8).copy()
        keep_coinbase(self.state, self.model.kinds, txid, FIRST_OUTPUTS, SUBSIDY)
        self.writer.put([raw], 1, txid.reshape(1, 32))

    def block(self, txs: int) -> int:
        """Write a block with so many transactions beside its coinbase; how many there are."""
        txid, wtxid = self.ids[0].reshape(-1, 32), self.ids[1].reshape(-1, 32)
        count, end = write_txs(self.out, txs, self.state, self.model, self.ids)
        root = merkle_root(wtxid[: count + 1]).tobytes()
        promise = b"\x6a\x24\xaa\x21\xa9\xed" + double(root + bytes(32))
        outputs = struct.pack("<q", SUBSIDY) + b"\x01\x51" + bytes(8) + compact(len(promise)) + promise
        raw, base = coinbase(self.writer.height, 2, outputs, witness=True)
        txid[0] = np.frombuffer(double(base), dtype=np.uint8)
        self.writer.put([raw, memoryview(self.out)[:end]], count + 1, txid[: count + 1])
        return count


def generate(folder: Path, amount: int, seed: int = 1) -> int:
    """Write a chain of about `amount` transactions; returns its bytes."""
    generator, done = Generator(folder, seed), 0
    while done < amount:
        done += generator.block(min(TXS_A_BLOCK, amount - done))
    generator.writer.close()
    return generator.writer.written


def main() -> None:
    if sys.argv[1] == "--compare":
        from load_compare import table

        print(table(Path(sys.argv[2])))
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
