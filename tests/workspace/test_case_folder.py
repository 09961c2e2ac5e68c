"""A case appears whole, replaces only a case, and leaves nothing behind where it fails."""

import os
from pathlib import Path

import pytest

from qaif.errors import CaseFolderError
from qaif.workspace.new_files import check_case_folder, new_case_folder


def write(folder: Path, text: str = "new") -> None:
    for name in ("case.json", "case.html"):
        (folder / name).write_text(text)


def fill_until_full(out: Path) -> None:
    with new_case_folder(out) as folder:
        write(folder)
        raise OSError(28, "No space left on device")


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_new_folder(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "case"
    with new_case_folder(out) as folder:
        write(folder)
        assert not out.exists()
    assert left(out) == {"case.json", "case.html"}
    assert left(out.parent) == {"case"}


def test_an_earlier_case_is_replaced(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with new_case_folder(tmp_path / "case") as folder:
            write(folder, text)
    assert (tmp_path / "case" / "case.json").read_text() == "new"
    assert left(tmp_path) == {"case"}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    with new_case_folder(tmp_path / "case") as folder:
        write(folder)
    assert left(tmp_path / "case") == {"case.json", "case.html"}


@pytest.mark.parametrize("names", [["notes.txt"], ["case.html"], ["case.json", "case.html", "notes.txt"]])
def test_a_folder_with_other_things_is_left_alone(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("mine")
    with pytest.raises(CaseFolderError, match="holds other things"), new_case_folder(tmp_path) as folder:
        write(folder)
    assert left(tmp_path) == set(names)


def test_a_file_and_a_link_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(CaseFolderError, match="not a folder"):
            check_case_folder(tmp_path / name)


def test_a_failure_on_the_way_leaves_the_earlier_case(tmp_path: Path) -> None:
    out = tmp_path / "case"
    with new_case_folder(out) as folder:
        write(folder, "old")
    with pytest.raises(CaseFolderError, match="No space left"):
        fill_until_full(out)
    assert (out / "case.json").read_text() == "old"
    assert left(tmp_path) == {"case"}


def test_the_earlier_case_is_put_back_where_the_rename_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "case"
    with new_case_folder(out) as folder:
        write(folder, "old")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(CaseFolderError, match="Input/output error"), new_case_folder(out) as folder:
        write(folder)
    assert (out / "case.json").read_text() == "old"
    assert left(tmp_path) == {"case"}


def test_files_are_synced_before_they_get_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    real = os.fsync

    def record(descriptor: int) -> None:
        synced.append((tmp_path / "case").exists())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    with new_case_folder(tmp_path / "case") as folder:
        write(folder)
    assert synced == [False] * 3
