"""A screening beside an earlier one: what is said otherwise, and what moved: chain, lists, claims, policy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qaif.errors import InputError
from qaif.questions.answer import plain

if TYPE_CHECKING:
    from qaif.questions.screen import ScreenAnswer

MOVES = ("chain", "lists", "claims", "policy")
_LARGEST = 64 << 20
_A_SECOND = 19  # characters of 2024-05-01T12:00:00


@dataclass(frozen=True)
class Compared:
    """What changed since an earlier screening.

    Attributes:
        time_before: when that was.
        verdict_before, outcome_before: what it said.
        rules_gone, rules_new: ids of rules that fired only then, or only now.
        moved: which of chain, lists, claims and policy are others now.
        because: of these, in which what is said now differs; `time` where only older lists or chain do it.
        same: verdict, outcome and rules are those of then.
        said: this in a sentence.
    """

    time_before: str
    verdict_before: str
    outcome_before: str
    rules_gone: tuple[str, ...]
    rules_new: tuple[str, ...]
    moved: tuple[str, ...]
    because: tuple[str, ...]
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
    because = () if not moved else _because(now, before, moved)
    same = (verdict, outcome, then) == (now.verdict, now.policy_outcome, fired)
    return Compared(
        time_before=str(before.get("time", "")),
        verdict_before=verdict,
        outcome_before=outcome,
        rules_gone=tuple(sorted(then - fired)),
        rules_new=tuple(sorted(fired - then)),
        moved=moved,
        because=() if same else because or ("time",),
        same=same,
        said=_said(moved, because, same=same),
    )


def _because(now: "ScreenAnswer", before: Mapping[str, Any], moved: tuple[str, ...]) -> tuple[str, ...]:
    """In which of what moved the two differ: listings, payments, tags; or else by the policy's rules."""
    today, tip = plain(now), str((before.get("as_of") or {}).get("time", ""))
    found = _in_itself(today, before)
    dealings = [_dealings(each) for each in (before, today)]
    for key in dealings[0].keys() | dealings[1].keys():
        found |= _in_dealing(dealings[0].get(key), dealings[1].get(key), tip)
    known = tuple(each for each in moved if each in found)
    return known or (("policy",) if "policy" in moved else ())


def _in_itself(today: Mapping[str, Any], before: Mapping[str, Any]) -> set[str]:
    chain = {"chain"} if today.get("first_seen") != before.get("first_seen") else set()
    return chain | _in_words(today, before)


def _in_words(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Whether listings or tags of an address differ, by the statements behind them."""
    parts = (("lists", "listings", "statement_ids"), ("claims", "tags", "statement_id"))
    return {name for name, part, key in parts if _said_by(one, part, key) != _said_by(other, part, key)}


def _said_by(told: Mapping[str, Any], part: str, key: str) -> set[str]:
    return {str(row.get(key)) for row in told.get(part, ())}


def _dealings(told: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(str(one.get("address")), str(one.get("direction"))): one for one in told.get("contacts", ())}


def _in_dealing(then: Mapping[str, Any] | None, now: Mapping[str, Any] | None, tip: str) -> set[str]:
    """What differs in dealings with one other; one of before the tip comes up when the other gets a label."""
    if then is not None and now is not None:
        same = all(then.get(each) == now.get(each) for each in ("hops", "amount_sat", "path"))
        return _in_words(then, now) | (set() if same else {"chain"})
    one = now or then or {}
    if now is not None and str(now.get("first_time", ""))[:_A_SECOND] > tip[:_A_SECOND]:
        return {"chain"}
    return _in_words(one, {}) or {"chain"}


def _said(moved: tuple[str, ...], because: tuple[str, ...], *, same: bool) -> str:
    what = "It says the same as then" if same else "It says something else than then"
    if not moved:
        clock = "" if same else ": only the time of asking is another"
        return f"{what}{clock}; chain, lists, claims and policy are those of then."
    why = f" The difference is in: {', '.join(because)}." if because and not same else ""
    return f"{what}; moved since: {', '.join(moved)}.{why}"
