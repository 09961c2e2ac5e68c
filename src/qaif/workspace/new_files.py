"""Files and folders that a command makes outside of the workspace: whole or not at all, never over others."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from qaif.errors import InterruptedRunError, OutputError


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
    draft = beside(path, "new")
    try:
        _refuse_filled(path)
        draft.mkdir(parents=True)
        yield draft
        for entry in (*draft.iterdir(), draft):
            synced(entry)
        _refuse_filled(path)
        draft.rename(path)
        synced(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
    except KeyboardInterrupt:
        raise _stopped(path) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


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
