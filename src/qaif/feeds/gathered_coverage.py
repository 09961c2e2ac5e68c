"""Of each script: how much of its history is told, by whom, as of which block, and what speaks against it.

That a history is whole is only ever told: a server can leave transactions out. What is held can refute it: a
transaction that touches the script, and is not in the history, shows that it is not whole.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qaif.feeds.gathered_state import Gathered, History
from qaif.feeds.gathered_table import Columns
from qaif.feeds.told import State
from qaif.units import UNKNOWN, hash_hex, utc_text

_MOST_NAMED = 20
_BITS = slice(72, 76)
_NO_END = 1 << 31


@dataclass(frozen=True)
class ScriptTold:
    """What one source told of one script's history; the manifest keeps it as JSON.

    Attributes:
        script_hex: the script.
        source: who told it.
        told_at: when the listing ended, ISO 8601 UTC; empty where none did.
        tip_height, tip_hash, tip_time: the source's tip at that time; -1 and empty where no listing ended.
        complete: the source says that this is all, all of it is held with a place, and nothing held
            refutes it.
        why: why not, in words; empty where it is.
        count: how many transactions the source counts, -1 where it does not.
        listed: how many it lists in blocks up to that tip.
        held: of how many bytes and place are held.
        proven: of how many the place is proven.
        first_height, last_height: of those held; -1 where there are none.
        unconfirmed: ids that it lists in no block, the first twenty; they are not in the chain's tables.
        unconfirmed_count: how many.
    """

    script_hex: str
    source: str
    told_at: str
    tip_height: int
    tip_hash: str
    tip_time: int
    complete: bool
    why: str
    count: int
    listed: int
    held: int
    proven: int
    first_height: int
    last_height: int
    unconfirmed: tuple[str, ...]
    unconfirmed_count: int


@dataclass(frozen=True)
class CaseTold:
    """What is told in all.

    Attributes:
        sources: their names.
        scripts: by script and source.
        disagreements: where sources differ, or what they told cannot stand together, in words.
        dropped: transactions whose block left the chain, and that have no place now.
        transactions: those with a place.
        proven: of how many it is proven.
        parents: transactions that are held only because others spend from them.
        easiest_bits: the target, in compact form, of the block that took the least work; 0 where none is.
    """

    sources: tuple[str, ...]
    scripts: tuple[ScriptTold, ...]
    disagreements: tuple[str, ...]
    dropped: int
    transactions: int
    proven: int
    parents: int
    easiest_bits: int


def case_told(gathered: Gathered, columns: Columns) -> CaseTold:
    """All of it."""
    proven = set(columns.rows[columns.place >= 0].tolist())
    placed = {columns.txids[row]: row in proven for row in columns.rows.tolist()}
    touching = _touching(columns, {script for script, _ in gathered.histories})
    scripts = tuple(
        _script_told(gathered, key, placed, touching[key[0]]) for key in sorted(gathered.histories)
    )
    return CaseTold(
        sources=tuple(sorted(gathered.sources)),
        scripts=scripts,
        disagreements=(*gathered.disagreements(), *columns.left_out[:_MOST_NAMED]),
        dropped=len(gathered.dropped()),
        transactions=len(columns.rows),
        proven=len(proven),
        parents=len(columns.txids) - len(columns.rows),
        easiest_bits=_easiest(gathered, columns),
    )


def _touching(columns: Columns, scripts: set[bytes]) -> dict[bytes, dict[bytes, int]]:
    """For each script the transactions in a block that pay it or are seen to spend it, and their heights."""
    found: dict[bytes, dict[bytes, int]] = defaultdict(dict)
    heights = np.repeat([height for _, height in columns.blocks], np.diff(columns.begins)).tolist()
    p = columns.parsed
    for row, height in zip(columns.rows.tolist(), heights, strict=True):
        outs = list(range(int(p.tx_out_lo[row]), int(p.tx_out_lo[row + 1])))
        outs += [out for each in columns.inputs(row) if (out := columns.spent_output(each)) >= 0]
        for script in {columns.script(out) for out in outs} & scripts:
            found[script][columns.txids[row]] = height
    return found


def _script_told(
    gathered: Gathered, key: tuple[bytes, str], placed: dict[bytes, bool], touching: dict[bytes, int]
) -> ScriptTold:
    """What one source told of one script; `placed` says of each transaction in a block if that is proven."""
    history, end = gathered.histories[key], gathered.histories[key].end
    upto = end.tip_height if end else _NO_END
    listed = {one.txid_raw for one in history.confirmed() if (one.height or 0) <= upto}
    held = [txid for txid in listed if txid in placed]
    heights = [place.height for txid in held if (place := gathered.place(txid)) is not None]
    loose = sorted(hash_hex(one.txid_raw) for one in history.listed.values() if one.height is None)
    why = _why_not(gathered, key, history, len(listed) - len(held), touching)
    tip = gathered.headers.get(end.tip_hash_raw) if end else None
    return ScriptTold(
        script_hex=key[0].hex(),
        source=key[1],
        told_at=utc_text(history.time_unix) if end else "",
        tip_height=end.tip_height if end else UNKNOWN,
        tip_hash=hash_hex(end.tip_hash_raw) if end else "",
        tip_time=int.from_bytes(tip[68:72], "little") if tip else 0,
        complete=not why,
        why=why,
        count=end.counted if end else UNKNOWN,
        listed=len(listed),
        held=len(held),
        proven=sum(placed[txid] for txid in held),
        first_height=min(heights, default=UNKNOWN),
        last_height=max(heights, default=UNKNOWN),
        unconfirmed=tuple(loose[:_MOST_NAMED]),
        unconfirmed_count=len(loose),
    )


def _why_not(
    gathered: Gathered, key: tuple[bytes, str], history: History, missing: int, touching: dict[bytes, int]
) -> str:
    """Why a history is not complete, in words; empty where it is."""
    end = history.end
    if end is None:
        return "its listing was stopped before its end: run the same command again"
    if end.state != State.COMPLETE:
        return end.why
    if gathered.at_height.get(end.tip_height) != end.tip_hash_raw:
        return "the block as of which it was told is not in the chain any more: ask again"
    if missing:
        return f"of {missing:,} transactions in it bytes or place are not held yet"
    lacking = [t for t, at in touching.items() if at <= end.tip_height and t not in history.listed]
    if lacking:
        return (
            f"{len(lacking):,} transaction(s) that are held touch it and were not in the history, such as "
            f"{hash_hex(min(lacking))}: the source left something out"
        )
    return _disputed(gathered, key, end.tip_height, history)


def _disputed(gathered: Gathered, key: tuple[bytes, str], tip: int, history: History) -> str:
    """Whether another source told more of it, up to a block that both had reached."""
    mine = {one.txid_raw for one in history.confirmed()}
    for (script, source), other in sorted(gathered.histories.items(), key=lambda item: item[0]):
        if script != key[0] or source == key[1] or other.end is None:
            continue
        upto = min(tip, other.end.tip_height)
        more = {one.txid_raw for one in other.confirmed() if (one.height or 0) <= upto} - mine
        if more:
            return f"{source} lists {len(more):,} transaction(s) that {key[1]} does not"
    return ""


def _easiest(gathered: Gathered, columns: Columns) -> int:
    """The bits of the block that took the least work."""
    bits = [int.from_bytes(gathered.headers[block][_BITS], "little") for block, _ in columns.blocks]
    return max(bits, key=lambda one: (one >> 24, one & 0x7FFFFF), default=0)


def scripts_of(columns: Columns, txids: set[bytes]) -> Iterator[bytes]:
    """The scripts that some transactions pay and are seen to spend, as often as they do."""
    p = columns.parsed
    for txid in sorted(txids):
        row = columns.row_of[txid]
        outs = list(range(int(p.tx_out_lo[row]), int(p.tx_out_lo[row + 1])))
        outs += [out for each in columns.inputs(row) if (out := columns.spent_output(each)) >= 0]
        yield from sorted({columns.script(out) for out in outs})
