"""Appends blocks to a block file as Bitcoin Core does, in a process of its own; standard library only.

Usage: core_writer.py PLAN TARGET KEY_HEX SEED; PLAN holds frames, each after its length in eight bytes.

Space is reserved in chunks of zeros, which are never obfuscated; then magic and length are written, then the
block in pieces, as a buffered stream is flushed; at the end the file is cut to what is used.
"""

import itertools
import random
import sys
import time
from pathlib import Path

CHUNK = 1 << 14


def main() -> None:
    """Write everything."""
    plan, target, key, seed = Path(sys.argv[1]), Path(sys.argv[2]), bytes.fromhex(sys.argv[3]), sys.argv[4]
    rng, data, at, end, reserved = random.Random(int(seed)), plan.read_bytes(), 0, 0, 0  # noqa: S311  dice
    with target.open("r+b" if target.exists() else "w+b") as out:
        while at < len(data):
            size = int.from_bytes(data[at : at + 8], "little")
            frame = data[at + 8 : at + 8 + size]
            at += 8 + size
            while end + size > reserved:
                out.seek(reserved)
                out.write(bytes(CHUNK))
                out.flush()
                reserved += CHUNK
            for begin, stop in _pieces(rng, size):
                out.seek(end + begin)
                out.write(_obfuscated(frame[begin:stop], key, end + begin))
                out.flush()
                if rng.random() < 0.2:
                    time.sleep(rng.random() * 0.01)
            end += size
        out.truncate(end)


def _pieces(rng: random.Random, size: int) -> list[tuple[int, int]]:
    cuts = sorted({0, size, 8, *(rng.randrange(8, size) for _ in range(rng.randrange(4)))})
    return list(itertools.pairwise(cuts))


def _obfuscated(piece: bytes, key: bytes, position: int) -> bytes:
    return bytes(byte ^ key[(position + i) % 8] for i, byte in enumerate(piece)) if key else piece


if __name__ == "__main__":
    main()
