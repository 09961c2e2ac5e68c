"""Merges of fewer segments than a store's own twelve: a campaign's small chain then has several tiers."""

from collections.abc import Iterator
from contextlib import contextmanager

from qaif.chain import compact

FEW = 8


@contextmanager
def tiers_of(segments: int = FEW) -> Iterator[None]:
    """Let so many segments of a tier become one of the next."""
    before, compact.FAN_IN = compact.FAN_IN, segments
    try:
        yield
    finally:
        compact.FAN_IN = before
