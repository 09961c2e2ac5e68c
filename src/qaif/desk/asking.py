"""One source asked for a case: what it tells is tried, written to the log and taken in.

Whatever is written stands before the next thing is asked, so a run that is stopped anywhere goes on there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from qaif.chain.appendlog import AppendLog
from qaif.errors import SourceError
from qaif.feeds.explorer import Explorer, Listed, Place, Remembers, Stand
from qaif.feeds.gathered_state import Gathered, hash_of_header
from qaif.feeds.proving import can_be_proven, checked_headers, checked_txs, refused, root_of
from qaif.feeds.told import Telling, Told, ToldHeader, ToldNetwork, ToldPlace, ToldTx, encoded
from qaif.units import hash_hex

AT_ONCE = 50  # transactions or places written together
_ATTEMPTS = 3
_FARTHEST = 4096  # headers that are asked for in one go to find where two chains part


class LimitError(SourceError):
    """The limit of requests of a run is reached; what was gathered is kept."""


class Asking:
    """A source, and the log that its words go to.

    Args:
        explorer: the source's client.
        source: its name, as the user wrote it.
        log: where what it tells is kept.
        gathered: what the log says.
        clock: the time, seconds since 1970.
        most_requests: after which to stop.

    Attributes:
        requests: how many things were asked for: a page, a transaction, a place, a run of headers.
        new_txs: transactions that were not held before.
    """

    def __init__(  # noqa: PLR0913, PLR0917  the six things that a run is made of
        self,
        explorer: Explorer,
        source: str,
        log: AppendLog,
        gathered: Gathered,
        clock: Callable[[], int],
        most_requests: int,
    ) -> None:
        self.explorer, self.source, self.gathered = explorer, source, gathered
        self._log, self._clock, self._most = log, clock, most_requests
        self.requests = self.new_txs = 0

    def counted(self, requests: int = 1) -> None:
        """Count what is about to be asked.

        Raises:
            LimitError: it would be too much.
        """
        if self.requests + requests > self._most:
            raise LimitError(
                f"The limit of {self._most:,} requests is reached.",
                way_out="What was gathered is kept; the same command goes on from there.",
            )
        self.requests += requests

    def keep(self, told: Iterable[Told]) -> None:
        """Write what was told and tried, and take it in."""
        records = tuple(told)
        if not records:
            return
        answers = self.explorer.answers_sha256() if isinstance(self.explorer, Remembers) else ()
        telling = Telling(self.source, self._clock(), records, answers[:0xFFFF])
        self._log.append(encoded(telling))
        self.gathered.take(telling)

    def begin(self) -> Stand:
        """The source's network and tip, tried.

        Raises:
            NetworkMismatchError: what was gathered before is of another network.
            SourceShapeError: the tip that it names is not the block that it has there.
        """
        name = self.explorer.network.name
        if self.gathered.network is None:
            self.keep([ToldNetwork(name)])
        self.gathered.of_network(name)
        for _ in range(_ATTEMPTS):
            self.counted()
            stand = self.explorer.stand()
            if self.headers(stand.height, stand.height, _hashes_to(stand.hash_raw)):
                return stand
        raise refused(
            f"{self.source} says that its tip is {hash_hex(stand.hash_raw)} at height {stand.height:,}, and"
            " has another block there.",
            height=stand.height,
        )

    def headers(self, low: int, high: int, fits: Callable[[bytes], bool] = lambda _: True) -> bool:
        """Ask for headers, and for as many before and after as it takes to agree with those that are held.

        Args:
            low: the first height.
            high: the last.
            fits: what the first header must do; where it does not, none is kept.

        Returns:
            Whether it does.

        Raises:
            SourceShapeError: they are not what headers must be, or the source has none there.
        """
        asked = low
        low, raws, hashes = self._joined(low, high)
        if not fits(raws[asked - low]):
            return False
        self._not_elsewhere(hashes, low)
        self.keep(
            ToldHeader(low + at, raw)
            for at, raw in enumerate(raws)
            if self.gathered.words.get(low + at, {}).get(self.source) != hashes[at]
            or self.gathered.at_height[low + at] != hashes[at]
        )
        return True

    def _joined(self, low: int, high: int) -> tuple[int, list[bytes], list[bytes]]:
        """Headers that agree with those held on both sides: from which height on, their bytes and hashes."""
        step = 1
        while True:
            self.counted()
            raws = self.explorer.headers(low, high - low + 1)[: high - low + 1]
            if not raws:
                raise refused(f"{self.source} has no header for height {low:,}.", height=low)
            hashes = checked_headers(raws, low, self.explorer.network)
            before, after = self.gathered.at_height.get(low - 1), self.gathered.at_height.get(high + 1)
            parts = before is not None and raws[0][4:36] != before
            parts_after = after is not None and self.gathered.headers[after][4:36] != hashes[-1]
            parts_after &= len(raws) == high - low + 1
            if not parts and not parts_after:
                return low, raws, hashes
            if high - low > _FARTHEST:
                raise refused(f"{self.source} has another chain than the one gathered before.", height=low)
            low, high = max(low - step, 0) if parts else low, high + step if parts_after else high
            step *= 2

    def _not_elsewhere(self, hashes: Sequence[bytes], low: int) -> None:
        """Refuse a block that stands at another height already."""
        for height, block in enumerate(hashes, low):
            before = self.gathered.height_of.get(block, height)
            if before != height:
                raise refused(
                    f"{self.source} says that block {hash_hex(block)} is at height {height:,}; it was told to"
                    f" be at {before:,}.",
                    height=height,
                )

    def transactions(self, txids: Sequence[bytes]) -> None:
        """Ask for the bytes of transactions that are not held.

        Raises:
            SourceShapeError: other bytes came.
        """
        wanted = [txid for txid in dict.fromkeys(txids) if txid not in self.gathered.raw]
        for chunk in chunks(wanted, AT_ONCE):
            self.counted(len(chunk))
            raws: list[bytes] = []
            try:
                raws.extend(islice(self.explorer.transactions(chunk), len(chunk) + 1))
            except SourceError:
                self._keep_txs(chunk[: len(raws)], raws)
                raise
            self._keep_txs(chunk, raws)

    def _keep_txs(self, txids: Sequence[bytes], raws: Sequence[bytes]) -> None:
        checked_txs(raws, txids)
        self.keep(ToldTx(txid, raw) for txid, raw in zip(txids, raws, strict=True))
        self.new_txs += len(txids)

    def needs_place(self, listed: Listed) -> bool:
        """Whether a transaction's place is not known, has moved, or may be proven by this source."""
        place = self.gathered.place(listed.txid_raw)
        if place is None or place.height != listed.height:
            return True
        if listed.block_hash_raw is not None and listed.block_hash_raw != place.block_hash_raw:
            return True
        return not place.proven and self.source not in self.gathered.places[listed.txid_raw]

    def places(self, listed: Sequence[Listed]) -> Iterator[int]:
        """Ask where transactions are; says after each lot how many are done.

        Raises:
            SourceShapeError: what it says of a place is refuted by its own branch or header.
        """
        done = 0
        for chunk in chunks(listed, AT_ONCE):
            found: list[ToldPlace] = []
            try:
                for one in chunk:
                    found.append(self._place(one))  # noqa: PERF401  those before a failure are kept
            finally:
                self.keep(found)
            done += len(chunk)
            yield done

    def _place(self, listed: Listed) -> ToldPlace:
        self.counted()
        told = self.explorer.place(listed)
        shown = hash_hex(listed.txid_raw)
        if told.height != listed.height:
            raise refused(
                f"{self.source} lists transaction {shown} at height {listed.height} and places it at"
                f" {told.height}."
            )

        def fits(header: bytes) -> bool:
            same = listed.block_hash_raw in (None, hash_of_header(header))
            return same and _root(listed, told) in (None, header[36:68])

        block = self.gathered.at_height.get(told.height)
        if (block is None or not fits(self.gathered.headers[block])) and not self.headers(
            told.height, told.height, fits
        ):
            raise refused(
                f"What {self.source} says of the place of transaction {shown} does not agree with the"
                f" header at height {told.height:,}.",
                height=told.height,
            )
        root = _root(listed, told)
        proven = root is not None and can_be_proven(self.gathered.raw[listed.txid_raw])
        block = self.gathered.at_height[told.height]
        return ToldPlace(listed.txid_raw, told.height, block, told.position, proven, told.branch_raw)


def _hashes_to(hash_raw: bytes) -> Callable[[bytes], bool]:
    """Whether a header is that of a block."""
    return lambda raw: hash_of_header(raw) == hash_raw


def _root(listed: Listed, told: Place) -> bytes | None:
    """The Merkle root that a branch gives, empty where it gives none; None where there is no branch."""
    if told.branch_raw is None or told.position is None:
        return None
    return root_of(listed.txid_raw, told.position, told.branch_raw) or b""


T = TypeVar("T")


def chunks(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Lots of at most so many."""
    return (rows[at : at + size] for at in range(0, len(rows), size))
