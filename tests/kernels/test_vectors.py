import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from oracle import parse as slow
from qaif.kernels import parse
from qaif.kernels.parse import ParsedBlocks
from qaif.kernels.script import TYPE_NAMES
from qaif.kernels.serialise import serialise_txs

MAINNET = bytes.fromhex("f9beb4d9")
Parsed = tuple[bytes, ParsedBlocks]


def parsed_blocks(blocks: list[bytes]) -> Parsed:
    raw = b"".join(blocks)
    offset = np.cumsum([0, *map(len, blocks)])
    c, status, where = parse.parse_blocks(np.frombuffer(raw, np.uint8), offset)
    assert c is not None, (parse.STATUS_TEXT[status], where)
    return raw, c


@pytest.fixture(scope="module")
def sample(shared: Path) -> Parsed:
    blocks = slow.split_frames((shared / "blocks/mainnet-sample.dat").read_bytes(), MAINNET)
    assert len(blocks) == 33
    return parsed_blocks(blocks)


def there_and_back(cases: list[bytes]) -> ParsedBlocks:
    raw = b"".join(cases)
    data, offset = np.frombuffer(raw, np.uint8), np.cumsum([0, *map(len, cases)])
    c, status, where = parse.parse_txs(data, offset)
    assert c is not None, (parse.STATUS_TEXT[status], where)
    again, starts = serialise_txs(data, c)
    assert again.tobytes() == raw
    assert list(starts) == list(offset)
    return c


@pytest.mark.parametrize(("name", "count"), [("tx_valid", 121), ("tx_invalid", 93)])
def test_core_transactions_there_and_back(shared: Path, name: str, count: int) -> None:
    rows = json.loads((shared / f"vectors/{name}.json").read_text())
    cases = [bytes.fromhex(row[1]) for row in rows if isinstance(row[0], list)]
    assert len(cases) == count
    c = there_and_back(cases)
    for num, case in enumerate(cases):
        tx = slow.parse_tx(case)
        assert (c.tx_txid_raw[num].tobytes(), c.tx_wtxid_raw[num].tobytes()) == (tx.txid, tx.wtxid)


def test_core_sighash_transactions_there_and_back(shared: Path) -> None:
    rows = json.loads((shared / "vectors/sighash.json").read_text())[1:]
    cases = [bytes.fromhex(row[0]) for row in rows]
    assert len(cases) == 500
    c = there_and_back(cases)
    assert [t.tobytes() for t in c.tx_txid_raw] == [slow.parse_tx(case).txid for case in cases]


def test_core_block_filters_blocks(shared: Path) -> None:
    rows = json.loads((shared / "vectors/blockfilters.json").read_text())[1:]
    assert len(rows) == 10
    raw, c = parsed_blocks([bytes.fromhex(row[2]) for row in rows])
    for num, row in enumerate(rows):
        assert c.block_hash_raw[num].tobytes()[::-1].hex() == row[1]
        txs = slow.parse_block(bytes.fromhex(row[2])).txs
        expected = [(o.value, o.script) for tx in txs for o in tx.outs]
        lo, hi = c.tx_out_lo[c.block_tx_lo[num]], c.tx_out_lo[c.block_tx_lo[num + 1]]
        found = [
            (int(c.out_value_sat[o]), raw[c.out_script_off[o] : c.out_script_off[o] + c.out_script_len[o]])
            for o in range(lo, hi)
        ]
        assert found == expected
    assert not c.block_merkle_status.any()


def test_sample_counts_hashes_and_commitments(shared: Path, sample: Parsed) -> None:
    raw, c = sample
    with (shared / "blocks/mainnet-sample.csv").open() as file:
        rows = {row["hash"]: row for row in csv.DictReader(file)}
    assert len(c.tx_start) == 22_928
    for num in range(33):
        row = rows.pop(c.block_hash_raw[num].tobytes()[::-1].hex())
        lo, hi = c.block_tx_lo[num : num + 2]
        assert hi - lo == int(row["txs"])
        assert c.tx_in_lo[hi] - c.tx_in_lo[lo] == int(row["inputs"])
        assert c.tx_out_lo[hi] - c.tx_out_lo[lo] == int(row["outputs"])
        assert (c.block_size[num], c.block_time[num]) == (int(row["size_bytes"]), int(row["time_unix"]))
        assert c.tx_has_witness[lo:hi].any() == (row["segwit"] == "1")
    assert rows == {}
    assert not c.block_merkle_status.any()
    assert not c.block_witness_status.any()
    again, _ = serialise_txs(np.frombuffer(raw, np.uint8), c)
    assert again.tobytes() == b"".join(raw[s : s + n] for s, n in zip(c.tx_start, c.tx_size, strict=True))


def test_a_changed_witness_of_the_sample_breaks_its_commitment(shared: Path) -> None:
    blocks = slow.split_frames((shared / "blocks/mainnet-sample.dat").read_bytes(), MAINNET)
    block = next(b for b in reversed(blocks) if slow.parse_block(b).txs[-1].has_witness)
    for back, merkle, witness in ((5, 0, 1), (1, 1, 1)):  # the end of a witness; the lock time
        changed = bytearray(block)
        changed[-back] ^= 1
        _, c = parsed_blocks([block, bytes(changed)])
        assert list(c.block_merkle_status) == [0, merkle]
        assert list(c.block_witness_status) == [0, witness]


def test_sample_script_types_are_cores(shared: Path, sample: Parsed) -> None:
    _, c = sample
    nums = {txid.tobytes()[::-1].hex(): num for num, txid in enumerate(c.tx_txid_raw)}
    with gzip.open(shared / "blocks/mainnet-sample-outputs.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9_514
    for row in rows:
        out = c.tx_out_lo[nums[row["txid"]]] + int(row["vout"])
        assert c.out_value_sat[out] == int(row["value_sat"])
        assert TYPE_NAMES[c.out_type[out]] == row["script_type"]


def test_first_blocks_are_whole(shared: Path) -> None:
    _, c = parsed_blocks(slow.split_frames((shared / "blocks/blk00000-first-mib.dat").read_bytes(), MAINNET))
    assert len(c.block_size) == 4_522
    assert (c.block_prev_raw[1:] == c.block_hash_raw[:-1]).all()
    assert not c.block_merkle_status.any()
    assert not c.block_witness_status.any()


def test_every_truncation_of_a_real_block_is_a_fault_inside(shared: Path) -> None:
    blocks = slow.split_frames((shared / "blocks/mainnet-sample.dat").read_bytes(), MAINNET)
    small = min((b for b in blocks if len(slow.parse_block(b).txs) > 1), key=len)
    data = np.frombuffer(small, np.uint8)
    for size in range(len(small)):
        c, status, offset = parse.parse_blocks(data[:size], np.array([0, size]))
        assert c is None
        assert parse.STATUS_TEXT[status]
        assert offset <= max(size - 1, 0)
