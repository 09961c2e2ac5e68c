"""Exposure: direct and indirect, the dust rule, before and after a day, the known press error rebuilt."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from oracle.blockmaker import Outpoint
from qaif.analysis.flows.contacts import DustRule
from qaif.questions.answer import as_json
from qaif.questions.exposure import ExposureAnswer, ExposureRequest, exposure
from qaif.questions.exposure_parts import Exposed
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import COIN, Story, called
from support.workspaces import answer, run

BTC = 10**8


def workspace(story: Story, folder: Path, **named: str) -> Path:
    put(Workspace.open_or_create(folder).chain_dir, story.branch.blocks)
    for who, name in named.items():
        what = ("--schema", "CryptoWallet", "--prop", "name", "--value", name, "--entity", called(who))
        answer(folder, "claims", "add", *what, "--asserted-by", "a list", "--by", "me")
    return folder


def asked(folder: Path, subject: str, **how: object) -> ExposureAnswer:
    return exposure(folder, ExposureRequest(subject=called(subject), **how))  # type: ignore[arg-type]


def only(rows: tuple[Exposed, ...]) -> Exposed:
    (row,) = rows
    return row


@pytest.fixture
def fund(tmp_path: Path) -> Path:
    """A listed fund gives 10 of a friend's 50; the friend pays 30 to me; I pay 5 to the fund, and keep 25."""
    story = Story()
    listed, own = story.fund("listed"), story.fund("friend")
    gift = story.pay([listed], [(10 * BTC, "friend"), (40 * BTC, "listed")])
    to_me = story.pay([(gift.txid, 0), own], [(30 * BTC, "me"), (30 * BTC, "friend")])
    story.pay([(to_me.txid, 0)], [(5 * BTC, "listed"), (25 * BTC, "me")])
    return workspace(story, tmp_path / "ws", listed="The Fund")


def test_indirect_in_and_direct_out(fund: Path) -> None:
    got = asked(fund, "me")
    row = only(got.incoming.entities)
    assert (row.name, row.min_hops, row.direct.payments) == ("The Fund", 2, 0)
    assert row.direct_estimated.coins == 0
    assert row.indirect.marked_sat == {
        "poison": 50 * BTC,
        "haircut": 5 * BTC,
        "fifo": 10 * BTC,
        "lifo": 0,
        "highest": 0,
    }
    assert (row.indirect.least_share, row.indirect.most_share) == (Decimal(0), Decimal("0.333333"))
    assert row.path is not None
    assert [step.script.address for step in row.path.steps if step.script] == [
        called("listed"),
        called("friend"),
        called("me"),
    ], "in the order of time"
    assert (row.path.transactions, row.path.parties) == (2, 2)
    out = only(got.outgoing.entities)
    assert (out.min_hops, out.direct.payments, out.direct.amount_sat) == (1, 1, 5 * BTC)
    assert out.direct_estimated.marked_sat["haircut"] == 5 * BTC
    assert got.outgoing.attributed_sat["haircut"] == 5 * BTC, "what lies with me still was not sent"
    assert out.direct_estimated.most_share == Decimal(1)
    assert (got.received_sat, got.sent_sat) == (30 * BTC, 5 * BTC)
    assert got.layer == "claim"
    assert out.said_by == ("a list",)


def test_direct_receipt_spent_or_not(fund: Path) -> None:
    got = asked(fund, "friend")
    row = only(got.incoming.entities)
    assert (row.min_hops, row.direct.payments, row.direct.amount_sat) == (1, 1, 10 * BTC)
    assert (row.direct_estimated.least_sat, row.direct_estimated.most_sat) == (10 * BTC, 10 * BTC)
    assert "implies no knowledge" in got.receipt
    story_end = asked(fund, "friend", as_of="3")
    assert only(story_end.incoming.entities).direct.amount_sat == 10 * BTC, "not spent yet"


def test_before_and_after_a_day(fund: Path) -> None:
    first = only(asked(fund, "me").outgoing.entities).direct.first
    assert first is not None
    day = date.fromisoformat(first.time[:10])
    on = only(asked(fund, "me", split=day).outgoing.entities)
    assert on.before is not None
    assert on.after is not None
    assert (on.before.payments, on.after.payments) == (0, 1)
    assert on.estimated_after is not None
    assert on.estimated_after.marked_sat["haircut"] == 5 * BTC
    past = only(asked(fund, "me", split=date(2100, 1, 1)).outgoing.entities)
    assert past.before is not None
    assert past.before.amount_sat == 5 * BTC


