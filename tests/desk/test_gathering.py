"""A case gathered from an explorer answers as the whole chain does, and says on whose word."""

from pathlib import Path

import pytest

from oracle.blockmaker import Branch, framed, make_tx, seeded
from qaif.desk.gather import Order, gather
from qaif.desk.gathering import Limits
from qaif.errors import (
    AddressError,
    NetworkMismatchError,
    NotFoundError,
    UsageError,
)
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.told import State
from qaif.questions.index import index_block_files
from qaif.questions.tx import tx
from qaif.units import hash_hex
from support.economy import PEOPLE, Economy, script
from support.explorer import ChainExplorer
from support.gathering import (
    BLOCKS,
    NOW,
    SOURCE,
    answered,
    digests,
    figures,
    gathered,
    nothing_wrong,
    state_of,
    whole_chain,
)
from support.indexing import digests as columns_of_folder
from support.indexing import put

pytestmark = pytest.mark.usefixtures("in_haste")
TAPROOT = PEOPLE - 1  # its spends show nothing of it: only their parents tell


@pytest.mark.parametrize("proofs", [True, False])
@pytest.mark.parametrize("people", [(1,), (TAPROOT,), (0, 4, TAPROOT)])
def test_figures_are_those_of_the_whole_chain(
    economy: Economy, whole: Path, tmp_path: Path, people: tuple[int, ...], *, proofs: bool
) -> None:
    gathered(tmp_path / "w", people, ChainExplorer(economy.blocks, proofs=proofs))
    case, chain = answered(tmp_path / "w", *people), answered(whole, *people)
    assert case["tx_count"] > 10
    if not proofs:  # the order inside a block is not known then
        for name in ("first_seen", "last_seen", "largest", "counterparties"):
            del case[name], chain[name]
    assert figures(case) == figures(chain)
    assert case["balance_sat"] is not None
    assert case["layer"] == ("fact" if proofs else "claim")
    coverage = case["coverage"]
    assert (coverage["complete"], coverage["told"]) == (True, True)
    assert "told, not proven: a server can leave transactions out" in coverage["reasons"][0]
    assert SOURCE in coverage["reasons"][0]
    assert f"as of block {BLOCKS}" in coverage["reasons"][0]
    for one in coverage["scripts"]:
        assert one["held"] == one["listed"] == one["count"]
        assert one["proven"] == (one["held"] if proofs else 0)
        assert one["tip_height"] == BLOCKS
    nothing_wrong(tmp_path / "w", ChainExplorer(economy.blocks))


def test_ten_orders_end_in_the_same_columns(economy: Economy, tmp_path: Path) -> None:
    rng, found = seeded(9), set()
    for order in range(10):
        people = rng.sample(range(PEOPLE), PEOPLE)
        cuts = sorted(rng.sample(range(1, PEOPLE), rng.randint(0, 4)))
        explorer = ChainExplorer(economy.blocks, page=rng.choice([3, 25]), proofs=True)
        for lo, hi in zip([0, *cuts], [*cuts, PEOPLE], strict=True):
            gathered(tmp_path / str(order), people[lo:hi], explorer)
        found.add(tuple(digests(tmp_path / str(order)).items()))
    assert len(found) == 1


def test_orders_do_not_matter_without_places(economy: Economy, tmp_path: Path) -> None:
    """No position is known, and transactions of one block spend one another: still one order."""
    rng, found = seeded(10), set()
    for order in range(4):
        for person in rng.sample(range(PEOPLE), PEOPLE):
            gathered(tmp_path / str(order), [person], ChainExplorer(economy.blocks, proofs=False))
        found.add(tuple(digests(tmp_path / str(order)).items()))
    assert len(found) == 1


def test_everything_gathered_is_the_whole_chain_in_columns(economy: Economy, tmp_path: Path) -> None:
    """Every person of the economy together: all blocks but genesis, each transaction at its place."""
    gathered(tmp_path / "w", range(PEOPLE), ChainExplorer(economy.blocks))
    put(tmp_path / "ungenesis", economy.blocks[1:])
    case = digests(tmp_path / "w")
    chain = columns_of_folder(tmp_path / "ungenesis")
    differ = {name for name in case if case[name] != chain[name]}
    assert differ == {"block.whole", "block.size", "block.weight"}


