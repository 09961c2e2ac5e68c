"""Traces against a plain trace over dictionaries, both ways, with every method."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oracle.blockmaker import Branch, seeded
from oracle.flow_web import Ledger, Outpoint, trace
from oracle.simchain import Block, read_blocks
from qaif.analysis.flows.methods import METHODS, destinations, follow
from qaif.analysis.flows.mixing import MIX_DETECTORS, mixes, shapes_at
from qaif.analysis.flows.stops import Stop, TraceLimits
from qaif.analysis.flows.web import Web, walk
from qaif.analysis.flows.whole import haircut_about, haircut_all
from qaif.analysis.shapes.contract import YES
from qaif.chain.open import Chain
from support.indexing import put
from support.real import sample_with_spent_outputs

MAGIC = bytes.fromhex("fabfb5da")
STOPS = {
    Stop.UNSPENT: "unspent",
    Stop.UNSPENDABLE: "unspendable",
    Stop.COINBASE: "coinbase",
    Stop.DUST: "dust",
    Stop.HOPS: "hops",
    Stop.FAN: "fan",
}


@pytest.fixture(scope="module", params=[3, 4])
def made(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Chain, Ledger]:
    folder = tmp_path_factory.mktemp("flows") / "chain"
    put(folder, Branch(seeded(request.param)).grow(60).blocks)
    blocks: list[Block] = list(read_blocks(folder.with_suffix(".dat").read_bytes(), MAGIC))
    return Chain.open(folder), Ledger.of(blocks)


def outpoints(chain: Chain, web: Web) -> list[Outpoint | None]:
    held = np.flatnonzero(web.key >= 0)
    named: list[Outpoint | None] = [None] * len(web.key)
    txs = chain.tx_of_out(web.key[held])
    for coin, tx in zip(held.tolist(), txs.tolist(), strict=True):
        vout = int(web.key[coin]) - chain.tx.out_lo.one(tx)
        named[coin] = (chain.tx.txid_raw.take(tx)[0].tobytes(), vout)
    return named


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize(("hops", "fan", "least"), [(6, 100, 0), (3, 3, 0), (40, 4, 10**7), (0, 9, 0)])
def test_traces_are_those_of_the_twin(
    made: tuple[Chain, Ledger], hops: int, fan: int, least: int, *, forward: bool
) -> None:
    chain, ledger = made
    numbers = np.random.default_rng(hops).integers(0, chain.n_outs, (6, 3))
    limits = TraceLimits(hops=hops, transactions=10**6, fan=fan, least_sat=least)
    for row in numbers:
        seeds = np.unique(row[: 1 + int(row[0]) % 3])
        web = walk(chain, seeds, forward=forward, limits=limits)
        named = outpoints(chain, web)
        start = {named[coin] for coin in np.flatnonzero(web.seed)}
        twin = trace(ledger, {one for one in start if one}, hops, fan, least, forward=forward)
        assert dict(zip(web.tx_num.tolist(), web.hop.tolist(), strict=True)) == twin.txs
        ended = {named[c]: STOPS[Stop(web.stop[c])] for c in np.flatnonzero(web.ends)}
        assert ended == twin.stopped
        for method in METHODS:
            found = follow(web, method)
            marks = {named[c]: int(found.marked[c]) for c in np.flatnonzero(web.key >= 0)}
            assert marks == twin.marked[method.id], method.id
            assert found.fee_sat == twin.to_fees[method.id]


def test_destinations_hold_all_that_ended(made: tuple[Chain, Ledger]) -> None:
    chain, _ = made
    web = walk(chain, np.array([chain.n_outs // 3]), forward=True)
    found = [follow(web, method) for method in METHODS]
    rows = destinations(web, found)
    for place, one in enumerate(found):
        assert sum(row.marked_sat[place] for row in rows) == one.fresh_sat + one.added_sat - one.fee_sat
    assert len({row.group for row in rows}) == len(rows)
    together = destinations(web, found, np.zeros(len(web.key), dtype=np.int64))
    assert [row.group for row in together] == [0]
    assert together[0].coin_sat == sum(row.coin_sat for row in rows)
    assert together[0].marked_sat == tuple(map(sum, zip(*(row.marked_sat for row in rows), strict=True)))


def test_the_limit_of_transactions_is_kept(made: tuple[Chain, Ledger]) -> None:
    chain, _ = made
    seeds = np.arange(20, 40)
    all_of_it = walk(chain, seeds, forward=True, limits=TraceLimits(hops=40))
    cut = walk(chain, seeds, forward=True, limits=TraceLimits(hops=40, transactions=5))
    assert len(all_of_it.tx_num) > 5
    assert len(cut.tx_num) == 5
    assert Stop.BUDGET in cut.stop
    assert follow(cut, METHODS[1]).fresh_sat > 0


def test_a_store_cut_at_a_block_is_followed_to_there(made: tuple[Chain, Ledger]) -> None:
    chain, _ = made
    past = chain.at(30)
    web = walk(past, np.arange(10, 20), forward=True, limits=TraceLimits(hops=40))
    assert web.tx_num.max() < past.n_txs
    assert web.key.max() < past.n_outs


def test_haircut_through_the_whole_chain_is_a_trace_without_limits(tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("whole") / "chain"
    put(folder, Branch(seeded(9)).grow(50).blocks, round_bytes=4_000, merge=False)
    chain = Chain.open(folder)
    assert len(chain.segments) > 2
    for view in (chain, chain.at(20)):
        seeds = np.array([5, 17, 18])
        whole = haircut_all(view, seeds)
        limits = TraceLimits(10**6, 10**6, 10**6, 0, None, through_mixes=True)
        web = walk(view, seeds, forward=True, limits=limits)
        found = follow(web, METHODS[1])
        held = web.key >= 0
        assert whole.marked[web.key[held]].tolist() == found.marked[held].tolist()
        assert whole.marked.sum() == found.marked[held].sum()
        assert (whole.begun_sat, whole.fee_sat, whole.lost_sat) == (found.fresh_sat, found.fee_sat, 0)
        about, outs = haircut_about(view, seeds), np.arange(view.n_outs)
        assert about.approximate
        marked = about.marked(view, outs)
        assert (np.abs(marked - whole.marked) <= whole.marked // 2**16 + 60).all()
        assert (marked > 0).any()
        assert abs(about.begun_sat - whole.begun_sat) <= whole.begun_sat // 2**16 + 60


def test_no_detector_is_left_out_that_would_say_something(shared: Path, tmp_path: Path) -> None:
    chain = sample_with_spent_outputs(tmp_path / "chain", shared)
    txs = np.flatnonzero(np.diff(chain.tx.out_lo.take(np.arange(chain.n_txs + 1))) > 1)
    ins, outs = (column.take(txs + 1) - column.take(txs) for column in (chain.tx.in_lo, chain.tx.out_lo))
    shapes = shapes_at(chain, txs)
    said = np.stack([detector(shapes).verdict for detector in MIX_DETECTORS])
    found = mixes(chain, txs, ins, outs)
    assert ((said != 0).any(axis=0) == (found != 0)).all()
    assert ((said == YES).any(axis=0) == (found == YES)).all()
    assert (found == YES).any()
    assert (ins == 1).any()
