"""Which segments become one: by tiers, and what a larger round cut off from its like too."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oracle.blockmaker import Branch, seeded
from qaif.chain import compact, sections
from qaif.chain import manifest as manifests
from qaif.chain.digest import chain_digest
from qaif.chain.files import StoreFiles
from qaif.chain.index import merge_due
from qaif.chain.manifest import SegmentRef
from qaif.chain.open import Chain
from qaif.chain.sections import FileRef
from qaif.chain.segments import Segment
from qaif.errors import StoreError
from support.indexing import put

FAN = compact.FAN_IN


def segments(levels: list[int], length: int = 1) -> list[Segment]:
    """Segments whose files are not looked at."""
    no_file: Any = None
    return [Segment(SegmentRef(FileRef("", length, ""), {}, level), no_file, {}) for level in levels]


@pytest.mark.parametrize(
    ("levels", "merged"),
    [
        ([0] * (FAN - 1), 0),
        ([0] * FAN, FAN),
        ([2] + [0] * (FAN - 1), 0),
        ([2] + [0] * FAN, FAN),
        ([2, *[0] * (FAN - 1), 1], FAN),  # the larger last one takes the smaller ones before it along
        ([0] * (FAN - 2) + [2, 1], 0),
        ([], 0),
    ],
)
def test_which_are_due(levels: list[int], merged: int) -> None:
    every = segments(levels)
    due = compact.due_for_merge(every)
    assert len(due) == merged
    assert all(a is b for a, b in zip(due, every[len(every) - merged :], strict=True))


def test_what_is_too_large_stays() -> None:
    assert compact.due_for_merge(segments([0] * FAN, compact.LARGEST_MERGE // FAN + 1)) == []


@pytest.mark.parametrize(
    ("size", "level"),
    [(0, 0), (compact.SMALLEST_TIER - 1, 0), (compact.SMALLEST_TIER, 1), (compact.SMALLEST_TIER * FAN, 2)],
)
def test_a_tier_goes_by_bytes(size: int, level: int) -> None:
    assert compact.level_of({"a": sections.whole(np.zeros(size, dtype=np.uint8))}) == level


def test_a_block_does_not_wait_for_the_merge_it_makes_due(tmp_path: Path) -> None:
    """It is committed first; the merge is a commit of its own, and the chain is the same before and after."""
    blocks = Branch(seeded(5)).grow(FAN + 2).blocks
    for count in range(1, FAN + 1):
        put(tmp_path, blocks[:count], merge=False)
    manifest = manifests.load(StoreFiles(tmp_path))
    assert manifest is not None
    assert len(manifest.segments) == manifest.rows("block") == FAN
    with Chain.open(tmp_path) as before:
        assert merge_due(tmp_path)
        assert not merge_due(tmp_path), "nothing is due any more"
        with Chain.open(tmp_path) as after:
            assert len(after.segments) == 1
            assert chain_digest(before) == chain_digest(after)
    assert len(list(tmp_path.glob("*.seg"))) == 1
    put(tmp_path, blocks[: FAN + 1], merge=False)  # the order of the blocks was kept over the merge
    put(tmp_path, blocks, merge=False)
    put(tmp_path / "other", blocks)
    with Chain.open(tmp_path) as one, Chain.open(tmp_path / "other") as other:
        assert chain_digest(one) == chain_digest(other)


def test_what_was_due_and_not_merged_is_merged_by_the_next_run(tmp_path: Path) -> None:
    """As where a run ended between a block's commit and the merge after it."""
    blocks = Branch(seeded(6)).grow(FAN + 1).blocks
    for count in range(1, FAN + 1):
        put(tmp_path, blocks[:count], merge=False)
    put(tmp_path, blocks)
    manifest = manifests.load(StoreFiles(tmp_path))
    assert manifest is not None
    assert len(manifest.segments) == 2


def test_a_merge_that_fails_leaves_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = Branch(seeded(7)).grow(FAN).blocks[:FAN]
    for count in range(1, FAN):
        put(tmp_path, blocks[:count])

    def fails(*_parts: object) -> None:
        raise StoreError("writing failed: No space left on device.", way_out="Make room.")

    monkeypatch.setattr(compact, "merged", fails)
    with pytest.raises(StoreError, match="No space"):
        put(tmp_path, blocks)
    with Chain.open(tmp_path) as chain:
        assert chain.n_blocks == FAN
    monkeypatch.undo()
    put(tmp_path, blocks)
    with Chain.open(tmp_path) as chain:
        assert (chain.n_blocks, len(chain.segments)) == (FAN, 1)
