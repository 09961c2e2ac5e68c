"""A case shows under each address what sources say of it, whatever they say."""

import json
from pathlib import Path

import yaml

from support.naughty import NAUGHTY
from support.workspaces import answer, run

ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


def test_a_case_shows_who_says_what_and_carries_hostile_words_without_harm(tmp_path: Path) -> None:
    folder, pack, case = tmp_path / "w", tmp_path / "pack.yaml", tmp_path / "case"
    head = {"title": "A pack", "creator": "Some <b>body</b>", "source": "https://example.com/x"}
    tags = [{"address": ADDRESS, "label": text, "actor": "operator"} for text in NAUGHTY]
    pack.write_text(yaml.safe_dump({**head, "tags": tags}))
    answer(folder, "tagpack", "import", str(pack))
    found = answer(folder, "investigate", ADDRESS, "--out", str(case))["addresses"][0]
    assert len(found["claims"]) + found["claims_left_out"] == 2 * len(NAUGHTY)
    first = found["claims"][0]
    assert (first["status"], first["reliability"], first["credibility"]) == ("reported", "F", 6)
    assert (first["resting_on"], first["dataset"]) == (["example[.]com"], "tagpack:A pack")
    assert "linked to actor:operator" in {each["text"] for each in found["claims"]}
    page = (case / "case.html").read_text()
    assert "What sources say of it" in page
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>body" not in page
    assert "\u202e" not in page
    assert "https://example" not in page
    kept = json.loads((case / "case.json").read_text())
    assert kept["addresses"][0]["claims"] == found["claims"]
    shown = run(folder, "investigate", ADDRESS, "--out", str(tmp_path / "again")).stdout
    assert "more claims" in shown


def test_a_case_without_claims_has_none(tmp_path: Path) -> None:
    found = answer(tmp_path / "w", "investigate", ADDRESS, "--out", str(tmp_path / "case"))["addresses"][0]
    assert (found["claims"], found["claims_left_out"]) == ([], 0)
    assert "What sources say of it" not in (tmp_path / "case" / "case.html").read_text()
