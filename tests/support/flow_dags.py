"""Random webs of transactions, and what kernel and twin say of them."""

from dataclasses import dataclass
from random import Random

import numpy as np

from oracle.flow import Tx, followed
from qaif.kernels import flow

METHODS = {
    "poison": flow.POISON,
    "haircut": flow.HAIRCUT,
    "fifo": flow.FIFO,
    "lifo": flow.LIFO,
    "highest": flow.HIGHEST,
}


@dataclass(frozen=True)
class Dag:
    txs: list[Tx]
    value: dict[int, int]
    seeds: set[int]
    fees: set[int]

    @property
    def ends(self) -> set[int]:
        return set(self.value) - {coin for taken, _ in self.txs for coin in taken}


def random_dag(rng: Random, most_txs: int = 14) -> Dag:
    """A web with small and with very large amounts, zeros, fees on either side, and seeds anywhere."""
    top = rng.choice([3, 20, 10**6, 10**9, 2 * 10**14])
    dag = Dag([], {}, set(), set())
    free: list[int] = []
    for _ in range(rng.randint(1, most_txs)):
        taken = [free.pop(rng.randrange(len(free))) for _ in range(min(len(free), rng.randint(0, 3)))]
        taken += [_coin(dag, rng.randint(0, top)) for _ in range(rng.randint(0 if taken else 1, 2))]
        if rng.random() < 0.2:
            taken.append(_coin(dag, rng.randint(0, top)))
            dag.fees.add(taken[-1])
        total = sum(dag.value[coin] for coin in taken)
        cuts = sorted(rng.randint(0, total) for _ in range(rng.randint(0, 4)))
        made = [_coin(dag, hi - lo) for lo, hi in zip([0, *cuts], [*cuts, total], strict=True)]
        free += made[:-1]
        dag.fees.add(made[-1])
        dag.txs.append((taken, made))
    dag.seeds.update(
        rng.sample(
            sorted(set(dag.value) - dag.fees), k=min(rng.randint(1, 2), len(dag.value) - len(dag.fees))
        )
    )
    return dag


def _coin(dag: Dag, worth: int) -> int:
    dag.value[len(dag.value)] = worth
    return len(dag.value) - 1


def by_kernel(dag: Dag, method: str) -> tuple[list[int], list[int], list[int]]:
    """marked, fresh, added."""
    lo = [np.cumsum([0, *(len(tx[side]) for tx in dag.txs)]).astype(np.int64) for side in (0, 1)]
    coins = [np.array([c for tx in dag.txs for c in tx[side]], dtype=np.int64) for side in (0, 1)]
    value = np.array(list(dag.value.values()), dtype=np.int64)
    fee, seed = (np.zeros(len(value), dtype=np.uint8) for _ in range(2))
    fee[list(dag.fees)], seed[list(dag.seeds)] = 1, 1
    marked, fresh, added = (np.empty(n, dtype=np.int64) for n in (len(value), len(value), len(dag.txs)))
    web = (lo[0], coins[0], lo[1], coins[1], value)
    if method in ("fifo", "lifo"):
        flow.order_into(method == "lifo", *web, seed, marked, fresh, added)
    else:
        flow.spread_into(METHODS[method], *web, fee, seed, marked, fresh, added)
    return marked.tolist(), fresh.tolist(), added.tolist()


def disagreement(dag: Dag, method: str) -> str:
    """Where kernel and twin differ, or the sum does not hold; empty where all is well."""
    marked, fresh, added = by_kernel(dag, method)
    twin, twin_fresh = followed(method, dag.txs, dag.value, dag.seeds, dag.fees)
    if marked != [twin[coin] for coin in dag.value]:
        return f"marked: {marked} by the kernel, {list(twin.values())} by the twin"
    if [fresh[coin] for coin in sorted(dag.seeds)] != [twin_fresh[coin] for coin in sorted(dag.seeds)]:
        return f"fresh: {fresh} by the kernel, {twin_fresh} by the twin"
    if sum(fresh) + sum(added) != sum(marked[coin] for coin in dag.ends):
        return f"{sum(fresh)} + {sum(added)} marked at first, {sum(marked[c] for c in dag.ends)} at the ends"
    if method != "poison" and any(added):
        return "something was added"
    if any(not 0 <= marked[coin] <= dag.value[coin] for coin in dag.value):
        return "more is marked than there is"
    return ""
