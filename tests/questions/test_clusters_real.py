"""Real blocks: a sweep joins what one controller swept and labels nobody by it; a mix joins nobody."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qaif.analysis.clusters.forest import Forest
from qaif.chain.addresses import parse_address
from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.feeds.networks import NETWORKS
from qaif.questions.cluster import cluster
from qaif.questions.refusals import refusals
from qaif.units import hash_raw
from qaif.workspace.folder import Workspace
from support.clustering import LOOSE, made, partition

LISTED = "12HQDsicffSBaYdJ6BhnE22sfjTESmmzKx"
SWEEP = hash_raw("79931a6bb31b85658679be67ac5a566f0f54c50001f5c808dbe28aeaf0747536")
MIX = "5100374c728e5da2d01f39deb5fc73f6c55241024e99e70bc0ff33372a348673"


@pytest.fixture(scope="module")
def sample(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "w"
    chain_dir = Workspace.open_or_create(folder).chain_dir
    index_block_files(chain_dir, BlockFiles((shared / "blocks" / "mainnet-sample.dat",), None, {}))
    return folder


def spent_by(chain: Chain, txid: bytes) -> set[int]:
    tx = int(chain.tx_nums(txid)[0])
    ins = chain.txin.script_num[chain.tx.in_lo.one(tx) : chain.tx.in_lo.one(tx + 1)]
    return set(ins[ins >= 0].tolist())


def test_the_sweep_joins_what_it_swept_and_makes_nobody_the_listed_person(sample: Path) -> None:
    with Chain.open(Workspace.open(sample).chain_dir) as chain:
        swept = spent_by(chain, SWEEP)
        forest = made(chain)
        listed = chain.script_num(parse_address(LISTED, NETWORKS["mainnet"]).script_raw)
        assert listed in swept
        assert len(swept) > 150
        assert set(forest.members(listed).tolist()) == swept
    answer = cluster(sample, LISTED)
    assert answer.members.count == len(swept)
    assert answer.labelled == ()
    assert answer.totals.lower_bound
    assert answer.totals.balance_sat is None  # most blocks are not held: it may all be spent
    assert answer.totals.received_sat >= answer.totals.from_outside_sat
    assert "control is not ownership" in answer.coverage.reasons[-1]
    assert "none of these others is the owner" in str(answer.basis["methods"])


def test_the_mix_joins_nobody(sample: Path) -> None:
    with Chain.open(Workspace.open(sample).chain_dir) as chain:
        mixed = spent_by(chain, hash_raw(MIX))
        forest = made(chain)
        tx = int(chain.tx_nums(hash_raw(MIX))[0])
        roots = forest.roots(np.array(sorted(mixed), dtype=np.int64))
        assert len(mixed) > 50
        assert len(set(roots.tolist())) == len(mixed), "no other block joins two of them either"
        assert tx in forest.decisions[:, 0]
    found = refusals(sample, None, most=10_000)
    (shown,) = [each for each in found.decisions if each.tx.txid == MIX]
    assert (shown.outcome, shown.method) == ("refused", "wasabi-1/1")
    assert shown.reason.startswith("it is a Wasabi 1 CoinJoin")


def test_no_two_wallets_of_the_regtest_chain_are_joined(shared: Path, tmp_path: Path) -> None:
    truth = shared / "ground_truth"
    index_block_files(tmp_path / "c", BlockFiles((truth / "wabisabi-regtest.dat",), None, {}))
    with (truth / "wabisabi-regtest-owners.csv").open() as file:
        rows = list(csv.DictReader(file))
    with Chain.open(tmp_path / "c") as chain:
        owner = {
            chain.script_num(parse_address(row["address"], chain.network).script_raw): row["wallet"]
            for row in rows
        }
        owner.pop(-1, None)
        assert len(owner) == 260, "the other addresses were never used"
        ours, bare = (wallets(made(chain, rules), owner) for rules in (LOOSE, replace(LOOSE, refusing=())))
        assert chain.n_blocks == 324
    assert [each for each in ours if len(each) > 1] == []
    assert [each for each in bare if len(each) > 1], "where nothing is refused, the mixes join them"


def wallets(forest: Forest, owner: dict[int, str]) -> list[set[str]]:
    """Which wallets the scripts of each cluster are of."""
    return [{owner[num] for num in each if num in owner} for each in partition(forest)]
