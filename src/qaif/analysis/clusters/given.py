"""What sources and people say that clusters must heed, and what it means in one chain view."""

import hashlib
from dataclasses import dataclass

from qaif.chain.labels import Constraints, Labels, constrain, label_scripts
from qaif.chain.open import Chain


@dataclass(frozen=True)
class Given:
    """Constraints and labels, by the bytes of scripts and transactions.

    Attributes:
        apart: pairs of scripts of entities that were judged to be different.
        operators: scripts with the name of who is said to operate them; two clusters whose operators have
            none in common are not joined. Other labels are not given here: nobody who is served by an
            address, or advertises it, controls it.
        joins_nothing: ids of transactions, wire order, that say nothing of who controls.
    """

    apart: tuple[tuple[bytes, bytes], ...] = ()
    operators: tuple[tuple[bytes, str], ...] = ()
    joins_nothing: tuple[bytes, ...] = ()

    def digest(self) -> str:
        """The same for the same things in whatever order."""
        hasher = hashlib.sha256()
        pairs = sorted({(min(pair), max(pair)) for pair in self.apart})
        for part in (pairs, sorted(set(self.operators)), sorted(set(self.joins_nothing))):
            hasher.update(repr(part).encode() + b"\0")
        return hasher.hexdigest()

    def in_chain(self, chain: Chain) -> tuple[Constraints, Labels]:
        """The same in the numbers of a chain view."""
        places = {name: place for place, name in enumerate(sorted({name for _, name in self.operators}))}
        labels = label_scripts(chain, [(script, places[name]) for script, name in self.operators])
        return constrain(chain, self.apart, self.joins_nothing), labels
