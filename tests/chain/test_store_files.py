"""Files, sections and manifest: what was written is read back, and every damage is named."""

import hashlib
import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaif.chain import manifest as manifests
from qaif.chain import sections
from qaif.chain.files import StoreFiles
from qaif.chain.manifest import Manifest, SegmentRef
from qaif.chain.sections import Array, FileRef
from qaif.chain.tables import FORMAT_VERSION, PRIMARY
from qaif.errors import StoreBusyError, StoreDamagedError, StoreError, StoreVersionError

ARRAYS: dict[str, Array] = {
    "a.hash": np.arange(96, dtype=np.uint8).reshape(3, 32),
    "b.nums": np.array([1, -1, 2**62], dtype=np.int64),
    "c.none": np.zeros(0, dtype=np.uint32),
    "d.work": np.zeros((0, 32), dtype=np.uint8),
}


@pytest.fixture
def files(tmp_path: Path) -> StoreFiles:
    store = StoreFiles(tmp_path / "chain")
    store.make_folder()
    return store


def written(files: StoreFiles, name: str = "x.seg") -> FileRef:
    return sections.write(files, name, {key: sections.whole(array) for key, array in ARRAYS.items()})


def test_sections_come_back_as_they_were(files: StoreFiles) -> None:
    ref = written(files)
    data = files.map(ref.name, ref.length)
    sections.verify(data, ref)
    back = sections.read(data, ref.name)
    assert list(back) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert back[name].dtype == array.dtype
        assert back[name].shape == array.shape
        assert (back[name] == array).all()
        assert not back[name].flags.writeable


def test_big_endian_arrays_are_written_little_endian(files: StoreFiles) -> None:
    ref = sections.write(files, "x.seg", {"n": sections.whole(np.array([1, 2], dtype=">i8"))})
    assert sections.read(files.map(ref.name, ref.length), ref.name)["n"].tolist() == [1, 2]


def test_every_changed_byte_is_noticed(files: StoreFiles) -> None:
    ref = written(files)
    path = files.folder / ref.name
    good = path.read_bytes()
    for at in range(0, len(good), 7):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(StoreDamagedError, match=r"x\.seg"):
            sections.verify(files.map(ref.name, ref.length), ref)


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"\0", lambda _: b""])
def test_another_length_is_noticed(files: StoreFiles, change: Callable[[bytes], bytes]) -> None:
    ref = written(files)
    path = files.folder / ref.name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(StoreDamagedError, match="bytes and should have"):
        files.map(ref.name, ref.length)


def test_a_missing_file_is_named(files: StoreFiles) -> None:
    with pytest.raises(StoreDamagedError, match=r"gone\.seg.*missing"):
        files.map("gone.seg", 10)


def test_a_refused_write_leaves_no_half_file(files: StoreFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _piece: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(StoreError, match="No space left on device"):
        written(files)
    assert not (files.folder / "x.seg").exists()


def test_a_file_is_never_written_over(files: StoreFiles) -> None:
    """Nor removed because it could not be written a second time."""
    ref = written(files)
    with pytest.raises(StoreError, match="File exists"):
        written(files)
    sections.verify(files.map(ref.name, ref.length), ref)


def a_manifest() -> Manifest:
    ranges = dict.fromkeys(PRIMARY, (0, 5))
    segment = SegmentRef(FileRef("1.seg", 10, "ab"), ranges, 2)
    return Manifest("regtest").next(segments=(segment,), feed={"paths": ["/x"]}, tip_hash="00" * 32)


def test_a_manifest_comes_back_as_it_was(files: StoreFiles) -> None:
    assert manifests.load(files) is None
    manifests.save(files, a_manifest())
    back = manifests.load(files)
    assert back is not None
    assert back == a_manifest()
    assert back.rows("tx") == 5
    assert back.generation == 1
    assert set(back.reach.values()) == {5}


@given(st.data())
def test_every_changed_byte_of_a_manifest_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    files = StoreFiles(tmp_path_factory.mktemp("chain"))
    manifests.save(files, a_manifest())
    path = files.folder / "MANIFEST"
    good = path.read_bytes()
    at = data.draw(st.integers(0, len(good) - 1))
    flip = data.draw(st.integers(1, 255))
    path.write_bytes(good[:at] + bytes([good[at] ^ flip]) + good[at + 1 :])
    with pytest.raises(StoreDamagedError, match="MANIFEST"):
        manifests.load(files)


def test_another_format_is_refused(files: StoreFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "FORMAT_VERSION", 999)
    manifests.save(files, a_manifest())
    monkeypatch.undo()
    with pytest.raises(StoreVersionError, match="999"):
        manifests.load(files)


def hold(folder: Path, ready: Event) -> None:
    with StoreFiles(folder).writing():
        ready.set()
        while True:
            pass


def test_one_writer_at_a_time_and_a_killed_one_lets_go(files: StoreFiles) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    other = context.Process(target=hold, args=(files.folder, ready), daemon=True)
    other.start()
    assert ready.wait(30)
    with pytest.raises(StoreBusyError), files.writing():
        pass
    other.kill()
    other.join()
    with files.writing():
        pass


def test_only_our_own_leavings_are_removed(files: StoreFiles) -> None:
    for name in ("1.seg", "2.seg", "3.feed", "MANIFEST.next", "notes.txt"):
        (files.folder / name).write_bytes(b"x")
    assert files.remove_unnamed({"1.seg"}) == ["2.seg", "3.feed", "MANIFEST.next"]
    assert sorted(path.name for path in files.folder.iterdir()) == ["1.seg", "notes.txt"]


@pytest.mark.parametrize(
    "body",
    [
        *(b"{}", b"[]", b"3", b"", b"\xff\xfe", b"{" * 100, b"[" * 100_000),
        *(b'{"format":%d}', b'{"format":%d,"manifest":{}}', b'{"format":%d,"manifest":[1]}'),
        b'{"format":%d,"manifest":{"network":5,"segments":[],"feed_file":null}}',
        b'{"format":%d,"manifest":{"network":"regtest","segments":[],"feed_file":{"name":"../x","length":1,"digest":""}}}',
        b'{"format":%d,"manifest":{"network":"regtest","segments":[],"feed_file":null,"epoch":"1"}}',
    ],
)
def test_a_manifest_that_is_sealed_and_none_is_damage(tmp_path: Path, body: bytes) -> None:
    body = body.replace(b"%d", str(FORMAT_VERSION).encode())
    (tmp_path / "MANIFEST").write_bytes(body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n")
    with pytest.raises(StoreDamagedError, match="MANIFEST is damaged"):
        manifests.load(StoreFiles(tmp_path))
