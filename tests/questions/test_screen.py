"""Screening on made chains and lists: who is innocent stays so, and no fault makes silence of a hit."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from qaif.cli.main import app
from qaif.errors import InputError
from qaif.questions.policy_on_past import policy_on_past
from qaif.questions.screen import ScreenAnswer, ScreenRequest, screen, screener
from qaif.questions.screen_batch import rows_of, screened
from qaif.screening.facts import Transfer
from qaif.screening.policy import Policy, policy_named, policy_text, read_policy
from qaif.workspace.folder import Workspace
from support import list_files as files
from support.indexing import put
from support.listed_people import listed
from support.stories import Story, called
from support.workspaces import answer, refusal, run

BTC = 10**8
COLUMNS = ("address", "direction", "amount_sat", "time")
NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)
US = replace(policy_named("us-exchange"), tip_minutes=10**9)


def made(story: Story, folder: Path, *names: str, **how: str) -> Path:
    """A workspace with the story's chain, and a list of some of its people."""
    workspace = folder / "w"
    put(Workspace.open_or_create(workspace).chain_dir, story.branch.blocks)
    path = files.put(folder, "us_ofac_sdn.ftm.json", listed(*names, **how))
    answer(workspace, "lists", "import", str(path))
    return workspace


def asked(folder: Path, name: str, policy: Policy = US, now: datetime = NOW, **more: Any) -> ScreenAnswer:
    address = called(name) if len(name) < 20 else name
    return screen(folder, ScreenRequest(address=address, policy=policy, now=now, **more))


def fired(got: ScreenAnswer) -> Sequence[str]:
    return [each.id for each in got.rules]


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    """`bad` pays `paid`; `payer` pays `bad`; `friend` has to do with none of them."""
    story = Story()
    coin, other, third = story.fund("bad"), story.fund("payer"), story.fund("friend")
    story.pay([coin], [(10 * BTC, "paid"), (39 * BTC, "bad")])
    story.pay([other], [(5 * BTC, "bad"), (44 * BTC, "payer")])
    story.pay([third], [(50 * BTC, "nobody")])
    return made(story, tmp_path, "bad")


def test_a_listed_address_is_a_hit(deals: Path) -> None:
    got = asked(deals, "bad")
    assert (got.verdict, got.policy_outcome, got.two_people) == ("HIT", "hold", True)
    (listing,) = got.listings
    assert (listing.jurisdiction, listing.names, listing.since) == ("US", ("Listed bad",), "2009-01-01")
    assert not listing.stale
    assert got.rules[0].relation == "is"
    assert got.rules[0].layer == "claim"
    assert listing.statement_ids
    assert "Listed bad" in got.said
    assert got.as_of is not None
    assert set(got.moved_with) == {"chain", "lists", "claims", "policy"}


def test_dealing_directly_after_the_listing(deals: Path) -> None:
    got = asked(deals, "paid")
    assert (got.verdict, got.policy_outcome) == ("NO_DIRECT_HIT", "hold")
    assert fired(got) == ["received-from-listed"]
    (rule,) = got.rules
    assert rule.relation == "dealt with directly"
    (contact,) = rule.contacts
    assert (contact.contact.amount_sat, contact.contact.direction) == (10 * BTC, "in")
    assert contact.sides == ("after the listing by US",)
    assert len(contact.contact.path[0]) == 64
    assert fired(asked(deals, "payer")) == ["paid-to-listed"]
    assert "hold" in got.said


def test_who_has_to_do_with_nobody(deals: Path) -> None:
    for name in ("friend", "nobody"):
        got = asked(deals, name)
        assert (got.verdict, got.policy_outcome, got.score) == ("NO_DIRECT_HIT", "none", None)
        assert got.coverage.complete
        assert "not the same as clear" in got.said
        assert any('"clear"' in each for each in got.coverage.reasons)


def test_innocent_dust(tmp_path: Path) -> None:
    """A listed person sends dust to many: none of them has to do with them."""
    story = Story()
    coin = story.fund("bad")
    victims = [f"victim{n}" for n in range(40)]
    story.pay([coin], [*((600, name) for name in victims), (49 * BTC, "bad")])
    folder = made(story, tmp_path, "bad")
    for name in victims[:3]:
        got = asked(folder, name)
        assert (got.verdict, got.policy_outcome) == ("NO_DIRECT_HIT", "none")
        assert not got.rules


def test_innocent_co_depositor_at_an_exchange(tmp_path: Path) -> None:
    """The exchange sweeps the deposit addresses of a listed person and of a customer together."""
    story = Story()
    bad, customer = story.fund("bad"), story.fund("customer")
    one = story.pay([bad], [(50 * BTC, "depositb")])
    two = story.pay([customer], [(50 * BTC, "depositc")])
    story.pay([(one.txid, 0), (two.txid, 0)], [(100 * BTC, "hot")])
    folder = made(story, tmp_path, "bad")
    got = asked(folder, "customer")
    assert got.verdict == "NO_DIRECT_HIT"
    assert got.policy_outcome == "none"
    assert not any(each.listings for each in got.contacts if each.hops == 1)


