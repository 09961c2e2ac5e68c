"""Bundles: the same verdict as the workspace's, and not one byte that can be changed."""

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from qaif.cli.main import app
from qaif.errors import InputError, OutputError
from qaif.questions.bundle import make_bundle, screen_directly
from qaif.questions.bundle_file import read_bundle
from qaif.questions.screen import ScreenRequest, screen
from qaif.screening.policy import policy_named
from qaif.workspace.folder import Workspace
from qaif.workspace.signatures import key_of, new_key
from support import list_files as files
from support.listed_people import listed
from support.stories import called
from support.workspaces import answer, run

NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)
US = policy_named("us-exchange")
PEOPLE = [f"p{n}" for n in range(30)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "w"
    Workspace.open_or_create(folder)
    path = files.put(folder.parent, "us_ofac_sdn.ftm.json", listed(*PEOPLE))
    answer(folder, "lists", "import", str(path))
    return folder


@pytest.fixture(scope="module")
def signed(folder: Path) -> tuple[Path, str]:
    """A bundle, and the fingerprint of who signed it."""
    key, out = folder.parent / "key.pem", folder.parent / "b.qaif"
    fingerprint = new_key(key)
    made = make_bundle(folder, US, key, out, NOW)
    assert (made.signer, made.addresses, made.missing) == (fingerprint, len(PEOPLE), ())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    return out, fingerprint


def test_it_says_what_the_workspace_says(folder: Path, signed: tuple[Path, str]) -> None:
    bundle = read_bundle(*signed)
    for name in (*PEOPLE, "q1", "q2"):
        got = screen_directly(bundle, called(name), NOW, signer_named=True)
        whole = screen(folder, ScreenRequest(address=called(name), policy=US, now=NOW))
        assert got.listings == whole.listings
        assert got.verdict == ("HIT" if name in PEOPLE else "NO_DIRECT_HIT")
        assert (whole.verdict == "HIT") == (got.verdict == "HIT")
    assert any("Only direct matches" in each for each in got.coverage.reasons)


def test_it_knows_its_age_and_the_clock(signed: tuple[Path, str]) -> None:
    bundle = read_bundle(signed[0])
    for now, kind in (
        (NOW + timedelta(days=4), "list-too-old"),
        (NOW - timedelta(minutes=1), "clock-behind"),
        (NOW - timedelta(days=30), "list-of-a-later-day"),
    ):
        nobody = screen_directly(bundle, called("q1"), now, signer_named=False)
        assert nobody.verdict == "UNKNOWN"
        assert kind in [each.kind for each in nobody.faults]
        assert screen_directly(bundle, called("p1"), now, signer_named=False).verdict == "HIT"
    old = screen_directly(bundle, called("p1"), NOW + timedelta(days=4), signer_named=False)
    assert old.listings[0].stale
    assert old.basis["age"] == "4 days and 0 hours"


def test_a_list_that_the_policy_asks_for_and_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    key, out = tmp_path / "k", tmp_path / "b"
    new_key(key)
    made = make_bundle(folder, replace(US, jurisdictions=("US", "EU")), key, out, NOW)
    assert made.missing == ("EU",)
    got = screen_directly(read_bundle(out), called("q1"), NOW, signer_named=False)
    assert (got.verdict, [each.kind for each in got.faults]) == ("UNKNOWN", ["list-not-loaded"])


def test_no_byte_can_be_changed(signed: tuple[Path, str], tmp_path: Path) -> None:
    content = signed[0].read_bytes()
    rng, path = Random(5), tmp_path / "b"  # noqa: S311  which byte, and no secret
    places = [*range(16), *rng.sample(range(len(content)), 400), *range(len(content) - 100, len(content))]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        with pytest.raises(InputError):
            read_bundle(path)
    for end in (0, 5, 8, 9, 60, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:end])
        with pytest.raises(InputError):
            read_bundle(path)
    path.write_bytes(content + b"x")
    with pytest.raises(InputError):
        read_bundle(path)


def test_another_signer_is_refused(folder: Path, signed: tuple[Path, str], tmp_path: Path) -> None:
    key, out = tmp_path / "k", tmp_path / "b"
    other = new_key(key)
    make_bundle(folder, US, key, out, NOW)
    assert read_bundle(out).signer == other
    assert read_bundle(out, other.upper()).signer == other
    with pytest.raises(InputError, match="is signed by"):
        read_bundle(out, signed[1])
    with pytest.raises(OutputError):
        make_bundle(folder, US, key, out, NOW)
    with pytest.raises(OutputError):
        new_key(key)
    (tmp_path / "no").write_text("no key")
    for name in ("no", "none"):
        with pytest.raises(InputError, match="no Ed25519 key"):
            key_of(tmp_path / name)


def test_the_commands(folder: Path, tmp_path: Path) -> None:
    def bundle(*arguments: str) -> tuple[int, str]:
        result = CliRunner(env={"COLUMNS": ""}).invoke(app, ["bundle", *arguments])
        return result.exit_code, result.output

    key, out, at = str(tmp_path / "k"), str(tmp_path / "b"), ("--at", "2024-05-02T12:00:00")
    fingerprint = bundle("key", key)[1].strip()
    made = run(folder, "bundle", "make", out, "--key", key, "--policy", "us-exchange", *at)
    assert made.exit_code == 0, made.output
    assert fingerprint in made.output.replace("\n", "").replace(" ", "")
    told = json.loads(bundle("screen", out, called("p1"), "--signer", fingerprint, *at, "--json")[1])
    assert (told["verdict"], told["signer_named"]) == ("HIT", True)
    assert "Listed p1" in bundle("screen", out, called("p1"), *at)[1]
    assert bundle("screen", out, "nonsense", *at)[0] == 65
    assert bundle("screen", out, called("p1"), "--signer", "ab" * 32, *at)[0] == 65
    assert bundle("screen", key, called("p1"))[0] == 65
