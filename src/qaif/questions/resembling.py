"""Which known address does a misprint resemble? A lead to check against the source, never a correction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from qaif.chain.addresses import address_of
from qaif.chain.near import Near, near_misses
from qaif.chain.open import Chain
from qaif.evidence.mention import NearMiss
from qaif.questions.close import MOST_WRITTEN, close_to

MOST_ASKED = 20  # of a large chain's near misses: each is looked up by itself
_FOREIGN = ("other-coin", "other-network")
_SAME_END = 4  # of a chain's addresses only those are compared that begin or end like the misprint


@dataclass(frozen=True)
class Known:
    """What near misses are compared with.

    Args:
        addresses: those that count most, of the same document.
        of_chain: those of a small chain, written out once.
        large: a chain with too many for that; those that begin like a misprint are looked up in it.
        said: what was compared, in words.
    """

    addresses: tuple[str, ...]
    of_chain: tuple[str, ...]
    large: Chain | None
    said: str


def known(addresses: Iterable[str], chain: Chain | None) -> Known:
    """Gather what is known: the addresses of a document and of the blocks held."""
    mine = tuple(addresses)
    if chain is None or not chain.n_scripts:
        return Known(mine, (), None, "the addresses of the document")
    if chain.n_scripts > MOST_WRITTEN:
        held = f"for the first {MOST_ASKED} those of the blocks held that begin alike"
        return Known(mine, (), chain, f"the addresses of the document; {held}")
    begins = chain.script.byte_lo.take(np.arange(chain.n_scripts + 1)).tolist()
    data = chain.script_byte.value[0 : begins[-1]].tobytes()
    found = (address_of(data[lo:hi], chain.network) for lo, hi in pairwise(begins))
    said = "the addresses of the document and of the blocks held"
    return Known(mine, tuple(one for one in found if one), None, said)


def compared(misses: Sequence[NearMiss], with_what: Known) -> tuple[NearMiss, ...]:
    """Say of each near miss what it resembles."""
    done, asked = [], 0
    for miss in misses:
        if miss.kind in _FOREIGN or miss.close_to:
            done.append(miss)
            continue
        asked += 1
        near = _near(miss.text, with_what, asks=asked <= MOST_ASKED)
        close_to_it = tuple(one.address for one in near)
        done.append(replace(miss, close_to=close_to_it, resemblance=tuple(one.explanation for one in near)))
    return tuple(done)


def _near(text: str, with_what: Known, *, asks: bool) -> tuple[Near, ...]:
    start, end = text[:_SAME_END], text[-_SAME_END:]
    alike = [one for one in with_what.of_chain if one.startswith(start) or one.endswith(end)]
    if with_what.large and asks:
        alike = [one.address for one in close_to(with_what.large, text)]
    return near_misses(text, dict.fromkeys([*with_what.addresses, *alike]))