def test_innocent_paid_by_somebody_listed_later(tmp_path: Path) -> None:
    story = Story()
    coin = story.fund("bad")
    story.pay([coin], [(50 * BTC, "paid")])
    folder = made(story, tmp_path, "bad", since="2024-04-01")
    got = asked(folder, "paid")
    assert (got.verdict, got.policy_outcome) == ("NO_DIRECT_HIT", "none")
    assert fired(got) == ["dealt-before-listing"]
    assert got.rules[0].contacts[0].sides == ("before the listing by US",)
    assert "Nothing follows" in got.said


def test_innocent_neighbour_in_a_mix(tmp_path: Path) -> None:
    """In one transaction a listed person and others pay in, and equal outputs go to all."""
    story = Story()
    names = ["bad", "a", "b", "c", "d", "e"]
    coins = [story.fund(name) for name in names]
    outs = [(40 * BTC, f"mixed{name}") for name in names] + [(9 * BTC, f"change{name}") for name in names]
    story.pay(coins, outs)
    folder = made(story, tmp_path, "bad")
    for name in ("mixeda", "changeb", "c"):
        got = asked(folder, name)
        assert (got.verdict, got.policy_outcome) == ("NO_DIRECT_HIT", "none"), name
        assert all(each.uncounted or each.hops > 1 for each in got.contacts if each.listings)


def test_innocent_namesake(tmp_path: Path) -> None:
    """A claim gives an address the name of somebody who is listed; a name is nobody."""
    story = Story()
    story.fund("bad")
    coin = story.fund("name")
    story.pay([coin], [(50 * BTC, "shop")])
    folder = made(story, tmp_path, "bad")
    what = ("--schema", "CryptoWallet", "--prop", "name", "--value", "Listed bad", "--entity", called("name"))
    answer(folder, "claims", "add", *what, "--asserted-by", "a blog", "--by", "me")
    for name in ("name", "shop"):
        got = asked(folder, name)
        assert (got.verdict, got.policy_outcome, got.listings) == ("NO_DIRECT_HIT", "none", ())


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("list-too-old", {"now": NOW + timedelta(days=4)}),
        ("list-of-a-later-day", {"now": NOW - timedelta(days=2)}),
        ("tip-lags", {"policy": replace(US, tip_minutes=1)}),
        ("tip-ahead", {"now": datetime(2010, 1, 1, tzinfo=UTC)}),
        ("list-not-loaded", {"policy": replace(US, jurisdictions=("US", "EU"))}),
    ],
)
def test_a_fault_makes_unknown_of_no_hit_and_leaves_a_hit(
    deals: Path, kind: str, change: dict[str, Any]
) -> None:
    got = asked(deals, "friend", **change)
    assert got.verdict == "UNKNOWN"
    assert kind in [each.kind for each in got.faults]
    assert kind in got.said
    assert not got.coverage.complete
    hit = asked(deals, "bad", **change)
    assert hit.verdict == "HIT"
    assert kind in [each.kind for each in hit.faults]


