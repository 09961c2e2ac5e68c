"""The nearest way to each coin against its slow twin; each way that is named is one."""

from random import Random

import numpy as np

from oracle.flow_paths import fewest
from qaif.kernels.flow_paths import nearest_into
from support.flow_dags import Dag, random_dag


def by_kernel(dag: Dag, party: list[int]) -> tuple[list[int], list[int]]:
    lo = [np.cumsum([0, *(len(tx[side]) for tx in dag.txs)]).astype(np.int64) for side in (0, 1)]
    coins = [np.array([c for tx in dag.txs for c in tx[side]], dtype=np.int64) for side in (0, 1)]
    value, seed = np.array(list(dag.value.values())), np.zeros(len(dag.value), dtype=np.uint8)
    seed[list(dag.seeds)] = 1
    hops, via = np.empty(len(value), dtype=np.int64), np.empty(len(value), dtype=np.int64)
    nearest_into(lo[0], coins[0], lo[1], coins[1], np.array(party), value, seed, hops, via)
    return hops.tolist(), via.tolist()


def test_random_webs_are_those_of_the_twin() -> None:
    for number in range(300):
        rng = Random(number)  # noqa: S311  not a secret
        dag = random_dag(rng)
        party = [rng.randint(-1, 4) for _ in dag.value]
        hops, via = by_kernel(dag, party)
        twin = fewest(dag.txs, dict(enumerate(party)), dag.seeds)
        assert hops == [-1 if twin[coin] is None else twin[coin] for coin in range(len(party))], number
        taken = {made: tx[0] for tx in dag.txs for made in tx[1]}
        for coin, before in enumerate(via):
            assert (before == -1) == (hops[coin] == -1 or coin in dag.seeds), number
            if before != -1:
                assert before in taken[coin], number
                same = party[coin] != -1 and party[coin] == party[before]
                assert hops[coin] == hops[before] + (not same), number


def test_the_larger_of_two_ways() -> None:
    dag = Dag([((0, 1), (2, 3))], {0: 5, 1: 9, 2: 14, 3: 0}, {0, 1}, {3})
    assert by_kernel(dag, [0, 1, 2, 2])[1][2] == 1
    assert by_kernel(dag, [2, 1, 2, 2])[1][2] == 0, "no change of party is nearer"
