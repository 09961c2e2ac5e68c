"""A feed with Core's undo files beside it: told what blocks spend where their parents are not all there."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from qaif.errors import SourceMissingError
from qaif.feeds.around import FeedAround
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.feeds.networks import Network
from qaif.feeds.revfiles import UndoPlaces, coins_of, find_undo, read_undo
from qaif.feeds.shape import Feed, HeaderTable, Prevouts
from qaif.kernels import sort
from qaif.kernels.parse_columns import ParsedBlocks
from qaif.units import UNKNOWN, Int64s, hash_hex

SpentOutputs = tuple[list[int], list[bytes]]


def with_core_undo(feed: Feed, scanned: BlockFileFeed) -> "Feed | RevFeed":
    """The feed, told what its blocks spend by the undo files beside its block files.

    Where every block's parent is there, down to the network's first block, nothing needs to be told and no
    undo file is read.

    Args:
        feed: `scanned`, or a feed over it that is told by files of spent outputs; these go before.
        scanned: the block files.

    Raises:
        BlockFileError: an undo file cannot be read.
    """
    headers = scanned.headers()
    if not _has_orphans(headers, scanned.network):
        return feed
    places = find_undo(dict(_parents_by_file(scanned)), scanned.network)
    keys = {seen.path.parent: seen.key for seen in scanned.scan_state.files}
    return RevFeed(feed, places, keys) if places.files else feed


def _has_orphans(headers: HeaderTable, network: Network) -> bool:
    """Whether a block's parent is not there, by the first eight bytes of their hashes."""
    own = np.ascontiguousarray(headers.hash_raw[:, :8]).view("<u8").reshape(-1)
    parents = np.ascontiguousarray(headers.header[:, 4:12]).view("<u8").reshape(-1)
    apart = np.flatnonzero(parents != np.roll(own, 1))  # most stand behind their parents
    keys = sort.sorted_rows(own)[0]
    place = np.minimum(np.searchsorted(keys, parents[apart]), len(keys) - 1)
    orphans = apart[keys[place] != parents[apart]]
    return [hash_hex(headers.hash_raw[row].tobytes()) for row in orphans] != [network.genesis_hex]


def _parent(headers: HeaderTable, row: int) -> bytes:
    return headers.header[row, 4:36].tobytes()


def _parents_by_file(scanned: BlockFileFeed) -> Iterator[tuple[Path, tuple[bytes, list[bytes]]]]:
    state = scanned.scan_state
    for number, seen in enumerate(state.files):
        rows = np.flatnonzero(state.blocks.file == number)
        yield seen.path, (seen.key, [row.tobytes() for row in state.blocks.header[rows, 4:36]])


class RevFeed(FeedAround):
    """A feed and the undo files of its block files; made by `with_core_undo`.

    Attributes:
        told: hashes (wire order) of the blocks for which there is a record.
    """

    def __init__(self, feed: Feed, places: UndoPlaces, keys: Mapping[Path, bytes]) -> None:
        super().__init__(feed)
        self._places, self._keys = places, keys
        headers = feed.headers()
        self._children: dict[bytes, list[int]] = defaultdict(list)
        for row in range(len(headers.header)):
            self._children[_parent(headers, row)].append(row)
        rows = [row for parent in places.of_parent for row in self._children[parent]]
        self.told = frozenset(headers.hash_raw[row].tobytes() for row in rows)
        self.refused = 0

    def describe(self) -> Mapping[str, object]:
        """The feed's description, and what the undo files hold."""
        undo = {
            "files": self._places.files,
            "records": sum(len(places) for places in self._places.of_parent.values()),
            "unmatched": self._places.unmatched,
            "blocks": len(self.told),
        }
        return {**self._feed.describe(), "undo": undo}

    def prevouts(self, rows: Int64s) -> Prevouts | None:
        """What the inputs of these blocks spend, as far as it was told.

        Raises:
            BlockFileError: an undo file cannot be read.
        """
        given = self._feed.prevouts(rows)
        headers = self._feed.headers()
        wanted = [at for at, row in enumerate(rows.tolist()) if headers.hash_raw[row].tobytes() in self.told]
        parsed = self._parsed(rows) if wanted else None
        if parsed is None:
            return given
        value, scripts = _begun(given, len(parsed.in_sequence))
        for at in wanted:
            begin, end = (int(parsed.tx_in_lo[parsed.block_tx_lo[at + each]]) for each in (0, 1))
            outputs = self._outputs(int(rows[at]), _spends(parsed, at))
            begin += 1  # the coinbase's input spends nothing
            if outputs is None or (value[begin:end] != UNKNOWN).any():
                continue
            value[begin:end], scripts[begin:end] = outputs
        return Prevouts.of(value, scripts)

    def _outputs(self, row: int, spends: Int64s) -> SpentOutputs | None:
        """What a block spends: what all records say that can be this block's and no other's."""
        found: list[SpentOutputs] = []
        parent = _parent(self._feed.headers(), row)
        others = [other for other in self._children[parent] if other != row]
        if any(np.array_equal(self._spends_of(other), spends) for other in others):
            self.refused += 1
            return None
        for place in self._places.of_parent[parent]:
            try:
                coins = read_undo(place, self._keys[place.path.parent], parent)
            except SourceMissingError:
                continue
            scripts = coins_of(coins) if coins and np.array_equal(coins.tx_coins, spends) else None
            if coins is not None and scripts is not None:
                found.append((coins.value.tolist(), scripts))
        if not found or any(each != found[0] for each in found):
            self.refused += 1
            return None
        return found[0]

    def _spends_of(self, row: int) -> Int64s:
        parsed = self._parsed(np.array([row], dtype=np.int64))
        return np.empty(0, dtype=np.int64) if parsed is None else _spends(parsed, 0)


def _spends(parsed: ParsedBlocks, block: int) -> Int64s:
    """How many inputs each transaction of a block has but its first, the coinbase."""
    lo, hi = parsed.block_tx_lo[block : block + 2]
    counts: Int64s = np.diff(parsed.tx_in_lo[lo : hi + 1])[1:]
    return counts


def _begun(given: Prevouts | None, inputs: int) -> tuple[Int64s, list[bytes]]:
    """Values and scripts as far as they are told already."""
    if given is None:
        return np.full(inputs, UNKNOWN, dtype=np.int64), [b""] * inputs
    bounds = given.script_offset.tolist()
    return given.value_sat.copy(), [given.script[a:b].tobytes() for a, b in pairwise(bounds)]