def test_how_far_headers_link_to_the_genesis_block(economy: Economy, tmp_path: Path) -> None:
    """What is said of it is so for each person alone, and for all of them."""
    explorer, cases = ChainExplorer(economy.blocks), set()
    for people in (*((one,) for one in range(PEOPLE)), range(PEOPLE)):
        folder = tmp_path / str(len(people) * 100 + people[0])
        gathered(folder, people, explorer)
        heights = {explorer.txs[txid][0] for one in people for txid in explorer.of_script[script(one)]}
        linked = next(height for height in range(1, BLOCKS + 2) if height not in heights) - 1
        not_linked = "headers between are not held, so that they are not linked to the genesis block"
        said = {
            len(heights): "no header is missing from the genesis block to the highest block held, so they are"
            " linked to it, and heights follow from that.",
            0: f"{not_linked}, and heights are as told.",
        }.get(
            linked,
            f"up to block {linked} no header is missing, so these are linked to the genesis block; of the"
            f" {len(heights) - linked} above it {not_linked}, and their heights are as told.",
        )
        reasons = answered(folder, people[0])["coverage"]["reasons"]
        assert f"Each block's header shows its own work, about 2^1 hashes or more; {said}" in reasons
        cases.add("all" if linked == len(heights) else "some" if linked else "none")
    assert cases == {"all", "some", "none"}


def test_what_is_not_gathered_is_unknown(economy: Economy, tmp_path: Path) -> None:
    gathered(tmp_path / "w", [1], ChainExplorer(economy.blocks))
    answer = answered(tmp_path / "w", 2)
    assert not answer["coverage"]["complete"]
    assert answer["balance_sat"] is None
    assert answer["lower_bound"]
    assert any("was not asked for" in reason for reason in answer["coverage"]["reasons"])
    both = answered(tmp_path / "w", 1, 2)
    assert not both["coverage"]["complete"]


def test_a_script_that_nobody_used(tmp_path: Path) -> None:
    explorer = ChainExplorer(Economy.of(3, 4).blocks)
    unused = next(one for one in range(PEOPLE) if not explorer.of_script[script(one)])
    gathered(tmp_path / "w", [unused], explorer)
    answer = answered(tmp_path / "w", unused)
    assert (answer["tx_count"], answer["occurrence"], answer["balance_sat"]) == (0, "not-seen", 0)
    assert answer["coverage"]["told"]


def test_a_reorganisation_is_followed(tmp_path: Path) -> None:
    economy = Economy.of(5, 40)
    fork = Economy(seeded(77), economy.branch.fork(33, 78), dict(economy.purse))
    fork.purse = {at: owner for at, owner in economy.purse.items() if at in fork.branch.unspent}
    for _ in range(10):
        fork.grow()
    explorer = ChainExplorer(economy.blocks)
    gathered(tmp_path / "w", range(4), explorer)
    old = digests(tmp_path / "w")
    explorer.take(fork.blocks)
    gathered(tmp_path / "w", range(4), explorer)
    gathered(tmp_path / "new", range(4), ChainExplorer(fork.blocks))
    assert digests(tmp_path / "w") == digests(tmp_path / "new") != old
    whole = whole_chain(tmp_path / "whole", fork)
    for person in range(4):
        assert figures(answered(tmp_path / "w", person)) == figures(answered(whole, person))
        assert answered(tmp_path / "w", person)["coverage"]["complete"]


