"""mempool.space's history of prices as a file of daily prices."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from qaif.errors import PriceError, UsageError
from qaif.feeds.esplora.answers import Answers
from qaif.feeds.told_json import Fields
from qaif.feeds.wire import Http, Keeps

PATH = "/v1/historical-price?currency="
_MOST_BYTES = 64 << 20
_EARLIEST, _LATEST = 1_230_768_000, 2**32 - 1


class PriceHistory(NamedTuple):
    """Daily prices as a CSV file, and the SHA-256 of the answer that they were read from."""

    csv: bytes
    answer_sha256: bytes


def price_history(
    http: Http, name: str, currency: str, today: date, keeps: Keeps | None = None
) -> PriceHistory:
    """Ask for all prices that the server has, and take each day's last before today.

    Args:
        http: reaches the server's API.
        name: its address.
        currency: three letters.
        today: the day that is not over yet, in UTC.
        keeps: takes the answer.

    Raises:
        SourceError: no answer, or not one of prices.
        PriceError: there is no price in that currency.
    """
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():  # noqa: PLR2004  ISO 4217
        raise UsageError(f"{currency[:20]!r} is not a currency of three letters, such as USD.")
    code, answers = currency.upper(), Answers(http, name, keeps)
    path = f"{PATH}{code}"
    where = answers.where(path)
    rows = Fields(answers.json(path, _MOST_BYTES), where).parts("prices")
    last = _last_of_days(_prices(rows, code), today)
    if not last:
        raise PriceError(
            f"{where} has no price in {code}.",
            way_out="Ask for another currency, or import a CSV of your own.",
        )
    lines = [f"{day},{price:f}\n" for day, price in sorted(last.items())]
    return PriceHistory(("date,close\n" + "".join(lines)).encode(), answers.digests()[-1])


def _last_of_days(prices: Iterator[tuple[int, Decimal]], today: date) -> dict[date, Decimal]:
    """The last price of each day before today."""
    last: dict[date, tuple[int, Decimal]] = {}
    for time, price in prices:
        day = datetime.fromtimestamp(time, UTC).date()
        if day < today and time >= last.get(day, (0, price))[0]:
            last[day] = (time, price)
    return {day: price for day, (_, price) in last.items()}


def _prices(rows: Iterator[Fields], code: str) -> Iterator[tuple[int, Decimal]]:
    """Each time with its price; the server writes -1, or nothing, where it knows none."""
    for row in rows:
        price = row.number_or_none(code)
        if price is not None and price > 0:
            yield row.integer("time", _EARLIEST, _LATEST), price
