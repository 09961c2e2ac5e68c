"""What is counted of chains, by hand and on real blocks; and that invented economies are near those."""

import csv
from pathlib import Path

import pytest

from campaigns import simulated_statistics
from campaigns.chain_statistics import Counted, kind_of, kind_spent, needless, script_spent, size_class
from campaigns.simulated_statistics import PARTS, Part, real, simulated, tables
from oracle import simchain
from oracle.ripemd160 import hash160
from oracle.simchain import In, Out, Tx

KEY = b"\x02" + bytes(32)
SIGNATURE = bytes.fromhex("3044") + bytes(68) + b"\x01"
MINE = b"\x00\x14" + hash160(KEY)
THEIRS = b"\x51\x20" + bytes(32)


def block(*txs: Tx) -> simchain.Block:
    coinbase = Tx(b"c" * 32, b"c" * 32, [In(bytes(32), 0xFFFFFFFF, b"", [])], [Out(50, THEIRS)])
    return simchain.Block(b"", b"", b"", b"", 0, [coinbase, *txs])


def tx(name: bytes, spent: list[tuple[bytes, int]], outs: list[Out]) -> Tx:
    ins = [In(txid, vout, b"", [SIGNATURE, KEY], 0xFFFFFFFD) for txid, vout in spent]
    return Tx(name * 32, name * 32, ins, outs, 2, 7)


def test_a_block_is_counted() -> None:
    counted = Counted()
    first = tx(b"a", [(b"x" * 32, 0)], [Out(100_000, MINE), Out(70_000, THEIRS)])
    second = tx(b"b", [(b"a" * 32, 0), (b"a" * 32, 1)], [Out(60_000, THEIRS), Out(100_001, THEIRS)])
    counted.block(block(first, second), 9)
    many = counted.totals.many
    assert (many["transactions"], many["inputs"], many["outputs"]) == (2, 3, 4)
    assert (many["inputs 1"], many["inputs 2"], many["outputs 2"]) == (1, 1, 2)
    assert (many["made P2WPKH"], many["made P2TR"], many["spent P2WPKH"]) == (1, 3, 3)
    assert (many["rbf"], many["locked"], many["version 2"]) == (2, 2, 2)
    assert many["to itself"] == 1, "the first pays the script that its input spends"
    assert many["paid twice in a block"] == 3, "the coinbase paid theirs before"
    assert many["spent from the same block"] == many["age the same block"] == many["of any age"] == 2
    assert (many["round"], many["signatures"], many["low r"]) == (1, 3, 3)
    assert (many["could be sorted"], many["sorted"]) == (1, 1)
    assert dict(counted.totals.groups) == {1: 1}
    assert len(counted.totals.rates) == 1


def test_what_is_spent_outside_is_learned_from_undo_data() -> None:
    one = block(tx(b"a", [(b"x" * 32, 0)], [Out(60_000, MINE)]))
    counted = Counted()
    counted.spent_outside(one, (70_000).to_bytes(8, "little") + bytes([len(MINE)]) + MINE)
    counted.block(one, 9)
    assert counted.totals.rates == [pytest.approx(10_000 / 98, rel=0.2)]
    assert counted.totals.many["of any age"] == 0


def test_a_needless_input_is_told_from_a_needed_one() -> None:
    counted = Counted()
    many = counted.totals.many
    needless(many, [50, 40], [70, 15])
    assert (many["several inputs"], many["needless for the larger"]) == (1, 0)
    needless(many, [80, 40], [70, 45])
    assert (many["several inputs"], many["needless for the larger"]) == (2, 1)
    needless(many, [80], [40, 35])
    assert (many["several inputs"], many["one input of two outputs"]) == (2, 1)


def test_scripts_are_named_and_follow_from_inputs() -> None:
    assert [kind_of(script) for script in (MINE, THEIRS, b"\x6a\x00", b"\x51")] == [
        *("P2WPKH", "P2TR", "data", "other")
    ]
    assert script_spent(In(bytes(32), 0, b"", [SIGNATURE, KEY])) == MINE
    assert kind_spent(In(bytes(32), 0, b"", [bytes(64)])) == "P2TR"
    assert kind_spent(In(bytes(32), 0, bytes([71]) + SIGNATURE, [])) == "P2PK"
    assert kind_spent(In(bytes(32), 0, bytes([71]) + SIGNATURE + bytes([33]) + KEY, [])) == "P2PKH"
    assert script_spent(In(bytes(32), 0, b"\x16" + MINE, [SIGNATURE, KEY]))[:2] == b"\xa9\x14"
    assert [size_class(count) for count in (1, 2, 5, 6, 21)] == [
        *("1", "2", "3 to 5", "6 to 20", "more than 20")
    ]


@pytest.mark.parametrize("name", ["everyday-2017", "everyday-2024"])
def test_an_everyday_economy_is_not_far_from_real_blocks(name: str) -> None:
    """Bounds about what the real blocks of docs/simulator.md show, far enough for a short chain."""
    many = simulated(name, 3_000).many
    ones = 100 * many["inputs 1"] / many["transactions"]
    assert 65 < ones < 95
    assert 5 < 100 * many["outputs 1"] / many["transactions"] < 30
    assert 50 < 100 * many["outputs 2"] / many["transactions"] < 90
    assert 2 < 100 * many["spent from the same block"] / many["inputs"] < 46
    assert 5 < 100 * many["needless for the larger"] / many["several inputs"] < 60
    assert 9 < 100 * many["to itself"] / many["transactions"] < 62


def test_tables_stand_without_real_blocks() -> None:
    text = tables(None, 1_200, (Part("a time", (0, 1), ("mixes-2021",)),))
    assert "| | real blocks | mixes-2021 |" in text
    assert "**" not in text, "nothing is far from what is not known"
    rows = [line for line in text.splitlines() if line.startswith("| with inputs")]
    assert sum(float(line.split("|")[3].strip(" %")) for line in rows) == pytest.approx(100, abs=0.3)


def test_the_page_has_both_marks_and_every_scenario() -> None:
    page = simulated_statistics.PAGE.read_text(encoding="utf-8")
    assert page.count(simulated_statistics.BEGIN) == page.count(simulated_statistics.END) == 1
    for part in PARTS:
        assert all(f"| {name} " in page for name in part.scenarios)


def test_real_blocks_are_counted_whole(shared: Path) -> None:
    part = PARTS[2]
    with (shared / "blocks" / "mainnet-sample.csv").open() as file:
        rows = [
            row for row in csv.DictReader(file) if part.heights[0] <= int(row["height"]) <= part.heights[1]
        ]
    many = real(shared, part).many
    assert many["transactions"] == sum(int(row["txs"]) - 1 for row in rows)
    assert many["inputs"] == sum(int(row["inputs"]) - 1 for row in rows)