def test_a_place_in_a_block_that_left_is_dropped(tmp_path: Path) -> None:
    """One script is asked again after the reorganisation, the other not: what that told is no fact."""
    economy = Economy.of(5, 40)
    fork = Branch(seeded(1), economy.blocks[:36], {}, 3 * 86_400)
    for _ in range(9):
        fork.add([], [(50 * 10**8, script(0))])
    explorer = ChainExplorer(economy.blocks)
    gathered(tmp_path / "w", [0, 2], explorer)
    lost = {txid for txid, (height, _, _) in explorer.txs.items() if height > 35} & set(
        explorer.of_script[script(2)]
    )
    assert lost
    explorer.take(fork.blocks)
    gathered(tmp_path / "w", [0], explorer)
    answer = answered(tmp_path / "w", 2)
    assert not answer["coverage"]["complete"]
    assert any("not in the chain any more" in reason for reason in answer["coverage"]["reasons"])
    for txid in lost:
        with pytest.raises(NotFoundError):
            tx(tmp_path / "w", hash_hex(txid))
    assert answered(tmp_path / "w", 0)["coverage"]["complete"]


def test_unconfirmed_transactions_are_listed_and_not_stored(economy: Economy, tmp_path: Path) -> None:
    explorer = ChainExplorer(economy.blocks)
    at, (value, owner) = next(item for item in sorted(economy.purse.items()) if item[1][1] == 1)
    loose = make_tx([at], [(value, script(1))])
    explorer.loose.append(loose)
    gathered(tmp_path / "w", [1], explorer)
    coverage = answered(tmp_path / "w", 1)["coverage"]
    assert owner == 1
    assert coverage["complete"]
    assert coverage["scripts"][0]["unconfirmed"] == [hash_hex(loose.txid)]
    assert any("in no block yet" in reason for reason in coverage["reasons"])
    with pytest.raises(NotFoundError):
        tx(tmp_path / "w", hash_hex(loose.txid))


def test_counterparties_and_a_service_at_the_edge(economy: Economy, whole: Path, tmp_path: Path) -> None:
    explorer = ChainExplorer(economy.blocks)
    sizes = {one: len(explorer.of_script[script(one)]) for one in range(PEOPLE)}
    limit = sorted(sizes.values())[-2]  # all but the greatest are within it
    person = min(sizes, key=lambda one: sizes[one])
    report = gathered(tmp_path / "w", [person], explorer, Limits(hops=1, service=limit)).report
    state = state_of(tmp_path / "w")
    ends = {one: state.histories[script(one), SOURCE].end for one in range(PEOPLE)}
    for one, end in ends.items():
        assert end is not None
        at_edge = sizes[one] > limit and one != person
        assert end.state == (State.EDGE if at_edge else State.COMPLETE), one
        assert answered(tmp_path / "w", one)["coverage"]["complete"] is not at_edge
        if not at_edge:
            assert figures(answered(tmp_path / "w", one)) == figures(answered(whole, one))
    assert report.edge == sum(1 for one in sizes if sizes[one] > limit and one != person) > 0
    greatest = max(sizes, key=lambda one: sizes[one])
    reasons = answered(tmp_path / "w", greatest)["coverage"]["reasons"]
    assert any("taken for a service and left at the edge" in reason for reason in reasons)
    assert report.scripts == PEOPLE


def test_counterparties_up_to_a_number(economy: Economy, tmp_path: Path) -> None:
    explorer = ChainExplorer(economy.blocks)
    report = gathered(tmp_path / "w", [1], explorer, Limits(hops=3, addresses=2)).report
    assert report.scripts == 3


def test_as_of_a_block_and_a_day(economy: Economy, whole: Path, tmp_path: Path) -> None:
    gathered(tmp_path / "w", [1], ChainExplorer(economy.blocks))
    for height in (20, 41, 55, BLOCKS):
        case, chain = answered(tmp_path / "w", 1, as_of=str(height)), answered(whole, 1, as_of=str(height))
        assert figures(case) == figures(chain)
        assert case["coverage"]["complete"]
    with pytest.raises(NotFoundError, match="No source was asked"):
        answered(tmp_path / "w", 1, as_of=str(BLOCKS + 1))
    late = answered(tmp_path / "w", 1, as_of="2026-01-01")
    assert not late["coverage"]["complete"]
    assert late["balance_sat"] is None


