"""Stores too large to be hashed when they are opened: each page is, when it is first read."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.blockmaker import Branch, seeded
from oracle.xxh64 import xxh64
from qaif.chain import open as opening
from qaif.chain import sections
from qaif.chain.files import StoreFiles
from qaif.chain.seals import PAGE, Sealer
from qaif.chain.sections import FileRef
from qaif.errors import StoreDamagedError
from support.indexing import digests, put

ROWS = 20_000  # some forty pages a column


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every store is too large."""
    monkeypatch.setattr(opening, "VERIFY_ON_OPEN_BYTES", -1)


def written(folder: Path, **arrays: sections.Array) -> tuple[StoreFiles, FileRef]:
    files = StoreFiles(folder)
    files.make_folder()
    return files, sections.write(files, "x.seg", {n: sections.whole(a) for n, a in arrays.items()})


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 16
    path.write_bytes(data)


@given(st.lists(st.integers(0, 3 * PAGE // 2), max_size=8))
def test_seals_do_not_depend_on_the_pieces(sizes: list[int]) -> None:
    pieces = [seeded(size).randbytes(size) for size in sizes]
    one, other = Sealer(), Sealer()
    for piece in pieces:
        one.update(piece)
    other.update(b"".join(pieces))
    seals, root = one.finish()
    assert (seals, root) == other.finish()
    data = b"".join(pieces) + bytes(-sum(sizes) % PAGE)
    pages = [xxh64(data[at : at + PAGE]) for at in range(0, len(data), PAGE)]
    assert seals[: 8 * len(pages)] == b"".join(seal.to_bytes(8, "little") for seal in pages)


def test_a_page_is_hashed_when_it_is_read_and_only_then(tmp_path: Path) -> None:
    files, ref = written(tmp_path / "chain", n=np.arange(ROWS), m=np.arange(ROWS) * 2)
    offset = sections.read_sealed(files.map(ref.name, ref.length), ref)[1]["m"]._offset
    flip(files.folder / ref.name, offset + 8 * 9_000)
    _, columns = sections.read_sealed(files.map(ref.name, ref.length), ref)
    assert columns["n"].whole()[-1] == ROWS - 1
    assert columns["m"].rows(0, 8_000)[-1] == 2 * 7_999
    assert columns["m"].take(np.array([ROWS - 1, 1])).tolist() == [2 * ROWS - 2, 2]
    for reading in (
        lambda: columns["m"].rows(8_999, 9_001),
        lambda: columns["m"].take(np.array([3, 9_000])),
        lambda: columns["m"].believe_ranges(np.array([1, 8_000]), np.array([2, ROWS])),
        columns["m"].whole,
    ):
        with pytest.raises(StoreDamagedError, match=r"x\.seg.*page"):
            reading()


@pytest.mark.parametrize("where", ["head", "seals", "root"])
def test_the_head_and_the_seals_are_covered(tmp_path: Path, where: str) -> None:
    files, ref = written(tmp_path / "chain", n=np.arange(ROWS))
    flip(files.folder / ref.name, {"head": 20, "seals": ref.body + 3, "root": ref.length - 1}[where])
    with pytest.raises(StoreDamagedError, match=r"x\.seg"):
        sections.read_sealed(files.map(ref.name, ref.length), ref)[1]["n"].whole()


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_search_finds_the_place_or_says_that_the_file_is_damaged(tmp_path: Path, side: str) -> None:
    """Whatever page a search passes on its way, it never ends in a wrong place."""
    values = np.sort(seeded_values(1, ROWS))
    files, ref = written(tmp_path / "chain", n=values)
    path = files.folder / ref.name
    good, offset = (
        path.read_bytes(),
        sections.read_sealed(files.map(ref.name, ref.length), ref)[1]["n"]._offset,
    )
    wanted = np.concatenate([values[::997], seeded_values(2, 30)])
    expected = np.searchsorted(values, wanted, side)  # type: ignore[call-overload]  # one of the two
    wrong = 0
    for page in range(offset // PAGE + 1, (offset + 8 * ROWS) // PAGE, 3):
        path.write_bytes(good[: page * PAGE] + bytes(PAGE) + good[(page + 1) * PAGE :])
        for value, place in zip(wanted, expected, strict=True):
            column = sections.read_sealed(files.map(ref.name, ref.length), ref)[1]["n"]
            try:
                assert column.search(np.array([value]), side).tolist() == [place]  # type: ignore[arg-type]
            except StoreDamagedError:
                wrong += 1
            column = sections.read_sealed(files.map(ref.name, ref.length), ref)[1]["n"]
            try:
                assert column.place(value, side) == place  # type: ignore[arg-type]
            except StoreDamagedError:
                wrong += 1
    assert wrong > 0, "no damage was met"


def test_spans_are_both_searches_or_say_that_the_file_is_damaged(tmp_path: Path) -> None:
    """Rows that stand several times, over pages too, once, at both ends, and not at all."""
    values = np.sort(np.concatenate([seeded_values(3, ROWS), np.full(1_200, 1 << 40, dtype=np.uint64)]))
    values = np.concatenate([values[:1], values, values[-1:], values[-1:]])
    wanted = np.unique(np.concatenate([values[::97], values[::89] + np.uint64(1), values[[0, -1]]]))
    wanted = np.concatenate([wanted, np.array([1 << 40], dtype=np.uint64)])
    expected = np.searchsorted(values, wanted, "left"), np.searchsorted(values, wanted, "right")
    files, ref = written(tmp_path, n=values)
    with_pages = sections.read_sealed(files.map(ref.name, ref.length), ref)[1]["n"]
    assert [side.tolist() for side in with_pages.spans(wanted)] == [side.tolist() for side in expected]
    noticed = 0
    for page in range(1, ref.body // PAGE):
        flip(tmp_path / ref.name, page * PAGE + 7)
        column = sections.read_sealed(files.map(ref.name, ref.length), ref)[1]["n"]
        for row in range(0, len(wanted), 17):
            try:
                lo, hi = column.spans(wanted[row : row + 1])
            except StoreDamagedError:
                noticed += 1
            else:
                assert (lo[0], hi[0]) == (expected[0][row], expected[1][row])
        flip(tmp_path / ref.name, page * PAGE + 7)
    assert noticed


def seeded_values(seed: int, count: int) -> sections.Array:
    rng = seeded(seed)
    return np.array([rng.randrange(2**40) for _ in range(count)], dtype=np.uint64)


def test_nothing_is_hashed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, ref = written(tmp_path / "chain", n=np.arange(ROWS))
    file, columns = sections.read_sealed(files.map(ref.name, ref.length), ref)
    columns["n"].whole()
    file.believe(0, ref.body)
    monkeypatch.setattr(file, "_hash", pytest.fail)
    columns["n"].whole()
    columns["n"].take(np.arange(0, ROWS, 7))
    columns["n"].search(np.arange(0, ROWS, 7))


CHANGES: dict[str, Callable[[bytes, int], bytes]] = {
    "zeroed": lambda data, at: data[:at] + bytes(PAGE) + data[at + PAGE :],
    "swapped": lambda data, at: (
        data[:at] + data[at + PAGE : at + 2 * PAGE] + data[at : at + PAGE] + data[at + 2 * PAGE :]
    ),
}


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("change", CHANGES)
def test_later_blocks_are_not_joined_to_damaged_pages(tmp_path: Path, change: str) -> None:
    """Appended to a damaged store: refused, or, with the old bytes put back, what it would have been."""
    branch = Branch(seeded(1)).grow(150, 12)
    put(tmp_path / "chain", branch.blocks[:140])
    put(tmp_path / "fresh", branch.blocks)
    expected = digests(tmp_path / "fresh")
    (path,) = (tmp_path / "chain").glob("*.seg")
    good, others = path.read_bytes(), {p: p.read_bytes() for p in (tmp_path / "chain").iterdir()}
    refused = 0
    for at in range(0, len(good) - 2 * PAGE, PAGE):
        path.write_bytes(CHANGES[change](good, at))
        try:
            put(tmp_path / "chain", branch.blocks)
        except StoreDamagedError:
            refused += 1
        else:
            path.write_bytes(good)
            assert digests(tmp_path / "chain") == expected
        for left in (tmp_path / "chain").iterdir():
            left.unlink()
        for name, content in others.items():
            name.write_bytes(content)
    assert refused > 0
