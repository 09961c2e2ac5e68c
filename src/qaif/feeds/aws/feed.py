"""A copy of the AWS public dataset as a feed: blocks without witnesses."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qaif.errors import BlockDataError, BlockFileError
from qaif.feeds.aws.days import MOST_NAMED, Day, rows_of, rows_of_blocks
from qaif.feeds.aws.parquet import DayFiles, files_by_day
from qaif.feeds.aws.rebuild import TxRow, compact_size, tx_bytes
from qaif.feeds.aws.state import PER_BLOCK, Blocks, DatasetState, FoundDay
from qaif.feeds.networks import Network
from qaif.feeds.shape import HeaderTable, Prevouts, Progress, RawBlocks, silent
from qaif.units import UNKNOWN, Int32s, Int64s, hash_hex, hash_raw

ScriptOf = Callable[[str], bytes | None]
# Of other types the dataset has no address, or older exports one that is not theirs (pubkey).
_WITH_ADDRESS = {
    *("pubkeyhash", "scripthash", "witness_v0_keyhash", "witness_v0_scripthash"),
    *("witness_v1_taproot", "witness_unknown"),
}


def no_script(_: str) -> bytes | None:
    """Take no address for a script."""
    return None


class _Held(NamedTuple):
    """A transaction of a block that is read: what it spends from, is said to spend, and its bytes."""

    place: int
    is_coinbase: bool
    parents: frozenset[str]
    told: tuple[tuple[int, str | None, str | None], ...]
    raw: bytes


class _Assembled(NamedTuple):
    """A block that was read: its bytes, how many transactions, and what each input is said to spend."""

    raw: bytes
    n_txs: int
    told: list[tuple[int, str | None, str | None]]


class AwsFeed:
    """Blocks of a folder of the dataset; made by `open`.

    Attributes:
        network: whose blocks they are.
        state: what to keep so that the next `open` tries only the days that have changed.
        days_tried: days that opening tried.
    """

    def __init__(
        self, folder: Path, network: Network, state: DatasetState, days_tried: int, script_of: ScriptOf
    ) -> None:
        self.network, self.state, self.days_tried = network, state, days_tried
        self._folder, self._script_of = folder, script_of
        self._told: tuple[bytes, list[_Assembled]] | None = None
        self._days = list(state.days.values())

    @classmethod
    def open(
        cls,
        folder: Path,
        network: Network,
        known: DatasetState | None = None,
        progress: Progress = silent,
        script_of: ScriptOf = no_script,
    ) -> "AwsFeed":
        """Try what a dataset says.

        Args:
            folder: it holds `blocks/date=...` and `transactions/date=...`.
            network: whose blocks they are.
            known: the `state` of an earlier feed.
            progress: told the bytes of transaction files tried and to try.
            script_of: the script that an address stands for; used of inputs alone, which tell no other.

        Raises:
            BlockFileError: a file is no Parquet file, or a column is missing or of another type.
            SourceMissingError: a file went away.
        """
        now = files_by_day(folder)
        before = known.days if known is not None and known.network == network.name else {}
        kept = {
            name: before[name] for name, files in now.items() if name in before and before[name].stands(files)
        }
        total = sum(
            file.size for name, files in now.items() if name not in kept for file in files.transactions
        )
        done = 0

        def seen(size: int) -> None:
            nonlocal done
            done += size
            progress(done, total, "bytes")

        found = {}
        for name, files in now.items():
            found[name] = kept[name] if name in kept else _tried(Day(folder, files, network), files, seen)
        feed = cls(folder, network, DatasetState(network.name, found), len(now) - len(kept), script_of)
        if not len(feed.headers().size):
            raise _nothing(folder, network, feed.describe())
        return feed

    def headers(self) -> HeaderTable:
        """Every block of which something is proven, each once."""
        return self._headers

    @cached_property
    def _places(self) -> Int64s:
        """int64[n, 2], of each block its day, and its row there; of a block in two days the whole one."""
        chosen: dict[bytes, tuple[int, int]] = {}
        for at, day in enumerate(self._days):
            for row, raw in enumerate(day.blocks.hash_raw):
                other = chosen.get(raw.tobytes())
                if other is None or (
                    day.blocks.whole[row] and not self._days[other[0]].blocks.whole[other[1]]
                ):
                    chosen[raw.tobytes()] = (at, row)
        return np.array(list(chosen.values()), dtype=np.int64).reshape(-1, 2)

    @cached_property
    def _columns(self) -> Blocks:
        """The columns with a row a block, of all blocks."""
        parts = {}
        for name in Blocks._fields[PER_BLOCK]:
            every = [getattr(day.blocks, name) for day in self._days]
            begin = np.concatenate([[0], np.cumsum([len(one) for one in every])])
            parts[name] = np.concatenate(every)[begin[self._places[:, 0]] + self._places[:, 1]]
        none = np.empty((0, 3), dtype=np.int32)
        return Blocks(**parts, missing=none[:, :2], group=none)

    @cached_property
    def _headers(self) -> HeaderTable:
        c = self._columns
        return HeaderTable(c.header, c.hash_raw, c.bip34_height, c.number, c.size, c.whole == 1, c.bare == 0)

    def contents(self) -> dict[bytes, bytes]:
        """A digest of what is held of each block, by hash: what changed is made again."""
        pairs = zip(self._columns.hash_raw, self._columns.content, strict=True)
        return {block.tobytes(): content.tobytes() for block, content in pairs}

    def read(self, rows: Int64s) -> RawBlocks:
        """Header, count, and transactions without witnesses, in the order asked.

        Raises:
            BlockDataError: the dataset was changed since it was tried.
            SourceMissingError: a file is gone.
        """
        by_day: dict[int, list[int]] = defaultdict(list)
        for row in rows.tolist():
            by_day[int(self._places[row, 0])].append(row)
        found: dict[int, _Assembled] = {}
        for day, mine in by_day.items():
            found |= self._read_day(self._days[day], mine)
        raw = [found[row].raw for row in rows.tolist()]
        places = [
            np.empty(0, dtype=np.int32),
            *(self._proven(row, found[row].n_txs) for row in rows.tolist()),
        ]
        self._told = (rows.tobytes(), [found[row]._replace(raw=b"") for row in rows.tolist()])
        offset = np.concatenate([[0], np.cumsum([len(one) for one in raw])]).astype(np.int64)
        return RawBlocks(np.frombuffer(b"".join(raw), dtype=np.uint8), offset, np.concatenate(places))

    def _proven(self, row: int, count: int) -> Int32s:
        if self._columns.whole[row]:
            return np.arange(count, dtype=np.int32)
        if self._columns.placed[row]:
            blocks, at = self._days[int(self._places[row, 0])].blocks, self._places[row, 1]
            missing = blocks.missing[blocks.missing[:, 0] == at, 1]
            return np.setdiff1d(np.arange(count + len(missing), dtype=np.int32), missing)
        return np.full(count, UNKNOWN, dtype=np.int32)

    def _read_day(self, day: FoundDay, rows: list[int]) -> dict[int, _Assembled]:
        shown = {hash_hex(self._columns.hash_raw[row].tobytes()): row for row in rows}
        params: dict[str, list[str]] = defaultdict(list)
        for block in rows_of_blocks(self._folder, day.files):
            if block.hash_hex in shown:
                params[block.hash_hex].append(block.coinbase_param)
        held: dict[str, dict[str, _Held]] = {block: {} for block in shown}
        for tx in self._rows_near(day, {int(self._places[row, 1]) for row in rows}):
            txs = held.get(tx.block_hash_hex)
            if txs is None or tx.txid_hex in txs:
                continue
            raw = tx_bytes(tx, params[tx.block_hash_hex])
            if raw is not None:
                txs[tx.txid_hex] = _Held(
                    tx.place, tx.is_coinbase, frozenset(one[0].lower() for one in tx.inputs), tx.told, raw
                )
        return {row: self._assembled(row, held[block]) for block, row in shown.items()}

    def _rows_near(self, day: FoundDay, blocks: set[int]) -> Iterator[TxRow]:
        """The rows of transactions in the groups where some blocks of a day have theirs."""
        groups: dict[int, set[int]] = defaultdict(set)
        for block, file, group in day.blocks.group.tolist():
            if block in blocks:
                groups[file].add(group)
        for file in sorted(groups):
            path = self._folder / day.files.transactions[file].name
            yield from (row for _, row in rows_of(path, sorted(groups[file])))

    def _assembled(self, row: int, txs: dict[str, _Held]) -> _Assembled:
        in_order = bool(self._columns.whole[row] or self._columns.placed[row])
        order = sorted(txs, key=lambda txid: (txs[txid].place, hash_raw(txid)))
        order = order if in_order else _after_parents(order, txs)
        head = self._columns.header[row].tobytes() + compact_size(len(txs))
        raw = b"".join([head, *(txs[txid].raw for txid in order)])
        if len(raw) != int(self._columns.size[row]):
            shown = hash_hex(self._columns.hash_raw[row].tobytes())
            raise BlockDataError(
                f"What the dataset says of block {shown} is not what it said when it was tried.",
                way_out="Run the command again when nothing is copying into the dataset.",
                block=shown,
            )
        told = [one for txid in order for one in txs[txid].told or ((UNKNOWN, None, None),)]
        return _Assembled(raw, len(txs), told)

    def prevouts(self, rows: Int64s) -> Prevouts | None:
        """What inputs are said to spend, where blocks before are missing: amounts, scripts of addresses."""
        genesis = np.frombuffer(hash_raw(self.network.genesis_hex), dtype=np.uint8)
        if (self._columns.hash_raw == genesis).all(axis=1).any() or not len(rows):
            return None
        if self._told is None or self._told[0] != rows.tobytes():
            self.read(rows)
        read = self._told[1] if self._told else []
        told = [self._spent(*one) for block in read for one in block.told]
        offset = np.concatenate([[0], np.cumsum([len(script) for _, script in told])]).astype(np.int64)
        script = np.frombuffer(b"".join(script for _, script in told), dtype=np.uint8)
        return Prevouts(np.array([value for value, _ in told], dtype=np.int64), script, offset)

    def _spent(self, value: int, kind: str | None, address: str | None) -> tuple[int, bytes]:
        script = self._script_of(address) if value >= 0 and address and kind in _WITH_ADDRESS else None
        return (value, script) if script is not None else (UNKNOWN, b"")

    def describe(self) -> Mapping[str, object]:
        """What was found, and what did not hold, in words and figures."""
        counts = sum((day.faults.counts for day in self._days), Counter[str]())
        whole, bare = self._columns.whole, self._columns.bare
        return {
            "network": self.network.name,
            "days": len(self._days),
            "files": sum(len(part) for day in self._days for part in day.files),
            "blocks": len(whole),
            "whole_blocks": int(whole.sum()),
            "blocks_without_witnesses": int((bare & whole).sum()),
            "noticed": dict(sorted(counts.items())),
            "named": [what for day in self._days for what in day.faults.named][:MOST_NAMED],
        }


def _nothing(folder: Path, network: Network, said: Mapping[str, object]) -> BlockFileError:
    noticed = "; ".join(f"{what}: {count:,}" for what, count in dict(said["noticed"]).items())  # type: ignore[call-overload]
    return BlockFileError(
        f"Nothing in {folder} proves a transaction in a block of {network.name}. {noticed}",
        way_out="Name the dataset's network with --network, and see that both of its tables are there.",
        path=str(folder),
    )


def _tried(day: Day, files: DayFiles, seen: Callable[[int], None]) -> FoundDay:
    day.try_transactions(seen)
    return FoundDay(files, Blocks.of(day), day.faults)


def _after_parents(order: list[str], txs: dict[str, _Held]) -> list[str]:
    """A coinbase first, then by the places told, which are not proven: but each after what it spends."""
    out: dict[str, None] = {txid: None for txid in order if txs[txid].is_coinbase}
    for first in order:
        waiting = [first]
        while waiting:
            txid = waiting[-1]
            before = [one for one in txs[txid].parents if one in txs and one not in out]
            waiting += sorted(before)
            if not before:
                out[waiting.pop()] = None
    return list(out)
