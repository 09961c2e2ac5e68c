"""One round: a batch of new blocks joined to what is stored, as the columns of one new segment.

The first index, a later block and a rebuild are the same round on another store. A round's memory depends on
its raw bytes, never on the length of the chain: what is stored is read through the sorted runs of its
segments.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qaif.chain import derived
from qaif.chain.ahead import ahead
from qaif.chain.decode import coinbase_inputs, decode, whole_of, witnessed_of
from qaif.chain.naming import Appearing, Names, appearing_outputs, name_scripts
from qaif.chain.sections import Array
from qaif.chain.segments import ColumnView, Segment
from qaif.chain.tables import (
    BASIS_FEED,
    BASIS_HELD,
    BASIS_INFERRED,
    BASIS_PARENT,
    BASIS_UNKNOWN,
    COINBASE,
    column_of,
)
from qaif.errors import BlockDataError
from qaif.feeds.placing import Placing
from qaif.feeds.shape import Feed, HeaderTable, Prevouts
from qaif.kernels import join, sort, spender
from qaif.kernels.parse import ParsedBlocks
from qaif.units import UNKNOWN, Bytes, Int32s, Int64s, hash_hex


@dataclass(frozen=True)
class Source:
    """A feed, its headers, and their chain order."""

    feed: Feed
    headers: HeaderTable
    placing: Placing


@dataclass(frozen=True)
class Batch:
    """The new blocks of a round: raw bytes, columns, and where they stand.

    Attributes:
        data: raw bytes of all blocks.
        parsed: their columns, numbered within the batch.
        places: their rows in the placing.
        by_txid, by_outpoint: as in `Loaded`.
        first: the number that row 0 of each primary table gets.
    """

    data: Bytes
    parsed: ParsedBlocks
    places: Int64s
    by_txid: derived.Run
    by_outpoint: derived.Run
    first: dict[str, int]


@dataclass(frozen=True)
class Spends:
    """What each input of a batch spends, as far as it is known."""

    spent_out: Int64s
    value_sat: Int64s
    local_out: Int64s  # the spent output's row in this batch, -1 where it is not of this batch
    stored_script: Int64s  # the script's number where the spent output is stored already
    spent_by: derived.Run  # the rows of the derived table of that name


@dataclass(frozen=True)
class Loaded:
    """A round's blocks, read and decoded: all that does not depend on what is stored.

    Attributes:
        places: which rows of the placing it takes, consecutive.
        data: raw bytes of all its blocks.
        parsed: their columns.
        told: what the feed says that their inputs spend.
        by_txid: first words of their transactions' ids ascending, and which transaction each is of.
        by_outpoint: the same of the ids that their inputs spend from.
        outputs: the scripts of their outputs.
        tx_place: the place of each transaction in its block, None where every block is whole.
    """

    places: Int64s
    data: Bytes
    parsed: ParsedBlocks
    told: Prevouts | None
    by_txid: derived.Run
    by_outpoint: derived.Run
    outputs: Appearing
    tx_place: Int32s | None


def load(source: Source, places: Int64s) -> Loaded:
    """Read and decode a round's blocks.

    Raises:
        BlockDataError: a block is malformed.
    """
    rows = source.placing.rows[places]
    raw = source.feed.read(rows)
    parsed = decode(raw, source.headers, rows)
    return Loaded(
        places,
        raw.data,
        parsed,
        source.feed.prevouts(rows),
        sort.sorted_rows(derived.key_of_hashes(parsed.tx_txid_raw)),
        sort.sorted_rows(derived.key_of_hashes(parsed.in_prev_txid_raw)),
        appearing_outputs(raw.data, parsed),
        raw.place,
    )


def loaded_ahead(source: Source, rounds: Iterable[Int64s]) -> Iterator[Loaded]:
    """The rounds one by one, each next one loaded by a second thread while one is in use."""
    return ahead(load(source, places) for places in rounds)


def make_columns(
    source: Source, loaded: Loaded, segments: Sequence[Segment], first: dict[str, int]
) -> tuple[dict[str, Array], dict[str, derived.Run]]:
    """The primary columns of a new segment, and the rows of those derived tables that the joins make anyway.

    Args:
        source: where the blocks come from, and their order.
        loaded: the round's blocks.
        segments: what is stored before them.
        first: number of the first new row of each primary table.

    Raises:
        BlockDataError: a block spends an output a second time, or not the amount that is told.
    """
    told = loaded.told
    batch = Batch(loaded.data, loaded.parsed, loaded.places, loaded.by_txid, loaded.by_outpoint, first)
    spends = find_spent(batch, segments)
    _refuse_contradicted(batch, spends, told)
    basis, from_inputs = _known_scripts(batch, spends, told)
    names = name_scripts(loaded.outputs, batch.parsed, from_inputs, segments, first["script"])
    columns = _tx_columns(batch, source, loaded.tx_place) | names.columns(first["script_byte"])
    columns |= _input_columns(batch, spends, basis, names, told)
    columns |= {"txout.value_sat": batch.parsed.out_value_sat, "txout.script_num": names.out_script}
    columns |= _unresolved_columns(batch, spends)
    columns |= _block_columns(batch, source, names, columns["unresolved.in_num"])
    keys, rows = batch.by_txid
    runs = {"by_txid": (keys, rows + first["tx"]), "by_script": names.by_script, "spent_by": spends.spent_by}
    return columns, runs


def find_spent(batch: Batch, segments: Sequence[Segment]) -> Spends:
    """Join every input's outpoint to the last earlier transaction of that id, stored or in the batch."""
    p = batch.parsed
    creator, creator_is_local = _creators(batch, segments)
    spent = np.full(len(creator), UNKNOWN, dtype=np.int64)
    value, script = spent.copy(), spent.copy()
    local_out = spent.copy()
    here = np.flatnonzero(creator_is_local)
    row = creator[here] - batch.first["tx"]
    vout = p.in_prev_vout[here].astype(np.int64)
    _check_vout(batch, here, vout, p.tx_out_lo[row + 1] - p.tx_out_lo[row])
    local_out[here] = p.tx_out_lo[row] + vout
    spent[here] = local_out[here] + batch.first["txout"]
    value[here] = p.out_value_sat[local_out[here]]
    _from_store(
        batch, segments, creator, np.flatnonzero((creator >= 0) & ~creator_is_local), (spent, value, script)
    )
    spent[coinbase_inputs(p)] = COINBASE
    return Spends(spent, value, local_out, script, _spent_once(batch, segments, spent))


