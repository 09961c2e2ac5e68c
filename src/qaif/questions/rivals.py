"""What else could explain this? Rival explanations from the methods' own failure cases, tried on the data."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from qaif.analysis.clusters.decided import ALARMS, touching
from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from qaif.questions import rivals_checks as checks
from qaif.questions.answer import Answer, CoverageOf, weakest
from qaif.questions.clustering import clusters_on
from qaif.questions.review import Reviewed, ReviewRequest, reviewed
from qaif.questions.rivals_checks import Check, Seen
from qaif.questions.said_of import said_of
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

Verdict = Literal["supported", "open", "not supported by what is held"]
SERVICE_SCRIPTS = 1_000
_WEAK = ("hours-of-the-day",)  # programs of anybody are active round the clock: alone this supports nothing
RIVALS = {
    "service-wallet": "It is the busy wallet of a service that somebody else advertised or a customer uses.",
    "mix": "It takes part in mixes, so that who paid whom does not follow from its transactions.",
    "broker": "It is a broker or exchanger, who deals for others and passes on what comes.",
    "wrong-cluster": "Its cluster holds scripts of others, so that sums over the cluster are not its own.",
    "unsolicited": "Much of what it received nobody asked for: dust and the like, which it could not refuse.",
    "own-coins": "Much of its volume is its own coins coming back to it.",
    "misprint": "The document means another address than the one that it prints.",
    "cut-out": "What is held is a part of its history, and the rest would change the picture.",
}
"""Each rival explanation, in words."""
WRONG_IF = {
    "service-wallet": "The service, or somebody with its records, says to whom the address was given.",
    "mix": "A participant shows which output was whose.",
    "broker": "Records of its dealings with several unrelated customers are produced.",
    "wrong-cluster": "A transaction of `qaif why` turns out to be of two owners.",
    "unsolicited": "The payers say that they were not asked, or do not know it.",
    "own-coins": "The net sums of the review, and not the gross ones, are what the document counts.",
    "misprint": "The first publication of the address (its picture, code or post) shows other characters.",
    "cut-out": "Blocks or histories that are missing here are added.",
}
"""What would settle it for each rival: what would make the case's reading wrong."""


@dataclass(frozen=True)
class Rival:
    """One rival explanation, tried.

    Attributes:
        id: its stable name; `RIVALS` says it in words, `WRONG_IF` what would settle it.
        verdict: `supported` where something speaks for it; `not supported by what is held` where something
            speaks against it and nothing for it; else `open`. None is ever excluded.
        checks: what the data says.
    """

    id: str
    verdict: Verdict
    checks: tuple[Check, ...]


@dataclass(frozen=True, kw_only=True)
class RivalsAnswer(Answer):
    """The rival explanations of what an address did.

    Attributes:
        address: as it was asked for.
        rivals: each, in a fixed order.
    """

    address: str
    rivals: tuple[Rival, ...]


@dataclass(frozen=True, kw_only=True)
class RivalsRequest:
    """Of which address.

    Attributes:
        address: it.
        as_of: a height, a block hash or a day; the chain's tip where None.
        near_misses: how many near misses the document has; None where there is no document.
        claims_row: the last row of the log of statements to look at; all where None.
    """

    address: str
    as_of: str | None = None
    near_misses: int | None = None
    claims_row: int | None = None


def rivals(path: Path, request: RivalsRequest) -> RivalsAnswer:
    """Try every rival explanation on the data.

    Raises:
        AddressError: the address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        NotFoundError: there is no chain, or no block so early.
    """
    folder = Workspace.open(path)
    with ExitStack() as stack:
        records = stack.enter_context(Records.open(folder.path))
        chain = stack.enter_context(Chain.open(folder.chain_dir))
        asked = ReviewRequest(
            addresses=(request.address,), as_of=request.as_of, most_largest=1, most_counterparties=0
        )
        found = reviewed(chain, None, asked)
        seen = _seen(folder, chain, records, request, found)
        tried = _tried(seen)
        return RivalsAnswer(
            layer=weakest([check.layer for one in tried for check in one.checks]),
            basis=dict(found.answer.basis) | {"service_scripts": SERVICE_SCRIPTS},
            as_of=found.answer.as_of,
            coverage=_coverage(found),
            address=found.answer.addresses[0].address,
            rivals=tried,
        )


def _coverage(found: Reviewed) -> CoverageOf:
    return found.answer.coverage


def _seen(folder: Workspace, chain: Chain, records: Records, request: RivalsRequest, found: Reviewed) -> Seen:
    cluster, alarms, refused = _cluster(folder, chain, request)
    coverage = found.answer.coverage
    return Seen(
        chain=found.chain,
        figures=found.figures,
        said=said_of(records, found.answer.addresses[0].address, request.claims_row)[0],
        cluster=cluster,
        alarms=alarms,
        refused=refused,
        near_misses=request.near_misses,
        missing=() if coverage.complete else coverage.reasons,
    )


def _cluster(folder: Workspace, chain: Chain, request: RivalsRequest) -> tuple[int | None, int, int]:
    """How large its cluster is, how many decisions of it are alarms, and how many joined nothing."""
    opened = clusters_on(folder, chain, request.as_of)
    try:
        script = opened.script(request.address)
    except NotFoundError:
        return None, 0, 0
    members = opened.forest.members(script, opened.chain.n_txs)
    rows = touching(opened.chain, opened.forest, script)
    alarms = int(np.isin(opened.forest.decisions[rows, 1], ALARMS).sum())
    return len(members), alarms, len(rows) - alarms


def _tried(seen: Seen) -> tuple[Rival, ...]:
    named, batches = checks.named_a_service(seen), checks.in_batches(seen)
    sure, perhaps = checks.mixed(seen)
    made = {
        "service-wallet": (named, checks.large_cluster(seen, SERVICE_SCRIPTS), batches, checks.hours(seen)),
        "mix": (sure, perhaps),
        "broker": (checks.passes_on(seen), checks.payers_are_paid(seen)),
        "wrong-cluster": (checks.alarms(seen), checks.refused(seen)),
        "unsolicited": (checks.dust(seen),),
        "own-coins": (checks.to_itself(seen),),
        "misprint": (checks.near_misses(seen),),
        "cut-out": (checks.missing(seen),),
    }
    return tuple(Rival(name, _verdict(its), its) for name, its in made.items())


def _verdict(its: tuple[Check, ...]) -> Verdict:
    outcomes = {one.outcome for one in its}
    if any(one.outcome == "speaks for" and one.id not in _WEAK for one in its):
        return "supported"
    return "not supported by what is held" if outcomes == {"speaks against"} else "open"
