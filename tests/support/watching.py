"""Workspaces whose addresses are watched."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qaif.questions.watch_list import WatchAsked, watch_add
from qaif.questions.watch_run import watch_run
from qaif.workspace.folder import Workspace
from support import list_files as files
from support.indexing import put
from support.listed_people import listed
from support.stories import Story, called
from support.workspaces import answer

BTC = 10**8
NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)


def grown(workspace: Path, story: Story) -> None:
    put(Workspace.open_or_create(workspace).chain_dir, story.branch.blocks)


def imported(folder: Path, workspace: Path, *names: str, **how: str) -> None:
    path = files.put(folder, "us_ofac_sdn.ftm.json", listed(*names, **how))
    answer(workspace, "lists", "import", str(path))


def watching(workspace: Path, name: str, kind: str = "address", **how: Any) -> None:
    subject = called(name) if kind != "entity" else name
    watch_add(workspace, WatchAsked(kind, subject, **how), "an analyst", NOW)


def raised(workspace: Path, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(each.kind, each.about) for each in watch_run(workspace, now).raised]


def coin(story: Story, name: str) -> Any:
    return story.coins[name]  # type: ignore[attr-defined]
