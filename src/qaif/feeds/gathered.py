"""What was gathered from explorers as a feed: headers, and blocks of which only some transactions are held.

Heights are those that the sources told. What inputs spend is read from the bytes of their parents, which the
log keeps beside the transactions of the case.
"""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256

import numpy as np

from qaif.errors import SourceShapeError
from qaif.feeds.gathered_state import Gathered
from qaif.feeds.gathered_table import Columns, columns_of
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.shape import HEADER_BYTES, HeaderTable, Prevouts, RawBlocks
from qaif.kernels.join import gather_bytes
from qaif.units import UNKNOWN, Bytes, Int64s

_ONE_BYTE = 0xFD  # counts below it take one byte


class GatheredFeed:
    """Single transactions as blocks that are not whole.

    Args:
        gathered: what the log says.
    """

    def __init__(self, gathered: Gathered) -> None:
        if gathered.network is None:
            raise SourceShapeError("Nothing was gathered yet.", way_out="Name a source with --source.")
        self._gathered, self._network = gathered, NETWORKS[gathered.network]

    @property
    def network(self) -> Network:
        """The network that the sources serve."""
        return self._network

    @cached_property
    def columns(self) -> Columns:
        """Everything that is held, in chain order."""
        return columns_of(self._gathered)

    def headers(self) -> HeaderTable:
        """Every block of which a transaction is held, by height."""
        return self._headers

    @cached_property
    def _headers(self) -> HeaderTable:
        columns, hashes = self.columns, [block for block, _ in self.columns.blocks]
        raw = b"".join(self._gathered.headers[block] for block in hashes)
        sizes = columns.parsed.tx_size[columns.rows]
        held = np.add.reduceat(sizes, columns.begins[:-1]) if hashes else sizes
        return HeaderTable(
            header=np.frombuffer(raw, dtype=np.uint8).reshape(-1, HEADER_BYTES),
            hash_raw=np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, 32),
            bip34_height=np.full(len(hashes), UNKNOWN, dtype=np.int32),
            claimed_height=np.array([height for _, height in columns.blocks], dtype=np.int32),
            size=HEADER_BYTES + _count_bytes(np.diff(columns.begins)) + held.astype(np.int64),
            whole=np.zeros(len(hashes), dtype=np.bool_),
        )

    def read(self, rows: Int64s) -> RawBlocks:
        """Header, how many transactions are held, and these."""
        pieces, offset, places = [], [0], [np.empty(0, dtype=np.int32)]
        for block in rows.tolist():
            mine = self._rows_of(block)
            pieces += [self._headers.header[block].tobytes(), _compact_size(len(mine))]
            pieces += [self.columns.raw(int(row)) for row in mine]
            places.append(self.columns.place[self.columns.begins[block] : self.columns.begins[block + 1]])
            offset.append(offset[-1] + int(self._headers.size[block]))
        data = np.frombuffer(b"".join(pieces), dtype=np.uint8)
        return RawBlocks(data, np.array(offset, dtype=np.int64), np.concatenate(places))

    def _rows_of(self, block: int) -> Int64s:
        return self.columns.rows[self.columns.begins[block] : self.columns.begins[block + 1]]

    def prevouts(self, rows: Int64s) -> Prevouts | None:
        """What the inputs spend, read from their parents' bytes where these are held."""
        parsed = self.columns.parsed
        outs = np.concatenate([np.empty(0, np.int64), *(self._spent_outputs(int(block)) for block in rows)])
        known, at = outs >= 0, np.maximum(outs, 0)
        value = np.where(known, parsed.out_value_sat[at], UNKNOWN).astype(np.int64)
        lo = parsed.out_script_off[at]
        length = np.where(known, parsed.out_script_len[at], 0)
        offset = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        script = gather_bytes(self.columns.data, lo, lo + length)
        return Prevouts(value, script, offset, from_parents=True)

    def _spent_outputs(self, block: int) -> Int64s:
        spent = [
            self.columns.spent_output(each)
            for row in self._rows_of(block).tolist()
            for each in self.columns.inputs(row)
        ]
        return np.array(spent, dtype=np.int64)

    def contents(self) -> Bytes:
        """uint8[n, 32], for each block a digest of all that is told of it: what changed is made again."""
        digests = []
        for block, (block_hash, _) in enumerate(self.columns.blocks):
            hasher = sha256(block_hash)
            for row in self._rows_of(block).tolist():
                hasher.update(self.columns.txids[row])
            hasher.update(
                self.columns.place[self.columns.begins[block] : self.columns.begins[block + 1]].tobytes()
            )
            hasher.update((self._spent_outputs(block) >= 0).tobytes())
            digests.append(hasher.digest())
        return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, 32)

    def describe(self) -> Mapping[str, object]:
        """How much is held."""
        return {
            "network": self.network.name,
            "sources": sorted(self._gathered.sources),
            "transactions": len(self.columns.rows),
            "parents": len(self.columns.txids) - len(self.columns.rows),
        }


def _compact_size(count: int) -> bytes:
    if count < _ONE_BYTE:
        return bytes([count])
    return b"\xfd" + count.to_bytes(2, "little") if count < 1 << 16 else b"\xfe" + count.to_bytes(4, "little")


def _count_bytes(counts: Int64s) -> Int64s:
    """Bytes of the count of each block's transactions."""
    return np.where(counts < _ONE_BYTE, 1, np.where(counts < 1 << 16, 3, 5)).astype(np.int64)
