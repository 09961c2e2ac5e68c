"""The compiled rules of mixes against the detectors, whose words and order are those of the docs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qaif.analysis.flows.mixing import MIX_DETECTORS
from qaif.analysis.shapes.contract import NO, UNKNOWN_KIND, YES, Shapes
from qaif.analysis.shapes.mixes import POOLS
from qaif.kernels import mix_rules, tx_shape
from support.shaped import ListedTx, shapes_of_listed

KEYS = [b"\x00\x14" + bytes([n]) * 20 for n in range(40)]
SCRIPTS = [*KEYS, b"\x51\x20" + b"\x07" * 32, b"\x6a\x02ok", b""]
VALUES = st.sampled_from([0, 546, 9_999, 10_000, 100_000, 100_001, 1_000_000, 1_000_300, 12_000_000])
SPENT = st.tuples(st.none() | VALUES, st.none() | st.sampled_from(SCRIPTS))
PAID = st.tuples(VALUES, st.sampled_from(SCRIPTS))
TXS = st.lists(
    st.tuples(st.lists(SPENT, min_size=2, max_size=26), st.lists(PAID, min_size=2, max_size=30)), max_size=6
)
SMALL = st.lists(
    st.tuples(st.lists(SPENT, min_size=2, max_size=4), st.lists(PAID, min_size=2, max_size=6)), max_size=6
)


def detectors_twin(shapes: Shapes) -> list[int]:
    verdicts = np.stack([detector(shapes).verdict for detector in MIX_DETECTORS])
    maybe = np.where((verdicts == UNKNOWN_KIND).any(axis=0), UNKNOWN_KIND, NO)
    said: list[int] = np.where((verdicts == YES).any(axis=0), YES, maybe).tolist()
    return said


def compiled(shapes: Shapes) -> list[int]:
    said = np.empty(len(shapes), dtype=np.int64)
    mix_rules.mixes_into(shapes.table, POOLS, said)
    found: list[int] = said.tolist()
    return found


def drawn(count: int) -> Shapes:
    """Rows of figures at random, around the thresholds, that need be no transaction's."""
    rng = np.random.default_rng(20)
    table = rng.integers(0, 12, (count, tx_shape.FIELDS))
    sizes = rng.choice([3, 5, 6, 10, 20, 25], count)
    for field in (tx_shape.IN_COUNT, tx_shape.OUT_COUNT, tx_shape.PAID_COUNT, tx_shape.OUT_SCRIPTS):
        table[:, field] = np.where(rng.random(count) < 0.8, sizes, table[:, field])
    for field in (tx_shape.IN_SCRIPTS, tx_shape.OUT_KEYHASH, tx_shape.EQUAL_COUNT, tx_shape.DENOMINATED):
        table[:, field] = np.where(rng.random(count) < 0.7, sizes, table[:, field])
    near = [9_999, 10_000, 499_999, 1_000_000, 13_000_000, 13_000_001, 100_000]
    table[:, tx_shape.EQUAL_VALUE] = rng.choice(near, count)
    pool = table[:, tx_shape.EQUAL_VALUE]
    table[:, tx_shape.IN_LEAST] = pool + rng.integers(-1, 2, count)
    table[:, tx_shape.IN_MOST] = pool + rng.choice([0, 100_000, 100_001], count)
    table[:, tx_shape.OUTS_TO_INPUTS] = rng.choice([0, 0, 1, 9], count)
    table[:, tx_shape.DATA_COUNT] = rng.choice([0, 0, 0, 1], count)
    table[:, tx_shape.IN_VALUES_UNKNOWN] = rng.choice([0, 0, 1], count)
    table[:, tx_shape.OUTS_FALL] = rng.integers(0, 2, count)
    table[:, tx_shape.INS_FALL] = rng.integers(-1, 2, count)
    return Shapes(table.astype(np.int64), np.zeros(count, dtype=np.bool_))


@given(TXS | SMALL)
def test_transactions_are_judged_as_by_the_detectors_twin(txs: list[ListedTx]) -> None:
    if txs:
        shapes = shapes_of_listed(txs)
        assert compiled(shapes) == detectors_twin(shapes)


def test_every_rule_is_that_of_the_detectors_twin() -> None:
    shapes = drawn(60_000)
    said = compiled(shapes)
    assert said == detectors_twin(shapes)
    assert min(said.count(one) for one in (NO, YES, UNKNOWN_KIND)) > 1_000
    each = np.stack([detector(shapes).verdict for detector in MIX_DETECTORS])
    for number, detector in enumerate(MIX_DETECTORS):  # each is met where it alone decides
        alone = (each[number] != NO) & (np.delete(each, number, axis=0) == NO).all(axis=0)
        assert alone.any(), detector.id


@given(TXS | SMALL)
def test_a_look_without_a_shape_says_what_the_twin_says(txs: list[ListedTx]) -> None:
    expected = detectors_twin(shapes_of_listed(txs)) if txs else []
    for (spent, paid), said in zip(txs, expected, strict=True):
        scripts: list[bytes | None] = list(dict.fromkeys(script for _, script in spent if script is not None))
        in_script = [-1 if script is None else scripts.index(script) for _, script in spent]
        pays = [value for value, script in paid if value > 0 and not script.startswith(b"\x6a")]
        arrays = np.array(in_script, dtype=np.int64), np.array(pays, dtype=np.int64)
        found = mix_rules.without_shape(*arrays, len(paid))
        assert found in {said, mix_rules.ASK_SHAPE}
        assert found != mix_rules.ASK_SHAPE or len(pays) > 2
