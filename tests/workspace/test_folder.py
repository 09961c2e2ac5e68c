"""One folder, made whole, opened again, and never made out of somebody else's folder."""

import json
import os
from pathlib import Path

import pytest

from qaif.errors import NotFoundError, StoreVersionError, WorkspaceError
from qaif.workspace.folder import LAYOUT_VERSION, Workspace


def test_a_new_workspace_has_the_layout_and_opens_again(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "deep" / "ws")
    assert Workspace.open(made.path) == made == Workspace.open_or_create(made.path)
    assert {p.name for p in made.path.iterdir()} == {"workspace.json", "documents", "cases"}
    assert made.chain_dir == made.path / "chain"
    assert made.records_path == made.path / "records.sqlite"
    mark = json.loads((made.path / "workspace.json").read_text())
    assert mark["version"] == LAYOUT_VERSION


def test_every_folder_that_is_made_stands_before_the_mark_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut after the first answer must not lose the workspace with all that is in it."""
    synced: list[Path] = []

    def noted(folder: Path) -> None:
        synced.append(folder)
        if folder != tmp_path / "deep" / "ws":
            assert not (tmp_path / "deep" / "ws" / "workspace.json").exists()

    monkeypatch.setattr("qaif.workspace.folder._sync_folder", noted)
    Workspace.create(tmp_path / "deep" / "ws")
    assert set(synced) == {tmp_path, tmp_path / "deep", tmp_path / "deep" / "ws"}


def test_an_empty_folder_becomes_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    assert Workspace.open_or_create(tmp_path / "ws").documents_dir.is_dir()


def test_documents_are_for_the_owner_only(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "ws")
    assert made.path.stat().st_mode & 0o077 == 0
    assert made.documents_dir.stat().st_mode & 0o077 == 0


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no workspace at"):
        Workspace.open(tmp_path / "ws")


def test_a_folder_of_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photos.txt").write_text("mine")
    for way in (Workspace.open, Workspace.create, Workspace.open_or_create):
        with pytest.raises(WorkspaceError, match="holds other things"):
            way(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["photos.txt"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ws").write_text("a file")
    for way in (Workspace.open, Workspace.create, Workspace.open_or_create):
        with pytest.raises(WorkspaceError, match="not a folder"):
            way(tmp_path / "ws")


def test_a_dangling_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ws").symlink_to(tmp_path / "gone")
    with pytest.raises(WorkspaceError, match="not a folder"):
        Workspace.open_or_create(tmp_path / "ws")


@pytest.mark.parametrize(
    "mark", ["", "{", "[]", '{"kind": "other", "version": 1}', '{"kind": "qaif-workspace"}']
)
def test_a_spoilt_mark_is_named(tmp_path: Path, mark: str) -> None:
    made = Workspace.create(tmp_path / "ws")
    (made.path / "workspace.json").write_text(mark)
    with pytest.raises(WorkspaceError, match=r"workspace\.json does not say"):
        Workspace.open_or_create(made.path)


def test_another_layout_is_refused(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "ws")
    (made.path / "workspace.json").write_text('{"kind": "qaif-workspace", "version": 99}')
    with pytest.raises(StoreVersionError, match="layout 99"):
        Workspace.open(made.path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(WorkspaceError, match="Permission denied"):
            Workspace.create(tmp_path / "ws")
    finally:
        tmp_path.chmod(0o700)


def test_a_refusal_of_the_file_system_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(WorkspaceError, match="No space left on device"):
        Workspace.create(tmp_path / "ws")
    monkeypatch.undo()
    assert not (tmp_path / "ws" / "workspace.json").exists()


def test_a_run_that_was_cut_off_before_the_mark_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(WorkspaceError):
        Workspace.create(tmp_path / "ws")
    monkeypatch.undo()
    assert Workspace.open_or_create(tmp_path / "ws").cases_dir.is_dir()
