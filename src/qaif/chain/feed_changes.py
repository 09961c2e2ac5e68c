"""What has changed in what a feed remembers, so that a block more does not have all of it written again.

A feed's columns stand in a file of the store. What a later run changes of them, rows that differ and rows
behind them, goes into the manifest, which is written anyway, until that is too much and the file is written
anew.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import numpy as np

from qaif.chain.sections import Array

MOST_BYTES = 1 << 14  # in a manifest, which each run reads and writes


def changes(before: Mapping[str, Array], after: Mapping[str, Array]) -> dict[str, Any] | None:
    """How to come from one set of columns to another, as JSON can hold it; None where that is too much."""
    if before.keys() != after.keys():
        return None
    out: dict[str, Any] = {}
    room = MOST_BYTES
    for name, new in after.items():
        old = before[name]
        if (old.dtype, old.shape[1:]) != (new.dtype, new.shape[1:]) or len(new) < len(old):
            return None
        rows = _differing(old, new[: len(old)])
        changed = np.concatenate([new[rows], new[len(old) :]])
        room -= changed.nbytes + 8 * len(rows)
        if room < 0:
            return None
        if len(changed):
            out[name] = [rows.tolist(), b64encode(np.ascontiguousarray(changed).tobytes()).decode()]
    return out


def _differing(old: Array, new: Array) -> Array:
    """The rows in which two columns differ."""
    if np.array_equal(_words(old), _words(new)):
        return np.zeros(0, dtype=np.int64)
    differ = new != old
    return np.flatnonzero(differ if differ.ndim == 1 else differ.any(axis=1))


def _words(column: Array) -> Array:
    """A column's bytes, eight at a time where they are that many: so it is compared much faster."""
    flat = np.ascontiguousarray(column).reshape(-1).view(np.uint8)
    return flat.view("<u8") if len(flat) % 8 == 0 else flat


def changed(before: Mapping[str, Array], said: Mapping[str, Any]) -> dict[str, Array]:
    """The columns after the changes that `changes` told of.

    Raises:
        ValueError: they are no such changes.
    """
    out = dict(before)
    for name, (rows, text) in said.items():
        if name not in before:
            raise ValueError(f"there is no column {name!r}")
        old = before[name]
        new = np.frombuffer(b64decode(text, validate=True), dtype=old.dtype).reshape(-1, *old.shape[1:])
        out[name] = np.concatenate([old, new[len(rows) :]])
        out[name][np.array(rows, dtype=np.int64)] = new[: len(rows)]
    return out
