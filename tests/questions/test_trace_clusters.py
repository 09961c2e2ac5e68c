"""Traces by cluster: what spends together is one end, and one beginning; services end a trace."""

from pathlib import Path

import pytest

from qaif.errors import UsageError
from qaif.questions.trace import TraceAnswer, TraceRequest, trace
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import COIN, Story, called, shown
from support.workspaces import answer, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A donor pays two addresses of a shop, which later spends them together; a service gathers seven."""
    story = Story()
    donor, other = story.fund("donor"), story.fund("other")
    gift = story.pay([donor], [(20 * 10**8, "shop 1"), (30 * 10**8, "shop 2")])
    spent = story.pay([(gift.txid, 0), (gift.txid, 1)], [(49 * 10**8, "deposit 0"), (10**8, "shop 3")])
    rest = story.pay([other], [(10**8, f"deposit {n}") for n in range(1, 7)] + [(44 * 10**8, "other")])
    sweep = [(spent.txid, 0), *((rest.txid, n) for n in range(6))]
    story.pay(sweep, [(55 * 10**8, "hot")])
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    return tmp_path / "ws"


def by_cluster(folder: Path, subject: str, **how: object) -> TraceAnswer:
    asked = TraceRequest(subjects=(called(subject),), by="cluster", **how)  # type: ignore[arg-type]
    return trace(folder, asked).answer


def test_a_cluster_is_one_end(folder: Path) -> None:
    got = by_cluster(folder, "donor", hops=1)
    (end,) = got.destinations
    assert end.cluster is not None
    assert end.cluster.named_by is not None
    assert (end.cluster.named_by.address, end.cluster.scripts) == (called("shop 1"), 2)
    assert end.coin_sat == COIN
    assert not end.cluster.service_shaped
    apart = trace(folder, TraceRequest(subjects=(called("donor"),), hops=1)).answer
    assert [row.cluster for row in apart.destinations] == [None, None]
    assert called("shop 1") in got.spread


def test_a_cluster_is_one_beginning(folder: Path) -> None:
    got = by_cluster(folder, "shop 2")
    (subject,) = got.subjects
    assert (subject.kind, subject.scripts, subject.coins, subject.coins_sat) == ("cluster", 2, 2, COIN)
    assert got.layer == "inference"
    alone = trace(folder, TraceRequest(subjects=(called("shop 2"),))).answer
    assert (alone.subjects[0].kind, alone.subjects[0].coins_sat) == ("address", 30 * 10**8)


def test_it_ends_at_a_service_unless_it_begins_there(folder: Path) -> None:
    got = by_cluster(folder, "donor", service_scripts=7)
    ends = {row.reasons: row for row in got.destinations}
    service = ends["service",]
    assert service.script is not None
    assert service.script.address == called("deposit 0"), "the deposit address, not the hot wallet"
    assert service.cluster is not None
    assert (service.cluster.scripts, service.cluster.service_shaped) == (7, True)
    beyond = by_cluster(folder, "donor", service_scripts=8)
    assert {row.reasons for row in beyond.destinations} == {("unspent",)}
    own = by_cluster(folder, "deposit 3", service_scripts=7)
    assert {row.reasons for row in own.destinations} == {("unspent",)}
    assert own.subjects[0].scripts == 7


def test_what_a_cluster_became_later_does_not_count(folder: Path) -> None:
    got = by_cluster(folder, "donor", service_scripts=7, as_of="5")
    assert all(row.reasons == ("unspent",) for row in got.destinations)
    assert got.subjects[0].scripts == 1


def test_what_comes_back_is_said_to(tmp_path: Path) -> None:
    story = Story()
    at, more = story.fund("self"), story.fund("self 2")
    both = story.pay([at, more], [(60 * 10**8, "self"), (40 * 10**8, "payee")])
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    asked = TraceRequest(subjects=(shown(at),), by="cluster")
    back = {
        row.script.address: row.of_subjects
        for row in trace(tmp_path / "ws", asked).answer.destinations
        if row.script
    }
    assert back == {called("self"): True, called("payee"): False}
    assert both.txid


def test_the_command_by_cluster(folder: Path) -> None:
    got = answer(folder, "trace", called("donor"), "--by", "cluster", "--service-scripts", "7")
    assert got["basis"]["clusters"]["tier"].startswith("co-spend")
    page = run(folder, "trace", called("donor"), "--by", "cluster", "--hops", "1")
    assert "and at least 1 more" in page.output
    with pytest.raises(UsageError, match="by script or by cluster"):
        trace(folder, TraceRequest(subjects=(called("donor"),), by="owner"))
