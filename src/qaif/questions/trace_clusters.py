"""Whose coins a trace takes together, as answers name it: single scripts, or clusters of common control."""

from dataclasses import dataclass

from qaif.analysis.flows.parties import Parties
from qaif.chain.open import Chain
from qaif.errors import UsageError
from qaif.questions.clustering import Opened, clusters_on
from qaif.questions.shown import ScriptShown, script_shown
from qaif.units import UNKNOWN
from qaif.workspace.folder import Workspace


@dataclass(frozen=True)
class ClusterShown:
    """A cluster where a trace ended: an inference.

    Attributes:
        named_by: the member that appeared first.
        scripts: how many members there are, at least.
        service_shaped: it has as many as a service has; the threshold stands in the limits.
    """

    named_by: ScriptShown | None
    scripts: int
    service_shaped: bool


def cluster_shown(parties: Parties, party: int) -> ClusterShown | None:
    """Show a cluster; None where scripts stand for themselves, and of an unknown script."""
    if parties.forest is None or party == UNKNOWN:
        return None
    members = parties.members(party)
    shown = script_shown(parties.chain, int(members[0]))
    return ClusterShown(shown, len(members), 0 < parties.service_scripts <= len(members))


@dataclass(frozen=True)
class ByCluster:
    """How scripts are taken together.

    Attributes:
        by: each by itself, or by cluster.
        with_change: clusters of the second tier.
        service_scripts: from how many scripts on a cluster has the shape of a service; 0 for never.
    """

    by: str
    with_change: bool
    service_scripts: int

    def opened(self, folder: Workspace, chain: Chain, as_of: str | None) -> Opened | None:
        """The clusters, where they are asked for.

        Raises:
            UsageError: it is neither.
        """
        if self.by == "cluster":
            return clusters_on(folder, chain, as_of, with_change=self.with_change)
        if self.by != "script":
            raise UsageError(f"A trace is by script or by cluster, not by {self.by[:40]!r}.")
        return None