def test_two_sources_that_differ_are_both_kept(economy: Economy, tmp_path: Path) -> None:
    class Hiding(ChainExplorer):
        def take(self, blocks: object) -> None:
            super().take(blocks)  # type: ignore[arg-type]
            del self.of_script[script(1)][5]

    gathered(tmp_path / "w", [1], Hiding(economy.blocks), source="esplora:http://liar")
    assert answered(tmp_path / "w", 1)["coverage"]["complete"]  # nothing held refutes it
    gathered(tmp_path / "w", [1], ChainExplorer(economy.blocks), source="esplora:http://honest")
    coverage = answered(tmp_path / "w", 1)["coverage"]
    assert [one["complete"] for one in coverage["scripts"]] == [True, False]
    assert any(
        "esplora:http://honest told, and not in that of esplora:http://liar" in r for r in coverage["reasons"]
    )


class OnSignet(ChainExplorer):
    @property
    def network(self) -> Network:
        return NETWORKS["signet"]


def test_block_files_and_single_transactions_are_not_mixed(economy: Economy, tmp_path: Path) -> None:
    explorer, path = ChainExplorer(economy.blocks), tmp_path / "b.dat"
    path.write_bytes(framed(economy.blocks[:5]))
    index_block_files(tmp_path / "files", [path])
    with pytest.raises(UsageError, match="made of block files"):
        gathered(tmp_path / "files", [1], explorer)
    gathered(tmp_path / "w", [1], explorer)
    with pytest.raises(UsageError, match="made of single transactions"):
        index_block_files(tmp_path / "w", [path])


def test_networks_are_not_mixed(economy: Economy, tmp_path: Path) -> None:
    explorer = ChainExplorer(economy.blocks)
    on_mainnet = Order(("1BoatSLRHtKNngkdXEeobR76b53LETtpyT",), SOURCE)
    with pytest.raises(AddressError):
        gather(tmp_path / "w", on_mainnet, explorer, lambda: NOW)
    gathered(tmp_path / "w", [1], explorer)
    on_signet = Order(("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",), SOURCE)
    with pytest.raises(NetworkMismatchError):
        gather(tmp_path / "w", on_signet, OnSignet(economy.blocks), lambda: NOW)
    gathered(tmp_path / "w", [2], explorer)  # nothing of the other was written
    assert answered(tmp_path / "w", 2)["coverage"]["complete"]


def test_as_of_later_than_it_was_told(economy: Economy, tmp_path: Path) -> None:
    """The one script was told as of an earlier tip than is asked about, the other not."""
    gathered(tmp_path / "w", [1], ChainExplorer(economy.blocks[:40]))
    gathered(tmp_path / "w", [2], ChainExplorer(economy.blocks))
    for as_of, person, complete in (
        ("39", 1, True),
        ("41", 1, False),
        ("41", 2, True),
        (str(BLOCKS), 2, True),
    ):
        assert answered(tmp_path / "w", person, as_of=as_of)["coverage"]["complete"] is complete, as_of
    assert not answered(tmp_path / "w", 1)["coverage"]["complete"]


def test_after_a_reorganisation_two_sources_agree_again(tmp_path: Path) -> None:
    economy = Economy.of(5, 40)
    fork = Branch(seeded(1), economy.blocks[:36], {}, 3 * 86_400)
    for _ in range(9):
        fork.add([], [(50 * 10**8, script(0))])
    explorer = ChainExplorer(economy.blocks)
    for source in ("esplora:http://a", "esplora:http://b"):
        gathered(tmp_path / "w", [0], explorer, source=source)
    explorer.take(fork.blocks)
    gathered(tmp_path / "w", [0], explorer, source="esplora:http://a")
    assert any("different blocks" in one for one in state_of(tmp_path / "w").disagreements())
    gathered(tmp_path / "w", [0], explorer, source="esplora:http://b")
    assert state_of(tmp_path / "w").disagreements() == []
    assert answered(tmp_path / "w", 0)["coverage"]["complete"]
