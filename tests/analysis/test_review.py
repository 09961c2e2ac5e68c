"""The review against its slow twin, on whole chains, partial ones, and chains cut in the past."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from oracle import review as twin
from oracle.addresses import address
from oracle.blockmaker import Block, Branch, make_block, make_coinbase, seeded
from oracle.parse import Block as ParsedBlock
from oracle.parse import TxIn, parse_block
from oracle.ripemd160 import hash160
from qaif.chain.open import Chain
from qaif.questions.answer import as_json
from qaif.questions.review import ReviewRequest, reviewed
from qaif.records.daily_prices import DailyPrices, day_num_of
from support.economy import PEOPLE, Economy, script
from support.indexing import put

ALL = 10_000


@dataclass
class Made:
    """A store, and its blocks in its order."""

    folder: Path
    blocks: list[ParsedBlock]


def store(folder: Path, blocks: list[Block]) -> Made:
    put(folder, blocks)
    by_hash = {block.hash: block.raw for block in blocks}
    with Chain.open(folder) as chain:
        order = [row.tobytes() for row in chain.block.hash_raw[0 : chain.n_blocks]]
    return Made(folder, [parse_block(by_hash[one]) for one in order])


def shown_script(one: TxIn) -> bytes | None:
    key = twin.p2pkh_key(one)
    return None if key is None else b"\x76\xa9\x14" + hash160(key) + b"\x88\xac"


def no_script(_: TxIn) -> bytes | None:
    return None


def made_prices(rng: Random, *, gaps: bool) -> dict[date, Decimal]:
    start = date(2011, 1, 1)
    days = [start + timedelta(days=n) for n in range(3000) if not gaps or rng.random() < 0.9]
    return {day: Decimal(rng.randint(1, 10**9)).scaleb(-rng.randint(0, 6)) for day in days}


def as_series(prices: dict[date, Decimal]) -> DailyPrices:
    days = np.array([day_num_of(day) for day in prices], dtype=np.int64)
    return DailyPrices("made", "USD", (), days, tuple(prices.values()))


def ask(chain: Chain, people: list[int], prices: DailyPrices | None, **how: Any) -> dict[str, Any]:
    addresses = tuple(address(script(person), "regtest") or "" for person in people)
    request = ReviewRequest(addresses=addresses, most_largest=ALL, most_counterparties=ALL, **how)
    return as_json(reviewed(chain, prices, request).answer)


def compare(got: dict[str, Any], rows: list[twin.Row], mine: set[bytes], *, complete: bool) -> None:
    expected = twin.totals(rows, complete=complete)
    assert {name: got[name] for name in expected} == expected
    assert got["by_month"] == twin.by_month(rows)
    assert [
        tuple(
            one[n]
            for n in ("block_hash", "txid", "direction", "amount_sat", "lower_bound", "inputs_unknown_script")
        )
        for one in got["largest"]
    ] == twin.largest(rows)
    compare_sides(got["counterparties"]["out"], twin.paid_by_set(rows, mine))
    compare_sides(got["counterparties"]["in"], twin.paid_to_set(rows))
    ends = [rows[0], rows[-1]] if rows else []
    seen = [got[n] for n in ("first_seen", "last_seen") if got[n] is not None]
    assert [(one["block_hash"], one["txid"]) for one in seen] == [(row.block, row.txid) for row in ends]


def compare_sides(got: list[dict[str, Any]], expected: dict[twin.Who, twin.Side]) -> None:
    found = {}
    for one in got:
        who = bytes.fromhex(one["script_hex"]) if one["kind"] == "script" else one["kind"]
        ends = [f"{one[n]['block_hash']}:{one[n]['txid']}" for n in ("first_seen", "last_seen")]
        names = ("tx_count", "alone_tx_count", "amount_sat", "shared_sat", "count", "put_in_sat")
        found[who] = (*(one[n] for n in (*names, "inputs_unknown_value")), one["layer"], *ends)
        if isinstance(who, bytes):
            assert one["address"] == address(who, "regtest")
    assert found == {
        who: (
            len(side.txs),
            side.alone,
            side.amount,
            side.shared,
            side.count,
            side.put_in,
            side.unknown,
            "inference" if side.inferred else "fact",
            side.txs[0],
            side.txs[-1],
        )
        for who, side in expected.items()
    }
    order = [(-one["amount_sat"], -one["shared_sat"]) for one in got]
    assert order == sorted(order)


def sets(rng: Random) -> list[list[int]]:
    several = [rng.sample(range(PEOPLE), rng.randint(2, 4)) for _ in range(2)]
    return [[person] for person in rng.sample(range(PEOPLE), 3)] + several


@pytest.mark.parametrize("seed", [1, 2])
def test_a_whole_chain_and_every_cut_of_it(tmp_path: Path, seed: int) -> None:
    rng = seeded(seed)
    made = store(tmp_path / "chain", Economy.of(seed, 90).blocks)
    prices = made_prices(rng, gaps=False)
    with Chain.open(made.folder) as chain:
        assert chain.held.complete
        for people in sets(rng):
            mine = {script(person) for person in people}
            for height in [len(made.blocks) - 1, rng.randrange(len(made.blocks))]:
                rows = twin.rows_of(made.blocks[: height + 1], mine, no_script)
                got = ask(chain, people, as_series(prices), as_of=str(height))
                compare(got, rows, mine, complete=True)
                assert got["layer"] == "fact"
                assert got["as_of"]["height"] == height
                assert got["coverage"] == {"complete": True, "reasons": [], "told": False, "scripts": []}
                worth = got["fiat"]["at_transaction_day"]
                assert worth == twin.fiat(rows, prices, None) | {"reason": None}  # type: ignore[operator]  # no gaps
                day = twin.day_of(int.from_bytes(made.blocks[height].header[68:72], "little"))
                assert got["fiat"]["day"] == day.isoformat()
                assert got["fiat"]["at_day"] == twin.fiat(rows, prices, day) | {"reason": None}  # type: ignore[operator]  # no gaps


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("inference", [True, False])
def test_a_partial_chain(tmp_path: Path, seed: int, inference: bool) -> None:  # noqa: FBT001  parametrised
    rng = seeded(seed)
    blocks = Economy.of(seed, 90).blocks
    kept = [block for block in blocks if rng.random() < 0.6]
    made = store(tmp_path / "chain", kept)
    rests = []
    with Chain.open(made.folder) as chain:
        assert not chain.held.complete
        for people in sets(rng):
            mine = {script(person) for person in people}
            rows = twin.rows_of(made.blocks, mine, shown_script if inference else no_script)
            got = ask(chain, people, None, inference=inference)
            compare(got, rows, mine, complete=False)
            assert got["coverage"]["complete"] is False
            assert got["balance_sat"] is None
            by_inference = any(
                i.inferred for row in rows for i in row.ins if i.script in mine or not row.spends
            )
            assert got["layer"] == ("inference" if by_inference else "fact")
            rests.append(by_inference)
    assert any(rests) is inference


def test_net_lower_bounds_hold_against_the_truth(tmp_path: Path) -> None:
    """What a partial chain says is at least so much, is never more than what the whole chain says."""
    rng = seeded(5)
    blocks = Economy.of(5, 80).blocks
    whole = store(tmp_path / "whole", blocks)
    part = store(tmp_path / "part", [block for block in blocks if rng.random() < 0.5])
    names = (
        "received_sat",
        "sent_sat",
        "sent_at_least_sat",
        "net_received_sat",
        "net_sent_sat",
        "turnover_sat",
    )
    with Chain.open(whole.folder) as all_of_it, Chain.open(part.folder) as some:
        for person in range(PEOPLE):
            for inference in (True, False):
                truth = ask(all_of_it, [person], None)
                bound = ask(some, [person], None, inference=inference)
                assert all(bound[name] <= truth[name] for name in names), person
                assert bound["lower_bound"]


def test_a_cut_equals_a_store_that_ends_there(tmp_path: Path) -> None:
    blocks = Economy.of(6, 60).blocks
    put(tmp_path / "long", blocks)
    put(tmp_path / "short", blocks[:31])
    day = twin.day_of(int.from_bytes(blocks[30].raw[68:72], "little"))
    with Chain.open(tmp_path / "long") as long, Chain.open(tmp_path / "short") as short:
        for person in range(PEOPLE):
            want = ask(short, [person], None)
            for moment in ("30", blocks[30].hash[::-1].hex()):
                assert ask(long, [person], None, as_of=moment) == want
            cut = long.at(long.block_at_time(int.from_bytes(blocks[30].raw[68:72], "little")))
            if cut.n_blocks == 31:
                assert ask(long, [person], None, as_of=day.isoformat())["tx_count"] >= want["tx_count"]


def test_a_coinbase_that_was_overwritten_counts_and_is_said_to_be_lost(tmp_path: Path) -> None:
    """A BIP30 pair: one txid, two transactions, one output left."""
    branch = Branch(seeded(1))
    pair = make_coinbase(b"\x51\x51", [(7, script(1))])
    for n in range(2):
        branch.blocks.append(make_block(branch.blocks[-1].hash, 1_300_000_000 + n, [pair]))
    put(tmp_path / "chain", branch.blocks)
    with Chain.open(tmp_path / "chain") as chain:
        got = ask(chain, [1], None)
        before = ask(chain, [1], None, as_of="1")
    assert (got["tx_count"], got["received_sat"], got["unspendable_sat"]) == (2, 14, 7)
    assert (before["tx_count"], before["received_sat"], before["unspendable_sat"]) == (1, 7, 0)
    assert got["first_seen"]["txid"] == got["last_seen"]["txid"]
    assert got["first_seen"]["block_hash"] != got["last_seen"]["block_hash"]
    (side,) = got["counterparties"]["in"]
    assert (side["kind"], side["tx_count"], side["amount_sat"]) == ("coinbase", 2, 14)


def test_a_missing_price_is_not_made_up(tmp_path: Path) -> None:
    made = store(tmp_path / "chain", Economy.of(7, 60).blocks)
    rng = seeded(8)
    missing = 0
    with Chain.open(made.folder) as chain:
        for person in range(PEOPLE):
            prices = made_prices(rng, gaps=True)
            rows = twin.rows_of(made.blocks, {script(person)}, no_script)
            expected = twin.fiat(rows, prices, None)
            got = ask(chain, [person], as_series(prices))["fiat"]
            assert (got["source"], got["currency"]) == ("made", "USD")
            if expected is None:
                missing += 1
                assert got["at_transaction_day"]["received"] is None
                assert "no USD price for" in got["at_transaction_day"]["reason"]
            else:
                assert got["at_transaction_day"] == expected | {"reason": None}
    assert missing
