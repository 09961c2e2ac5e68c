"""Do today's data give the same answers as a report that was written, and if not, what moved, and why?

A statement is known again by what it is about and by its template. Where it moved, the report is made
again on the old chain with the old claims, then with today's, and all else as today: so each change is put
down to what made it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from qaif.errors import InputError, NotFoundError
from qaif.questions.answer import Answer, as_json
from qaif.questions.case_material import material
from qaif.questions.case_pins import Pins, pins_read
from qaif.questions.cases import pins_now, request_of
from qaif.report.document.sections.listed import document
from qaif.report.document.written import FORM, JSON_NAME, statements
from qaif.workspace.case_journal import REPORT, CaseFolder
from qaif.workspace.folder import Workspace

Statements = dict[str, Mapping[str, Any]]
_MOST_BYTES = 256 << 20
_TODAY = ("lists", "prices", "policy", "program")  # what cannot be asked as of an earlier moment


@dataclass(frozen=True)
class Moved:
    """A statement that is not as it was.

    Attributes:
        key: what it is about, and its template.
        how: `changed`, `new` or `gone`.
        before: its layer and values then; None where it is new.
        after: its layer and values now; None where it is gone.
        because: what moved it: `chain`, `claims`, others by their names, or `case` where the case itself did.
    """

    key: str
    how: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    because: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RebuildAnswer(Answer):
    """Whether a report would say the same today.

    Attributes:
        case: which.
        same: every statement is as it was.
        statements: how many the report has.
        pins_moved: what the report rests on that is not the same today.
        moved: the statements that are not as they were.
    """

    case: str
    same: bool
    statements: int
    pins_moved: tuple[str, ...]
    moved: tuple[Moved, ...]


def rebuild(path: Path, name: str, now: datetime, report: Path | None = None) -> RebuildAnswer:
    """Make a case's report anew and compare it, statement by statement.

    Args:
        path: the workspace's folder.
        name: the case.
        now: the moment.
        report: the folder of the report; the case's own where None.

    Raises:
        NotFoundError: there is no such case, or it has no report yet.
        InputError: the report is none.
    """
    folder = CaseFolder.open(Workspace.open(path), name)
    before, pins = _read((report or folder.path / REPORT) / JSON_NAME, name)
    today = pins_now(path, folder)

    def made(chain: str, row: int) -> Statements | None:
        asked = request_of(path, name, replace(today, chain=chain, claims_row=row))
        try:
            return _by_key(statements(document(as_json(material(path, asked, now)))))
        except NotFoundError:  # the block has left the chain, or the row is not there
            return None

    after = made(today.chain, today.claims_row) or {}
    moved = tuple(_moved(before, after, pins, today, made)) if before != after else ()
    return RebuildAnswer(
        layer="claim",
        basis={"pins": vars(today)},
        case=name,
        same=not moved,
        statements=len(before),
        pins_moved=pins.moved(today),
        moved=moved,
    )


def _moved(
    before: Statements,
    after: Statements,
    pins: Pins,
    today: Pins,
    made: Callable[[str, int], Statements | None],
) -> list[Moved]:
    rest = tuple(name for name in pins.moved(today) if name in _TODAY) or ("case",)
    stages: list[tuple[tuple[str, ...], Statements]] = []
    old = made(pins.chain, pins.claims_row)
    if old is not None:
        stages.append((rest, old))
    claims = made(pins.chain, today.claims_row) if today.claims != pins.claims else None
    if claims is not None:
        stages.append((("claims",), claims))
    stages.append((("chain",) if old is not None else ("chain", *rest), after))
    out = []
    for key in sorted({*before, *after}):
        was, is_now = before.get(key), after.get(key)
        if was != is_now:
            how = "new" if was is None else "gone" if is_now is None else "changed"
            out.append(Moved(key, how, was, is_now, _because(key, was, stages)))
    return out


def _because(
    key: str, was: Mapping[str, Any] | None, stages: list[tuple[tuple[str, ...], Statements]]
) -> tuple[str, ...]:
    """What moved it: each stage in which it is not as in the stage before."""
    out: list[str] = []
    for names, stage in stages:
        if stage.get(key) != was:
            out += names
        was = stage.get(key)
    return tuple(dict.fromkeys(out))


def _by_key(many: list[dict[str, Any]]) -> Statements:
    return {one["key"]: {"layer": one["layer"], "values": one["values"]} for one in many}


def _read(path: Path, name: str) -> tuple[Statements, Pins]:
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(_MOST_BYTES))
        pins = told["document"]["pins"] if told["form"] == FORM else {}
        return _by_key(told["statements"]), pins_read(pins)
    except FileNotFoundError as error:
        raise NotFoundError(
            f"The case {name} has no report in {path.parent}.",
            way_out=f"Write it: `qaif case report {name}`.",
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{path} is no report of a case.", way_out="Name a report's folder.") from None
