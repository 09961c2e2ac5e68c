"""Haircut through a whole chain against its twin over a made chain, and where values are unknown."""

import os
from random import Random
from typing import Any

import numpy as np

from oracle.flow import followed, shares
from qaif.kernels.flow_about import haircut_about_into
from qaif.kernels.flow_chain import FEES, FRESH, LOST, SUMS, haircut_into

WEBS = 5 * int(os.environ.get("QAIF_TEST_EXAMPLES", "100"))
Made = list[tuple[list[tuple[int, int]], list[int]]]  # inputs (spent output, value), values of outputs


def made_chain(rng: Random) -> Made:
    txs: Made = []
    free: list[tuple[int, int]] = []
    count, top = 0, rng.choice([5, 1_000, 2 * 10**13])
    for _ in range(rng.randint(1, 20)):
        ins = [free.pop(rng.randrange(len(free))) for _ in range(min(len(free), rng.randint(0, 3)))]
        total = sum(value for _, value in ins) if ins else rng.randint(0, top)
        cuts = sorted(rng.randint(0, total) for _ in range(rng.randint(1, 4)))
        outs = [hi - lo for lo, hi in zip([0, *cuts[:-1]], cuts, strict=True)]
        txs.append((ins or [(-2, -1)], outs))
        free += [(count + at, value) for at, value in enumerate(outs)]
        count += len(outs)
    return txs


def by_kernel(txs: Made, seeds: set[int], cut: int, *, about: bool = False) -> tuple[list[Any], list[Any]]:
    """In two pieces, cut at a transaction."""
    outs = sum(len(tx[1]) for tx in txs)
    seed = np.zeros(outs, np.uint8)
    mark, sums = (
        np.zeros(outs, np.float32 if about else np.int64),
        np.zeros(SUMS, float if about else np.int64),
    )
    kernel: Any = haircut_about_into if about else haircut_into
    seed[list(seeds)] = 1
    ins, first_out = 0, 0
    for piece in (txs[:cut], txs[cut:]):
        lo = [
            np.cumsum([start, *(len(tx[side]) for tx in piece)]) for side, start in ((0, ins), (1, first_out))
        ]
        spent = [one for tx in piece for one in tx[0]]
        kernel(
            lo[0][:-1].astype(np.int64),
            np.array([num for num, _ in spent], dtype=np.int64),
            np.array([value for _, value in spent], dtype=np.int64),
            ins,
            lo[1][:-1].astype(np.int64),
            np.array([value for tx in piece for value in tx[1]], dtype=np.int64),
            first_out,
            seed,
            mark,
            sums,
        )
        ins, first_out = int(lo[0][-1]), int(lo[1][-1])
    return mark.tolist(), sums.tolist()


def test_whole_chains_are_those_of_the_twin() -> None:
    for number in range(WEBS):
        rng = Random(number)  # noqa: S311  not a secret
        txs = made_chain(rng)
        value = dict(enumerate(value for tx in txs for value in tx[1]))
        seeds = set(rng.sample(sorted(value), k=min(len(value), rng.randint(1, 3))))
        coins, web, at = dict(value), [], 0
        fees: set[int] = set()
        for ins, outs in txs:
            made = list(range(at, at + len(outs)))
            at += len(outs)
            if ins[0][0] >= 0:
                coins[len(coins)] = sum(worth for _, worth in ins) - sum(outs)
                fees.add(len(coins) - 1)
                web.append(([num for num, _ in ins], [*made, len(coins) - 1]))
        twin, fresh = followed("haircut", web, coins, seeds, fees)
        mark, sums = by_kernel(txs, seeds, rng.randint(0, len(txs)))
        assert mark == [twin[coin] for coin in value], f"seed {number}"
        assert sums == [sum(fresh.values()), sum(twin[coin] for coin in fees), 0], f"seed {number}"
        spent = {num for ins, _ in txs for num, _ in ins}
        assert sums[FRESH] == sums[FEES] + sum(m for num, m in enumerate(mark) if num not in spent)


def test_where_shares_cannot_be_known_the_mark_is_lost() -> None:
    unknown: Made = [([(-2, -1)], [100]), ([(0, 100), (-1, -1)], [150])]
    assert by_kernel(unknown, {0}, 1) == ([100, 0], [100, 0, 100])
    contradiction: Made = [([(-2, -1)], [100]), ([(0, 100)], [150])]
    assert by_kernel(contradiction, {0}, 1)[1][LOST] == 100
    known: Made = [([(-2, -1)], [100]), ([(0, 100), (-1, 100)], [150])]
    assert by_kernel(known, {0}, 1) == ([100, 75], [100, 25, 0])


def test_about_is_near_the_twin_without_rounding() -> None:
    for number in range(WEBS):
        rng = Random(number)  # noqa: S311  not a secret
        txs = made_chain(rng)
        value = dict(enumerate(value for tx in txs for value in tx[1]))
        seeds = set(rng.sample(sorted(value), k=min(len(value), rng.randint(1, 3))))
        web, at, to_miners = [], 0, []
        for ins, outs in txs:
            taken = [num for num, _ in ins if num >= 0]
            web.append((taken, list(range(at, at + len(outs)))))
            to_miners.append((taken, sum(worth for _, worth in ins) - sum(outs)))
            at += len(outs)
        twin = shares(web, value, seeds)
        part, sums = by_kernel(txs, seeds, rng.randint(0, len(txs)), about=True)
        for coin, share in twin.items():
            assert abs(part[coin] - share) <= share * 2**-23 * (len(txs) + 1), f"seed {number}"
        fees = 0.0
        for taken, fee in to_miners:
            total = sum(value[coin] for coin in taken)
            fees += float(sum(twin[coin] * value[coin] for coin in taken) * fee / total) if total else 0
        assert abs(sums[FEES] - fees) <= 2**-20 * fees + 1e-6, f"seed {number}"
        spent = {num for ins, _ in txs for num, _ in ins}
        left = sum(part[coin] * worth for coin, worth in value.items() if coin not in spent)
        assert abs(sums[FRESH] - sums[FEES] - left) <= 2**-20 * sums[FRESH] + 1e-6, f"seed {number}"


def test_about_loses_what_the_exact_one_loses() -> None:
    unknown: Made = [([(-2, -1)], [100]), ([(0, 100), (-1, -1)], [150])]
    assert by_kernel(unknown, {0}, 1, about=True) == ([1.0, 0.0], [100.0, 0.0, 100.0])
    contradiction: Made = [([(-2, -1)], [100]), ([(0, 100)], [150])]
    assert by_kernel(contradiction, {0}, 1, about=True)[1][LOST] == 100
    known: Made = [([(-2, -1)], [100]), ([(0, 100), (-1, 100)], [150])]
    assert by_kernel(known, {0}, 1, about=True) == ([1.0, 0.5], [100.0, 25.0, 0.0])
