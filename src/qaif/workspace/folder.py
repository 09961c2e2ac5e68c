"""The workspace: one folder on disk that holds everything a user has gathered.

    workspace.json    what this folder is, and the version of its layout
    chain/            the chain store
    gathered/         what explorers told of single scripts; the chain store is made of it where it is there
    clusters/         clusters as they were last made; and, where the user writes it, joins-nothing.txt
    documents/        documents, kept byte for byte, named by their SHA-256
    records.sqlite    the records: what is known of documents, prices, the audit log
    cases/            case files that were not written elsewhere

A folder is a workspace when `workspace.json` says so. Nothing is ever written into a folder that holds
something else. Folders are made for their owner's eyes only: documents can name private persons.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from uuid import uuid4

from qaif.errors import NotFoundError, StoreVersionError, WorkspaceError

LAYOUT_VERSION = 1
_MARK = "workspace.json"
_KIND = "qaif-workspace"
_LARGEST_MARK = 1 << 16
_OWNER_ONLY = 0o700
_ELSEWHERE = "Name another folder with --workspace."


@dataclass(frozen=True)
class Workspace:
    """A workspace that exists; make one with `create`, `open` or `open_or_create`.

    Args:
        path: its folder, absolute.
    """

    path: Path

    @property
    def chain_dir(self) -> Path:
        """The chain store; it exists once something was indexed."""
        return self.path / "chain"

    @property
    def clusters_dir(self) -> Path:
        """What is kept of clusters; it can be deleted at any time but for the user's own list."""
        return self.path / "clusters"

    @property
    def gathered_dir(self) -> Path:
        """The log of what was gathered from explorers; it exists once something was."""
        return self.path / "gathered"

    @property
    def documents_dir(self) -> Path:
        """Kept documents."""
        return self.path / "documents"

    @property
    def records_path(self) -> Path:
        """The records' database."""
        return self.path / "records.sqlite"

    @property
    def cases_dir(self) -> Path:
        """Case files that were not written elsewhere."""
        return self.path / "cases"

    @classmethod
    def open(cls, path: Path) -> "Workspace":
        """Open a workspace.

        Raises:
            NotFoundError: there is nothing at `path`.
            WorkspaceError: what is there is not a workspace, or cannot be read.
            StoreVersionError: another version of the layout.
        """
        folder = _absolute(path)
        if not os.path.lexists(folder):
            raise NotFoundError(
                f"There is no workspace at {folder}.",
                way_out="Make one with `qaif index PATH...`, or name it with --workspace.",
                path=str(folder),
            )
        _refuse_file(folder)
        _check_mark(folder, _read_mark(folder))
        return cls(folder)

    @classmethod
    def create(cls, path: Path) -> "Workspace":
        """Make a workspace in a new or empty folder.

        Raises:
            WorkspaceError: something is there already, or the folder cannot be written to.
        """
        folder = _absolute(path)
        _refuse_file(folder)
        try:
            made = [each for each in folder.parents if not each.is_dir()]
            folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            if not all(_ours(entry) for entry in folder.iterdir()):
                raise _not_empty(folder)
            workspace = cls(folder)
            for part in (workspace.documents_dir, workspace.cases_dir):
                part.mkdir(mode=_OWNER_ONLY, exist_ok=True)
            for each in (folder, *made):
                with contextlib.suppress(PermissionError):  # a folder that may be written to but not listed
                    _sync_folder(each.parent)
            _write_mark(folder)
        except OSError as error:
            raise _refused("be made a workspace", folder, error) from error
        return workspace

    @classmethod
    def open_or_create(cls, path: Path) -> "Workspace":
        """Open the workspace at `path`, or make it where there is nothing or an empty folder.

        Raises:
            WorkspaceError: a file, or a folder that holds something else, or one that cannot be used.
            StoreVersionError: another version of the layout.
        """
        folder = _absolute(path)
        if _has_mark(folder):
            return cls.open(folder)
        try:
            return cls.create(folder)
        except WorkspaceError:
            if _has_mark(folder):  # another process made it in the meantime
                return cls.open(folder)
            raise


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  resolve() would follow the user's links


def _refuse_file(folder: Path) -> None:
    if os.path.lexists(folder) and not folder.is_dir():
        raise WorkspaceError(
            f"{folder} is not a folder, so it cannot be a workspace.", way_out=_ELSEWHERE, path=str(folder)
        )


def _ours(entry: Path) -> bool:
    """What a creation that was cut off may have left."""
    if entry.is_dir():
        return entry.name in ("documents", "cases") and not any(entry.iterdir())
    return entry.name.startswith(f".{_MARK}.")


def _not_empty(folder: Path) -> WorkspaceError:
    return WorkspaceError(
        f"{folder} holds other things and is not a workspace; nothing was written to it.",
        way_out=f"{_ELSEWHERE} It is made if it does not exist.",
        path=str(folder),
    )


def _refused(doing: str, folder: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"{folder} cannot {doing}: {error.strerror}.",
        way_out=f"See to its permissions and free space, or: {_ELSEWHERE}",
        path=str(folder),
        errno=error.errno,
    )


def _has_mark(folder: Path) -> bool:
    try:
        return (folder / _MARK).is_file()
    except OSError as error:
        raise _refused("be read", folder, error) from error


def _read_mark(folder: Path) -> object:
    try:
        with (folder / _MARK).open("rb") as file:
            text = file.read(_LARGEST_MARK)
        return json.loads(text)
    except FileNotFoundError as error:
        raise _not_empty(folder) from error
    except OSError as error:
        raise _refused("be read", folder, error) from error
    except (ValueError, RecursionError) as error:
        raise _spoilt(folder) from error


def _spoilt(folder: Path) -> WorkspaceError:
    return WorkspaceError(
        f"{folder / _MARK} does not say what a workspace's does.",
        way_out="Put it back from a copy; the rest of the folder was not touched.",
        path=str(folder / _MARK),
    )


def _check_mark(folder: Path, mark: object) -> None:
    if not isinstance(mark, dict) or mark.get("kind") != _KIND or not isinstance(mark.get("version"), int):
        raise _spoilt(folder)
    if mark["version"] != LAYOUT_VERSION:
        raise StoreVersionError(
            f"The workspace {folder} has layout {mark['version']}; this Qaif reads {LAYOUT_VERSION}.",
            way_out="Use the version of Qaif that made it, or make a new workspace.",
            path=str(folder),
        )


def _write_mark(folder: Path) -> None:
    """Write the mark whole, last of all: a folder with a mark is a complete workspace."""
    mark = {"kind": _KIND, "version": LAYOUT_VERSION, "made_by": f"qaif {installed('qaif')}"}
    draft = folder / f".{_MARK}.{uuid4().hex}"
    try:
        with draft.open("x", encoding="utf-8") as file:
            json.dump(mark, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / _MARK)
        _sync_folder(folder)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
