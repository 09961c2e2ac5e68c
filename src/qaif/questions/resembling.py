"""Which known address does a misprint resemble? A lead to check against the source, never a correction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from qaif.chain.addresses import address_of
from qaif.chain.near import near_misses
from qaif.chain.open import Chain
from qaif.evidence.mention import NearMiss

MOST_SCRIPTS = 100_000  # above this, making every address of the chain takes longer than a person waits
_FOREIGN = ("other-coin", "other-network")
_SAME_END = 4  # of a chain's addresses only those are compared that begin or end like the misprint


@dataclass(frozen=True)
class Known:
    """What near misses are compared with.

    Args:
        addresses: those that count most, of the same document.
        of_chain: those of the blocks held.
        said: what was compared, in words.
    """

    addresses: tuple[str, ...]
    of_chain: tuple[str, ...]
    said: str


def known(addresses: Iterable[str], chain: Chain | None) -> Known:
    """Gather what is known: the addresses of a document, and those of a chain that is not too large."""
    mine = tuple(addresses)
    if chain is None or not chain.n_scripts:
        return Known(mine, (), "the addresses of the document")
    if chain.n_scripts > MOST_SCRIPTS:
        return Known(mine, (), "the addresses of the document; the chain has too many to compare")
    begins = chain.script.byte_lo.take(np.arange(chain.n_scripts + 1)).tolist()
    data = chain.script_byte.value[0 : begins[-1]].tobytes()
    found = (address_of(data[lo:hi], chain.network) for lo, hi in pairwise(begins))
    return Known(
        mine, tuple(one for one in found if one), "the addresses of the document and of the blocks held"
    )


def compared(misses: Sequence[NearMiss], with_what: Known) -> tuple[NearMiss, ...]:
    """Say of each near miss what it resembles."""
    return tuple(miss if miss.kind in _FOREIGN or miss.close_to else _one(miss, with_what) for miss in misses)


def _one(miss: NearMiss, with_what: Known) -> NearMiss:
    ends = (miss.text[:_SAME_END], miss.text[-_SAME_END:])
    alike = (one for one in with_what.of_chain if one.startswith(ends[0]) or one.endswith(ends[1]))
    near = near_misses(miss.text, dict.fromkeys([*with_what.addresses, *alike]))
    return replace(
        miss,
        close_to=tuple(one.address for one in near),
        resemblance=tuple(one.explanation for one in near),
    )
