"""Every column against the slow twin, on made chains and on the real blocks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oracle import chaintables, simchain
from oracle.blockmaker import MAGIC, Branch, framed, seeded
from oracle.chaintables import Tables
from qaif.chain.check import check
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.chain.tables import BASIS_HELD, BASIS_INFERRED
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.units import hash_raw
from support.indexing import put

MAINNET = bytes.fromhex("f9beb4d9")


def compare(chain: Chain, made: Tables) -> None:
    """Columns, side table, postings and look-ups of a chain, one by one."""
    ins, outs, txs = len(made.spent_out), len(made.out_value), len(made.txids)
    assert (chain.n_ins, chain.n_outs, chain.n_txs) == (ins, outs, txs)
    assert chain.txin.spent_out[0:ins].tolist() == made.spent_out
    assert chain.txin.value_sat[0:ins].tolist() == made.in_value
    assert chain.txin.script_num[0:ins].tolist() == made.in_script
    assert chain.txout.value_sat[0:outs].tolist() == made.out_value
    assert chain.txout.script_num[0:outs].tolist() == made.out_script
    assert [row.tobytes() for row in chain.tx.txid_raw[0:txs]] == made.txids
    assert chain.tx.in_lo[0:txs].tolist() == made.tx_in_lo
    assert chain.tx.out_lo[0:txs].tolist() == made.tx_out_lo
    assert chain.block.tx_lo[0 : chain.n_blocks].tolist() == made.block_tx_lo
    assert [chain.script_raw(num) for num in range(chain.n_scripts)] == made.scripts
    compare_side_table(chain, made)
    compare_postings(chain, made)


def compare_side_table(chain: Chain, made: Tables) -> None:
    count = len(made.unresolved)
    nums = chain.unresolved.in_num[0:count].tolist()
    txids = [row.tobytes() for row in chain.unresolved.prev_txid_raw[0:count]]
    vouts = chain.unresolved.prev_vout[0:count].tolist()
    assert list(zip(nums, txids, vouts, strict=True)) == made.unresolved
    for num, txid, vout in made.unresolved[:50]:
        assert chain.outpoint(num) == (txid, vout)


def compare_postings(chain: Chain, made: Tables) -> None:
    paid, spending = chaintables.postings(made.out_script), chaintables.postings(made.in_script)
    for script in range(0, chain.n_scripts, max(1, chain.n_scripts // 500)):
        assert chain.outs_of(script).tolist() == paid.get(script, [])
        assert chain.ins_of(script).tolist() == spending.get(script, [])
        assert chain.script_num(made.scripts[script]) == script
    spender = {out: rows[0] for out, rows in chaintables.postings(made.spent_out).items()}
    outs = np.arange(len(made.out_value), dtype=np.int64)
    assert chain.spent_by(outs).tolist() == [spender.get(out, -1) for out in range(len(outs))]
    assert chain.tx_of_out(outs).tolist() == owners(made.tx_out_lo, len(outs))
    assert chain.tx_of_in(np.arange(len(made.spent_out))).tolist() == owners(
        made.tx_in_lo, len(made.spent_out)
    )
    assert chain.script_num(b"no such script") == -1
    assert chain.tx_nums(bytes(32)).tolist() == []


def owners(beginnings: list[int], count: int) -> list[int]:
    ends = [*beginnings[1:], count]
    return [num for num, (lo, hi) in enumerate(zip(beginnings, ends, strict=True)) for _ in range(lo, hi)]


@pytest.mark.parametrize("round_bytes", [1, 3_000, 10**8])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_made_chain(tmp_path: Path, seed: int, round_bytes: int) -> None:
    blocks = Branch(seeded(seed)).grow(70).blocks
    put(tmp_path / "chain", blocks, round_bytes=round_bytes)
    twin = chaintables.tables(list(simchain.read_blocks(framed(blocks), MAGIC)))
    with Chain.open(tmp_path / "chain") as chain:
        compare(chain, twin)
        assert chain.held.complete


@pytest.mark.parametrize("seed", [4, 5])
def test_a_made_chain_with_gaps(tmp_path: Path, seed: int) -> None:
    """What is missing stays in the side table, and nothing is invented for it."""
    rng = seeded(seed)
    blocks = [block for block in Branch(seeded(seed)).grow(70).blocks if rng.random() < 0.8]
    put(tmp_path / "chain", blocks, round_bytes=3_000)
    twin = chaintables.tables(list(simchain.read_blocks(framed(blocks), MAGIC)))
    with Chain.open(tmp_path / "chain") as chain:
        assert twin.unresolved
        compare(chain, twin)
        assert not chain.held.complete
        assert chain.held.unknown_inputs == len(twin.unresolved)


def test_the_real_run_from_genesis(tmp_path: Path, shared: Path) -> None:
    """Heights 0 to 4521 of mainnet; the 4,522nd block of the file is cut off and is not taken."""
    path = shared / "blocks" / "blk00000-first-mib.dat"
    report = index(tmp_path / "chain", BlockFileFeed.open([path]))
    assert (report.blocks, report.txs) == (4522, 4583)
    data = path.read_bytes()
    end = whole_frames(data)
    twin = chaintables.tables(list(simchain.read_blocks(data[:end], MAINNET)))
    with Chain.open(tmp_path / "chain") as chain:
        compare(chain, twin)
        assert chain.held.complete
        assert chain.tip.height == 4521


def whole_frames(data: bytes) -> int:
    at = 0
    while at + 8 <= len(data) and at + 8 + int.from_bytes(data[at + 4 : at + 8], "little") <= len(data):
        at += 8 + int.from_bytes(data[at + 4 : at + 8], "little")
    return at


def test_the_33_real_blocks(tmp_path: Path, shared: Path) -> None:
    """The twin is told the scripts that were inferred; `tests/kernels/test_spender.py` judges those."""
    path = shared / "blocks" / "mainnet-sample.dat"
    index(tmp_path / "chain", BlockFileFeed.open([path]))
    blocks = {block.hash: block for block in simchain.read_blocks(path.read_bytes(), MAINNET)}
    with Chain.open(tmp_path / "chain") as chain:
        order = [blocks[row.tobytes()] for row in chain.block.hash_raw[0 : chain.n_blocks]]
        twin = chaintables.tables(order, inferred(chain, order))
        compare(chain, twin)
        assert not chain.held.complete
        basis = chain.txin.script_basis[0 : chain.n_ins]
        held = chain.txin.spent_out[0 : chain.n_ins] >= 0
        assert ((basis == BASIS_HELD) == held).all()


def inferred(chain: Chain, blocks: list[simchain.Block]) -> Callable[[simchain.In], bytes | None]:
    """What the store inferred for an input of the twin."""
    basis, scripts = chain.txin.script_basis[0 : chain.n_ins], chain.txin.script_num[0 : chain.n_ins]
    ins = [one for block in blocks for tx in block.txs for one in tx.ins]
    known = {
        (one.txid, one.vout): chain.script_raw(int(scripts[num]))
        for num, one in enumerate(ins)
        if basis[num] >= BASIS_INFERRED
    }
    assert len(known) == int((basis >= BASIS_INFERRED).sum())
    return lambda one: known.get((one.txid, one.vout))


HASH_300025 = "0000000000000000821c4e0acc40f88bedbce3b73ba2358b5ade58a9022cc78c"


@pytest.mark.parametrize("later", [False, True])
def test_the_fees_of_block_300025_with_its_spent_outputs(
    tmp_path: Path, shared: Path, *, later: bool
) -> None:
    """7,773,345 sat, whether its undo file is given at once or in a later run."""
    folder = shared / "blocks"
    blocks, undo = (folder / "mainnet-sample.dat",), {HASH_300025: folder / "block300025-undo.raw"}
    if later:
        index_block_files(tmp_path / "chain", BlockFiles(blocks))
        assert index_block_files(tmp_path / "chain", BlockFiles((), prevouts=undo)).appended > 0
    else:
        index_block_files(tmp_path / "chain", BlockFiles(blocks, prevouts=undo))
    assert index_block_files(tmp_path / "chain", BlockFiles(())).appended == 0
    with Chain.open(tmp_path / "chain") as chain:
        num = chain.block_num_of_hash(hash_raw(HASH_300025))
        assert chain.block_at_height(300_025) == num
        first = chain.block.tx_lo.one(num) + 1  # past the coinbase
        ins = slice(chain.tx.in_lo.one(first), chain.block.in_lo.one(num + 1))
        outs = slice(chain.tx.out_lo.one(first), chain.block.out_lo.one(num + 1))
        assert (chain.txin.script_basis[ins] != 0).all()
        assert int(chain.txin.value_sat[ins].sum() - chain.txout.value_sat[outs].sum()) == 7_773_345
    assert check(tmp_path / "chain").good
