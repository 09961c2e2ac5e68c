from collections.abc import Iterator
from pathlib import Path

import pytest

from support.api_workspace import made
from support.served import Served, served


@pytest.fixture(scope="session")
def story_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")  # it reads files meanwhile, which other modules' tests count
def it(story_workspace: Path) -> Iterator[Served]:
    with served(story_workspace) as running:
        yield running
