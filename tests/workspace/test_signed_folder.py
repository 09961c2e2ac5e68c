"""Signed folders: no byte, name or file can be other than it was, by two programs that share no code."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from qaif.cli.main import app
from qaif.errors import InputError
from qaif.workspace import verify_alone
from qaif.workspace.signatures import is_signed, new_key, public_of
from qaif.workspace.signed_folder import MANIFEST, SIGNATURE, sign_folder, verify_folder

CHANGES = int(os.environ.get("QAIF_LONG_CHANGES", "150"))  # 10,000 in the long form


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Path, str]:
    """A signed folder, and who signed it."""
    folder = tmp_path / "case"
    (folder / "parts").mkdir(parents=True)
    rng = Random(3)  # noqa: S311  contents, and no secret
    for name in ("case.html", "case.json", "parts/a.bin", "parts/قضية.txt", "empty"):
        (folder / name).write_bytes(b"" if name == "empty" else rng.randbytes(700))
    return folder, _signed_by(folder, tmp_path / "key")


def _signed_by(folder: Path, key: Path, *, again: bool = False) -> str:
    fingerprint = new_key(key)
    assert sign_folder(folder, key, again=again) == (fingerprint, 5)
    return fingerprint


def both(folder: Path, signer: str | None) -> bool:
    """Whether a folder is as it was signed, by the word of both programs."""
    found = verify_folder(folder, signer)
    alone = verify_alone.problems_of(folder, signer or "")
    assert bool(found.problems) == bool(alone) == (found.standing == "not as signed")
    return not alone


def test_a_signed_folder_is_as_it_was_signed(signed: tuple[Path, str]) -> None:
    folder, signer = signed
    assert both(folder, signer)
    assert both(folder, signer.upper())
    assert both(folder, None)
    assert verify_folder(folder, signer).standing == "as signed"
    assert verify_folder(folder).standing == "as signed, by whom is not known"
    assert verify_folder(folder).files == 5


def test_every_changed_byte_is_noticed(signed: tuple[Path, str]) -> None:
    folder, signer = signed
    rng = Random(11)  # noqa: S311  which byte, and no secret
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]
    for _ in range(CHANGES):
        path = rng.choice(files)
        content = path.read_bytes()
        changed = bytearray(content)
        changed[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        assert not both(folder, signer), path
        path.write_bytes(content)
    assert both(folder, signer)


def test_files_too_many_too_few_renamed_swapped_and_linked(signed: tuple[Path, str], tmp_path: Path) -> None:
    folder, signer = signed

    def harmed(harm: object) -> Path:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        harm(copy)  # type: ignore[operator]
        return copy

    def swap(copy: Path) -> None:
        (copy / "case.html").rename(copy / "x")
        (copy / "case.json").rename(copy / "case.html")
        (copy / "x").rename(copy / "case.json")

    def link(copy: Path) -> None:
        (copy / "case.html").unlink()
        (copy / "case.html").symlink_to(folder / "case.html")

    def linked_folder(copy: Path) -> None:
        (copy / "more").symlink_to(folder / "parts")

    def other_names(copy: Path) -> None:
        told = json.loads((copy / MANIFEST).read_text())
        told["files"].append(told["files"][0])
        (copy / MANIFEST).write_text(json.dumps(told))

    for harm in (
        lambda copy: (copy / "more").write_text("x"),
        lambda copy: (copy / "parts" / "more").write_text(""),
        lambda copy: (copy / "empty").unlink(),
        lambda copy: (copy / "case.html").rename(copy / "case.htm"),
        lambda copy: (copy / MANIFEST).unlink(),
        lambda copy: (copy / SIGNATURE).unlink(),
        lambda copy: (copy / SIGNATURE).write_text("zz"),
        lambda copy: (copy / MANIFEST).write_text("[" * 100_000),
        lambda copy: (copy / MANIFEST).write_text("{}"),
        *(swap, link, linked_folder, other_names),
    ):
        assert not both(harmed(harm), signer)


def test_a_folder_edited_and_signed_by_another(signed: tuple[Path, str], tmp_path: Path) -> None:
    folder, signer = signed
    (folder / "case.json").write_text("another story")
    with pytest.raises(InputError, match="signed already"):
        sign_folder(folder, tmp_path / "key")
    other = _signed_by(folder, tmp_path / "other", again=True)
    assert both(folder, other)
    assert both(folder, None), "without a fingerprint only that nothing changed since somebody signed it"
    assert not both(folder, signer)


def test_what_cannot_be_signed(tmp_path: Path) -> None:
    new_key(tmp_path / "key")
    with pytest.raises(InputError, match="no folder"):
        sign_folder(tmp_path / "none", tmp_path / "key")
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "key")
    with pytest.raises(InputError, match="no plain file"):
        sign_folder(folder, tmp_path / "key")


def test_both_know_the_same_signatures() -> None:
    """The stand-alone Ed25519 against `cryptography`, and the first vectors of RFC 8032."""
    rng = Random(7)  # noqa: S311  messages, and no secret
    for length in (0, 1, 33, 200):
        key, content = Ed25519PrivateKey.generate(), rng.randbytes(length)
        public, signature = public_of(key), key.sign(content)
        assert verify_alone.is_signed(public, signature, content)
        for place in (0, 31, 32, 63):
            wrong = bytearray(signature)
            wrong[place] ^= 1
            assert not verify_alone.is_signed(public, bytes(wrong), content)
            assert not is_signed(public, bytes(wrong), content)
        assert not verify_alone.is_signed(public, signature, content + b"x")
        assert not verify_alone.is_signed(public[:31], signature, content)
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25b"
        "f5f0595bbe24655141438e7a100b"
    )
    assert verify_alone.is_signed(public, signature, b"")
    assert is_signed(public, signature, b"")


def test_the_commands_and_their_statuses(signed: tuple[Path, str], tmp_path: Path) -> None:
    folder, signer = signed

    def status(*arguments: str) -> int:
        return CliRunner(env={"COLUMNS": ""}).invoke(app, ["verify", str(folder), *arguments]).exit_code

    assert (status("--signer", signer), status(), status("--signer", "ab" * 32)) == (0, 3, 65)
    printed = CliRunner(env={"COLUMNS": ""}).invoke(app, ["verify", "--alone"]).output
    alone = tmp_path / "alone.py"
    alone.write_text(printed)

    def by_itself(*arguments: str) -> int:
        command = [sys.executable, "-I", "-S", str(alone), str(folder), *arguments]
        return subprocess.run(command, check=False, capture_output=True).returncode

    assert (by_itself(signer), by_itself(), by_itself("ab" * 32)) == (0, 3, 1)
    (folder / "case.html").write_text("x")
    assert (status("--signer", signer), status(), by_itself(signer), by_itself()) == (65, 65, 1, 1)
    key = tmp_path / "key2"
    new_key(key)
    made = CliRunner().invoke(app, ["sign", str(folder), "--key", str(key), "--again", "--json"])
    assert json.loads(made.output)["files"] == 5
    assert status() == 3
