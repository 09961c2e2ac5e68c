"""What an explorer or an Electrum server can tell of single scripts, in one shape.

Nothing is believed because a server says it: ids are computed from bytes, headers tried for work, and
a transaction's place is proven by a branch to a header's Merkle root or is only claimed.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from qaif.feeds.networks import Network


class Stand(NamedTuple):
    """The tip that the server says it is at."""

    height: int
    hash_raw: bytes


class Listed(NamedTuple):
    """A transaction in a script's history.

    Attributes:
        txid_raw: wire order.
        height: of the block that it is said to be in; None where it is said to be in none yet.
        block_hash_raw: of that block, where the server says it.
    """

    txid_raw: bytes
    height: int | None
    block_hash_raw: bytes | None = None


class Place(NamedTuple):
    """Where in a block a transaction is said to be.

    Attributes:
        height: the block's.
        position: among the block's transactions, from 0; None where the server does not say.
        branch_raw: hashes from the transaction's neighbour up to below the Merkle root, wire order; None
            where the server gives no proof (an empty branch is that of a block's only transaction).
    """

    height: int
    position: int | None
    branch_raw: tuple[bytes, ...] | None


class Explorer(Protocol):
    """A server that answers about single scripts and transactions.

    Every method may raise SourceError (no answer, or none of the shape that it must have).
    """

    @property
    def network(self) -> Network:
        """The network that it serves, tried by its genesis block."""

    def stand(self) -> Stand:
        """Where it is."""

    def count(self, script_raw: bytes) -> int | None:
        """How many confirmed transactions a script has, None where only listing them would tell."""

    def history(self, script_raw: bytes, known: frozenset[bytes]) -> Iterator[Sequence[Listed]]:
        """A script's transactions, page by page, newest first where the server pages.

        Args:
            script_raw: the script's bytes.
            known: ids that are held already with the place they had; after a whole page of them it may end.

        Raises:
            SourceTooLongError: the server refuses so long a history.
        """

    def transactions(self, txids_raw: Sequence[bytes]) -> Iterator[bytes]:
        """Raw transactions with witnesses, in the order asked; each one's id was computed and compared."""

    def place(self, listed: Listed) -> Place:
        """Where a transaction is in its block, with proof if the server gives one: the caller tries it."""

    def headers(self, first: int, count: int) -> list[bytes]:
        """Headers of 80 bytes from a height on, as many as it has up to `count`; the caller checks them."""


@runtime_checkable
class Resumes(Protocol):
    """An explorer that can go on with a listing that was stopped; one that cannot is asked from the start."""

    def history_after(self, script_raw: bytes, txid_raw: bytes) -> Iterator[Sequence[Listed]]:
        """What stands in a script's history after a transaction that an earlier listing ended with."""


@runtime_checkable
class Remembers(Protocol):
    """An explorer that keeps the digests of what it was answered, so that a case can name them."""

    def answers_sha256(self) -> tuple[bytes, ...]:
        """SHA-256 of the body of each answer since the last call of this."""
