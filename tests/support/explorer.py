"""An explorer over a real chain of blocks: it answers from their bytes, and can be told to lie or to fail."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from oracle.blockmaker import Block, Tx, double, spent
from qaif.errors import SourceError
from qaif.feeds.explorer import Listed, Place, Stand
from qaif.feeds.networks import NETWORKS, Network

PAGE = 7


def branch_of(leaves: Sequence[bytes], position: int) -> tuple[bytes, ...]:
    """The hashes beside a leaf's way up to the root."""
    row, out = list(leaves), []
    while len(row) > 1:
        row += row[-1:] * (len(row) % 2)
        out.append(row[position ^ 1])
        row = [double(row[at] + row[at + 1]) for at in range(0, len(row), 2)]
        position >>= 1
    return tuple(out)


@dataclass
class Told:
    """Calls by name, and what they were about."""

    calls: dict[str, list[object]] = field(default_factory=lambda: defaultdict(list))

    def count(self) -> int:
        return sum(map(len, self.calls.values()))


class ChainExplorer:
    """Answers from blocks, which must each be whole and follow one another from genesis."""

    def __init__(self, blocks: Sequence[Block], *, proofs: bool = True, page: int = PAGE) -> None:
        self.proofs, self.page, self.asked = proofs, page, Told()
        self.fail_at = -1  # the call at which the line breaks
        self.loose: list[Tx] = []  # in no block
        self.take(blocks)

    def take(self, blocks: Sequence[Block]) -> None:
        """Be at another chain."""
        self.blocks = list(blocks)
        self.txs = {
            tx.txid: (height, at, tx) for height, b in enumerate(blocks) for at, tx in enumerate(b.txs)
        }
        self.of_script: dict[bytes, list[bytes]] = defaultdict(list)
        for block in blocks:
            for tx in block.txs:
                for script in self.scripts(tx):
                    self.of_script[script].append(tx.txid)

    def scripts(self, tx: Tx) -> list[bytes]:
        """Scripts that a transaction pays or spends, each once."""
        spends = [self.txs[txid][2].outs[vout][1] for txid, vout in spent(tx) if txid in self.txs]
        return list(dict.fromkeys([*(script for _, script in tx.outs), *spends]))

    def _heard(self, name: str, about: object) -> None:
        if self.asked.count() == self.fail_at:
            self.fail_at = -1
            raise SourceError("The line broke.", way_out="Run it again.")
        self.asked.calls[name].append(about)

    @property
    def network(self) -> Network:
        return NETWORKS["regtest"]

    def stand(self) -> Stand:
        self._heard("stand", None)
        return Stand(len(self.blocks) - 1, self.blocks[-1].hash)

    def count(self, script_raw: bytes) -> int | None:
        self._heard("count", script_raw)
        return len(self.of_script[script_raw])

    def listing(self, script_raw: bytes) -> list[Listed]:
        """Newest first."""
        loose = [Listed(tx.txid, None) for tx in self.loose if script_raw in self.scripts(tx)]
        found = [
            Listed(txid, height, self.blocks[height].hash)
            for txid in reversed(self.of_script[script_raw])
            for height in [self.txs[txid][0]]
        ]
        return loose + found

    def history(self, script_raw: bytes, known: frozenset[bytes]) -> Iterator[Sequence[Listed]]:
        yield from self._pages(self.listing(script_raw), known)

    def _pages(self, listing: list[Listed], known: frozenset[bytes]) -> Iterator[Sequence[Listed]]:
        for at in range(0, max(len(listing), 1), self.page):
            page = listing[at : at + self.page]
            self._heard("page", [one.txid_raw for one in page])
            yield page
            if known and known.issuperset(one.txid_raw for one in page):
                return

    def transactions(self, txids_raw: Sequence[bytes]) -> Iterator[bytes]:
        for txid in txids_raw:
            self._heard("transaction", txid)
            yield self.raw(txid)

    def raw(self, txid: bytes) -> bytes:
        return self.txs[txid][2].raw

    def place(self, listed: Listed) -> Place:
        self._heard("place", listed.txid_raw)
        height, position, _ = self.txs[listed.txid_raw]
        if not self.proofs:
            return Place(height, None, None)
        leaves = [tx.txid for tx in self.blocks[height].txs]
        return Place(height, position, branch_of(leaves, position))

    def headers(self, first: int, count: int) -> list[bytes]:
        self._heard("headers", (first, count))
        return [block.raw[:80] for block in self.blocks[first : first + count]]


class ResumingExplorer(ChainExplorer):
    """One that can go on after a transaction."""

    def history_after(self, script_raw: bytes, txid_raw: bytes) -> Iterator[Sequence[Listed]]:
        listing = self.listing(script_raw)
        at = [one.txid_raw for one in listing].index(txid_raw) + 1
        if at < len(listing):
            yield from self._pages(listing[at:], frozenset())
