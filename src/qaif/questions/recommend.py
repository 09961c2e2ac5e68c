"""What to do with a case: rules that would catch its flows, as a policy file, and what to watch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from qaif.errors import UsageError
from qaif.questions.answer import Answer, weakest
from qaif.questions.handoff_rows import Handoff
from qaif.questions.handoffs import HandoffsAnswer, handoffs
from qaif.questions.trace import TraceRequest
from qaif.screening.policy import read_policy

_SHARE_PPM = 10_000  # a hundredth of all that went that way
_MOST_HOPS = 6
_MOST_WATCHED = 200
_MOST_JURISDICTIONS = 20
_LETTERS = 2
_NO_RULE = "These rules name the addresses of one case. They say nothing of whom they do not name."
_CLAIM_FIRST = (
    "They fire where the workspace of whom uses them holds a claim of these addresses: import the claims of "
    "this case there, by TagPack, STIX, MISP or FollowTheMoney."
)
_OWN_JUDGEMENT = "A rule that fires asks a person to look; that a payment was made says nothing of why."


@dataclass(frozen=True)
class Watched:
    """Something to watch.

    Attributes:
        kind: `address`, or `service address`.
        subject: the address.
        why: the stable word of why.
        txid: a transaction that shows it; empty for an address of the case.
    """

    kind: Literal["address", "service address"]
    subject: str
    why: Literal["of the case", "met by its money", "money came from it"]
    txid: str


@dataclass(frozen=True, kw_only=True)
class RecommendAnswer(Answer):
    """Screening rules and a watch list made from a case.

    Attributes:
        subjects: the addresses of the case.
        policy: the policy file, YAML; `qaif policy check` accepts it.
        policy_sha256: of its bytes as UTF-8.
        rules: ids of its rules.
        caught: how many of the hand-offs found the rules would have caught, by their steps.
        of: how many hand-offs were found.
        watch: what to watch.
        watch_left_out: how many more there are.
        notes: how to read it, in words.
    """

    subjects: tuple[str, ...]
    policy: str
    policy_sha256: str
    rules: tuple[str, ...]
    caught: int
    of: int
    watch: tuple[Watched, ...]
    watch_left_out: int
    notes: tuple[str, ...] = (_NO_RULE, _CLAIM_FIRST, _OWN_JUDGEMENT)


def recommend(
    workspace: Path, request: TraceRequest, name: str, jurisdictions: Sequence[str]
) -> RecommendAnswer:
    """Make rules and a watch list from the addresses of a case; see `handoffs` for what it raises.

    Args:
        workspace: the workspace.
        request: the addresses, and how far to look.
        name: the policy's name: small letters, digits and hyphens.
        jurisdictions: whose lists the policy needs, such as `US`; there is no default.

    Raises:
        UsageError: no jurisdiction is named, or one that is none.
        InputError: the name is none of a policy.
    """
    return recommended(handoffs(workspace, request), request.subjects, name, jurisdictions)


def recommended(
    found: HandoffsAnswer, subjects: Sequence[str], name: str, jurisdictions: Sequence[str]
) -> RecommendAnswer:
    """The same from hand-offs that are at hand."""
    letters = tuple(dict.fromkeys(each.strip().upper() for each in jurisdictions if each.strip()))
    odd = [each for each in letters if not (len(each) == _LETTERS and each.isascii() and each.isalpha())]
    if not letters or odd or len(letters) > _MOST_JURISDICTIONS:
        raise UsageError(
            f"{odd[0][:20]!r} is no jurisdiction." if odd else "No jurisdiction is named, or too many.",
            way_out="Name them by their letters, such as --jurisdiction US,EU: there is no default.",
        )
    rows = (*found.arrivals, *found.departures)
    addresses = tuple(dict.fromkeys(one.strip() for one in subjects))
    hops = max((row.hops for row in rows), default=1)
    text = _policy(addresses, name, letters, min(max(hops, 2), _MOST_HOPS))
    policy = read_policy(text.encode(), name)
    watch = list(dict.fromkeys(_watched(addresses, rows)))
    return RecommendAnswer(
        layer=weakest([found.layer, "inference"]),
        basis=found.basis,
        as_of=found.as_of,
        coverage=found.coverage,
        subjects=addresses,
        policy=text,
        policy_sha256=policy.sha256,
        rules=tuple(rule.id for rule in policy.rules),
        caught=sum(row.hops <= _MOST_HOPS for row in rows),
        of=len(rows),
        watch=tuple(watch[:_MOST_WATCHED]),
        watch_left_out=max(0, len(watch) - _MOST_WATCHED),
    )


def _policy(addresses: Sequence[str], name: str, jurisdictions: Sequence[str], hops: int) -> str:
    told = {
        "policy": name,
        "version": 1,
        "title": f"Dealings with the {len(addresses)} address(es) of one case",
        "jurisdictions": list(jurisdictions),
        "limits": {"list_days": 30, "tip_minutes": 1440},
        "dust_sat": 1000,
        "rules": [
            _rule(
                "listed", "The address itself stands on a loaded list.", "high", "hold",
                {"listed": {"by": list(jurisdictions)}},
            ),
            _rule(
                "dealt-directly", "It dealt directly with an address of the case.", "high", "alert",
                {"contact": {"entity": list(addresses), "direction": "any"}},
            ),
            _rule(
                "near",
                "A hundredth of what went that way, by each convention, touches an address of the case.",
                "medium", "alert",
                {"contact": _near(addresses, hops)},
            ),
        ],
    }  # fmt: skip
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=1_000)


def _near(addresses: Sequence[str], hops: int) -> dict[str, object]:
    entity = list(addresses)  # a list of its own: YAML would write a reference for one that stands twice
    return {"entity": entity, "least_hops": 2, "most_hops": hops, "least_share_ppm": _SHARE_PPM}


def _rule(rule: str, text: str, severity: str, outcome: str, when: object) -> dict[str, object]:
    return {"id": rule, "text": text, "severity": severity, "outcome": outcome, "when": when}


def _watched(addresses: Sequence[str], rows: Sequence[Handoff]) -> Iterator[Watched]:
    for address in addresses:
        yield Watched("address", address, "of the case", "")
    seen: set[str] = set()
    for row in rows:
        for one in row.addresses:
            if one.address and one.address not in seen:
                seen.add(one.address)
                arrival = row.direction == "arrival"
                why: Literal["met by its money", "money came from it"] = (
                    "met by its money" if arrival else "money came from it"
                )
                yield Watched("service address", one.address, why, row.tx.txid)
