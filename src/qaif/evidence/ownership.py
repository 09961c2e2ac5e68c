"""OFAC's 50 per cent rule: who is blocked because blocked persons own half of it or more.

As OFAC's questions 398, 399 and 401 have it: the shares of all blocked persons count together, whatever they
are blocked under; a share that is held through another entity counts where that entity is itself owned to 50
per cent or more by blocked persons, and then counts whole; control alone blocks nobody. It is a rule about
ownership of entities, and is used for nothing else: not for parts of an amount, not for groups of addresses.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

HALF = Fraction(50)
_WHOLE = Fraction(100)
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,6})?")
_AT_LEAST = re.compile(r">|≥|more than|at least|over|\+", re.IGNORECASE)
_AT_MOST = re.compile(r"<|≤|less than|at most|up to|under", re.IGNORECASE)


@dataclass(frozen=True)
class Share:
    """A share in per cent, as far as a text tells it.

    Attributes:
        least, most: between these; equal where it is exact.
    """

    least: Fraction
    most: Fraction


UNKNOWN = Share(Fraction(0), _WHOLE)


@dataclass(frozen=True)
class Holding:
    """Somebody owns a share of something, by one word or several.

    Attributes:
        owner, asset: entity ids.
        share: how much.
        statement_ids: by which statements.
    """

    owner: str
    asset: str
    share: Share
    statement_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owned:
    """How much of something blocked persons own.

    Attributes:
        least, most: in per cent, all of them together.
        through: the holdings that count, those of entities in between included.
    """

    least: Fraction
    most: Fraction
    through: tuple[Holding, ...]

    @property
    def is_blocked(self) -> bool:
        """It is owned to 50 per cent or more, by the least that the sources say."""
        return self.least >= HALF

    @property
    def may_be_blocked(self) -> bool:
        """It would be by the most that they say."""
        return self.most >= HALF


def read_share(text: str) -> Share:
    """A share as a source writes it: `50`, `50 %`, `25-50`, `more than 50`; unknown where it says none."""
    numbers = [Fraction(Decimal(each.replace(",", "."))) for each in _NUMBER.findall(text)]
    if not numbers or max(numbers) > _WHOLE:
        return UNKNOWN
    if len(numbers) > 1:
        return Share(min(numbers), max(numbers))
    if _AT_LEAST.search(text):
        return Share(numbers[0], _WHOLE)
    return Share(Fraction(0), numbers[0]) if _AT_MOST.search(text) else Share(numbers[0], numbers[0])


def merged(holdings: Iterable[Holding]) -> tuple[Holding, ...]:
    """One holding for each owner and asset: two sources that tell of the same shares never add up."""
    found: dict[tuple[str, str], Holding] = {}
    for each in holdings:
        known = found.get((each.owner, each.asset))
        if known is not None:
            share = Share(min(known.share.least, each.share.least), max(known.share.most, each.share.most))
            ids = tuple(dict.fromkeys((*known.statement_ids, *each.statement_ids)))
            each = Holding(each.owner, each.asset, share, ids)  # noqa: PLW2901  the two as one
        found[each.owner, each.asset] = each
    return tuple(found.values())


def owned_by_blocked(target: str, listed: frozenset[str], holdings: Sequence[Holding]) -> Owned:
    """How much of an entity blocked persons own, directly and through what they own half of.

    Args:
        target: the entity.
        listed: those that are listed themselves.
        holdings: who owns what, one for each pair; owners of owners as well.
    """
    surely = _blocked(listed, holdings, least=True)
    perhaps = _blocked(listed, holdings, least=False)
    of_target = [each for each in holdings if each.asset == target]
    least = sum((each.share.least for each in of_target if each.owner in surely), Fraction(0))
    most = sum((each.share.most for each in of_target if each.owner in perhaps), Fraction(0))
    through = _through(target, listed, perhaps, holdings)
    return Owned(min(least, _WHOLE), min(most, _WHOLE), through)


def _blocked(listed: frozenset[str], holdings: Sequence[Holding], *, least: bool) -> frozenset[str]:
    """Everybody that is blocked: the listed, then whom the blocked own half of, until nobody is added.

    It begins with the listed only, so that entities which own each other do not block themselves.
    """
    blocked = set(listed)
    while True:
        owned: dict[str, Fraction] = {}
        for each in holdings:
            if each.owner in blocked and each.asset not in blocked:
                share = each.share.least if least else each.share.most
                owned[each.asset] = owned.get(each.asset, Fraction(0)) + share
        new = {asset for asset, share in owned.items() if share >= HALF}
        if not new:
            return frozenset(blocked)
        blocked |= new


def _through(
    target: str, listed: frozenset[str], blocked: frozenset[str], holdings: Sequence[Holding]
) -> tuple[Holding, ...]:
    found: dict[tuple[str, str], Holding] = {}
    waiting, seen = [target], {target}
    while waiting:
        asset = waiting.pop()
        for each in holdings:
            if each.asset == asset and each.owner in blocked:
                found[each.owner, each.asset] = each
                if each.owner not in listed and each.owner not in seen:
                    seen.add(each.owner)
                    waiting.append(each.owner)
    return tuple(found.values())