def _creators(batch: Batch, segments: Sequence[Segment]) -> tuple[Int64s, Array]:
    p, base = batch.parsed, batch.first["tx"]
    before = np.repeat(np.arange(len(p.tx_start), dtype=np.int64) + base, np.diff(p.tx_in_lo))
    wanted = derived.words_of_hashes(p.in_prev_txid_raw)
    creator = np.full(len(wanted), UNKNOWN, dtype=np.int64)
    creator[coinbase_inputs(p)] = COINBASE
    key, order = join.still_open(*batch.by_outpoint, creator)
    keys, rows = batch.by_txid
    own = derived.words_of_hashes(p.tx_txid_raw)
    join.last_earlier(keys, rows + base, base, own, key, order, wanted, before, creator)
    local = creator >= 0
    for segment in reversed(segments):
        key, order = join.still_open(key, order, creator)
        start, run = segment.span("tx")[0], segment.run_near("by_txid", key)
        txid = derived.words_of_hashes(segment.column_near("tx", "txid_raw", segment.rows_near("tx", run[1])))
        join.last_earlier(*run, start, txid, key, order, wanted, before, creator)
    return creator, local


def _from_store(
    batch: Batch,
    segments: Sequence[Segment],
    creator: Int64s,
    there: Array,
    into: tuple[Int64s, Int64s, Int64s],
) -> None:
    """Fill spent output, value and script of inputs that spend what is stored."""
    if not len(there):
        return
    spent, value, script = into
    outs = batch.first["txout"]
    lo = ColumnView(segments, "tx", column_of("tx", "out_lo"), batch.first["tx"], outs)
    begin, end = lo.take(creator[there]), lo.take(creator[there] + 1)
    vout = batch.parsed.in_prev_vout[there].astype(np.int64)
    _check_vout(batch, there, vout, end - begin)
    spent[there] = begin + vout
    for column, target in (("value_sat", value), ("script_num", script)):
        view = ColumnView(segments, "txout", column_of("txout", column), outs)
        target[there] = view.take(spent[there])


