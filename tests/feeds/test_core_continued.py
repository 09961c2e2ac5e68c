"""The short way to the chain order of a stored chain and a branch of it: the same as placing every block."""

import numpy as np
import pytest

from oracle.blockmaker import Block, Branch, seeded
from qaif.feeds.core.continued import continued
from qaif.feeds.core.headers import Stored
from qaif.feeds.networks import NETWORKS
from qaif.feeds.placing import place
from qaif.feeds.shape import HeaderTable

REGTEST = NETWORKS["regtest"]


def table(blocks: list[Block], heights: list[int], *, bip34: bool) -> HeaderTable:
    header = np.frombuffer(b"".join(block.raw[:80] for block in blocks), np.uint8).reshape(-1, 80)
    hashes = np.frombuffer(b"".join(block.hash for block in blocks), np.uint8).reshape(-1, 32)
    height = np.array(heights, dtype=np.int32)
    told = height if bip34 else np.full_like(height, -1)
    return HeaderTable(header, hashes, told, height, np.full(len(blocks), 100, dtype=np.int64))


@pytest.mark.parametrize("seed", range(30))
def test_it_is_what_placing_says(seed: int) -> None:
    rng = seeded(seed)
    first, bip34 = rng.choice([(0, False), (0, True), (7, True), (7, False)])
    branch = Branch(seeded(seed)).grow(rng.randint(10, 20), 0)
    stored_blocks = branch.blocks[first:]
    at = rng.randint(first, len(branch.blocks) - 1)
    other = branch.fork(at, seed + 1000).grow(rng.randint(0, 12), 0).blocks[at + 1 :]
    heights = [*range(first, len(branch.blocks)), *range(at + 1, at + 1 + len(other))]
    before = table(stored_blocks, heights[: len(stored_blocks)], bip34=bip34)
    placed = place(before, REGTEST)
    stored = Stored(
        before.header, placed.height, placed.height_basis, placed.linked, before.hash_raw, placed.work
    )
    whole = table([*stored_blocks, *other], heights, bip34=bip34)
    short, full = continued(stored, whole), place(whole, REGTEST)
    assert short is not None
    for name in full._fields:
        assert np.array_equal(getattr(short, name), getattr(full, name)), name


def test_it_leaves_the_rest_to_placing() -> None:
    branch = Branch(seeded(1)).grow(9, 0)
    assert continued(Stored.nothing(), table(branch.blocks, list(range(10)), bip34=True)) is None
    held = [*branch.blocks[:3], *branch.blocks[5:]]
    before = table(held, [0, 1, 2, 5, 6, 7, 8, 9], bip34=True)
    placed = place(before, REGTEST)
    parts = (placed.height, placed.height_basis, placed.linked, before.hash_raw, placed.work)
    assert continued(Stored(before.header, *parts), before) is None, "two runs"
    whole = table([*branch.blocks[:4], branch.blocks[5]], [0, 1, 2, 3, 5], bip34=True)
    placed = place(table(branch.blocks[:4], [0, 1, 2, 3], bip34=True), REGTEST)
    parts = (placed.height, placed.height_basis, placed.linked, whole.hash_raw[:4], placed.work)
    assert continued(Stored(whole.header[:4], *parts), whole) is None, "a header that builds on none of them"
