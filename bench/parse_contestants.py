"""One contestant of `bench/parse.py`, in a process of its own, with whatever Python its packages live in.

Usage: python parse_contestants.py NAME FOLDER. The folder holds `blocks.bin` (raw blocks, copies of the
sample one after another) and `bounds.bin` (int64 offsets of the blocks of one copy). Then, on standard input:

    check      -> one line: SHA-256 of all txids of a copy, and of all wtxids or `-`
    run BUDGET -> one line: bytes parsed and seconds taken; whole copies until BUDGET seconds are over

Standard library only, but for the contestant itself.
"""

import hashlib
import mmap
import sys
import time
from array import array
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def digest(hashes: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(hashes)).hexdigest()


class BlockchainParser:
    """blockchain-parser: objects that keep their bytes; the txid is made when asked for."""

    def __init__(self) -> None:
        from blockchain_parser.block import Block

        self.block = Block

    def parse(self, raw: bytes) -> Any:
        """Read one block."""
        block = self.block(raw)
        for tx in block.transactions:
            _ = tx.txid
        return block

    def ids(self, block: Any) -> tuple[list[bytes], list[bytes] | None]:
        """The txids and wtxids of what was read, in wire order; None where the package has no wtxids."""
        return [bytes.fromhex(tx.txid)[::-1] for tx in block.transactions], None


class BlockchainParserFields(BlockchainParser):
    """The same, with the fields read that every other contestant reads: outpoints, sequences, values."""

    def parse(self, raw: bytes) -> Any:
        """Read one block."""
        block = self.block(raw)
        for tx in block.transactions:
            _ = tx.txid, tx.version, tx.locktime
            for txin in tx.inputs:
                _ = txin.transaction_hash, txin.transaction_index, txin.sequence_number
            for out in tx.outputs:
                _ = out.value
        return block


class ElectrumX:
    """e-x (ElectrumX): txid and wtxid of every transaction."""

    def __init__(self) -> None:
        from electrumx.lib.tx import DeserializerSegWit

        self.reader = DeserializerSegWit

    def parse(self, raw: bytes) -> Any:
        """Read one block."""
        return self.reader(raw, start=80).read_tx_block()

    def ids(self, txs: Any) -> tuple[list[bytes], list[bytes] | None]:
        """The txids and wtxids of what was read, in wire order; None where the package has no wtxids."""
        return [tx.txid_rev for tx in txs], [tx.wtxid_rev for tx in txs]


class BitcoinKernel:
    """Bitcoin Core's own deserialiser, called through py-bitcoinkernel's C bindings.

    The package's own `Block(bytes)` first spreads the bytes out as Python integers; that is left out here, to
    measure Core. A context is made first: that is when Core picks its fastest SHA-256.
    """

    def __init__(self) -> None:
        import ctypes

        import pbk
        from pbk.capi import bindings

        self.keep = pbk.Context(pbk.ContextOptions())
        self.pbk, self.bindings, self.ctypes = pbk, bindings, ctypes

    def parse(self, raw: bytes) -> Any:
        """Read one block."""
        start = self.ctypes.cast(self.ctypes.c_char_p(raw), self.ctypes.POINTER(self.ctypes.c_ubyte))
        block = self.bindings.btck_block_create(start, len(raw))
        if not block:
            raise ValueError("refused")
        self.bindings.btck_block_destroy(block)
        return raw

    def ids(self, raw: Any) -> tuple[list[bytes], list[bytes] | None]:
        """The txids and wtxids of what was read, in wire order; None where the package has no wtxids."""
        return [bytes(tx.txid) for tx in self.pbk.Block(raw).transactions], None


class BitcoinLib:
    """python-bitcoinlib: txids and wtxids, and the whole of both merkle trees, when a block is read."""

    def __init__(self) -> None:
        from bitcoin.core import CBlock

        self.block = CBlock

    def parse(self, raw: bytes) -> Any:
        """Read one block."""
        return self.block.deserialize(raw)

    def ids(self, block: Any) -> tuple[list[bytes], list[bytes] | None]:
        """The txids and wtxids of what was read, in wire order; None where the package has no wtxids."""
        return [tx.GetTxid() for tx in block.vtx], [tx.GetHash() for tx in block.vtx]


class Qaif:
    """Columns of all fields, script types and ids; `effort` is how much is hashed."""

    def __init__(self, effort: int) -> None:
        import numpy as np

        from qaif.kernels import parse

        self.parser, self.effort, self.numpy, self.room = parse, effort, np, parse.Room()

    def copy(self, view: Any, bounds: Any) -> Any:
        """Read one copy of the sample."""
        data = self.numpy.frombuffer(view, self.numpy.uint8)
        parsed, status, _ = self.parser.parse_blocks(data, bounds, self.effort, self.room)
        if parsed is None:
            raise ValueError(self.parser.STATUS_TEXT[status])
        return parsed


QAIF = {"qaif txids": 0, "qaif ids": 1, "qaif all": 2}
PEERS: dict[str, Callable[[], Any]] = {
    "blockchain-parser": BlockchainParser,
    "blockchain-parser, fields": BlockchainParserFields,
    "e-x": ElectrumX,
    "py-bitcoinkernel": BitcoinKernel,
    "python-bitcoinlib": BitcoinLib,
}


class Runner:
    """Walks over the copies of the sample."""

    def __init__(self, name: str, folder: Path) -> None:
        self.bounds = array("q", (folder / "bounds.bin").read_bytes())
        with (folder / "blocks.bin").open("rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.size = self.bounds[-1]
        self.copies = len(self.data) // self.size
        self.next_copy = 0
        self.ours = Qaif(QAIF[name]) if name in QAIF else None
        self.peer = None if self.ours else PEERS[name]()
        if self.ours:
            self.limits = self.ours.numpy.array(self.bounds)

    def check(self) -> str:
        """Digests of all ids of one copy."""
        if self.ours:
            parsed = self.ours.copy(memoryview(self.data)[: self.size], self.limits)
            wtxids = digest([parsed.tx_wtxid_raw.tobytes()]) if self.ours.effort else "-"
            return f"{digest([parsed.tx_txid_raw.tobytes()])} {wtxids}"
        txids: list[bytes] = []
        wtxids_found: list[bytes] | None = []
        for lo, hi in zip(self.bounds, self.bounds[1:], strict=False):
            found, second = self.peer.ids(self.peer.parse(self.data[lo:hi]))
            txids += found
            wtxids_found = None if second is None or wtxids_found is None else wtxids_found + second
        return f"{digest(txids)} {'-' if wtxids_found is None else digest(wtxids_found)}"

    def run(self, budget: float) -> str:
        """Bytes and seconds; the clock runs over the parsing alone."""
        done, taken = 0, 0.0
        while taken < budget:
            base = self.next_copy * self.size
            self.next_copy = (self.next_copy + 1) % self.copies
            if self.ours:
                view = memoryview(self.data)[base : base + self.size]
                began = time.perf_counter()
                self.ours.copy(view, self.limits)
            else:
                # the bytes of each block are cut out before the clock starts
                parts = [
                    self.data[base + lo : base + hi]
                    for lo, hi in zip(self.bounds, self.bounds[1:], strict=False)
                ]
                began = time.perf_counter()
                for raw in parts:
                    self.peer.parse(raw)
            taken += time.perf_counter() - began
            done += self.size
        return f"{done} {taken}"


def main() -> None:
    runner = Runner(sys.argv[1], Path(sys.argv[2]))
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        print(runner.check() if words[0] == "check" else runner.run(float(words[1])), flush=True)


if __name__ == "__main__":
    main()
