"""The quantities of the house, and the only place where a hash is reversed.

Numbers (`*_num`) are dense, count from 0 in chain order, and mean something only inside one epoch of one
store; they never leave the process. Hashes are kept as wire bytes (`*_raw`) and shown as reversed hex
(`*_hex`).
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NewType

import numpy as np
from numpy.typing import NDArray

Sat = NewType("Sat", int)
Height = NewType("Height", int)
BlockNum = NewType("BlockNum", int)
TxNum = NewType("TxNum", int)
InNum = NewType("InNum", int)
OutNum = NewType("OutNum", int)
ScriptNum = NewType("ScriptNum", int)
UnixTime = NewType("UnixTime", int)
HashRaw = NewType("HashRaw", bytes)
HashHex = NewType("HashHex", str)

Bytes = NDArray[np.uint8]
Hashes = NDArray[np.uint8]  # shape (n, 32), wire order
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
UInt32s = NDArray[np.uint32]
UInt64s = NDArray[np.uint64]
Bools = NDArray[np.bool_]

SAT_PER_BTC = 100_000_000
MAX_MONEY_SAT = 21_000_000 * SAT_PER_BTC
HASH_LENGTH = 32
UNKNOWN = -1  # in number and value columns: not known here


def hash_hex(raw: bytes) -> HashHex:
    """Write 32 wire bytes as people read a block or transaction hash: reversed, in hex."""
    return HashHex(raw[::-1].hex())


def hash_raw(shown: str) -> HashRaw:
    """Read a hash as people write it.

    Raises:
        ValueError: `shown` is not 64 hexadecimal digits.
    """
    if len(shown) != 2 * HASH_LENGTH:
        raise ValueError(f"a hash has 64 hexadecimal digits, this has {len(shown)}: {shown[:80]!r}")
    return HashRaw(bytes.fromhex(shown)[::-1])


def btc(amount: int) -> Decimal:
    """Satoshi as bitcoin, exact."""
    return Decimal(amount).scaleb(-8)


def btc_text(amount: int) -> str:
    """Satoshi as people write bitcoin: thousands separated, eight places."""
    return f"{btc(amount):,.8f}"


def utc(time_unix: int) -> datetime:
    """A block's time, in UTC."""
    return datetime.fromtimestamp(time_unix, tz=UTC)


def utc_text(time_unix: int) -> str:
    """A block's time as ISO 8601, `2017-01-25T22:11:29Z`."""
    return utc(time_unix).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_day(time_unix: int) -> date:
    """The UTC calendar day of a block's time."""
    return utc(time_unix).date()
