"""Script numbers, in order of first appearance: within a transaction inputs come before outputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qaif.chain.sections import Array
from qaif.chain.segments import Segment
from qaif.kernels import join, script, sort
from qaif.kernels.parse import ParsedBlocks
from qaif.units import UNKNOWN, Bytes, Int64s, UInt64s


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
        by_script: the rows of the derived table of that name.
    """

    out_script: Int64s
    input_rows: Int64s
    input_script: Int64s
    new_at: Int64s
    new_bytes: Bytes
    new_length: Int64s
    new_type: Array
    by_script: tuple[UInt64s, Int64s]

    def columns(self, first_byte: int) -> dict[str, Array]:
        """The columns of the script tables."""
        lo = np.cumsum(self.new_length) - self.new_length + first_byte
        return {"script.type": self.new_type, "script.byte_lo": lo, "script_byte.value": self.new_bytes}

    def scripts_before(self, places: Int64s) -> Int64s:
        """How many new scripts appear before each place in the order of appearance."""
        return np.searchsorted(self.new_at, places).astype(np.int64)


@dataclass(frozen=True)
class Appearing:
    """Scripts in the order of their appearance, and those with the same bytes found.

    Attributes:
        buffer: bytes that hold them.
        lo, hi: int64[n], where each begins and ends.
        key: uint64[n], their hashes, ascending.
        order: int64[n], which script each of `key` is of.
        first: int64[n], the first script with the same bytes.
    """

    buffer: Bytes
    lo: Int64s
    hi: Int64s
    key: UInt64s
    order: Int64s
    first: Int64s

    @classmethod
    def of(cls, buffer: Bytes, lo: Int64s, hi: Int64s) -> "Appearing":
        """Scripts as they appear, `buffer[lo:hi]` each."""
        key, order = sort.sorted_rows(join.hash64_rows(buffer, lo, hi))
        return cls(buffer, lo, hi, key, order, join.first_equal(key, order, buffer, lo, hi))


def appearing_outputs(data: Bytes, parsed: ParsedBlocks) -> Appearing:
    """The scripts of a batch's outputs: all that appear where no input brings one."""
    return Appearing.of(data, parsed.out_script_off, parsed.out_script_off + parsed.out_script_len)


def name_scripts(
    outputs: Appearing, parsed: ParsedBlocks, brought: BroughtScripts, segments: Sequence[Segment], first: int
) -> Names:
    """Give every script of a batch its number: the stored one, or the next in order of first appearance.

    Args:
        outputs: the scripts of the batch's outputs.
        parsed: the batch's columns.
        brought: the scripts that unresolved inputs bring.
        segments: what is stored.
        first: the number of the first new script.
    """
    places = _places(parsed, brought.rows)
    appearance = np.argsort(places, kind="stable") if len(brought.rows) else np.arange(len(places))
    scripts = _with_brought(outputs, brought, appearance) if len(brought.rows) else outputs
    number = _stored(segments, scripts)
    is_new = (scripts.first == np.arange(len(number))) & (number == UNKNOWN)
    new = np.flatnonzero(is_new)
    number[new] = first + np.arange(len(new), dtype=np.int64)
    new_by_key = is_new[scripts.order]
    run = scripts.key[new_by_key], number[scripts.order[new_by_key]]
    number = number[scripts.first]
    back = np.empty(len(number), dtype=np.int64)
    back[appearance] = number
    outs = len(parsed.out_value_sat)
    length = scripts.hi[new] - scripts.lo[new]
    kinds = script.classify_scripts(scripts.buffer, scripts.lo[new], length)[0]
    new_bytes = join.gather_bytes(scripts.buffer, scripts.lo[new], scripts.hi[new])
    at = places[appearance][new]
    return Names(back[:outs], brought.rows, back[outs:], at, new_bytes, length, kinds, run)


def _with_brought(outputs: Appearing, brought: BroughtScripts, appearance: Int64s) -> Appearing:
    """The scripts of outputs and those that inputs bring."""
    shift = len(outputs.buffer)
    lo = np.concatenate([outputs.lo, brought.lo + shift])
    hi = np.concatenate([outputs.hi, brought.hi + shift])
    return Appearing.of(np.concatenate([outputs.buffer, brought.data]), lo[appearance], hi[appearance])


def _places(parsed: ParsedBlocks, input_rows: Int64s) -> Int64s:
    """Where each output, and each input that brings a script, stands in the order of appearance."""
    outs = np.arange(len(parsed.out_value_sat), dtype=np.int64)
    outs += np.repeat(parsed.tx_in_lo[1:], np.diff(parsed.tx_out_lo))
    in_tx = np.searchsorted(parsed.tx_in_lo, input_rows, "right") - 1
    return np.concatenate([outs, input_rows + parsed.tx_out_lo[in_tx]])


def _stored(segments: Sequence[Segment], scripts: Appearing) -> Int64s:
    """The number of each script that is stored already, -1 for the others, and for all but first ones."""
    number = np.full(len(scripts.order), UNKNOWN, dtype=np.int64)
    is_first = scripts.first[scripts.order] == scripts.order
    key, order = scripts.key[is_first], scripts.order[is_first]
    for segment in segments:
        key, order = join.still_open(key, order, number)
        keys, nums = segment.run_near("by_script", key)
        first, first_byte = segment.span("script")[0], segment.span("script_byte")[0]
        lo, blob = segment.scripts_near(segment.rows_near("script", nums))
        where = (scripts.buffer, scripts.lo, scripts.hi)
        join.find_scripts(keys, nums, first, blob, lo, first_byte, key, order, *where, number)
    return number
