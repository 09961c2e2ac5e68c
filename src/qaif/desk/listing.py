"""One script's history, listed: from the newest page down to what is known, or on from where it was stopped.

A page is written as soon as it came. What was listed to its end is not listed again: a later listing ends at
the first page of which everything is known with its place. Where that was wrong, as the source then counts
more than it has listed, the listing begins once more from the start.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qaif.desk.asking import Asking
from qaif.feeds.explorer import Listed, Resumes, Stand
from qaif.feeds.gathered_state import History
from qaif.feeds.proving import refused
from qaif.feeds.shape import Progress
from qaif.feeds.told import State, ToldEnd, ToldPage
from qaif.units import HASH_LENGTH, UNKNOWN

_MOST_HEIGHT = 1 << 31


@dataclass
class Listing:
    """A listing under way.

    Attributes:
        asking: the source.
        script: whose history.
        tip: the source's tip, as of which it is listed.
        count: how many transactions the source counts; None where it does not.
        most: how many to take.
        progress: told how many are listed.
        was_cut: it stopped at `most`.
    """

    asking: Asking
    script: bytes
    tip: Stand
    count: int | None
    most: int
    progress: Progress
    was_cut: bool = False

    @property
    def _history(self) -> History:
        return self.asking.gathered.history(self.script, self.asking.source)

    def run(self, *, in_full: bool) -> None:
        """Ask for the pages that are not held.

        Args:
            in_full: ask for each page's transactions before the next page: a client may hold the bytes that
                came with it.
        """
        known = self._known()
        before = self._listed_before()
        if self._take(known, before, in_full=in_full) and known:
            self._take(frozenset(), [], in_full=in_full)

    def end(self, state: State, why: str, gone: tuple[bytes, ...] = ()) -> None:
        """Write how it ended."""
        count = UNKNOWN if self.count is None else self.count
        self.asking.keep([ToldEnd(self.script, self.tip.height, self.tip.hash_raw, state, count, why, gone)])

    def _known(self) -> frozenset[bytes]:
        """What a listing that came to its end gave, and stands where it stood then.

        Where the block as of which it was listed still stands, that is all of it; else what has its place.
        """
        history, gathered = self._history, self.asking.gathered
        end = history.end
        if history.under_way or end is None or end.state != State.COMPLETE:
            return frozenset()
        stands = end.tip_height <= self.tip.height
        stands &= gathered.at_height.get(end.tip_height) == end.tip_hash_raw

        def is_known(one: Listed) -> bool:
            place = gathered.place(one.txid_raw)
            placed = place is not None and place.height == one.height
            return placed or (stands and (one.height or 0) <= end.tip_height)

        return frozenset(one.txid_raw for one in history.confirmed() if is_known(one))

    def _listed_before(self) -> list[bytes]:
        """What a listing that did not end gave in blocks, in its order, if the source can go on with it."""
        history = self._history
        was_cut = history.end is not None and history.end.state == State.CUT
        before = history.under_way or (list(history.listed) if was_cut else [])
        if not isinstance(self.asking.explorer, Resumes):
            return []
        return [txid for txid in before if txid in history.listed and history.listed[txid].height is not None]

    def _take(self, known: frozenset[bytes], before: list[bytes], *, in_full: bool) -> bool:
        """Take pages to the end, and write that; True where fewer were listed than counted."""
        seen, left = set(before), max(self.most - len(known) - len(before), 0)
        for page, is_above in self._pages(known, before):
            self._try(page)
            fresh = [one for one in page if one.txid_raw not in seen and one.txid_raw not in known]
            self.was_cut = not is_above and len(fresh) > left
            taken = _newest(fresh, left) if self.was_cut else page
            self.asking.keep([ToldPage(self.script, tuple(taken))] if taken else [])
            seen.update(one.txid_raw for one in taken)
            left = max(left - len(fresh), 0)
            if in_full:
                self.asking.transactions([one.txid_raw for one in taken if one.height is not None])
            self.progress(len(seen), max(self.count or 0, len(seen)), "listed")
            if self.was_cut:
                self.end(State.CUT, self._cut_words())
                return False
        seen |= known
        return self._ended(tuple(txid for txid in self._history.listed if txid not in seen))

    def _try(self, page: Sequence[Listed]) -> None:
        """See to it that ids and hashes are such, and heights can be."""
        for one in page:
            good = len(one.txid_raw) == HASH_LENGTH and len(one.block_hash_raw or one.txid_raw) == HASH_LENGTH
            if not good or not 0 <= (one.height or 0) < _MOST_HEIGHT:
                raise refused(f"{self.asking.source} lists what cannot be a transaction in a block.")

    def _ended(self, gone: tuple[bytes, ...]) -> bool:
        left_out = set(gone)
        confirmed = sum(1 for one in self._history.confirmed() if one.txid_raw not in left_out)
        if self.count is not None and confirmed < self.count:
            why = f"the source counts {self.count:,} transactions and lists {confirmed:,}"
            self.end(State.SHORT, why, gone)
            return True
        self.end(State.COMPLETE, "", gone)
        return False

    def _pages(
        self, known: frozenset[bytes], before: Sequence[bytes]
    ) -> Iterator[tuple[Sequence[Listed], bool]]:
        """Pages from the newest on; after a stop those above what was listed, then those after it.

        Returns:
            Each page, and whether it is above what was listed before, and so not limited.
        """
        explorer, stop_at = self.asking.explorer, frozenset(before) or known
        for page in explorer.history(self.script, stop_at):
            self.asking.counted()
            yield page, bool(before)
            if stop_at and stop_at.issuperset(one.txid_raw for one in page):
                break
        if before and isinstance(explorer, Resumes):
            for page in explorer.history_after(self.script, before[-1]):
                self.asking.counted()
                yield page, False

    def _cut_words(self) -> str:
        of = "" if self.count is None else f" of the {self.count:,} that the source counts"
        return (
            f"stopped at the limit of {self.most:,} transactions{of}; `--most-transactions` sets a higher one"
        )


def _newest(page: Sequence[Listed], count: int) -> list[Listed]:
    """The newest of a page, in its order; what is in no block yet is the newest."""

    def age(at: int) -> tuple[bool, int]:
        return page[at].height is None, page[at].height or 0

    keep = set(sorted(range(len(page)), key=age, reverse=True)[:count])
    return [one for at, one in enumerate(page) if at in keep]
