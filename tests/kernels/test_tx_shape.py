"""Shapes against their slow twin."""

from hypothesis import given
from hypothesis import strategies as st

from oracle.tx_shape import shape_of
from qaif.analysis.shapes.mixes import DENOMINATIONS, POOL_FEES, POOLS
from qaif.kernels import tx_shape
from support.shaped import ListedTx, shapes_of_listed, type_name

KEYS = [b"\x00\x14" + bytes([n]) * 20 for n in range(4)]
SCRIPTS = [
    *KEYS,
    b"\x51\x20" + b"\x07" * 32,
    b"\x76\xa9\x14" + b"\x05" * 20 + b"\x88\xac",
    b"\x6a\x02ok",
    b"\x6a\x4c\x50" + b"d" * 80,
    b"",
]
VALUES = st.sampled_from([0, 1, 546, 5_000, 8_192, 100_000, 100_001, 104_000, 200_000, 200_001, 1_000_300])
SPENT = st.tuples(st.none() | VALUES, st.none() | st.sampled_from(SCRIPTS))
PAID = st.tuples(VALUES, st.sampled_from(SCRIPTS))
TXS = st.lists(st.tuples(st.lists(SPENT, max_size=6), st.lists(PAID, max_size=8)), max_size=8)


@given(TXS)
def test_shapes_are_those_of_the_twin(txs: list[ListedTx]) -> None:
    pools = dict(zip(POOLS.tolist(), POOL_FEES.tolist(), strict=True))
    table = shapes_of_listed(txs).table
    for row, (spent, paid) in zip(table.tolist(), txs, strict=True):
        twin = shape_of(
            [(value, script, None if script is None else type_name(script)) for value, script in spent],
            [(value, script, type_name(script), len(script)) for value, script in paid],
            pools,
            set(DENOMINATIONS.tolist()),
            tx_shape.LARGEST_PREMIX_FEE,
        )
        assert {name: row[getattr(tx_shape, name)] for name in twin} == twin
        assert len(twin) == tx_shape.FIELDS
