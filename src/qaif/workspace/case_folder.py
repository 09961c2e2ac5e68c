"""The folder a case is written into: whole or not at all, and never over something that is not a case."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qaif.errors import CaseFolderError
from qaif.workspace.new_files import absolute, beside, synced

_MARK = "case.json"
_FILES = frozenset(("case.json", "case.html"))


def check_case_folder(out: Path) -> None:
    """Refuse, before any work is done, a place that a case must not be written to.

    Raises:
        CaseFolderError: a file, or a folder that holds anything but an earlier case.
    """
    if not os.path.lexists(out):
        return
    if out.is_symlink() or not out.is_dir():
        raise CaseFolderError(
            f"{out} is not a folder.", way_out="Name a new folder with --out.", path=str(out)
        )
    try:
        names = {entry.name for entry in out.iterdir()}
    except OSError as error:
        raise _refused(out, error) from error
    if names and (_MARK not in names or not names <= _FILES):
        raise CaseFolderError(
            f"{out} holds other things than a case; nothing was written to it.",
            way_out="Name a new folder with --out. An earlier case that nothing was added to is replaced.",
            path=str(out),
        )


@contextmanager
def new_case_folder(out: Path) -> Iterator[Path]:
    """Give an empty folder beside `out`, and put it in the place of `out` once it is filled.

    Raises:
        CaseFolderError: see `check_case_folder`; or the file system refused, and `out` is as it was.
    """
    out = absolute(out)
    check_case_folder(out)
    draft, old = beside(out, "new"), beside(out, "old")
    try:
        draft.mkdir(parents=True)
        yield draft
        for entry in (*draft.iterdir(), draft):
            synced(entry)
        _exchange(out, draft, old)
    except OSError as error:
        raise _refused(out, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(out: Path, draft: Path, old: Path) -> None:
    """Put the new folder in the place of the old; put the old back if that fails."""
    check_case_folder(out)
    if not out.exists():
        draft.rename(out)
        return
    out.rename(old)
    try:
        draft.rename(out)
    except OSError:
        with contextlib.suppress(OSError):
            old.rename(out)
        raise


def _refused(out: Path, error: OSError) -> CaseFolderError:
    return CaseFolderError(
        f"The case could not be written to {out}: {error.strerror or error}.",
        way_out="See to its permissions and free space, or name another folder with --out.",
        path=str(out),
    )
