"""What was gathered as columns: each placed transaction in chain order, and what its inputs spend.

Left out, with a reason, is what cannot stand together: two transactions that spend the same output (the one
that is proven stays), and one that spends an output that its parent does not have. Inside a block
transactions stand by their proven place; those without one stand after what they spend and after those with
one, by id, so that the order of arrival never matters.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qaif.errors import SourceShapeError
from qaif.feeds.gathered_state import Gathered
from qaif.feeds.told import ToldPlace
from qaif.kernels import parse
from qaif.units import UNKNOWN, Bytes, Int32s, Int64s, hash_hex

_NO_PLACE = 1 << 40
_NULL = bytes(32)


@dataclass(frozen=True)
class Columns:
    """All transactions that are held, parsed; those with a place in chain order.

    Attributes:
        data: raw bytes of all transactions.
        parsed: their columns; the rows are those of `txids`.
        txids: ids.
        row_of: the row of each id.
        rows: int64[m], rows of those with a place, block by block in order of height.
        place: int32[m], their proven places, -1 where claimed.
        blocks: hash and height of each block, ascending by height.
        begins: int64[b + 1]; transactions of block i are `rows[begins[i]:begins[i + 1]]`.
        left_out: why transactions with a place are left out, in words.
    """

    data: Bytes
    parsed: parse.ParsedBlocks
    txids: list[bytes]
    row_of: dict[bytes, int]
    rows: Int64s
    place: Int32s
    blocks: list[tuple[bytes, int]]
    begins: Int64s
    left_out: tuple[str, ...]

    def raw(self, row: int) -> bytes:
        """A transaction's bytes."""
        start = int(self.parsed.tx_start[row])
        return self.data[start : start + int(self.parsed.tx_size[row])].tobytes()

    def inputs(self, row: int) -> range:
        """Rows of a transaction's inputs."""
        return range(int(self.parsed.tx_in_lo[row]), int(self.parsed.tx_in_lo[row + 1]))

    def spent_output(self, input_row: int) -> int:
        """The row of the output that an input spends, -1 where that is not held or does not exist."""
        p = self.parsed
        row = self.row_of.get(p.in_prev_txid_raw[input_row].tobytes())
        if row is None:
            return UNKNOWN
        out = int(p.tx_out_lo[row]) + int(p.in_prev_vout[input_row])
        return out if out < int(p.tx_out_lo[row + 1]) else UNKNOWN

    def script(self, output_row: int) -> bytes:
        """An output's script."""
        start = int(self.parsed.out_script_off[output_row])
        return self.data[start : start + int(self.parsed.out_script_len[output_row])].tobytes()


def parsed_txs(raws: Sequence[bytes]) -> tuple[Bytes, parse.ParsedBlocks]:
    """Loose transactions, parsed.

    Raises:
        SourceShapeError: one is malformed.
    """
    data = np.frombuffer(b"".join(raws), dtype=np.uint8)
    offset = np.concatenate([[0], np.cumsum([len(raw) for raw in raws])]).astype(np.int64)
    parsed, status, at = parse.parse_txs(data, offset)
    if parsed is None:
        which = max(int(np.searchsorted(offset, at, "right")) - 1, 0)
        raise SourceShapeError(
            f"A transaction is malformed: {parse.STATUS_TEXT[status]} at byte {at - int(offset[which])}.",
            way_out="Ask another source.",
            offset=at - int(offset[which]),
        )
    return data, parsed


def columns_of(gathered: Gathered) -> Columns:
    """Everything that is held, in chain order."""
    txids = sorted(gathered.raw)
    data, parsed = parsed_txs([gathered.raw[txid] for txid in txids])
    row_of = {txid: row for row, txid in enumerate(txids)}
    places = {row: place for row, txid in enumerate(txids) if (place := gathered.place(txid))}
    draft = Columns(
        data, parsed, txids, row_of, _none(), _none().astype(np.int32), [], np.zeros(1, dtype=np.int64), ()
    )
    left_out = list(_impossible(draft, places))
    for row, _ in left_out:
        places.pop(row, None)
    by_block: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for row, place in places.items():
        by_block[place.height, place.block_hash_raw].append(row)
    order = [_ordered(draft, by_block[block], places) for block in sorted(by_block)]
    rows = np.array([row for block in order for row in block], dtype=np.int64)
    return Columns(
        data,
        parsed,
        txids,
        row_of,
        rows,
        np.array([_proven(places[int(row)]) for row in rows], dtype=np.int32),
        [(block, height) for height, block in sorted(by_block)],
        np.concatenate([[0], np.cumsum([len(block) for block in order])]).astype(np.int64),
        tuple(why for _, why in left_out),
    )


def _none() -> Int64s:
    return np.empty(0, dtype=np.int64)


def _proven(place: ToldPlace) -> int:
    return place.position if place.proven and place.position is not None else UNKNOWN


def _impossible(columns: Columns, places: dict[int, ToldPlace]) -> Iterator[tuple[int, str]]:
    """Rows that cannot stand, and why."""
    spenders: dict[tuple[bytes, int], list[int]] = defaultdict(list)
    p = columns.parsed
    for row in places:
        for each in columns.inputs(row):
            previous, vout = p.in_prev_txid_raw[each].tobytes(), int(p.in_prev_vout[each])
            if previous != _NULL:
                spenders[previous, vout].append(row)
            if previous in columns.row_of and columns.spent_output(each) == UNKNOWN:
                yield row, _left_out(columns, row, "spends an output that its transaction does not have")
    for outpoint, rows in spenders.items():
        if len(rows) > 1:
            proven = [row for row in rows if places[row].proven]
            what = f"spends {hash_hex(outpoint[0])}:{outpoint[1]}, as another does"
            loses = [row for row in rows if len(proven) != 1 or row != proven[0]]
            yield from ((row, _left_out(columns, row, what)) for row in loses)
    yield from _at_one_place(columns, places)


def _at_one_place(columns: Columns, places: dict[int, ToldPlace]) -> Iterator[tuple[int, str]]:
    taken: dict[tuple[bytes, int], int] = {}
    for row, place in places.items():
        other = taken.setdefault((place.block_hash_raw, _proven(place)), row)
        if _proven(place) != UNKNOWN and other != row:
            yield row, _left_out(columns, row, "is said to be where another is")


def _left_out(columns: Columns, row: int, what: str) -> str:
    return f"Transaction {hash_hex(columns.txids[row])} {what}; it is left out."


def _ordered(columns: Columns, rows: list[int], places: dict[int, ToldPlace]) -> list[int]:
    """The transactions of a block: each after what it spends, else by proven place, else by id."""
    if len(rows) == 1:
        return rows
    here, waits, before = set(rows), dict.fromkeys(rows, 0), defaultdict(list)
    for row in rows:
        previous = {columns.parsed.in_prev_txid_raw[each].tobytes() for each in columns.inputs(row)}
        for parent in (columns.row_of.get(txid, UNKNOWN) for txid in previous):
            if parent in here:
                before[parent].append(row)
                waits[row] += 1

    def key(row: int) -> tuple[int, int]:
        proven = _proven(places[row])
        coinbase = columns.parsed.in_prev_txid_raw[columns.inputs(row)[0]].tobytes() == _NULL
        return (UNKNOWN if coinbase else proven if proven >= 0 else _NO_PLACE), row

    ready = [key(row) for row in rows if not waits[row]]
    heapq.heapify(ready)
    out: list[int] = []
    while ready:
        row = heapq.heappop(ready)[1]
        out.append(row)
        for child in before[row]:
            waits[child] -= 1
            if not waits[child]:
                heapq.heappush(ready, key(child))
    return out
