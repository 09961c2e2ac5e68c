"""Files and folders that a command makes outside of the workspace: whole or not at all, never over others.

A case alone takes the place of something: of an earlier case.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from qaif.errors import CaseFolderError, InterruptedRunError, OutputError

_CASE_MARK = "case.json"
_CASE_FILE = re.compile(
    r"case\.(json|html)|report\.json|report\.[a-z]{2,3}\.(html|pdf)|manifest\.(json|sig)"
    r"|policy-from-the-case\.yaml|request-\d{3,}\.[a-z]{2,3}\.txt|annex-addresses\.json"
    r"|table-\d{3,}\.[a-z]{2,3}\.csv|tables\.[a-z]{2,3}\.xlsx"
)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a name beside `path` to write to; what stands there in the end gets the name `path`.

    Raises:
        OutputError: something is there already, or the file system refuses.
        InterruptedRunError: Ctrl-C; nothing is left.
    """
    path = absolute(path)
    draft = beside(path, "new")
    try:
        _refuse_present(path)
        yield draft
        synced(draft)
        _refuse_present(path)
        draft.rename(path)
        synced(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
    except KeyboardInterrupt:
        raise _stopped(path) from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder beside `path`, which gets the name `path` in the end, in place of an empty one.

    Raises:
        OutputError: something is there already, or the file system refuses.
        InterruptedRunError: Ctrl-C; nothing is left.
    """
    path = absolute(path)
    try:
        _refuse_filled(path)
        with _drafted(path, _rename_unless_filled) as draft:
            yield draft
    except OSError as error:
        raise _refused(path, error) from error
    except KeyboardInterrupt:
        raise _stopped(path) from None


@contextmanager
def new_case_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder beside `path`; filled, it takes the place of `path`, or of an earlier case there.

    Raises:
        CaseFolderError: see `check_case_folder`; or the file system refused, and `path` is as it was.
    """
    path = absolute(path)
    check_case_folder(path)
    try:
        with _drafted(path, _exchange) as draft:
            yield draft
    except OSError as error:
        raise _case_refused(path, error) from error


def check_case_folder(path: Path) -> None:
    """Refuse, before any work is done, a place that a case must not be written to.

    Raises:
        CaseFolderError: a file, or a folder that holds anything but an earlier case.
    """
    if not os.path.lexists(path):
        return
    if path.is_symlink() or not path.is_dir():
        raise CaseFolderError(
            f"{path} is not a folder.", way_out="Name a new folder with --out.", path=str(path)
        )
    try:
        names = {entry.name for entry in path.iterdir()}
    except OSError as error:
        raise _case_refused(path, error) from error
    if names and (_CASE_MARK not in names or not all(map(_CASE_FILE.fullmatch, names))):
        raise CaseFolderError(
            f"{path} holds other things than a case; nothing was written to it.",
            way_out="Name a new folder with --out. An earlier case that nothing was added to is replaced.",
            path=str(path),
        )


@contextmanager
def _drafted(path: Path, put: Callable[[Path, Path], None]) -> Iterator[Path]:
    """Give an empty folder beside `path`; once it is on the disk, `put` gives it that name."""
    draft = beside(path, "new")
    try:
        draft.mkdir(parents=True)
        yield draft
        for entry in (*draft.iterdir(), draft):
            synced(entry)
        put(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _rename_unless_filled(draft: Path, path: Path) -> None:
    _refuse_filled(path)
    draft.rename(path)
    synced(path.parent)


def _exchange(draft: Path, path: Path) -> None:
    """Put the new case in the place of the old; put the old back if that fails."""
    check_case_folder(path)
    if not path.exists():
        draft.rename(path)
        return
    old = beside(path, "old")
    path.rename(old)
    try:
        draft.rename(path)
    except BaseException:
        with contextlib.suppress(OSError):
            old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def beside(path: Path, kind: str) -> Path:
    """A name in the same folder that nothing has, hidden."""
    return path.with_name(f".{path.name}.{uuid4().hex}.{kind}")


def absolute(path: Path) -> Path:
    """The path from the root, the user's links as they are."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  resolve() would follow the user's links


def _refuse_present(path: Path) -> None:
    if os.path.lexists(path):
        raise _present(path)


def _refuse_filled(path: Path) -> None:
    if os.path.lexists(path) and (path.is_symlink() or not path.is_dir() or any(path.iterdir())):
        raise _present(path)


def _present(path: Path) -> OutputError:
    return OutputError(
        f"{path} is there already; nothing was written.", way_out="Name another place.", path=str(path)
    )


def _refused(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} could not be written: {error.strerror or error}.",
        way_out="See to its permissions and free space, or name another place.",
        path=str(path),
        errno=error.errno,
    )


def _case_refused(path: Path, error: OSError) -> CaseFolderError:
    return CaseFolderError(
        f"The case could not be written to {path}: {error.strerror or error}.",
        way_out="See to its permissions and free space, or name another folder with --out.",
        path=str(path),
    )


def _stopped(path: Path) -> InterruptedRunError:
    return InterruptedRunError(
        f"Stopped: {path} was not written.", way_out="The same command begins again.", path=str(path)
    )


def synced(path: Path) -> None:
    """Return once the disk has a file, or the names of a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
