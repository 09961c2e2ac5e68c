from pathlib import Path

import pytest

from support.economy import Economy
from support.workspaces import made_workspace


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Economy]:
    folder = tmp_path_factory.mktemp("cli") / "workspace"
    return folder, made_workspace(folder)
