"""Answers of servers, kept in the workspace: what a case rests on, and what need not be asked for twice.

    responses/asked.jsonl   one line an answer: when, what was asked, its SHA-256, whether it is lasting
    responses/ab/abcd...    the bodies, each named by its SHA-256

They can be purged at any time: a lasting answer is then asked for again, and a case names digests of answers
that are no longer here.
"""

import contextlib
import hashlib
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from qaif.errors import WorkspaceError

_FOLDER, _LIST = "responses", "asked.jsonl"
_OWNER_ONLY = 0o700
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Kept(NamedTuple):
    """What is kept: how many answers (one can be given twice), bodies, and their bytes."""

    answers: int
    bodies: int
    size: int


class Responses:
    """The kept answers of one workspace; what `feeds.wire.Keeps` asks for.

    Args:
        folder: the workspace's folder; it must exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER
        self._list = self._folder / _LIST
        self._lasting: dict[str, str] | None = None

    def keep(self, digest: str, body: bytes, url: str, *, lasting: bool) -> None:
        """Keep an answer; see `Keeps`.

        Raises:
            WorkspaceError: the file system refuses.
        """
        line = {"at": _now(), "url": url, "sha256": digest, "lasting": lasting}
        try:
            path = self._path(digest)
            if not path.exists():
                path.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
                draft = path.with_name(f".{digest}.{uuid4().hex}")
                draft.write_bytes(body)
                draft.replace(path)
            with self._list.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        except OSError as error:
            raise _refused("be written", self._folder, error) from error
        if lasting and self._lasting is not None:
            self._lasting[url] = digest

    def lasting(self, url: str) -> bytes | None:
        """A lasting answer; see `Keeps`. One whose bytes are no longer those of its digest is none."""
        if self._lasting is None:
            self._lasting = {asked: digest for asked, digest, lasting in self._lines() if lasting}
        digest = self._lasting.get(url)
        return None if digest is None else self.body(digest)

    def body(self, digest: str) -> bytes | None:
        """The body of a digest, or None if it is not here, or not as it was."""
        try:
            body = self._path(digest).read_bytes()
        except OSError:
            return None
        return body if hashlib.sha256(body).hexdigest() == digest else None

    def kept(self) -> Kept:
        """What is kept."""
        sizes = [path.stat().st_size for path in self._folder.glob("??/*") if path.is_file()]
        return Kept(len(self._lines()), len(sizes), sum(sizes))

    def purge(self) -> Kept:
        """Take all away; what it was.

        Raises:
            WorkspaceError: the file system refuses.
        """
        before = self.kept()
        self._lasting = None
        gone = self._folder.with_name(f".{_FOLDER}.{uuid4().hex}")
        try:
            if self._folder.exists():
                self._folder.rename(gone)
                shutil.rmtree(gone)
        except OSError as error:
            raise _refused("be purged", self._folder, error) from error
        return before

    def _lines(self) -> list[tuple[str, str, bool]]:
        """What was asked, with digest and whether it is lasting; a line that was cut off is left out."""
        try:
            text = self._list.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _refused("be read", self._list, error) from error
        found = []
        for line in text.splitlines():
            with contextlib.suppress(ValueError, TypeError, KeyError):
                one = json.loads(line)
                found.append((str(one["url"]), str(one["sha256"]), one["lasting"] is True))
        return found

    def _path(self, digest: str) -> Path:
        name = digest if _DIGEST.fullmatch(digest) else "none"
        return self._folder / name[:2] / name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _refused(doing: str, path: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"{path} cannot {doing}: {error.strerror}.",
        way_out="See to its permissions and free space.",
        path=str(path),
        errno=error.errno,
    )
