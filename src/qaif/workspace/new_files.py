"""Files and folders that a command makes outside of the workspace: whole or not at all, never over others."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from qaif.errors import OutputError


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a name beside `path` to write to; what stands there in the end gets the name `path`.

    Raises:
        OutputError: something is there already, or the file system refuses.
    """
    path = _absolute(path)
    draft = path.with_name(f".{path.name}.{uuid4().hex}.new")
    try:
        _refuse_present(path)
        yield draft
        _sync(draft)
        _refuse_present(path)
        draft.rename(path)
        _sync(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder beside `path`, which gets the name `path` in the end, in place of an empty one.

    Raises:
        OutputError: something is there already, or the file system refuses.
    """
    path = _absolute(path)
    draft = path.with_name(f".{path.name}.{uuid4().hex}.new")
    try:
        _refuse_filled(path)
        draft.mkdir(parents=True)
        yield draft
        for entry in (*draft.iterdir(), draft):
            _sync(entry)
        _refuse_filled(path)
        draft.rename(path)
        _sync(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _absolute(path: Path) -> Path:
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


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
