"""Follow a source: take in what is new as soon as it is announced, and say what that changes.

A node's announcements only wake the follower: they may be lost, late or forged. What is true is asked of the
source itself each time, and a gap in the announcements' numbers is said and made good in the same way. Where
nothing announces, the source is asked again and again.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from qaif.chain.index import IndexReport, merge_due
from qaif.chain.open import Chain
from qaif.errors import (
    BlockDataError,
    BlockFileError,
    InputError,
    NetworkMismatchError,
    NotFoundError,
    SourceError,
    StoreBusyError,
    StoreVersionError,
)
from qaif.feeds.wire import Announcement, Announcements
from qaif.questions.answer import Answer
from qaif.questions.clustering import bring_clusters_up
from qaif.questions.resting import RestingCase, left_behind
from qaif.questions.standing import as_of, chain_coverage
from qaif.units import hash_hex
from qaif.workspace.folder import Workspace

TOPICS = ("hashblock", "rawblock", "sequence")
_PASSING = (SourceError, StoreBusyError, BlockDataError, BlockFileError)
_LONGEST_PAUSE = 60.0
_FIRST_PAUSE = 0.5
_COUNTERS = 1 << 32
_SHOWN_BLOCKS = 200
_SEQUENCE_LABEL = 32  # the byte of a `sequence` message that says what happened

Kind = Literal["standing", "blocks", "reorganisation", "lost", "trouble"]
WokenBy = Literal["start", "announcement", "asking"]


@dataclass(frozen=True, kw_only=True)
class Happening(Answer):
    """Something that a follower says.

    Attributes:
        kind: `standing` where it begins; `blocks` were added; a `reorganisation`; announcements were `lost`;
            `trouble` with the source, which is asked again.
        added: how many blocks were added.
        removed: hashes of the blocks that left the chain, as shown, lowest first, at most 200.
        removed_count: how many left.
        cases: cases written earlier that hold as of a block that left the chain.
        woken_by: what made the follower look.
        milliseconds: from then until the blocks could be asked about.
        lost: how many announcements did not come.
        error_code, message: what the trouble is.
    """

    kind: Kind
    added: int = 0
    removed: tuple[str, ...] = ()
    removed_count: int = 0
    cases: tuple[RestingCase, ...] = ()
    woken_by: WokenBy = "start"
    milliseconds: int = 0
    lost: int = 0
    error_code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Source:
    """What is followed.

    Attributes:
        bring_up: brings the workspace's chain up to it, and says what that did; merges may be left, they are
            made when its blocks were told of.
        announcements: what it publishes; None where it publishes nothing.
        pause: seconds between two looks where nothing was announced.
    """

    bring_up: Callable[[], IndexReport]
    announcements: Announcements | None = None
    pause: float = 1.0


@dataclass
class Counters:
    """The numbers of the announcements, topic by topic: what did not come shows as a gap."""

    last: dict[str, int] = field(default_factory=dict)

    def lost_before(self, heard: Announcement) -> int:
        """How many of its topic did not come before this one; 0 where the publisher began anew."""
        before = self.last.get(heard.topic)
        self.last[heard.topic] = heard.sequence
        if before is None or heard.sequence == 0:
            return 0
        gap = (heard.sequence - before - 1) % _COUNTERS
        return gap if gap < _COUNTERS // 2 else 0


def follow(path: Path, source: Source) -> Iterator[Happening]:
    """Follow a source until the caller stops; what was committed stays, and the next call resumes.

    Args:
        path: the workspace's folder.
        source: what to follow.

    Yields:
        what happens, as it happens; the first says where it begins.

    Raises:
        NetworkMismatchError: the source is of another network.
        StoreError: the store cannot be written.
    """
    standing = _Standing(Workspace.open_or_create(path))
    counters, pause, in_trouble = Counters(), _FIRST_PAUSE, ""
    woken: WokenBy = "start"
    began_well = False
    began = time.monotonic()
    while True:
        try:
            happened = standing.look(source, woken, began)
            in_trouble, pause = "", _FIRST_PAUSE
        except NetworkMismatchError:
            raise
        except _PASSING as error:
            new = error.message != in_trouble
            in_trouble, pause = error.message, min(2 * pause, _LONGEST_PAUSE)
            trouble = Happening(kind="trouble", error_code=error.code, message=str(error))
            happened = standing.said(trouble) if new else None
        if happened is not None:
            yield happened
            standing.tidy()
        began_well = began_well or not in_trouble
        woken, lost = _wait(source, counters, pause if in_trouble else source.pause)
        woken = woken if began_well else "start"
        began = time.monotonic()
        if lost:
            yield standing.said(Happening(kind="lost", lost=lost, woken_by=woken))


class _Standing:
    """The chain as the follower last told of it, kept open so that what leaves it can still be named."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.chain = self._opened()

    def look(self, source: Source, woken: WokenBy, began: float) -> Happening | None:
        """Bring the chain up; what happened, or None where nothing did, which the first look says too."""
        report = source.bring_up()
        first = woken == "start"
        if not report.removed and not report.appended and not first:
            return None
        before, self.chain = self.chain, self._opened()
        removed = _left(before, self.chain)
        if before is not None:
            before.close()
        happening = Happening(
            kind="reorganisation" if removed else "standing" if first else "blocks",
            added=report.appended,
            removed=removed[:_SHOWN_BLOCKS],
            removed_count=len(removed),
            cases=self._cases(removed, first=first),
            woken_by=woken,
            milliseconds=round(1000 * (time.monotonic() - began)),
        )
        return self.said(happening)

    def tidy(self) -> None:
        """Merge what the new blocks made due, and bring up the clusters that are kept.

        What another process keeps from it now is due later too; what is wrong with a list that clusters
        heed is told to whoever asks for them.
        """
        with contextlib.suppress(StoreBusyError):
            merge_due(self._workspace.chain_dir)
        with contextlib.suppress(StoreBusyError, InputError, NotFoundError):
            bring_clusters_up(self._workspace.path)

    def said(self, happening: Happening) -> Happening:
        """The same, with where the chain stands."""
        if self.chain is None:
            return happening
        return replace(happening, as_of=as_of(self.chain), coverage=chain_coverage(self.chain))

    def _cases(self, removed: tuple[str, ...], *, first: bool) -> tuple[RestingCase, ...]:
        """The cases that rest on a block which left now; at the first look also those that left unseen."""
        if self.chain is None or not (removed or first):
            return ()
        behind = left_behind(self._workspace.path, self.chain)
        return tuple(one for one in behind if first or one.block in removed)

    def _opened(self) -> Chain | None:
        try:
            return Chain.open(self._workspace.chain_dir)
        except (NotFoundError, StoreVersionError):
            return None


