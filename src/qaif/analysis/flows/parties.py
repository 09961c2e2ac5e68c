"""Whose coins are taken together in a trace: each script's by itself, or those of each cluster."""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.clusters.figures import rows_of
from qaif.analysis.clusters.forest import Forest
from qaif.chain.open import Chain
from qaif.units import UNKNOWN, Bools, Int64s

SERVICE_SCRIPTS = 1_000  # ours, not measured: from so many scripts on a cluster is taken for a service


@dataclass(frozen=True)
class Parties:
    """To whom scripts belong, as of one chain view.

    A party is the number of a script: of the script itself, or of the root of its cluster.

    Attributes:
        chain: the view.
        forest: the clusters; None where each script is a party of its own.
        service_scripts: from how many scripts on a cluster has the shape of a service; 0 for never.
    """

    chain: Chain
    forest: Forest | None = None
    service_scripts: int = SERVICE_SCRIPTS

    def of(self, scripts: Int64s) -> Int64s:
        """The party of each script; -1 where the script is unknown."""
        if self.forest is None:
            return scripts.astype(np.int64)
        return self.forest.roots(scripts, self.chain.n_txs)

    def members(self, party: int) -> Int64s:
        """The scripts of a party, ascending."""
        if self.forest is None or party == UNKNOWN:
            return np.array([party] if party != UNKNOWN else [], dtype=np.int64)
        return self.forest.members(party, self.chain.n_txs)

    def coins(self, members: Int64s) -> Int64s:
        """Every output that was paid to some scripts, ascending."""
        return rows_of(self.chain, members)[1]

    def services(self, scripts: Int64s) -> Bools:
        """Which scripts are of a cluster that has the shape of a service: bool of the same length."""
        found = np.zeros(len(scripts), dtype=np.bool_)
        if self.forest is None or not self.service_scripts or not len(scripts):
            return found
        party, back = np.unique(self.of(scripts), return_inverse=True)
        large = np.zeros(len(party), dtype=np.bool_)
        held = party >= 0
        large[held] = self.forest.sizes(party[held]) >= self.service_scripts
        if self.chain.n_txs < self.forest.n_txs:  # what they became later does not count
            for place in np.flatnonzero(large).tolist():
                large[place] = len(self.members(int(party[place]))) >= self.service_scripts
        return large[back]
