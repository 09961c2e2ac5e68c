"""From scripts to all that a case needs of them: histories, transactions, places, parents, counterparties.

Each step asks only for what is not held, so the same run serves to begin, to go on after a stop, and to look
for what is new. What has too long a history stays at the edge of the case, and is named as such.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qaif.desk.asking import AT_ONCE, Asking, LimitError, chunks
from qaif.desk.listing import Listing
from qaif.errors import SourceError, SourceShapeError, SourceTooLongError
from qaif.feeds.explorer import Listed, Stand
from qaif.feeds.gathered_coverage import scripts_of
from qaif.feeds.gathered_table import columns_of, parsed_txs
from qaif.feeds.shape import Progress, silent
from qaif.feeds.told import State
from qaif.units import UNKNOWN

_NULL = bytes(32)
_OP_RETURN = b"\x6a"
_LONGEST_SCRIPT = 10_000  # a longer one cannot be spent


@dataclass(frozen=True)
class Limits:
    """Where gathering stops.

    Attributes:
        hops: how many steps outward from the scripts asked for counterparties are gathered too.
        transactions: of a script that was asked for; of a longer history the newest are taken.
        service: a counterparty with more transactions than this stays at the edge.
        addresses: counterparties in all.
        requests: things asked for in one run.
    """

    hops: int = 0
    transactions: int = 20_000
    service: int = 1_000
    addresses: int = 100
    requests: int = 500_000


@dataclass(frozen=True)
class GatherReport:
    """What a run did.

    Attributes:
        source: who was asked.
        tip_height: where the source was.
        requests: things asked for.
        new_txs: transactions that were not held before.
        scripts: scripts whose history was asked for.
        edge: of them left at the edge.
        stopped: why it stopped early, in words; empty where it did not.
    """

    source: str
    tip_height: int
    requests: int
    new_txs: int
    scripts: int
    edge: int
    stopped: str


class Gathering:
    """One run.

    Args:
        asking: the source.
        limits: where to stop.
        progress: told how far it is.
    """

    def __init__(self, asking: Asking, limits: Limits, progress: Progress = silent) -> None:
        self._asking, self._limits, self._progress = asking, limits, progress
        self._gathered = asking.gathered
        self._done: list[bytes] = []
        self._asked: frozenset[bytes] = frozenset()
        self._edge = 0

    def gather(self, scripts: Sequence[bytes]) -> GatherReport:
        """Gather scripts and, as far as the limits allow, their counterparties.

        Raises:
            SourceError: the source does not answer, or not as it must; what was gathered is kept.
            NetworkMismatchError: it serves another network than what was gathered before.
        """
        stopped, tip = "", Stand(UNKNOWN, b"")
        self._asked = frozenset(scripts)
        try:
            tip = self._asking.begin()
            self._follow(tip)
            front = list(dict.fromkeys(scripts))
            for hop in range(self._limits.hops + 1):
                for script in front:
                    self._one(script, tip, asked_for=hop == 0)
                front = self._counterparties(front) if hop < self._limits.hops else []
        except LimitError as limit:
            stopped = str(limit)
        asked = self._asking
        counts = (asked.requests, asked.new_txs, len(self._done), self._edge)
        return GatherReport(asked.source, tip.height, *counts, stopped)

    def _follow(self, tip: Stand) -> None:
        """From the newest block that matters down, ask whether it still stands, up to one that does.

        Where another source has spoken since, and otherwise, this one is asked for its word of today.
        """
        at_height, words = self._gathered.at_height, self._gathered.words
        matter = {place.height for told in self._gathered.places.values() for place in told.values()}
        matter |= {one.end.tip_height for one in self._gathered.histories.values() if one.end}
        for height in sorted(matter - {tip.height}, reverse=True):
            if height > tip.height or height not in at_height:
                continue
            before = at_height[height]
            self._asking.headers(height, height)
            if at_height[height] == before:
                break
        source = self._asking.source
        differ = [
            height
            for height, told in words.items()
            if told.get(source, at_height[height]) != at_height[height]
        ]
        for height in sorted(height for height in differ if height <= tip.height):
            self._asking.headers(height, height)

    def _one(self, script: bytes, tip: Stand, *, asked_for: bool) -> None:
        """One script as a whole, up to the tip: what came in a later block is left to the next run."""
        history = self._gathered.history(script, self._asking.source)
        self._done.append(script)
        if not self._list(script, tip, asked_for=asked_for):
            self._edge += 1
            return
        known_by_then = (one for one in history.confirmed() if (one.height or 0) <= tip.height)
        listed = sorted(known_by_then, key=lambda one: (one.height or 0, one.txid_raw))
        before = self._held()
        try:
            self._complete(listed)
        except LimitError:
            raise
        except SourceError as error:
            self._doubt(script, error, in_vain=self._held() == before)
            raise

    def _complete(self, listed: Sequence[Listed]) -> None:
        """Bytes and places of what was listed, and the transactions that it spends from."""
        self._fetch([one.txid_raw for one in listed], "transactions")
        needed = [one for one in listed if self._asking.needs_place(one)]
        for done in self._asking.places(needed):
            self._progress(done, len(needed), "places")
        self._fetch(self._parents([one.txid_raw for one in listed]), "parents")

    def _held(self) -> tuple[int, int]:
        return len(self._gathered.raw), len(self._gathered.places)

    def _doubt(self, script: bytes, error: SourceError, *, in_vain: bool) -> None:
        """Let a listing be made again of which something was refuted, not there, or asked for in vain."""
        end = self._gathered.history(script, self._asking.source).end
        says_no = any(error.details.get(name) is not None for name in ("status", "number"))
        doubtful = in_vain or says_no or isinstance(error, SourceShapeError)
        if doubtful and end is not None and end.state == State.COMPLETE:
            why = f"something that it lists could not be had or was refuted: {error.message}"
            self._asking.keep([end._replace(state=State.SHORT, why=why, gone=())])

    def _fetch(self, txids: Sequence[bytes], unit: str) -> None:
        missing = [txid for txid in dict.fromkeys(txids) if txid not in self._gathered.raw]
        for at, chunk in enumerate(chunks(missing, AT_ONCE), 1):
            self._asking.transactions(chunk)
            self._progress(min(at * AT_ONCE, len(missing)), len(missing), unit)

    def _parents(self, txids: Sequence[bytes]) -> list[bytes]:
        """Ids of the transactions that some spend from, in a lasting order."""
        if not txids:
            return []
        _, parsed = parsed_txs([self._gathered.raw[txid] for txid in txids])
        rows = np.unique(parsed.in_prev_txid_raw, axis=0)
        return [txid for row in rows if (txid := row.tobytes()) != _NULL]

    def _list(self, script: bytes, tip: Stand, *, asked_for: bool) -> bool:
        """Bring a history up to the tip; False where it stays at the edge."""
        limits = self._limits
        most = limits.transactions if asked_for else limits.service
        self._asking.counted()
        count = self._asking.explorer.count(script)
        listing = Listing(self._asking, script, tip, count, most, self._progress)
        if not asked_for and count is not None and count > most:
            listing.end(State.EDGE, f"the source counts {count:,} transactions; {_edge(most)}")
            return False
        try:
            listing.run(in_full=asked_for or count is not None)
        except SourceTooLongError as error:
            listing.end(State.EDGE, error.message)
            return False
        if not asked_for and listing.was_cut:
            listing.end(State.EDGE, _edge(most))
            return False
        return True

    def _counterparties(self, front: Sequence[bytes]) -> list[bytes]:
        """Scripts on the other side of transactions of some scripts: the most frequent first."""
        columns = columns_of(self._gathered)
        theirs = {
            one.txid_raw
            for script in front
            for one in self._gathered.history(script, self._asking.source).confirmed()
            if one.txid_raw in self._gathered.raw
        }
        often = Counter(scripts_of(columns, theirs))
        never = [one for one in often if one[:1] in (b"", _OP_RETURN) or len(one) > _LONGEST_SCRIPT]
        for script in [*self._done, *never]:
            often.pop(script, None)
        ranked = sorted(often, key=lambda script: (-often[script], script))
        taken = sum(1 for script in self._done if script not in self._asked)
        return ranked[: max(self._limits.addresses - taken, 0)]


def _edge(most: int) -> str:
    """Why a counterparty is not gathered."""
    return f"over {most:,} it is taken for a service and left at the edge of the case"
