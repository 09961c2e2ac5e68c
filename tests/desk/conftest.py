"""One economy for the tests of gathering, and its chain as a whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.economy import Economy
from support.gathering import BLOCKS, hasty, whole_chain
from support.stories import Story
from support.watching import grown, imported


@pytest.fixture
def in_haste() -> Iterator[None]:
    """Nothing waits for the disk."""
    with hasty():
        yield


@pytest.fixture(scope="session")
def economy() -> Economy:
    """Nothing may change it."""
    return Economy.of(3, BLOCKS)


@pytest.fixture(scope="session")
def whole(economy: Economy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of its chain, made of block files."""
    return whole_chain(tmp_path_factory.mktemp("whole") / "workspace", economy)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """`bad` is listed; `ann` and `bob` have money; nothing was dealt yet."""
    story = Story()
    story.coins = {name: story.fund(name) for name in ("bad", "ann", "bob")}  # type: ignore[attr-defined]
    grown(tmp_path / "w", story)
    imported(tmp_path, tmp_path / "w", "bad")
    return story
