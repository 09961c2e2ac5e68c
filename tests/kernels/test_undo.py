"""Core's undo data: the kernel against its slow twin."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest

from oracle import made
from oracle.undo import (
    MAX_MONEY,
    BadUndoError,
    Coin,
    compress_amount,
    compress_script,
    decompress_amount,
    read_undo,
    undo_data,
    varint,
    y_of,
)
from qaif.feeds.revfiles import coins_of
from qaif.kernels.undo import STATUS_TEXT, parse_undo

GENERATOR = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798


def read(data: bytes) -> list[list[Coin]] | None:
    """The kernel's answer in the twin's words."""
    c, status, offset = parse_undo(np.frombuffer(data, dtype=np.uint8))
    if c is None:
        assert STATUS_TEXT[status]
        assert 0 <= offset <= len(data)
        return None
    scripts = coins_of(c)
    if scripts is None:
        return None
    flat = [
        Coin(int(code) // 2, bool(code % 2), int(value), script)
        for code, value, script in zip(c.code, c.value, scripts, strict=True)
    ]
    ends = np.concatenate([[0], np.cumsum(c.tx_coins)]).tolist()
    return [flat[a:b] for a, b in pairwise(ends)]


def twin(data: bytes) -> list[list[Coin]] | None:
    try:
        return read_undo(data)
    except BadUndoError:
        return None


def full_key(rng: Random, *, odd: bool) -> bytes:
    while True:
        x = rng.randrange(2**256)
        if (y := y_of(x, odd=odd)) is not None:
            return b"\x41\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big") + b"\xac"


def coin(rng: Random) -> Coin:
    amounts = (0, 1, rng.randrange(MAX_MONEY), 10 ** rng.randrange(16), MAX_MONEY, 50 * 10**8)
    script = full_key(rng, odd=rng.random() < 0.5) if rng.random() < 0.1 else made.script(rng)
    return Coin(rng.choice((0, 1, 63, 64, 900_000)), rng.random() < 0.5, rng.choice(amounts), script)


def test_twin_values_of_core() -> None:
    """From `compress_tests.cpp` and `serialize_tests.cpp` of Bitcoin Core."""
    cent, btc = 10**6, 10**8
    for value, packed in (
        (0, 0),
        (1, 1),
        (cent, 7),
        (btc, 9),
        (50 * btc, 0x32),
        (21 * 10**6 * btc, 0x1406F40),
    ):
        assert compress_amount(value) == packed
        assert decompress_amount(packed) == value
    assert [varint(n).hex() for n in (0, 0x7F, 0x80, 0x1234, 0xFFFF, 0x123456, 2**32)] == [
        *("00", "7f", "8000", "a334", "82fe7f", "c7e756", "8efefeff00")
    ]
    assert y_of(GENERATOR, odd=False) is not None


@pytest.mark.parametrize("seed", range(8))
def test_twin_reads_the_same(seed: int) -> None:
    rng = made.dice(seed)
    txs = [
        [coin(rng) for _ in range(rng.choice((1, 1, 2, 5)))]
        for _ in range(rng.choice((0, 1, 3, 9) if seed else (260,)))
    ]
    data = undo_data(txs)
    assert read(data) == twin(data) == txs
    for _ in range(40):
        wrong = bytearray(data)
        for _ in range(rng.choice((1, 1, 3))):
            wrong[rng.randrange(len(wrong))] = rng.randrange(256)
        cut = bytes(wrong[: rng.choice((len(wrong), rng.randrange(len(wrong) + 1)))])
        assert read(cut) == twin(cut)


def test_what_core_never_writes_is_refused() -> None:
    def of(code: int, amount: int, script: bytes) -> bytes:
        return b"\x01\x01" + varint(code) + (b"\x00" if code > 1 else b"") + varint(amount) + script

    good = compress_script(b"\x51")
    assert read(of(2, 9, good)) == [[Coin(1, False, 10**8, b"\x51")]]  # noqa: FBT003  as the tuple has it
    assert read(of(2, compress_amount(MAX_MONEY), good)) is not None
    assert read(of(2, compress_amount(MAX_MONEY + 1), good)) is None
    assert read(of(2, 2**62, good)) is None
    assert read(of(2**32, 9, good)) is None
    assert read(of(2, 9, compress_script(b"\x51" * 10_000))) is not None
    assert read(of(2, 9, compress_script(b"\x51" * 10_001))) is None
    assert read(of(2, 9, b"\x04" + bytes(31) + b"\x05")) is None, "no point of the curve has x = 5"
    assert read(of(2, 9, good) + b"\x00") is None
    assert read(b"\xfe\xff\xff\xff\x01") is None
    assert read(b"") is None
    assert read(b"\x00") == []
