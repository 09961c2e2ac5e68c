"""Blocks of the simulated regtest chain: the rules about subsidy, height and proof of work.

Consensus on regtest: the subsidy starts at 50 BTC and halves every 150 blocks, the height stands in the
coinbase (BIP 34), the witness commitment in one of its outputs (BIP 141), and about every second nonce is
proof enough.
"""

import struct

from qaif.feeds.simulation.transactions import push, sha256d

MAGIC = bytes.fromhex("fabfb5da")
BITS = 0x207FFFFF
TARGET = 0x7FFFFF << 8 * (0x20 - 3)
SUBSIDY_SAT = 50 * 100_000_000
HALVING_BLOCKS = 150
COINBASE_MATURITY = 100
BLOCK_VERSION = 0x20000000
GENESIS_TIME = 1296688602
GENESIS = bytes.fromhex(
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f61"
    "7fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f200200000001010000000100000000000000000000000000000000"
    "00000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039"
    "204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffff"
    "ffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f"
    "4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
)

_NULL_OUTPOINT = bytes(32) + b"\xff\xff\xff\xff"
_WITNESS_RESERVED = bytes(32)
_COMMITMENT_HEAD = bytes.fromhex("6a24aa21a9ed")
_COINBASE_TEXT = b"qaif simulated"
_SMALL_NUMBERS_FROM, _LAST_SMALL_NUMBER = 0x50, 16  # OP_1 to OP_16


def subsidy_sat(height: int) -> int:
    """What a block may create."""
    return SUBSIDY_SAT >> (height // HALVING_BLOCKS)


def height_push(height: int) -> bytes:
    """The height as BIP 34 wants it at the head of a coinbase: the shortest script number."""
    if height == 0:
        return b"\x00"
    if height <= _LAST_SMALL_NUMBER:
        return bytes([_SMALL_NUMBERS_FROM + height])
    return push(height.to_bytes(height.bit_length() // 8 + 1, "little"))


def mined(previous_raw: bytes, merkle_raw: bytes, time_unix: int) -> tuple[bytes, bytes]:
    """A header whose hash meets regtest's target, and that hash in wire order."""
    head = struct.pack("<i", BLOCK_VERSION) + previous_raw + merkle_raw + struct.pack("<II", time_unix, BITS)
    nonce = 0
    while True:
        header = head + struct.pack("<I", nonce)
        found = sha256d(header)
        if int.from_bytes(found, "little") <= TARGET:
            return header, found
        nonce += 1
