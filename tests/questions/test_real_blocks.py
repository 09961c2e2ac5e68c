"""Known answers about real blocks, as `../shared/data/README.md` states them."""

from decimal import Decimal
from pathlib import Path

import pytest

from qaif.chain.open import Chain
from qaif.errors import AddressError, NotFoundError
from qaif.questions.address import address_on
from qaif.questions.answer import as_json
from qaif.questions.block import block_on
from qaif.questions.review import Reviewed, ReviewRequest, reviewed
from qaif.questions.tx import tx_on
from qaif.records.engine import Records
from qaif.records.prices import PriceFile
from qaif.units import hash_hex, utc
from support.real import sample_with_spent_outputs

ARTICLE = "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"
SPEND = "2f8beda290a3508d04287b2634218b2803503ff7b9ee75475e91298565736fab"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Chain:
    return sample_with_spent_outputs(tmp_path_factory.mktemp("real") / "chain", shared)


def ask(chain: Chain, *addresses: str, **how: object) -> Reviewed:
    return reviewed(chain, None, ReviewRequest(addresses=addresses, **how))  # type: ignore[arg-type]  # passed on


def test_the_address_of_the_article(chain: Chain) -> None:
    got = ask(chain, ARTICLE).answer
    assert (got.layer, got.tx_count, got.inputs_unknown_value) == ("inference", 1, 1)
    assert (got.received_sat, got.sent_sat, got.sent_at_least_sat) == (95_736_165, 0, 112_529_265)
    assert (got.net_received_sat, got.net_sent_sat) == (0, 16_793_100)
    assert (got.lower_bound, got.balance_sat, got.coverage.complete) == (True, None, False)
    assert got.first_seen is not None
    assert (got.first_seen.txid, got.first_seen.height) == (SPEND, 450_000)
    assert got.first_seen.time == "2017-01-25T22:11:29Z"
    (out,) = got.counterparties.out
    assert (out.address, out.amount_sat) == ("39XF27N7f7HeWUki4BPFUKBpnL5S4mZaxj", 16_793_100)
    assert (out.layer, got.counterparties.in_) == ("inference", ())
    (method,) = as_json(got)["basis"]["methods"]
    assert (method["id"], method["used_for"]["own_inputs"]) == ("spender-script", 1)


def test_without_inference_only_what_came_in_is_left(chain: Chain) -> None:
    got = ask(chain, ARTICLE, inference=False).answer
    assert (got.layer, got.tx_count, got.received_sat) == ("fact", 1, 95_736_165)
    assert (got.inputs_unknown_value, got.net_sent_sat) == (0, 0)
    assert got.net_received_sat == 0, "it may have come from the address itself"
    (unknown,) = got.counterparties.in_
    assert (unknown.kind, unknown.amount_sat, got.counterparties.out) == ("unknown", 95_736_165, ())


def test_the_listed_address_received_years_before(chain: Chain) -> None:
    got = ask(chain, "19D1iGzDr7FyAdiy3ZZdxMd6ttHj1kj6WW").answer
    assert (got.received_sat, got.sent_at_least_sat) == (8_497_173, 0)
    assert got.first_seen is not None
    assert (got.first_seen.height, got.first_seen.time[:10]) == (612_500, "2020-01-12")


def test_a_sweep_names_the_hot_wallet_but_not_who_paid_it(chain: Chain) -> None:
    got = ask(chain, "12HQDsicffSBaYdJ6BhnE22sfjTESmmzKx").answer
    assert [one.alone_tx_count for one in got.counterparties.out] == [0] * len(got.counterparties.out)
    assert all(one.amount_sat == 0 for one in got.counterparties.out)
    (sweep,) = {one.first_seen.txid for one in got.counterparties.out}
    assert sweep == "79931a6bb31b85658679be67ac5a566f0f54c50001f5c808dbe28aeaf0747536"


def test_an_address_before_its_first_block_is_unknown_not_unused(chain: Chain) -> None:
    got = ask(chain, ARTICLE, as_of="2017-01-24").answer
    assert (got.occurrence, got.tx_count, got.received_sat, got.lower_bound) == ("unknown", 0, 0, True)
    assert any(ARTICLE in reason and "does not say" in reason for reason in got.coverage.reasons)


def test_worth_on_the_day_and_on_a_chosen_day(chain: Chain, tmp_path: Path, shared: Path) -> None:
    data = (shared / "prices" / "btc-usd-daily.csv").read_bytes()
    with Records.open(tmp_path) as records:
        records.prices.add(PriceFile(data, "btc-usd-daily.csv", "published copy"), utc(0))
        prices = records.prices.series()
    lines = dict(line.split(",") for line in data.decode().splitlines()[1:])
    request = ReviewRequest(addresses=(ARTICLE,), as_of="450000")
    worth = reviewed(chain, prices, request).answer.fiat
    expected = (Decimal(lines["2017-01-25"]) * 95_736_165 / 10**8).quantize(Decimal("0.01"))
    assert (worth.at_transaction_day.received, worth.source) == (expected, "published copy")
    assert worth.at_day == worth.at_transaction_day
    late = reviewed(chain, prices, ReviewRequest(addresses=(ARTICLE,))).answer.fiat
    assert late.at_day.received is None
    assert late.at_day.reason is not None


def test_the_misprint_of_the_article_is_close_to_its_address(chain: Chain) -> None:
    with pytest.raises(AddressError, match="checksum") as caught:
        address_on(chain, "1LaNXgq2ctDEa4fTha6PTo8PTuc6zqQqqqq")
    assert caught.value.details["close_to"] == ARTICLE


def test_the_fees_of_block_300025(chain: Chain) -> None:
    got = block_on(chain, "300025")
    assert (got.fees_sat, got.fees_reason, got.inputs_unknown_value) == (7_773_345, None, 0)
    assert got.basis["inputs_told_by_feed"] == 1_232, "195 of 1,427 are held"
    second = chain.block.tx_lo.one(chain.block_at_height(300_025)) + 1
    told = tx_on(chain, hash_hex(chain.tx.txid_raw.take(second)[0].tobytes()))
    first = told.transactions[0].inputs[0]
    assert (first.script_basis, first.layer, told.layer) == ("told by the feed", "fact", "inference")
    assert first.script is not None
    assert first.script.address is not None
    reasons = ask(chain, first.script.address).answer.coverage.reasons
    assert any("no transaction held proves" in reason for reason in reasons)


def test_the_spend_itself(chain: Chain) -> None:
    got = tx_on(chain, SPEND)
    (one,) = got.transactions
    assert (got.layer, one.fee_sat, one.output_sat) == ("inference", None, 112_529_265)
    assert one.inputs[0].script is not None
    assert (one.inputs[0].script.address, one.inputs[0].script_basis) == (ARTICLE, "inferred: p2pkh key")
    assert [one.n for one in one.outputs] == [0, 1]


def test_a_height_between_the_blocks_held_is_not_answered_for_another(chain: Chain) -> None:
    with pytest.raises(NotFoundError, match="450,001"):
        ask(chain, ARTICLE, as_of="450001")
