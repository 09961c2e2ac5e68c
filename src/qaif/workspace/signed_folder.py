"""A folder with a signed list of its files: what is in it, and whether it is as it was signed.

`manifest.json` names every file with its size and SHA-256, and the public key; `manifest.sig` is the
signature over its bytes, in hex. A file too many is as wrong as one too few. `verify_alone.py` beside this
module does the same in one file of its own, with nothing but Python.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qaif.errors import InputError, OutputError
from qaif.workspace.signatures import fingerprint, is_signed, key_of, public_of

FORM = "qaif-manifest/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_CHUNK, _MOST_MANIFEST, _MOST_FILES = 1 << 20, 64 << 20, 100_000

Standing = Literal["as signed", "as signed, by whom is not known", "not as signed"]


@dataclass(frozen=True)
class Verified:
    """What became of a signed folder.

    Attributes:
        standing: `as signed` only where the signer was named and is that; without a name only that nothing
            was changed since somebody signed it.
        signer: the fingerprint of the key in it; empty where there is none to be believed.
        files: how many it names.
        problems: what is wrong, each with the file.
    """

    standing: Standing
    signer: str
    files: int
    problems: tuple[str, ...]


def sign_folder(folder: Path, key: Path, *, again: bool = False) -> tuple[str, int]:
    """Sign a folder as it is now; the signer's fingerprint and how many files.

    Raises:
        InputError: it is no folder, is signed already, or holds what is no plain file.
        OutputError: it cannot be written to.
    """
    signing = key_of(key)
    if (folder / SIGNATURE).exists() and not again:
        raise InputError(f"{folder} is signed already.", way_out="Give --again to sign it as it is now.")
    public = public_of(signing)
    content, count = _manifest(folder, public.hex())
    _put(folder, {MANIFEST: content, SIGNATURE: _written(signing.sign(content))})
    return fingerprint(public), count


def write_manifest(folder: Path) -> int:
    """Write the list of a folder's files without a signature; how many they are.

    Raises:
        InputError: it is no folder, or holds what is no plain file.
        OutputError: it cannot be written to.
    """
    content, count = _manifest(folder, "")
    _put(folder, {MANIFEST: content})
    return count


def _manifest(folder: Path, public_hex: str) -> tuple[bytes, int]:
    """The list of a folder's files, and how many they are."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder.", way_out="Name the folder of a case.")
    found = list(_files(folder))
    odd = [name for name, path in found if not _is_plain(path)]
    if odd:
        raise InputError(f"{odd[0]} in {folder} is no plain file.", way_out="Take links and the like out.")
    rows = [
        {"name": name, "bytes": path.stat().st_size, "sha256": _digest(path)}
        for name, path in found
        if name not in (MANIFEST, SIGNATURE)
    ]
    text = json.dumps({"form": FORM, "public_key": public_hex, "files": rows}, indent=1, ensure_ascii=False)
    return f"{text}\n".encode(), len(rows)


def _put(folder: Path, contents: dict[str, bytes]) -> None:
    try:
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written to: {error.strerror}.") from error


def verify_folder(folder: Path, signer: str | None = None) -> Verified:
    """See whether a folder is as it was signed, by a signer whose fingerprint is known from elsewhere."""
    try:
        content = _bounded(folder / MANIFEST)
        written = _bounded(folder / SIGNATURE)
        signature = bytes.fromhex(written.decode("ascii"))
        told = json.loads(content)
        public, rows = bytes.fromhex(told["public_key"]), told["files"]
        named = {row["name"]: (int(row["bytes"]), str(row["sha256"])) for row in rows}
        right = (
            written == _written(signature) and told["form"] == FORM and len(named) == len(rows) <= _MOST_FILES
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Verified("not as signed", "", 0, (f"{MANIFEST} or {SIGNATURE} is missing, or is none.",))
    if not right or not is_signed(public, signature, content):
        return Verified("not as signed", "", 0, (f"{MANIFEST} is not as it was signed.",))
    who = fingerprint(public)
    problems = list(_wrong(folder, named))
    if signer is not None and signer.strip().lower() != who:
        problems.insert(0, f"It is signed by {who}, and not by whom you named.")
    standing: Standing = "as signed" if signer is not None else "as signed, by whom is not known"
    return Verified("not as signed" if problems else standing, who, len(named), tuple(problems))


def _written(signature: bytes) -> bytes:
    """A signature as it stands in its file, in the one way that it may."""
    return f"{signature.hex()}\n".encode()


def _wrong(folder: Path, named: dict[str, tuple[int, str]]) -> Iterator[str]:
    """What of a folder is not as its list says."""
    there = {name: path for name, path in _files(folder) if name not in (MANIFEST, SIGNATURE)}
    yield from (f"{name} is not in the list." for name in sorted(there.keys() - named.keys()))
    for name, (size, digest) in named.items():
        path = there.get(name)
        if path is None:
            yield f"{name} is missing."
        elif not _is_plain(path) or path.stat().st_size != size or _digest(path) != digest:
            yield f"{name} was changed."


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """All in a folder that is no folder, by its name from there, in order; links are not followed."""
    found: list[tuple[str, Path]] = []
    for base, folders, names in os.walk(folder):
        inside = [*names, *(each for each in folders if (Path(base) / each).is_symlink())]
        for name in inside:
            path = Path(base) / name
            found.append((path.relative_to(folder).as_posix(), path))
    yield from sorted(found)


def _is_plain(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _digest(path: Path) -> str:
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


def _bounded(path: Path) -> bytes:
    if not _is_plain(path) or path.stat().st_size > _MOST_MANIFEST:
        raise ValueError
    return path.read_bytes()
