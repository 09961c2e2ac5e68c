"""Neighbours: what each adds to a shape, a near miss that it leaves alone, and what was not known before."""

from itertools import count

import numpy as np
import pytest

from oracle.blockmaker import Branch, Out, Outpoint, Tx, make_tx, seeded
from qaif.analysis.shapes.columns import shapes_at, shapes_of
from qaif.analysis.shapes.contract import Detector
from qaif.analysis.shapes.detectors import DETECTORS, detected
from qaif.analysis.shapes.neighbours import sharpened
from qaif.chain.open import Chain
from support.indexing import put

BY_ID = {detector.id: detector for detector in DETECTORS}
POOL = 1_000_000
DATA: Out = (0, b"\x6a\x40" + b"d" * 64)
COINS = 60 * 10**8


class Town:
    """A chain that grows by the transactions of a test, a block each."""

    def __init__(self) -> None:
        self.branch = Branch(seeded(1))
        self.numbers = count(1)
        self.coins: list[Outpoint] = []
        for _ in range(12):
            self.block([], [(COINS, self.key()) for _ in range(10)])

    def key(self) -> bytes:
        return b"\x00\x14" + next(self.numbers).to_bytes(20, "big")

    def block(self, txs: list[Tx], reward: list[Out]) -> None:
        block = self.branch.add(txs, reward)
        self.coins += [(block.txs[0].txid, n) for n, (value, _) in enumerate(reward) if value == COINS]

    def spend(self, values: list[int], *given: Outpoint, extra: Out | None = None) -> Tx:
        spends = list(given) or [self.coins.pop()]
        tx = make_tx(spends, [*([extra] if extra else []), *((value, self.key()) for value in values)])
        self.block([tx], [(1, b"\x51")])
        return tx

    def tx0(self, fee: int = 50_000) -> Tx:
        return self.spend([fee, 300_000, *[POOL + 4_000] * 6], extra=DATA)

    def plain(self, values: list[int]) -> list[Outpoint]:
        """An ordinary payment's outputs."""
        tx = self.spend(values)
        return [(tx.txid, n) for n in range(len(values))]

    def mix(self, *given: Outpoint) -> Tx:
        return self.spend([POOL] * 5, *given)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Chain, dict[str, Tx], dict[str, int]]:
    town, txs = Town(), {}
    heights: dict[str, int] = {}

    def keep(name: str, tx: Tx) -> Tx:
        txs[name], heights[name] = tx, len(town.branch.blocks)
        return tx

    entries = [town.tx0(), town.tx0()]
    premixes = [(entry.txid, 3 + n) for n in range(6) for entry in entries]
    old = town.plain([POOL] * 8)
    new = town.plain([POOL + 4_000] * 9)
    first = keep("mix of premixes and coins", town.mix(*old[:3], *premixes[:2]))
    mixed = [(first.txid, n) for n in range(5)]
    keep("mix of premixes and mixed", town.mix(*mixed[:3], *premixes[2:4]))
    keep("mix of ordinary coins", town.mix(*old[3:6], *new[:2]))
    discounted = keep("tx0 of one premix", town.spend([31_000, 200_000, POOL + 4_000], extra=DATA))
    keep("mix of a discounted premix", town.mix(*mixed[3:], (discounted.txid, 3), *premixes[4:6]))
    stale = keep("tx0 never mixed", town.spend([31_000, 200_000, POOL + 4_000], extra=DATA))
    town.spend([POOL], (stale.txid, 3))
    makers = [town.spend([250_000] * 3 + [1_000, 2_000, 3_000], *town.plain([300_000] * 3)) for _ in range(2)]
    keep(
        "small mix of makers",
        town.spend([200_000, 200_000, 31_000, 32_000], *((maker.txid, 0) for maker in makers)),
    )
    keep(
        "small mix of one maker's",
        town.spend([200_000, 200_000, 31_000, 32_000], (makers[0].txid, 1), (makers[0].txid, 2)),
    )
    step = keep("peel 1", town.spend([COINS // 20, COINS * 9 // 10]))
    for n in range(2, 5):
        value = step.outs[1][0]
        step = keep(f"peel {n}", town.spend([value // 20, value * 9 // 10], (step.txid, 1)))
    value = step.outs[0][0]
    keep("peel of the smaller", town.spend([value // 20, value * 9 // 10], (step.txid, 0)))
    folder = tmp_path_factory.mktemp("neighbours") / "chain"
    put(folder, town.branch.blocks)
    return Chain.open(folder), txs, heights


CASES = [
    ("whirlpool-mix", "mix of premixes and mixed", "yes", True),
    ("whirlpool-mix", "mix of premixes and coins", "yes", False),
    ("whirlpool-mix", "mix of ordinary coins", "unknown", True),
    ("whirlpool-tx0", "tx0 of one premix", "yes", True),
    ("whirlpool-tx0", "tx0 never mixed", "unknown", False),
    ("joinmarket", "small mix of makers", "yes", True),
    ("joinmarket", "small mix of one maker's", "unknown", False),
    ("peel-step", "peel 2", "yes", True),
    ("peel-step", "peel 4", "yes", True),
    ("peel-step", "peel of the smaller", "unknown", False),
]
Made = tuple[Chain, dict[str, Tx], dict[str, int]]


@pytest.mark.parametrize(("name", "tx", "word", "by_neighbours"), CASES)
def test_what_neighbours_add(made: Made, name: str, tx: str, word: str, *, by_neighbours: bool) -> None:
    chain, txs, _ = made
    nums = chain.tx_nums(txs[tx].txid)
    verdicts, near = sharpened(chain, BY_ID[name], nums)
    assert (verdicts.word(0), bool(near[0])) == (word, by_neighbours), verdicts.reason(0)
    shown = next(each for each in detected(chain, int(nums[0])) if each.method.startswith(f"{name}/"))
    assert (shown.verdict, shown.reason) == (word, verdicts.reason(0))
    assert shown.method.endswith("+neighbours/1") is by_neighbours


@pytest.mark.parametrize(
    ("name", "tx", "before"),
    [("whirlpool-tx0", "tx0 of one premix", "unknown"), ("peel-step", "peel 1", "unknown")],
)
def test_what_comes_later_is_not_known_before(made: Made, name: str, tx: str, before: str) -> None:
    chain, txs, heights = made
    nums = chain.tx_nums(txs[tx].txid)
    then = chain.at(heights[tx] - 1)
    assert sharpened(then, BY_ID[name], nums)[0].word(0) == before
    assert sharpened(chain, BY_ID[name], nums)[0].word(0) == "yes"


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.id)
def test_no_stays_no_and_many_are_as_one(made: Made, detector: Detector) -> None:
    chain = made[0]
    nums = np.arange(chain.n_txs, dtype=np.int64)[::-1].copy()
    base = detector(shapes_of(chain, 0, chain.n_txs)).verdict[::-1]
    found, near = sharpened(chain, detector, nums)
    assert (found.verdict[base == 0] == 0).all()
    assert (found.verdict[~near] == base[~near]).all()
    ones = [sharpened(chain, detector, nums[n : n + 1])[0].verdict[0] for n in range(0, len(nums), 3)]
    assert found.verdict[::3].tolist() == ones
    assert (shapes_at(chain, nums).table[::-1] == shapes_of(chain, 0, chain.n_txs).table).all()
