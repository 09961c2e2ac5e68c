"""The fewest changes of party from a seed to each coin, by asking every way; standard library only."""

from collections.abc import Mapping, Sequence
from functools import cache

from oracle.flow import Tx


def fewest(txs: Sequence[Tx], party: Mapping[int, int], seeds: set[int]) -> dict[int, int | None]:
    """Of each coin, None where no way leads to it."""
    before = {coin: taken for taken, made in txs for coin in made}

    @cache
    def to(coin: int) -> int | None:
        if coin in seeds:
            return 0
        ways = [
            steps + (party[coin] != party[other] or party[coin] == -1)
            for other in before.get(coin, ())
            if (steps := to(other)) is not None
        ]
        return min(ways, default=None)

    return {coin: to(coin) for coin in party}
