"""What a case's log says by now: the last word of each source on each thing, and where they disagree.

Nothing here depends on the order in which scripts were gathered. Of two words of one source the later
counts. A transaction has a place where a source gave one and the block named there is the one last told at
that height; a proven place goes before one that is only claimed, and two of equal standing that differ are a
dispute: then it has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from qaif.errors import NetworkMismatchError
from qaif.feeds.explorer import Listed
from qaif.feeds.told import (
    Telling,
    Told,
    ToldEnd,
    ToldHeader,
    ToldNetwork,
    ToldPage,
    ToldPlace,
    ToldTx,
)
from qaif.units import hash_hex

_MOST_NAMED = 20


@dataclass
class History:
    """What one source told of one script.

    Attributes:
        listed: everything that it listed, by id.
        under_way: ids of pages after the last end, in their order.
        end: the last end of a listing; None where none was reached.
        time_unix: when that was.
    """

    listed: dict[bytes, Listed] = field(default_factory=dict)
    under_way: list[bytes] = field(default_factory=list)
    end: ToldEnd | None = None
    time_unix: int = 0

    def confirmed(self) -> Iterator[Listed]:
        """What is said to be in a block."""
        return (one for one in self.listed.values() if one.height is not None)


@dataclass
class Gathered:
    """What the log says.

    Attributes:
        network: its name, None where nothing was gathered.
        raw: transactions by id.
        headers: headers by hash.
        at_height: the hash last told at each height; `height_of` is the same the other way.
        words: at each height, the hash that each source told last.
        places: of each transaction, the place that each source told last.
        histories: by script and source.
        sources: when each source last told something.
    """

    network: str | None = None
    raw: dict[bytes, bytes] = field(default_factory=dict)
    headers: dict[bytes, bytes] = field(default_factory=dict)
    at_height: dict[int, bytes] = field(default_factory=dict)
    height_of: dict[bytes, int] = field(default_factory=dict)
    words: dict[int, dict[str, bytes]] = field(default_factory=dict)
    places: dict[bytes, dict[str, ToldPlace]] = field(default_factory=dict)
    histories: dict[tuple[bytes, str], History] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)

    def take(self, telling: Telling) -> None:
        """Take in a batch.

        Raises:
            NetworkMismatchError: it is of another network.
        """
        for one in telling.told:
            self._take(one, telling)
        self.sources[telling.source] = telling.time_unix

    def _take(self, one: Told, telling: Telling) -> None:
        source = telling.source
        match one:
            case ToldNetwork(name):
                self.of_network(name)
            case ToldTx(txid_raw, raw):
                self.raw[txid_raw] = raw
            case ToldHeader(height, raw):
                block_hash = hash_of_header(raw)
                self.headers[block_hash] = raw
                self.height_of.pop(self.at_height.get(height, b""), None)
                self.at_height[height], self.height_of[block_hash] = block_hash, height
                self.words.setdefault(height, {})[source] = block_hash
            case ToldPlace():
                self.places.setdefault(one.txid_raw, {})[source] = one
            case ToldPage(script_raw, listed):
                history = self.history(script_raw, source)
                history.listed |= {each.txid_raw: each for each in listed}
                history.under_way += [each.txid_raw for each in listed]
            case ToldEnd():
                history = self.history(one.script_raw, source)
                for gone in one.gone:
                    history.listed.pop(gone, None)
                history.end, history.time_unix = one, telling.time_unix
                history.under_way = []

    def of_network(self, name: str) -> None:
        """See to it that everything is of one network.

        Raises:
            NetworkMismatchError: what was taken in is of another.
        """
        if self.network not in (None, name):
            raise NetworkMismatchError(
                f"What was gathered in this workspace is of {self.network}, this source serves {name}.",
                way_out="Use another workspace for another network.",
            )
        self.network = name

    def history(self, script_raw: bytes, source: str) -> History:
        """What a source told of a script; empty at first."""
        return self.histories.setdefault((script_raw, source), History())

    def place(self, txid_raw: bytes) -> ToldPlace | None:
        """Where a transaction is, None where that is not known, or in dispute."""
        found = self._standing(txid_raw)
        return found[0] if found and len({one.block_hash_raw for one in found}) == 1 else None

    def _standing(self, txid_raw: bytes) -> list[ToldPlace]:
        """The places in blocks that still stand, of the best standing; a known position first."""
        told = self.places.get(txid_raw, {}).values()
        there = [one for one in told if self.at_height.get(one.height) == one.block_hash_raw]
        proven = [one for one in there if one.proven]
        return proven or there

    def dropped(self) -> list[bytes]:
        """Transactions that had a place in a block that does not stand any more, and have none now."""
        return sorted(txid for txid in self.places if txid in self.raw and not self._standing(txid))

    def disagreements(self) -> list[str]:
        """What sources say differently, in words; the first twenty."""
        said = []
        for height, words in sorted(self.words.items()):
            if len(set(words.values())) > 1:
                told = "; ".join(f"{source}: {hash_hex(one)}" for source, one in sorted(words.items()))
                said.append(f"Sources name different blocks at height {height:,} ({told}).")
        for txid in sorted(self.places):
            found = self._standing(txid)
            if len({one.block_hash_raw for one in found}) > 1:
                where = ", ".join(f"{one.height:,}" for one in found)
                said.append(f"Transaction {hash_hex(txid)} is said to be in blocks {where}; it is left out.")
        return (said + list(self._different_histories()))[:_MOST_NAMED]

    def _different_histories(self) -> Iterator[str]:
        by_script: dict[bytes, list[tuple[str, History]]] = {}
        for (script, source), history in sorted(self.histories.items(), key=lambda item: item[0]):
            if history.end is not None and history.end.state == 0:
                by_script.setdefault(script, []).append((source, history))
        for script, told in by_script.items():
            upto = min(history.end.tip_height for _, history in told if history.end)
            ids = [{one.txid_raw for one in h.confirmed() if (one.height or 0) <= upto} for _, h in told]
            for lacking in sorted(
                {one for each in ids for one in each if not all(one in other for other in ids)}
            ):
                by = [source for (source, _), one in zip(told, ids, strict=True) if lacking in one]
                others = [source for source, _ in told if source not in by]
                yield (
                    f"Transaction {hash_hex(lacking)} is in the history of script {script.hex()} that "
                    f"{', '.join(by)} told, and not in that of {', '.join(others)}."
                )


def hash_of_header(raw: bytes) -> bytes:
    """The hash of a header, wire order."""
    return sha256(sha256(raw).digest()).digest()
