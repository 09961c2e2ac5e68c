"""Imports of claims that are killed: the claims and their row of the audit log, or neither."""

import datetime as dt
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qaif.evidence.lists import importing
from qaif.questions import exchange, tagpacks
from qaif.questions.exchange import import_file
from qaif.questions.lists import import_seed
from qaif.questions.tagpacks import import_packs
from qaif.records.engine import Records

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
PACK = """title: Test
creator: me
lastmod: 2020-01-01
tags:
- {address: 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa, label: first, source: here, currency: BTC}
"""
ENTITY = {"id": "one", "schema": "Company", "properties": {"name": ["Example Trading"]}}


def _die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _killed(work: Callable[[], object], where: Callable[[], None]) -> bool:
    number = os.fork()
    if not number:
        where()
        try:
            work()
        finally:
            os._exit(3)
    return os.WIFSIGNALED(os.waitpid(number, 0)[1])


def _held(workspace: Path) -> tuple[int, tuple[str, ...]]:
    with Records.open(workspace) as records:
        return records.statements.last_seq(), tuple(each.action for each in records.audit.entries())


@pytest.mark.parametrize("kind", ["pack", "ftm"])
def test_claims_and_their_audit_row_come_together(tmp_path: Path, kind: str) -> None:
    file, workspace = tmp_path / "given.yaml", tmp_path / "w"
    file.write_text(PACK if kind == "pack" else json.dumps(ENTITY) + "\n", encoding="utf-8")

    def work() -> object:
        if kind == "pack":
            return import_packs(workspace, file, "me", NOW)
        return import_file(workspace, "ftm", file, None, "me", NOW)

    def before_the_row() -> None:
        (tagpacks if kind == "pack" else exchange).add_entry = _die  # type: ignore[attr-defined]

    assert _killed(work, before_the_row)
    said, actions = _held(workspace)
    assert said == 0
    assert not any(each.endswith(".imported") for each in actions)
    work()
    said, actions = _held(workspace)
    assert said > 0
    assert [each for each in actions if each.endswith(".imported")] == [
        "tagpack.imported" if kind == "pack" else "ftm.imported"
    ]


def test_the_draft_of_a_killed_import_of_a_list_is_swept_and_one_in_work_is_not(tmp_path: Path) -> None:
    def amid_the_copy() -> None:
        importing._copy = _die  # type: ignore[assignment]

    assert _killed(lambda: import_seed(tmp_path, NOW), amid_the_copy)
    folder = tmp_path / "documents"
    (left,) = folder.glob(".list.*")
    in_work, descriptor = importing._begun(folder)
    import_seed(tmp_path, NOW)
    assert not left.exists()
    assert in_work.exists()
    os.close(descriptor)
