"""An order that is lengthened is the order that would be worked out anew, or is not lengthened at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.placing import Head
from qaif.feeds.placing import extended
from support.heads import GENESIS, REGTEST, mined, placed, run, table


@st.composite
def lengthened(draw: st.DrawFn) -> tuple[list[Head], int]:
    """A run of blocks, perhaps with others beside it, then more; and how many of all were there first."""
    bottom = draw(st.sampled_from([[GENESIS], run(bytes(31) + b"\1", 1, 900, told=2000)]))
    first = len(bottom) and bottom[0].told
    told = max(first, -1)
    heads = list(bottom)
    for mark in range(draw(st.integers(0, 5)) + 3):
        at = -1 if draw(st.integers(0, 9)) else draw(st.integers(0, len(heads) - 1))
        height = told + len(heads) if told > 0 and at == -1 else -1
        height += draw(st.sampled_from([0] * 9 + [1]))
        good = bool(draw(st.integers(0, 11)))
        heads.append(mined(heads[at].hash, mark, told=height, good=good))
    if not draw(st.integers(0, 4)):
        heads.insert(1, heads.pop())  # its parent comes later
    return heads, draw(st.integers(1, len(heads)))


@given(lengthened())
def test_lengthened_it_is_what_would_be_worked_out_anew(case: tuple[list[Head], int]) -> None:
    heads, count = case
    before = placed(heads[:count])
    longer = extended(before, table(heads), REGTEST)
    if longer is not None:
        for name, wanted in placed(heads)._asdict().items():
            got = getattr(longer, name)
            assert got.dtype == wanted.dtype
            assert got.tolist() == wanted.tolist(), name


@pytest.mark.parametrize("told", [-1, 3000])
def test_a_plain_run_is_lengthened(told: int) -> None:
    """From genesis, and from a block whose parent is not held and whose coinbase says the height."""
    bottom = [GENESIS] if told < 0 else run(bytes(31) + b"\1", 1, 900, told=told)
    more = run(bottom[0].hash, 6, 1, told=told + 1 if told > 0 else -1)
    before = placed(bottom + more[:4])
    longer = extended(before, table(bottom + more), REGTEST)
    assert longer is not None
    assert longer.height.tolist() == placed(bottom + more).height.tolist()
    assert longer.height[-1] == max(told, 0) + 6
    assert extended(before, table([*bottom, *more[:4], more[5]]), REGTEST) is None, "a gap"
    beside = mined(more[1].hash, 77)
    assert extended(before, table([*bottom, *more[:4], beside]), REGTEST) is None, "another branch"
    wrong = mined(more[3].hash, 78, told=9999)
    lies = extended(before, table([*bottom, *more[:4], wrong]), REGTEST)
    assert (lies is None) == (told > 0), "its coinbase contradicts, where the heights rest on coinbases"
