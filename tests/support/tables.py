"""The tables for people of a chain, read whole, and the same by their twin."""

from collections.abc import Sequence
from typing import Any

from oracle import peoplerows, simchain
from oracle.blockmaker import MAGIC, Block, framed
from qaif.analysis.tables.source import Source
from qaif.chain.open import Chain

Rows = list[dict[str, Any]]


def whole(source: Source, name: str) -> Rows:
    """Every row and column of a table."""
    table = source.tables()[name]
    return [row for batch in table.batches(table.schema.names) for row in batch.to_pylist()]


def twin(blocks: Sequence[Block], chain: Chain) -> peoplerows.Rows:
    """What the twin says of these blocks; heights are taken from the chain, which other tests judge."""
    heights = [None if h < 0 else int(h) for h in chain.block.height[0 : chain.n_blocks]]
    return peoplerows.rows(list(simchain.read_blocks(framed(blocks), MAGIC)), heights)


def compare(found: Rows, expected: Rows) -> None:
    """Row by row, in the columns that the twin has."""
    assert len(found) == len(expected)
    for row, (one, other) in enumerate(zip(found, expected, strict=True)):
        assert {name: one[name] for name in other} == other, row
