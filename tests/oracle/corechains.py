"""The deterministic chains of Bitcoin Core's own tests, rebuilt; standard library only.

Core publishes the hash of the unspent outputs at their tips. A coin's hash depends on transactions and
heights alone, so headers need not be Core's: times and nonces here are other than there. How Core makes
coinbases changed twice: since release 30 they have a lock time of the height before, and a sequence that asks
for it; after it, an OP_0 behind the height only where the script would be too short without it.
"""

import struct
from dataclasses import dataclass, field
from hashlib import sha256

from oracle.blockmaker import (
    GENESIS_TIME,
    Block,
    Out,
    Outpoint,
    Tx,
    double,
    genesis,
    height_push,
    make_block,
    merkle_root,
    push,
    size,
    sized,
)

COIN = 10**8
UP_TO_29, IN_30, AFTER_30 = 29, 30, 31
KEY_ONE = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
PAY_TO_KEY_ONE = push(KEY_ONE) + b"\xac"
P2WSH_TRUE = b"\x00\x20" + sha256(b"\x51").digest()
# the framework's "anyone can spend" address bcrt1p9yfmy5h72durp7zrhlw9lf7jpwjgvwdg0jr0lqmmjtgg83266lqsekaqka
P2TR_TRUE = b"\x51\x20" + bytes.fromhex("2913b252fe537830f843bfdc5fa7d20ba48639a87c86ff837b92d083c55ad7c1")
SPEND_TRUE = (b"\x51", b"\xc0" + (1).to_bytes(32, "big"))  # leaf script, and control block of internal key 1
FEE = 31_200  # 104 vbytes at 0.003 BTC a thousand
NODE_ADDRESSES = (
    "mjTkW3DjgyZck4KbiRusZsqTgaYTxdSz6z",
    "msX6jQXvxiNhx3Q62PKeLPrhrqZQdSimTg",
    "mnonCMyH9TmAsSj3M59DsbH8H63U3RKoFP",
)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def p2pkh(address: str) -> bytes:
    number = 0
    for letter in address:
        number = number * 58 + _BASE58.index(letter)
    raw = number.to_bytes(25, "big")
    assert double(raw[:21])[:4] == raw[21:]
    return b"\x76\xa9\x14" + raw[1:21] + b"\x88\xac"


def tx_of(
    spent: Outpoint, script: bytes, outs: list[Out], stack: tuple[bytes, ...], timing: tuple[int, int]
) -> Tx:
    """A transaction of one input; `timing` is its sequence, and the lock time."""
    sequence, locktime = timing
    body = b"\x01" + spent[0] + struct.pack("<I", spent[1]) + sized(script) + struct.pack("<I", sequence)
    body += size(len(outs)) + b"".join(struct.pack("<q", value) + sized(code) for value, code in outs)
    head, tail = struct.pack("<i", 2), struct.pack("<I", locktime)
    witness = size(len(stack)) + b"".join(sized(item) for item in stack)
    base = head + body + tail
    return Tx(head + b"\x00\x01" + body + witness + tail if stack else base, base, tuple(outs))


@dataclass
class CoreChain:
    """Blocks as Core's miner makes them on regtest."""

    release: int
    blocks: list[Block] = field(default_factory=lambda: [genesis()])

    def mine(self, script: bytes, txs: tuple[Tx, ...] = (), fees: int = 0, *, promise: bool = True) -> Tx:
        """A block whose coinbase pays to a script; its coinbase."""
        height = len(self.blocks)
        outs = [((50 * COIN >> height // 150) + fees, script)]
        root = merkle_root([bytes(32), *(tx.wtxid for tx in txs)])
        if promise:
            outs.append((0, b"\x6a\x24\xaa\x21\xa9\xed" + double(root + bytes(32))))
        padding = b"" if self.release == AFTER_30 and height > 16 else b"\x00"
        timing = (0xFFFFFFFF, 0) if self.release == UP_TO_29 else (0xFFFFFFFE, height - 1)
        reserved = (bytes(32),) if promise else ()
        coinbase = tx_of((bytes(32), 0xFFFFFFFF), height_push(height) + padding, outs, reserved, timing)
        time = GENESIS_TIME + height
        self.blocks.append(make_block(self.blocks[-1].hash, time, [coinbase, *txs]))
        return coinbase


def spend(tx: Tx) -> Tx:
    """The test wallet's transfer to itself of a transaction's first output."""
    outs = [(tx.outs[0][0] - FEE, P2TR_TRUE)]
    return tx_of((tx.txid, 0), b"", outs, SPEND_TRUE, (0, 0))


def unit_tests_110(release: int) -> list[Block]:
    """`TestChain100Setup` and ten more blocks: of the chain parameters' height 110."""
    chain = CoreChain(release)
    for _ in range(110):
        chain.mine(PAY_TO_KEY_ONE)
    return chain.blocks


def fuzz_200(release: int) -> list[Block]:
    """`CreateBlockChain` of the fuzz target for snapshots: of the chain parameters' height 200."""
    chain = CoreChain(release)
    for _ in range(200):
        chain.mine(P2WSH_TRUE, promise=False)
    return chain.blocks


def utxo_set_hash_101(release: int) -> list[Block]:
    """`feature_utxo_set_hash.py`: one coinbase is spent; the block's own coinbase leaves the fee."""
    chain = CoreChain(release)
    first = chain.mine(P2TR_TRUE)
    for _ in range(99):
        chain.mine(p2pkh(NODE_ADDRESSES[0]))
    chain.mine(P2TR_TRUE, (spend(first),))
    return chain.blocks


def assumeutxo_299(release: int) -> list[Block]:
    """`feature_assumeutxo.py`: the cached chain of 199 blocks, then every third block with a transfer."""
    chain = CoreChain(release)
    owners = [*(p2pkh(address) for address in NODE_ADDRESSES), P2TR_TRUE]
    mined = [chain.mine(owners[height // 25 % 4]) for height in range(199)]
    # the wallet takes its largest coin, of these the oldest coinbase, of transfers the last
    old, moved = [tx for tx in mined[:100] if tx.outs[0][1] == P2TR_TRUE], list[Tx]()
    for step in range(100):
        if step % 3:
            chain.mine(owners[0])
            continue
        if old:
            tx = spend(old.pop(0))
            moved.append(tx)
        else:
            tx = spend(moved.pop())  # what it makes is smaller than all that are left
        chain.mine(owners[0], (tx,), FEE)
    return chain.blocks
