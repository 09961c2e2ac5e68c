"""Which persons are only alleged? Those whom no official list and no court names, by what is said here."""

from collections import defaultdict
from pathlib import Path

from qaif.evidence.claims.entity import NAMES
from qaif.evidence.vocabulary import vocabulary
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

_STANDS = frozenset(("official listing", "court finding", "admitted"))


def alleged_persons(path: Path) -> tuple[str, ...]:
    """Names of persons that are only alleged or reported, in the order of the alphabet.

    Args:
        path: the workspace's folder.

    Raises:
        NotFoundError: there is no workspace.
    """
    names: dict[str, set[str]] = defaultdict(set)
    statuses: dict[str, set[str]] = defaultdict(set)
    with Records.open(Workspace.open(path).path) as records:
        for row in records.statements.with_props(NAMES):
            said = row.statement
            if vocabulary().is_a(said.schema, "Person"):
                names[said.entity_id].add(said.value)
                statuses[said.entity_id].add(said.assertion.status)
    hidden = {name for entity, its in names.items() if not statuses[entity] & _STANDS for name in its}
    return tuple(sorted(hidden))
