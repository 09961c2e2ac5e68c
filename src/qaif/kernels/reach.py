"""Single rows of a chain's columns read across all segments by their addresses, for walks from row to row.

| array | type | meaning |
|---|---|---|
| reach | i8[HEAD + s * WIDTH] | how many segments, rows in use, `bad`; then a row a segment, in order |

The kernels here take its address, which whoever calls keeps alive: an array would be counted as used at each
of millions of calls. From FIRST_* on stand the number of a table's first row in the segment and how many
rows it has; the other columns are addresses, but for DOUBT: 1 where the file is not believed yet, and each
page is hashed on the way. `bad` becomes 1 where a page is not as it was written, or has to be looked at in
another way: what was read then means nothing. No number that is asked for is outside the rows in use.
"""

import numpy as np

from qaif.kernels.by_address import BY_ADDRESS, believed_at, byte_at, i64_at, mark, u32_at
from qaif.kernels.jit import jit
from qaif.kernels.loads import Int64s

__all__ = ["BY_ADDRESS", "WIDTH"]


SEGMENTS, TXS_USED, INS_USED, OUTS_USED, SCRIPTS_USED, BLOCKS_USED, BAD = range(7)
HEAD = 8
FIRST_TX, FIRST_IN, FIRST_OUT, FIRST_SCRIPT, FIRST_BLOCK = range(5)
TXS, INS, OUTS, SCRIPTS, BLOCKS = range(5, 10)
TX_IN_LO, TX_OUT_LO, IN_SPENT_OUT, IN_VALUE, IN_SCRIPT, OUT_VALUE, OUT_SCRIPT = range(10, 17)
SCRIPT_TYPE, SCRIPT_BYTE_LO, SCRIPT_BYTE_END, BLOCK_TX_LO, BLOCK_TIME = range(17, 22)
SPENT_KEY, SPENT_NUM, SPENT_ROWS, DOUBT, FILE = range(22, 27)
WIDTH = FILE + 7  # from FILE on: what `by_address.believed` is told of the file
LIMITS = 5
_LINES = 3  # guesses along a line before the search goes on by steps


@jit
def head(reach: int, place: int) -> int:
    """One of the figures that stand first."""
    return i64_at(reach + 8 * place)


@jit
def _row(reach: int, s: int) -> int:
    """Where a segment's row is."""
    return reach + 8 * (HEAD + s * WIDTH)


@jit
def _of(row: int, column: int) -> int:
    return i64_at(row + 8 * column)


@jit
def _holder(reach: int, first: int, num: int) -> int:
    """The row of the segment that holds a number."""
    s = head(reach, SEGMENTS) - 1
    while s > 0 and _of(_row(reach, s), first) > num:
        s -= 1
    return _row(reach, s)


@jit
def _make_sure(reach: int, row: int, lo: int, hi: int) -> bool:
    if _of(row, DOUBT) and not believed_at(row + 8 * FILE, lo, hi):
        mark(reach + 8 * BAD)
        return False
    return True


@jit
def word(reach: int, first: int, column: int, num: int) -> int:
    """A row of a column of 64-bit integers; 0 where `bad`."""
    row = _holder(reach, first, num)
    place = _of(row, column) + 8 * (num - _of(row, first))
    return i64_at(place) if _make_sure(reach, row, place, place + 8) else 0


@jit
def beginning(reach: int, column: int, tx: int) -> int:
    """A transaction's first input or output; of the one after the last, how many there are."""
    if tx == head(reach, TXS_USED):
        return head(reach, INS_USED) if column == TX_IN_LO else head(reach, OUTS_USED)
    return word(reach, FIRST_TX, column, tx)


@jit
def script_type(reach: int, num: int) -> int:
    """Core's type of a script."""
    row = _holder(reach, FIRST_SCRIPT, num)
    place = _of(row, SCRIPT_TYPE) + num - _of(row, FIRST_SCRIPT)
    return byte_at(place) if _make_sure(reach, row, place, place + 1) else 0


@jit
def script_bytes(reach: int, num: int) -> int:
    """How long a script is."""
    row = _holder(reach, FIRST_SCRIPT, num)
    at = num - _of(row, FIRST_SCRIPT)
    last = at + 1 == _of(row, SCRIPTS)
    place = _of(row, SCRIPT_BYTE_LO) + 8 * at
    if not _make_sure(reach, row, place, place + (8 if last else 16)):
        return 0
    return (_of(row, SCRIPT_BYTE_END) if last else i64_at(place + 8)) - i64_at(place)


