"""Where a trace ends because somebody says whose an address is: the claims of the workspace, and the user."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qaif.analysis.flows.parties import Parties
from qaif.analysis.flows.stops import Ends, TraceLimits
from qaif.analysis.flows.web import Web, walk
from qaif.chain.addresses import address_of
from qaif.chain.labels import label_scripts
from qaif.chain.open import Chain
from qaif.questions.said_of import said_of
from qaif.records.engine import Records
from qaif.units import Bools, Int64s

BY_USER = "named with --stop"
_SHOWN = 3


@dataclass(frozen=True)
class Stopped:
    """A label at which a trace ends.

    Attributes:
        text: what is said, as shown.
        by: who says it; empty for the user.
        statement_id: of a claim; None for the user.
    """

    text: str
    by: str
    statement_id: str | None


@dataclass(frozen=True)
class Labelled:
    """A web, and what is said at its labels.

    Attributes:
        web: the web.
        labels: for each label of the web, what is said there.
    """

    web: Web
    labels: tuple[tuple[Stopped, ...], ...]


@dataclass(frozen=True)
class WalkAsked:
    """How to walk; see `walk`. Where there are clusters, it ends at those that have a service's shape."""

    seeds: Int64s
    forward: bool
    limits: TraceLimits
    parties: Parties | None = None

    def services(self, chain: Chain) -> Callable[[Int64s], Bools] | None:
        """Which scripts are of a service, other than what the walk begins with."""
        parties = self.parties
        if parties is None or parties.forest is None or not parties.service_scripts:
            return None
        own = parties.of(chain.txout.script_num.take(self.seeds).astype(np.int64))

        def others(scripts: Int64s) -> Bools:
            found: Bools = parties.services(scripts) & ~np.isin(parties.of(scripts), own)
            return found

        return others


def walk_to_labels(
    chain: Chain, records: Records | None, asked: WalkAsked, stops: Sequence[bytes] = ()
) -> Labelled:
    """Walk until what is labelled; walk again until nothing that was met is unlooked at.

    Args:
        chain: the chain view.
        records: where claims are; None where none ends a trace.
        asked: from where, and how far.
        stops: scripts at which the user says that it ends.
    """
    pairs = [(script, place) for place, script in enumerate(stops)]
    said: list[tuple[Stopped, ...]] = [(Stopped(BY_USER, "", None),) for _ in stops]
    seen = np.zeros(0, dtype=np.int64)
    services = asked.services(chain)
    while True:
        ends = Ends(label_scripts(chain, pairs) if pairs else None, services)
        web = walk(chain, asked.seeds, forward=asked.forward, limits=asked.limits, ends=ends)
        met = np.unique(web.script_num[web.script_num >= 0])
        found = claimed(chain, records, np.setdiff1d(met, seen)) if records is not None else []
        if not found:
            return Labelled(web, tuple(said))
        pairs += [(script, len(said) + place) for place, (script, _) in enumerate(found)]
        said += [claims for _, claims in found]
        seen = np.union1d(seen, met)


def claimed(chain: Chain, records: Records, scripts: Int64s) -> list[tuple[bytes, tuple[Stopped, ...]]]:
    """The scripts of whose addresses something is said, and what."""
    raw = {}
    for num in scripts.tolist():
        script = chain.script_raw(num)
        address = address_of(script, chain.network)
        if address is not None:
            raw[address] = script
    named = {row.statement.key for row in records.statements.by_keys(tuple(raw))}
    named |= {row.statement.entity_id for row in records.statements.of_entities(tuple(raw))}
    out = []
    for key in sorted(raw.keys() & named):
        rows, _ = said_of(records, key)
        claims = tuple(Stopped(row.text, row.by, row.statement_id) for row in rows[:_SHOWN])
        if claims:
            out.append((raw[key], claims))
    return out
