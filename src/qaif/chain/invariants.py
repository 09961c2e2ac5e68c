"""What must hold between the tables of a chain; each finds what does not, in words.

Nothing here trusts what the indexer concluded: header hashes, links, work, merkle roots, spent values and
the derived tables are computed once more from the primary columns. Each goes through the store segment by
segment, with at most one byte for each row of a table in memory beside it.
"""

from collections.abc import Callable, Iterator

import numpy as np

from qaif.chain import derived
from qaif.chain.open import Chain
from qaif.chain.segments import Segment
from qaif.chain.tables import BASIS_HELD, COINBASE, DERIVED, PRIMARY
from qaif.feeds.placing import block_work
from qaif.kernels import join, merkle, sha256, sort
from qaif.units import MAX_MONEY_SAT, UNKNOWN, Bools, Int64s, hash_hex

_HEADER = 80
_PREV = slice(4, 36)
_ROOT = slice(36, 68)
_BITS = slice(72, 76)
_MOST_NAMED = 3  # faults of one kind that are named


def _segments(chain: Chain) -> Iterator[str]:
    at = dict.fromkeys(PRIMARY, 0)
    for segment in chain.segments:
        for table, columns in PRIMARY.items():
            lo, hi = segment.span(table)
            lengths = {len(segment.column(table, column.name)) for column in columns}
            if lo != at[table] or lengths != {hi - lo}:
                yield f"{segment.ref.file.name} does not hold rows {lo} to {hi} of {table}"
            at[table] = hi


def _headers(chain: Chain) -> Iterator[str]:
    for segment in chain.segments:
        header = np.ascontiguousarray(segment.column("block", "header")).reshape(-1)
        count = len(header) // _HEADER
        lo = np.arange(count, dtype=np.int64) * _HEADER
        found = sha256.double_sha256_rows(header, lo, np.full(count, _HEADER, dtype=np.int64))
        bad = np.flatnonzero((found != segment.column("block", "hash_raw")).any(axis=1))
        yield from (
            f"block number {segment.span('block')[0] + int(b)} does not hash to its hash"
            for b in bad[:_MOST_NAMED]
        )


def _links(chain: Chain) -> Iterator[str]:
    hashes, headers = chain.block.hash_raw[0 : chain.n_blocks], chain.block.header[0 : chain.n_blocks]
    child = np.ones(chain.n_blocks, dtype=np.uint8)
    child[1:] = (headers[1:, _PREV] == hashes[:-1]).all(axis=1)
    child[:1] = [hash_hex(row.tobytes()) == chain.network.genesis_hex for row in hashes[:1]]
    bad = np.flatnonzero(child != chain.block.linked[0 : chain.n_blocks])
    yield from (f"block number {b} is not linked as it says" for b in bad[:_MOST_NAMED])


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
    for num in np.flatnonzero(chain.block.whole[0 : chain.n_blocks]).tolist():
        root = merkle.merkle_root(np.ascontiguousarray(chain.tx.txid_raw[int(lo[num]) : int(lo[num + 1])]))
        if root.tobytes() != chain.block.header.take(num)[0, _ROOT].tobytes():
            yield f"the transaction ids of block number {num} do not give its merkle root"


def _places(chain: Chain) -> Iterator[str]:
    """In a whole block every place is its row; else places that are proven differ from one another."""
    for segment in chain.segments:
        first, end = segment.span("tx")
        begins = np.append(segment.column("block", "tx_lo"), end) - first
        block = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
        place, whole = segment.column("tx", "place"), segment.column("block", "whole") == 1
        wrong = whole[block] & (place != np.arange(end - first) - begins[block])
        if wrong.any():
            yield f"transaction number {first + int(np.argmax(wrong))} is not at the place that it says"
        proven = np.flatnonzero((place >= 0) & ~whole[block])
        if len(np.unique(np.stack((block[proven], place[proven])), axis=1).T) != len(proven):
            yield f"two transactions of a block in {segment.ref.file.name} are at the same place"


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
    yield from (f"transaction number {num} pays more than it spends" for num in bad[:_MOST_NAMED])


