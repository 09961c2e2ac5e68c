"""A screening beside an earlier one: what is said otherwise, and what moved: chain, lists, claims, policy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qaif.errors import InputError

if TYPE_CHECKING:
    from qaif.questions.screen import ScreenAnswer

MOVES = ("chain", "lists", "claims", "policy")
_LARGEST = 64 << 20


@dataclass(frozen=True)
class Compared:
    """What changed since an earlier screening.

    Attributes:
        time_before: when that was.
        verdict_before, outcome_before: what it said.
        rules_gone, rules_new: ids of rules that fired only then, or only now.
        moved: which of chain, lists, claims and policy are others now.
        same: verdict, outcome and rules are those of then.
        said: this in a sentence.
    """

    time_before: str
    verdict_before: str
    outcome_before: str
    rules_gone: tuple[str, ...]
    rules_new: tuple[str, ...]
    moved: tuple[str, ...]
    same: bool
    said: str


def earlier(path: Path) -> Mapping[str, Any]:
    """An earlier answer, as `qaif screen --json` printed it.

    Raises:
        InputError: it is none.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is too large to be a screening.")
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and {"verdict", "moved_with", "address"} <= told.keys():
        return told
    raise InputError(
        f"{path} is not an earlier screening.", way_out="Give what `qaif screen --json` printed."
    )


def compared(now: "ScreenAnswer", before: Mapping[str, Any]) -> Compared:
    """Compare a screening with an earlier one of the same address.

    Raises:
        InputError: it is of another address.
    """
    if before["address"] != now.address:
        raise InputError("The earlier screening is of another address.", way_out="Give one of this address.")
    then = {str(each.get("id")) for each in before.get("rules", ())}
    fired = {each.id for each in now.rules}
    moved = tuple(each for each in MOVES if before["moved_with"].get(each) != now.moved_with[each])
    verdict, outcome = str(before["verdict"]), str(before.get("policy_outcome", ""))
    same = (verdict, outcome, then) == (now.verdict, now.policy_outcome, fired)
    return Compared(
        time_before=str(before.get("time", "")),
        verdict_before=verdict,
        outcome_before=outcome,
        rules_gone=tuple(sorted(then - fired)),
        rules_new=tuple(sorted(fired - then)),
        moved=moved,
        same=same,
        said=_said(moved, same=same),
    )


def _said(moved: tuple[str, ...], *, same: bool) -> str:
    what = "It says the same as then" if same else "It says something else than then"
    if not moved:
        clock = "" if same else ": only the time of asking is another"
        return f"{what}{clock}; chain, lists, claims and policy are those of then."
    return f"{what}; moved since: {', '.join(moved)}."