def _left(before: Chain | None, now: Chain | None) -> tuple[str, ...]:
    """The blocks of one chain that are not in another, from the first such on; hashes as shown."""
    if before is None or now is None or not before.n_blocks:
        return ()
    both = min(before.n_blocks, now.n_blocks)
    last = both == before.n_blocks and now.block.hash_raw.take(both - 1)[0].tobytes() == before.tip.hash_raw
    if last:
        return ()
    was, is_ = before.block.hash_raw[0 : before.n_blocks], now.block.hash_raw[0:both]
    other = (was[:both] != is_).any(axis=1)
    first = int(np.argmax(other)) if other.any() else both
    return tuple(hash_hex(row.tobytes()) for row in was[first:])


def _wait(source: Source, counters: Counters, pause: float) -> tuple[WokenBy, int]:
    """Until a block is announced or the pause is over; and how many announcements did not come."""
    if source.announcements is None:
        time.sleep(pause)
        return "asking", 0
    lost, until = 0, time.monotonic() + pause
    while (left := until - time.monotonic()) > 0:
        heard = source.announcements.next(left)
        if heard is None:
            break
        lost += counters.lost_before(heard)
        if lost or _is_of_a_block(heard):
            lost += _drained(source.announcements, counters)
            return "announcement", lost
    return "asking", lost


def _drained(announcements: Announcements, counters: Counters) -> int:
    """Take what else has come already: one look covers it all."""
    lost = 0
    while (heard := announcements.next(0)) is not None:
        lost += counters.lost_before(heard)
    return lost


def _is_of_a_block(heard: Announcement) -> bool:
    """Whether a block came or went; `sequence` speaks of single transactions too."""
    if heard.topic == "sequence":
        return heard.body[_SEQUENCE_LABEL : _SEQUENCE_LABEL + 1] in (b"C", b"D")
    return heard.topic in TOPICS
