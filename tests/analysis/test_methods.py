"""The error that the registry states is counted again here, on the data that it names."""

import csv
from pathlib import Path

import numpy as np

from qaif.analysis.methods import METHODS, SPENDER_SCRIPT
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.feeds.placing import place
from qaif.feeds.undo import read_spent_outputs
from qaif.kernels import spender
from qaif.kernels.parse import parse_blocks
from qaif.units import Int64s, hash_raw


def inferred(feed: BlockFileFeed, rows: Int64s) -> list[bytes | None]:
    """What the method says of every input of these blocks."""
    raw = feed.read(rows)
    parsed, _, _ = parse_blocks(raw.data, raw.offset)
    assert parsed is not None
    where = (parsed.in_script_off, parsed.in_script_len, parsed.in_witness_off, parsed.in_witness_len)
    basis, script, length = spender.spent_scripts(raw.data, *where)
    return [
        one[:size].tobytes() if code else None
        for code, one, size in zip(basis, script, length.tolist(), strict=True)
    ]


def count(said: list[bytes | None], truth: list[bytes]) -> str:
    named = [(a, b) for a, b in zip(said, truth, strict=True) if a is not None]
    wrong = sum(a != b for a, b in named)
    return f"{len(named):,} of {len(said):,} named, {wrong} wrong"


def count_held(folder: Path, path: Path) -> str:
    """The count over inputs whose spent output is in the same file."""
    feed = BlockFileFeed.open([path])
    index(folder, feed)
    said = inferred(feed, place(feed.headers(), feed.network).rows)
    with Chain.open(folder) as chain:
        held = np.flatnonzero(chain.txin.spent_out[0 : chain.n_ins] >= 0)
        truth = [chain.script_raw(int(num)) for num in chain.txin.script_num.take(held)]
    return count([said[at] for at in held], truth)


def test_the_spenders_error_is_as_stated(tmp_path: Path, shared: Path) -> None:
    sample = shared / "blocks" / "mainnet-sample.dat"
    assert f"2026: {count_held(tmp_path / 'a', sample)}" in SPENDER_SCRIPT.measured
    run = count_held(tmp_path / "b", shared / "blocks" / "blk00000-first-mib.dat")
    assert f"0 to 4521: {run}" in SPENDER_SCRIPT.measured


def test_the_spenders_error_on_spent_outputs_is_as_stated(shared: Path) -> None:
    feed = BlockFileFeed.open([shared / "blocks" / "mainnet-sample.dat"])
    with (shared / "blocks" / "mainnet-sample.csv").open() as file:
        wanted = next(row["hash"] for row in csv.DictReader(file) if row["height"] == "300025")
    same = (feed.headers().hash_raw == np.frombuffer(hash_raw(wanted), dtype=np.uint8)).all(axis=1)
    said = inferred(feed, np.flatnonzero(same))[1:]  # all but the coinbase's
    truth = [script for _, script in read_spent_outputs(shared / "blocks" / "block300025-undo.raw")]
    assert f"block 300025: {count(said, truth)}" in SPENDER_SCRIPT.measured


def test_every_method_is_under_its_name_and_says_its_error() -> None:
    for name, method in METHODS.items():
        assert name == method.id
        assert method.version >= 1
        assert method.sentence
        assert method.measured
        assert method.limits
