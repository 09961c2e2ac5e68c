"""The chain, read-only: pinned to one manifest, and to one block as its tip.

`Chain.open` maps every file that the manifest names; what a writer does later is not seen. `Chain.at(block)`
is the same chain as it was when that block was its tip: every table is read with `num < limit`, and nothing
else changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import NamedTuple, Self

import numpy as np

from qaif.chain import manifest as manifests
from qaif.chain import sections
from qaif.chain.files import StoreFiles
from qaif.chain.finding import ScriptFinder
from qaif.chain.held import Held, held_of
from qaif.chain.manifest import Manifest
from qaif.chain.reaching import Reach, reach_of, spent_by
from qaif.chain.sections import Array
from qaif.chain.segments import ColumnView, RunView, Segment, open_segment
from qaif.chain.tables import COINBASE, DERIVED, PRIMARY, RULES
from qaif.chain.told import told_of
from qaif.chain.views import (
    BlockTable,
    ScriptByteTable,
    ScriptTable,
    TxInTable,
    TxOutTable,
    TxTable,
    UnresolvedTable,
)
from qaif.errors import NotFoundError, StoreError, StoreVersionError
from qaif.feeds.gathered_coverage import CaseTold
from qaif.feeds.networks import NETWORKS, Network
from qaif.units import UNKNOWN, Bools, Int64s

VERIFY_ON_OPEN_BYTES = 2 << 30  # of larger stores each page is hashed when it is first read
_OPEN_ATTEMPTS = 20
_BEGINNINGS = {
    "tx_lo": "tx",
    "in_lo": "txin",
    "out_lo": "txout",
    "script_lo": "script",
    "byte_lo": "script_byte",
}


class Tip(NamedTuple):
    """The last block of a chain view."""

    block_num: int
    height: int | None
    hash_raw: bytes
    time_unix: int


@dataclass(frozen=True)
class Limits:
    """Rows in use of each primary table."""

    rows: Mapping[str, int]

    def __getitem__(self, table: str) -> int:
        """Rows in use of one table."""
        return self.rows[table]


class Chain:
    """A read-only view of a chain store.

    Args:
        manifest: what the store was when it was opened.
        segments: its segments, opened.
        limits: rows in use; all of the store's where None.
    """

    def __init__(
        self, manifest: Manifest, segments: tuple[Segment, ...], limits: Limits | None = None
    ) -> None:
        self.manifest = manifest
        self.segments = segments
        self.network: Network = NETWORKS[manifest.network]
        whole = {table: manifest.rows(table) for table in PRIMARY}
        self.limits = limits or Limits(MappingProxyType(whole))
        self.block = BlockTable(**self._columns("block"))
        self.tx = TxTable(**self._columns("tx"))
        self.txin = TxInTable(**self._columns("txin"))
        self.txout = TxOutTable(**self._columns("txout"))
        self.script = ScriptTable(**self._columns("script"))
        self.script_byte = ScriptByteTable(**self._columns("script_byte"))
        self.unresolved = UnresolvedTable(**self._columns("unresolved"))
        self._runs = {
            d.name: RunView([s.sealed_run(d.name) for s in segments], self.limits[d.counts]) for d in DERIVED
        }

    @classmethod
    def open(cls, folder: Path) -> "Chain":
        """Open a chain folder.

        Raises:
            NotFoundError: there is no store in it.
            StoreDamagedError: a file is not as it was written.
            StoreVersionError: another format wrote it.
        """
        files = StoreFiles(folder)
        for attempt in range(_OPEN_ATTEMPTS):
            manifest = manifests.load(files)
            if manifest is None:
                raise NotFoundError(
                    f"There is no chain in {folder}.", way_out="Make one with `qaif index PATH...`."
                )
            if manifest.rules != RULES:
                raise StoreVersionError(
                    f"The chain in {folder} was made by other versions of this program's rules.",
                    way_out="Run `qaif index` once more: it makes the chain again from the same block files.",
                )
            verified = sum(ref.length for ref in manifest.file_refs()) <= VERIFY_ON_OPEN_BYTES
            try:
                _look_at_feed_file(files, manifest, verified=verified)
                return cls(
                    manifest, tuple(open_segment(files, r, verified=verified) for r in manifest.segments)
                )
            except StoreError:
                # A writer may have replaced the files between the two reads; then the manifest has moved on.
                newer = manifests.load(files)
                if attempt == _OPEN_ATTEMPTS - 1 or newer is None or newer.generation == manifest.generation:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Let go of the files; arrays that were handed out stay readable."""
        self.segments = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def at(self, block_num: int) -> "Chain":
        """The chain as it was when this block was its tip.

        Raises:
            NotFoundError: no such block is held.
        """
        if not 0 <= block_num < self.n_blocks:
            raise NotFoundError(f"Block number {block_num} is not held.", way_out="See `qaif status`.")
        row = block_num + 1
        rows = {
            "block": row,
            "tx": self.block.tx_lo.one(row),
            "txin": self.block.in_lo.one(row),
            "txout": self.block.out_lo.one(row),
            "script": self.block.script_lo.one(row),
            "unresolved": self.block.unresolved_lo.one(row),
        }
        rows["script_byte"] = self.script.byte_lo.one(rows["script"])
        return Chain(self.manifest, self.segments, Limits(MappingProxyType(rows)))

    @property
    def epoch(self) -> int:
        """Numbers mean the same only inside one epoch."""
        return self.manifest.epoch

    @property
    def simulated(self) -> bool:
        """Whether the blocks come from a simulator, as the feed said when they were indexed."""
        return bool((self.manifest.feed or {}).get("simulated"))

    @property
    def n_blocks(self) -> int:
        """Blocks in use."""
        return self.limits["block"]

    @property
    def n_txs(self) -> int:
        """Transactions in use."""
        return self.limits["tx"]

    @property
    def n_ins(self) -> int:
        """Inputs in use."""
        return self.limits["txin"]

    @property
    def n_outs(self) -> int:
        """Outputs in use."""
        return self.limits["txout"]

    @property
    def n_scripts(self) -> int:
        """Scripts in use."""
        return self.limits["script"]

    @cached_property
    def tip(self) -> Tip:
        """The last block.

        Raises:
            NotFoundError: the chain is empty.
        """
        if not self.n_blocks:
            raise NotFoundError("The chain is empty.", way_out="Index block files with `qaif index PATH...`.")
        num = self.n_blocks - 1
        height = self.block.height.one(num)
        raw = self.block.hash_raw.take(num)[0].tobytes()
        return Tip(num, None if height == UNKNOWN else height, raw, self.block.time.one(num))

    @cached_property
    def held(self) -> Held:
        """What of the whole chain is held, in words and in runs."""
        return held_of(self)

    def script_raw(self, script_num: int) -> bytes:
        """A script's bytes."""
        lo, hi = (int(x) for x in self.script.byte_lo.take([script_num, script_num + 1]))
        return bytes(self.script_byte.value[lo:hi].tobytes())

    @property
    def script_type(self) -> ColumnView:
        """Bitcoin Core's type of each script."""
        return self.script.type

    def block_of_tx(self, tx_nums: Int64s) -> Int64s:
        """The block of each transaction."""
        return _owner(self.block.tx_lo[0 : self.n_blocks], tx_nums)

    @cached_property
    def told(self) -> CaseTold | None:
        """What sources told of single scripts; None where the chain was made of blocks."""
        return told_of(self.manifest)

    @cached_property
    def whole(self) -> bool:
        """Whether of every block that is held all transactions are."""
        return bool(self.block.whole[0 : self.n_blocks].all())

    def coinbases(self, tx_nums: Int64s) -> Bools:
        """Which transactions make new coins."""
        found: Bools = self.txin.spent_out.take(self.tx.in_lo.take(tx_nums)) == COINBASE
        return found

    def tx_of_in(self, in_nums: Int64s) -> Int64s:
        """The transaction of each input."""
        return self._tx_of(in_nums, "in_lo")

    def tx_of_out(self, out_nums: Int64s) -> Int64s:
        """The transaction of each output."""
        return self._tx_of(out_nums, "out_lo")

    def _tx_of(self, nums: Int64s, column: str) -> Int64s:
        """Find the segment first, then the row: no column is copied."""
        nums = np.asarray(nums, dtype=np.int64)
        out = np.empty(len(nums), dtype=np.int64)
        table = {"in_lo": "txin", "out_lo": "txout"}[column]
        firsts = np.array([s.span(table)[0] for s in self.segments], dtype=np.int64)
        which = np.searchsorted(firsts, nums, "right") - 1
        for i in np.flatnonzero(np.bincount(which)):
            mine, segment = which == i, self.segments[i]
            place = segment.sealed[f"tx.{column}"].search(nums[mine], "right")
            out[mine] = place - 1 + segment.span("tx")[0]
        return out

    def spent_by(self, out_nums: Int64s) -> Int64s:
        """The input that spends each output, -1 where none that is held does."""
        asked = np.ascontiguousarray(out_nums, dtype=np.int64)
        found = spent_by(self.reach, asked) if self.reach is not None else None
        return self._runs["spent_by"].one_each(asked) if found is None else found

    def spent_between(self, lo: int, hi: int) -> Bools:
        """Which of the outputs from number `lo` up to `hi` are spent by an input that is held."""
        spent = np.zeros(hi - lo, dtype=np.bool_)
        for keys in self._runs["spent_by"].keys_between(lo, hi):
            spent[keys - np.uint64(lo)] = True
        return spent

    def outs_of(self, script_num: int) -> Int64s:
        """The outputs that pay a script, ascending."""
        return self._runs["script_outs"].of(script_num)

    def ins_of(self, script_num: int) -> Int64s:
        """The inputs that spend a script, ascending; those whose script is only inferred too."""
        of_held = self.spent_by(self.outs_of(script_num))
        return np.sort(np.concatenate([of_held[of_held >= 0], self._runs["script_ins"].of(script_num)]))

    def script_num(self, script_raw: bytes) -> int:
        """The number of a script, -1 where it does not occur here."""
        return self._scripts.num(script_raw)

    @cached_property
    def _scripts(self) -> ScriptFinder:
        return ScriptFinder(self.segments, self.n_scripts)

    @cached_property
    def reach(self) -> Reach | None:
        """Where its columns are in memory, for compiled walks; None where they may not be read so."""
        return reach_of(self.segments, (self.n_txs, self.n_ins, self.n_outs, self.n_scripts, self.n_blocks))

    def tx_nums(self, txid_raw: bytes) -> Int64s:
        """Every transaction with this id, ascending; a BIP30 pair is two."""
        nums = self._runs["by_txid"].of(int.from_bytes(txid_raw[:8], "little"))
        same = [num for num in nums if self.tx.txid_raw.take(int(num))[0].tobytes() == txid_raw]
        return np.array(same, dtype=np.int64)

    def outpoint(self, in_num: int) -> tuple[bytes, int] | None:
        """The txid (wire order) and output index that an input spends; None for a coinbase."""
        spent = self.txin.spent_out.one(in_num)
        if spent >= 0:
            tx = int(self.tx_of_out(np.array([spent]))[0])
            return self.tx.txid_raw.take(tx)[0].tobytes(), spent - self.tx.out_lo.one(tx)
        return None if spent < UNKNOWN else self._unresolved_outpoint(in_num)

    def _unresolved_outpoint(self, in_num: int) -> tuple[bytes, int]:
        for segment in self.segments:
            rows = segment.sealed["unresolved.in_num"]
            row = rows.place(in_num)
            if row < len(rows) and rows.array[row] == in_num:
                txid = segment.sealed["unresolved.prev_txid_raw"].rows(row, row + 1).tobytes()
                return txid, int(segment.sealed["unresolved.prev_vout"].rows(row, row + 1)[0])
        raise AssertionError(f"input {in_num} is neither resolved nor in the side table")

    def block_num_of_hash(self, hash_raw: bytes) -> int:
        """The number of a block, -1 where it is not in this chain."""
        hashes = self.block.hash_raw[0 : self.n_blocks]
        same = np.flatnonzero((hashes == np.frombuffer(hash_raw, dtype=np.uint8)).all(axis=1))
        return int(same[0]) if len(same) else UNKNOWN

    def block_at_height(self, height: int) -> int:
        """The number of the block at a height, -1 where none is known to be there."""
        same = np.flatnonzero(self.block.height[0 : self.n_blocks] == height)
        return int(same[0]) if len(same) and height >= 0 else UNKNOWN

    def block_at_time(self, time_unix: int) -> int:
        """The last block before which, and at which, no block of the chain is later than a time; -1 if none.

        Header times go back now and then, so this goes by the greatest time so far.
        """
        so_far = np.maximum.accumulate(self.block.time[0 : self.n_blocks])
        return int(np.searchsorted(so_far, time_unix, "right")) - 1

    def _columns(self, table: str) -> dict[str, ColumnView]:
        limit = self.limits[table]
        return {
            column.name: ColumnView(self.segments, table, column, limit, self._end_of(table, column.name))
            for column in PRIMARY[table]
        }

    def _end_of(self, table: str, column: str) -> int | None:
        if column == "unresolved_lo":
            return self.limits["unresolved"]
        if table not in ("block", "tx", "script") or column not in _BEGINNINGS:
            return None
        return self.limits[_BEGINNINGS[column]]


def _look_at_feed_file(files: StoreFiles, manifest: Manifest, *, verified: bool) -> None:
    """No answer rests on what the feed remembers; but a store with a damaged file is a damaged store."""
    ref = manifest.feed_file
    if ref is not None:
        data = files.map(ref.name, ref.length)
        if verified:
            sections.verify(data, ref)


def _owner(beginnings: Array, nums: Int64s) -> Int64s:
    """Which row's range each number falls in; rows with an empty range own nothing."""
    owner: Int64s = np.searchsorted(beginnings, nums, "right").astype(np.int64) - 1
    return owner
