"""Scripts found by their bytes, in all segments at once."""

from collections.abc import Sequence

import numpy as np

from qaif.chain.segments import Segment
from qaif.kernels import join, lookup
from qaif.units import UNKNOWN, Int64s


class ScriptFinder:
    """The numbers of scripts; made once for a chain view, so that a look-up is one call.

    One compiled call goes over the segments by the addresses of their arrays, and hashes what pages it needs
    where a file is not believed yet. Where it doubts one, the arrays are asked, which say what is wrong.

    Args:
        segments: in chain order; their arrays are kept for as long as this is.
        limit: scripts in use.
    """

    def __init__(self, segments: Sequence[Segment], limit: int) -> None:
        self._segments, self._limit = tuple(segments), limit
        self._by_address = lookup.BY_ADDRESS
        rows = [_addresses(segment) for segment in reversed(self._segments)] if self._by_address else []
        self._table = np.array(rows, dtype=np.int64).reshape(-1, lookup.WIDTH)

    def num(self, script_raw: bytes) -> int:
        """The number of a script, -1 where it does not occur.

        Raises:
            StoreDamagedError: a page that it needs is not as it was written.
        """
        if self._by_address:
            found = int(lookup.find_script(self._table, script_raw, self._limit))
            if found != lookup.DOUBTED:
                return found
        return self._num_by_join(script_raw)

    def _num_by_join(self, script_raw: bytes) -> int:
        """The same from the arrays themselves."""
        data = np.frombuffer(script_raw, dtype=np.uint8)
        lo, hi = np.zeros(1, dtype=np.int64), np.full(1, len(data), dtype=np.int64)
        found: Int64s = np.full(1, UNKNOWN, dtype=np.int64)
        key = join.hash64_rows(data, lo, hi)
        for segment in self._segments:
            first, first_byte = segment.span("script")[0], segment.span("script_byte")[0]
            keys, nums = segment.run_near("by_script", key)
            starts, blob = segment.scripts_near(segment.rows_near("script", nums))
            asked = (key, np.zeros(1, dtype=np.int64), data, lo, hi)
            join.find_scripts(keys, nums, first, blob, starts, first_byte, *asked, found)
            if found[0] != UNKNOWN:
                break
        return int(found[0]) if found[0] < self._limit else UNKNOWN


def _addresses(segment: Segment) -> list[int]:
    """A row of `lookup`'s table."""
    keys, nums = (column.array for column in segment.sealed_run("by_script"))
    starts, blob = segment.sealed["script.byte_lo"].array, segment.sealed["script_byte.value"].array
    first, first_byte = segment.span("script")[0], segment.span("script_byte")[0]
    return [
        int(keys.ctypes.data),
        len(keys),
        int(nums.ctypes.data),
        int(starts.ctypes.data),
        len(starts),
        int(blob.ctypes.data),
        len(blob),
        first,
        first_byte,
        int(not segment.file.whole),
        *segment.file.addresses(),
    ]