def test_a_chain_that_is_missing_or_damaged_is_a_fault(deals: Path) -> None:
    chain = Workspace.open(deals).chain_dir
    manifest = (chain / "MANIFEST").read_bytes()
    (chain / "MANIFEST").write_bytes(manifest[: len(manifest) // 2])
    got = asked(deals, "friend")
    assert (got.verdict, [each.kind for each in got.faults]) == ("UNKNOWN", ["chain-unreadable"])
    (chain / "MANIFEST").unlink()
    for path in chain.iterdir():
        path.unlink()
    got = asked(deals, "friend")
    assert (got.verdict, [each.kind for each in got.faults]) == ("UNKNOWN", ["no-chain"])
    assert asked(deals, "bad").verdict == "HIT"


def test_no_list_at_all_is_unknown(tmp_path: Path) -> None:
    story = Story()
    story.fund("a")
    put(Workspace.open_or_create(tmp_path / "w").chain_dir, story.branch.blocks)
    got = asked(tmp_path / "w", "a")
    assert (got.verdict, [each.kind for each in got.faults]) == ("UNKNOWN", ["list-not-loaded"])


def test_other_chains_addresses_are_matched_as_text(deals: Path) -> None:
    got = asked(deals, "0x" + "ab" * 20)
    assert got.verdict == "NO_DIRECT_HIT"
    assert any("not analysed" in each for each in got.coverage.reasons)


def test_a_batch_answers_every_row(deals: Path, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"address": called("bad")},
        {"address": called("paid"), "direction": "in", "amount_sat": 5, "time": "2024-05-01T00:00:00Z"},
        {"address": "1LaNXgq2ctDEa4fTha6PTo8PTuc6zqQqqqq"},
        {"address": ""},
        {"address": called("friend"), "direction": "sideways"},
        {"address": called("friend"), "direction": "in", "amount_sat": "12.5"},
        {"address": called("friend")},
    ]
    with (tmp_path / "a.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    (tmp_path / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    texts = [{key: row.get(key) and str(row[key]) for key in COLUMNS} for row in rows]
    pq.write_table(pa.Table.from_pylist(texts), tmp_path / "a.parquet")
    with screener(deals, US, NOW) as one:
        for name in ("a.csv", "a.jsonl", "a.parquet"):
            done = list(screened(one, rows_of(tmp_path / name)))
            verdicts = [each.answer.verdict if each.answer else (each.error or {})["code"] for each in done]
            assert verdicts == ["HIT", "NO_DIRECT_HIT", "address", "input", "input", "input", "NO_DIRECT_HIT"]
            second = done[1].answer
            assert second is not None
            assert second.transfer == Transfer("in", 5, "2024-05-01T00:00:00+00:00")
            assert second == replace(asked(deals, "paid"), transfer=second.transfer)
    with pytest.raises(InputError, match="kind"):
        list(rows_of(tmp_path / "a.txt"))
    with pytest.raises(InputError):
        list(rows_of(tmp_path / "none.csv"))


def test_the_commands(deals: Path, tmp_path: Path) -> None:
    at = ("--at", "2024-05-02T12:00:00")
    got = answer(deals, "screen", called("bad"), *at)
    assert (got["verdict"], got["policy_outcome"]) == ("HIT", "alert")
    assert got["basis"]["policy"]["name"] == "research-desk"
    page = run(deals, "screen", called("bad"), *at).output
    assert "HIT" in page
    assert "Listed bad" in page
    (tmp_path / "b.csv").write_text(f"address\n{called('bad')}\nnonsense\n")
    lines = run(deals, "screen", "--batch", str(tmp_path / "b.csv"), *at).stdout.splitlines()
    first, second = (json.loads(line) for line in lines[:2])
    assert (first["row"], first["verdict"], second["error"]["code"]) == (1, "HIT", "address")
    assert refusal(deals, "screen")[1]["code"] == "usage"
    key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
    assert refusal(deals, "screen", key)[1]["code"] == "private-key"


def test_a_re_screening_says_what_moved(tmp_path: Path) -> None:
    story = Story()
    coin = story.fund("bad")
    story.pay([coin], [(10 * BTC, "paid"), (39 * BTC, "bad")])
    folder = made(story, tmp_path, "other")
    own = tmp_path / "own.yaml"
    own.write_text(policy_text("us-exchange").replace("tip_minutes: 180", "tip_minutes: 5000000"))

    def again(policy: str = str(own), at: str = "2024-05-02") -> dict[str, Any]:
        asked_how = ("--policy", policy, "--at", at)
        told = answer(folder, "screen", called("paid"), *asked_how, "--before", str(tmp_path / "then.json"))
        return dict(told["compared"])

    then = answer(folder, "screen", called("paid"), "--policy", str(own), "--at", "2024-05-02")
    assert then["compared"] is None
    (tmp_path / "then.json").write_text(json.dumps(then))
    assert again()["moved"] == []
    assert again("eu-exchange")["moved"] == ["policy"]
    story.pay([story.fund("miner")], [(50 * BTC, "miner")])
    put(Workspace.open(folder).chain_dir, story.branch.blocks)
    assert again()["moved"] == ["chain"]
    what = ("--schema", "CryptoWallet", "--prop", "name", "--value", "A shop", "--entity", called("paid"))
    answer(folder, "claims", "add", *what, "--asserted-by", "a blog", "--by", "me")
    assert again()["moved"] == ["chain", "claims"]
    newer = files.put(tmp_path, "newer.ftm.json", listed("bad", seen="2024-05-02T06:00:00"))
    answer(folder, "lists", "import", str(newer))
    moved = again()
    assert set(moved["moved"]) == {"chain", "lists", "claims"}
    assert (moved["verdict_before"], moved["outcome_before"]) == ("UNKNOWN", "none")
    assert moved["rules_new"] == ["received-from-listed"]
    assert "something else" in moved["said"]
    (tmp_path / "then.json").write_text("{}")
    assert refusal(folder, "screen", called("paid"), "--before", str(tmp_path / "then.json"))[0] == 65


def test_a_rule_that_asks_for_more_steps_gets_them(tmp_path: Path) -> None:
    story = Story()
    coin = story.fund("bad")
    for name in ("one", "two", "three", "four", "five"):
        coin = story.pay([coin], [(10 * BTC, name)]).txid, 0
    folder = made(story, tmp_path, "bad")
    text = policy_text("us-exchange").replace("least_hops: 2, most_hops: 3", "least_hops: 2, most_hops: 5")
    farther = replace(read_policy(text.encode(), "own"), tip_minutes=10**9)
    assert not asked(folder, "five").rules
    (rule,) = asked(folder, "five", farther).rules
    assert (rule.id, rule.relation) == ("near-listed", "within 5 hops")


def test_a_look_back_after_a_new_listing(tmp_path: Path) -> None:
    story = Story()
    coin = story.fund("bad")
    story.fund("friend")
    story.pay([coin], [(10 * BTC, "paid"), (39 * BTC, "bad")])
    folder = made(story, tmp_path, "other")
    names = ("bad", "paid", "friend")
    rows = [f"{called(name)},in,{10 * BTC}" for name in names]
    (tmp_path / "a.csv").write_text("\n".join(["address,direction,amount_sat", *rows]) + "\n")
    asked_how = ("--policy", "us-exchange", "--at", "2024-05-02")
    past = tmp_path / "past.jsonl"
    past.write_text(run(folder, "screen", "--batch", str(tmp_path / "a.csv"), *asked_how).stdout)
    assert answer(folder, "rescreen", str(past), *asked_how)["otherwise"] == []
    newer = files.put(tmp_path, "newer.ftm.json", listed("bad", seen="2024-05-02T06:00:00"))
    answer(folder, "lists", "import", str(newer))
    got = answer(folder, "rescreen", str(past), *asked_how)
    assert (got["asked"], got["skipped"]) == (3, 0)
    said = [(each["address"], each["verdict"], each["outcome"]) for each in got["otherwise"]]
    assert said == [(called("bad"), "HIT", "hold"), (called("paid"), "UNKNOWN", "hold")]
    assert got["changes"] == {"UNKNOWN, none -> HIT, hold": 1, "UNKNOWN, none -> UNKNOWN, hold": 1}
    assert "lists" in got["otherwise"][0]["compared"]["moved"]
    assert "HIT" in run(folder, "rescreen", str(past), *asked_how).output


def test_a_policy_is_tried_on_past_screenings(deals: Path, tmp_path: Path) -> None:
    """The same policy says the same of all; another, what it would have said, from the facts kept."""
    names = ("bad", "paid", "payer", "friend", "nobody")
    (tmp_path / "a.csv").write_text("address\n" + "\n".join([*map(called, names), "nonsense"]) + "\n")
    own = tmp_path / "own.yaml"
    own.write_text(policy_text("us-exchange"))
    asked_how = ("--policy", str(own), "--at", "2024-05-02")
    past = tmp_path / "past.jsonl"
    past.write_text(run(deals, "screen", "--batch", str(tmp_path / "a.csv"), *asked_how).stdout)
    same = policy_on_past(policy_named(str(own)), past)
    assert (same.tested, same.skipped, same.differs) == (5, 1, ())
    milder = own.read_text().replace("least_sat: 10000}", "least_sat: 2000000000}", 1)
    own.write_text(milder)
    changed = policy_on_past(policy_named(str(own)), past)
    assert changed.changes == {"hold -> none": 1}
    (one,) = changed.differs
    assert (one.address, one.rules_gone) == (called("paid"), ("received-from-listed",))
    for name in names:
        anew = screen(deals, ScreenRequest(address=called(name), policy=policy_named(str(own)), now=NOW))
        outcome = one.outcome_now if name == "paid" else None
        assert outcome in (None, anew.policy_outcome)
    shown = CliRunner(env={"COLUMNS": ""}).invoke(app, ["policy", "test", str(own), str(past)]).output
    assert "hold -> none" in shown
    past.write_text("{}\n[]\n")
    with pytest.raises(InputError, match="no screening"):
        policy_on_past(US, past)


def test_the_policy_commands(tmp_path: Path) -> None:
    def called_with(*arguments: str) -> tuple[int, str]:
        result = CliRunner(env={"COLUMNS": ""}).invoke(app, ["policy", *arguments])
        return result.exit_code, result.output

    status, text = called_with("show", "eu-exchange")
    assert status == 0
    path = tmp_path / "own.yaml"
    path.write_text(text)
    assert "7 rules" in called_with("check", str(path))[1]
    path.write_text(text.replace("severity: high", "severity: huge", 1))
    status, said = called_with("check", str(path))
    assert status == 65
    assert "line " in said
    assert "eu-exchange" in called_with("list")[1]
    assert json.loads(called_with("schema")[1])["title"] == "Qaif screening policy"
