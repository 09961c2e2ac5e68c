"""Transactions of the simulator against their slow twin."""

import random
from collections.abc import Iterator
from itertools import accumulate, pairwise

import numpy as np
import pytest

from oracle import made_world
from oracle.blockmaker import seeded
from qaif.kernels.made_scripts import KINDS, scripts_raw
from qaif.kernels.made_txs import Coins, Fresh, Plan, write_txs

SEED = 0x5EED_0F_CA11_1EAF
SLOTS = 40
FRESH = (5 * KINDS + 2, 6 * KINDS + 7, 7 * KINDS)


@pytest.fixture(autouse=True)
def _wraps() -> Iterator[None]:
    """As plain Python the kernel's 64 bits wrap with a warning."""
    with np.errstate(over="ignore"):
        yield


def test_twin_scripts_of_every_kind() -> None:
    numbers = [*range(5 * KINDS), 2**33 + 5, 2**40 + 6]
    raw, at = scripts_raw(SEED, np.array(numbers, np.int64))
    found = [raw[lo:hi].tobytes() for lo, hi in pairwise(at)]
    assert found == [made_world.Keys(SEED, one).output_script() for one in numbers]


def script_from(rng: random.Random) -> int:
    """Often of few numbers, so that scripts come again, also those written before; now and then data."""
    if rng.random() < 0.1:
        return -rng.choice((1, 75, 76, 80))
    script = rng.randrange(30 * KINDS)
    return {one // KINDS: one for one in FRESH}.get(script // KINDS, script)


def plan_of(rng: random.Random) -> list[made_world.Tx]:
    """Transactions that spend the first coins, and each other's."""
    free, slots, txs = list(range(SLOTS)), SLOTS, []
    for many in rng.choices((1, 2, 3, 7), k=9):
        spent = [free.pop(rng.randrange(len(free))) for _ in range(min(many, len(free)))]
        outs = []
        for _ in range(rng.choice((1, 2, 3, 12, 260))):
            script = script_from(rng)
            slot = slots if script >= 0 and rng.random() < 0.9 else -1
            slots += slot >= 0
            value = rng.choice((0, 600, 600, rng.randrange(2**48))) if script >= 0 else 0
            outs.append((value, script, slot))
        sequence = rng.choice((0xFFFFFFFD, 0xFFFFFFFF))
        ins = [(slot, sequence) for slot in spent]
        sorts, low = rng.random() < 0.5, rng.randrange(2)
        txs.append(made_world.Tx(rng.choice((1, 2)), rng.randrange(900_000), sorts, low, ins, outs))
        free += [slot for *_, slot in outs if slot >= 0]
    return txs


def as_plan(txs: list[made_world.Tx]) -> Plan:
    def begins(sizes: list[int]) -> list[int]:
        return [0, *accumulate(sizes)]

    ins = [one for tx in txs for one in tx.ins]
    outs = [one for tx in txs for one in tx.outs]
    columns = [
        *(
            [tx.version for tx in txs],
            [tx.lock for tx in txs],
            [tx.sorts for tx in txs],
            [tx.low for tx in txs],
        ),
        *(begins([len(tx.ins) for tx in txs]), *zip(*ins, strict=True)),
        *(begins([len(tx.outs) for tx in txs]), *zip(*outs, strict=True)),
    ]
    return Plan(*(np.array(column, np.int64) for column in columns))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_twin_transactions_ids_places_and_coins(seed: int) -> None:
    rng = seeded(seed)
    txs = plan_of(rng)
    ids = [rng.randbytes(3) + bytes(29) for _ in range(3)]  # alike, so that places decide the order
    slow = {slot: made_world.Coin(rng.choice(ids), slot, rng.randrange(30 * KINDS)) for slot in range(SLOTS)}
    slots = SLOTS + sum(slot >= 0 for tx in txs for *_, slot in tx.outs)
    coins = Coins(np.zeros(32 * slots, np.uint8), np.zeros(slots, np.int64), np.zeros(slots, np.int64))
    for slot, coin in slow.items():
        coins.txid[32 * slot : 32 * slot + 32] = np.frombuffer(coin.txid, np.uint8)
        coins.vout[slot], coins.script[slot] = coin.vout, coin.script
    raw, at = scripts_raw(SEED, np.array(FRESH, np.int64))
    noise, slow_noise = np.array([seed], np.uint64), made_world.Noise(seed)
    made, both, vout = write_txs(SEED, as_plan(txs), coins, Fresh(5, raw, at), noise)
    twin = [made_world.write(SEED, tx, slow, slow_noise) for tx in txs]
    assert made.tobytes() == b"".join(one[0] for one in twin)
    assert both[0].tobytes() == b"".join(one[1] for one in twin)
    assert both[1].tobytes() == b"".join(one[2] for one in twin)
    assert vout.tolist() == [place for one in twin for place in one[3]]
    assert noise.tolist() == [slow_noise.state]
    for slot, coin in slow.items():
        assert coins.txid[32 * slot : 32 * slot + 32].tobytes() == coin.txid
        assert coins.vout[slot] == coin.vout
