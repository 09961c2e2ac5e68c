"""Whether the audit log is as it was: every row hashed anew, beside the roots that were kept elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from qaif.records.audit import chained
from qaif.records.audit_tree import SPAN, STEP, Head, leaf_of
from qaif.records.database import Database
from qaif.records.gate_tables import audit_nodes, screening_decisions
from qaif.records.merkle_log import EMPTY, Growing, folded, leaf_hash
from qaif.records.schema import audit

DECISIONS = "decision."  # how the actions begin that stand for a row of `screening_decisions`
_MOST_NAMED = 20


@dataclass(frozen=True)
class Checked:
    """The log, hashed anew.

    Attributes:
        head: the tree as it is.
        roots: at each size that was asked for; None where the log is shorter.
        problems: what is wrong in itself, with the number of the entry; at most 20.
    """

    head: Head
    roots: dict[int, bytes | None]
    problems: tuple[str, ...]


def check_log(database: Database, sizes: Sequence[int]) -> Checked:
    """Hash every row anew; nothing that is kept of the tree is believed.

    Args:
        database: the records.
        sizes: where roots are wanted, as checkpoints have them.
    """
    with database.reading() as connection:
        check = _Check(connection, frozenset(sizes))
        for row in connection.execution_options(yield_per=1 << 12).execute(_ROWS):
            check.row(row)
        return check.done(sizes)


_ROWS = select(
    *(audit.c.id, audit.c.at, audit.c.action, audit.c.subject, audit.c.details), audit.c.digest
).order_by(audit.c.id)


class _Check:
    """What was found so far."""

    def __init__(self, connection: Connection, sizes: frozenset[int]) -> None:
        kept = select(audit_nodes.c.place, audit_nodes.c.hash).where(audit_nodes.c.level == STEP)
        self._kept = {row.place: row.hash for row in connection.execute(kept)}
        self._decisions = set(connection.execute(select(screening_decisions.c.entry_id)).scalars())
        self._sizes, self._roots = sizes, {0: EMPTY}
        self._tree, self._block = Growing(), list[bytes]()
        self._number, self._digest = 0, ""
        self._problems = list[str]()

    def row(self, row: Row[int, str, str, str, str, str]) -> None:
        """Take the next row in."""
        number, at, action, subject, details, digest = row  # by name they take several times as long
        if number != self._number + 1:
            self._found(f"Entries {self._number + 1:,} to {number - 1:,} are missing.")
        elif chained(self._digest, at, action, subject, details) != digest:
            self._found(f"Entry {number:,} is not as it was written, or the one before it is not.")
        if action.startswith(DECISIONS) and number not in self._decisions:
            self._found(f"Decision of entry {number:,} is missing.")
        leaf = leaf_hash(leaf_of(number, at, action, subject, details))
        self._tree.add(leaf)
        self._block.append(leaf)
        self._number, self._digest = number, digest
        if len(self._block) == SPAN:
            self._block_done()
        if self._tree.size in self._sizes:
            self._roots[self._tree.size] = self._tree.root()

    def done(self, sizes: Sequence[int]) -> Checked:
        """All that was found."""
        whole = self._tree.size // SPAN
        if any(place >= whole for place in self._kept):
            self._found(f"There were more entries than the {self._tree.size:,} that there are.")
        head = Head(self._tree.size, self._tree.root())
        return Checked(head, {each: self._roots.get(each) for each in sizes}, tuple(self._problems))

    def _block_done(self) -> None:
        place = self._tree.size // SPAN - 1
        kept = self._kept.get(place)
        if kept is not None and kept != folded(self._block):
            self._found(f"Of the entries {place * SPAN + 1:,} to {(place + 1) * SPAN:,} one was changed.")
        self._block.clear()

    def _found(self, said: str) -> None:
        if len(self._problems) < _MOST_NAMED:
            self._problems.append(said)
