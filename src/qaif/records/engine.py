"""A workspace's records, opened: documents, prices and the audit log."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from qaif.records.audit import AuditLog
from qaif.records.audit_check import Checked, check_log
from qaif.records.audit_tree import AuditTree
from qaif.records.captures import Captures
from qaif.records.database import Database
from qaif.records.documents import Documents
from qaif.records.judgements import Judgements
from qaif.records.listed_names import ListedNames
from qaif.records.lists import Lists
from qaif.records.prices import Prices
from qaif.records.proposals import Proposals
from qaif.records.statements import Statements

Transaction = Connection  # under this name above this layer, where nothing else knows the library


class Records:
    """The records of one workspace.

    Attributes:
        documents: what is known of each document.
        captures: what was fetched, and what its server said.
        prices: imported daily prices.
        audit: the append-only log.
        tree: the Merkle tree over it.
        statements: the log of what sources say.
        lists: versions of imported lists.
        names: the names that lists have, and what makes them ready to be searched.
        judgements: whether entities are the same, as people judged it.
        proposals: what machines propose to take from documents, and what people decided.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.documents = Documents(database)
        self.captures = Captures(database)
        self.prices = Prices(database)
        self.audit = AuditLog(database)
        self.tree = AuditTree(database)
        self.statements = Statements(database)
        self.lists = Lists(database)
        self.names = ListedNames(database)
        self.judgements = Judgements(database)
        self.proposals = Proposals(database)

    @classmethod
    def open(cls, workspace: Path) -> Self:
        """Open the records of a workspace, making them or bringing them to the newest schema first.

        Raises:
            StoreVersionError: a later version of the program wrote them.
            StoreDamagedError: the file is not what it should be.
            StoreBusyError: another process is writing for too long.
        """
        database = Database(workspace)
        database.migrate()
        return cls(database)

    def checked(self, sizes: Sequence[int]) -> Checked:
        """The audit log, hashed anew; with its roots at sizes that checkpoints have."""
        return check_log(self._database, sizes)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction over several tables; all of it is kept, or nothing where it raises."""
        return self._database.writing()

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction over several tables that sees one state of them."""
        return self._database.reading()

    def write_beside(self, *, beside: bool) -> None:
        """Write into a file beside this one first, as a service does; see `Database.write_beside`."""
        self._database.write_beside(beside=beside)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
