"""Many addresses or transfers from a file: CSV, JSON lines or Parquet, screened one after the other."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from qaif.errors import InputError, QaifError
from qaif.questions.screen import ScreenAnswer, Screener
from qaif.screening.facts import Direction, Transfer

FORMATS = (".csv", ".jsonl", ".ndjson", ".parquet")
_FIELDS = ("address", "direction", "amount_sat", "time")
_AT_ONCE = 10_000
_MOST_SAT = 21_000_000 * 100_000_000


@dataclass(frozen=True)
class Row:
    """One row: where it stands, and what it asks.

    Attributes:
        number: from 1, without a head.
        address: the address.
        transfer: the transfer, if it is one.
    """

    number: int
    address: str
    transfer: Transfer | None


@dataclass(frozen=True)
class Screened:
    """What came of a row.

    Attributes:
        row: its number.
        answer: the answer; None where there is none.
        error: why there is none: an error as `--json` prints it. It is never a NO_DIRECT_HIT.
    """

    row: int
    answer: ScreenAnswer | None
    error: dict[str, object] | None


def rows_of(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    """The rows of a file, each with its number.

    Raises:
        InputError: the file is of no known kind, or cannot be read.
    """
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{path} is of no known kind.", way_out=f"Name a file of {', '.join(FORMATS)}.")
    try:
        yield from enumerate(_read(path), 1)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}.", way_out="Is it UTF-8?") from error


def screened(asked: Screener, rows: Iterable[tuple[int, Mapping[str, object]]]) -> Iterator[Screened]:
    """Screen every row; one that makes no sense gets an error, and the others their answers."""
    for number, told in rows:
        try:
            row = _row(number, told)
            yield Screened(number, asked.screen(row.address, row.transfer), None)
        except QaifError as error:
            yield Screened(number, None, error.as_dict())


def transfer_of(direction: str | None, amount_sat: object, time: str | None) -> Transfer | None:
    """A transfer as a user writes it; None where nothing of one is said.

    Raises:
        InputError: a part of it makes no sense.
    """
    if direction in (None, "") and amount_sat in (None, "") and time in (None, ""):
        return None
    if direction not in ("in", "out"):
        raise InputError(
            f"The direction is {str(direction)[:20]!r}.",
            way_out="Write in for a deposit, out for a withdrawal.",
        )
    return Transfer(cast("Direction", direction), _amount(amount_sat), _time(time))


def _amount(told: object) -> int | None:
    if told in (None, ""):
        return None
    text = str(told)
    if isinstance(told, bool) or not text.isascii() or not text.isdigit() or int(text) > _MOST_SAT:
        raise InputError(f"The amount is {text[:40]!r}.", way_out="Write it in whole satoshi.")
    return int(text)


def _time(told: str | None) -> str | None:
    if told in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        raise InputError(
            f"The time is {str(told)[:40]!r}.", way_out="Write it as 2024-05-01T12:00:00Z."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _row(number: int, told: Mapping[str, object]) -> Row:
    address = told.get("address")
    if not isinstance(address, str) or not address.strip():
        raise InputError(f"Row {number} names no address.", way_out="Give a column `address`.", line=number)
    direction, time = told.get("direction"), told.get("time")
    return Row(
        number,
        address,
        transfer_of(
            None if direction is None else str(direction),
            told.get("amount_sat"),
            None if time is None else str(time),
        ),
    )


def _read(path: Path) -> Iterator[Mapping[str, object]]:
    kind = path.suffix.lower()
    if kind == ".parquet":
        yield from _parquet(path)
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        if kind == ".csv":
            yield from csv.DictReader(file)
        else:
            yield from map(_line, filter(str.strip, file))


def _line(text: str) -> Mapping[str, object]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    return told if isinstance(told, dict) else {}


def _parquet(path: Path) -> Iterator[Mapping[str, object]]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            known = [name for name in _FIELDS if name in file.schema_arrow.names]
            for batch in file.iter_batches(batch_size=_AT_ONCE, columns=known):
                yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise InputError(f"{path} cannot be read: {error}.", way_out="Is it Parquet?") from error


def counted(done: Iterable[Screened]) -> dict[str, Any]:
    """How many of each verdict and outcome, and how many rows had errors."""
    verdicts: dict[str, int] = {"HIT": 0, "NO_DIRECT_HIT": 0, "UNKNOWN": 0}
    outcomes: dict[str, int] = {"none": 0, "alert": 0, "hold": 0}
    errors = 0
    for each in done:
        if each.answer is None:
            errors += 1
        else:
            verdicts[each.answer.verdict] += 1
            outcomes[each.answer.policy_outcome] += 1
    return {"verdicts": verdicts, "outcomes": outcomes, "errors": errors}