def _check_vout(batch: Batch, inputs: Array, vout: Int64s, outputs: Int64s) -> None:
    for bad in np.flatnonzero(vout >= outputs):
        raise _bad_spend(batch, int(inputs[bad]), "spends an output that its transaction does not have")


def _spent_once(batch: Batch, segments: Sequence[Segment], spent: Int64s) -> derived.Run:
    """The spent outputs ascending and the inputs that spend them.

    Raises:
        BlockDataError: an output is spent twice.
    """
    known = np.flatnonzero(spent >= 0)
    keys, by_key = sort.sorted_rows(spent[known].astype(np.uint64))
    order = known[by_key]
    same = np.flatnonzero(keys[1:] == keys[:-1])
    if len(same):
        raise _bad_spend(batch, int(order[same[0] + 1]), "spends an output that is spent already")
    for segment in segments:
        hit = join.contains_any(segment.run_near("spent_by", keys)[0], keys)
        if hit >= 0:
            raise _bad_spend(batch, int(order[hit]), "spends an output that is spent already")
    return keys, order + batch.first["txin"]


def _bad_spend(batch: Batch, row: int, what: str) -> BlockDataError:
    p = batch.parsed
    tx = _tx_of(batch, row)
    txid = hash_hex(p.tx_txid_raw[tx].tobytes())
    block = hash_hex(p.block_hash_raw[p.tx_block[tx]].tobytes())
    return BlockDataError(
        f"Block {block} is not valid after the blocks that stand before it: input "
        f"{row - int(p.tx_in_lo[tx])} of transaction {txid} {what}.",
        way_out="Where blocks between are missing, it may be of a stale branch: give those too. Otherwise"
        " fetch it again from a node that you trust.",
        block=block,
        txid=txid,
    )


def _refuse_contradicted(batch: Batch, spends: Spends, told: Prevouts | None) -> None:
    """Where the spent output is held, what the feed says of it must be so."""
    if told is None:
        return
    wrong = (spends.spent_out >= 0) & (told.value_sat >= 0) & (told.value_sat != spends.value_sat)
    for row in np.flatnonzero(wrong)[:1]:
        said, held = int(told.value_sat[row]), int(spends.value_sat[row])
        block = hash_hex(
            batch.parsed.block_hash_raw[batch.parsed.tx_block[_tx_of(batch, int(row))]].tobytes()
        )
        raise BlockDataError(
            f"The source says that block {block} spends {said:,} sat where the output that is held has"
            f" {held:,} sat.",
            way_out="What the source tells of spent outputs cannot be relied on: ask another.",
            block=block,
        )


def _tx_of(batch: Batch, row: int) -> int:
    return int(np.searchsorted(batch.parsed.tx_in_lo, row, "right")) - 1


@dataclass(frozen=True)
class InputScripts:
    """Scripts that a batch's unresolved inputs bring: the input rows, and their bytes."""

    rows: Int64s
    data: Bytes
    lo: Int64s
    hi: Int64s


def _known_scripts(batch: Batch, spends: Spends, told: Prevouts | None) -> tuple[Array, InputScripts]:
    """The basis of every input's script, and the scripts that come with the inputs themselves."""
    p = batch.parsed
    basis = np.zeros(len(spends.spent_out), dtype=np.uint8)
    basis[spends.spent_out >= 0] = BASIS_HELD
    left = np.flatnonzero(spends.spent_out == UNKNOWN)
    given = left[:0] if told is None else left[told.value_sat[left] >= 0]
    basis[given] = BASIS_PARENT if told is not None and told.from_parents else BASIS_FEED
    left = left[basis[left] == BASIS_UNKNOWN]
    code, script, length = spender.spent_scripts(
        batch.data,
        p.in_script_off[left],
        p.in_script_len[left],
        p.in_witness_off[left],
        p.in_witness_len[left],
    )
    found = np.flatnonzero(code)
    basis[left[found]] = BASIS_INFERRED + code[found]
    lo = found.astype(np.int64) * script.shape[1]
    inferred = InputScripts(left[found], script.reshape(-1), lo, lo + length[found])
    if told is None:
        return basis, inferred
    by_feed = InputScripts(given, told.script, told.script_offset[given], told.script_offset[given + 1])
    return basis, _together(by_feed, inferred)