@jit
def _guess(place: int, rows: int, value: int) -> int:
    """About where a value stands in an ascending column, along the line between two rows that enclose it."""
    lo, hi = 0, rows - 1
    for _ in range(_LINES):
        low, high = i64_at(place + 8 * lo), i64_at(place + 8 * hi)
        if value <= low or high <= low:
            return lo
        if value >= high:
            return hi
        part = float(value - low) / float(high - low)
        at: int = lo + np.int64(part * float(hi - lo))  # type: ignore[assignment]  # NumPy's own integer
        at = min(max(at, lo), hi)
        if i64_at(place + 8 * at) < value:
            if at == lo:
                return at
            lo = at
        else:
            if at == hi:
                return at
            hi = at
    return lo


@jit
def first_not_under(place: int, rows: int, value: int) -> int:
    """The first row of an ascending column that is not under a value; bounded whatever the column holds."""
    if rows == 0:
        return 0
    at, step = _guess(place, rows, value), 1
    lo, hi = at, at
    if i64_at(place + 8 * at) < value:
        while hi < rows and i64_at(place + 8 * hi) < value:
            lo = hi + 1
            hi += step
            step *= 2
        hi = min(hi, rows)
    else:
        while lo > 0 and i64_at(place + 8 * (lo - 1)) >= value:
            hi = lo - 1
            lo = max(lo - step, 0)
            step *= 2
    while lo < hi:
        middle = (lo + hi) // 2
        if i64_at(place + 8 * middle) < value:
            lo = middle + 1
        else:
            hi = middle
    return lo


@jit
def _place(reach: int, row: int, place: int, rows: int, value: int) -> int:
    """The same where the file may be in doubt: the rows beside the answer are made sure of, and looked at."""
    at = first_not_under(place, rows, value)
    if not _of(row, DOUBT) or rows == 0:
        return at
    before, after = max(at - 1, 0), min(at, rows - 1)
    if not _make_sure(reach, row, place + 8 * before, place + 8 * (after + 1)):
        return 0
    under = at == 0 or i64_at(place + 8 * before) < value
    if not under or (at < rows and i64_at(place + 8 * after) < value):
        mark(reach + 8 * BAD)
        return 0
    return at


@jit
def spender(reach: int, out: int) -> int:
    """The input that spends an output; -1 where none in use does. None stands in an earlier segment."""
    for row in range(_holder(reach, FIRST_OUT, out), _row(reach, head(reach, SEGMENTS)), 8 * WIDTH):
        rows, place = _of(row, SPENT_ROWS), _of(row, SPENT_KEY)
        at = _place(reach, row, place, rows, out)
        if head(reach, BAD):
            return -1
        if at == rows or not _make_sure(reach, row, place + 8 * at, place + 8 * at + 8):
            continue
        if i64_at(place + 8 * at) != out:
            continue
        place = _of(row, SPENT_NUM) + 8 * at
        if not _make_sure(reach, row, place, place + 8):
            return -1
        num = i64_at(place)
        if num < head(reach, INS_USED):
            return num
    return -1


@jit
def spenders_into(reach: int, outs: Int64s, found: Int64s) -> None:
    """The spender of each output, in the order asked."""
    for i in range(len(outs)):
        found[i] = spender(reach, outs[i]) if outs[i] >= 0 else -1


@jit
def _row_of(reach: int, first: int, lo: int, of: int, counted: int, num: int) -> int:
    """Which row's range a number falls in, by a column of beginnings."""
    row = _holder(reach, first, num)
    at = _place(reach, row, _of(row, lo), _of(row, counted), num + 1)
    return _of(row, of) + max(at - 1, 0)


@jit
def tx_of_in(reach: int, num: int) -> int:
    """The transaction of an input."""
    return _row_of(reach, FIRST_IN, TX_IN_LO, FIRST_TX, TXS, num)


@jit
def tx_of_out(reach: int, num: int) -> int:
    """The transaction of an output."""
    return _row_of(reach, FIRST_OUT, TX_OUT_LO, FIRST_TX, TXS, num)


@jit
def time_of_tx(reach: int, tx: int) -> int:
    """The time of a transaction's block."""
    block = _row_of(reach, FIRST_TX, BLOCK_TX_LO, FIRST_BLOCK, BLOCKS, tx)
    row = _holder(reach, FIRST_BLOCK, block)
    place = _of(row, BLOCK_TIME) + 4 * (block - _of(row, FIRST_BLOCK))
    return u32_at(place) if _make_sure(reach, row, place, place + 4) else 0
