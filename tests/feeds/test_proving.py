"""What a server tells is tried: branches, ids, headers; each with a near miss that must be refused."""

from collections.abc import Sequence

import pytest

from oracle.blockmaker import (
    Branch,
    Tx,
    double,
    genesis,
    make_coinbase,
    make_tx,
    merkle_root,
    seeded,
)
from qaif.errors import SourceShapeError
from qaif.feeds.networks import NETWORKS
from qaif.feeds.proving import can_be_proven, checked_headers, checked_txs, root_of
from support.explorer import branch_of

REGTEST = NETWORKS["regtest"]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 13, 64, 65])
def test_branches_give_the_root_at_their_own_place_only(count: int) -> None:
    rng = seeded(count)
    leaves = [rng.randbytes(32) for _ in range(count)]
    root = merkle_root(leaves)
    for at, leaf in enumerate(leaves):
        branch = branch_of(leaves, at)
        assert root_of(leaf, at, branch) == root
        for other in range(1 << len(branch)):
            if other != at:
                assert root_of(leaf, other, branch) != root
        for level, sibling in enumerate(branch):
            wrong = (*branch[:level], double(sibling), *branch[level + 1 :])
            assert root_of(leaf, at, wrong) != root
        assert root_of(leaf, at, branch[:-1]) != root or not branch


def test_branches_that_prove_nothing() -> None:
    leaves = [bytes([one]) * 32 for one in range(3)]
    branch = branch_of(leaves, 2)
    assert root_of(leaves[2], 2, branch) == merkle_root(leaves)
    assert root_of(leaves[2], 3, branch) is None  # the place of the copy that fills an odd row
    assert root_of(leaves[2], 4, branch) is None  # no such place
    assert root_of(leaves[2], -1, branch) is None
    assert root_of(leaves[2], 2, (branch[0][:-1], branch[1])) is None
    assert root_of(leaves[2], 2, branch * 20) is None


def test_a_transaction_that_could_be_two_hashes_is_never_proven() -> None:
    """64 bytes without witness: 60 and a script of 4."""
    short = make_tx([(b"\x01" * 32, 0)], [(1, b"\x51" * 4)])
    assert len(short.base) == 64
    assert not can_be_proven(short.raw)
    with_witness = make_tx([(b"\x01" * 32, 0)], [(1, b"\x51" * 4)], witnesses=[[b"x"]])
    assert not can_be_proven(with_witness.raw)
    assert can_be_proven(make_tx([(b"\x01" * 32, 0)], [(1, b"\x51" * 5)]).raw)
    assert can_be_proven(make_tx([(b"\x01" * 32, 0)], [(1, b"\x51" * 3)]).raw)


def headers(blocks: Sequence[object]) -> list[bytes]:
    return [block.raw[:80] for block in blocks]  # type: ignore[attr-defined]


def test_headers_that_follow_one_another() -> None:
    blocks = Branch(seeded(4)).grow(6).blocks
    assert checked_headers(headers(blocks), 0, REGTEST) == [block.hash for block in blocks]
    assert checked_headers(headers(blocks[3:5]), 3, REGTEST) == [block.hash for block in blocks[3:5]]
    assert checked_headers([], 3, REGTEST) == []


def test_headers_that_do_not() -> None:
    blocks = Branch(seeded(4)).grow(6).blocks
    good = headers(blocks)
    nonce = 0
    while int.from_bytes(double(good[2][:76] + nonce.to_bytes(4, "little")), "little") >> 255 == 0:
        nonce += 1
    refused = (
        ([good[1], good[3]], 1, "does not build on"),
        ([good[1][:-1]], 1, "80 bytes"),
        ([good[2][:76] + nonce.to_bytes(4, "little")], 2, "work"),
        ([good[1]], 0, "not of regtest"),
        ([genesis().raw[:80]], 5, "not of regtest"),
    )
    for raws, first, why in refused:
        with pytest.raises(SourceShapeError, match=why):
            checked_headers(raws, first, REGTEST)
    with pytest.raises(SourceShapeError, match="work"):
        checked_headers([good[1]], 1, NETWORKS["mainnet"])  # regtest's target is not allowed there


SPEND = [(b"\x07" * 32, 1)]
MONEY = 21_000_000 * 10**8


@pytest.mark.parametrize(
    "bad",
    [
        make_tx(SPEND, [(-1, b"")]),
        make_tx(SPEND, [(MONEY + 1, b"")]),
        make_tx(SPEND, [(MONEY, b""), (1, b"")]),
        make_tx([(bytes(32), 0xFFFFFFFF), SPEND[0]], [(1, b"")]),
    ],
    ids=["negative", "too much", "too much together", "a coinbase that spends"],
)
def test_transactions_that_no_block_holds(bad: Tx) -> None:
    with pytest.raises(SourceShapeError, match="no block could hold"):
        checked_txs([bad.raw], [bad.txid])


def test_transactions_are_those_asked_for() -> None:
    one, other = make_tx(SPEND, [(MONEY, b"")]), make_coinbase(b"\x01\x02", [(5, b"\x51")], [b"w"])
    checked_txs([one.raw, other.raw], [one.txid, other.txid])
    checked_txs([], [])
    for raws, asked, why in (
        ([one.raw], [other.txid], "the bytes given are those of"),
        ([one.raw], [one.txid, other.txid], "asked for"),
        ([one.raw + b"\x00"], [one.txid], "malformed"),
        ([one.raw[:-1]], [one.txid], "malformed"),
        ([other.raw], [other.wtxid], "the bytes given are those of"),
    ):
        with pytest.raises(SourceShapeError, match=why):
            checked_txs(raws, asked)