def _together(one: InputScripts, other: InputScripts) -> InputScripts:
    """Both, in the order of their inputs."""
    rows = np.concatenate((one.rows, other.rows))
    order = np.argsort(rows, kind="stable")
    shift = len(one.data)
    return InputScripts(
        rows[order],
        np.concatenate((one.data, other.data)),
        np.concatenate((one.lo, other.lo + shift))[order],
        np.concatenate((one.hi, other.hi + shift))[order],
    )


def _input_columns(
    batch: Batch, spends: Spends, basis: Array, names: Names, told: Prevouts | None
) -> dict[str, Array]:
    p = batch.parsed
    script, value = spends.stored_script.copy(), spends.value_sat.copy()
    local = np.flatnonzero(spends.local_out >= 0)
    script[local] = names.out_script[spends.local_out[local]]
    script[names.input_rows] = names.input_script
    if told is not None:
        given = np.flatnonzero((basis == BASIS_FEED) | (basis == BASIS_PARENT))
        value[given] = told.value_sat[given]
    return {
        "txin.spent_out": spends.spent_out,
        "txin.value_sat": value,
        "txin.script_num": script,
        "txin.sequence": p.in_sequence,
        "txin.script_size": p.in_script_len.astype(np.uint32),
        "txin.witness_size": p.in_witness_len.astype(np.uint32),
        "txin.script_basis": basis,
    }


def _unresolved_columns(batch: Batch, spends: Spends) -> dict[str, Array]:
    rows = np.flatnonzero(spends.spent_out == UNKNOWN)
    return {
        "unresolved.in_num": rows + batch.first["txin"],
        "unresolved.prev_txid_raw": batch.parsed.in_prev_txid_raw[rows],
        "unresolved.prev_vout": batch.parsed.in_prev_vout[rows],
    }


def _tx_columns(batch: Batch, source: Source, place: Int32s | None) -> dict[str, Array]:
    p, size, count = batch.parsed, batch.parsed.tx_size, np.diff(batch.parsed.block_tx_lo)
    if source.headers.witnessed is not None:
        size = size * np.repeat(witnessed_of(source.headers, source.placing.rows[batch.places]), count)
    if place is None:  # whole blocks: a transaction's place is its row in the block
        place = (np.arange(len(p.tx_start)) - np.repeat(p.block_tx_lo[:-1], count)).astype(np.int32)
    return {
        "tx.txid_raw": p.tx_txid_raw,
        "tx.place": place,
        "tx.version": p.tx_version,
        "tx.locktime": p.tx_locktime,
        "tx.size": size.astype(np.uint32),
        "tx.base_size": p.tx_base_size.astype(np.uint32),
        "tx.in_lo": p.tx_in_lo[:-1] + batch.first["txin"],
        "tx.out_lo": p.tx_out_lo[:-1] + batch.first["txout"],
    }


def _block_columns(batch: Batch, source: Source, names: Names, unresolved: Int64s) -> dict[str, Array]:
    placing = source.placing
    p, first, rows = batch.parsed, batch.first, placing.rows[batch.places]
    tx_lo = p.block_tx_lo[:-1]
    in_lo = p.tx_in_lo[tx_lo]
    sized = (whole := whole_of(source.headers, rows)) & witnessed_of(source.headers, rows)
    return {
        "block.header": source.headers.header[rows],
        "block.hash_raw": p.block_hash_raw,
        "block.work": placing.work[batch.places],
        "block.height": placing.height[batch.places],
        "block.height_basis": placing.height_basis[batch.places],
        "block.linked": placing.linked[batch.places],
        "block.time": p.block_time,
        "block.whole": whole.astype(np.uint8),
        "block.size": np.where(sized, p.block_size, 0).astype(np.uint32),
        "block.weight": np.where(sized, 3 * p.block_stripped_size + p.block_size, 0).astype(np.uint32),
        "block.tx_lo": tx_lo + first["tx"],
        "block.in_lo": in_lo + first["txin"],
        "block.out_lo": p.tx_out_lo[tx_lo] + first["txout"],
        "block.script_lo": names.scripts_before(p.tx_out_lo[tx_lo] + in_lo) + first["script"],
        "block.unresolved_lo": np.searchsorted(unresolved, in_lo + first["txin"]) + first["unresolved"],
    }
