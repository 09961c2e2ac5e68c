"""`qaif evaluate` as a user runs it, and what it writes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qaif.analysis import accuracy
from qaif.cli.main import app
from support.known_owners import KnownOwners


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["evaluate", *arguments])
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return KnownOwners.of(5, 60).write(tmp_path_factory.mktemp("evaluate") / "known")


def test_what_is_counted_is_shown_and_written(simulated: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "docs").mkdir(parents=True)
    (project / "src" / "qaif" / "analysis").mkdir(parents=True)
    status, shown = run("--truth", str(simulated), "--write", str(project), "--json")
    assert status == 0, shown
    answer = json.loads(shown)
    assert list(answer)[:4] == ["layer", "basis", "as_of", "coverage"]
    assert (answer["layer"], answer["data"]) == ("inference", ["known-owners, seed 5"])
    page = (project / "docs" / "accuracy.md").read_text()
    figures = json.loads((project / "src" / "qaif" / "analysis" / "accuracy.json").read_text())["methods"]
    counted = {
        (count["method"], count["part"], count["measure"]): (count["hits"], count["of"])
        for count in answer["counts"]
    }
    for method, rows in figures.items():
        for row in rows:
            part = row["data"].partition(", seed 5")[2].lstrip(", ") or "all"
            assert counted[method, part, row["measure"]] == (row["hits"], row["of"])
            assert f"({row['hits']:,} of {row['of']:,}; " in page
            assert row["simulated"]
    assert figures["round-value/1"]
    assert "| method | known-owners |" in page
    assert "--truth known" in page
    assert str(tmp_path) not in page
    assert "Simulated data is not the world" in page


def test_people_see_a_table(simulated: Path) -> None:
    status, shown = run("--truth", str(simulated))
    assert status == 0, shown
    assert "SIMULATED" in shown
    assert "classic/1" in shown


def test_nothing_to_evaluate_on_and_no_project_are_refused(simulated: Path, tmp_path: Path) -> None:
    status, shown = run()
    assert (status, "nothing to evaluate" in shown) == (2, True)
    status, shown = run("--truth", str(simulated), "--write", str(tmp_path))
    assert (status, "is not the folder of this program's source" in shown) == (65, True)
    status, shown = run("--truth", str(tmp_path))
    assert status != 0
    assert "Traceback" not in shown


def test_what_the_product_prints_names_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"measure": "right", "hits": 9, "of": 10, "low_ppm": 596_000, "high_ppm": 982_100}
    made = [{**row, "data": "a town", "simulated": True}]
    village = {
        **row,
        "data": "a village",
        "simulated": True,
        "hits": 4,
        "low_ppm": 100_000,
        "high_ppm": 700_000,
    }
    real = [{**row, "data": "blocks", "simulated": False}]
    document = {"m/1": made, "n/1": [*made, *real], "o/1": [*made, village], "p/1": real}
    monkeypatch.setattr(accuracy, "_document", lambda: document)
    said = "right: 9 of 10 on simulated a town (95 % interval 59.60 % to 98.21 %)"
    assert accuracy.measured("m/1") == f"{said}. {accuracy.REAL_ERROR_UNKNOWN}"
    both = f"right: 9 of 10 on blocks (95 % interval 59.60 % to 98.21 %); {said}."
    assert accuracy.measured("n/1") == f"{both} {accuracy.REAL_ERROR_UNKNOWN}"
    assert accuracy.REAL_ERROR_UNKNOWN not in accuracy.measured("p/1")
    assert accuracy.measured("o/1") == (
        "right: 13 of 20 on 2 simulated chains, from 40.00 % on a village (95 % interval 10.00 % to 70.00 %) "
        f"to 90.00 % on a town (95 % interval 59.60 % to 98.21 %). {accuracy.REAL_ERROR_UNKNOWN}"
    )
    assert accuracy.measured("m/2") == accuracy.NOT_MEASURED