def test_the_press_error(tmp_path: Path) -> None:
    """A broker turns over 82 BTC and sends 0.45 of it to a fund: three numbers, one of them the fund's."""
    story = Story()
    coins = [story.fund(f"customer {n}") for n in range(2)]
    gather = story.pay(coins, [(82 * BTC, "broker"), (18 * BTC - 1, "customer 0")])
    story.pay([(gather.txid, 0)], [(45_000_000, "fund"), (8_155_000_000, "others")])
    got = asked(workspace(story, tmp_path / "ws", broker="The Broker"), "fund")
    row = only(got.incoming.entities)
    assert row.direct.amount_sat == 45_000_000, "what the fund was sent"
    assert row.turnover_sat == 82 * BTC, "what the broker received from all of its customers"
    assert row.direct_estimated.most_sat == 45_000_000, "what is estimated never exceeds what was sent"
    assert got.received_sat == 45_000_000


def dusting(story: Story, spend: Outpoint, count: int, each: int) -> None:
    outs = [(each, f"innocent {n}") for n in range(count)]
    story.pay([spend], [*outs, (COIN - count * each, "listed")])


@pytest.mark.parametrize("count", [30, 100_000])
def test_dust_changes_no_exposure(tmp_path: Path, count: int) -> None:
    """A listed party dusts innocents; one spends the dust with the rest, in a payment to a shop."""
    answers = []
    for name in ("before", "after"):
        story = Story()
        listed, pay = story.fund("listed"), story.fund("payer")
        money = story.pay([pay], [(20 * BTC, "innocent 7"), (30 * BTC, "payer")])
        spends = [(money.txid, 0)]
        if name == "after":
            dusting(story, listed, count, 600)
            spends.append((story.branch.blocks[-1].txs[1].txid, 7))
        story.pay(spends, [(15 * BTC, "shop"), (5 * BTC, "innocent 7")])
        folder = workspace(story, tmp_path / name, listed="The Fund")
        answers.append({who: asked(folder, who) for who in ("shop", "innocent 7", "payer")})
    before, after = answers
    for who in before:
        for side in ("incoming", "outgoing"):
            for kind in ("entities", "categories"):
                was = getattr(getattr(before[who], side), kind)
                assert getattr(getattr(after[who], side), kind) == was == (), who
    dust = after["innocent 7"].dust
    assert (dust.coins, dust.amount_sat) == (1, 600)


def test_small_payments_of_one_source_are_added_up(tmp_path: Path) -> None:
    story = Story()
    for _ in range(17):
        dusting(story, story.fund("listed"), 25, 600)
    folder = workspace(story, tmp_path / "ws", listed="The Fund")
    got = asked(folder, "innocent 7")
    row = only(got.incoming.entities)
    assert (row.direct.payments, row.direct.amount_sat) == (17, 17 * 600)
    assert row.direct_estimated.least_sat == 17 * 600
    assert got.dust.coins == 0
    under = asked(folder, "innocent 7", dust=DustRule(sat=17 * 600 + 1))
    assert under.incoming.entities == ()
    assert (under.dust.coins, under.dust.amount_sat) == (17, 17 * 600)


def test_a_small_payment_that_is_no_fan_out_counts(tmp_path: Path) -> None:
    story = Story()
    story.pay([story.fund("listed")], [(600, "me"), (COIN - 600, "listed")])
    row = only(asked(workspace(story, tmp_path / "ws", listed="The Fund"), "me").incoming.entities)
    assert (row.direct.amount_sat, row.direct_estimated.least_sat) == (600, 600)


def test_the_command(fund: Path) -> None:
    got = answer(fund, "exposure", called("me"), "--split", "2100-01-01")
    assert got["incoming"]["entities"][0]["indirect"]["most_share"] == "0.333333"
    assert got["basis"]["limits"]["dust_sat"] == 10_000
    page = run(fund, "exposure", called("me"))
    assert page.exit_code == 0, page.output
    assert "The Fund" in page.output
    assert "implies no knowledge" in page.output.replace("\n", " ")
    assert as_json(asked(fund, "me"))["outgoing"]["entities"][0]["direct"]["amount_sat"] == 5 * BTC
