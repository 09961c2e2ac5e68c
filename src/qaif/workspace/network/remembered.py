"""What a workspace remembers of places on the network: whom it told of, and whose certificate it saw first.

network.json    {"version": 1, "certificates": {place: digest or "authority"}, "told": {place: time}}
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeGuard
from uuid import uuid4

from qaif.errors import WorkspaceError

_NAME = "network.json"
_VERSION = 1
_MOST_BYTES = 4 << 20
AUTHORITY = "authority"


@dataclass
class _Memory:
    certificates: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


class Remembered:
    """The memory of one workspace.

    Args:
        folder: the workspace's folder; it must exist.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME

    def certificate(self, place: str) -> str | None:
        """What a place showed first: its certificate's SHA-256, or AUTHORITY where one had signed it."""
        return self._read().certificates.get(place)

    def keep_certificate(self, place: str, shown: str) -> None:
        """Remember what a place shows, if nothing is remembered of it."""
        with self._changing() as memory:
            memory.certificates.setdefault(place, shown)

    def forget_certificate(self, place: str) -> bool:
        """Take the next certificate of a place for good; False where none was remembered."""
        with self._changing() as memory:
            return memory.certificates.pop(place, None) is not None

    def certificates(self) -> dict[str, str]:
        """Of all places."""
        return self._read().certificates

    def told(self) -> dict[str, str]:
        """What was told, and when."""
        return self._read().told

    def tell_once(self, subject: str, tell: Callable[[], None]) -> bool:
        """Tell something, unless it was told in this workspace; it counts as told when `tell` returned."""
        if subject in self._read().told:
            return False
        tell()
        with self._changing() as memory:
            memory.told.setdefault(subject, datetime.now(UTC).isoformat(timespec="seconds"))
        return True

    @contextmanager
    def _changing(self) -> Iterator[_Memory]:
        """One change, alone: another process waits."""
        try:
            with self._path.with_name(f".{_NAME}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                memory = self._read()
                yield memory
                self._write(memory)
        except OSError as error:
            raise self._refused("written", error.strerror) from error

    def _read(self) -> _Memory:
        try:
            with self._path.open("rb") as file:
                text = file.read(_MOST_BYTES)
        except FileNotFoundError:
            return _Memory()
        except OSError as error:
            raise self._refused("read", error.strerror) from error
        try:
            said = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self._refused("read", "it is not what was written") from error
        if not isinstance(said, dict) or said.get("version") != _VERSION:
            raise self._refused("read", "it is not what was written, or of another version")
        certificates, told = said.get("certificates"), said.get("told")
        if not _is_texts(certificates) or not _is_texts(told):
            raise self._refused("read", "it is not what was written")
        return _Memory(certificates, told)

    def _write(self, memory: _Memory) -> None:
        draft = self._path.with_name(f".{_NAME}.{uuid4().hex}")
        said = {"version": _VERSION, "certificates": memory.certificates, "told": memory.told}
        try:
            with draft.open("x", encoding="utf-8") as file:
                json.dump(said, file, indent=2, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()

    def _refused(self, doing: str, why: str | None) -> WorkspaceError:
        return WorkspaceError(
            f"{self._path} cannot be {doing}: {why}.",
            way_out="See to its permissions; without the file, certificates count as never seen.",
            path=str(self._path),
        )


def _is_texts(part: object) -> TypeGuard[dict[str, str]]:
    return isinstance(part, dict) and all(isinstance(value, str) for value in part.values())
