"""The boundary scan: every byte accounted for, and how many transactions, inputs and outputs there are.

All strictness is here; `parse_fill` walks the same bytes a second time and checks nothing.

| array | type | meaning |
|---|---|---|
| data | u1[] | the bytes of all items |
| bounds | i8[n + 1] | item i (a block or a loose transaction) is `data[bounds[i]:bounds[i + 1]]` |

A fault is told as a status and the offset in `data` of the field that cannot be as it is. The rules are those
of Bitcoin Core's deserialiser (`serialize.h`, `primitives/transaction.h`).
"""

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, load_i64, load_u8, load_u16, load_u32

GOOD, SHORT, TRAILING, NOT_CANONICAL, TOO_LARGE, TOO_MANY, FLAG, SUPERFLUOUS, BOUNDS = range(9)
STATUS_TEXT = {
    GOOD: "good",
    SHORT: "the data ends inside a field",
    TRAILING: "bytes are left over at the end",
    NOT_CANONICAL: "a size is not written in its shortest form",
    TOO_LARGE: "a size is over 32 MiB",
    TOO_MANY: "a count is larger than the bytes left can hold",
    FLAG: "a transaction has optional data of an unknown kind",
    SUPERFLUOUS: "a transaction is marked as having witnesses and all are empty",
    BOUNDS: "the bounds of the items do not ascend inside the data",
}

HEADER_BYTES = 80
MOST = 2**25  # MAX_SIZE of Bitcoin Core
LEAST_TX, LEAST_IN, LEAST_OUT = 10, 41, 9  # bytes that each takes when empty


@jit
def compact_size(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Read a count or length: the value, and where the next field starts, or minus the status of a fault."""
    if at >= end:
        return 0, -SHORT
    first = load_u8(data, at)
    if first < 0xFD:
        return first, at + 1
    width = 2 << (first - 0xFD)
    if end - at - 1 < width:
        return 0, -SHORT
    if first == 0xFD:
        value, least = load_u16(data, at + 1), 0xFD
    elif first == 0xFE:
        value, least = load_u32(data, at + 1), 2**16
    else:
        value, least = load_i64(data, at + 1), 2**32
    if 0 <= value < least:
        return 0, -NOT_CANONICAL
    if value < 0 or value > MOST:
        return 0, -TOO_LARGE
    return value, at + 1 + width


@jit
def _counted(data: Bytes, at: int, end: int, least: int) -> tuple[int, int]:
    """Read a count of things that take `least` bytes or more each; as `compact_size`."""
    count, after = compact_size(data, at, end)
    if after > 0 and count > (end - after) // least:
        return 0, -TOO_MANY
    return count, after


@jit
def _scan_inputs(data: Bytes, at: int, end: int, count: int) -> tuple[int, int]:
    """Step over inputs: where they end (or the fault is), and a status."""
    for _ in range(count):
        size, after = compact_size(data, at + 36, end)
        if after < 0:
            return at + 36, -after
        if size > end - after - 4:
            return after, SHORT
        at = after + size + 4
    return at, GOOD


@jit
def _scan_outputs(data: Bytes, at: int, end: int, count: int) -> tuple[int, int]:
    """Step over outputs: where they end (or the fault is), and a status."""
    for _ in range(count):
        size, after = compact_size(data, at + 8, end)
        if after < 0:
            return at + 8, -after
        if size > end - after:
            return after, SHORT
        at = after + size
    return at, GOOD


@jit
def _scan_witnesses(data: Bytes, at: int, end: int, count: int) -> tuple[int, int]:
    """Step over the witnesses of `count` inputs: where they end (or the fault is), and a status."""
    start, filled = at, False
    for _ in range(count):
        items, after = _counted(data, at, end, 1)
        if after < 0:
            return at, -after
        at = after
        for _ in range(items):
            size, after = compact_size(data, at, end)
            if after < 0:
                return at, -after
            if size > end - after:
                return after, SHORT
            at = after + size
        filled = filled or items > 0
    return (at, GOOD) if filled else (start, SUPERFLUOUS)


@jit
def scan_tx(data: Bytes, start: int, end: int) -> tuple[int, int, int, int]:
    """Step over a transaction: where it ends (or the fault is), its inputs, its outputs, a status."""
    at, marked = start + 4, False
    ins, after = _counted(data, at, end, LEAST_IN)
    if after > 0 and ins == 0:
        # as in Core: no inputs is either the witness marker, or, with a zero flag, no outputs either
        if after >= end:
            return after, 0, 0, SHORT
        flag = load_u8(data, after)
        if flag > 1:
            return after, 0, 0, FLAG
        if flag == 1:
            marked, at = True, after + 1
            ins, after = _counted(data, at, end, LEAST_IN)
    if after < 0:
        return at, 0, 0, -after
    at, status = _scan_inputs(data, after, end, ins)
    if status != GOOD:
        return at, 0, 0, status
    outs, after = _counted(data, at, end, LEAST_OUT)
    if after < 0:
        return at, 0, 0, -after
    at, status = _scan_outputs(data, after, end, outs)
    if status == GOOD and marked:
        at, status = _scan_witnesses(data, at, end, ins)
    if status == GOOD and end - at < 4:
        status = SHORT
    return (at + 4, ins, outs, GOOD) if status == GOOD else (at, 0, 0, status)


@jit
def _scan_item(data: Bytes, at: int, end: int, framed: int) -> tuple[int, int, int, int, int]:
    """Step over a block (`framed` 1) or a transaction: its end or fault, counts of the three, status."""
    txs, ins, outs = 1, 0, 0
    if framed:
        txs, after = _counted(data, at + HEADER_BYTES, end, LEAST_TX)
        if after < 0:
            return at + HEADER_BYTES, 0, 0, 0, -after
        at = after
    for _ in range(txs):
        at, more_ins, more_outs, status = scan_tx(data, at, end)
        if status != GOOD:
            return at, 0, 0, 0, status
        ins += more_ins
        outs += more_outs
    return at, txs, ins, outs, (GOOD if at == end else TRAILING)


@jit
def scan(data: Bytes, bounds: Int64s, framed: int) -> tuple[int, int, int, int, int]:
    """Check all items: transactions, inputs and outputs in them, a status, and the offset of the fault.

    `framed` is 1 for blocks and 0 for loose transactions.
    The offset lies inside the item that is at fault, unless that item is empty.
    """
    if len(bounds) < 1 or bounds[0] < 0:
        return 0, 0, 0, BOUNDS, 0
    txs, ins, outs = 0, 0, 0
    for item in range(len(bounds) - 1):
        start, end = bounds[item], bounds[item + 1]
        if end < start or end > len(data):
            return 0, 0, 0, BOUNDS, min(start, len(data))
        at, more_txs, more_ins, more_outs, status = _scan_item(data, start, end, framed)
        if status != GOOD:
            return 0, 0, 0, status, max(start, min(at, end - 1))
        txs += more_txs
        ins += more_ins
        outs += more_outs
    return txs, ins, outs, GOOD, 0
