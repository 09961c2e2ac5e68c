"""Columns as NumPy and as Arrow are the mapped files themselves."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from oracle.blockmaker import Branch, seeded
from qaif.chain import arrow
from qaif.chain.open import Chain
from qaif.chain.segments import Segment
from qaif.chain.tables import PRIMARY
from support.indexing import put


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    blocks = Branch(seeded(1)).grow(60).blocks
    made = tmp_path_factory.mktemp("arrow") / "chain"
    put(made, [block for num, block in enumerate(blocks) if num % 9 != 4], round_bytes=4_000)
    return made


def span(segment: Segment, table: str, column: str) -> tuple[int, int]:
    """Where a section is mapped."""
    array = segment.column(table, column)
    return array.ctypes.data, array.ctypes.data + array.nbytes


@pytest.mark.parametrize("table", sorted(PRIMARY))
def test_every_arrow_buffer_lies_in_the_map(folder: Path, table: str) -> None:
    with Chain.open(folder) as chain:
        assert len(chain.segments) > 1
        for column in PRIMARY[table]:
            made = arrow.table(chain, table, [column.name]).column(0)
            assert made.num_chunks == len(chain.segments)
            assert len(made) == chain.limits[table]
            for chunk, segment in zip(made.chunks, chain.segments, strict=True):
                validity, data = chunk.buffers()
                lo, hi = span(segment, table, column.name)
                assert validity is None
                assert not data.size or lo <= data.address <= data.address + data.size <= hi


@pytest.mark.parametrize("table", sorted(PRIMARY))
def test_arrow_says_what_numpy_says_now_and_in_the_past(folder: Path, table: str) -> None:
    with Chain.open(folder) as opened:
        for chain in (opened, opened.at(20), opened.at(0)):
            made = arrow.table(chain, table)
            assert made.schema == arrow.schema(table)
            for column in PRIMARY[table]:
                view = getattr(getattr(chain, table), column.name)
                rows = view[0 : chain.limits[table]]
                expected = rows.tolist() if column.width == 1 else [row.tobytes() for row in rows]
                assert made.column(column.name).to_pylist() == expected


def test_hashes_are_fixed_size_binary_in_wire_order(folder: Path) -> None:
    with Chain.open(folder) as chain:
        made = arrow.table(chain, "tx", ["txid_raw"])
        assert made.schema.field(0).type == pa.binary(32)
        assert made.column(0)[3].as_py() == chain.tx.txid_raw.take(3)[0].tobytes()


def test_a_numpy_column_of_one_segment_is_a_view(folder: Path) -> None:
    with Chain.open(folder) as chain:
        for table, columns in PRIMARY.items():
            for segment in chain.segments:
                lo, hi = segment.span(table)
                for column in columns if hi > lo else ():
                    rows = getattr(getattr(chain, table), column.name)[lo:hi]
                    assert np.shares_memory(rows, segment.column(table, column.name))
                    assert not rows.flags.writeable


def test_arrow_stays_readable_when_the_chain_is_closed_and_its_files_are_gone(
    folder: Path, tmp_path: Path
) -> None:
    blocks = Branch(seeded(2)).grow(20).blocks
    put(tmp_path / "chain", blocks)
    with Chain.open(tmp_path / "chain") as chain:
        made, expected = arrow.table(chain, "txout"), chain.txout.value_sat[0 : chain.n_outs].tolist()
    for path in (tmp_path / "chain").glob("*.seg"):
        path.unlink()
    assert made.column("value_sat").to_pylist() == expected
    assert folder.is_dir()


def test_what_is_not_declared_is_refused(folder: Path) -> None:
    with Chain.open(folder) as chain:
        for table, columns in (("nothing", None), ("tx", ["fee"])):
            with pytest.raises(KeyError):
                arrow.table(chain, table, columns)
