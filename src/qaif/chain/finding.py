"""Scripts found by their bytes, in all segments at once."""

from collections.abc import Sequence

import numpy as np

from qaif.chain.segments import Segment
from qaif.kernels import join, lookup
from qaif.units import UNKNOWN, Int64s


class ScriptFinder:
    """The numbers of scripts; made once for a chain view, so that a look-up is one call.

    Where every file was hashed when it was opened, one compiled call goes over the segments by the addresses
    of their arrays. Of a larger store only the pages that a look-up needs are hashed: it goes segment by
    segment.

    Args:
        segments: in chain order; their arrays are kept for as long as this is.
        limit: scripts in use.
    """

    def __init__(self, segments: Sequence[Segment], limit: int) -> None:
        self._segments, self._limit = tuple(segments), limit
        self._by_address = lookup.BY_ADDRESS and all(segment.file.whole for segment in self._segments)
        rows = [_addresses(segment) for segment in reversed(self._segments)] if self._by_address else []
        self._table = np.array(rows, dtype=np.int64).reshape(-1, 9)

    def num(self, script_raw: bytes) -> int:
        """The number of a script, -1 where it does not occur.

        Raises:
            StoreDamagedError: a page that it needs is not as it was written.
        """
        if self._by_address:
            return int(lookup.find_script(self._table, script_raw, self._limit))
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
            starts, blob = segment.scripts_near(nums - first)
            asked = (key, np.zeros(1, dtype=np.int64), data, lo, hi)
            join.find_scripts(keys, nums, first, blob, starts, first_byte, *asked, found)
            if found[0] != UNKNOWN:
                break
        return int(found[0]) if found[0] < self._limit else UNKNOWN


def _addresses(segment: Segment) -> list[int]:
    """A row of `lookup`'s table."""
    keys, nums = segment.run("by_script")
    starts, blob = segment.column("script", "byte_lo"), segment.column("script_byte", "value")
    address = {
        name: int(array.ctypes.data) for name, array in (("k", keys), ("n", nums), ("s", starts), ("b", blob))
    }
    first, first_byte = segment.span("script")[0], segment.span("script_byte")[0]
    lengths = len(keys), len(starts), len(blob)
    return [
        address["k"],
        lengths[0],
        address["n"],
        address["s"],
        lengths[1],
        address["b"],
        lengths[2],
        first,
        first_byte,
    ]
