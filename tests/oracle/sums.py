"""Sums over ranges of satoshi, of which some are unknown; standard library only."""

from collections.abc import Sequence


def range_sum(values: Sequence[int]) -> tuple[int, bool]:
    """The sum of what is known, and whether all of it is."""
    known = [value for value in values if value >= 0]
    return sum(known), len(known) == len(values)
