"""How many independent sources say something: those that share nobody on whom they rest.

An article that quotes a newspaper that quotes a report is one source, not three. A source's own chain names
its root as far as that source tells; where another chain knows that this root itself rests on something,
the climb goes on. Two roots that are known through one newspaper are one source as well: whoever doubts the
newspaper doubts both. A source that says it once with and once without naming whom it has it from is not
counted for itself: how many sources are independent is not put too high.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise


def independent_roots(chains: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The independent sources of some sayings of one thing, in the order of the alphabet.

    Sayings whose chains share a name are one source. It goes by the name of its root; where it has several,
    by that of the last one on whom all its sayings rest, and where there is none by the first of its roots.

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
    named = [[_same(name) for name in chain] for chain in listed]
    return tuple(sorted(written[_name_of(group, rests_on)] for group in _sharing(named)))


def _sharing(chains: Iterable[list[str]]) -> list[list[list[str]]]:
    """Chains that share a name, directly or through others, in one group."""
    groups: list[list[list[str]]] = []
    for chain in chains:
        near = [group for group in groups if any(set(chain) & set(other) for other in group)]
        groups = [group for group in groups if not any(group is other for other in near)]
        groups.append([chain, *(other for group in near for other in group)])
    return groups


def _name_of(group: Sequence[list[str]], rests_on: dict[str, str]) -> str:
    roots = {_climb(chain[-1], rests_on) for chain in group}
    shared = set(group[0]).intersection(*group)
    if len(roots) == 1 or not shared:
        return min(roots)
    return max(shared, key=lambda name: (min(chain.index(name) for chain in group), name))


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
