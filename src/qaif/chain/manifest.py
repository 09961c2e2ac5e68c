"""The manifest: the one small file that says what the store is.

A line of JSON and a line with its SHA-256. It names the chain's tip, each segment with its ranges of numbers,
each file with length and checksum, the format version, each derived table with version and reach, and where
the blocks came from. A reader pins the manifest that it read; a writer replaces it in one rename.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any

from qaif.chain.files import StoreFiles, damaged
from qaif.chain.sections import FileRef
from qaif.chain.tables import DERIVED, FORMAT_VERSION, PRIMARY, RULES
from qaif.errors import StoreVersionError

Range = tuple[int, int]


@dataclass(frozen=True)
class SegmentRef:
    """One segment: its file, and for each primary table the numbers [from, to) of its rows."""

    file: FileRef
    ranges: dict[str, Range]
    level: int = 0

    @property
    def blocks(self) -> Range:
        """Block numbers from, to."""
        return self.ranges["block"]


@dataclass(frozen=True)
class Manifest:
    """What the store is, at one moment.

    Attributes:
        network: name of the network.
        epoch: counts up whenever numbers below the old tip were given anew other than by a reorganisation.
        segments: in chain order, without gaps.
        feed: where the blocks came from, as the feed describes itself, or None.
        feed_file: what the feed has already looked at, or None.
        feed_changes: what has changed in that since the file was written, as `feed_changes.py` says it.
        tip_hash: hash of the last block, hex as shown; empty for an empty store.
        generation: counts the manifests written.
        rules: the version of each rule that made its rows.
        reach: blocks that each derived table has taken in.
    """

    network: str
    epoch: int = 0
    segments: tuple[SegmentRef, ...] = ()
    feed: dict[str, Any] | None = None
    feed_file: FileRef | None = None
    feed_changes: dict[str, Any] = field(default_factory=dict)
    tip_hash: str = ""
    generation: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)

    def rows(self, table: str) -> int:
        """Rows in use of a primary table."""
        return self.segments[-1].ranges[table][1] if self.segments else 0

    def next(self, **changes: Any) -> "Manifest":
        """The manifest after this one, its derived tables' reach brought up to its segments."""
        new = replace(self, generation=self.generation + 1, **changes)
        reach = new.rows("block")
        return replace(new, rules=dict(RULES), reach={table.name: reach for table in DERIVED})

    def files(self) -> set[str]:
        """The name of every file it names."""
        return {ref.name for ref in self.file_refs()}

    def file_refs(self) -> list[FileRef]:
        """Every file it names."""
        named = [segment.file for segment in self.segments]
        return named + ([self.feed_file] if self.feed_file else [])


def load(files: StoreFiles) -> Manifest | None:
    """Read the manifest, or None where there is no store yet.

    Raises:
        StoreDamagedError: its own checksum differs, or what it vouches for is no manifest.
        StoreVersionError: another format version wrote it.
    """
    content = files.read_manifest()
    if content is None:
        return None
    body, _, seal = content.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() + b"\n" != seal:
        raise damaged(files.folder / "MANIFEST", "its checksum differs")
    try:
        raw = json.loads(body)
        version = raw["format"]
        found = _from_json(raw["manifest"]) if version == FORMAT_VERSION else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(files.folder / "MANIFEST", "its checksum is right, and it is no manifest") from error
    if found is None:
        raise StoreVersionError(
            f"The store {files.folder} has format {version!r:.20}, this program reads {FORMAT_VERSION}.",
            way_out="Index the block files again into a new workspace, or use the program that wrote it.",
        )
    return found


def save(files: StoreFiles, manifest: Manifest) -> None:
    """Replace the manifest, durably."""
    said = {"format": FORMAT_VERSION, "manifest": vars(manifest)}
    body = json.dumps(said, separators=(",", ":"), default=vars).encode()  # dataclasses, as their fields
    files.replace_manifest(body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n")


def _from_json(raw: dict[str, Any]) -> Manifest:
    segments = tuple(
        SegmentRef(
            _file(item["file"]),
            {table: (_int(item["ranges"][table][0]), _int(item["ranges"][table][1])) for table in PRIMARY},
            _int(item["level"]),
        )
        for item in raw["segments"]
    )
    feed_file = _file(raw["feed_file"]) if raw["feed_file"] else None
    found = Manifest(**(raw | {"segments": segments, "feed_file": feed_file}))
    texts, tables = (
        (found.network, found.tip_hash),
        (found.feed or {}, found.feed_changes, found.rules, found.reach),
    )
    if not all(isinstance(each, str) for each in texts) or not all(isinstance(each, dict) for each in tables):
        raise TypeError("a text or a table is something else")
    _int(found.epoch), _int(found.generation)
    return found


def _file(raw: dict[str, Any]) -> FileRef:
    ref = FileRef(**raw)
    _int(ref.length)
    if not isinstance(ref.name, str) or not isinstance(ref.digest, str) or "/" in ref.name:
        raise TypeError("a file's name or digest is something else")
    return ref


def _int(value: object) -> int:
    if type(value) is not int:
        raise TypeError("a number is something else")
    return value
