"""OFAC's worked examples, https://ofac.treasury.gov/faqs/398, /399 and /401, and what follows from them."""

import random
from fractions import Fraction
from typing import NamedTuple

import pytest

from qaif.evidence.ownership import Holding, Share, merged, owned_by_blocked, read_share

X, Y = "Blocked Person X", "Blocked Person Y"


class Example(NamedTuple):
    holdings: dict[tuple[str, str], int]
    target: str
    blocked: bool


EXAMPLES = {
    "399: X and Y own 25 per cent each": Example({(X, "A"): 25, (Y, "A"): 25}, "A", blocked=True),
    "399: X and Y own 25 and 24 per cent": Example({(X, "A"): 25, (Y, "A"): 24}, "A", blocked=False),
    "401, 1: X owns half of A, A half of B": Example({(X, "A"): 50, ("A", "B"): 50}, "B", blocked=True),
    "401, 2: half of A and B, each a quarter of C": Example(
        {(X, "A"): 50, (X, "B"): 50, ("A", "C"): 25, ("B", "C"): 25}, "C", blocked=True
    ),
    "401, 3: half of A, 10 of B; A owns 40 of B": Example(
        {(X, "A"): 50, (X, "B"): 10, ("A", "B"): 40}, "B", blocked=True
    ),
    "401, 4: half of A, a quarter of B, each a quarter of C": Example(
        {(X, "A"): 50, (X, "B"): 25, ("A", "C"): 25, ("B", "C"): 25}, "C", blocked=False
    ),
    "401, 5: a quarter of A and B, each half of C": Example(
        {(X, "A"): 25, (X, "B"): 25, ("A", "C"): 50, ("B", "C"): 50}, "C", blocked=False
    ),
    "398: control without ownership": Example({}, "A", blocked=False),
    "398: 49 per cent and control": Example({(X, "A"): 49}, "A", blocked=False),
    "two that own each other block nobody": Example({("A", "B"): 100, ("B", "A"): 100}, "A", blocked=False),
    "a third of a third is not whole": Example({(X, "A"): 33, ("A", "B"): 100}, "B", blocked=False),
}


def holdings(of: dict[tuple[str, str], int]) -> list[Holding]:
    return [
        Holding(owner, asset, Share(Fraction(n), Fraction(n)), (f"{owner}>{asset}",))
        for (owner, asset), n in of.items()
    ]


@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_examples(name: str) -> None:
    example = EXAMPLES[name]
    owned = owned_by_blocked(example.target, frozenset((X, Y)), holdings(example.holdings))
    assert owned.is_blocked is example.blocked
    assert owned.may_be_blocked is example.blocked


def test_the_links_that_count_are_told() -> None:
    owned = owned_by_blocked("B", frozenset((X,)), holdings({(X, "A"): 50, ("A", "B"): 50, ("Z", "B"): 50}))
    assert {(each.owner, each.asset) for each in owned.through} == {(X, "A"), ("A", "B")}
    assert owned.least == 50


def test_two_sources_of_one_share_never_add_up() -> None:
    twice = [*holdings({(X, "A"): 30}), *holdings({(X, "A"): 40})]
    (one,) = merged(twice)
    assert one.share == Share(Fraction(30), Fraction(40))
    assert not owned_by_blocked("A", frozenset((X,)), merged(twice)).may_be_blocked


def test_what_is_left_open_stays_open() -> None:
    unclear = [Holding(X, "A", read_share("25-75"))]
    owned = owned_by_blocked("A", frozenset((X,)), unclear)
    assert (owned.is_blocked, owned.may_be_blocked) == (False, True)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("50", 50, 50),
        ("50 %", 50, 50),
        ("49,99%", Fraction(4999, 100), Fraction(4999, 100)),
        ("25-50", 25, 50),
        ("more than 50", 50, 100),
        ("75+", 75, 100),
        ("up to 25", 0, 25),
        ("majority", 0, 100),
        ("", 0, 100),
        ("500", 0, 100),
    ],
)
def test_shares_as_they_are_written(text: str, least: Fraction, most: Fraction) -> None:
    assert read_share(text) == Share(Fraction(least), Fraction(most))


def slowly_blocked(listed: set[str], of: dict[tuple[str, str], int]) -> set[str]:
    """The rule again, written another way: each entity in turn, as many rounds as there are shares."""
    blocked = set(listed)
    for _ in range(len(of) + 1):
        for asset in {asset for _, asset in of}:
            total = sum(n for (owner, each), n in of.items() if each == asset and owner in blocked)
            if total >= 50:
                blocked.add(asset)
    return blocked


def test_random_graphs_as_the_slow_rule_has_it() -> None:
    seed = 401
    rng = random.Random(seed)  # noqa: S311  made-up companies
    for _ in range(300):
        people = [f"e{n}" for n in range(rng.randint(2, 9))]
        of = {
            (owner, asset): rng.choice((10, 20, 25, 30, 49, 50, 51, 100))
            for owner in people
            for asset in people
            if owner != asset and rng.random() < 0.3
        }
        listed = set(rng.sample(people, rng.randint(0, 2)))
        wanted = slowly_blocked(listed, of)
        for target in set(people) - listed:
            found = owned_by_blocked(target, frozenset(listed), holdings(of)).is_blocked
            assert found is (target in wanted), (seed, of, listed, target)
