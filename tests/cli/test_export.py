"""`qaif export`: the files hold what the store holds, column by column, and are there whole or not at all."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qaif.analysis.tables import parquet
from qaif.analysis.tables.declared import FRIENDLY, TABLES
from qaif.analysis.tables.source import Source
from qaif.chain.open import Chain
from qaif.questions import export as question
from support.economy import Economy
from support.workspaces import answer, refusal, run

Made = tuple[Path, Economy]


@pytest.mark.parametrize("as_of", [None, 20])
def test_every_column_read_back_by_duckdb_is_the_stores(
    made: Made, tmp_path: Path, as_of: int | None
) -> None:
    folder, _ = made
    out = tmp_path / "out"
    names = [part for name in TABLES for part in ("--table", name)]
    moment = [] if as_of is None else ["--as-of", str(as_of)]
    told = answer(folder, "export", "--out", str(out), *names, *moment)
    with Chain.open(folder / "chain") as opened:
        chain = opened if as_of is None else opened.at(as_of)
        for name, table in Source(chain).tables().items():
            expected = pa.Table.from_batches(table.batches(table.schema.names), schema=table.schema)
            found = duckdb.from_parquet(str(out / f"{name}.parquet")).to_arrow_table()
            assert found.column_names == expected.column_names
            for column in expected.column_names:
                assert found[column].to_pylist() == expected[column].to_pylist(), (name, column)
    assert {one["name"] for one in told["tables"]} == set(TABLES)


def test_the_manifest_says_what_the_files_are(made: Made, tmp_path: Path) -> None:
    folder, _ = made
    out = tmp_path / "out"
    told = answer(folder, "export", "--out", str(out))
    manifest = json.loads((out / "export.json").read_text())
    assert manifest == told
    assert list(manifest)[:4] == ["layer", "basis", "as_of", "coverage"]
    assert (manifest["layer"], manifest["coverage"]["complete"], manifest["as_of"]["height"]) == (
        "fact",
        True,
        50,
    )
    assert {entry.name for entry in out.iterdir()} == {
        "export.json",
        *(f"{name}.parquet" for name in FRIENDLY),
    }
    for table in manifest["tables"]:
        data = (out / table["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (table["bytes"], table["sha256"])
        assert pq.read_metadata(out / table["file"]).num_rows == table["rows"]
        declared = {column.name: column.meaning for column in FRIENDLY[table["name"]].columns}
        assert {column["name"]: column["meaning"] for column in table["columns"]} == declared


def test_two_exports_are_the_same_bytes(made: Made, tmp_path: Path) -> None:
    for name in ("one", "two"):
        answer(made[0], "export", "--out", str(tmp_path / name))
    for path in (tmp_path / "one").glob("*.parquet"):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_row_groups_are_bounded_and_numbers_are_delta_coded(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROWS_A_GROUP", 50)
    monkeypatch.setattr("qaif.analysis.tables.source.PIECE_ROWS", 20)
    question.export(made[0], tmp_path / "out", tables=("outputs",))
    meta = pq.read_metadata(tmp_path / "out" / "outputs.parquet")
    sizes = [meta.row_group(at).num_rows for at in range(meta.num_row_groups)]
    assert len(sizes) > 2
    assert set(sizes[:-1]) == {60}
    columns = {meta.schema.column(at).name: meta.row_group(0).column(at) for at in range(meta.num_columns)}
    assert "DELTA_BINARY_PACKED" in columns["out_num"].encodings
    assert "RLE_DICTIONARY" in columns["script_type"].encodings
    assert {column.compression for column in columns.values()} == {"ZSTD"}


def test_nothing_is_written_over(made: Made, tmp_path: Path) -> None:
    folder, _ = made
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("")
    for name in ("mine", "file"):
        status, error = refusal(folder, "export", "--out", str(tmp_path / name))
        assert (status, error["code"]) == (65, "output")
    assert [entry.name for entry in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    (tmp_path / "empty").mkdir()
    assert (
        answer(folder, "export", "--out", str(tmp_path / "empty"), "--table", "blocks")["tables"][0]["rows"]
        == 51
    )
    status, error = refusal(folder, "export", "--out", str(tmp_path / "new"), "--table", "nothing")
    assert (status, error["code"]) == (2, "usage")
    assert "transactions" in error["way_out"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["empty", "file", "mine"]


def test_a_full_disk_leaves_nothing(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet.ParquetFile, "finish", full)
    status, error = refusal(made[0], "export", "--out", str(tmp_path / "out"))
    assert (status, error["code"]) == (65, "output")
    assert "No space left" in error["message"]
    assert not list(tmp_path.iterdir())


def test_ctrl_c_leaves_nothing(made: Made, tmp_path: Path) -> None:
    slow = (
        "import time\nfrom qaif.analysis.tables import parquet, source\nsource.PIECE_ROWS = 1\n"
        "real = parquet.ParquetFile.write\n"
        "def write(self, batch):\n    print('.', flush=True)\n    time.sleep(0.05)\n    real(self, batch)\n"
        "parquet.ParquetFile.write = write\nfrom qaif.cli.main import run\nrun()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", slow, "export", "--out", str(tmp_path / "out"), "-w", str(made[0])],
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    assert [entry.name.endswith(".new") for entry in tmp_path.iterdir()] == [True]
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "was not written" in error
    assert not list(tmp_path.iterdir())


def test_the_page_lists_the_files(made: Made, tmp_path: Path) -> None:
    page = run(made[0], "export", "--out", str(tmp_path / "out"), "--table", "blocks").stdout
    assert "blocks.parquet" in page
    assert "coverage  complete" in page
