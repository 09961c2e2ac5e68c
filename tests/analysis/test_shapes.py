"""Detectors: each takes one transaction and refuses a near miss; what they say of published CoinJoins."""

from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from qaif.analysis.shapes.columns import all_shapes
from qaif.analysis.shapes.contract import Detector
from qaif.analysis.shapes.detectors import DETECTORS
from qaif.units import hash_hex
from support.real import sample_with_spent_outputs
from support.shaped import ListedTx, Paid, Spent, listed, shapes_of_listed

BY_ID = {detector.id: detector for detector in DETECTORS}
_NUMBERS = count(1)


def key() -> bytes:
    return b"\x00\x14" + next(_NUMBERS).to_bytes(20, "big")


def ins(*values: int | None) -> list[Spent]:
    return [(value, key()) for value in values]


def outs(*values: int) -> list[Paid]:
    return [(value, key()) for value in values]


def said(detector: str, spent: list[Spent], paid: list[Paid]) -> tuple[str, str]:
    verdicts = BY_ID[detector](shapes_of_listed([(spent, paid)]))
    return verdicts.word(0), verdicts.reason(0)


POOL = 1_000_000
DATA = (0, b"\x6a\x40" + b"d" * 64)
MIXED = ins(POOL, POOL, POOL, POOL + 4000, POOL + 4100)
WABISABI_IN = [100_000 * n for n in range(60, 30, -1)]
WABISABI_OUT = sorted([65_536] * 8 + [100_000] * 8 + [200_000] * 6 + [12_345, 77_777], reverse=True)
SAME = key()

CASES = [
    ("whirlpool-mix", MIXED, outs(*[POOL] * 5), "yes"),
    ("whirlpool-mix", MIXED, outs(*[POOL] * 4, POOL - 1), "no"),
    ("whirlpool-mix", MIXED, [*outs(*[POOL] * 3), (POOL, SAME), (POOL, SAME)], "no"),
    ("whirlpool-mix", ins(*[POOL + 4000] * 5), outs(*[POOL] * 5), "no"),
    ("whirlpool-mix", ins(*[None] * 5), outs(*[POOL] * 5), "unknown"),
    ("whirlpool-tx0", ins(9_000_000), [DATA, *outs(50_000, 300_000, *[POOL + 4000] * 6)], "yes"),
    ("whirlpool-tx0", ins(9_000_000), outs(50_000, 300_000, *[POOL + 4000] * 6), "no"),
    ("whirlpool-tx0", ins(9_000_000), [DATA, *outs(49_999, POOL + 4000)], "unknown"),
    ("wasabi-1", ins(*[11_000_000] * 14), outs(*[9_950_000] * 12, 31_000, 800_001, 700_002), "yes"),
    ("wasabi-1", ins(*[11_000_000] * 7), outs(*[9_950_000] * 6, 31_000, 800_001), "unknown"),
    ("wasabi-1", ins(*[11_000_000] * 14), outs(*[9_950_000] * 12), "no"),
    ("wabisabi", ins(*WABISABI_IN), outs(*WABISABI_OUT), "yes"),
    ("wabisabi", ins(*WABISABI_IN), outs(*reversed(WABISABI_OUT)), "no"),
    ("wabisabi", [(value, SAME) for value in WABISABI_IN], outs(*WABISABI_OUT), "no"),
    ("wabisabi", ins(*WABISABI_IN[:-1], None), outs(*WABISABI_OUT), "unknown"),
    ("joinmarket", ins(500_000, 600_000, 700_000), outs(*[250_000] * 3, 1_000, 2_000, 3_000), "yes"),
    ("joinmarket", ins(500_000, 600_000, 700_000), outs(*[250_000] * 3, 1_000, 2_000, 3_000, 4_000), "no"),
    ("joinmarket", ins(500_000, 600_000), outs(250_000, 250_000, 1_000, 2_000), "unknown"),
    ("equal-outputs", ins(*[500_000] * 6), outs(*[250_000] * 6, 1_000), "yes"),
    ("equal-outputs", ins(*[500_000] * 3), outs(*[250_000] * 6, 1_000), "no"),
    ("payjoin", ins(5_000, 6_000), outs(7_000, 3_000), "unknown"),
    ("payjoin", ins(5_000), outs(3_000, 1_000), "no"),
    ("batch-payout", ins(9_000_000), outs(*range(10_000, 20_000, 1_000)), "yes"),
    ("batch-payout", ins(9_000_000), outs(10_000, 20_000, 30_000), "no"),
    ("batch-payout", ins(*[900_000] * 6), outs(*[250_000] * 6, *range(10_000, 20_000, 1_000)), "unknown"),
    ("sweep", ins(1_000, 2_000, 3_000), outs(5_000), "yes"),
    ("sweep", ins(1_000, 2_000), outs(2_500), "no"),
    ("peel-step", ins(1_000_000), outs(50_000, 900_000), "unknown"),
    ("peel-step", ins(1_000_000), outs(450_000, 500_000), "no"),
    ("self-transfer", [(9_000, SAME), (8_000, SAME)], [(16_000, SAME)], "yes"),
    ("self-transfer", [(9_000, SAME), *ins(8_000)], [(10_000, SAME), (5_000, key())], "no"),
    ("self-transfer", [(9_000, SAME), (8_000, None)], [(10_000, SAME), (5_000, key())], "unknown"),
    ("dust-attack", ins(100_000), outs(*[547] * 12, 80_000), "yes"),
    ("dust-attack", ins(100_000), outs(*[5_470] * 12, 20_000), "no"),
]


