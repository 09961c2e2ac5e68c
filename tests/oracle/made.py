"""Made transactions and blocks for the tests of the parser; `pick` is a source from `dice`."""

from random import Random

from oracle.parse import COMMITMENT, Block, Tx, TxIn, TxOut, merkle_root, sha256d

GENESIS_TEXT = b"The Times 03/Jan/2009 Chancellor on brink of second bailout for banks"
GENESIS_KEY = bytes.fromhex(
    "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6"
    "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f"
)
GENESIS_HASH = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"


def dice(seed: int) -> Random:
    """A source of choices that a test can print and repeat."""
    return Random(seed)  # noqa: S311  for made data, not for secrets


def genesis() -> Block:
    """The first block of Bitcoin, as chainparams.cpp of Bitcoin Core makes it."""
    script = bytes([4]) + (486604799).to_bytes(4, "little") + b"\x01\x04" + bytes([69]) + GENESIS_TEXT
    coinbase = Tx(
        1,
        [TxIn(bytes(32), 2**32 - 1, script, 2**32 - 1)],
        [TxOut(50 * 10**8, b"\x41" + GENESIS_KEY + b"\xac")],
        0,
    )
    numbers = b"".join(n.to_bytes(4, "little") for n in (1231006505, 0x1D00FFFF, 2083236893))
    return Block((1).to_bytes(4, "little") + bytes(32) + coinbase.txid + numbers, [coinbase])


def script(pick: Random) -> bytes:
    """A script of a known form, or one like it with a byte changed, or random bytes."""
    key = bytes([pick.choice((2, 3))]) + pick.randbytes(32)
    long_key = bytes([pick.choice((4, 6, 7))]) + pick.randbytes(64)
    keys = b"".join(bytes([len(k)]) + k for k in (key, long_key)[: pick.randint(1, 2)])
    count = bytes([pick.randint(0x4F, 0x53)])
    forms = [
        b"\x76\xa9\x14" + pick.randbytes(20) + b"\x88\xac",
        b"\xa9\x14" + pick.randbytes(20) + b"\x87",
        bytes([len(key)]) + key + b"\xac",
        bytes([len(long_key)]) + long_key + b"\xac",
        count + keys + count + b"\xae",
        b"\x01\x11" + (b"\x21" + key) * 17 + b"\x01\x11\xae",
        b"\x6a" + bytes([12]) + pick.randbytes(12),
        b"\x6a\x4c\x05" + pick.randbytes(pick.randint(3, 6)),
        bytes([pick.choice((0, 0x51, 0x52, 0x60, 0x61)), pick.choice((20, 32))]) + pick.randbytes(32),
        b"\x00\x14" + pick.randbytes(20),
        b"\x00\x20" + pick.randbytes(32),
        b"\x51\x20" + pick.randbytes(32),
        b"\x51\x02\x4e\x73",
        pick.randbytes(pick.choice((0, 1, 4, 22, 25, 35, 300))),
    ]
    made = bytearray(pick.choice(forms))
    if made and pick.random() < 0.3:
        made[pick.randrange(len(made))] = pick.choice(
            (0, 1, 0x4C, 0x4D, 0x4E, 0x51, 0xAE, pick.randrange(256))
        )
    return bytes(made)


def tx(pick: Random, *, witness: bool) -> Tx:
    made = Tx(pick.randint(-(2**31), 2**31 - 1), [], [], pick.randrange(2**32))
    for _ in range(pick.choice((1, 1, 2, 3, 7))):
        made.ins.append(TxIn(pick.randbytes(32), pick.randrange(2**32), script(pick), pick.randrange(2**32)))
    for _ in range(pick.choice((0, 1, 2, 3, 260))):
        made.outs.append(TxOut(pick.randint(-(2**63), 2**63 - 1), script(pick)))
    if witness:
        for txin in made.ins:
            txin.witness = [
                pick.randbytes(pick.choice((0, 1, 33, 72))) for _ in range(pick.choice((0, 1, 2, 4)))
            ]
        made.ins[0].witness.append(b"")
    return made


def block(pick: Random, count: int, *, witness: bool) -> Block:
    """A block whose merkle root and witness commitment are right; no proof of work."""
    txs = [tx(pick, witness=witness and pick.random() < 0.7) for _ in range(count)]
    if any(t.has_witness for t in txs):
        reserved = pick.randbytes(32)
        txs[0].ins = txs[0].ins[:1]
        txs[0].ins[0].witness = [reserved]
        root, _ = merkle_root([bytes(32), *(t.wtxid for t in txs[1:])])
        txs[0].outs.append(TxOut(0, b"\x6a\x24\xaa\x21\xa9\xed" + pick.randbytes(32)))
        txs[0].outs.append(TxOut(0, COMMITMENT + sha256d(root + reserved) + b"\x00" * pick.randint(0, 2)))
    root, _ = merkle_root([t.txid for t in txs])
    return Block(pick.randbytes(36) + root + pick.randbytes(12), txs)
