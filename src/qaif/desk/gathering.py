"""From scripts to all that a case needs of them: histories, transactions, places, parents, counterparties.

Each step asks only for what is not held, so the same run serves to begin, to go on after a stop, and to look
for what is new. What has too long a history stays at the edge of the case, and is named as such.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qaif.desk.asking import AT_ONCE, Asking, LimitError, chunks
from qaif.errors import SourceTooLongError
from qaif.feeds.explorer import Listed, Resumes, Stand
from qaif.feeds.gathered_coverage import scripts_of
from qaif.feeds.gathered_state import History
from qaif.feeds.gathered_table import columns_of, parsed_txs
from qaif.feeds.shape import Progress, silent
from qaif.feeds.told import State, ToldEnd, ToldPage
from qaif.units import UNKNOWN

_NULL = bytes(32)
_OP_RETURN = b"\x6a"


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
        self._gathered, self._explorer = asking.gathered, asking.explorer
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
        """From the newest block that matters down, ask whether it still stands, up to one that does."""
        matter = {place.height for told in self._gathered.places.values() for place in told.values()}
        matter |= {one.end.tip_height for one in self._gathered.histories.values() if one.end}
        for height in sorted(matter - {tip.height}, reverse=True):
            if height > tip.height or height not in self._gathered.at_height:
                continue
            before = self._gathered.at_height[height]
            self._asking.headers(height, height)
            if self._gathered.at_height[height] == before:
                return

    def _one(self, script: bytes, tip: Stand, *, asked_for: bool) -> None:
        """One script as a whole."""
        history = self._gathered.history(script, self._asking.source)
        self._done.append(script)
        if not self._list(script, history, tip, asked_for=asked_for):
            self._edge += 1
            return
        listed = sorted(history.confirmed(), key=lambda one: (one.height or 0, one.txid_raw))
        self._fetch([one.txid_raw for one in listed], "transactions")
        needed = [one for one in listed if self._asking.needs_place(one)]
        for done in self._asking.places(needed):
            self._progress(done, len(needed), "places")
        self._fetch(self._parents([one.txid_raw for one in listed]), "parents")

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

    def _list(self, script: bytes, history: History, tip: Stand, *, asked_for: bool) -> bool:
        """Bring a history up to the tip; False where it stays at the edge."""
        most = self._limits.transactions if asked_for else self._limits.service
        self._asking.counted()
        count = self._explorer.count(script)
        if not asked_for and count is not None and count > most:
            self._end(script, tip, State.EDGE, count, self._too_long(count, most), ())
            return False
        try:
            in_full = asked_for or count is not None
            short = self._listing(script, history, tip, count, most, in_full=in_full)
            if short:  # what an early end was trusted for did not hold
                self._listing(script, history, tip, count, most, in_full=in_full, from_start=True)
        except SourceTooLongError as error:
            self._end(script, tip, State.EDGE, UNKNOWN if count is None else count, error.message, ())
            return False
        state = history.end.state if history.end else State.COMPLETE
        if not asked_for and state == State.CUT:
            self._end(script, tip, State.EDGE, UNKNOWN if count is None else count, history_words(most), ())
            return False
        return True

    def _too_long(self, count: int, most: int) -> str:
        return f"the source counts {count:,} transactions; {history_words(most)}"

    def _listing(  # noqa: PLR0913  what it is of, how far it may go, and whence
        self,
        script: bytes,
        history: History,
        tip: Stand,
        count: int | None,
        most: int,
        *,
        in_full: bool,
        from_start: bool = False,
    ) -> bool:
        """Ask for the pages that are not held, and end the listing; True where it came out too short."""
        end = history.end
        whole_before = not from_start and not history.under_way and end is not None and end.state == 0
        known = frozenset(
            one.txid_raw
            for one in history.confirmed()
            if whole_before and (place := self._gathered.place(one.txid_raw)) and place.height == one.height
        )
        before = [] if from_start else _listed_before(history)
        seen, cut = set(before), False
        for page, is_new in self._pages(script, before, known):
            fresh = [one for one in page if one.txid_raw not in seen and one.txid_raw not in known]
            left = most - len(seen | known)
            cut = not is_new and len(fresh) > max(left, 0)
            taken = _newest(fresh, max(left, 0)) if cut else page
            self._asking.keep([ToldPage(script, tuple(taken))] if taken else [])
            seen.update(one.txid_raw for one in taken)
            if in_full:  # a client may hold the bytes that came with the page
                self._asking.transactions([one.txid_raw for one in taken if one.height is not None])
            self._progress(len(seen), max(count or 0, len(seen)), "listed")
            if cut:
                break
        if cut:
            why = f"stopped at the limit of {most:,} transactions{_of(count)}; a higher limit takes more"
            self._end(script, tip, State.CUT, _or_unknown(count), why, ())
            return False
        gone = tuple(txid for txid in history.listed if txid not in seen and txid not in known)
        confirmed = sum(1 for one in history.confirmed() if one.txid_raw not in gone)
        if count is not None and confirmed < count:
            why = f"the source counts {count:,} transactions and lists {confirmed:,}"
            self._end(script, tip, State.SHORT, count, why, gone)
            return bool(known) and not from_start
        self._end(script, tip, State.COMPLETE, _or_unknown(count), "", gone)
        return False

    def _pages(
        self, script: bytes, before: Sequence[bytes], known: frozenset[bytes]
    ) -> Iterator[tuple[Sequence[Listed], bool]]:
        """Pages from the newest on; after a stop those above what was listed, then those after it.

        Args:
            script: whose.
            before: ids that a listing which did not end gave, in its order.
            known: ids of a listing that did end, with the place they had.

        Returns:
            Each page, and whether it is above what was listed before, and so not limited.
        """
        listed = self._gathered.history(script, self._asking.source).listed
        confirmed = [txid for txid in before if listed[txid].height is not None]
        resumes = isinstance(self._explorer, Resumes) and bool(confirmed)
        stop_at = frozenset(before) if resumes else known
        for page in self._explorer.history(script, stop_at):
            self._asking.counted()
            yield page, resumes
            if stop_at and stop_at.issuperset(one.txid_raw for one in page):
                break
        if resumes and isinstance(self._explorer, Resumes):
            for page in self._explorer.history_after(script, confirmed[-1]):
                self._asking.counted()
                yield page, False

    def _end(  # noqa: PLR0913, PLR0917  the fields of the record
        self, script: bytes, tip: Stand, state: State, count: int, why: str, gone: tuple[bytes, ...]
    ) -> None:
        self._asking.keep([ToldEnd(script, tip.height, tip.hash_raw, state, count, why, gone)])

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
        for script in [*self._done, *(one for one in often if one.startswith(_OP_RETURN) or not one)]:
            often.pop(script, None)
        ranked = sorted(often, key=lambda script: (-often[script], script))
        taken = sum(1 for script in self._done if script not in self._asked)
        return ranked[: max(self._limits.addresses - taken, 0)]


def history_words(most: int) -> str:
    """Why a counterparty is not gathered."""
    return f"over {most:,} it is taken for a service and left at the edge of the case"


def _listed_before(history: History) -> list[bytes]:
    """What a listing that did not come to its end has given, in its order."""
    if history.under_way:
        return list(history.under_way)
    return list(history.listed) if history.end is not None and history.end.state == State.CUT else []


def _newest(page: Sequence[Listed], count: int) -> list[Listed]:
    """The newest of a page, in its order; what is in no block yet is the newest."""
    newest = sorted(
        range(len(page)), key=lambda at: (page[at].height is None, page[at].height or 0), reverse=True
    )
    keep = set(newest[:count])
    return [one for at, one in enumerate(page) if at in keep]


def _of(count: int | None) -> str:
    return "" if count is None else f" of the {count:,} that the source counts"


def _or_unknown(count: int | None) -> int:
    return UNKNOWN if count is None else count
