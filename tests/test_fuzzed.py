"""The kept corpus of tests/campaigns/fuzz.py once through, and a short run of each target."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaigns import fuzz
from campaigns.fuzz_seeds import CORPUS, kept
from campaigns.fuzz_targets import TARGETS

SHORT = {
    "extraction": 40,
    "document": 60,
    "blockfile": 300,
    "block": 600,
    "script": 300,
}  # a second or so each


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_kept_and_taken(name: str) -> None:
    inputs = fuzz.warmed(name)
    assert len(inputs) >= 4
    for data in inputs:
        fuzz.tried(name, data)


@pytest.mark.parametrize("name", TARGETS)
def test_a_short_run_finds_nothing(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QAIF_FUZZ_FOUND", str(tmp_path))
    runs, ways, found = fuzz.mutate(name, SHORT.get(name, 1_500), 20_261_124, 60)
    assert runs == SHORT.get(name, 1_500)
    assert ways >= 3, "every input went one way"
    assert found == []


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 300_000


def test_a_finding_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What raises an untyped error, is slow or takes much memory is noticed and kept."""
    monkeypatch.setenv("QAIF_FUZZ_FOUND", str(tmp_path))
    monkeypatch.setattr(fuzz, "SECONDS", 0.001)

    def untyped(_data: bytes) -> None:
        raise KeyError("format")

    def slow(_data: bytes) -> None:
        sum(range(1_000_000))

    taken: list[bytes] = []

    def untyped_later(data: bytes) -> None:
        taken.append(data)
        if len(taken) > len(kept("tx")):
            raise KeyError("format")

    for target in (untyped, slow):
        monkeypatch.setattr("campaigns.fuzz_targets.TARGETS", {**TARGETS, "tx": target})
        with pytest.raises(fuzz.Finding, match=r"KeyError|took"):
            fuzz.tried("tx", b"")
    monkeypatch.setattr(fuzz, "MEGABYTES", -1)
    monkeypatch.setattr("campaigns.fuzz_targets.TARGETS", {**TARGETS, "tx": len})
    monkeypatch.setattr(fuzz, "SECONDS", 1.0)
    with pytest.raises(fuzz.Finding, match="MB"):
        fuzz.tried("tx", b"")
    monkeypatch.setattr("campaigns.fuzz_targets.TARGETS", {**TARGETS, "tx": untyped_later})
    assert len(fuzz.mutate("tx", 9, 1, 60)[2]) >= 5
    assert any(path.name.startswith("found-") for path in tmp_path.iterdir())


@pytest.mark.slow
def test_atheris_runs(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this machine")
    done = subprocess.run(
        [sys.executable, str(Path(fuzz.__file__)), "address", "--engine", "atheris", "--runs", "300"],
        env=os.environ | {"QAIF_FUZZ_GROWN": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done 300 runs" in done.stderr or "DONE" in done.stderr
    assert "cov:" in done.stderr
