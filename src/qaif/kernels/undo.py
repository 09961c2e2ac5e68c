"""A block's undo data, as Bitcoin Core stores it in `rev*.dat`, from bytes to columns, strictly.

| array | type | meaning |
|---|---|---|
| data | u1[] | the undo data of one block: the record without magic, length and checksum |
| tx_coins | i8[m] | outputs spent by each transaction but the coinbase |
| code | i8[k] | of each spent output: 2 * height + whether a coinbase made it |
| value | i8[k] | satoshi |
| script_off | i8[k + 1] | script i is `script[script_off[i]:script_off[i + 1]]` |
| script | u1[] | scripts; of a bare 65-byte public key only x is filled in, its y is left to the caller |
| odd | u1[k] | 255, or for such a key whether its y is odd |

Source: `undo.h`, `compressor.cpp` and `serialize.h` (VARINT) of Bitcoin Core. What Core never writes is
refused: an amount over 21 million BTC, a script over 10,000 bytes (which cannot be spent), larger numbers.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaif.kernels.jit import jit
from qaif.kernels.loads import Bytes, Int64s, load_u8, readable
from qaif.kernels.parse_scan import compact_size

GOOD, SHORT, TRAILING, COUNT, NUMBER, VALUE, SCRIPT = range(7)
STATUS_TEXT = {
    GOOD: "good",
    SHORT: "the data ends inside a field",
    TRAILING: "bytes are left over at the end",
    COUNT: "a count is malformed or larger than the bytes left can hold",
    NUMBER: "a number is too large",
    VALUE: "an amount is over 21 million BTC",
    SCRIPT: "a script is longer than one that can be spent",
}
NOT_A_KEY = 255
FULL_KEY_SCRIPT = 67  # the length of a script that is one 65-byte public key and its check
_MOST_SAT = 21_000_000 * 100_000_000
_LONGEST_SCRIPT = 10_000
_LEAST_COIN = 3  # code, amount, script's kind
_SPECIAL = 6


class SpentCoins(NamedTuple):
    """The columns above."""

    tx_coins: Int64s
    code: Int64s
    value: Int64s
    script_off: Int64s
    script: Bytes
    odd: NDArray[np.uint8]


@jit
def _number(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Core's VARINT: the value and where the next field starts; -1 or -2 where it is short or too large."""
    value = 0
    while at < end:
        byte = load_u8(data, at)
        at += 1
        if value > (1 << 55):
            return -2, at
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at
        value += 1
    return -1, at


@jit
def _amount(packed: int) -> int:
    """What `CompressAmount` made this of, in satoshi; -1 where that is over 21 million BTC."""
    if packed == 0:
        return 0
    packed -= 1
    zeros, packed = packed % 10, packed // 10
    if zeros < 9:
        last, packed = packed % 9 + 1, packed // 9
        value = packed * 10 + last
    else:
        value = packed + 1
    for _ in range(zeros):
        if value > _MOST_SAT:
            return -1
        value *= 10
    return value if value <= _MOST_SAT else -1


@jit
def _head(data: Bytes, at: int, end: int) -> tuple[int, int, int, int, int]:
    """One spent output up to its script: status, where the script's bytes start, code, value, kind."""
    code, at = _number(data, at, end)
    code = -2 if code > 0xFFFFFFFF else code
    if code >= 2:  # the version of its transaction, in data of old; zero since
        version, at = _number(data, at, end)
        code = version if version < 0 else code
    packed, at = (code, at) if code < 0 else _number(data, at, end)
    kind, at = (packed, at) if packed < 0 else _number(data, at, end)
    if kind < 0:
        return SHORT if kind == -1 else NUMBER, at, 0, 0, 0
    value = _amount(packed)
    if value < 0:
        return VALUE, at, 0, 0, 0
    if kind > _LONGEST_SCRIPT + _SPECIAL:
        return SCRIPT, at, 0, 0, 0
    size = kind - _SPECIAL if kind >= _SPECIAL else 20 if kind < 2 else 32
    return SHORT if size > end - at else GOOD, at, code, value, kind


@jit
def _script_size(kind: int) -> int:
    if kind >= _SPECIAL:
        return kind - _SPECIAL
    return 25 if kind == 0 else 23 if kind == 1 else 35 if kind < 4 else FULL_KEY_SCRIPT


@jit
def _stored_size(kind: int) -> int:
    return kind - _SPECIAL if kind >= _SPECIAL else 20 if kind < 2 else 32


@jit
def _scan(data: Bytes) -> tuple[int, int, int, int, int]:
    """Status and where it fails; transactions, spent outputs and bytes of their scripts."""
    end, coins, script = len(data), 0, 0
    txs, at = compact_size(data, 0, end)
    if at < 0 or txs > end - at:
        return COUNT, 0, 0, 0, 0
    for _ in range(txs):
        start = at
        count, at = compact_size(data, at, end)
        if at < 0 or count > (end - at) // _LEAST_COIN:
            return COUNT, start, 0, 0, 0
        for _coin in range(count):
            start = at
            status, at, _code, _value, kind = _head(data, at, end)
            if status != GOOD:
                return status, start, 0, 0, 0
            at += _stored_size(kind)
            script += _script_size(kind)
        coins += count
    return GOOD if at == end else TRAILING, at, txs, coins, script


@jit
def _write_script(data: Bytes, at: int, kind: int, out: Bytes, to: int) -> int:
    """Write one script; 255, or whether the y that it lacks is odd."""
    before, stored = 0, _stored_size(kind)
    if kind == 0:
        out[to], out[to + 1], out[to + 2], out[to + 23], out[to + 24] = 0x76, 0xA9, 0x14, 0x88, 0xAC
        before = 3
    elif kind == 1:
        out[to], out[to + 1], out[to + 22] = 0xA9, 0x14, 0x87
        before = 2
    elif kind < 4:
        out[to], out[to + 1], out[to + 34] = 0x21, kind, 0xAC
        before = 2
    elif kind < _SPECIAL:
        out[to], out[to + 1], out[to + 66] = 0x41, 0x04, 0xAC
        before = 2
    for i in range(stored):
        out[to + before + i] = data[at + i]
    return kind - 4 if 4 <= kind < _SPECIAL else NOT_A_KEY


@jit
def _fill(data: Bytes, c: SpentCoins) -> None:
    """Fill the columns; only for data that `_scan` found good."""
    end, row, to = len(data), 0, 0
    _txs, at = compact_size(data, 0, end)
    for tx in range(len(c.tx_coins)):
        c.tx_coins[tx], at = compact_size(data, at, end)
        for _ in range(c.tx_coins[tx]):
            _status, at, c.code[row], c.value[row], kind = _head(data, at, end)
            c.script_off[row] = to
            c.odd[row] = _write_script(data, at, kind, c.script, to)
            at += _stored_size(kind)
            to += _script_size(kind)
            row += 1
    c.script_off[row] = to


def parse_undo(data: Bytes) -> tuple[SpentCoins | None, int, int]:
    """Read the undo data of one block.

    Returns:
        the columns, 0 and 0; or None, a status of `STATUS_TEXT` and the offset in `data` of what is wrong.
    """
    source = readable(data)
    status, offset, txs, coins, script = _scan(source)
    if status != GOOD:
        return None, int(status), int(offset)
    out = SpentCoins(
        np.zeros(txs, np.int64),
        np.zeros(coins, np.int64),
        np.zeros(coins, np.int64),
        np.zeros(coins + 1, np.int64),
        np.zeros(script, np.uint8),
        np.zeros(coins, np.uint8),
    )
    _fill(source, out)
    return out, GOOD, 0
