"""Traces as answers: what a broker turned over is not what it was sent; labels, mixes, limits."""

import json
from pathlib import Path

import pytest

from oracle.blockmaker import Outpoint
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, UsageError
from qaif.questions.answer import as_json
from qaif.questions.trace import TraceRequest, trace, traced
from qaif.questions.trace_graph import graph_document, graph_of
from qaif.report.sankey import sankey
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import COIN, Story, called, shown
from support.workspaces import address_of, answer, made_workspace, refusal, run


@pytest.fixture
def broker(tmp_path: Path) -> tuple[Chain, Outpoint]:
    """A donor gives 1 BTC to a broker, who melts it with 49 of others and pays 30 and 19.9 on."""
    story = Story()
    donor, others = story.fund("donor"), story.fund("others")
    gift = story.pay([donor], [(10**8, "broker"), (COIN - 10**8 - 1_000, "donor")])
    rest = story.pay([others], [(49 * 10**8, "broker"), (10**8 - 1_000, "others")])
    story.pay(
        [(gift.txid, 0), (rest.txid, 0)], [(30 * 10**8, "fund"), (1_990_000_000, "shop")]
    )  # 10,000,000 sat to the miner
    return story.chain(tmp_path / "chain"), (gift.txid, 0)


def test_direct_receipt_throughput_and_share_are_three_numbers(broker: tuple[Chain, Outpoint]) -> None:
    chain, gift = broker
    got = traced(chain, None, TraceRequest(subjects=(shown(gift),))).answer
    (subject,) = got.subjects
    fund, shop = (
        next(row for row in got.destinations if row.script and row.script.address == called(name))
        for name in ("fund", "shop")
    )
    assert subject.coins_sat == 10**8, "what the broker was given"
    assert fund.coin_sat + shop.coin_sat == 49_90_000_000, "what the broker turned over"
    assert fund.marked_sat == {
        "poison": 30 * 10**8,
        "haircut": 60_000_000,
        "fifo": 10**8,
        "lifo": 0,
        "highest": 10**8,
    }
    assert (fund.least_sat, fund.most_sat) == (0, 10**8)
    assert shop.marked_sat["haircut"] == 39_800_000
    assert shop.marked_sat["lifo"] == 90_000_000
    totals = {one.method: one for one in got.totals}
    assert totals["haircut"].fees_sat == 200_000
    assert totals["lifo"].fees_sat == 10_000_000
    assert totals["poison"].added_sat == 49 * 10**8
    for one in got.totals:
        left = one.ended_sat + one.cut_sat + one.not_followed_sat + one.fees_sat
        assert left == one.begun_sat + one.added_sat, one.method
        assert one.begun_sat == 10**8, one.method
    assert got.depends_on_method
    assert called("shop") in got.spread
    assert got.layer == "inference"


def test_the_same_money_is_counted_once(tmp_path: Path) -> None:
    """It passes through its own address three times: what it began with is one coin, not three."""
    story = Story()
    at = story.fund("self")
    for _ in range(3):
        at = story.pay([at], [(COIN, "self")]).txid, 0
    got = traced(story.chain(tmp_path / "chain"), None, TraceRequest(subjects=(called("self"),))).answer
    assert (got.subjects[0].coins, got.subjects[0].coins_sat) == (4, 4 * COIN)
    assert {one.begun_sat for one in got.totals} == {COIN}
    assert [one.marked_sat["haircut"] for one in got.destinations] == [COIN]
    assert [one.marked_sat["haircut"] for one in got.hops] == [3 * COIN], "all three are one hop from a seed"


def test_backward_to_the_coinbases(broker: tuple[Chain, Outpoint]) -> None:
    chain, _ = broker
    got = traced(chain, None, TraceRequest(subjects=(called("fund"),), forward=False)).answer
    came = {row.script.address: row.marked_sat for row in got.destinations if row.script}
    assert came[called("donor")]["haircut"] == 60_000_000
    assert came[called("donor")]["fifo"] == 10**8, "the first of what went in came out first"
    assert came[called("others")]["lifo"] == 30 * 10**8
    assert {row.reasons for row in got.destinations} == {("coinbase",)}
    assert all(one.begun_sat == one.ended_sat - one.added_sat for one in got.totals)


def test_limits_and_stops_each_with_its_reason(broker: tuple[Chain, Outpoint]) -> None:
    chain, gift = broker

    def reasons(**how: object) -> set[str]:
        asked = TraceRequest(subjects=(shown(gift),), **how)  # type: ignore[arg-type]  # passed on
        return {one.reason for one in traced(chain, None, asked).answer.stops}

    assert reasons() == {"unspent"}
    assert reasons(hops=0) == {"hops"}
    assert reasons(fan=1) == {"fan"}
    assert reasons(least_sat=10**8 + 1) == {"dust"}
    assert reasons(transactions=0) == {"budget"}
    assert reasons(stops=(called("broker"),)) == {"unspent"}, "it begins there: of that nothing is asked"
    start = traced(chain, None, TraceRequest(subjects=(called("others"),), stops=(called("broker"),))).answer
    (stop,) = [one for one in start.destinations if one.said]
    assert (stop.reasons, stop.said[0].text) == (("labelled",), "named with --stop")
    assert start.layer == "inference", "the user's word ended it, no claim"


