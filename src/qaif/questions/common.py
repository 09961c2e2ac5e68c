"""Where did money of several end up in common, or come from in common?"""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from qaif.chain.open import Chain
from qaif.errors import UsageError
from qaif.questions.answer import Answer, CoverageOf, weakest
from qaif.questions.shown import ScriptShown, script_shown
from qaif.questions.trace import Traced, TraceRequest, traced
from qaif.questions.trace_clusters import ByCluster, ClusterShown, cluster_shown
from qaif.questions.trace_labels import Stopped
from qaif.questions.trace_parts import outpoint
from qaif.questions.trace_seeds import TraceSubject
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

_TWO = 2
MOST = 100
_READ = (
    "What many pay or are paid by, such as a service, is common to strangers: the fewer deal with it, the "
    "more it says."
)


@dataclass(frozen=True)
class ReachedFrom:
    """How near something is to one of the subjects.

    Attributes:
        subject: which, as it was asked for.
        hops: fewest transactions between them.
        outpoint: the coin in which money got there first, by hops, as txid:vout.
    """

    subject: str
    hops: int
    outpoint: str


@dataclass(frozen=True)
class Common:
    """A script or cluster that money of several subjects reached, or came from.

    Attributes:
        script: the first member; where scripts stand for themselves, the script.
        cluster: by cluster, which.
        said: claims of it, where a trace ended there for them.
        reached: from which subjects, and how near.
    """

    script: ScriptShown | None
    cluster: ClusterShown | None
    said: tuple[Stopped, ...]
    reached: tuple[ReachedFrom, ...]


@dataclass(frozen=True, kw_only=True)
class CommonAnswer(Answer):
    """What several have in common.

    Attributes:
        direction: `destinations` or `origins`.
        subjects: of whom.
        limits: how far each was followed.
        count: how many scripts or clusters at least two have in common.
        rows: the first hundred: what most have in common first, then what is nearest.
        read_as: how it is to be read, in words.
    """

    direction: Literal["destinations", "origins"]
    subjects: tuple[TraceSubject, ...]
    limits: dict[str, object]
    count: int
    rows: tuple[Common, ...]
    read_as: str = _READ


def common(workspace: Path, request: TraceRequest) -> CommonAnswer:
    """What at least two of the subjects reached, or came from; each is followed by itself.

    Raises:
        UsageError: fewer than two subjects, or a limit makes no sense.
        AddressError: an address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        NotFoundError: there is no chain, or nothing of a subject is held.
    """
    asked = tuple(dict.fromkeys(request.subjects))
    if len(asked) < _TWO:
        raise UsageError("Something in common takes two.", way_out="Write `qaif common A B`.")
    folder = Workspace.open(workspace)
    chain = Chain.open(folder.chain_dir)
    how = ByCluster(request.by, request.with_change, request.service_scripts)
    opened = how.opened(folder, chain, request.as_of)
    with Records.open(folder.path) as records:
        claims = None if request.through_labels else records
        found = [
            traced(chain, claims, replace(request, subjects=(one,), most_destinations=0), opened)
            for one in asked
        ]
    return _answer(found, asked, request)


def _answer(found: list[Traced], asked: tuple[str, ...], request: TraceRequest) -> CommonAnswer:
    first = found[0].answer
    reached: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, one in enumerate(found):
        for party, coin in _nearest_coins(one):
            reached[party].append((place, coin))
    shared = {party: its for party, its in reached.items() if len(its) >= _TWO}
    rows = sorted(shared.items(), key=lambda row: (-len(row[1]), _distance(found, row[1]), row[0]))
    return CommonAnswer(
        layer=weakest([one.answer.layer for one in found]),
        basis=first.basis,
        as_of=first.as_of,
        coverage=CoverageOf(
            all(one.answer.coverage.complete for one in found),
            tuple(dict.fromkeys(reason for one in found for reason in one.answer.coverage.reasons)),
            first.coverage.told,
        ),
        direction="destinations" if request.forward else "origins",
        subjects=tuple(subject for one in found for subject in one.answer.subjects),
        limits=dict(first.limits),
        count=len(rows),
        rows=tuple(_shown(found, asked, party, its) for party, its in rows[:MOST]),
    )


def _nearest_coins(one: Traced) -> list[tuple[int, int]]:
    """Each party that a trace reached, other than its own subject, and the nearest coin of it."""
    web = one.web
    party = one.parties.of(web.script_num)
    own = np.unique(party[web.seed])
    coins = np.flatnonzero((party >= 0) & (web.coin_hop > 0) & ~np.isin(party, own))
    coins = coins[np.lexsort((coins, web.coin_hop[coins]))]
    parties, at = np.unique(party[coins], return_index=True)
    return list(zip(parties.tolist(), coins[at].tolist(), strict=True))


def _distance(found: list[Traced], its: list[tuple[int, int]]) -> int:
    return sum(int(found[place].web.coin_hop[coin]) for place, coin in its)


def _shown(found: list[Traced], asked: tuple[str, ...], party: int, its: list[tuple[int, int]]) -> Common:
    parties = found[0].parties
    labels = [(found[place], int(found[place].web.label[coin])) for place, coin in its]
    said = [one for trace, label in labels if label >= 0 for one in trace.labels[label]]
    return Common(
        script=script_shown(parties.chain, int(parties.members(party)[0])),
        cluster=cluster_shown(parties, party),
        said=tuple(dict.fromkeys(said)),
        reached=tuple(
            ReachedFrom(
                asked[place],
                int(found[place].web.coin_hop[coin]),
                outpoint(parties.chain, int(found[place].web.key[coin])),
            )
            for place, coin in its
        ),
    )
