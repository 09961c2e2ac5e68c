"""Twice the text is twice the work, by counted steps: what a search looks at again and again shows here."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import SupportsIndex

import pytest

from qaif.chain.secrets import find_private_keys
from qaif.evidence.finder import find
from qaif.evidence.passages import plain_passages
from qaif.feeds.networks import NETWORKS

KIB = 1 << 10
WIF = "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS"
ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"


class Counted(str):
    """A text that counts the characters cut out of it."""

    __slots__ = ("cut",)
    cut: int

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        """The piece, counted."""
        piece = super().__getitem__(key)
        self.cut = getattr(self, "cut", 0) + len(piece)
        return piece


def cut_out_of(text: str) -> int:
    counted = Counted(text)
    find_private_keys(counted)
    return getattr(counted, "cut", 0)


def lines_run(act: Callable[[], object]) -> int:
    """How many lines of Python an act runs."""
    count = 0

    def trace(_: FrameType, event: str, __: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        act()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("unit", ["listed by ", "1 may ", "abandon 1 ", "abandon x ", "мая ", "في ", "a\n"])
def test_words_are_cut_out_of_a_text_once(unit: str) -> None:
    short, long = (cut_out_of(unit * (size * KIB // len(unit))) for size in (256, 512))
    assert long <= 2.2 * short + 100
    assert long <= 2 * 512 * KIB


@pytest.mark.parametrize("unit", [f"{WIF} ", f"{WIF} {ADDRESS} ", f"{WIF} https://a.example/b "])
def test_many_private_keys_are_not_gone_through_for_each_run(unit: str) -> None:
    def steps(many: int) -> int:
        text = unit * many
        return lines_run(lambda: find(text, list(plain_passages(text)), NETWORKS["mainnet"]))

    steps(1)
    assert steps(400) <= 2.2 * steps(200)
