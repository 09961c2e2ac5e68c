"""`qaif sql`: what it answers, what it says of how sure that is, and what it never does."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from oracle import peoplerows, simchain
from oracle.blockmaker import MAGIC, Block, framed
from qaif.analysis.tables.declared import TABLES
from qaif.workspace.folder import Workspace
from support.economy import Economy, script
from support.indexing import put
from support.workspaces import address_of, answer, refusal, run

Made = tuple[Path, Economy]
ENVELOPE = ["layer", "basis", "as_of", "coverage"]
FIELDS = [*ENVELOPE, "query", "columns", "row_count", "truncated", "path", "rows"]
KEY = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"  # published in Bitcoin's wiki: nobody's


def twin(blocks: list[Block]) -> peoplerows.Rows:
    return peoplerows.rows(list(simchain.read_blocks(framed(blocks), MAGIC)), range(len(blocks)))


def test_a_query_says_what_the_twin_says(made: Made) -> None:
    folder, economy = made
    expected = [row for row in twin(economy.blocks).outputs if row["address"] == address_of(2)]
    got = answer(folder, "sql", f"SELECT * FROM outputs WHERE address = '{address_of(2)}'", "--limit", "9999")
    assert list(got) == FIELDS
    assert (got["layer"], got["coverage"]["complete"], got["truncated"]) == ("fact", True, False)
    assert got["row_count"] == len(got["rows"]) == len(expected)
    for row, other in zip(got["rows"], expected, strict=True):
        other["time"] = other["time"].isoformat() + "Z"
        assert {name: row[name] for name in other} == other
    assert "outputs.address" in got["basis"]["columns_read"]


def test_sums_are_exact_integers_and_a_division_is_a_text(made: Made) -> None:
    folder, economy = made
    fees = [row["fee_sat"] for row in twin(economy.blocks).transactions if row["fee_sat"] is not None]
    sums = "sum(fee_sat) AS fees, count(fee_sat) AS n, sum(9007199254740993) AS big, 1 / 4 AS part"
    query = f"SELECT {sums} FROM transactions"
    (row,) = answer(folder, "sql", query)["rows"]
    assert (row["fees"], row["n"], row["part"]) == (sum(fees), len(fees), "0.25")
    assert row["big"] == 9007199254740993 * len(twin(economy.blocks).transactions)


def test_as_of_a_block_equals_a_chain_cut_there(made: Made) -> None:
    folder, economy = made
    got = answer(
        folder, "sql", "SELECT count(*) AS n, count(spent_in_num) AS spent FROM outputs", "--as-of", "30"
    )
    cut = twin(economy.blocks[:31]).outputs
    assert got["rows"] == [{"n": len(cut), "spent": sum(row["spent_in_num"] is not None for row in cut)}]
    assert got["as_of"]["height"] == 30


def test_a_chain_with_gaps_says_so_and_what_is_inferred_is_an_inference(tmp_path: Path) -> None:
    every = Economy.of(5, 80).blocks
    put(Workspace.open_or_create(tmp_path / "w").chain_dir, [every[0], *every[76:]])
    names = "SELECT count(address) AS n FROM inputs"
    got = answer(tmp_path / "w", "sql", names)
    assert got["layer"] == "inference"
    assert got["basis"]["methods"][0]["id"] == "spender-script"
    assert got["coverage"]["complete"] is False
    off = answer(tmp_path / "w", "sql", names, "--no-inference")
    assert (off["layer"], off["basis"]["methods"]) == ("fact", [])
    assert off["rows"][0]["n"] < got["rows"][0]["n"]
    assert answer(tmp_path / "w", "sql", "SELECT count(value_sat) FROM inputs")["layer"] == "fact"
    page = run(tmp_path / "w", "sql", names).stdout
    assert "inference" in page
    assert "NOT complete" in page


def test_csv_and_parquet_hold_the_same_rows(made: Made, tmp_path: Path) -> None:
    folder, _ = made
    query = "SELECT out_num, address, value_sat, is_coinbase, time FROM outputs"
    rows = answer(folder, "sql", query, "--limit", "99999")["rows"]
    result = run(folder, "sql", query, "--csv")
    table = list(csv.DictReader(io.StringIO(result.stdout)))
    texts = [
        {k: "" if v is None else str(v).lower() if isinstance(v, bool) else str(v) for k, v in row.items()}
        for row in rows
    ]
    assert table == texts
    assert "qaif: fact, as of block" in result.stderr
    path = tmp_path / "rows.parquet"
    told = answer(folder, "sql", query, "--parquet", str(path))
    assert told["row_count"] == len(rows)
    found = duckdb.from_parquet(str(path)).to_arrow_table().to_pylist()
    assert [row | {"time": row["time"].isoformat() + "Z"} for row in found] == rows
    inside = json.loads(pq.read_metadata(path).metadata[b"qaif"])
    assert {name: inside[name] for name in ENVELOPE} == {name: told[name] for name in ENVELOPE}
    status, error = refusal(folder, "sql", query, "--parquet", str(path))
    assert (status, error["code"]) == (65, "output")
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows.parquet"]


def test_rows_past_the_limit_are_told_of(made: Made) -> None:
    folder, economy = made
    total = len(twin(economy.blocks).outputs)
    for limit, more in ((3, True), (0, True), (total, False), (total + 1, False)):
        got = answer(folder, "sql", "SELECT out_num FROM outputs", "--limit", str(limit))
        assert (len(got["rows"]), got["truncated"]) == (min(limit, total), more)
    assert "There are more rows" in run(folder, "sql", "SELECT * FROM outputs", "--limit", "2").stdout
    assert "more than 2 rows" in run(folder, "sql", "FROM outputs", "--limit", "2", "--csv").stderr


@pytest.mark.parametrize(
    "query",
    [
        *(
            "CREATE TABLE x (a INT)",
            "INSERT INTO tx VALUES (1)",
            "DROP VIEW tx",
            "COPY tx TO 'x.csv'",
            "VACUUM",
        ),
        *("ATTACH 'x.db'", "INSTALL httpfs", "LOAD json", "SET threads = 1", "PRAGMA version", "CHECKPOINT"),
        *("SELECT 1; SELECT 2", "SELECT 1; DROP VIEW tx", "", ";", "EXPLAIN ANALYZE CREATE TABLE x (a INT)"),
        *("CALL pragma_version()", "EXPORT DATABASE 'x'", "BEGIN", "not SQL at all"),
    ],
)
def test_what_is_no_query_is_refused(
    made: Made, query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, error = refusal(made[0].absolute(), "sql", query)
    assert (status, error["code"]) == (65, "query")
    assert error["way_out"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "query",
    [
        *("SELECT * FROM '{file}'", "SELECT * FROM read_csv('{file}')", "SELECT * FROM read_text('{file}')"),
        *(
            "SELECT * FROM read_blob('{file}')",
            "SELECT * FROM glob('{file}')",
            "SELECT * FROM parquet_metadata('{file}')",
        ),
        *("SELECT * FROM 'https://localhost/x.parquet'", "SELECT * FROM sniff_csv('{file}')"),
        *("SELECT * FROM workspace", "SELECT * FROM request", "SELECT * FROM source"),
        *("WITH x AS (INSERT INTO tx VALUES (1)) SELECT 1", "FROM query('CREATE TABLE y (a INT)')"),
    ],
)
def test_no_file_no_network_and_no_variable_can_be_read(made: Made, query: str, tmp_path: Path) -> None:
    file = tmp_path / "there.csv"
    file.write_text("secret,table\n1,2\n")
    result = run(made[0], "sql", query.format(file=file), "--json")
    assert result.exit_code == 65
    assert "secret" not in result.output
    assert json.loads(result.stdout)["error"]["code"] == "query"


def test_an_error_says_what_there_is(made: Made) -> None:
    for query in ("SELECT nothing FROM tx", "SELECT * FROM nothing"):
        status, error = refusal(made[0], "sql", query)
        assert (status, error["code"]) == (65, "query")
        assert "nothing" in error["message"]
        assert all(name in error["way_out"] for name in TABLES)
    misprint = address_of(2)[:-1] + ("1" if address_of(2)[-1] != "1" else "2")
    _, error = refusal(made[0], "sql", f"SELECT script_num_of('{misprint}')")
    assert "misprinted" in error["message"]
    assert "Python" not in error["message"]


def test_functions(made: Made) -> None:
    folder, economy = made
    tx = economy.blocks[9].txs[0]
    shown = tx.txid[::-1].hex()
    query = f"""SELECT address(script_num_of('{address_of(3)}')) AS a, txid(tx_num_of('{shown}')) AS t,
        address(-5) AS none, address(1000000) AS past, txid(NULL) AS nothing, script_num_of(NULL) AS no_text,
        tx_num_of('{"0" * 64}') AS unheard, script_num_of('{address_of(3)}') = min(script_num) AS same
        FROM scripts WHERE script_hex = '{script(3).hex()}'"""
    (row,) = answer(folder, "sql", query)["rows"]
    assert row == {
        "a": address_of(3), "t": shown, "none": None, "past": None, "nothing": None,
        "no_text": None, "unheard": None, "same": True,
    }  # fmt: skip


def test_a_name_that_comes_twice_gets_a_number(made: Made, tmp_path: Path) -> None:
    query = "SELECT 1 AS a, 2 AS a, 3 AS b, 4 AS a"
    assert answer(made[0], "sql", query)["rows"] == [{"a": 1, "a_2": 2, "b": 3, "a_3": 4}]
    answer(made[0], "sql", query, "--parquet", str(tmp_path / "a.parquet"))
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == [{"a": 1, "a_2": 2, "b": 3, "a_3": 4}]
    assert run(made[0], "sql", query, "--csv").stdout == "a,a_2,b,a_3\n1,2,3,4\n"


def test_memory_is_bounded(made: Made) -> None:
    query = "SELECT list(txid) FROM transactions, range(1000000)"
    status, error = refusal(made[0], "sql", query, "--memory", "64")
    assert (status, error["code"]) == (65, "query")
    assert "--memory" in error["way_out"]


def test_a_private_key_is_neither_taken_nor_given(made: Made) -> None:
    folder, _ = made
    for output in ("--json", "--csv"):
        result = run(folder, "sql", f"SELECT '{KEY}' AS k", output)
        assert result.exit_code == 65
        assert KEY not in result.output
    half = (
        f"SELECT concat('{KEY[:20]}', '{KEY[20:]}') AS k, [{{'a': concat('{KEY[:20]}', '{KEY[20:]}')}}] AS n"
    )
    for output in ("--json", "--csv", "--threads=1"):
        result = run(folder, "sql", half, output)
        assert result.exit_code == 0
        assert KEY not in result.output
        assert "[private key removed]" in result.output
    status, error = refusal(folder, "sql", f"SELECT CAST(concat('{KEY[:20]}', '{KEY[20:]}') AS INTEGER)")
    assert status == 65
    assert KEY not in json.dumps(error)


def test_a_private_key_is_not_written_to_a_file_either(made: Made, tmp_path: Path) -> None:
    half = (
        f"SELECT concat('{KEY[:20]}', '{KEY[20:]}') AS k, [{{'a': concat('{KEY[:20]}', '{KEY[20:]}')}}] AS n"
    )
    answer(made[0], "sql", half, "--parquet", str(tmp_path / "k.parquet"))
    (row,) = pq.read_table(tmp_path / "k.parquet").to_pylist()
    assert row == {"k": "[private key removed]", "n": [{"a": "[private key removed]"}]}


def test_ctrl_c_stops_a_long_query(made: Made, tmp_path: Path) -> None:
    long = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range * b.range = 7"
    code = (
        "import sys\nfrom qaif.analysis.tables import duck\nreal = duck.Engine.run\n"
        "def run(self, query):\n    print('up', file=sys.stderr, flush=True)\n    return real(self, query)\n"
        "duck.Engine.run = run\nfrom qaif.cli.main import run as command\ncommand()\n"
    )
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            code,
            "sql",
            long,
            "--parquet",
            str(tmp_path / "x.parquet"),
            "--json",
            "-w",
            str(made[0]),
        ],
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    process.stderr.readline()
    time.sleep(1)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(out)["error"]["code"] == "interrupted"
    assert time.monotonic() - began < 30
    assert not list(tmp_path.iterdir())


def test_options_that_do_not_go_together(made: Made, tmp_path: Path) -> None:
    for other in (["--json"], ["--parquet", str(tmp_path / "x")]):
        assert run(made[0], "sql", "SELECT 1", "--csv", *other).exit_code == 2
    assert refusal(made[0], "sql", "SELECT 1", "--as-of", "999999")[1]["code"] == "not-found"
    assert refusal(tmp_path / "none", "sql", "SELECT 1")[1]["code"] == "not-found"
