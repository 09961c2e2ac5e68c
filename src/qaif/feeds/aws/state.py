"""What was found in a dataset, as a store can keep it: a day whose files stand is not tried again."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from qaif.feeds.aws.days import Day, Faults
from qaif.feeds.aws.parquet import DayFiles, SeenFile
from qaif.feeds.shape import HEADER_BYTES
from qaif.units import HASH_LENGTH, hash_raw

_VERSION = 1
_DAYS = "days_json"
_LENGTHS = ("blocks", "missing", "groups")
_LENGTHS_OF = {"missing": "missing", "group": "groups"}  # the other columns have one row a block
PER_BLOCK = slice(-2)


class Blocks(NamedTuple):
    """Blocks of one day.

    Attributes:
        header: uint8[n, 80].
        hash_raw, content: uint8[n, 32], its hash, and a digest of what is held of it.
        bip34_height, number: int32[n], the height in its coinbase, and as told; -1 for none.
        size: int64[n], bytes without witnesses of what is held.
        whole, bare: uint8[n], 1 where its transactions give its Merkle root; 1 where it may have witnesses.
        placed: uint8[n], 1 where the places of what is held are proven although something is missing.
        missing: int32[k, 2], row of the block here, and a place in it of which nothing is held.
        group: int32[k, 3], row of the block here, file of the day, group of rows: where its transactions are.
    """

    header: NDArray[Any]
    hash_raw: NDArray[Any]
    content: NDArray[Any]
    bip34_height: NDArray[Any]
    number: NDArray[Any]
    size: NDArray[Any]
    whole: NDArray[Any]
    bare: NDArray[Any]
    placed: NDArray[Any]
    missing: NDArray[Any]
    group: NDArray[Any]

    @classmethod
    def of(cls, day: Day) -> Self:
        """What a day proved."""
        held = list(day.blocks.items())
        ones = [block for _, block in held]
        whole = np.array([block.whole for block in ones], dtype=np.uint8)
        missing = [one.missing_places for one in ones]
        gaps = [(at, place) for at, places in enumerate(missing) for place in places or ()]
        group = [(at, *place) for at, block in enumerate(ones) for place in sorted(block.groups)]
        return cls(
            _rows([block.header for block in ones], HEADER_BYTES),
            _rows([hash_raw(shown) for shown, _ in held], HASH_LENGTH),
            _rows([block.content() for block in ones], HASH_LENGTH),
            np.array([block.bip34_height for block in ones], dtype=np.int32),
            np.array([block.number for block in ones], dtype=np.int32),
            np.array([block.size for block in ones], dtype=np.int64),
            whole,
            np.array([block.commits for block in ones], dtype=np.uint8) | (1 - whole),
            np.array([places is not None for places in missing], dtype=np.uint8),
            np.array(gaps, dtype=np.int32).reshape(-1, 2),
            np.array(group, dtype=np.int32).reshape(-1, 3),
        )


def _rows(parts: Sequence[bytes], width: int) -> NDArray[Any]:
    return np.frombuffer(b"".join(parts), dtype=np.uint8).reshape(-1, width)


@dataclass(frozen=True)
class FoundDay:
    """A day: its files as they were, its blocks, and what did not hold."""

    files: DayFiles
    blocks: Blocks
    faults: Faults

    def stands(self, now: DayFiles) -> bool:
        """Whether its files are as they were, for certain."""
        old = all(file.mtime_ns >= 0 for part in self.files for file in part)
        return old and self.files == now


@dataclass(frozen=True)
class DatasetState:
    """The days of a dataset, by name."""

    network: str
    days: Mapping[str, FoundDay] = field(default_factory=dict)

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """As arrays."""
        said = {
            "version": _VERSION,
            "network": self.network,
            "days": [_said(*item) for item in self.days.items()],
        }
        found = [day.blocks for day in self.days.values()]
        columns = {
            name: np.concatenate([getattr(blocks, name) for blocks in found])
            for name in Blocks._fields
            if found
        }
        return {_DAYS: np.frombuffer(json.dumps(said).encode(), dtype=np.uint8), **columns}

    @classmethod
    def from_columns(cls, columns: Mapping[str, NDArray[Any]]) -> Self | None:
        """From what `to_columns` made; None where another version did.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        said = json.loads(columns[_DAYS].tobytes())
        if said["version"] != _VERSION:
            return None
        days, at = {}, dict.fromkeys(_LENGTHS, 0)
        for one in said["days"]:
            counted = {name: _LENGTHS_OF.get(name, "blocks") for name in Blocks._fields}
            parts = {
                name: columns[name][at[length] : at[length] + one[length]] for name, length in counted.items()
            }
            files = DayFiles(*(tuple(SeenFile(*file) for file in part) for part in one["files"]))
            faults = Faults(Counter(one["counts"]), one["named"])
            days[one["day"]] = FoundDay(files, Blocks(**parts), faults)
            at = {length: at[length] + one[length] for length in _LENGTHS}
        return cls(said["network"], days)


def _said(name: str, day: FoundDay) -> dict[str, object]:
    return {
        "day": name,
        "files": day.files,
        "blocks": len(day.blocks.size),
        "missing": len(day.blocks.missing),
        "groups": len(day.blocks.group),
        "counts": day.faults.counts,
        "named": day.faults.named,
    }
