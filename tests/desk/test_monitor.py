"""Watch lists: each thing that happens is an alert once, and is brought once, whatever ends a run."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from oracle.blockmaker import Block
from qaif.errors import InputError, UsageError
from qaif.questions.watch_list import WatchAsked, watch_add, watch_alerts, watch_dispose
from qaif.questions.watch_run import watch_run
from qaif.records.watches import Disposition
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import Story, called, key
from support.watching import BTC, NOW, coin, grown, imported, raised, watching
from support.workspaces import answer, refusal, run


def test_a_movement_is_an_alert_once_and_what_was_before_is_none(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann")
    assert raised(work) == []
    tx = story.pay([coin(story, "ann")], [(20 * BTC, "shop"), (29 * BTC, "ann")])
    grown(work, story)
    (alert,) = watch_run(work, NOW).raised
    assert (alert.kind, alert.layer, alert.about) == ("movement", "fact", called("ann"))
    assert alert.link["txid"] == tx.txid[::-1].hex()
    assert (alert.link["received_sat"], alert.link["spent_sat"]) == (29 * BTC, 50 * BTC)
    assert "received 2,900,000,000 and spent 5,000,000,000 satoshi" in alert.said
    assert raised(work) == []


def test_a_movement_of_less_than_asked_for_is_none(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "shop", least_sat=BTC)
    story.pay([coin(story, "ann")], [(BTC - 1, "shop"), (49 * BTC, "ann")])
    story.pay([coin(story, "bob")], [(BTC, "shop"), (48 * BTC, "bob")])
    grown(work, story)
    assert raised(work) == [("movement", called("shop"))]


def test_contact_is_an_alert_once_for_each_side_and_dust_is_none(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann", alerts=("contact",), categories=("listed",))
    watching(work, "victim", alerts=("contact",), categories=("listed",))
    dust = [(600, f"victim{n}" if n else "victim") for n in range(30)]
    story.pay([coin(story, "bad")], [*dust, (10 * BTC, "ann"), (39 * BTC, "bad")])
    story.pay([coin(story, "ann")], [(5 * BTC, "bad"), (44 * BTC, "ann")])
    grown(work, story)
    found = watch_run(work, NOW).raised
    assert [(each.kind, each.link["direction"], each.layer) for each in found] == [
        ("contact", "in", "claim"),
        ("contact", "out", "claim"),
    ]
    assert {each.about for each in found} == {called("bad")}
    assert found[0].link["categories"] == ["listed"]
    assert raised(work) == []


def test_paying_in_together_is_no_contact(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "cy", alerts=("contact",), categories=("*",))
    story.pay([coin(story, "bad"), coin(story, "bob")], [(60 * BTC, "cy"), (39 * BTC, "x")])
    grown(work, story)
    assert raised(work) == []


def test_a_contact_of_before_is_told_where_the_listing_is_new(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    story.pay([coin(story, "ann")], [(5 * BTC, "later"), (44 * BTC, "ann")])
    grown(work, story)
    watching(work, "ann", alerts=("contact", "listing"), categories=("listed",))
    watching(work, "later", alerts=("listing",))
    watching(work, "bad", alerts=("listing",))
    assert raised(work) == []
    imported(tmp_path, work, "bad", "later", seen="2024-05-02T06:00:00")
    assert sorted(raised(work)) == [("contact", called("later")), ("listing", called("later"))]
    assert raised(work) == []


def test_an_entity_is_watched_by_its_addresses_as_a_claim(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "NK-bad", "entity")
    story.pay([coin(story, "bad")], [(50 * BTC, "x")])
    grown(work, story)
    (alert,) = watch_run(work, NOW).raised
    assert (alert.kind, alert.layer) == ("movement", "claim")


def test_a_cluster_is_watched_with_all_its_members(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    story.pay([coin(story, "ann"), coin(story, "bob")], [(100 * BTC, "both")])
    more = story.fund("bob")
    grown(work, story)
    watching(work, "ann", "cluster", alerts=("movement",))
    watching(work, "ann", "address", alerts=("movement",))
    story.pay([more], [(50 * BTC, "x")])
    grown(work, story)
    (alert,) = watch_run(work, NOW).raised
    assert (alert.kind, alert.layer) == ("movement", "inference")


@pytest.mark.usefixtures("story")
def test_a_source_that_fell_silent_is_told_each_time(tmp_path: Path) -> None:
    work = tmp_path / "w"
    watching(work, "bad", alerts=("source",))
    assert raised(work) == []
    for day, names, expected in (
        ("03", ("ann",), 1),
        ("04", ("ann", "bad"), 0),
        ("05", ("ann", "bob"), 1),
        ("06", ("bad", "bob"), 0),
    ):
        imported(tmp_path, work, *names, seen=f"2024-05-{day}T06:00:00")
        assert [kind for kind, _ in raised(work)] == ["source"] * expected, day


def test_a_reorganisation_repeats_nothing_and_loses_nothing(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann", alerts=("movement",))
    fork = len(story.branch.blocks)
    story.pay([coin(story, "ann")], [(20 * BTC, "shop"), (29 * BTC, "ann")])
    grown(work, story)
    assert len(raised(work)) == 1
    other = Story()
    coins = {name: other.fund(name) for name in ("bad", "ann", "bob")}
    assert len(other.branch.blocks) == fork
    other.fund("else")
    other.pay([coins["ann"]], [(20 * BTC, "shop"), (29 * BTC, "ann")])
    other.pay([coins["bob"]], [(20 * BTC, "ann"), (29 * BTC, "bob")])
    blocks = [*story.branch.blocks, *other.branch.blocks[fork:]]
    put(Workspace.open(work).chain_dir, blocks)
    found = watch_run(work, NOW).raised
    assert [each.link["received_sat"] for each in found] == [20 * BTC]


def test_what_people_said_and_until_when(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann", alerts=("movement",))
    tx = story.pay([coin(story, "ann")], [(20 * BTC, "shop"), (29 * BTC, "ann")])
    grown(work, story)
    first = watch_run(work, NOW).raised[0]
    said = Disposition(
        alert_id=first.id, judgement="false", why="our own", until="2024-05-03", by="an approver", at=""
    )
    watch_dispose(work, said, NOW)
    assert watch_alerts(work, open_only=True).alerts == ()
    tx = story.pay([(tx.txid, 1)], [(28 * BTC, "ann")])
    grown(work, story)
    assert watch_run(work, NOW).raised[0].muted_by == first.id
    story.pay([(tx.txid, 0)], [(27 * BTC, "ann")])
    grown(work, story)
    assert watch_run(work, datetime(2024, 5, 4, tzinfo=UTC)).raised[0].muted_by is None
    shown = answer(work, "watch", "alerts")["alerts"]
    assert [each["disposition"] is None for each in shown] == [True, True, False]


@pytest.mark.parametrize("wrong", [{"judgement": "perhaps"}, {"why": " "}, {"until": "soon"}, {"by": ""}])
@pytest.mark.usefixtures("story")
def test_a_disposition_that_makes_no_sense_is_refused(tmp_path: Path, wrong: Any) -> None:
    whole = {"alert_id": 1, "judgement": "true", "why": "so", "until": None, "by": "me", "at": ""}
    with pytest.raises(UsageError):
        watch_dispose(tmp_path / "w", Disposition(**whole | wrong), NOW)


@pytest.mark.usefixtures("story")
def test_what_cannot_be_watched_is_refused(tmp_path: Path) -> None:
    work = tmp_path / "w"
    watching(work, "ann")
    with pytest.raises(InputError, match="already"):
        watching(work, "ann")
    for asked in (WatchAsked("person", "x"), WatchAsked("entity", " "), WatchAsked("entity", "x", ("all",))):
        with pytest.raises(UsageError):
            watch_add(work, asked, "me", NOW)
    with pytest.raises(UsageError, match="category"):
        watch_add(work, WatchAsked("entity", "x", ("contact",)), "me", NOW)
    key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
    status, error = refusal(work, "watch", "add", key, "--by", "me")
    assert status
    assert key not in json.dumps(error)


def test_the_commands(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    told = answer(work, "watch", "add", called("ann"), "--by", "me", "--note", "why", "--category", "*")
    assert told["watches"][0]["alerts"] == ["movement", "activity", "contact", "listing", "source"]
    assert len(answer(work, "watch", "list")["watches"]) == 1
    story.pay([coin(story, "ann")], [(49 * BTC, "bad")])
    grown(work, story)
    log = tmp_path / "log.jsonl"
    looked = answer(work, "watch", "run", "--deliver", f"log:{log}")
    assert len(looked["look"]["raised"]) == 2
    assert looked["channels"][0]["sent"] == 2
    assert {json.loads(each)["kind"] for each in log.read_text().splitlines()} == {"movement", "contact"}
    disposed = ("watch", "dispose", "1", "--as", "true", "--why", "seen", "--by", "me")
    assert answer(work, *disposed)["alerts"][0]["disposition"]["why"] == "seen"
    assert "seen (me)" in run(work, "watch", "alerts").stdout
    answer(work, "watch", "remove", "1", "--by", "me")
    assert answer(work, "watch", "list")["watches"] == []
    assert refusal(work, "watch", "remove", "1", "--by", "me")[1]["code"] == "not-found"
    assert refusal(work, "watch", "run", "--deliver", "ftp://x/")[1]["code"] == "usage"
    assert refusal(work, "watch", "run", "--deliver", "http://127.0.0.1:9/")[1]["code"] == "usage"


def dated(story: Story, name: str, weeks: list[int], last: int) -> list[Block]:
    """Coinbases that pay a name so often in each week up to a day, as blocks a few hours apart."""
    first = last - 7 * 86_400 * len(weeks)
    for week, count in enumerate(weeks):
        for n in range(count):
            time = first + 7 * 86_400 * week + n * (6 * 86_400 // max(count, 1))
            story.branch.add([], [(BTC, key(name))], time=time)
    return story.branch.blocks


def test_a_week_that_stands_out_is_told_once_and_no_other(tmp_path: Path) -> None:
    story, work, monday = Story(), tmp_path / "w", 1_709_510_400 + 40 * 7 * 86_400
    for name in ("calm", "busy"):
        story.fund(name)
    dated(story, "busy", [3, 2, 4, 3, 3, 2, 3, 4, 3, 3, 2, 3, 3, 3, 4, 3], monday)
    grown(work, story)
    watching(work, "busy", alerts=("activity",))
    watching(work, "calm", alerts=("activity",))
    assert raised(work) == []
    dated(story, "busy", [3, 3, 25], monday + 3 * 7 * 86_400)
    dated(story, "calm", [1], monday + 5 * 7 * 86_400)
    grown(work, story)
    found = watch_run(work, NOW)
    (alert,) = found.raised
    assert (alert.kind, alert.about, alert.layer) == ("activity", called("busy"), "inference")
    assert alert.link["transactions"] == 25
    assert "corrected for" in alert.said
    assert raised(work) == []
