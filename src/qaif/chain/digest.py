"""Digests of logical columns: equal for equal chains, however their files are cut."""

import hashlib
from collections.abc import Iterator

import numpy as np

from qaif.chain import derived
from qaif.chain.open import Chain
from qaif.chain.sections import Array
from qaif.chain.tables import DERIVED, DERIVED_COLUMNS, PRIMARY

_PIECE = 1 << 20


def column_digests(chain: Chain) -> dict[str, str]:
    """SHA-256 of every logical column of a chain view, by `table.column`."""
    out = {f"{t}.{c.name}": _primary(chain, t, c.name) for t, columns in PRIMARY.items() for c in columns}
    for table in DERIVED:
        out |= _derived(chain, table.name, table.counts)
    return out


def chain_digest(chain: Chain) -> str:
    """One SHA-256 over all columns' digests, in the order of their names."""
    lines = "".join(f"{name} {value}\n" for name, value in sorted(column_digests(chain).items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _primary(chain: Chain, table: str, column: str) -> str:
    hasher = hashlib.sha256()
    limit = chain.limits[table]
    for segment in chain.segments:
        array = segment.column(table, column)[: max(limit - segment.span(table)[0], 0)]
        for piece in _pieces(array):
            hasher.update(np.ascontiguousarray(piece).data)
    return hasher.hexdigest()


def _pieces(array: Array) -> Iterator[Array]:
    for at in range(0, len(array), _PIECE):
        yield array[at : at + _PIECE]


def _derived(chain: Chain, name: str, counts: str) -> dict[str, str]:
    hashers = [hashlib.sha256() for _ in DERIVED_COLUMNS]
    limit = chain.limits[counts]
    runs = [segment.run(name) for segment in chain.segments]
    for piece in derived.merge(runs):
        for hasher, part in zip(hashers, derived.truncate(piece, limit), strict=True):
            hasher.update(np.ascontiguousarray(part).data)
    return {f"{name}.{part}": h.hexdigest() for (part, _), h in zip(DERIVED_COLUMNS, hashers, strict=True)}
