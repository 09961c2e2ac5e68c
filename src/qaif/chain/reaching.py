"""Where a chain view's columns are in memory, for kernels that go from row to row across segments."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from qaif.chain.segments import Segment
from qaif.kernels import reach as kernels
from qaif.units import Int64s

_TABLES = ("tx", "txin", "txout", "script", "block")
_COLUMNS = (
    *("tx.in_lo", "tx.out_lo", "txin.spent_out", "txin.value_sat", "txin.script_num"),
    *("txout.value_sat", "txout.script_num", "script.type", "script.byte_lo"),
)


class Reach(NamedTuple):
    """What `kernels/reach` is told of a chain view.

    Attributes:
        segments: whose arrays are kept for as long as this is.
        block: int64[HEAD + s * WIDTH], as `kernels/reach` has it.
    """

    segments: tuple[Segment, ...]
    block: Int64s


def reach_of(segments: Sequence[Segment], rows_in_use: Sequence[int]) -> Reach | None:
    """The addresses of a view's segments; None where nothing may be read so, or nothing is held."""
    if not kernels.BY_ADDRESS or not segments:
        return None
    head = [len(segments), *rows_in_use, 0]
    head += [0] * (kernels.HEAD - len(head))
    rows = [number for segment in segments for number in _addresses(segment)]
    return Reach(tuple(segments), np.array([*head, *rows], dtype=np.int64))


def spent_by(reach: Reach, out_nums: Int64s) -> Int64s | None:
    """The input that spends each output, -1 where none does; None where the arrays have to be asked."""
    block, found = reach.block.copy(), np.empty(len(out_nums), dtype=np.int64)
    kernels.spenders_into(int(block.ctypes.data), out_nums, found)
    return None if block[kernels.BAD] else found


def _addresses(segment: Segment) -> list[int]:
    """A row of the table."""
    spans = [segment.span(name) for name in _TABLES]
    keys, nums = (column.array for column in segment.sealed_run("spent_by"))
    return [
        *(first for first, _ in spans),
        *(end - first for first, end in spans),
        *(_at(segment, name) for name in _COLUMNS),
        segment.span("script_byte")[1],
        *(_at(segment, name) for name in ("block.tx_lo", "block.time")),
        int(keys.ctypes.data),
        int(nums.ctypes.data),
        len(keys),
        int(not segment.file.whole),
        *segment.file.addresses(),
    ]


def _at(segment: Segment, name: str) -> int:
    return int(segment.sealed[name].array.ctypes.data)
