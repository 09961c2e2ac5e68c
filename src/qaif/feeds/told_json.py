"""JSON that a server sent, read field by field: each is as it must be, or the answer is refused."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import NoReturn

from qaif.errors import SourceShapeError
from qaif.units import HASH_LENGTH, MAX_MONEY_SAT, hash_hex, hash_raw

_MOST_DIGITS = 20
_HEX = frozenset("0123456789abcdefABCDEF")


class Fields:
    """One object of an answer.

    Args:
        value: what stands there.
        where: the answer and the place in it, for messages.
    """

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise misshapen(where, "is not an object")
        self._value: dict[str, object] = value
        self.where = where

    def integer(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self._value.get(name)
        if type(value) is not int or not least <= value <= most:
            raise self._wrong(name, f"is not a whole number from {least:,} to {most:,}")
        return value

    def amount(self, name: str) -> int:
        """Satoshi."""
        return self.integer(name, 0, MAX_MONEY_SAT)

    def number_or_none(self, name: str) -> Decimal | None:
        """A number, exactly as written; None where nothing stands there."""
        value = self._value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self._wrong(name, "is not a number")
        number = Decimal(value)
        if abs(number.adjusted()) > _MOST_DIGITS:
            raise self._wrong(name, "is a number of no sensible size")
        return number

    def truth(self, name: str) -> bool:
        """True or false."""
        value = self._value.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "is neither true nor false")
        return value

    def data(self, name: str) -> bytes:
        """Bytes in hex."""
        value = self._value.get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "is not hex")
        return hex_bytes(value, f"{name} of {self.where}")

    def hash(self, name: str) -> bytes:
        """A hash as displayed, in wire order."""
        data = self.data(name)
        if len(data) != HASH_LENGTH:
            raise self._wrong(name, "is not a hash")
        return data[::-1]

    def hash_or_none(self, name: str) -> bytes | None:
        """The same, or None where nothing stands there."""
        return None if self.missing(name) else self.hash(name)

    def missing(self, name: str) -> bool:
        """Whether nothing, or null, stands there."""
        return self._value.get(name) is None

    def part(self, name: str) -> "Fields":
        """An object in it."""
        return Fields(self._value.get(name), f"{name} of {self.where}")

    def parts(self, name: str) -> Iterator["Fields"]:
        """A list of objects in it."""
        return objects(self._value.get(name), f"{name} of {self.where}")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; none where nothing stands there."""
        value = self._value.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._wrong(name, "is not a list of texts")
        return tuple(value)

    def _wrong(self, name: str, why: str) -> SourceShapeError:
        return misshapen(f"{name} of {self.where}", why)


def objects(value: object, where: str) -> Iterator[Fields]:
    """A list of objects.

    Raises:
        SourceShapeError: it is none.
    """
    if not isinstance(value, list):
        raise misshapen(where, "is not a list")
    return (Fields(one, f"{where}, number {number}") for number, one in enumerate(value))


def parsed(body: bytes, where: str) -> object:
    """A body as JSON.

    Raises:
        SourceShapeError: it is none.
    """
    try:
        value: object = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise misshapen(where, "is not JSON") from error
    return value


def hash_in(body: bytes, where: str) -> bytes:
    """A body that is one hash as displayed, in wire order.

    Raises:
        SourceShapeError: it is none.
    """
    try:
        return hash_raw(body.decode("ascii").strip())
    except ValueError as error:
        raise misshapen(where, "is not a hash") from error


def hex_bytes(text: str, where: str) -> bytes:
    """Bytes from hex, without the spaces that Python would allow.

    Raises:
        SourceShapeError: it is none.
    """
    if len(text) % 2 or not _HEX.issuperset(text):
        raise misshapen(where, "is not hex")
    return bytes.fromhex(text)


def misshapen(where: str, why: str, txid_raw: bytes | None = None) -> SourceShapeError:
    """The error for an answer that is not as it must be."""
    return SourceShapeError(
        f"{where} {why}.",
        way_out="The server is of another kind, damaged or lying: try another one.",
        txid=None if txid_raw is None else hash_hex(txid_raw),
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
