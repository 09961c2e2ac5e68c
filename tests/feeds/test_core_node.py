"""A node as a feed: what it gives by every way equals what its block files give."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaigns import node_lies
from oracle.blockmaker import seeded
from peers.bcoin import Bcoin, bcoin
from peers.core_shapes import Asked, Shapes, core_shapes
from peers.wallet import Wallet
from qaif.chain.check import check
from qaif.chain.nodes import NodeBlocks, NodeSource, index_node
from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.errors import (
    BlockDataError,
    NetworkMismatchError,
    QaifError,
    SourceAccessError,
    SourceError,
    SourcePrunedError,
    UsageError,
)
from qaif.feeds.core.headers import Span
from qaif.feeds.core.node import CoreNode
from qaif.units import UNKNOWN
from qaif.workspace.network.door import Door
from support.coredir import KINDS, script_of
from support.from_node import QUICK, by_files, by_node
from support.indexing import digests


@pytest.fixture(scope="module")
def node() -> Iterator[Bcoin]:
    """A chain with spends of every kind in its upper part."""
    with bcoin() as one:
        wallets = [Wallet(one, kind, seed=12 if kind == "full-even" else 11) for kind in KINDS]
        for wallet in wallets:
            wallet.take(one.raw(one.mine(1, wallet.script)[0]))
        one.mine(100)
        rng = seeded(3)
        for _ in range(12):
            for wallet in rng.sample(wallets, 3):
                wallet.send(
                    [(rng.randrange(1_000, 10**6), script_of(rng.choice(KINDS), 11)) for _ in range(3)]
                )
            one.mine(1)
        yield one


@pytest.fixture
def shapes(node: Bcoin) -> Iterator[Shapes]:
    with core_shapes(node) as one:
        yield one


@pytest.mark.parametrize("rest", [True, False])
def test_a_node_gives_what_its_files_give(shapes: Shapes, tmp_path: Path, *, rest: bool) -> None:
    shapes.rest = rest
    report = by_node(tmp_path / "node", shapes)
    assert report.blocks == shapes.node.height() + 1
    assert digests(tmp_path / "node") == digests(by_files(tmp_path / "files", shapes.node))
    assert check(tmp_path / "node").good
    assert not any("spenttxouts" in one for one in shapes.asked), "a whole chain needs to be told nothing"
    again = by_node(tmp_path / "node", shapes)
    assert (again.kept, again.appended, again.removed) == (report.blocks, 0, 0)


def test_progress_is_told_in_headers_and_blocks(shapes: Shapes, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    with Door({shapes.url: QUICK}) as door:
        node = CoreNode(door.http(shapes.url, purpose="blocks"), shapes.url, with_password=False)
        wanted = NodeBlocks(NodeSource(shapes.url))
        index_node(tmp_path / "chain", node, wanted, lambda *one: told.append(one))
    count = shapes.node.height() + 1
    assert told == [(count, count, "headers"), (count, count, "blocks")]


def test_in_steps_and_after_block_files(shapes: Shapes, tmp_path: Path) -> None:
    for last in (0, 1, 40, 39, 77):
        by_node(tmp_path / "steps", shapes, Span(last=last))
    with Chain.open(tmp_path / "steps") as chain:
        assert chain.tip.height == 77
    by_node(tmp_path / "steps", shapes)
    whole = digests(by_files(tmp_path / "files", shapes.node))
    assert digests(tmp_path / "steps") == whole
    by_node(tmp_path / "files", shapes)
    assert digests(tmp_path / "files") == whole, "a node goes on where block files ended"
    index_block_files(tmp_path / "files", BlockFiles((tmp_path / "files.dat",)))
    assert digests(tmp_path / "files") == whole


@pytest.mark.parametrize(("rest", "spent"), [(True, True), (True, False), (False, False)])
def test_a_start_in_the_middle_knows_what_is_spent(
    shapes: Shapes, tmp_path: Path, *, rest: bool, spent: bool
) -> None:
    shapes.rest, shapes.spent = rest, spent
    shapes.said = {"pruned": True, "pruneheight": 105}
    first = 105
    by_node(tmp_path / "middle", shapes, Span(first))
    shapes.said = {}
    by_node(tmp_path / "whole", shapes)
    with Chain.open(tmp_path / "middle") as middle, Chain.open(tmp_path / "whole") as whole:
        assert middle.block.height.one(0) == first
        begin = whole.block.in_lo.one(first)
        assert middle.n_ins == whole.n_ins - begin > 45
        for row in range(middle.n_ins):
            assert middle.txin.value_sat.one(row) == whole.txin.value_sat.one(begin + row)
            mine, theirs = middle.txin.script_num.one(row), whole.txin.script_num.one(begin + row)
            assert (mine == UNKNOWN) == (theirs == UNKNOWN)
            if mine != UNKNOWN:
                assert middle.script_raw(mine) == whole.script_raw(theirs)
        assert middle.held.unknown_inputs == len(KINDS), "their parents lie below"
    files, node = digests(by_files(tmp_path / "files", shapes.node, first)), digests(tmp_path / "middle")
    same = ("header", "height", "height_basis", "linked", "work", "size", "tx_lo", "in_lo", "unresolved_lo")
    for name in (*(f"block.{column}" for column in same), "txin.spent_out", "txout.value_sat"):
        assert node[name] == files[name], name


def test_amounts_that_the_store_refutes(shapes: Shapes, tmp_path: Path) -> None:
    """One satoshi more for each: no block by itself refutes that, the outputs that are held do."""
    shapes.fault = lambda asked, body: (
        node_lies.amounts(body, lambda value: value + 1) if asked.what == "rest spenttxouts" else body
    )
    with pytest.raises(
        BlockDataError, match=r"spends [0-9,]+ sat where the output that is held has .* came from"
    ):
        by_node(tmp_path / "middle", shapes, Span(105))
    shapes.fault = None
    by_node(tmp_path / "middle", shapes, Span(105))


def test_what_is_not_told_stays_unknown(shapes: Shapes, tmp_path: Path) -> None:
    shapes.rest = shapes.spent = shapes.prevouts = False
    by_node(tmp_path / "middle", shapes, Span(105))
    assert digests(tmp_path / "middle") == digests(by_files(tmp_path / "files", shapes.node, 105))


def test_rest_alone_needs_no_password(shapes: Shapes, tmp_path: Path) -> None:
    by_node(tmp_path / "chain", shapes, nobody=True)
    assert not any(one.startswith("rpc") for one in shapes.asked)
    shapes.rest = False
    with pytest.raises(SourceAccessError, match="offers no REST, and no password"):
        by_node(tmp_path / "chain", shapes, nobody=True)


def test_a_wrong_password_is_named_and_not_repeated(shapes: Shapes, tmp_path: Path) -> None:
    shapes.rest = False
    with pytest.raises(SourceAccessError, match="does not accept the user and password") as caught:
        by_node(tmp_path / "chain", shapes, password="hunter2")  # noqa: S106  a wrong one
    assert "hunter2" not in str(caught.value) + repr(caught.value.__cause__)


def test_a_node_that_is_starting_and_what_is_no_node(shapes: Shapes, tmp_path: Path) -> None:
    shapes.rest = False
    warming = b'{"result":null,"error":{"code":-28,"message":"Loading block index..."},"id":0}'
    for answer, said in (
        (warming, "is still starting: Loading block index"),
        (b"<html>hello</html>", "is not a Bitcoin node's RPC server: status 200, <html>hello"),
        (b'{"result":{"chain":"main"},"error":null,"id":0}', "answers as no node does"),
        (b'{"result":7,"error":null,"id":1}', "is not a Bitcoin node's RPC server"),
    ):
        shapes.fault = lambda *_, answer=answer: answer
        with pytest.raises(SourceError, match=said):
            by_node(tmp_path / "chain", shapes)
    shapes.fault = None
    by_node(tmp_path / "chain", shapes)


def test_pruned_blocks_are_named_before_anything_is_read(shapes: Shapes, tmp_path: Path) -> None:
    shapes.said = {"pruned": True, "pruneheight": 90}
    with pytest.raises(SourcePrunedError, match="blocks from height 90 on, and 0 is asked for"):
        by_node(tmp_path / "chain", shapes)
    by_node(tmp_path / "chain", shapes, Span(90))
    shapes.said = {"pruned": True, "pruneheight": 0}
    with pytest.raises(UsageError, match="begins at height 90, and cannot also begin at 80"):
        by_node(tmp_path / "chain", shapes, Span(80))


def test_pruned_between_two_requests(shapes: Shapes, tmp_path: Path) -> None:
    """What it said it has, it has not when it is asked."""
    for shapes.rest in (True, False):
        shapes.said = {"pruned": True, "pruneheight": 90}
        shapes.fault = lambda _, body: body.replace(b'"pruneheight": 90', b'"pruneheight": 20')
        with pytest.raises(SourcePrunedError, match="has deleted block"):
            by_node(tmp_path / "chain", shapes, Span(30))


def test_another_network(shapes: Shapes, tmp_path: Path) -> None:
    with pytest.raises(NetworkMismatchError, match="is of regtest, not of mainnet"):
        by_node(tmp_path / "chain", shapes, network="mainnet")
    shapes.said = {"chain": "main"}
    with pytest.raises(NetworkMismatchError, match="says it is of mainnet, but its first block"):
        by_node(tmp_path / "chain", shapes)


def test_heights_that_make_no_sense(shapes: Shapes, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ends at height"):
        by_node(tmp_path / "chain", shapes, Span(10_000))
    with pytest.raises(UsageError, match="lies before the first block"):
        by_node(tmp_path / "chain", shapes, Span(50, 40))


@pytest.mark.parametrize("rest", [True, False])
def test_a_run_that_was_cut_off_goes_on_from_its_last_round(
    shapes: Shapes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, rest: bool
) -> None:
    monkeypatch.setattr("qaif.feeds.core.feed._OTHER_SIZE", 20 << 20)  # six blocks a round
    shapes.rest = rest
    kind, asked = ("rest block" if rest else "rpc getblock"), Counter[str]()

    def fault(one: Asked, body: bytes) -> bytes:
        asked[one.what] += 1
        return body if one.what != kind or asked[kind] < 40 else body[:90]

    shapes.fault = fault
    with pytest.raises(QaifError):
        by_node(tmp_path / "chain", shapes)
    with Chain.open(tmp_path / "chain") as chain:
        held = chain.n_blocks
    assert 20 < held < 45
    assert check(tmp_path / "chain").good
    shapes.fault = None
    report = by_node(tmp_path / "chain", shapes)
    assert (report.kept, report.blocks) == (held, shapes.node.height() + 1)
    assert digests(tmp_path / "chain") == digests(by_files(tmp_path / "files", shapes.node))


def test_a_chain_of_less_work_takes_nothing_away(tmp_path: Path) -> None:
    """A node that is behind, or that took a block out of its chain, until it has more to show."""
    with bcoin() as node, core_shapes(node) as shapes:
        node.mine(20)
        by_node(tmp_path / "chain", shapes)
        node.invalidate(node.hashes()[10])
        for count in (0, 3, 7, 1):
            if count:
                node.mine(count)
            report = by_node(tmp_path / "chain", shapes)
            assert (report.blocks, report.removed, report.appended) == (21, 0, 0)
        node.mine(1)
        report = by_node(tmp_path / "chain", shapes)
        assert (report.blocks, report.removed, report.appended) == (22, 11, 12)
        assert digests(tmp_path / "chain") == digests(by_files(tmp_path / "files", node))
