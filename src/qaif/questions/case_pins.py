"""What a case rests on, each by a digest: chain, lists, claims, prices, policy and the program."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path

from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from qaif.questions.standing import as_of as standing_at
from qaif.records.engine import Records
from qaif.screening.policy import policy_named
from qaif.workspace.folder import Workspace

PINNED = ("chain", "lists", "claims", "prices", "policy", "program")
NONE = "none"


@dataclass(frozen=True)
class Pins:
    """What an answer is pinned to.

    Attributes:
        chain: the hash of the last block, `none` without a chain.
        height: of that block; None where it is unknown.
        claims_row: the last row of the log of statements.
        claims: a digest of the statements up to there.
        lists: a digest of the versions of lists.
        prices: source, currency and a digest of the prices that are used.
        policy: name, version and digest.
        program: its name and version.
    """

    chain: str
    height: int | None
    claims_row: int
    claims: str
    lists: str
    prices: str
    policy: str
    program: str

    def moved(self, now: "Pins") -> tuple[str, ...]:
        """The names of what is not the same."""
        return tuple(name for name in PINNED if getattr(self, name) != getattr(now, name))


def pins_of(path: Path, policy: str, row: int | None = None) -> Pins:
    """What a workspace would be pinned to.

    Args:
        path: the workspace's folder.
        policy: a policy's name, or its file.
        row: the row of the log of statements; the last where None.

    Raises:
        NotFoundError: there is no workspace or no such policy.
    """
    workspace = Workspace.open(path)
    rules = policy_named(policy)
    with Records.open(workspace.path) as records:
        last = records.statements.last_seq()
        at = last if row is None else row
        versions = [(one.list, one.sha256, one.version) for one in records.lists.versions()]
        prices = records.prices.series(None, None)
        claims = records.statements.digest(at)
    block, height = _tip(workspace)
    return Pins(
        chain=block,
        height=height,
        claims_row=at,
        claims=f"row {at}, {claims}",
        lists=_digest(versions) if versions else NONE,
        prices=f"{prices.source}, {prices.currency}, {_digest(list(prices.sha256))}" if prices else NONE,
        policy=f"{rules.name}/{rules.version}, {rules.sha256}",
        program=f"qaif {installed('qaif')}",
    )


def pins_read(told: Mapping[str, object]) -> Pins:
    """Pins as they were written.

    Raises:
        ValueError: they are none.
    """
    texts = {name: told.get(name) for name in PINNED}
    height, row = _number(told.get("height")), _number(told.get("claims_row"))
    if row is None or not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("these are no pins")
    return Pins(height=height, claims_row=row, **{name: str(text) for name, text in texts.items()})


def _number(told: object) -> int | None:
    """A number, or one as text; None where it is none."""
    if isinstance(told, str):
        return int(told) if told.isascii() and told.isdecimal() else None
    return told if isinstance(told, int) else None


def _tip(workspace: Workspace) -> tuple[str, int | None]:
    try:
        with Chain.open(workspace.chain_dir) as chain:
            standing = standing_at(chain)
    except NotFoundError:
        return NONE, None
    return (standing.hash, standing.height) if standing else (NONE, None)


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what, ensure_ascii=False).encode()).hexdigest()
