"""Marked money through transactions, satoshi by satoshi where the order matters; standard library only.

A transaction is (names of coins taken, names of coins made); values are a dictionary. Each method is written
from its definition, not from the kernel.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

Tx = tuple[Sequence[int], Sequence[int]]
Run = tuple[int, bool]


def followed(
    method: str, txs: Sequence[Tx], value: Mapping[int, int], seeds: set[int], fees: set[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """What of each coin is marked, and what of each seed was marked there first."""
    if method in ("fifo", "lifo"):
        return _in_order(method, txs, value, seeds)
    marked = {coin: value[coin] if coin in seeds else 0 for coin in value}
    fresh = {coin: value[coin] for coin in seeds}
    for taken, made in txs:
        mark, total = sum(marked[coin] for coin in taken), sum(value[coin] for coin in taken)
        if not mark:
            continue
        parts = {"poison": _all, "haircut": _pro_rata, "highest": _largest}[method](
            mark, total, [(coin, value[coin], coin in fees) for coin in made]
        )
        for coin, part in parts.items():
            if coin in seeds:
                fresh[coin] -= part
            else:
                marked[coin] = part
    return marked, fresh


def _all(_mark: int, _total: int, made: list[tuple[int, int, bool]]) -> dict[int, int]:
    return {coin: worth for coin, worth, _ in made}


def _pro_rata(mark: int, total: int, made: list[tuple[int, int, bool]]) -> dict[int, int]:
    """What the coins up to each one are due together, rounded down, less what those before it got."""
    rate = Fraction(mark, total)
    parts: dict[int, int] = {}
    for place, (coin, _, _) in enumerate(made):
        due = rate * sum(worth for _, worth, _ in made[: place + 1])
        parts[coin] = due.numerator // due.denominator - sum(parts.values())
    return parts


def _largest(mark: int, _total: int, made: list[tuple[int, int, bool]]) -> dict[int, int]:
    parts = {}
    for coin, worth, _ in sorted(made, key=lambda one: (one[2], -one[1])):
        parts[coin] = min(mark, worth)
        mark -= parts[coin]
    return parts


def _in_order(
    method: str, txs: Sequence[Tx], value: Mapping[int, int], seeds: set[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Each coin is a queue of lots, each of them marked or not."""
    lots: dict[int, list[Run]] = {coin: [(worth, coin in seeds)] for coin, worth in value.items()}
    fresh = {coin: value[coin] for coin in seeds}
    for taken, made in txs:
        queue = [lot for coin in taken for lot in lots[coin]]
        if method == "lifo":
            queue.reverse()
        for coin in made:
            got, queue = _drawn(queue, value[coin])
            if coin in seeds:
                fresh[coin] -= sum(length for length, is_marked in got if is_marked)
            else:
                lots[coin] = got
    marked = {coin: sum(length for length, is_marked in its if is_marked) for coin, its in lots.items()}
    return marked, fresh


def _drawn(queue: list[Run], wanted: int) -> tuple[list[Run], list[Run]]:
    """The first so many satoshi of a queue, and the rest of it."""
    got: list[Run] = []
    rest = list(queue)
    while wanted:
        length, is_marked = rest.pop(0)
        used = min(length, wanted)
        got.append((used, is_marked))
        wanted -= used
        if used < length:
            rest.insert(0, (length - used, is_marked))
    return got, rest


def shares(txs: Sequence[Tx], value: Mapping[int, int], seeds: set[int]) -> dict[int, Fraction]:
    """The haircut without rounding: what share of each coin is marked."""
    share = {coin: Fraction(coin in seeds) for coin in value}
    for taken, made in txs:
        total = sum(value[coin] for coin in taken)
        mark = sum((share[coin] * value[coin] for coin in taken), Fraction(0))
        for coin in made:
            if coin not in seeds:
                share[coin] = mark / total if total else Fraction(0)
    return share
