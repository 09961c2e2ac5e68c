"""Hand-off tables: arrivals and departures, what each rests on, and what they look like to a spreadsheet."""

import csv
from pathlib import Path

import pytest

from oracle.blockmaker import Tx
from qaif.questions.handoffs import HandoffsAnswer, handoffs
from qaif.questions.trace import TraceRequest
from qaif.units import hash_hex
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import COIN, Story, called
from support.workspaces import answer, run

BTC = 10**8


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, dict[str, Tx]]:
    """A service pays an actor out of four addresses; the actor pays a deposit address that is swept."""
    story, txs = Story(), {}
    coins = [story.fund(f"hot {n}") for n in range(4)]
    txs["gather"] = story.pay(coins, [(4 * COIN - 1, "hot 0")])
    txs["payout"] = story.pay([(txs["gather"].txid, 0)], [(3 * BTC, "actor"), (196 * BTC, "hot 1")])
    other = story.fund("other")
    txs["pool"] = story.pay([other], [(BTC, f"deposit {n}") for n in range(1, 5)] + [(45 * BTC, "other")])
    txs["deposit"] = story.pay([(txs["payout"].txid, 0)], [(2 * BTC, "deposit 0"), (BTC - 500, "actor 2")])
    sweep = [(txs["deposit"].txid, 0), *((txs["pool"].txid, n) for n in range(4))]
    story.pay(sweep, [(6 * BTC, "cold")])
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    return tmp_path / "ws", txs


def found(folder: Path, **how: object) -> HandoffsAnswer:
    asked = TraceRequest(subjects=(called("actor"),), by="cluster", **how)  # type: ignore[arg-type]
    return handoffs(folder, asked)


def test_by_shape_both_ways(made: tuple[Path, dict[str, Tx]]) -> None:
    folder, txs = made
    got = found(folder, service_scripts=4)
    (arrival,) = got.arrivals
    assert [one.address for one in arrival.addresses] == [called("deposit 0")]
    assert [one.address for one in arrival.others] == [called("actor")]
    assert arrival.tx.txid == hash_hex(txs["deposit"].txid)
    assert arrival.amount_sat == 2 * BTC
    assert arrival.outpoints == (f"{arrival.tx.txid}:0",)
    assert (arrival.rests_on, arrival.layer, arrival.hops) == ("service", "inference", 1)
    assert arrival.cluster is not None
    assert arrival.cluster.scripts == 5
    (departure,) = got.departures
    assert departure.tx.txid == hash_hex(txs["payout"].txid)
    assert [one.address for one in departure.addresses] == [called("hot 0")]
    assert [one.address for one in departure.others] == [called("actor")]
    assert departure.amount_sat == 3 * BTC, "what it paid the actor, not what it spent"
    assert departure.most_sat == 3 * BTC
    assert (departure.rests_on, departure.hops) == ("service", 1)


def test_no_service_no_rows(made: tuple[Path, dict[str, Tx]]) -> None:
    got = found(made[0], service_scripts=6)
    assert (got.arrivals, got.departures) == ((), ())


def test_by_claim_with_its_source(made: tuple[Path, dict[str, Tx]]) -> None:
    folder, txs = made
    what = ("--schema", "CryptoWallet", "--prop", "name", "--value", "=Exchange(1)")
    answer(
        folder,
        "claims",
        "add",
        *what,
        "--entity",
        called("deposit 0"),
        "--asserted-by",
        "+blog",
        "--by",
        "me",
    )
    got = found(folder, service_scripts=0)
    (arrival,) = got.arrivals
    assert (arrival.rests_on, arrival.layer) == ("labelled", "claim")
    assert (arrival.said[0].text, arrival.said[0].by) == ("=Exchange(1)", "+blog")
    assert arrival.said[0].statement_id
    assert arrival.tx.txid == hash_hex(txs["deposit"].txid)
    assert got.layer == "claim"


def test_the_payout_of_a_service_by_its_many_parties(made: tuple[Path, dict[str, Tx]]) -> None:
    folder, txs = made
    got = handoffs(folder, TraceRequest(subjects=(called("actor"),), service_scripts=0, fan=3))
    (departure,) = got.departures
    assert departure.rests_on == "fan"
    assert departure.tx.txid == hash_hex(txs["gather"].txid)
    assert departure.amount_sat == 4 * COIN - 1
    assert len(departure.addresses) == 4
    assert departure.shared, "by script these are four parties"


def test_the_command_and_a_sheet_that_runs_nothing(made: tuple[Path, dict[str, Tx]], tmp_path: Path) -> None:
    folder, _ = made
    what = ("--schema", "CryptoWallet", "--prop", "name", "--value", "=Exchange(1)")
    answer(
        folder,
        "claims",
        "add",
        *what,
        "--entity",
        called("deposit 0"),
        "--asserted-by",
        "+blog",
        "--by",
        "me",
    )
    sheet = tmp_path / "list.csv"
    got = answer(folder, "handoffs", called("actor"), "--service-scripts", "4", "--csv", str(sheet))
    with sheet.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["direction"] for row in rows] == ["arrival", "departure"]
    assert (rows[0]["said"], rows[0]["said_by"]) == ("'=Exchange(1)", "'+blog")
    assert rows[0]["amount_btc"] == "2.00000000"
    assert rows[0]["txid"] == got["arrivals"][0]["tx"]["txid"]
    page = run(folder, "handoffs", called("actor"), "--direction", "arrivals")
    assert called("deposit 0") in page.output
    assert "Departures: money that came from a service: 0" in page.output
    assert run(folder, "handoffs", called("actor"), "--csv", str(sheet)).exit_code != 0, "a file is kept"
