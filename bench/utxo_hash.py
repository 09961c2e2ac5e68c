"""How many unspent outputs a second `qaif utxo-hash` takes in, beside the slow twin.

Usage: python bench/utxo_hash.py FOLDER [OUTPUTS] [ROUNDS]

Makes a lawful chain in FOLDER of whose outputs two thirds stay unspent: each transaction spends an output of
the coinbase of the block before and pays to two new scripts. Indexes it, then asks, interleaved, for counts
alone, with each hash, and with both. The twin is that of the tests, with Python's own numbers.

The machine may be shared: seconds of the processors stand beside seconds of the clock.
"""

import datetime as dt
import itertools
import os
import platform
import statistics
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from load import Writer, coinbase, double

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from oracle.muhash import SlowMuHash
from qaif.analysis.utxo_set import utxo_set
from qaif.chain.coins import coins
from qaif.chain.files import StoreFiles
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.kernels import muhash

TXS_A_BLOCK = 2_500
TWIN_MEMBERS = 2_000
KERNEL_MEMBERS = 200_000
KINDS = {
    "counts and supply": frozenset[str](),
    "hash_serialized_3": frozenset({"hash_serialized_3"}),
    "muhash": frozenset({"muhash"}),
    "both": frozenset({"hash_serialized_3", "muhash"}),
}


class Taken(NamedTuple):
    """Seconds of the clock, and of all processors together."""

    clock: float
    processors: float


def timed(work: Callable[[], object]) -> Taken:
    clock, processors = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - clock, time.process_time() - processors)


def make(folder: Path, outputs: int) -> None:
    writer, rng = Writer(folder), np.random.default_rng(1)
    coins_before: tuple[bytes, int] | None = None
    made = 0
    while made < outputs:
        value = (50 * 10**8 >> writer.height // 150) // TXS_A_BLOCK
        scripts = rng.bytes(20 * 3 * TXS_A_BLOCK)
        new = [b"\x00\x14" + scripts[at : at + 20] for at in range(0, len(scripts), 20)]
        paid = b"".join(struct.pack("<qB", value, len(s)) + s for s in new[:TXS_A_BLOCK])
        raw, _ = coinbase(writer.height, TXS_A_BLOCK, paid, witness=False)
        txs = [] if coins_before is None else spends(*coins_before, new[TXS_A_BLOCK:])
        ids = b"".join(map(double, [raw, *txs]))
        writer.put([raw, *txs], 1 + len(txs), np.frombuffer(ids, dtype=np.uint8).reshape(-1, 32))
        coins_before = (ids[:32], value)
        made += 2 * len(txs)
    writer.close()


def spends(txid: bytes, value: int, scripts: list[bytes]) -> list[bytes]:
    """Each output of a coinbase to two scripts."""
    head, middle = b"\x02\x00\x00\x00\x01" + txid, b"\x00\xff\xff\xff\xff\x02"
    one, other = struct.pack("<q", value // 2) + b"\x16", struct.pack("<q", value - value // 2) + b"\x16"
    return [
        head + struct.pack("<I", n) + middle + one + scripts[2 * n] + other + scripts[2 * n + 1] + bytes(4)
        for n in range(TXS_A_BLOCK)
    ]


def kernel_and_twin(chain: Chain) -> tuple[float, float]:
    """Microseconds a member: one thread of the kernel, and the twin."""
    piece = next(coins(chain, 3 * KERNEL_MEMBERS))
    count = min(KERNEL_MEMBERS, len(piece.offset) - 1)
    offset, raw = piece.offset[: count + 1], piece.data.tobytes()
    members = [raw[a:b] for a, b in itertools.pairwise(offset[: TWIN_MEMBERS + 1])]
    muhash.multiply_members(muhash.one(), piece.data, offset[:2])
    fast = min(
        timed(lambda: muhash.multiply_members(muhash.one(), piece.data, offset)).processors for _ in range(3)
    )
    return fast / count * 1e6, timed(lambda: twin(members)).processors / len(members) * 1e6


def twin(members: list[bytes]) -> None:
    slow = SlowMuHash()
    for member in members:
        slow.insert(member)


def main() -> None:
    folder = Path(sys.argv[1])
    outputs = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    store = folder / "chain"
    if not (folder / "blocks").is_dir():
        make(folder / "blocks", outputs)
    index(store, BlockFileFeed.open([folder / "blocks"]))
    taken: dict[str, list[Taken]] = {name: [] for name in KINDS}
    with Chain.open(store) as chain:
        files = StoreFiles(store)
        txouts = utxo_set(chain, files, KINDS["both"]).txouts
        for _ in range(rounds):
            for name, kinds in KINDS.items():
                taken[name].append(timed(lambda kinds=kinds: utxo_set(chain, files, kinds)))  # type: ignore[misc]
        total = chain.n_outs
        fast, slow = kernel_and_twin(chain)
    today, load = dt.datetime.now(tz=dt.UTC).date(), os.getloadavg()[0]
    print(
        f"{today}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, ", end=""
    )
    print(f"load {load:.1f}; median of {rounds} rounds\n{txouts:,} unspent of {total:,} outputs\n")
    print("| what | unspent outputs a second | processor seconds a million |\n|---|---|---|")
    for name, times in taken.items():
        clock = statistics.median(t.clock for t in times)
        used = statistics.median(t.processors for t in times)
        print(f"| {name} | {txouts / clock:,.0f} | {used / txouts * 1e6:.2f} |")
    print(f"\nMuHash, one thread: {fast:.2f} microseconds a member; its twin {slow:,.0f}, ", end="")
    print(f"{slow / fast:,.0f} times that.")


if __name__ == "__main__":
    main()