def test_a_mix_ends_it_unless_it_is_to_go_on(tmp_path: Path) -> None:
    story = Story()
    funded = [story.fund(f"mixer {n}") for n in range(5)]
    pool = 1_000_000
    premix = [
        story.pay([at], [(pool + (0 if n < 3 else 4_000 + n), f"pre {n}"), (COIN - 2 * pool, "rest")])
        for n, at in enumerate(funded)
    ]
    story.pay([(tx.txid, 0) for tx in premix], [(pool, f"post {n}") for n in range(5)])
    chain = story.chain(tmp_path / "chain")
    subject = (shown((premix[0].txid, 0)),)
    got = traced(chain, None, TraceRequest(subjects=subject)).answer
    assert [one.reason for one in got.stops] == ["mix"]
    on = traced(chain, None, TraceRequest(subjects=subject, through_mixes=True)).answer
    assert [one.reason for one in on.stops] == ["unspent"]
    assert on.destination_count == 5


def test_a_partial_chain_says_what_could_not_be_followed(tmp_path: Path) -> None:
    story = Story()
    mine, theirs = story.fund("mine"), (b"\x07" * 32, 0)
    story.pay([mine, theirs], [(COIN, "one"), (10**8, "two")])
    got = traced(story.chain(tmp_path / "chain"), None, TraceRequest(subjects=(called("mine"),))).answer
    assert [one.reason for one in got.stops] == ["values"]
    assert {one.not_followed_sat for one in got.totals} == {COIN}
    assert any("could not be followed" in reason for reason in got.coverage.reasons)


def test_graph_and_picture(broker: tuple[Chain, Outpoint]) -> None:
    chain, gift = broker
    found = traced(chain, None, TraceRequest(subjects=(shown(gift),)))
    graph = graph_of(found)
    names = {node.id for node in graph.nodes}
    assert all({edge.from_, edge.to} <= names for edge in graph.edges)
    for method in ("haircut", "fifo", "lifo", "highest"):
        ended = sum(e.marked_sat[method] for e in graph.edges if e.to.startswith(("end", "miners")))
        assert ended == 10**8
    document = json.loads(json.dumps(graph_document(found)))
    assert {"layer", "coverage", "nodes", "edges"} <= document.keys()
    drawn = sankey(found, "haircut")
    assert drawn == sankey(found, "haircut")
    assert called("fund")[:8] in drawn
    assert "0.60000000" in drawn


def test_what_makes_no_sense_is_refused(broker: tuple[Chain, Outpoint]) -> None:
    chain, gift = broker
    with pytest.raises(UsageError, match="no method"):
        traced(chain, None, TraceRequest(subjects=(shown(gift),), methods=("guess",)))
    with pytest.raises(UsageError, match="has 2 outputs"):
        traced(chain, None, TraceRequest(subjects=(shown((gift[0], 9)),)))
    with pytest.raises(NotFoundError):
        traced(chain, None, TraceRequest(subjects=(called("nobody"),)))


def test_the_command(tmp_path: Path) -> None:
    made_workspace(tmp_path / "ws")
    subject = address_of(0)
    folder = tmp_path / "ws"
    got = answer(folder, "trace", subject, "--methods", "fifo,haircut", "--hops", "2")
    assert [one["method"] for one in got["totals"]] == ["fifo", "haircut"]
    page = run(folder, "trace", subject, "--backward", "--graph", str(tmp_path / "g.json"))
    assert page.exit_code == 0
    assert "Where it came from" in page.output
    assert json.loads((tmp_path / "g.json").read_text())["direction"] == "backward"
    again = run(folder, "trace", subject, "--graph", str(tmp_path / "g.json"))
    assert again.exit_code != 0, "a file that is there is kept"
    assert refusal(folder, "trace", subject, "--methods", "guess")[1]["code"] == "usage"


def test_a_claim_ends_it(tmp_path: Path) -> None:
    story, folder = Story(), tmp_path / "ws"
    at = story.fund("donor")
    at = story.pay([at], [(COIN, "exchange")]).txid, 0
    story.pay([at], [(COIN, "customer")])
    put(Workspace.open_or_create(folder).chain_dir, story.branch.blocks)
    what = ("--schema", "CryptoWallet", "--prop", "name", "--value", "Somebody's exchange")
    whose = ("--entity", called("exchange"), "--asserted-by", "a blog", "--by", "analyst")
    answer(folder, "claims", "add", *what, *whose)
    request = TraceRequest(subjects=(called("donor"),))
    got = trace(folder, request).answer
    (end,) = got.destinations
    assert end.script is not None
    assert (end.script.address, end.reasons) == (called("exchange"), ("labelled",))
    assert "Somebody's exchange" in end.said[0].text
    assert got.layer == "claim"
    on = trace(folder, TraceRequest(subjects=(called("donor"),), through_labels=True)).answer
    assert [row.script.address for row in on.destinations if row.script] == [called("customer")]
    assert (on.layer, as_json(on)["basis"]["ends_at_claims"]) == ("inference", False)
