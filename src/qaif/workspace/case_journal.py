"""A case's folder in the workspace, and its journal: rows that are only added, each covering the one before.

cases/NAME/journal.jsonl   a row a line
cases/NAME/case.lock       what the case rests on, as JSON
cases/NAME/report/         the report as it was last made
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qaif.errors import InputError, NotFoundError, OutputError, StoreDamagedError, UsageError
from qaif.workspace.folder import Workspace

JOURNAL, LOCK, REPORT = "journal.jsonl", "case.lock", "report"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_MOST_BYTES = 64 << 20
_OWNER_ONLY = 0o700


class CaseFolder:
    """One case on disk; make it with `create` or `open`.

    Attributes:
        name: its name: small letters, digits and hyphens.
        path: its folder.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path

    @classmethod
    def create(cls, workspace: Workspace, name: str) -> "CaseFolder":
        """Make a case without rows.

        Raises:
            UsageError: the name cannot be one.
            InputError: there is such a case.
            OutputError: the folder cannot be written to.
        """
        folder = cls(name, _place(workspace, name))
        try:
            folder.path.mkdir(mode=_OWNER_ONLY, parents=True)
        except FileExistsError:
            raise InputError(f"There is a case {name} already.", way_out="Give another name.") from None
        except OSError as error:
            raise _unwritable(folder.path, error) from error
        return folder

    @classmethod
    def open(cls, workspace: Workspace, name: str) -> "CaseFolder":
        """Open a case.

        Raises:
            UsageError: the name cannot be one.
            NotFoundError: there is no such case.
        """
        folder = cls(name, _place(workspace, name))
        if not (folder.path / JOURNAL).is_file():
            raise NotFoundError(f"There is no case {name}.", way_out="Make it with `qaif case new`.")
        return folder

    def rows(self) -> tuple[dict[str, Any], ...]:
        """Every row, oldest first; one cut off while it was written was never acknowledged.

        Raises:
            StoreDamagedError: a row is not as it was written.
        """
        return _read(self.path / JOURNAL)

    def add(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Add a row; it is on the disk when this returns, with its `number`, `before` and `digest`.

        Raises:
            StoreDamagedError: the journal is not as it was written.
            OutputError: it cannot be written to.
        """
        path = self.path / JOURNAL
        try:
            with _locked(path) as file:
                rows = _parsed(file.read(_MOST_BYTES), path)
                made = _chained(row, rows[-1]["digest"] if rows else "", len(rows) + 1)
                file.seek(0)
                whole = file.read(_MOST_BYTES)
                file.truncate(whole.rfind(b"\n") + 1)
                file.seek(0, os.SEEK_END)
                file.write(_line(made))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(path, error) from error
        return made

    def lock(self) -> dict[str, Any] | None:
        """What the case is pinned to; None where it is not.

        Raises:
            StoreDamagedError: the file is none.
        """
        try:
            told = json.loads((self.path / LOCK).read_bytes()[: 1 << 20])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise StoreDamagedError(
                f"{self.path / LOCK} does not say what a case's lock does.",
                way_out="Pin the case anew with `qaif case report CASE --repin`.",
            )
        return told

    def pin(self, pins: Mapping[str, Any]) -> None:
        """Write what the case is pinned to, whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        draft = self.path / f".{LOCK}.new"
        text = json.dumps(dict(pins), indent=1, sort_keys=True, ensure_ascii=False)
        try:
            with draft.open("w", encoding="utf-8") as file:
                file.write(f"{text}\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path / LOCK)
        except OSError as error:
            raise _unwritable(self.path / LOCK, error) from error


def case_names(workspace: Workspace) -> tuple[str, ...]:
    """The cases of a workspace, in order."""
    if not workspace.cases_dir.is_dir():
        return ()
    return tuple(sorted(each.name for each in workspace.cases_dir.iterdir() if (each / JOURNAL).is_file()))


def _place(workspace: Workspace, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name[:60]!r} cannot be the name of a case.", way_out="Use small letters, digits and hyphens."
        )
    return workspace.cases_dir / name


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[Any]:
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _read(path: Path) -> tuple[dict[str, Any], ...]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
    except OSError as error:
        raise StoreDamagedError(f"{path} cannot be read: {error.strerror}.") from error
    return _parsed(content, path)


def _parsed(content: bytes, path: Path) -> tuple[dict[str, Any], ...]:
    out: list[dict[str, Any]] = []
    before = ""
    for line in content[: content.rfind(b"\n") + 1].splitlines():
        try:
            row = json.loads(line)
            good = row == _chained(row, before, len(out) + 1)
        except (ValueError, TypeError, AttributeError, RecursionError):
            good = False
        if not good:
            raise StoreDamagedError(
                f"Row {len(out) + 1} of {path} is not as it was written.", way_out="Put it back from a copy."
            )
        out.append(row)
        before = row["digest"]
    return tuple(out)


def _chained(row: Mapping[str, Any], before: str, number: int) -> dict[str, Any]:
    plain = {key: value for key, value in row.items() if key not in ("number", "before", "digest")}
    whole = {**plain, "number": number, "before": before}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False)
    return {**whole, "digest": hashlib.sha256(text.encode()).hexdigest()}


def _line(row: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(row, sort_keys=True, ensure_ascii=False)}\n".encode()


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path} cannot be written to: {error.strerror}.", way_out="See to its permissions.")
