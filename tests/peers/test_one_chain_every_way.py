"""One chain read by every kind of source: equal columns, but for those named here with the reason.

A bcoin node has the chain. It is read from block files written from the node's blocks, by RPC, by REST, from
a folder in the form of the AWS dataset, and as a case from an Electrum server (e-x) and an Esplora server
over the node. A case is grown outward from one address until nothing is left to ask: then each transaction
is held but genesis' coinbase, which nothing leads to and Electrum servers do not list. So what a case is
compared with begins at block 1. Rows stand in chain order in all of them, so numbers are comparable.
"""

import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from campaigns.emulated_case import sources
from oracle.blockmaker import seeded
from oracle.parse import parse_block
from peers.bcoin import Bcoin, bcoin
from peers.core_shapes import core_shapes
from peers.wallet import Wallet
from qaif.chain.addresses import address_of
from qaif.chain.dataset import Dataset, index_dataset
from qaif.chain.open import Chain
from qaif.chain.tables import DERIVED, PRIMARY
from qaif.cli.network import opened
from qaif.desk.gather import GatherAnswer, Order, gather
from qaif.desk.gathering import Limits
from qaif.feeds.core.headers import Span
from qaif.feeds.networks import NETWORKS
from qaif.workspace.folder import Workspace
from qaif.workspace.network.manner import Manner
from qaif.workspace.sources import explorer, source_named
from support.aws_dataset import rows_of, write_parts
from support.coredir import KINDS, script_of
from support.from_node import by_files, by_node
from support.indexing import digests

EVERYTHING = Limits(hops=20, transactions=10**6, service=10**6, addresses=10**6)
NOT_IN_A_CASE = {
    "block.whole": "nobody told that these are all transactions of the block",
    "block.size": "the size of a block is known where it is whole",
    "block.weight": "as its size",
}
NOT_IN_THE_DATASET = {
    "block.size": "the dataset has no witnesses: the size of a block that has some is unknown",
    "block.weight": "as its size",
    "tx.size": "the same of a transaction",
    "txin.witness_size": "the witness itself",
}


class OneChain:
    """The chain by each way, each a chain folder made when it is first asked for."""

    def __init__(self, node: Bcoin, folder: Path) -> None:
        self.node, self.folder = node, folder
        self.txs = [len(parse_block(raw).txs) for raw in node.raws(node.hashes())]

    def files(self, first: int) -> dict[str, str]:
        return digests(by_files(self.folder / f"files-{first}", self.node, first))

    def rpc(self, first: int, *, rest: bool) -> dict[str, str]:
        folder = self.folder / f"node-{first}-{rest}"
        with core_shapes(self.node) as shapes:
            shapes.rest = rest
            by_node(folder, shapes, Span(first))
            assert any(one.startswith("rest block") for one in shapes.asked) is rest
        return digests(folder)

    def dataset(self) -> dict[str, str]:
        write_parts(self.folder / "aws", *rows_of(self.node.raws(self.node.hashes())))
        index_dataset(self.folder / "of-aws", Dataset(self.folder / "aws", "regtest"))
        return digests(self.folder / "of-aws")

    @cached_property
    def cases(self) -> dict[str, dict[str, str]]:
        with sources(self.node, self.folder) as named:
            return {kind: self._case(kind, name) for kind, name in named.items()}

    def _case(self, kind: str, name: str) -> dict[str, str]:
        folder, source = self.folder / kind, source_named(name)
        with opened(folder, source.place, Manner(requests_a_second=10_000)) as door:
            client = explorer(source, door, Workspace.open_or_create(folder).path)
            begin = address_of(script_of("p2pkh", 11), NETWORKS["regtest"])
            order = Order((str(begin),), name, EVERYTHING)
            self._whole(gather(folder, order, client, lambda: int(time.time())))
        return digests(Workspace.open(folder).chain_dir)

    def _whole(self, answer: GatherAnswer) -> None:
        assert (answer.report.stopped, answer.report.edge) == ("", 0)
        assert answer.report.new_txs == sum(self.txs[1:])


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneChain]:
    """Spends of every kind, blocks of several transactions, and coins spent in the block that made them."""
    with bcoin() as node:
        wallets = [Wallet(node, kind, seed=12 if kind == "full-even" else 11) for kind in KINDS]
        for wallet in wallets:
            wallet.take(node.raw(node.mine(1, wallet.script)[0]))
        node.mine(100)
        rng = seeded(4)
        for _ in range(12):
            for wallet in rng.sample(wallets, 3):
                for _ in range(2):
                    payees = [script_of(rng.choice(KINDS), 11) for _ in range(3)]
                    wallet.send([(rng.randrange(1_000, 10**6), one) for one in payees])
            node.mine(1)
        yield OneChain(node, tmp_path_factory.mktemp("ways"))


def differ(one: dict[str, str], other: dict[str, str]) -> set[str]:
    """The columns in which two stores differ."""
    assert one.keys() == other.keys()
    return {name for name in one if one[name] != other[name]}


def test_every_column_is_compared(chain: OneChain) -> None:
    """And the chain is one in which a wrong column would show."""
    named = {f"{table}.{one.name}" for table, columns in PRIMARY.items() for one in columns}
    named |= {f"{table.name}.{part}" for table in DERIVED for part in ("key", "num")}
    assert named == chain.files(0).keys()
    with Chain.open(chain.folder / "files-0") as store:
        assert (store.n_blocks, store.n_txs) == (len(chain.txs), sum(chain.txs))
        assert len(set(store.script.type[0 : store.n_scripts].tolist())) == 6
        assert (store.txin.witness_size[0 : store.n_ins] > 0).any()
        assert max(chain.txs) == 7


@pytest.mark.parametrize("first", [0, 1])
def test_block_files_rpc_and_rest(chain: OneChain, first: int) -> None:
    files = chain.files(first)
    assert differ(files, chain.rpc(first, rest=False)) == set()
    assert differ(files, chain.rpc(first, rest=True)) == set()


def test_the_dataset_but_for_witnesses(chain: OneChain) -> None:
    assert differ(chain.files(0), chain.dataset()) == NOT_IN_THE_DATASET.keys()


def test_electrum_and_esplora(chain: OneChain) -> None:
    assert differ(chain.cases["electrum"], chain.cases["esplora"]) == set()


@pytest.mark.parametrize("kind", ["electrum", "esplora"])
def test_a_case_of_everything_but_for_whole_blocks(chain: OneChain, kind: str) -> None:
    assert differ(chain.files(1), chain.cases[kind]) == NOT_IN_A_CASE.keys()
