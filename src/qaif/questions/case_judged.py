"""What a case report judges: figures of its documents, rival explanations, whom to ask what, what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qaif.errors import NotFoundError
from qaif.questions.handoffs import HandoffsAnswer
from qaif.questions.investigation import Investigation
from qaif.questions.recommend import RecommendAnswer, recommended
from qaif.questions.reconcile import ReconcileAnswer, ReconcileRequest, reconcile
from qaif.questions.requests import RequestsAnswer, requests_of
from qaif.questions.rivals import RivalsAnswer, RivalsRequest, rivals

POLICY_NAME = "from-a-case"


@dataclass(frozen=True)
class JudgedMaterial:
    """What was judged.

    Attributes:
        reconciled: one for each document of the case.
        rivals: one for each address that occurs.
        requests: one for each address whose money met a service.
        recommended: rules and a watch list from all of them; None where there is no chain.
    """

    reconciled: tuple[ReconcileAnswer, ...]
    rivals: tuple[RivalsAnswer, ...]
    requests: tuple[RequestsAnswer, ...]
    recommended: RecommendAnswer | None


@dataclass(frozen=True)
class JudgingAsked:
    """As of what to judge.

    Attributes:
        as_of: the hash of the last block; None where there is no chain.
        claims_row: the last row of the log of statements.
        jurisdictions: whose lists the rules need.
    """

    as_of: str | None
    claims_row: int
    jurisdictions: tuple[str, ...]


def judged_of(
    path: Path,
    found: Sequence[Investigation],
    handed: Mapping[str, HandoffsAnswer | None],
    how: JudgingAsked,
) -> JudgedMaterial:
    """Judge what investigations found.

    Args:
        path: the workspace's folder.
        found: the investigations.
        handed: where the money of each address met services; None where the address does not occur.
        how: as of what.
    """
    at_hand = {address: one for address, one in handed.items() if one is not None}
    made = (requests_of(one, (address,)) for address, one in at_hand.items())
    return JudgedMaterial(
        reconciled=tuple(_reconciled(path, found, how)),
        rivals=tuple(_rivals(path, found, at_hand, how)),
        requests=tuple(one for one in made if one.requests),
        recommended=_recommended(at_hand, how),
    )


def _reconciled(path: Path, found: Sequence[Investigation], how: JudgingAsked) -> Iterator[ReconcileAnswer]:
    digests = dict.fromkeys(one.document.sha256_hex for one in found if one.document)
    for digest in digests:
        yield reconcile(path, ReconcileRequest(document=digest, as_of=how.as_of))


def _rivals(
    path: Path, found: Sequence[Investigation], at_hand: Mapping[str, HandoffsAnswer], how: JudgingAsked
) -> Iterator[RivalsAnswer]:
    for address in at_hand:
        documents = [
            one for one in found if one.document and any(a.address == address for a in one.addresses)
        ]
        misses = sum(len(one.near_misses) for one in documents) if documents else None
        asked = RivalsRequest(address=address, as_of=how.as_of, near_misses=misses, claims_row=how.claims_row)
        try:
            yield rivals(path, asked)
        except NotFoundError:  # no block so early is held
            continue


def _recommended(at_hand: Mapping[str, HandoffsAnswer], how: JudgingAsked) -> RecommendAnswer | None:
    """One policy for all addresses: their hand-offs are put together."""
    answers = list(at_hand.values())
    if not answers or not how.jurisdictions:
        return None
    together = replace(
        answers[0],
        arrivals=tuple(row for one in answers for row in one.arrivals),
        departures=tuple(row for one in answers for row in one.departures),
    )
    return recommended(together, tuple(at_hand), POLICY_NAME, how.jurisdictions)
