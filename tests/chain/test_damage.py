"""Every damaged file of a store is named, when it is opened and by `check`; no answer comes from it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oracle.blockmaker import Branch, seeded
from qaif.chain import compact, sections
from qaif.chain import manifest as manifests
from qaif.chain.check import check
from qaif.chain.files import StoreFiles
from qaif.chain.manifest import SegmentRef
from qaif.chain.open import Chain
from qaif.chain.sections import Array
from qaif.errors import NotFoundError, StoreDamagedError
from support.indexing import put


@pytest.fixture
def store(tmp_path: Path) -> Path:
    put(tmp_path / "chain", Branch(seeded(1)).grow(60).blocks, round_bytes=6_000)
    assert check(tmp_path / "chain").good
    return tmp_path / "chain"


def test_a_flipped_bit_anywhere_is_noticed_and_the_file_named(store: Path) -> None:
    rng = seeded(2)
    for path in sorted(store.glob("*.seg")):
        good = path.read_bytes()
        for _ in range(5):
            at = rng.randrange(len(good))
            path.write_bytes(good[:at] + bytes([good[at] ^ 1 << rng.randrange(8)]) + good[at + 1 :])
            with pytest.raises(StoreDamagedError, match=path.name):
                Chain.open(store)
            assert [path.name in fault for fault in check(store).faults] == [True]
        path.write_bytes(good)
    assert check(store).good


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0"])
def test_a_file_of_another_length_is_named(store: Path, change: Callable[[bytes], bytes]) -> None:
    path = min(store.glob("*.seg"))
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(StoreDamagedError, match=path.name):
        Chain.open(store)
    assert path.name in check(store).faults[0]


def test_a_missing_file_is_named(store: Path) -> None:
    path = max(store.glob("*.seg"))
    path.unlink()
    with pytest.raises(StoreDamagedError, match=path.name):
        Chain.open(store)
    assert path.name in check(store).faults[0]


def test_no_store_is_no_chain(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        Chain.open(tmp_path / "nothing")
    with pytest.raises(NotFoundError):
        check(tmp_path / "nothing")


def rewritten(store: Path, change: Callable[[dict[str, Array]], None]) -> None:
    """Change columns of the last segment and seal it again, as a fault in the indexer would."""
    files = StoreFiles(store)
    manifest = manifests.load(files)
    assert manifest is not None
    last = manifest.segments[-1]
    data = files.map(last.file.name, last.file.length)
    arrays = {name: array.copy() for name, array in sections.read(data, last.file.name).items()}
    change(arrays)
    parts = {name: sections.whole(array) for name, array in arrays.items()}
    ref = sections.write(files, "9999999999-0000.seg", parts)
    new = SegmentRef(ref, last.ranges, last.level)
    manifests.save(files, manifest.next(segments=(*manifest.segments[:-1], new)))


def first_known(arrays: dict[str, Array]) -> int:
    return int(np.flatnonzero(arrays["txin.spent_out"] >= 0)[0])


ROWS: dict[str, Callable[[dict[str, Array]], int]] = {
    "first": lambda _: 0,
    "last tx": lambda arrays: len(arrays["tx.in_lo"]) - 1,
    "known spend": first_known,
}


@pytest.mark.parametrize(
    ("column", "row", "named"),
    [
        ("block.header", "first", "header hashes"),
        ("block.hash_raw", "first", "header hashes"),
        ("block.linked", "first", "links"),
        ("block.work", "first", "work"),
        ("tx.txid_raw", "first", "merkle roots"),
        ("tx.in_lo", "last tx", "ranges"),
        ("txin.value_sat", "known spend", "spends"),
        ("txin.script_basis", "known spend", "spends"),
        ("txin.spent_out", "known spend", "spends"),
        ("spent_by.num", "first", "derived tables"),
        ("script_outs.key", "first", "derived tables"),
        ("by_script.num", "first", "derived tables"),
    ],
)
def test_what_does_not_hold_together_is_found(store: Path, column: str, row: str, named: str) -> None:
    """Files whose checksums are right and whose contents are not."""

    def bump(arrays: dict[str, Array]) -> None:
        at = ROWS[row](arrays)
        arrays[column][at] = arrays[column][at] + 1

    rewritten(store, bump)
    report = check(store)
    assert not report.good
    assert any(fault.startswith(named) for fault in report.faults), report.faults
    assert report.digest is None


def test_an_unchanged_rewrite_is_good(store: Path) -> None:
    rewritten(store, lambda _: None)
    assert check(store).good


def test_a_merged_store_checks_as_the_parts_do(store: Path) -> None:
    files = StoreFiles(store)
    manifest = manifests.load(files)
    assert manifest is not None
    before = check(store)
    with Chain.open(store) as chain:
        assert len(chain.segments) > 1
        one = compact.merged(files, "9999999999-0000.seg", chain.segments)
    manifests.save(files, manifest.next(segments=(one.ref,)))
    after = check(store)
    assert after.good
    assert after.digest == before.digest
