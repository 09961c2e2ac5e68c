"""One tree of errors, each with a stable code, an exit status and an HTTP status.

A message says what was wrong, with which input, and what to do. Codes never change their meaning;
`docs/reference/errors.md` is made from this file.
"""

from typing import ClassVar


class QaifError(Exception):
    """The root: every error that a user can meet is one of these.

    Args:
        message: what was wrong and with which input.
        way_out: what the user can do about it.
        details: the bad input and positions, for `--json`.
    """

    code: ClassVar[str] = "internal"
    exit_status: ClassVar[int] = 70
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, way_out: str = "", **details: str | int | None) -> None:
        super().__init__(message)
        self.message = message
        self.way_out = way_out
        self.details = details

    def __str__(self) -> str:
        """The message and the way out, as one text."""
        return f"{self.message} {self.way_out}".strip()

    def as_dict(self) -> dict[str, object]:
        """The error as `--json` prints it."""
        return {"code": self.code, "message": self.message, "way_out": self.way_out, "details": self.details}


class UsageError(QaifError):
    """The call itself makes no sense: an option, a number, a date."""

    code, exit_status, http_status = "usage", 2, 400


class InputError(QaifError):
    """Something that the user gave is not what it should be."""

    code, exit_status, http_status = "input", 65, 400


class AddressError(InputError):
    """Not a Bitcoin address; the message says why, and what in the workspace it is close to."""

    code = "address"


class PrivateKeyError(InputError):
    """A private key was given. It is refused and repeated nowhere."""

    code = "private-key"


class BlockDataError(InputError):
    """Bytes that are not a valid block or transaction; `offset` says where."""

    code = "block-data"


class BlockFileError(InputError):
    """A block file or its `xor.dat` cannot be read as what it claims to be."""

    code = "block-file"


class NetworkMismatchError(BlockFileError):
    """Blocks of another network than the store's."""

    code = "network-mismatch"


class PriceError(InputError):
    """A price file is malformed, or a price is missing where one is needed."""

    code = "price"


class DocumentError(InputError):
    """A document cannot be read, is too large, or is not what it was."""

    code = "document"


class ListError(InputError):
    """A file is no official list that is known, or a damaged or hostile one; nothing was imported."""

    code = "list"


class ListShrankError(ListError):
    """A list lost half of its entries or more since the version before; it is imported once confirmed."""

    code = "list-shrank"


class QueryError(InputError):
    """SQL that is no query, or that cannot be answered."""

    code = "query"


class WorkspaceError(InputError):
    """A folder that is not a workspace, or that cannot be used as one."""

    code = "workspace"


class CaseFolderError(InputError):
    """A folder that a case cannot or must not be written to."""

    code = "case-folder"


class OutputError(InputError):
    """A file or folder that a command must not, or cannot, write."""

    code = "output"


class RequestShapeError(InputError):
    """What was sent to the service is not of the shape that is read there."""

    code, http_status = "request", 422


class RequestTooLargeError(InputError):
    """What was sent to the service is larger than it reads."""

    code, http_status = "too-large", 413


class ServiceBusyError(QaifError):
    """The service has as much to do as it takes on; nothing was asked."""

    code, exit_status, http_status = "busy", 75, 503


class NotFoundError(QaifError):
    """Not in this workspace, which does not say that it does not exist."""

    code, exit_status, http_status = "not-found", 66, 404


class StoreError(QaifError):
    """The chain store is damaged, of another version, or in use."""

    code, exit_status, http_status = "store", 74, 503


class StoreDamagedError(StoreError):
    """A file of the store is not as it was written; the message names it."""

    code = "store-damaged"


class StoreVersionError(StoreError):
    """The store was written by another format version."""

    code = "store-version"


class StoreBusyError(StoreError):
    """Another process is writing to the store."""

    code, exit_status = "store-busy", 75


class SourceMissingError(StoreError):
    """Block files that the store needs again are gone."""

    code = "source-missing"


class SourceError(QaifError):
    """A server that the user named does not answer, or not as it must; what was gathered so far is kept."""

    code, exit_status, http_status = "source", 69, 502


class SourceShapeError(SourceError):
    """A server's answer has another shape than it must have, or says what its own bytes refute."""

    code = "source-shape"


class SourceTooLongError(SourceError):
    """The server refuses to list a script's history because it is too long."""

    code = "source-too-long"


class SourceAccessError(SourceError):
    """A server refuses the user, the password or this machine."""

    code, exit_status = "source-access", 77


class SourcePrunedError(SourceError):
    """A node has deleted a block that is asked for."""

    code = "source-pruned"


class NetworkClosedError(QaifError):
    """Something tried to reach the network without the user having named a source."""

    code, exit_status, http_status = "network-closed", 77, 403


class SignInError(QaifError):
    """Nobody is known by this key, session, name or password, or no longer."""

    code, exit_status, http_status = "sign-in", 77, 401


class AccessError(QaifError):
    """Who asks is known, and may not do this."""

    code, exit_status, http_status = "access", 77, 403


class TooOftenError(QaifError):
    """More was asked than is allowed in this time; `seconds` says when to ask again."""

    code, exit_status, http_status = "too-often", 75, 429


class InterruptedRunError(QaifError):
    """The user stopped a long run; what was committed stays good and the run resumes."""

    code, exit_status, http_status = "interrupted", 130, 503
