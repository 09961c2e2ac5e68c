import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.window import Window, browser_path, demo_folder, serving, window


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    browser_path()
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):
        shared = shared.parent
    mine = tmp_path_factory.mktemp("web") / "workspace"
    shutil.copytree(demo_folder(shared) / "workspace", mine)
    return mine


@pytest.fixture(scope="session")
def served_demo(demo_workspace: Path) -> Iterator[tuple[str, str]]:
    with serving(demo_workspace) as told:
        yield told


@pytest.fixture
def opened(served_demo: tuple[str, str]) -> Iterator[Window]:
    with window(browser_path(), *served_demo) as it:
        yield it
        assert it.said == []
        assert [url for url in it.sent if not url.startswith((it.base, "blob:"))] == []
