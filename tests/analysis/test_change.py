"""Change heuristics: each takes one case and refuses a near miss; they combine; a chain's are its blocks'."""

from dataclasses import replace

import numpy as np
import pytest

from oracle.blockmaker import Branch, Outpoint, Tx, seeded, spent
from oracle.tx_change import MadeIn, MadeOut, MadeTx, kept_by_each
from qaif.analysis.change.columns import Bits, change_bits
from qaif.analysis.change.contract import Rule, links, possible, speaks
from qaif.analysis.change.heuristics import BY_ID, HEURISTICS
from qaif.chain.open import Chain
from qaif.kernels.script import TYPE_NAMES
from support.changing import bits_of
from support.indexing import put

KEYHASH, TAPROOT = "witness_v0_keyhash", "witness_v1_taproot"
COIN = MadeIn(1_000_000, 1)
PAID, CHANGE = MadeOut(412_345, 10), MadeOut(587_001, 11)


def tx(*outs: MadeOut, ins: tuple[MadeIn, ...] = (COIN,), **of: int) -> MadeTx:
    return MadeTx(list(ins), list(outs), **of)  # type: ignore[arg-type]


def spent_by(out: MadeOut, *ins: MadeIn, **of: int) -> MadeOut:
    """The same output, spent: by its own input and others."""
    mine = MadeIn(out.value, out.script, out.kind)
    later = tx(MadeOut(out.value // 3, 90), MadeOut(out.value // 2, 91), ins=(*ins, mine), **of)
    return replace(out, spender=later)


def low_r(one: MadeIn, *, low: bool) -> MadeIn:
    return replace(one, witness_size=107 if low else 108)


def signed(out: MadeOut, *, low: bool) -> MadeOut:
    """Spent alone, by a signature with a small or a large R."""
    return replace(
        out, spender=tx(MadeOut(1, 90), MadeOut(2, 91), ins=(low_r(MadeIn(out.value, out.script), low=low),))
    )


def rated(out: MadeOut, fee: int) -> MadeOut:
    """Spent alone, for this fee, by 125 virtual bytes."""
    return replace(out, spender=tx(MadeOut(out.value - fee, 90), ins=(MadeIn(out.value, out.script),)))


def ordered(out: MadeOut, *values: int) -> MadeOut:
    outs = [MadeOut(value, 90 + n) for n, value in enumerate(values)]
    return replace(out, spender=tx(*outs, ins=(MadeIn(out.value, out.script),)))


TWO = (MadeIn(600_000, 1), MadeIn(500_000, 2))
BUSY = MadeIn(77, 5, sequence=0xFFFFFFFF)
FINAL = replace(COIN, sequence=0xFFFFFFFF)

# heuristic, what it takes, which output it keeps of it, and a near miss of which it says nothing
CASES = [
    ("address-reuse", tx(PAID, replace(CHANGE, script=1)), 1, tx(PAID, replace(CHANGE, script=2))),
    (
        "script-type",
        tx(replace(PAID, kind=TAPROOT), CHANGE),
        1,
        tx(replace(PAID, kind=TAPROOT), CHANGE, ins=(COIN, MadeIn(5, 2, TAPROOT))),
    ),
    ("round-value", tx(MadeOut(400_000, 10), CHANGE), 1, tx(MadeOut(412_300, 10), CHANGE)),
    (
        "optimal-change",
        tx(MadeOut(700_000, 10), MadeOut(390_000, 11), ins=TWO),
        1,
        tx(MadeOut(700_000, 10), MadeOut(500_000, 11), ins=TWO),
    ),
    (
        "fresh-address",
        tx(PAID, replace(CHANGE, fresh=True)),
        1,
        tx(replace(PAID, script=1), replace(CHANGE, fresh=True)),
    ),
    ("peel-continuation", tx(PAID, spent_by(CHANGE)), 1, tx(PAID, spent_by(CHANGE, BUSY))),
    (
        "same-version",
        tx(spent_by(PAID, version=1), spent_by(CHANGE, version=2)),
        1,
        tx(spent_by(PAID, version=1), CHANGE),
    ),
    (
        "same-locktime",
        tx(spent_by(PAID), spent_by(CHANGE, locktime=812_000), locktime=811_000),
        1,
        tx(spent_by(PAID, locktime=5), spent_by(CHANGE, locktime=812_000), locktime=811_000),
    ),
    (
        "same-sequence",
        tx(spent_by(PAID, BUSY), spent_by(CHANGE)),
        1,
        tx(spent_by(PAID, BUSY), spent_by(CHANGE, BUSY)),
    ),
    (
        "same-order",
        tx(ordered(PAID, 9, 2), ordered(CHANGE, 2, 9, 9, 10)),
        1,
        tx(ordered(PAID, 9, 10), ordered(CHANGE, 2, 9, 9, 10)),
    ),
    (
        "same-low-r",
        tx(signed(PAID, low=False), signed(CHANGE, low=True)),
        1,
        tx(signed(PAID, low=False), signed(CHANGE, low=True), ins=(replace(COIN, witness_size=66),)),
    ),
    (
        "same-fee-rounding",
        tx(rated(PAID, 126), rated(CHANGE, 250), ins=(MadeIn(PAID.value + CHANGE.value + 500, 1),)),
        1,
        tx(rated(PAID, 375), rated(CHANGE, 250), ins=(MadeIn(PAID.value + CHANGE.value + 500, 1),)),
    ),
    (
        "fee-rate-habit",
        tx(rated(PAID, 1_001), rated(CHANGE, 1_000), ins=(MadeIn(PAID.value + CHANGE.value + 500, 1),)),
        1,
        tx(rated(PAID, 1_000), rated(CHANGE, 1_000), ins=(MadeIn(PAID.value + CHANGE.value + 500, 1),)),
    ),
    ("later-cospend", tx(PAID, spent_by(CHANGE, COIN)), 1, tx(PAID, spent_by(CHANGE, BUSY))),
]


def kept(rule: Rule, made: MadeTx) -> list[int]:
    found: list[int] = np.flatnonzero(rule(bits_of([made]))).tolist()
    return found


@pytest.mark.parametrize(("name", "takes", "change", "near"), CASES, ids=[case[0] for case in CASES])
def test_a_heuristic_takes_its_case_and_refuses_a_near_miss(
    name: str, takes: MadeTx, change: int, near: MadeTx
) -> None:
    assert kept(BY_ID[name], takes) == [change]
    assert kept(BY_ID[name], near) == list(range(len(near.outs)))
    assert kept_by_each(takes)[name] == {change}


def test_every_heuristic_has_its_case_and_says_why_and_when_not() -> None:
    assert [case[0] for case in CASES] == [heuristic.id for heuristic in HEURISTICS]
    for heuristic in HEURISTICS:
        assert all((heuristic.title, heuristic.reason, heuristic.fails, heuristic.source))
        case = next(case for case in CASES if case[0] == heuristic.id)
        unspent = replace(case[1], outs=[replace(out, spender=None) for out in case[1].outs])
        assert (kept(heuristic, unspent) == [0, 1]) is heuristic.later


def test_they_combine() -> None:
    made = tx(MadeOut(400_000, 10), replace(CHANGE, kind=TAPROOT), MadeOut(12_345, 12), ins=(COIN, *TWO))
    one, other = BY_ID["round-value"], BY_ID["script-type"]
    assert (kept(one, made), kept(other, made)) == ([1, 2], [0, 2])
    assert kept(one & other, made) == [2]
    assert kept(one | other, made) == [0, 1, 2]
    assert kept(~one, made) == [0]
    assert kept(~(one & other), made) == [0, 1]
    data = replace(made, outs=[*made.outs, MadeOut(0, 13, "nulldata")])
    assert kept(~one, data) == [0]
    assert kept(~~one, data) == [1, 2]


def test_a_link_is_one_output_left_of_several() -> None:
    rule = BY_ID["round-value"]
    linked = tx(MadeOut(400_000, 10), CHANGE)
    alone, coinbase = tx(CHANGE), replace(linked, coinbase=True)
    bits = bits_of([alone, linked, coinbase, tx(PAID, CHANGE)])
    bits = Bits(100, bits.out_lo, 1_000, bits.bits)
    txs, outs = links(bits, rule(bits))
    assert (txs.tolist(), outs.tolist()) == ([101], [1_002])
    assert speaks(bits, rule(bits)).tolist() == [False, True, False, False]
    assert possible(bits).tolist() == [True, True, True, False, False, True, True]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Chain, Branch]:
    branch = Branch(seeded(7)).grow(60)
    folder = tmp_path_factory.mktemp("change") / "chain"
    put(folder, branch.blocks[:31])
    put(folder, branch.blocks)
    return Chain.open(folder), branch


def told(branch: Branch, until: int, chain: Chain) -> list[MadeTx]:
    """Each transaction as the blocks have it, with the spenders that stand in the first `until` blocks."""
    numbers: dict[bytes, int] = {}
    outs: dict[Outpoint, tuple[int, bytes]] = {}
    ins_of: dict[bytes, list[MadeIn]] = {}
    fresh: dict[Outpoint, bool] = {}
    txs = [one for block in branch.blocks[:until] for one in block.txs]
    by = {at: one for one in txs for at in spent(one)}
    for one in txs:
        ins_of[one.txid] = [_input(chain, outs, numbers, at, one) for at in spent(one)]
        seen = set(numbers)
        for n, (_, script) in enumerate(one.outs):
            outs[one.txid, n] = one.outs[n]
            numbers.setdefault(script, len(numbers))
            fresh[one.txid, n] = script not in seen

    def made(one: Tx, depth: int) -> MadeTx:
        rows = [
            MadeOut(
                value,
                numbers[script],
                _kind(chain, script),
                fresh[one.txid, n],
                made(by[one.txid, n], 0) if depth and (one.txid, n) in by else None,
            )
            for n, (value, script) in enumerate(one.outs)
        ]
        return MadeTx(
            ins_of[one.txid],
            rows,
            version=int.from_bytes(one.raw[:4], "little"),
            locktime=int.from_bytes(one.raw[-4:], "little"),
            size=len(one.raw),
            base_size=len(one.base),
            coinbase=spent(one) == [(bytes(32), 0xFFFFFFFF)],
        )

    return [made(one, 1) for one in txs]


def _kind(chain: Chain, script: bytes) -> str:
    return TYPE_NAMES[chain.script.type.one(chain.script_num(script))]


def _input(
    chain: Chain, outs: dict[Outpoint, tuple[int, bytes]], numbers: dict[bytes, int], at: Outpoint, one: Tx
) -> MadeIn:
    n = spent(one).index(at)
    num = chain.tx.in_lo.one(int(chain.tx_nums(one.txid)[0])) + n
    value, script = outs.get(at, (None, None))
    return MadeIn(
        value,
        None if script is None else numbers[script],
        "nonstandard" if script is None else _kind(chain, script),
        0xFFFFFFFF,
        chain.txin.script_size.one(num),
        chain.txin.witness_size.one(num),
    )


@pytest.mark.parametrize("until", [31, 61])
def test_a_chain_says_what_its_blocks_say_as_of_each_block(chain: tuple[Chain, Branch], until: int) -> None:
    held, branch = chain
    view = held.at(until - 1)
    bits = change_bits(view, 0, view.n_txs)
    twins = [kept_by_each(one) for one in told(branch, until, held)]
    assert len(twins) == view.n_txs
    lo = bits.out_lo.tolist()
    said = 0
    for heuristic in HEURISTICS:
        mask = heuristic(bits)
        said += int(speaks(bits, mask).sum())
        for row, twin in enumerate(twins):
            keeps = {n for n, keep in enumerate(mask[lo[row] : lo[row + 1]].tolist()) if keep}
            assert keeps == twin[heuristic.id], (heuristic.id, row)
    assert said > 50


def test_pieces_say_what_the_whole_says(chain: tuple[Chain, Branch]) -> None:
    held, _ = chain
    whole = change_bits(held, 0, held.n_txs).bits.tolist()
    pieces = [change_bits(held, lo, min(lo + 7, held.n_txs)) for lo in range(0, held.n_txs, 7)]
    assert [bit for piece in pieces for bit in piece.bits.tolist()] == whole
    assert not len(change_bits(held, 3, 3))
    with pytest.raises(ValueError, match="not all of the chain"):
        change_bits(held, 0, held.n_txs + 1)
