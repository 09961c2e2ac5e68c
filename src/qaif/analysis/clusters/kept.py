"""Clusters between two runs: a folder of joins and decisions, to which each run adds those of new blocks.

What is kept follows from the chain, the rules and what was given; it is made again wherever any of these is
another, or a file of it cannot be read. Joins come in the order of transactions, so that the state is one
pass over them, and taking blocks back leaves the first rows.
"""

import contextlib
import json
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.groups import Links
from qaif.analysis.clusters.rules import Rules
from qaif.chain import sections
from qaif.chain.files import StoreFiles
from qaif.chain.open import Chain
from qaif.chain.sections import Array, FileRef
from qaif.errors import StoreError

VERSION = 2


@dataclass(frozen=True)
class _Piece:
    """Some blocks' rows: the file, and how many rows of each kind are in it."""

    file: FileRef
    blocks: int
    joins: int
    decisions: int


def clusters_of(
    chain: Chain, folder: Path | None, rules: Rules, given: Given, links: Links | None = None
) -> Forest:
    """The clusters of a chain, from what is kept in a folder as far as it goes; what is new is kept there.

    Args:
        chain: the whole of a store, not a past view of it.
        folder: where they are kept; nowhere where None. A folder that cannot be written to is no error.
        rules: what they are made by.
        given: what they must heed.
        links: change that is joined too, for the second tier, which has a folder of its own.
    """
    identity = _identity(chain, Forest(rules, given, links))
    files = StoreFiles(folder) if folder else None
    text = _text(files)
    forest, pieces = _read(files, text, identity, Forest(rules, given, links), chain)
    before = sum(piece.blocks for piece in pieces)
    kept = forest.bring_to(chain)
    if files is not None and (kept < before or before < chain.n_blocks):
        with contextlib.suppress(StoreError), files.writing():
            if _text(files) == text:  # else another process has kept its own meanwhile
                _write(files, identity, forest, pieces, kept)
    return forest


def is_kept(folder: Path) -> bool:
    """Whether clusters are kept in a folder."""
    return _text(StoreFiles(folder)) is not None


def _identity(chain: Chain, forest: Forest) -> dict[str, object]:
    return {
        "version": VERSION,
        "network": chain.network.name,
        "epoch": chain.epoch,
        "rules": forest.rules.digest(),
        "given": forest.given.digest(),
        "links": forest.links.digest() if forest.links else None,
    }


def _text(files: StoreFiles | None) -> bytes | None:
    """What the folder says of itself; None where it says nothing that can be read."""
    with contextlib.suppress(StoreError):
        return files.read_manifest() if files else None
    return None


def _read(
    files: StoreFiles | None, text: bytes | None, identity: dict[str, object], forest: Forest, chain: Chain
) -> tuple[Forest, list[_Piece]]:
    """What is kept, and the pieces that it stands in; an empty forest where that is of no use."""
    try:
        said = json.loads(text) if text else {}
        if files is None or said.get("identity") != identity:
            return forest, []
        pieces = [_Piece(FileRef(**each.pop("file")), **each) for each in said["pieces"]]
        parts = [_columns(files, piece) for piece in pieces]
        return _rebuilt(forest, parts, chain), pieces
    except (StoreError, ValueError, KeyError, TypeError, AttributeError):
        return Forest(forest.rules, forest.given, forest.links), []


def _columns(files: StoreFiles, piece: _Piece) -> dict[str, Array]:
    data = files.map(piece.file.name, piece.file.length)
    sections.verify(data, piece.file)
    return sections.read(data, piece.file.name)


def _rebuilt(forest: Forest, parts: list[dict[str, Array]], chain: Chain) -> Forest:
    """The state after the kept joins, for the scripts that there were."""
    if not parts:
        return forest
    forest.blocks = np.concatenate([part["block"] for part in parts])
    forest.reach = np.concatenate([forest.reach, *(part["reach"] for part in parts)])
    forest.decisions = np.concatenate([part["decision"] for part in parts])
    forest.begin(chain)
    joins = np.concatenate([part["join"] for part in parts]).astype(np.int64)
    forest.replay(joins[:, 0], joins[:, 1], joins[:, 2])
    return forest


def _write(
    files: StoreFiles, identity: dict[str, object], forest: Forest, pieces: list[_Piece], kept: int
) -> None:
    """Keep the pieces that still hold, merge the last ones while that is cheap, and write the rest as one."""
    while pieces and sum(piece.blocks for piece in pieces) > kept:
        pieces = pieces[:-1]
    while pieces and pieces[-1].joins <= forest.logged - sum(piece.joins for piece in pieces):
        pieces = pieces[:-1]
    blocks, joins, decisions = (
        sum(getattr(piece, name) for piece in pieces) for name in ("blocks", "joins", "decisions")
    )
    loser, tx = forest.log[joins : forest.logged].T
    columns: dict[str, Array] = {
        "block": forest.blocks[blocks:],
        "reach": forest.reach[blocks + 1 :],
        "join": np.stack([loser, forest.link[loser], tx], axis=1),
        "decision": forest.decisions[decisions:],
    }
    name = next(each for n in count() if files.stamp(each := f"{n:08d}.seg") is None)
    file = sections.write(files, name, {key: sections.whole(value) for key, value in columns.items()})
    new = _Piece(file, len(columns["block"]), len(loser), len(columns["decision"]))
    _name(files, identity, [*pieces, new])


def _name(files: StoreFiles, identity: dict[str, object], pieces: list[_Piece]) -> None:
    said: dict[str, Any] = {"identity": identity, "pieces": [asdict(piece) for piece in pieces]}
    files.replace_manifest(json.dumps(said).encode())
    files.remove_unnamed({piece.file.name for piece in pieces})
