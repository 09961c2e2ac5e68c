from pathlib import Path

import pytest
from lxml import etree

from support import list_files as files
from support.workspaces import answer, refusal, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    answer(folder, "lists", "import", str(files.put(tmp_path, "us.xml", files.a_whole_list())))
    return folder


def test_one_answer_for_each_authority(folder: Path) -> None:
    got = answer(folder, "designations", files.bitcoin(1), "--as-of", "2024-05-10", "--jurisdiction", "US,EU")
    assert [(each["jurisdiction"], each["status"]) for each in got["authorities"]] == [
        ("US", "listed itself"),
        ("EU", "list not loaded"),
    ]
    one = got["authorities"][0]["designations"][0]
    assert (one["from"], one["to"], one["whom"]) == ("2019-09-10", None, ["ofac-101"])
    assert {"scope", "exemptions", "licences", "authority", "programme", "legal_act"} <= set(one)
    assert len(one["links"][0]["statement_id"]) == 32
    page = run(folder, "designations", "ofac-101", "--as-of", "2024-05-10", "--jurisdiction", "US")
    assert "listed itself" in page.stdout
    assert "13224" in page.stdout


def test_the_picture_is_of_the_matrix_and_always_the_same(folder: Path, tmp_path: Path) -> None:
    asked = ("designations", "ofac-101", "--as-of", "2024-05-10", "--jurisdiction", "US,EU")
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    got = answer(folder, *asked, "--since", "2017", "--picture", str(first))
    answer(folder, *asked, "--since", "2017", "--picture", str(second))
    assert first.read_bytes() == second.read_bytes()
    texts = [each.text for each in etree.fromstring(first.read_bytes()).iter("{*}text")]
    assert {"US", "EU", "2017", "2024-05-10", "Example Relief Front (ofac-101)"} <= set(texts)
    assert texts.count("L") == got["matrix"]["rows"][0]["statuses"].count("listed itself") == 6
    assert refusal(folder, *asked, "--picture", str(first))[1]["code"] == "output"
    assert "LISTED" in run(folder, *asked, "--since", "2017").stdout


def test_what_is_asked_wrongly(folder: Path) -> None:
    assert run(folder, "designations", "ofac-101").exit_code == 2
    assert refusal(folder, "designations", "x", "--jurisdiction", "US", "--as-of", "today")[0] == 2
    key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
    status, error = refusal(folder, "designations", key, "--jurisdiction", "US")
    assert (status, error["code"]) == (65, "private-key")
    assert key not in str(error)


def test_hostile_names_are_shown_as_code_points(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    name = "\u202eevil\u200b<script>alert(1)</script>"
    rows = [[name, "1", "", "", files.bitcoin(3), "BTC", "", "", "", ""]]
    listed = files.put(tmp_path, "il.xlsx", files.nbctf(rows))
    answer(folder, "lists", "import", str(listed), "--published", "2024-05-01")
    picture = tmp_path / "p.svg"
    asked = ("designations", name, "--jurisdiction", "IL")
    page = run(folder, *asked, "--as-of", "2024-05-02", "--picture", str(picture))
    assert page.exit_code == 0, page.output
    assert "\u202e" not in page.stdout
    assert "<U+202E>" in page.stdout
    assert "<script" not in picture.read_text()
