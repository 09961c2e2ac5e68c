"""The store after a power cut at any point: the old chain or the new one. Careless stores are found out."""

import os
from collections.abc import Callable

import pytest

from campaigns.powercut import SHORT_LIVES, WrongStoreError, campaign
from qaif.chain import manifest as manifests
from qaif.chain.files import StoreFiles
from qaif.chain.manifest import Manifest
from support.recording import Recorder
from support.steps import Life, Maker

Making = Callable[[Maker], Life]


@pytest.mark.parametrize("life", range(len(SHORT_LIVES)))
def test_the_store_is_the_old_chain_or_the_new_one(life: int) -> None:
    """`python -m campaigns.powercut` looks at every point; `QAIF_POWERCUT_SEED` gives other points here."""
    seed = int(os.environ.get("QAIF_POWERCUT_SEED", "1"))
    ((_, figures),) = campaign(SHORT_LIVES[life : life + 1], seed, short=True)
    assert figures.commits >= 8
    assert figures.level >= 1, "no merge was recorded"
    assert figures.found["the commit under way"] >= 2
    assert figures.found["the last commit"] > figures.found["the commit under way"]


class NoFolderSync(Recorder):
    def sync(self, descriptor: int) -> None:
        if self._opened[descriptor][1] > 0:
            super().sync(descriptor)


class NoFileSync(Recorder):
    def sync(self, descriptor: int) -> None:
        if self._opened[descriptor][1] < 0:
            super().sync(descriptor)


def renaming_before_sync(files: StoreFiles, content: bytes) -> None:
    descriptor = files.calls.open(files.folder / "MANIFEST.next", os.O_WRONLY | os.O_CREAT)
    files._write(descriptor, content)
    files._sync_folder(files.folder)
    files.calls.rename(files.folder / "MANIFEST.next", files.folder / "MANIFEST")
    files.calls.sync(descriptor)
    files.calls.close(descriptor)
    files._sync_folder(files.folder)


def naming_before_the_files_stand(files: StoreFiles, content: bytes) -> None:
    """No sync of the folder between the new files and the name of the manifest that names them."""
    files.write_new("MANIFEST.next", [content])
    files.calls.rename(files.folder / "MANIFEST.next", files.folder / "MANIFEST")
    files._sync_folder(files.folder)


def not_waiting_for_the_name(files: StoreFiles, content: bytes) -> None:
    """No sync of the folder after the renaming, and so none before old files go."""
    files.write_new("MANIFEST.next", [content])
    files._sync_folder(files.folder)
    files.calls.rename(files.folder / "MANIFEST.next", files.folder / "MANIFEST")


def unlinking_before_the_commit(files: StoreFiles, manifest: Manifest) -> None:
    files.remove_unnamed(manifest.files())
    SAVE(files, manifest)


def removing_without_sync(files: StoreFiles, named: set[str]) -> list[str]:
    ours = (".seg", ".feed", ".next")
    stray = [name for name in files.calls.names(files.folder) if name.endswith(ours) and name not in named]
    files.remove(stray)
    return stray


def making_without_sync_above(files: StoreFiles) -> None:
    for folder in reversed([f for f in (files.folder, *files.folder.parents) if not f.is_dir()]):
        files.calls.make_folder(folder)
    files._sync_folder(files.folder.parent)


SAVE = manifests.save
FIRST, APPEND, KILLED = SHORT_LIVES[:1], SHORT_LIVES[1:2], SHORT_LIVES[4:]
Careless = tuple[tuple[Making, ...], object, str, Callable[..., object], str]
CARELESS: dict[str, Careless] = {
    "renamed before its bytes stand": (
        *(FIRST, StoreFiles, "replace_manifest", renaming_before_sync),
        "checksum",
    ),
    "renamed before its files' names stand": (
        *(FIRST, StoreFiles, "replace_manifest", naming_before_the_files_stand),
        "missing",
    ),
    "ended before the name stands": (
        *(APPEND, StoreFiles, "replace_manifest", not_waiting_for_the_name),
        "ended before its commit stands",
    ),
    "old files go before the rename": (
        *(APPEND, manifests, "save", unlinking_before_the_commit),
        "missing",
    ),
    "old files go before the name stands": (
        *(KILLED, StoreFiles, "remove_unnamed", removing_without_sync),
        "missing",
    ),
    "folders above are not synced": (
        *(FIRST, StoreFiles, "make_folder", making_without_sync_above),
        "no chain",
    ),
}


@pytest.mark.parametrize(("recorder", "why"), [(NoFolderSync, "missing|no chain"), (NoFileSync, "checksum")])
def test_a_store_that_does_not_sync_is_found_out(recorder: type[Recorder], why: str) -> None:
    with pytest.raises(WrongStoreError, match=why):
        list(campaign(FIRST, 1, short=True, recorder=recorder))


@pytest.mark.parametrize("how", sorted(CARELESS))
def test_a_careless_store_is_found_out(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    lives, owner, name, careless, why = CARELESS[how]
    monkeypatch.setattr(owner, name, careless)
    with pytest.raises(WrongStoreError, match=why):
        list(campaign(lives, 1, short=True))
