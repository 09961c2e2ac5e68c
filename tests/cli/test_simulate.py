"""`qaif simulate` from the command line, and the store's own word on what it wrote."""

import json
from pathlib import Path

from typer.testing import CliRunner

from qaif.chain.addresses import address_of
from qaif.cli.main import app
from qaif.feeds.networks import NETWORKS


def told(*arguments: str, status: int = 0) -> dict[str, object]:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == status, done.output
    document: dict[str, object] = json.loads(done.stdout or done.stderr)
    return document


def test_a_simulated_chain_is_indexed_checked_and_said_to_be_simulated(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    folder, workspace = tmp_path / "out", str(tmp_path / "workspace")
    made = told("simulate", "campaign", "--out", str(folder), "--seed", "5", "--transactions", "1500")
    assert made["simulated"] is True
    assert made["basis"] == {"network": "regtest", "simulated": True}
    indexed = told("index", str(folder / "blocks"), "--network", "regtest", "-w", workspace)
    run = indexed["run"]
    assert isinstance(run, dict)
    assert run["appended"] == made["blocks"]
    assert told("check", "-w", workspace)["good"] is True
    rows = pq.read_table(folder / "truth" / "scripts.parquet").to_pylist()
    busy = next(row["script_raw"] for row in rows if row["role"] == "service")
    outputs = pq.read_table(folder / "truth" / "outputs.parquet").num_rows
    assert outputs == made["outputs"]
    address = address_of(busy, NETWORKS["regtest"])
    assert address is not None
    answer = told("review", address, "-w", workspace)
    assert answer["coverage"]["complete"] is True  # type: ignore[index]  # JSON
    assert int(str(answer["tx_count"])) > 5


def test_scenarios_are_listed() -> None:
    rows = told("simulate", "--list")["scenarios"]
    assert isinstance(rows, list)
    assert {"everyday-2013", "everything", "campaign"} <= {row["name"] for row in rows}
    page = CliRunner().invoke(app, ["simulate", "--list"])
    assert "a donation campaign" in page.stdout


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = CliRunner().invoke(app, ["simulate", "campaign", "--out", str(tmp_path)])
    assert refused.exit_code == 2
    assert "not empty" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_unknown_scenario_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    unknown = CliRunner().invoke(app, ["simulate", "no-such", "--out", str(tmp_path / "x")])
    assert unknown.exit_code == 2
    assert "everything" in unknown.output
    assert CliRunner().invoke(app, ["simulate", "campaign"]).exit_code == 2
    assert not (tmp_path / "x").exists()
