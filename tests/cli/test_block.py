from pathlib import Path

from qaif.chain.index import index
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.workspace.folder import Workspace
from support.economy import Economy
from support.workspaces import answer, refusal, run

Made = tuple[Path, Economy]


def test_a_block_by_height_and_by_hash_is_one(made: Made) -> None:
    folder, economy = made
    block = economy.blocks[25]
    got = answer(folder, "block", "25")
    assert got == answer(folder, "block", block.hash[::-1].hex())
    assert got["as_of"]["hash"] == block.hash[::-1].hex()
    assert (got["tx_count"], got["size"]) == (len(block.txs), len(block.raw))
    assert got["header"]["previous_hash"] == economy.blocks[24].hash[::-1].hex()
    assert (got["header"]["bits_hex"], got["parent_held"]) == ("207fffff", True)
    values = {(tx.txid, n): v for b in economy.blocks for tx in b.txs for n, (v, _) in enumerate(tx.outs)}
    paid_in = sum(values[at] for tx in block.txs[1:] for at in _outpoints(tx.base))
    paid_out = sum(value for tx in block.txs[1:] for value, _ in tx.outs)
    assert (got["fees_sat"], got["output_sat"]) == (paid_in - paid_out, paid_out)
    assert got["coinbase_sat"] == sum(value for value, _ in block.txs[0].outs)
    assert "50.00000000 BTC" in run(folder, "block", "25").stdout


def _outpoints(base: bytes) -> list[tuple[bytes, int]]:
    at, found = 5, []
    for _ in range(base[4]):
        found.append((base[at : at + 32], int.from_bytes(base[at + 32 : at + 36], "little")))
        at += 36 + 1 + base[at + 36] + 4
    return found


def test_a_block_that_is_not_held_is_refused_with_its_neighbour(made: Made) -> None:
    status, error = refusal(made[0], "block", "51")
    assert (status, error["code"]) == (66, "not-found")
    assert "at height 50" in error["way_out"]
    assert run(made[0], "block", "-1").exit_code == 2
    assert refusal(made[0], "block", "tip")[1]["code"] == "usage"


def test_the_fees_of_a_real_block_need_its_spent_outputs(tmp_path: Path, shared: Path) -> None:
    feed = BlockFileFeed.open([shared / "blocks" / "mainnet-sample.dat"])
    index(Workspace.open_or_create(tmp_path / "w").chain_dir, feed)
    got = answer(tmp_path / "w", "block", "300025")
    assert got["fees_sat"] is None
    assert "unknown value" in got["fees_reason"]
