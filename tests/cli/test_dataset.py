"""`qaif index aws:FOLDER` and `qaif investigate --source aws:FOLDER`, as a user has them."""

from pathlib import Path

import pytest

from oracle.blockmaker import Block, Branch, framed, seeded
from support.aws_dataset import rows_of, write_parts
from support.economy import Economy
from support.gathering import figures
from support.workspaces import address_of, answer, refusal, run

ME = 1
REGTEST = ("--network", "regtest")


@pytest.fixture(scope="module")
def blocks() -> list[Block]:
    return list(Economy.of(22, 30).blocks)


@pytest.fixture
def data(tmp_path: Path, blocks: list[Block]) -> Path:
    write_parts(tmp_path / "data", *rows_of([block.raw for block in blocks]))
    return tmp_path / "data"


def test_the_review_is_that_of_block_files(tmp_path: Path, data: Path, blocks: list[Block]) -> None:
    (tmp_path / "all.dat").write_bytes(framed(blocks))
    answer(tmp_path / "files", "index", str(tmp_path / "all.dat"))
    out = str(tmp_path / "case")
    found = answer(
        tmp_path / "w", "investigate", address_of(ME), "--source", f"aws:{data}", *REGTEST, "--out", out
    )
    assert found["coverage"]["complete"] is True
    assert found["coverage"]["reasons"] == [], "no block of it commits to witnesses"
    mine = figures(answer(tmp_path / "w", "review", address_of(ME)))
    assert mine == figures(answer(tmp_path / "files", "review", address_of(ME)))


def test_sizes_that_are_not_known_are_not_shown(tmp_path: Path) -> None:
    blocks = Branch(seeded(23)).grow(30).blocks
    write_parts(tmp_path / "data", *rows_of([block.raw for block in blocks]))
    done = answer(tmp_path / "w", "index", f"aws:{tmp_path / 'data'}", *REGTEST)
    assert done["coverage"]["complete"] is True
    assert any("gives no witnesses" in why for why in done["coverage"]["reasons"])
    block = next(one for one in blocks if any(tx.raw != tx.base for tx in one.txs))
    tx = next(tx for tx in block.txs if tx.raw != tx.base and tx is not block.txs[0])
    shown = answer(tmp_path / "w", "tx", tx.txid[::-1].hex())["transactions"][0]
    assert [shown[name] for name in ("size", "weight", "vsize", "fee_rate")] == [None] * 4
    assert shown["fee_sat"] is not None
    of_block = answer(tmp_path / "w", "block", block.hash[::-1].hex())
    assert (of_block["size"], of_block["weight"], of_block["whole"]) == (None, None, True)
    for command, shown_hex in (("tx", tx.txid), ("block", block.hash)):
        page = run(tmp_path / "w", command, shown_hex[::-1].hex())
        assert "it may have witnesses" in page.output
    for table, sizes in (("transactions", ("size", "weight", "vsize")), ("blocks", ("size", "weight"))):
        counts = ", ".join(f"count({name}) AS {name}" for name in sizes)
        (row,) = answer(tmp_path / "w", "sql", f"SELECT count(*) AS n, {counts} FROM {table}")["rows"]
        assert len({row[name] for name in sizes}) == 1
        assert 0 < row["size"] < row["n"]


def test_again_and_with_others(tmp_path: Path, data: Path) -> None:
    answer(tmp_path / "w", "index", f"aws:{data}", *REGTEST)
    again = answer(tmp_path / "w", "index", f"aws:{data}")  # the network is that of the workspace
    assert (again["run"]["appended"], again["run"]["removed"]) == (0, 0)
    assert answer(tmp_path / "w", "status")["chain"]["feed"]["scan"]["noticed"] == {}
    status, error = refusal(tmp_path / "w", "index")
    assert (status, f"aws:{data}" in error["way_out"]) == (2, True)
    for more in ((str(data),), ("--from-height", "5"), ("--prevouts", "x=y")):
        assert refusal(tmp_path / "w", "index", f"aws:{data}", *more)[0] == 2
    assert refusal(tmp_path / "w", "index", "aws:/nowhere/at/all")[0] == 2
    (tmp_path / "empty").mkdir()
    status, error = refusal(tmp_path / "x", "index", f"aws:{tmp_path / 'empty'}")
    assert (status, "no Parquet files" in error["message"]) == (65, True)
