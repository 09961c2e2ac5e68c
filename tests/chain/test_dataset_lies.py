"""What a dataset says that is not so is noticed."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from qaif.chain.check import check
from qaif.chain.open import Chain
from qaif.feeds.aws.feed import AwsFeed
from qaif.feeds.aws.state import DatasetState
from support.aws_dataset import Row, as_float, rows_of, write_parts
from support.indexing import digests
from support.made_datasets import REGTEST, described, indexed, made


def _tx(change: Callable[[Row], None]) -> Callable[[list[Row], list[Row]], None]:
    return lambda _, txs: change(next(row for row in txs if row["index"] == 1))


def _set(name: str, value: object) -> Callable[[Row], None]:
    return lambda row: row.update({name: value})


def _inner(table: str, name: str, value: object) -> Callable[[Row], None]:
    return lambda row: row[table][0].update({name: value})


LIES_IN_TXS = {
    "hash": _set("hash", "11" * 32),
    "hash that is none": _set("hash", "x"),
    "version": _set("version", 77),
    "version that is none": _set("version", None),
    "lock_time": _set("lock_time", 5),
    "lock_time too large": _set("lock_time", 1 << 40),
    "inputs": _set("inputs", None),
    "outputs": _set("outputs", []),
    "spent_transaction_hash": _inner("inputs", "spent_transaction_hash", "22" * 32),
    "spent_output_index": _inner("inputs", "spent_output_index", 9),
    "spent_output_index negative": _inner("inputs", "spent_output_index", -1),
    "input script": _inner("inputs", "script_hex", "51"),
    "input script that is no hex": _inner("inputs", "script_hex", "zz"),
    "sequence": _inner("inputs", "sequence", 3),
    "output script": _inner("outputs", "script_hex", "52"),
    "no output script": _inner("outputs", "script_hex", None),
    "value": _inner("outputs", "value", 0.12345678),
    "value of no satoshi": _inner("outputs", "value", 0.123456785),
    "no value": _inner("outputs", "value", None),
}


@pytest.mark.parametrize("lie", LIES_IN_TXS)
def test_a_lie_about_a_transaction_is_noticed(tmp_path: Path, lie: str) -> None:
    _, blocks, txs = made(6, 12)
    _tx(LIES_IN_TXS[lie])(blocks, txs)
    write_parts(tmp_path / "data", blocks, txs)
    said = described(tmp_path / "data")
    assert said["noticed"] == {"blocks not whole": 1, "transactions refused": 1}
    assert said["whole_blocks"] == 12


def test_lies_about_places(tmp_path: Path) -> None:
    _, blocks, txs = made(6, 12)
    _tx(_set("index", 77))(blocks, txs)  # the block's order is another, if it has a third transaction
    first = next(row for row in txs if row["index"] == 77)
    third = next(row for row in txs if row["block_hash"] == first["block_hash"] and row["index"] == 2)
    assert third
    write_parts(tmp_path / "data", blocks, txs)
    assert indexed(tmp_path / "s", tmp_path / "data")["noticed"] == {"blocks not whole": 1}
    assert check(tmp_path / "s").good


def test_a_transaction_said_to_be_in_another_block(tmp_path: Path) -> None:
    _, blocks, txs = made(6, 12)
    moved = next(row for row in txs if row["index"] == 1)
    moved["block_hash"] = "33" * 32
    write_parts(tmp_path / "data", blocks, txs)
    noticed = described(tmp_path / "data")["noticed"]
    assert noticed == {"blocks not whole": 1, "rows without their block": 1}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hash", "11" * 32),
        ("version", 9),
        ("merkle_root", "44" * 32),
        ("timestamp", 1_500_000_000_000),
        ("timestamp", None),
        ("nonce", 1 << 40),
        ("bits", "1d00ffff"),
        ("bits", "no"),
        ("previousblockhash", "55" * 32),
        ("previousblockhash", None),
    ],
)
def test_a_lie_about_a_header_is_noticed(tmp_path: Path, name: str, value: object) -> None:
    _, blocks, txs = made(7, 12)
    blocks[5][name] = value
    held = sum(row["block_hash"] == blocks[5]["hash"] for row in txs)
    write_parts(tmp_path / "data", blocks, txs)
    said = described(tmp_path / "data")
    assert said["blocks"] == 12
    assert said["noticed"]["headers refused"] == 1
    assert name == "hash" or said["noticed"]["rows without their block"] == held


def test_a_coinbase_that_is_not_told_rightly_is_named(tmp_path: Path) -> None:
    _, blocks, txs = made(8, 12)
    blocks[5]["coinbase_param"] = "00"
    write_parts(tmp_path / "data", blocks, txs)
    coinbase = next(row for row in txs if row["block_hash"] == blocks[5]["hash"] and row["index"] == 0)
    said = described(tmp_path / "data")
    assert said["noticed"]["transactions refused"] == 1
    assert any(coinbase["hash"] in what for what in said["named"])


def test_places_are_proven_by_ids_where_a_transaction_is_not_held(tmp_path: Path) -> None:
    _, blocks, txs = made(8, 12)
    shown = next(row["block_hash"] for row in txs if row["index"] == 3)
    for row in txs:
        if row["block_hash"] == shown and row["index"] == 2:
            row["lock_time"] = 7
    next(row for row in blocks if row["hash"] == shown)["coinbase_param"] = "00"
    write_parts(tmp_path / "data", blocks, txs)
    ids = {row["index"]: row["hash"] for row in txs if row["block_hash"] == shown}
    indexed(tmp_path / "s", tmp_path / "data")
    assert check(tmp_path / "s").good
    with Chain.open(tmp_path / "s") as chain:
        num = [raw.tobytes()[::-1].hex() for raw in chain.block.hash_raw[0:13]].index(shown)
        lo, hi = (chain.block.tx_lo.one(num + i) for i in (0, 1))
        assert chain.block.whole.one(num) == 0
        found = {
            place: raw.tobytes()[::-1].hex()
            for place, raw in zip(chain.tx.place[lo:hi].tolist(), chain.tx.txid_raw[lo:hi], strict=True)
        }
    assert found == {place: txid for place, txid in ids.items() if place not in {0, 2}}
    state = AwsFeed.open(tmp_path / "data", REGTEST).state
    again = DatasetState.from_columns(state.to_columns())
    assert again is not None
    assert again.to_columns().keys() == state.to_columns().keys()
    for name, column in state.to_columns().items():
        assert (again.to_columns()[name] == column).all()


def test_of_rows_that_differ_the_proven_one_is_taken(tmp_path: Path) -> None:
    _, blocks, txs = made(9, 12)
    lie = deepcopy(next(row for row in txs if row["index"] == 1))
    lie["outputs"][0]["value"] = as_float(1)
    also = deepcopy(blocks[3]) | {"coinbase_param": "00"}
    write_parts(tmp_path / "true", blocks, txs)
    write_parts(tmp_path / "data", [*blocks, also], [*txs, lie])
    said = indexed(tmp_path / "s", tmp_path / "data")
    indexed(tmp_path / "t", tmp_path / "true")
    assert said["noticed"] == {"more rows of a block": 1, "rows that differ": 2}
    assert digests(tmp_path / "s") == digests(tmp_path / "t")


def test_what_is_not_read_changes_nothing(tmp_path: Path) -> None:
    """Addresses of outputs, sizes and counts; scripts come from the scripts' bytes."""
    _, blocks, txs = made(10, 12)
    write_parts(tmp_path / "true", blocks, txs)
    for row in txs:
        row |= {"size": 1, "fee": 3.0, "input_value": 9.0, "output_count": 0, "is_coinbase": None}
        for one in row["outputs"]:
            one |= {"address": "1BitcoinEaterAddressDontSendf59kuE", "type": "x"}
    for row in blocks:
        row |= {"size": 1, "weight": 1, "transaction_count": 99}
    write_parts(tmp_path / "data", blocks, txs)
    indexed(tmp_path / "s", tmp_path / "data")
    indexed(tmp_path / "t", tmp_path / "true")
    assert digests(tmp_path / "s") == digests(tmp_path / "t")


def test_a_coinbase_with_the_sequence_of_core_30(tmp_path: Path) -> None:
    from oracle.corechains import IN_30, unit_tests_110

    chain = unit_tests_110(IN_30)[:20]
    write_parts(tmp_path / "data", *rows_of([block.raw for block in chain]))
    assert indexed(tmp_path / "s", tmp_path / "data")["whole_blocks"] == 20
