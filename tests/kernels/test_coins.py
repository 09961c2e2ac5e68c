import random

import numpy as np
import pytest

from oracle.blockmaker import seeded
from oracle.utxo import Coin
from qaif.chain.coin_order import in_order
from qaif.kernels import coins
from qaif.kernels.loads import Bytes, Int64s

Row = tuple[bytes, int, Coin]
SIZES = (0, 1, 25, 252, 253, 254, 9_999, 65_535, 65_536, 70_000)


def rows_of(rng: random.Random, count: int) -> list[Row]:
    """Ids of which some begin alike in eight bytes, as long as in thirty-one; several outputs of each."""
    start = rng.randbytes(8)
    pool = [start + rng.randbytes(24) for _ in range(4)] + [rng.randbytes(32) for _ in range(5)]
    pool += [pool[0][:31] + bytes([end]) for end in (0, 255)]
    rows = []
    for number in range(count):
        coin = Coin(
            rng.randrange(10**6),
            rng.random() < 0.3,
            rng.randrange(21 * 10**14),
            rng.randbytes(rng.choice(SIZES[:7])),
        )
        rows.append((rng.choice(pool), number * rng.choice((1, 70_000)), coin))
    return rows


def serialised(rows: list[Row]) -> tuple[Bytes, Int64s]:
    vout = np.array([vout for _, vout, _ in rows], np.int64)
    code = np.array([2 * coin.height + coin.coinbase for _, _, coin in rows], np.int64)
    value = np.array([coin.value for _, _, coin in rows], np.int64)
    size = np.array([len(coin.script) for _, _, coin in rows], np.int64)
    blob = np.frombuffer(b"junk" + b"".join(coin.script for _, _, coin in rows), np.uint8)
    offset = coins.coin_offsets(size)
    out = np.zeros(int(offset[-1]), np.uint8)
    txid_raw = np.frombuffer(bytearray(b"".join(txid for txid, _, _ in rows)), np.uint8)
    coins.put_fixed(txid_raw, np.arange(len(rows)), vout, code, value, size, offset, out)
    lo = np.cumsum(np.append(0, size[:-1])) + 1_000
    coins.put_scripts(blob, 996, np.arange(len(rows)), lo, size, offset, out)
    return out, offset


def expected(rows: list[Row]) -> bytes:
    return b"".join(coin.written((txid, vout)) for txid, vout, coin in rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twin_bytes_parts_and_order(seed: int) -> None:
    rows = rows_of(seeded(seed), 40)
    data, offset = serialised(rows)
    assert data.tobytes() == expected(rows)
    assert coins.count_coins(data) == len(rows)
    found, key = coins.find_coins(data, len(rows))
    assert found.tolist() == offset.tolist()
    assert key.tolist() == [int.from_bytes(txid[:8], "big") for txid, _, _ in rows]
    dealt = np.empty_like(data)
    bounds = coins.part(data, offset, dealt)
    for number in range(256):
        mine = [row for row in rows if row[0][0] == number]
        assert dealt[bounds[number] : bounds[number + 1]].tobytes() == expected(mine)
    by_id = sorted(rows, key=lambda row: row[0])
    assert in_order(data).tobytes() == expected(by_id)


@pytest.mark.parametrize("size", SIZES)
def test_twin_every_length_of_a_script(size: int) -> None:
    row = (
        bytes(range(32)),
        2**32 - 1,
        Coin(2**30, coinbase=True, value=2**62, script=bytes([size % 251]) * size),
    )
    data, offset = serialised([row])
    lead = 1 if size < 253 else 3 if size < 65_536 else 5
    assert len(data) == offset[1] == 48 + lead + size
    assert data[: 48 + lead].tobytes()[48:] == (
        bytes([size]) if lead == 1 else bytes([250 + (lead + 3) // 2]) + size.to_bytes(lead - 1, "little")
    )
    assert data[48 + lead :].tobytes() == row[2].script
    assert coins.count_coins(data) == 1


def test_a_cut_coin_is_noticed() -> None:
    data, _ = serialised(rows_of(seeded(4), 6))
    short, _ = serialised([(bytes(32), 0, Coin(1, coinbase=False, value=1, script=bytes(300)))])
    assert coins.count_coins(data[:0]) == 0
    for cut in (1, 47, 48, 49, 50, 52, 53, 100, len(short) - 1):
        assert coins.count_coins(short[:cut]) == -1
    with pytest.raises(AssertionError, match="within a coin"):
        in_order(data[:-1])
