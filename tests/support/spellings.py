"""The table of spellings of names, and how many of them find each other."""

from itertools import permutations
from pathlib import Path

from qaif.evidence.name_index import NameIndex

HERE = Path(__file__).resolve().parents[1] / "evidence" / "extraction"
NEAR = 70


def table(name: str) -> list[list[str]]:
    """Each line's spellings."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [[part.strip() for part in line.split("|")] for line in lines if line and not line.startswith("#")]


def recall() -> tuple[int, int, list[tuple[str, str]]]:
    """Of all ordered pairs of spellings of one name, how many find each other among all; and which do not."""
    every = [spelling for spellings in table("spellings.txt") for spelling in spellings]
    index = NameIndex(every)
    found, missed = 0, []
    for spellings in table("spellings.txt"):
        for one, other in permutations(spellings, 2):
            if any(every[hit.position] == other for hit in index.search(one, most=20, least=NEAR)):
                found += 1
            else:
                missed.append((one, other))
    return found, found + len(missed), missed
