"""Ways for money between two, and what several have in common."""

from pathlib import Path

import pytest

from qaif.analysis.flows.stops import TraceLimits
from qaif.errors import NotFoundError, UsageError
from qaif.questions.common import common
from qaif.questions.exposure_path import PathShown
from qaif.questions.path import PathAnswer, PathRequest, path
from qaif.questions.trace import TraceRequest
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import Story, called
from support.workspaces import answer, run

BTC = 10**8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """From a to b: early over four addresses of three, later straight on; c pays b too."""
    story = Story()
    a, other = story.fund("a"), story.fund("c")
    split = story.pay([a], [(20 * BTC, "x 1"), (30 * BTC, "a")])
    on = story.pay([(split.txid, 0)], [(20 * BTC, "x 2")])
    more = story.pay([(on.txid, 0)], [(20 * BTC, "y")])
    story.pay([(more.txid, 0)], [(19 * BTC, "b"), (BTC, "x 1")])
    last = story.branch.blocks[-1].txs[1]
    story.pay([(split.txid, 1)], [(5 * BTC, "b"), (25 * BTC, "a")])
    story.pay([other], [(9 * BTC, "b"), (41 * BTC, "c")])
    extra = story.fund("x 2")
    story.pay([(last.txid, 1), extra], [(51 * BTC, "x 3")])  # joins x 1 and x 2
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    return tmp_path / "ws"


def between(folder: Path, start: str, end: str, **how: object) -> PathAnswer:
    return path(folder, PathRequest(start=called(start), end=called(end), **how))  # type: ignore[arg-type]


def over(way: PathShown | None) -> list[str | None]:
    assert way is not None
    return [step.script.address if step.script else None for step in way.steps]


def test_shortest_and_earliest(folder: Path) -> None:
    there = between(folder, "a", "b").there
    assert there.arrivals == 2
    assert over(there.shortest) == [called("a"), called("b")]
    assert over(there.earliest) == [called("a"), called("x 1"), called("x 2"), called("y"), called("b")]
    assert there.earliest is not None
    assert (there.earliest.transactions, there.earliest.parties) == (4, 3), "x 1 and x 2 are one party"
    assert over(there.fewest_parties) == over(there.shortest)
    assert there.marked_sat["fifo"] == 24 * BTC
    by_script = between(folder, "a", "b", by="script").there.earliest
    assert by_script is not None
    assert by_script.parties == 4


def test_none_within_the_limits_and_none_at_all(folder: Path) -> None:
    got = between(folder, "a", "b", limits=TraceLimits(hops=0))
    assert got.there.shortest is None
    assert got.there.cut
    back = between(folder, "a", "b").back
    assert (back.arrivals, back.cut, back.marked_sat) == (0, False, {})


def test_each_coin_of_a_way_is_made_by_its_transaction(folder: Path) -> None:
    way = between(folder, "a", "b").there.earliest
    assert way is not None
    times = [step.tx.time for step in way.steps if step.tx]
    assert len(times) == way.transactions
    for step in way.steps[1:]:
        assert step.tx is not None
        assert step.outpoint.startswith(step.tx.txid)


def test_what_makes_no_sense_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="one party"):
        between(folder, "x 1", "x 2")
    assert between(folder, "x 1", "x 2", by="script").there.arrivals == 1
    with pytest.raises(NotFoundError):
        between(folder, "a", "nobody")


def test_in_common(folder: Path) -> None:
    asked = TraceRequest(subjects=(called("a"), called("c")), by="cluster")
    got = common(folder, asked)
    assert got.count == 1
    (row,) = got.rows
    assert row.script is not None
    assert row.script.address == called("b")
    assert [(one.subject, one.hops) for one in row.reached] == [(called("a"), 1), (called("c"), 1)]
    origins = common(folder, TraceRequest(subjects=(called("b"), called("x 3")), forward=False))
    assert called("a") in [one.script.address for one in origins.rows if one.script]
    with pytest.raises(UsageError, match="takes two"):
        common(folder, TraceRequest(subjects=(called("a"),)))


def test_the_commands(folder: Path) -> None:
    got = answer(folder, "path", called("a"), called("b"))
    assert got["there"]["shortest"]["transactions"] == 1
    page = run(folder, "path", called("b"), called("a"))
    assert "No way was found within the limits" in page.output
    assert "earliest" in page.output
    both = answer(folder, "common", called("a"), called("c"))
    assert both["direction"] == "destinations"
    assert called("b") in run(folder, "common", called("a"), called("c")).output
