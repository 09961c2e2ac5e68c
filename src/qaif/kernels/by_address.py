"""Memory read and marked by its address: for tables of arrays that many files have, in one compiled call.

Whoever gives an address keeps the array alive. With NUMBA_BOUNDSCHECK or NUMBA_DISABLE_JIT nothing may be
read so: `BY_ADDRESS` is false, and callers go by the arrays themselves.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.types import voidptr

from qaif.kernels.jit import jit
from qaif.kernels.loads import BYTE, INT64, PLAIN, intrinsic
from qaif.kernels.pages import WORDS, page_hash

BY_ADDRESS = not PLAIN
carray: Any = numba.carray  # type: ignore[attr-defined]  # documented, and not in its list of exports
_PAGE_SHIFT, _GROUP_SHIFT = 12, 9  # bytes of a page; pages whose seals fill a page
_SEAL = 8


def _word(bits: int, numba_type: Any) -> Any:
    """An intrinsic that reads a word by its address."""

    def typed(_context: Any, _address: Any) -> Any:
        def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            place = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            value = builder.load(place, align=1)
            return value if bits == INT64.width else builder.zext(value, INT64)

        return numba_type(types.int64), build

    return intrinsic(typed)


u64_at = _word(64, types.uint64)
i64_at: Callable[[int], int] = _word(64, types.int64)
u32_at: Callable[[int], int] = _word(32, types.int64)
byte_at: Callable[[int], int] = _word(8, types.int64)


@intrinsic
def mark(_context: Any, _address: Any) -> Any:
    """Write a one."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        builder.store(BYTE(1), builder.inttoptr(arguments[0], BYTE.as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64), build


@intrinsic
def _pointer(_context: Any, _address: Any) -> Any:
    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], BYTE.as_pointer())

    return voidptr(types.int64), build


@jit
def believed_at(file: int, lo: int, hi: int) -> bool:
    """`believed`, told where the seven numbers are."""
    return believed(carray(_pointer(file), (7,), np.int64), lo, hi)


@jit
def _hash_at(address: int) -> np.uint64:
    return page_hash(carray(_pointer(address), (WORDS,), np.uint64), 0)


@jit
def believed(file: Any, lo: int, hi: int) -> bool:
    """Hash the pages of the bytes at addresses [lo, hi) that were not hashed yet, as `chain/seals.py` does.

    Args:
        file: i8[7], where a file's body, seals, seals' seals and marks (of pages, of pages of seals) are, and
            how many whole pages the body and the seals have.
        lo: an address in the body.
        hi: the address after the last.

    Returns:
        False where a page is not as it was written, or is not whole: then nothing is said of it.
    """
    body, seals, tops, seen, group_seen = file[0], file[1], file[2], file[3], file[4]
    for page in range((lo - body) >> _PAGE_SHIFT, ((hi - 1 - body) >> _PAGE_SHIFT) + 1):
        if byte_at(seen + page):
            continue
        group = page >> _GROUP_SHIFT
        if page >= file[5]:
            return False
        if not byte_at(group_seen + group):
            if group >= file[6] or _hash_at(seals + (group << _PAGE_SHIFT)) != u64_at(tops + group * _SEAL):
                return False
            mark(group_seen + group)
        if _hash_at(body + (page << _PAGE_SHIFT)) != u64_at(seals + page * _SEAL):
            return False
        mark(seen + page)
    return True
