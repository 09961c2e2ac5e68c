"""`qaif check`: every checksum, and every invariant across tables; what fails is named.

Nothing here trusts what the indexer concluded: header hashes, links, work, merkle roots, spent values and the
derived tables are computed once more from the primary columns.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qaif.chain import derived, sections
from qaif.chain import manifest as manifests
from qaif.chain.digest import chain_digest
from qaif.chain.files import StoreFiles
from qaif.chain.open import Chain
from qaif.chain.segments import Segment
from qaif.chain.tables import BASIS_HELD, COINBASE, DERIVED, PRIMARY
from qaif.errors import NotFoundError, StoreError
from qaif.feeds.placing import block_work
from qaif.kernels import merkle, sha256
from qaif.units import MAX_MONEY_SAT, UNKNOWN

_HEADER = 80
_PREV = slice(4, 36)
_ROOT = slice(36, 68)
_BITS = slice(72, 76)


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Attributes:
        files: files hashed.
        file_bytes: their bytes.
        checks: names of the invariants that were tried.
        faults: what does not hold, in words; empty for a good store.
        digest: the digest of all logical columns, or None where a fault stood in the way.
    """

    files: int
    file_bytes: int
    checks: tuple[str, ...]
    faults: tuple[str, ...]
    digest: str | None

    @property
    def good(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults


def check(folder: Path) -> CheckReport:
    """Check a whole store.

    Raises:
        NotFoundError: there is no store.
    """
    files = StoreFiles(folder)
    manifest = manifests.load(files)
    if manifest is None:
        raise NotFoundError(f"There is no chain in {folder}.", way_out="Make one with `qaif index PATH...`.")
    refs = [segment.file for segment in manifest.segments] + (
        [manifest.feed_file] if manifest.feed_file else []
    )
    faults = [fault for ref in refs for fault in _file_faults(files, ref)]
    tried: tuple[str, ...] = ("file checksums",)
    digest = None
    if not faults:
        with Chain.open(folder) as chain:
            faults = list(_faults(chain))
            tried += tuple(name for name, _ in _INVARIANTS)
            digest = None if faults else chain_digest(chain)
    return CheckReport(len(refs), sum(ref.length for ref in refs), tried, tuple(faults), digest)


def _file_faults(files: StoreFiles, ref: sections.FileRef) -> Iterator[str]:
    try:
        sections.verify(files.map(ref.name, ref.length), ref)
    except StoreError as error:
        yield error.message


def _faults(chain: Chain) -> Iterator[str]:
    yield from _range_faults(chain)
    for name, find in _INVARIANTS:
        try:
            yield from (f"{name}: {what}" for what in find(chain))
        except (IndexError, ValueError) as error:
            yield f"{name}: numbers point outside their table ({error})"


def _range_faults(chain: Chain) -> Iterator[str]:
    at = dict.fromkeys(PRIMARY, 0)
    for segment in chain.segments:
        for table, columns in PRIMARY.items():
            lo, hi = segment.span(table)
            lengths = {len(segment.column(table, column.name)) for column in columns}
            if lo != at[table] or lengths != {hi - lo}:
                yield f"segments: {segment.ref.file.name} does not hold rows {lo} to {hi} of {table}"
            at[table] = hi


def _headers(chain: Chain) -> Iterator[str]:
    for segment in chain.segments:
        header = np.ascontiguousarray(segment.column("block", "header")).reshape(-1)
        count = len(header) // _HEADER
        lo = np.arange(count, dtype=np.int64) * _HEADER
        found = sha256.double_sha256_rows(header, lo, np.full(count, _HEADER, dtype=np.int64))
        bad = np.flatnonzero((found != segment.column("block", "hash_raw")).any(axis=1))
        yield from (
            f"block number {segment.span('block')[0] + int(b)} does not hash to its hash" for b in bad[:3]
        )


def _links(chain: Chain) -> Iterator[str]:
    hashes, headers = chain.block.hash_raw[0 : chain.n_blocks], chain.block.header[0 : chain.n_blocks]
    linked = chain.block.linked[0 : chain.n_blocks].astype(bool)
    child = (headers[1:, _PREV] == hashes[:-1]).all(axis=1)
    bad = np.flatnonzero(child != linked[1:]) + 1
    yield from (f"block number {b} is not linked as it says" for b in bad[:3])


def _work(chain: Chain) -> Iterator[str]:
    total = 0
    linked, work = chain.block.linked[0 : chain.n_blocks], chain.block.work[0 : chain.n_blocks]
    bits = np.ascontiguousarray(chain.block.header[0 : chain.n_blocks][:, _BITS]).view("<u4").reshape(-1)
    for num in range(chain.n_blocks):
        total = block_work(int(bits[num])) + (total if linked[num] and num else 0)
        if int.from_bytes(work[num].tobytes(), "big") != total:
            yield f"block number {num} does not have the work that it says"
            return


def _merkle_roots(chain: Chain) -> Iterator[str]:
    lo = chain.block.tx_lo.take(np.arange(chain.n_blocks + 1))
    for num in range(chain.n_blocks):
        root = merkle.merkle_root(np.ascontiguousarray(chain.tx.txid_raw[int(lo[num]) : int(lo[num + 1])]))
        if root.tobytes() != chain.block.header.take(num)[0, _ROOT].tobytes():
            yield f"the transaction ids of block number {num} do not give its merkle root"


def _beginnings(chain: Chain) -> Iterator[str]:
    for view, count, name in (
        (chain.block.tx_lo, chain.n_blocks, "block.tx_lo"),
        (chain.block.in_lo, chain.n_blocks, "block.in_lo"),
        (chain.block.out_lo, chain.n_blocks, "block.out_lo"),
        (chain.tx.in_lo, chain.n_txs, "tx.in_lo"),
        (chain.tx.out_lo, chain.n_txs, "tx.out_lo"),
        (chain.script.byte_lo, chain.n_scripts, "script.byte_lo"),
    ):
        steps = np.diff(view.take(np.arange(count + 1)))
        least = 0 if name == "script.byte_lo" else 1
        if count and (view.one(0) != 0 or (steps < least).any()):
            yield f"{name} does not count up"


def _amounts(chain: Chain) -> Iterator[str]:
    values = chain.txout.value_sat[0 : chain.n_outs]
    if len(values) and (int(values.min()) < 0 or int(values.max()) > MAX_MONEY_SAT):
        yield "an output's value is negative or over 21 million BTC"
    if chain.held.complete:
        yield from _negative_fees(chain)


def _negative_fees(chain: Chain) -> Iterator[str]:
    if not chain.n_txs:
        return
    paid = np.add.reduceat(chain.txout.value_sat[0 : chain.n_outs], chain.tx.out_lo[0 : chain.n_txs])
    first = chain.tx.in_lo[0 : chain.n_txs]
    brought = np.add.reduceat(chain.txin.value_sat[0 : chain.n_ins], first)
    coinbase = chain.txin.spent_out.take(first) == COINBASE
    bad = np.flatnonzero(~coinbase & (brought < paid))
    yield from (f"transaction number {num} pays more than it spends" for num in bad[:3])


def _spends(chain: Chain) -> Iterator[str]:
    spent = chain.txin.spent_out[0 : chain.n_ins]
    known = np.flatnonzero(spent >= 0)
    outs = spent[known]
    if len(np.unique(outs)) != len(outs):
        yield "an output is spent twice"
    if (chain.tx_of_out(outs) >= chain.tx_of_in(known)).any():
        yield "an input spends an output of its own or a later transaction"
    for column in ("value_sat", "script_num"):
        mine, theirs = getattr(chain.txin, column).take(known), getattr(chain.txout, column).take(outs)
        if (mine != theirs).any():
            yield f"an input's {column} is not that of the output it spends"
    if (chain.txin.script_basis.take(known) != BASIS_HELD).any():
        yield "an input whose output is held does not say so"


def _side_table(chain: Chain) -> Iterator[str]:
    inputs = chain.unresolved.in_num[0 : chain.limits["unresolved"]]
    if not np.array_equal(inputs, np.flatnonzero(chain.txin.spent_out[0 : chain.n_ins] == UNKNOWN)):
        yield "the side table does not hold just the inputs whose output is not held"
    txids = chain.unresolved.prev_txid_raw[0 : len(inputs)]
    owners = chain.tx_of_in(inputs)
    for txid, owner in zip(txids, owners, strict=True):
        earlier = chain.tx_nums(txid.tobytes())
        if (earlier < owner).any():
            yield f"an input of transaction number {owner} could be resolved and is not"
            return


def _scripts(chain: Chain) -> Iterator[str]:
    used = np.concatenate([chain.txout.script_num[0 : chain.n_outs], chain.txin.script_num[0 : chain.n_ins]])
    used = used[used >= 0]
    if len(np.unique(used)) != chain.n_scripts:
        yield "a script number is not used, or used and not there"
    seen = {chain.script_raw(num) for num in range(chain.n_scripts)}
    if len(seen) != chain.n_scripts:
        yield "two script numbers have the same bytes"


def _derived(chain: Chain) -> Iterator[str]:
    for segment in chain.segments:
        again = derived.append(segment.arrays, {table: segment.span(table)[0] for table in PRIMARY})
        yield from (
            f"{table.name} in {segment.ref.file.name} is not what its columns give"
            for table in DERIVED
            if not _same_run(segment, table.name, again[table.name])
        )


def _same_run(segment: Segment, name: str, again: derived.Run) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(segment.run(name), again, strict=True))


_INVARIANTS: tuple[tuple[str, Callable[[Chain], Iterator[str]]], ...] = (
    ("header hashes", _headers),
    ("links", _links),
    ("work", _work),
    ("ranges", _beginnings),
    ("merkle roots", _merkle_roots),
    ("amounts", _amounts),
    ("spends", _spends),
    ("unresolved inputs", _side_table),
    ("scripts", _scripts),
    ("derived tables", _derived),
)
