"""The numbers under which assertions stand in the log of statements."""

from sqlalchemy import Connection, insert, select

from qaif.records.schema import assertions
from qaif.records.statement import Assertion
from qaif.records.statement_rows import assertion_row


class AssertionIds:
    """The numbers of assertions, made where they are new.

    A statement's id covers its assertion: no statement of a new assertion can be in the log.

    Attributes:
        made: the numbers of those that were made here.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[bytes, int] = {}
        self.made: set[int] = set()

    def of(self, assertion: Assertion) -> int:
        """The number of an assertion."""
        number = self._known.get(assertion.digest)
        if number is None:
            number = self._known[assertion.digest] = self._found(assertion) or self._make(assertion)
        return number

    def _found(self, assertion: Assertion) -> int | None:
        wanted = select(assertions.c.id).where(assertions.c.digest == assertion.digest)
        return self._connection.execute(wanted).scalar_one_or_none()

    def _make(self, assertion: Assertion) -> int:
        done = self._connection.execute(insert(assertions).values(**assertion_row(assertion)))
        assert done.inserted_primary_key is not None  # noqa: S101  an INSERT of one row has one
        number = int(done.inserted_primary_key[0])
        self.made.add(number)
        return number
