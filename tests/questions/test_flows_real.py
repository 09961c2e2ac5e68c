"""Payments of real blocks that touch listed addresses: direction, amount, day, before or after the listing.

Known answers stand in the README of the shared data. The blocks are 33 of nearly a million, so most inputs
spend outputs that are not held: what is direct is found all the same, what is further is said to be unknown.
"""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from qaif.chain.addresses import address_of, parse_address
from qaif.chain.open import Chain
from qaif.questions.exposure import ExposureAnswer, ExposureRequest, exposure
from qaif.questions.exposure_parts import Exposed
from qaif.workspace.folder import Workspace
from support.real import sample_with_spent_outputs
from support.workspaces import answer

LISTED = "19D1iGzDr7FyAdiy3ZZdxMd6ttHj1kj6WW"
SWEPT = "12HQDsicffSBaYdJ6BhnE22sfjTESmmzKx"
ARTICLE, PAID = "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq", "39XF27N7f7HeWUki4BPFUKBpnL5S4mZaxj"
SWEEP = "79931a6bb31b85658679be67ac5a566f0f54c50001f5c808dbe28aeaf0747536"


@pytest.fixture(scope="module")
def folder(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("real") / "ws"
    sample_with_spent_outputs(Workspace.open_or_create(made).chain_dir, shared).close()
    for address, name in ((LISTED, "Listed one"), (SWEPT, "Listed two"), (PAID, "Paid")):
        what = ("--schema", "CryptoWallet", "--prop", "name", "--value", name, "--entity", address)
        answer(made, "claims", "add", *what, "--asserted-by", "OFAC", "--by", "analyst")
    return made


def asked(folder: Path, subject: str, **how: object) -> ExposureAnswer:
    return exposure(folder, ExposureRequest(subject=subject, **how))  # type: ignore[arg-type]


def only(rows: tuple[Exposed, ...], name: str) -> Exposed:
    (found,) = [row for row in rows if row.name == name]
    return found


def listing_day(shared: Path, address: str) -> date:
    rows = json.loads((shared / "labels" / "ofac-sdn-xbt.json").read_text(encoding="utf-8"))["rows"]
    return date.fromisoformat(next(row["seen_on_list"] for row in rows if row["address"] == address))


def test_the_listed_was_paid_before_it_was_listed(folder: Path, shared: Path) -> None:
    with Chain.open(Workspace.open(folder).chain_dir) as chain:
        (out,) = chain.outs_of(chain.script_num(parse_address(LISTED, chain.network).script_raw))
        tx = int(chain.tx_of_out(np.array([out]))[0])
        first = int(chain.txin.script_num.one(chain.tx.in_lo.one(tx)))
        payer = address_of(chain.script_raw(first), chain.network)
    assert payer
    got = asked(folder, payer, split=listing_day(shared, LISTED))
    row = only(got.outgoing.entities, "Listed one")
    assert (row.min_hops, row.direct.payments, row.direct.amount_sat) == (1, 1, 8_497_173)
    assert row.direct.first is not None
    assert (row.direct.first.height, row.direct.first.time[:10]) == (612_500, "2020-01-12")
    assert row.before is not None
    assert row.after is not None
    assert (row.before.amount_sat, row.after.payments) == (8_497_173, 0)
    assert not got.coverage.complete
    assert any("could not be followed" in reason for reason in got.coverage.reasons)


def test_what_the_address_of_the_article_sent(folder: Path) -> None:
    row = only(asked(folder, ARTICLE).outgoing.entities, "Paid")
    assert (row.direct.payments, row.direct.amount_sat) == (1, 16_793_100)
    assert row.direct.first is not None
    assert row.direct.first.time == "2017-01-25T22:11:29Z"


def test_a_sweep_is_not_the_money_of_one_depositor(folder: Path) -> None:
    """194 inputs, one of them listed: nothing is said to be the listed one's alone, by cluster neither."""
    with Chain.open(Workspace.open(folder).chain_dir) as chain:
        tx = int(chain.tx_nums(bytes.fromhex(SWEEP)[::-1])[0])
        out = chain.tx.out_lo.one(tx)
        hot = address_of(chain.script_raw(int(chain.txout.script_num.one(out))), chain.network)
        value = int(chain.txout.value_sat.one(out))
    assert hot
    for by in ("script", "cluster"):
        row = only(asked(folder, hot, by=by).incoming.entities, "Listed two")
        assert (row.direct.payments, row.direct.amount_sat, row.direct.shared_sat) == (1, 0, value), by
