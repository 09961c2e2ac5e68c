"""The short form of `tests/campaigns/damage.py`, and files that are missing, strange or of no account."""

from pathlib import Path

import pytest

from campaigns import damage
from campaigns.damage import Target
from oracle.blockmaker import seeded
from qaif.errors import NotFoundError, StoreDamagedError
from qaif.questions.answer import as_json
from qaif.questions.check import check
from qaif.questions.index import index_block_files


def test_damage_is_noticed_and_leads_to_no_wrong_answer(tmp_path: Path) -> None:
    counts = {"flips": 100, "truncations": 20, "pages": 30}
    seen = damage.main(tmp_path / "campaign", 1, counts)
    assert (seen["flip"], seen["truncation"]) == (100, 20)
    assert seen["zeroed page"] + seen["swapped pages"] == 30
    assert min(seen["in .seg"], seen["in .feed"], seen["in MANIFEST"]) >= 5
    for what in ("read page by page: refused", "read page by page: right", "written to: refused"):
        assert seen[what] > 0, what


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return damage.made(tmp_path, 2)


def all_right(target: Target) -> None:
    assert check(target.workspace).good
    for name, question in target.questions.items():
        assert as_json(question(target.workspace)) == target.answers[name], name


def test_the_lock_file_holds_nothing_and_its_damage_is_harmless(target: Target) -> None:
    lock = target.chain / "LOCK"
    lock.write_bytes(seeded(1).randbytes(100))
    all_right(target)
    lock.unlink()
    all_right(target)


def test_strange_files_change_nothing_and_our_own_leavings_go_with_the_next_run(target: Target) -> None:
    segment = next(target.chain.glob("*.seg")).read_bytes()
    for name in ("9999999999-0000.seg", "9999999999-0001.feed", "MANIFEST.next", "notes.txt"):
        (target.chain / name).write_bytes(segment[:5000])
    all_right(target)
    index_block_files(target.workspace, [])
    assert [
        path.name for path in target.chain.iterdir() if path.name.startswith(("9", "n", "MANIFEST."))
    ] == ["notes.txt"]
    assert check(target.workspace).good


def test_every_missing_file_is_noticed(target: Target) -> None:
    for path in target.files():
        if path.name == "MANIFEST":
            continue
        good = path.read_bytes()
        path.unlink()
        assert any(path.name in fault for fault in check(target.workspace).faults)
        for question in target.questions.values():
            with pytest.raises(StoreDamagedError, match=path.name):
                question(target.workspace)
        path.write_bytes(good)
    all_right(target)


def test_without_its_manifest_there_is_no_store(target: Target) -> None:
    (target.chain / "MANIFEST").unlink()
    with pytest.raises(NotFoundError):
        check(target.workspace)
    for name, question in target.questions.items():
        if name.startswith(("tx", "review", "block")):
            with pytest.raises(NotFoundError):
                question(target.workspace)
