"""Headers of made blocks, and their chain order."""

import struct

import numpy as np

from oracle.placing import Head
from qaif.feeds.networks import NETWORKS
from qaif.feeds.placing import Placing, place
from qaif.feeds.shape import HeaderTable

REGTEST, MAINNET = NETWORKS["regtest"], NETWORKS["mainnet"]
GENESIS = Head(
    bytes.fromhex("01000000" + 32 * "00" + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a")
    + struct.pack("<III", 1_296_688_602, 0x207FFFFF, 2)
)
EASY, HARD = 0x207FFFFF, 0x201FFFFF  # two hashes, and eight


def mined(
    previous: bytes,
    mark: int,
    *,
    bits: int = EASY,
    when: int = 1_600_000_000,
    version: int = 4,
    told: int = -1,
    claimed: int = -1,
    good: bool = True,
) -> Head:
    """A header of a made block; `mark` stands for its merkle root."""
    start = struct.pack("<i", version) + previous + struct.pack("<QQQQ", mark, 0, 0, 0)
    for nonce in range(2**20):
        head = Head(start + struct.pack("<III", when, bits, nonce), told, claimed)
        if (int.from_bytes(head.hash, "little") <= head.target) == good:
            return head
    raise AssertionError(mark)


def run(previous: bytes, count: int, mark: int, **fields: int) -> list[Head]:
    heads: list[Head] = []
    told = fields.pop("told", -1)
    for i in range(count):
        parent = heads[-1].hash if heads else previous
        heads.append(mined(parent, mark + i, told=told + i if told >= 0 else -1, **fields))  # type: ignore[arg-type]  # the fields are ints
    return heads


def table(heads: list[Head]) -> HeaderTable:
    header = np.frombuffer(b"".join(head.header for head in heads), np.uint8).reshape(-1, 80)
    return HeaderTable(
        header,
        np.frombuffer(b"".join(head.hash for head in heads), np.uint8).reshape(-1, 32),
        np.array([head.told for head in heads], np.int32),
        np.array([head.claimed for head in heads], np.int32),
        np.full(len(heads), 81, np.int64),
    )


def placed(heads: list[Head]) -> Placing:
    return place(table(heads), REGTEST)
