"""Change heuristics against their slow twin."""

from hypothesis import given
from hypothesis import strategies as st

from oracle.tx_change import MadeIn, MadeOut, MadeTx, can_be_change, kept_by_each
from qaif.analysis.change.contract import possible
from qaif.analysis.change.heuristics import HEURISTICS
from support.changing import bits_of

KINDS = st.sampled_from(["witness_v0_keyhash", "pubkeyhash", "scripthash", "witness_v1_taproot"])
VALUES = st.sampled_from([0, 1, 999, 1_000, 5_000, 20_001, 100_000, 130_000, 3_000_000])
INS = st.builds(
    MadeIn,
    value=st.none() | st.sampled_from([10_000, 200_000, 4_000_100]),
    script=st.none() | st.integers(0, 4),
    kind=KINDS,
    sequence=st.sampled_from([0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0]),
    script_size=st.sampled_from([0, 23, 106, 107]),
    witness_size=st.sampled_from([0, 1, 107, 108]),
)


def txs(spenders: st.SearchStrategy[MadeTx | None]) -> st.SearchStrategy[MadeTx]:
    return st.builds(
        MadeTx,
        ins=st.lists(INS, max_size=3),
        outs=st.lists(
            st.builds(
                MadeOut,
                value=VALUES,
                script=st.integers(0, 6),
                kind=KINDS | st.just("nulldata"),
                fresh=st.booleans(),
                spender=spenders,
            ),
            max_size=4,
        ),
        version=st.sampled_from([1, 2]),
        locktime=st.sampled_from([0, 700_000, 1_600_000_000]),
        size=st.sampled_from([0, 201, 400]),
        base_size=st.sampled_from([101, 200]),
        coinbase=st.sampled_from([False, False, False, True]),
    )


@given(st.lists(txs(st.none() | txs(st.none())), max_size=5))
def test_what_is_kept_is_what_the_twin_keeps(made: list[MadeTx]) -> None:
    bits = bits_of(made)
    twins = [kept_by_each(tx) for tx in made]
    lo = bits.out_lo.tolist()
    for heuristic in HEURISTICS:
        kept = heuristic(bits)
        for row, twin in enumerate(twins):
            said = {n for n, keep in enumerate(kept[lo[row] : lo[row + 1]].tolist()) if keep}
            assert said == twin[heuristic.id], heuristic.id
    for row, tx in enumerate(made):
        can = possible(bits)[lo[row] : lo[row + 1]].tolist()
        assert {n for n, could in enumerate(can) if could} == can_be_change(tx)
    assert {h.id for h in HEURISTICS} == set(kept_by_each(MadeTx()))
