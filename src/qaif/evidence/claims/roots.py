"""How many independent sources say something: those that all the others rest on in the end.

An article that quotes a newspaper that quotes a report is one root, not three. A source's own chain names
its root as far as that source tells; where another chain knows that this root itself rests on something,
the climb goes on. A source that says it once with and once without naming whom it has it from is not
counted for itself: how many sources are independent is not put too high.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise


def independent_roots(chains: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The roots of some sayings of one thing, in the order of the alphabet.

    Args:
        chains: of each saying the one who says it, then whom that rests on, the root last.
    """
    listed = [tuple(chain) for chain in chains if chain]
    written: dict[str, str] = {}
    rests_on: dict[str, str] = {}
    for chain in listed:
        for name in chain:
            written.setdefault(_same(name), name)
        for upper, lower in pairwise(chain):
            rests_on.setdefault(_same(upper), _same(lower))
    return tuple(sorted({written[_climb(_same(chain[-1]), rests_on)] for chain in listed}))


def _climb(name: str, rests_on: dict[str, str]) -> str:
    """The end of a chain; of a circle the first of its names in the alphabet stands for all."""
    path = [name]
    while (upper := rests_on.get(path[-1])) is not None:
        if upper in path:
            return min(path[path.index(upper) :])
        path.append(upper)
    return path[-1]


def _same(name: str) -> str:
    """A source's name as it is compared: neither its letters' case nor its blanks tell two apart."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
