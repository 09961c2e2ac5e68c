"""Daily prices: which file said what, and one series a source and currency.

A day of a series has one price. A later file of the same source may repeat days with the same price and add
new ones; where it contradicts what is kept, all of it is refused.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
from sqlalchemy import Connection, RowMapping, insert, select

from qaif.errors import PriceError
from qaif.records.audit import add_entry
from qaif.records.daily_prices import DailyPrices, day_num_of
from qaif.records.database import Database
from qaif.records.documents import utc_stamp
from qaif.records.price_file import PriceRow, read_prices
from qaif.records.schema import price_imports, prices


@dataclass(frozen=True)
class PriceFile:
    """A file of prices and what its user says of it.

    Attributes:
        data: its bytes.
        name: the file's name.
        source: who made the prices, in words that answers repeat.
        currency: three capital letters, such as `USD`.
        date_column: the column of days.
        close_column: the column of prices; found by its name where None.
    """

    data: bytes
    name: str
    source: str
    currency: str = "USD"
    date_column: str = "date"
    close_column: str | None = None


@dataclass(frozen=True)
class PriceImport:
    """One imported file.

    Attributes:
        id: its number.
        sha256: of the file's bytes.
        file_name: the file's name.
        source: who made the prices.
        currency: such as `USD`.
        imported_at: when, ISO 8601 in UTC.
        row_count: days in the file.
        new_count: days that were not known before it.
        first_day: the first day, ISO 8601.
        last_day: the last day.
    """

    id: int
    sha256: str
    file_name: str
    source: str
    currency: str
    imported_at: str
    row_count: int
    new_count: int
    first_day: str
    last_day: str


class Prices:
    """The tables of prices."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, file: PriceFile, at: datetime) -> tuple[PriceImport, bool]:
        """Import a file, all of it or nothing.

        Returns:
            What is recorded of it, and whether it is new: the same file again changes nothing.

        Raises:
            PriceError: a line is malformed, or contradicts a kept price; `details["line"]` says which.
        """
        currency = _currency(file.currency)
        source = _source(file.source)
        rows = read_prices(file.data, date_column=file.date_column, close_column=file.close_column)
        digest = hashlib.sha256(file.data).hexdigest()
        with self._database.writing() as connection:
            known = _same_import(connection, digest, source, currency)
            if known is not None:
                return known, False
            new = _new_rows(rows, _kept(connection, source, currency), source)
            made = PriceImport(
                id=0,
                sha256=digest,
                file_name=file.name,
                source=source,
                currency=currency,
                imported_at=utc_stamp(at),
                row_count=len(rows),
                new_count=len(new),
                first_day=rows[0].day.isoformat(),
                last_day=rows[-1].day.isoformat(),
            )
            return _insert(connection, made, new, at), True

    def imports(self) -> tuple[PriceImport, ...]:
        """Every imported file, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(price_imports).order_by(price_imports.c.id)).mappings().all()
        return tuple(_import(row) for row in rows)

    def series(self, source: str | None = None, currency: str | None = None) -> DailyPrices | None:
        """The prices of one source in one currency; None where none were imported.

        Args:
            source: whose; the source of the newest import where None.
            currency: in which; the currency of that source's newest import where None.

        Raises:
            PriceError: there are prices, but none of this source and currency.
        """
        kept = self.imports()
        if not kept and source is None and currency is None:
            return None
        wanted = currency.upper() if currency else None
        fitting = [i for i in kept if source in {None, i.source} and wanted in {None, i.currency}]
        if not fitting:
            there = "; ".join(sorted({f"{i.source!r} in {i.currency}" for i in kept})) or "none"
            raise PriceError(
                f"No prices of {source or 'any source'} in {wanted or 'any currency'} are imported.",
                way_out=f"Imported are: {there}.",
            )
        chosen = fitting[-1]
        with self._database.reading() as connection:
            closes = _kept(connection, chosen.source, chosen.currency)
        mine = [i for i in kept if (i.source, i.currency) == (chosen.source, chosen.currency)]
        return DailyPrices(
            source=chosen.source,
            currency=chosen.currency,
            sha256=tuple(i.sha256 for i in mine),
            day_num=np.array([day_num_of(day) for day in closes], dtype=np.int64),
            close=tuple(closes.values()),
        )


def _kept(connection: Connection, source: str, currency: str) -> dict[date, Decimal]:
    """The prices of a series, ascending by day."""
    mine = (prices.c.source == source) & (prices.c.currency == currency)
    rows = connection.execute(select(prices.c.day, prices.c.close).where(mine).order_by(prices.c.day))
    return {date.fromisoformat(row.day): Decimal(row.close) for row in rows}


def _new_rows(rows: Sequence[PriceRow], kept: dict[date, Decimal], source: str) -> list[PriceRow]:
    for row in rows:
        if row.day in kept and kept[row.day] != row.close:
            raise PriceError(
                f"Line {row.line} of the price file says {row.close} for {row.day}; {source} has said "
                f"{kept[row.day]} before.",
                way_out="Nothing was imported. If both are right, import this file under another --source.",
                line=row.line,
            )
    return [row for row in rows if row.day not in kept]


def _insert(connection: Connection, made: PriceImport, new: list[PriceRow], at: datetime) -> PriceImport:
    values = {name: value for name, value in vars(made).items() if name != "id"}
    result = connection.execute(insert(price_imports).values(**values).returning(price_imports.c.id))
    number = int(result.scalar_one())
    if new:
        series = {"source": made.source, "currency": made.currency, "import_id": number}
        rows = [series | {"day": row.day.isoformat(), "close": f"{row.close:f}"} for row in new]
        connection.execute(insert(prices), rows)
    told: dict[str, str | int | bool | None] = {"source": made.source, "currency": made.currency}
    add_entry(connection, at, "prices.import", made.sha256, told | {"rows": made.row_count, "new": len(new)})
    return _import(vars(made) | {"id": number})


def _same_import(connection: Connection, digest: str, source: str, currency: str) -> PriceImport | None:
    table = price_imports.c
    same = (table.sha256 == digest) & (table.source == source) & (table.currency == currency)
    row = connection.execute(select(price_imports).where(same)).mappings().one_or_none()
    return None if row is None else _import(row)


def _import(row: RowMapping | dict[str, object]) -> PriceImport:
    return PriceImport(**dict(row))


def _currency(shown: str) -> str:
    if len(shown) != 3 or not shown.isascii() or not shown.isalpha():  # noqa: PLR2004  ISO 4217's three letters
        raise PriceError(f"{shown[:20]!r} is not a currency of three letters, such as USD.")
    return shown.upper()


def _source(shown: str) -> str:
    source = shown.strip()
    if not source or not source.isprintable():
        raise PriceError("The source of prices needs a name.", way_out="Give one with --source.")
    return source
