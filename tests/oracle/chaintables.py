"""What the chain store's columns must hold, by dictionaries and lists; standard library only."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from oracle.simchain import Block, In

NULL_TXID = bytes(32)
HELD, COINBASE, MISSING = 1, -2, -1


@dataclass
class Tables:
    txids: list[bytes] = field(default_factory=list)
    tx_in_lo: list[int] = field(default_factory=list)
    tx_out_lo: list[int] = field(default_factory=list)
    block_tx_lo: list[int] = field(default_factory=list)
    spent_out: list[int] = field(default_factory=list)
    in_value: list[int] = field(default_factory=list)
    in_script: list[int] = field(default_factory=list)
    out_value: list[int] = field(default_factory=list)
    out_script: list[int] = field(default_factory=list)
    scripts: list[bytes] = field(default_factory=list)
    unresolved: list[tuple[int, bytes, int]] = field(default_factory=list)


def nothing(_one: In) -> bytes | None:
    return None


def tables(blocks: Sequence[Block], script_of: Callable[[In], bytes | None] = nothing) -> Tables:
    """Number everything in chain order.

    `script_of` gives the script of an input whose output is not in `blocks`, where it is known otherwise.
    """
    made = Tables()
    outs_of: dict[bytes, int] = {}  # the last transaction of an id so far: its first output
    names: dict[bytes, int] = {}

    def name(script: bytes) -> int:
        if script not in names:
            names[script] = len(names)
            made.scripts.append(script)
        return names[script]

    for block in blocks:
        made.block_tx_lo.append(len(made.txids))
        for tx in block.txs:
            made.txids.append(tx.txid)
            made.tx_in_lo.append(len(made.spent_out))
            made.tx_out_lo.append(len(made.out_value))
            for one in tx.ins:
                spend(made, one, outs_of, name, script_of)
            outs_of[tx.txid] = len(made.out_value)
            for out in tx.outs:
                made.out_value.append(out.value)
                made.out_script.append(name(out.script))
    return made


def spend(
    made: Tables,
    one: In,
    outs_of: dict[bytes, int],
    name: Callable[[bytes], int],
    script_of: Callable[[In], bytes | None],
) -> None:
    if one.txid == NULL_TXID:
        row = (COINBASE, MISSING, MISSING)
    elif one.txid in outs_of:
        out = outs_of[one.txid] + one.vout
        row = (out, made.out_value[out], made.out_script[out])
    else:
        made.unresolved.append((len(made.spent_out), one.txid, one.vout))
        known = script_of(one)
        row = (MISSING, MISSING, MISSING if known is None else name(known))
    made.spent_out.append(row[0])
    made.in_value.append(row[1])
    made.in_script.append(row[2])


def postings(numbers: Iterable[int]) -> dict[int, list[int]]:
    """Rows by the number that stands in them, unknown ones left out."""
    found: dict[int, list[int]] = {}
    for row, number in enumerate(numbers):
        if number >= 0:
            found.setdefault(number, []).append(row)
    return found
