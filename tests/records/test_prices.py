from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from qaif.errors import PriceError
from qaif.records.daily_prices import day_num_of, day_of
from qaif.records.engine import Records
from qaif.records.price_file import read_prices
from qaif.records.prices import PriceFile

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
GOOD = b"date,close\n2017-01-25,892.687\n2017-01-26,915.95\n"


def test_a_good_file_is_read_in_order_of_days() -> None:
    rows = read_prices(b"\xef\xbb\xbfDate,Close\r\n2017-01-26, 915.95 \r\n\r\n2017-01-25,1E+3\r\n")
    assert [(r.day, r.close, r.line) for r in rows] == [
        (date(2017, 1, 25), Decimal(1000), 4),
        (date(2017, 1, 26), Decimal("915.95"), 2),
    ]


def test_columns_can_be_named_or_found() -> None:
    data = b"when,usd_close,volume\n2017-01-25,1,5\n"
    assert read_prices(data, date_column="when")[0].close == 1
    assert read_prices(data, date_column="when", close_column="volume")[0].close == 5


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2017-01-25,1", "line 2 already"),
        ("2017-02-30,1", "not a day"),
        ("01/02/2017,1", "not a day"),
        ("20170203,1", "not a day"),
        ("2017-W05-1,1", "not a day"),
        ("2017-02-03,", "not a price"),
        ("2017-02-03,0", "not a price"),
        ("2017-02-03,-1", "not a price"),
        ("2017-02-03,NaN", "not a price"),
        ("2017-02-03,Infinity", "not a price"),
        ("2017-02-03,1_0", "not a price"),
        ("2017-02-03,1e999", "not a price"),
        ("2017-02-03,1e-999999", "not a price"),
        ("2017-02-03,٣", "not a price"),
        ('2017-02-03,"1,5"', "not a price"),
        ("2017-02-03", "1 cells"),
        ("2017-02-03,1,2", "3 cells"),
        ('2017-02-03,"1', "unexpected end"),
    ],
)
def test_a_bad_line_is_named(line: str, says: str) -> None:
    with pytest.raises(PriceError, match=says) as caught:
        read_prices(b"date,close\n2017-01-25,1\n" + line.encode() + b"\n")
    assert caught.value.details["line"] in {3, 4}
    assert "Line" in caught.value.message


@pytest.mark.parametrize(
    "data", [b"", b"date,close\n", b"date,volume\n2017-01-25,1\n", b"\xff\xfe", b"date,close,close\n1,2,3\n"]
)
def test_a_file_without_prices_is_refused(data: bytes) -> None:
    with pytest.raises(PriceError):
        read_prices(data)


def test_an_import_keeps_where_it_came_from(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        made, new = records.prices.add(PriceFile(GOOD, "a.csv", "Example"), NOON)
        assert new
        assert (made.row_count, made.new_count, made.first_day) == (2, 2, "2017-01-25")
        assert records.prices.add(PriceFile(GOOD, "b.csv", "Example"), NOON) == (made, False)
        assert records.prices.imports() == (made,)
        assert [e.action for e in records.audit.entries()] == ["prices.import"]
        series = records.prices.series()
        assert series is not None
        assert (series.source, series.currency, series.sha256) == ("Example", "USD", (made.sha256,))
        days = np.array([day_num_of(date(2017, 1, d)) for d in (24, 25, 26, 27)])
        assert series.on(days) == [None, Decimal("892.687"), Decimal("915.95"), None]
        assert day_of(int(days[0])) == date(2017, 1, 24)


def test_a_later_file_may_add_days_but_not_contradict(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        records.prices.add(PriceFile(GOOD, "a.csv", "Example"), NOON)
        more = b"date,close\n2017-01-26,915.950\n2017-01-27,1\n"
        added, _ = records.prices.add(PriceFile(more, "b.csv", "Example"), NOON)
        assert (added.row_count, added.new_count) == (2, 1)
        before = records.prices.series()
        with pytest.raises(PriceError, match="Line 3") as caught:
            records.prices.add(
                PriceFile(b"date,close\n2017-01-28,2\n2017-01-25,3\n", "c.csv", "Example"), NOON
            )
        assert caught.value.details["line"] == 3
        after = records.prices.series()
        assert before is not None
        assert after is not None
        assert before.close == after.close
        assert len(records.prices.imports()) == 2


def test_series_are_kept_apart_by_source_and_currency(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        assert records.prices.series() is None
        records.prices.add(PriceFile(GOOD, "a.csv", "One"), NOON)
        records.prices.add(PriceFile(GOOD.replace(b"892.687", b"7"), "a.csv", "Two", "eur"), NOON)
        newest, first = records.prices.series(), records.prices.series(source="One")
        assert newest is not None
        assert first is not None
        assert (newest.source, newest.currency, newest.close[0]) == ("Two", "EUR", Decimal(7))
        assert first.close[0] == Decimal("892.687")
        with pytest.raises(PriceError, match="in GBP"):
            records.prices.series(currency="gbp")


@pytest.mark.parametrize(
    ("source", "currency"), [(" ", "USD"), ("a\nb", "USD"), ("One", "dollar"), ("One", "")]
)
def test_a_source_and_a_currency_are_needed(tmp_path: Path, source: str, currency: str) -> None:
    with Records.open(tmp_path) as records, pytest.raises(PriceError):
        records.prices.add(PriceFile(GOOD, "a.csv", source, currency), NOON)


def test_the_published_prices_are_taken(tmp_path: Path, shared: Path) -> None:
    data = (shared / "prices" / "btc-usd-daily.csv").read_bytes()
    with Records.open(tmp_path) as records:
        made, _ = records.prices.add(PriceFile(data, "btc-usd-daily.csv", "published copy"), NOON)
    assert (made.row_count, made.first_day, made.last_day) == (4024, "2010-07-18", "2021-07-23")