def _spends(chain: Chain) -> Iterator[str]:
    spent_already = np.zeros(chain.n_outs, dtype=np.bool_)
    for segment in chain.segments:
        spent = segment.column("txin", "spent_out")
        known = np.flatnonzero(spent >= 0)
        yield from _spend_faults(chain, segment, known, spent[known])
        outs = np.unique(spent[known])
        if len(outs) != len(known) or spent_already[outs].any():
            yield f"{segment.ref.file.name} spends an output a second time"
        spent_already[outs] = True


def _spend_faults(chain: Chain, segment: Segment, known: Int64s, outs: Int64s) -> Iterator[str]:
    if (chain.tx_of_out(outs) >= chain.tx_of_in(known + segment.span("txin")[0])).any():
        yield "an input spends an output of its own or a later transaction"
    for name, theirs in (("value_sat", chain.txout.value_sat), ("script_num", chain.txout.script_num)):
        if (segment.column("txin", name)[known] != theirs.take(outs)).any():
            yield f"an input's {name} is not that of the output it spends"
    if (segment.column("txin", "script_basis")[known] != BASIS_HELD).any():
        yield "an input whose output is held does not say so"


def _side_table(chain: Chain) -> Iterator[str]:
    for segment in chain.segments:
        inputs = segment.column("unresolved", "in_num")
        missing = np.flatnonzero(segment.column("txin", "spent_out") == UNKNOWN) + segment.span("txin")[0]
        if not np.array_equal(inputs, missing):
            yield "the side table does not hold just the inputs whose output is not held"
            return
        owners = chain.tx_of_in(inputs)
        creators = _creators(chain, segment, owners)
        late = np.flatnonzero(creators != UNKNOWN)[:_MOST_NAMED]
        yield from (
            f"an input of transaction number {owners[row]} could be resolved and is not" for row in late
        )


def _creators(chain: Chain, segment: Segment, owners: Int64s) -> Int64s:
    """For each unresolved input of a segment the transaction it spends from, which should not be held."""
    txids = derived.words_of_hashes(segment.column("unresolved", "prev_txid_raw"))
    key, order = sort.sorted_rows(txids[:, 0])
    found = np.full(len(owners), UNKNOWN, dtype=np.int64)
    for other in chain.segments:
        keys, nums = other.run("by_txid")
        stored = derived.words_of_hashes(other.column("tx", "txid_raw"))
        join.last_earlier(keys, nums, other.span("tx")[0], stored, key, order, txids, owners, found)
    return found


def _scripts(chain: Chain) -> Iterator[str]:
    used = np.zeros(chain.n_scripts, dtype=np.bool_)
    for segment in chain.segments:
        _mark(used, segment.column("txout", "script_num"))
        _mark(used, segment.column("txin", "script_num"))
    if not used.all():
        yield f"script number {int(np.argmin(used))} is not used by any output or input"
    for keys, nums in derived.merge([segment.run("by_script") for segment in chain.segments]):
        same = np.flatnonzero(keys[1:] == keys[:-1])
        for row in same:
            if chain.script_raw(int(nums[row])) == chain.script_raw(int(nums[row + 1])):
                yield f"script numbers {nums[row]} and {nums[row + 1]} have the same bytes"


def _mark(used: Bools, nums: Int64s) -> None:
    used[nums[nums >= 0]] = True


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


INVARIANTS: tuple[tuple[str, Callable[[Chain], Iterator[str]]], ...] = (
    ("segments", _segments),
    ("header hashes", _headers),
    ("links", _links),
    ("work", _work),
    ("ranges", _beginnings),
    ("merkle roots", _merkle_roots),
    ("places", _places),
    ("amounts", _amounts),
    ("spends", _spends),
    ("unresolved inputs", _side_table),
    ("scripts", _scripts),
    ("derived tables", _derived),
)
