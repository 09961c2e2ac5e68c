"""One day of the dataset, tried: which blocks it proves whole, which in part, and what of it does not hold.

A row of a transaction counts where its bytes, made again, have its id. A block is whole where such
transactions, in the order of their `index`, give the Merkle root of its header: then nothing of them is only
told. Rows of a day stand in one partition by the time of their block: a day is tried with no other in memory.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from qaif.feeds.aws.parquet import BLOCKS, TRANSACTIONS, DayFiles, TableFile
from qaif.feeds.aws.rebuild import (
    TxRow,
    block_rows,
    compact_size,
    merkle_root,
    tx_bytes,
    tx_rows,
)
from qaif.feeds.blockfile_scan import coinbase_height, header_holds
from qaif.feeds.networks import Network
from qaif.feeds.shape import HEADER_BYTES
from qaif.units import UNKNOWN, hash_raw

MOST_NAMED = 20
_INNER_NODE = 64  # bytes


class HeldTx(NamedTuple):
    """A transaction that was made again: place as told, bytes, a digest of what it is said to spend."""

    place: int
    size: int
    told: bytes


@dataclass
class HeldBlock:
    """A block whose header was made again.

    Attributes:
        header: its 80 bytes.
        number: its height as told.
        params: what rows say that its coinbase's script is, in hex.
        txs: its transactions by id, wire order.
        groups: where these stand: which file of the day, and which group of rows in it.
        refused: ids of rows that do not give them, with their places as told.
        coinbase: the bytes of its coinbase, where that is held.
        commits: whether the coinbase has the form of a commitment to witnesses.
    """

    header: bytes
    number: int
    params: list[str]
    txs: dict[bytes, HeldTx] = field(default_factory=dict)
    groups: set[tuple[int, int]] = field(default_factory=set)
    refused: dict[bytes, int] = field(default_factory=dict)
    coinbase: bytes = b""
    commits: bool = True

    @property
    def in_order(self) -> list[bytes]:
        """Ids by the places told."""
        return sorted(self.txs, key=lambda txid: (self.txs[txid].place, txid))

    @property
    def whole(self) -> bool:
        """Whether its transactions give its Merkle root."""
        return bool(self.txs) and merkle_root(self.in_order) == self.header[36:68]

    @property
    def missing_places(self) -> list[int] | None:
        """The places of what was refused, where the places of all others are proven; None where they are not.

        Ids can prove places though not every transaction is held: where all that are told, in order, give the
        Merkle root. Nothing held may have the size of an inner node (CVE-2017-12842).
        """
        places = {txid: place for txid, place in self.refused.items() if txid not in self.txs}
        if not self.txs or not places or any(tx.size == _INNER_NODE for tx in self.txs.values()):
            return None
        places |= {txid: tx.place for txid, tx in self.txs.items()}
        order = sorted(places, key=lambda txid: (places[txid], txid))
        if merkle_root(order) != self.header[36:68]:
            return None
        return [at for at, txid in enumerate(order) if txid not in self.txs]

    @property
    def size(self) -> int:
        """Bytes of the header, the count, and its transactions without witnesses."""
        count = len(compact_size(len(self.txs)))
        return HEADER_BYTES + count + sum(tx.size for tx in self.txs.values())

    @property
    def bip34_height(self) -> int:
        """The height that its coinbase begins with, -1 where there is none."""
        return coinbase_height(b"\x01" + self.coinbase[:192]) if self.coinbase else UNKNOWN

    def content(self) -> bytes:
        """A digest of what is held of it."""
        said = f"{self.whole} {self.missing_places}".encode()
        return sha256(b"".join([said, *(txid + self.txs[txid].told for txid in self.in_order)])).digest()


@dataclass
class Faults:
    """What does not hold: how often, by kind, and the first of them in words."""

    counts: Counter[str] = field(default_factory=Counter)
    named: list[str] = field(default_factory=list)

    def add(self, kind: str, what: str, count: int = 1) -> None:
        """Note one, or more of a kind."""
        self.counts[kind] += count
        if len(self.named) < MOST_NAMED:
            self.named.append(what)


class Day:
    """A day, looked through.

    Args:
        folder: the dataset.
        files: the day's.
        network: whose blocks they are.
    """

    def __init__(self, folder: Path, files: DayFiles, network: Network) -> None:
        self.faults = Faults()
        self._folder, self._files, self._network = folder, files, network
        self.blocks = self._read_blocks()
        self._failed: dict[tuple[str, str], None] = {}

    def try_transactions(self, seen: Callable[[int], None]) -> None:
        """Read all transactions, and keep what they prove.

        Args:
            seen: told the bytes of each file that was read.
        """
        for at, file in enumerate(self._files.transactions):
            for group, row in rows_of(self._folder / file.name):
                self._take(row, (at, group))
            seen(file.size)
        for shown, txid in self._failed:
            self._note_failed(shown, txid)
        for shown, block in self.blocks.items():
            if not block.whole:
                what = f"Block {shown} ({block.number:,}) is held in part"
                self.faults.add("blocks not whole", f"{what}: {len(block.txs):,} transactions.")
        self.blocks = {shown: block for shown, block in self.blocks.items() if block.txs}

    def _read_blocks(self) -> dict[str, HeldBlock]:
        blocks: dict[str, HeldBlock] = {}
        refused: dict[str, None] = {}
        for row in rows_of_blocks(self._folder, self._files):
            if row.header is None or not header_holds(row.header, self._network):
                refused[row.hash_hex] = None
                continue
            told = blocks.setdefault(row.hash_hex, HeldBlock(row.header, row.number, []))
            if told.params:
                self.faults.counts["more rows of a block"] += 1
            if row.number != told.number or (told.params and row.coinbase_param not in told.params):
                self._differ("block", row.hash_hex)
            if row.coinbase_param not in told.params:
                told.params.append(row.coinbase_param)
        for shown in refused:
            if shown in blocks:
                self._differ("block", shown)
            else:
                what = "does not have that hash, or does not show the work that it states"
                self.faults.add("headers refused", f"What is told of block {shown[:64]} {what}.")
        return blocks

    def _differ(self, what: str, shown: str) -> None:
        self.faults.add("rows that differ", f"Rows of {what} {shown[:64]} differ; what is proven was taken.")

    def _take(self, row: TxRow, group: tuple[int, int]) -> None:
        block = self.blocks.get(row.block_hash_hex)
        if block is None:
            shown = row.block_hash_hex[:64]
            self.faults.add(
                "rows without their block", f"A transaction names block {shown}, which its day does not have."
            )
            return
        raw = tx_bytes(row, block.params)
        if raw is None:
            self._failed[row.block_hash_hex, row.txid_hex] = None
            with suppress(ValueError):
                block.refused.setdefault(hash_raw(row.txid_hex), row.place)
            return
        txid = hash_raw(row.txid_hex)
        if txid in block.txs:
            self.faults.counts["more rows of a transaction"] += 1
            if block.txs[txid].place != row.place:
                self._differ("transaction", row.txid_hex)
            return
        block.txs[txid] = HeldTx(row.place, len(raw), sha256(repr(row.told).encode()).digest()[:8])
        block.groups.add(group)
        if row.is_coinbase:
            block.coinbase, block.commits = raw, row.commits

    def _note_failed(self, block: str, txid: str) -> None:
        try:
            proven = hash_raw(txid) in self.blocks[block].txs
        except ValueError:
            proven = False
        if proven:
            self._differ("transaction", txid)
        else:
            what = f"What is told of transaction {txid[:64]} does not give its id."
            self.faults.add("transactions refused", what)


def rows_of(path: Path, groups: list[int] | None = None) -> Iterator[tuple[int, TxRow]]:
    """Rows of transactions of a file, each with its group; all groups, or some."""
    file = TableFile(path, TRANSACTIONS)
    try:
        for group in range(file.groups) if groups is None else groups:
            yield from ((group, row) for row in file.rows(group, tx_rows))
    finally:
        file.close()


def rows_of_blocks(folder: Path, files: DayFiles) -> Iterator[Any]:
    """Rows of blocks of a day's files."""
    for seen in files.blocks:
        file = TableFile(folder / seen.name, BLOCKS)
        try:
            for group in range(file.groups):
                yield from file.rows(group, block_rows)
        finally:
            file.close()