@pytest.mark.parametrize(("detector", "spent", "paid", "word"), CASES)
def test_what_a_detector_says(detector: str, spent: list[Spent], paid: list[Paid], word: str) -> None:
    given, reason = said(detector, spent, paid)
    assert given == word, reason


def test_every_detector_has_a_case_that_it_takes_and_one_that_it_does_not() -> None:
    words = {(detector, word) for detector, _, _, word in CASES}
    for detector in DETECTORS:
        if not detector.of_coinbases:
            assert {(detector.id, "yes"), (detector.id, "unknown")} & words
            assert (detector.id, "no") in words


def _counted(detector: Detector, path: Path) -> Counter[str]:
    txs: list[ListedTx] = listed(path)
    verdicts = detector(shapes_of_listed(txs))
    return Counter(verdicts.word(row) for row in range(len(txs)))


@pytest.mark.parametrize(
    ("name", "detector", "yes", "of"),
    [
        ("whirlpool", "whirlpool-mix", 300, 300),
        ("whirlpool_tx0", "whirlpool-tx0", 244, 300),
        (
            "whirlpool_tx0",
            "whirlpool-mix",
            56,
            300,
        ),  # these stand in the set, and are mixes that pay a script
        ("wasabi1", "wasabi-1", 98, 98),
        ("wasabi1b", "wasabi-1", 75, 76),
        ("wasabi2", "wabisabi", 15, 17),  # the other two spend one script and pay one to three: no mixes
        ("joinmarket_like", "joinmarket", 30, 283),  # the set was made by a looser rule
    ],
)
def test_published_mixes(shared: Path, name: str, detector: str, yes: int, of: int) -> None:
    counted = _counted(BY_ID[detector], shared / "coinjoins" / f"{name}.jsonl.gz")
    assert counted.total() == of
    assert counted["yes"] == yes


@pytest.mark.parametrize(
    ("name", "of", "mixes"),
    [
        ("after_wasabi2", 89, 0),
        ("after_wasabi1", 177, 6),
        ("after_whirlpool", 300, 33),
        ("after_joinmarket_like", 300, 22),
    ],
)
def test_what_spends_from_mixes_is_called_a_mix_only_where_it_has_that_shape(
    shared: Path, name: str, of: int, mixes: int
) -> None:
    # All 61 were looked at: 32 have just Whirlpool's form, the others equal outputs and as many changes.
    shapes = shapes_of_listed(listed(shared / "coinjoins" / f"{name}.jsonl.gz"))
    assert len(shapes) == of
    called = {
        row
        for detector in DETECTORS
        if detector.mix
        for row, verdict in enumerate(detector(shapes).verdict.tolist())
        if verdict == 1
    }
    assert len(called) == mixes


def test_mixes_of_the_published_blocks(shared: Path, tmp_path: Path) -> None:
    called: dict[str, list[str]] = {detector.id: [] for detector in DETECTORS if detector.mix}
    with sample_with_spent_outputs(tmp_path, shared) as chain:
        for lo, shapes in all_shapes(chain):
            for detector in (each for each in DETECTORS if each.mix):
                found = [lo + row for row, word in enumerate(detector(shapes).verdict.tolist()) if word == 1]
                called[detector.id] += [hash_hex(chain.tx.txid_raw.take(num)[0].tobytes()) for num in found]
        coinbases = sum(int((BY_ID["coinbase"](s).verdict == 1).sum()) for _, s in all_shapes(chain))
        assert coinbases == chain.n_blocks
    assert called["wasabi-1"] == ["5100374c728e5da2d01f39deb5fc73f6c55241024e99e70bc0ff33372a348673"]
    counts = {name: len(found) for name, found in called.items() if found}
    assert counts == {"wasabi-1": 1, "joinmarket": 13, "equal-outputs": 3}
