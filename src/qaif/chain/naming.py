"""Script numbers, in order of first appearance: within a transaction inputs come before outputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qaif.chain.sections import Array
from qaif.chain.segments import Segment
from qaif.kernels import join, script, sort
from qaif.kernels.parse import ParsedBlocks
from qaif.units import UNKNOWN, Bytes, Int64s


class BroughtScripts(Protocol):
    """Scripts that come with inputs: the input rows, and their bytes in a buffer of their own."""

    @property
    def rows(self) -> Int64s:
        """Input rows, ascending."""

    @property
    def data(self) -> Bytes:
        """The buffer."""

    @property
    def lo(self) -> Int64s:
        """Where each begins."""

    @property
    def hi(self) -> Int64s:
        """Where each ends."""


@dataclass(frozen=True)
class Names:
    """The scripts of a batch, numbered.

    Attributes:
        out_script: script number of each output of the batch.
        input_rows: the inputs that brought a script of their own.
        input_script: its number.
        new_at: for each new script, its place in the order of appearance, ascending.
        new_bytes: bytes of the new scripts, one after another.
        new_length: their lengths.
        new_type: their types.
    """

    out_script: Int64s
    input_rows: Int64s
    input_script: Int64s
    new_at: Int64s
    new_bytes: Bytes
    new_length: Int64s
    new_type: Array

    def columns(self, first_byte: int) -> dict[str, Array]:
        """The columns of the script tables."""
        lo = np.cumsum(self.new_length) - self.new_length + first_byte
        return {"script.type": self.new_type, "script.byte_lo": lo, "script_byte.value": self.new_bytes}

    def scripts_before(self, places: Int64s) -> Int64s:
        """How many new scripts appear before each place in the order of appearance."""
        return np.searchsorted(self.new_at, places).astype(np.int64)


def name_scripts(
    data: Bytes, parsed: ParsedBlocks, brought: BroughtScripts, segments: Sequence[Segment], first_script: int
) -> Names:
    """Give every script of a batch its number: the stored one, or the next in order of first appearance.

    Args:
        data: the batch's raw bytes.
        parsed: its columns.
        brought: the scripts that unresolved inputs bring.
        segments: what is stored.
        first_script: the number of the first new script.
    """
    buffer = np.concatenate([data, brought.data]) if len(brought.rows) else data
    lo = np.concatenate([parsed.out_script_off, brought.lo + len(data)])
    hi = np.concatenate([parsed.out_script_off + parsed.out_script_len, brought.hi + len(data)])
    places = _places(parsed, brought.rows)
    appearance = np.argsort(places, kind="stable")
    lo, hi, places = lo[appearance], hi[appearance], places[appearance]
    key = join.hash64_rows(buffer, lo, hi)
    order = sort.argsort(key)
    representative = join.first_equal(key, order, buffer, lo, hi)
    number = _stored(segments, key, order[representative[order] == order], (buffer, lo, hi))
    own = representative == np.arange(len(key))
    new = np.flatnonzero(own & (number == UNKNOWN))
    number[new] = first_script + np.arange(len(new), dtype=np.int64)
    number = number[representative]
    back = np.empty(len(number), dtype=np.int64)
    back[appearance] = number
    outs = len(parsed.out_value_sat)
    new_lo, new_hi = lo[new], hi[new]
    kinds = script.classify_scripts(buffer, new_lo, new_hi - new_lo)[0]
    new_bytes = join.gather_bytes(buffer, new_lo, new_hi)
    return Names(back[:outs], brought.rows, back[outs:], places[new], new_bytes, new_hi - new_lo, kinds)


def _places(parsed: ParsedBlocks, input_rows: Int64s) -> Int64s:
    """Where each output, and each input that brings a script, stands in the order of appearance."""
    outs = np.arange(len(parsed.out_value_sat), dtype=np.int64)
    out_tx = np.searchsorted(parsed.tx_out_lo, outs, "right") - 1
    in_tx = np.searchsorted(parsed.tx_in_lo, input_rows, "right") - 1
    return np.concatenate([outs + parsed.tx_in_lo[out_tx + 1], input_rows + parsed.tx_out_lo[in_tx]])


def _stored(
    segments: Sequence[Segment], key: Array, order: Array, scripts: tuple[Bytes, Int64s, Int64s]
) -> Int64s:
    """The number of each script that is stored already, -1 for the others."""
    number = np.full(len(key), UNKNOWN, dtype=np.int64)
    for segment in segments:
        left = order[number[order] == UNKNOWN]
        keys, nums = segment.run_near("by_script", key[left])
        first, first_byte = segment.span("script")[0], segment.span("script_byte")[0]
        lo, blob = segment.scripts_near(nums - first)
        join.find_scripts(keys, nums, first, blob, lo, first_byte, key, left, *scripts, number)
    return number
