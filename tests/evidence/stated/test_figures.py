"""What a document states, of what, and how much a rounded figure covers."""

from decimal import Decimal

import pytest

from qaif.evidence.extraction.extract import extract
from qaif.evidence.passages import plain_passages
from qaif.evidence.stated.figures import StatedFigure, days_of, figures, rounding
from qaif.feeds.networks import NETWORKS


def stated(text: str) -> list[StatedFigure]:
    return list(figures(text, extract(text, list(plain_passages(text)), NETWORKS["mainnet"])))


@pytest.mark.parametrize(
    ("text", "kind", "role", "least", "most"),
    [
        ("The group raised 24 million dollars in bitcoin.", "money", "raised", "23500000", "24500000"),
        ("Nearly 3,370 BTC went through the wallet, a volume of years.", "coins", "volume", "3360", "3380"),
        ("The address received more than 12 BTC.", "coins", "received", "12", "13"),
        ("The address sent 12.5 BTC.", "coins", "sent", "12.45", "12.55"),
        ("The wallet holds a balance of 2 BTC.", "coins", "balance", "1.8", "2.2"),
        ("The wallet saw 1,240 transactions.", "count", "transactions", "1235", "1245"),
        ("Thousands of transactions passed through the wallet.", "count", "transactions", "2000", "99999"),
        ("The wallet has hundreds of donors.", "count", "payers", "200", "9999"),
        ("إجمالي حجم المعاملات في المحفظة بلغ ٣٣٧٠ بيتكوين", "coins", "volume", "3365", "3375"),
        ("جمعت المحفظة ٢٤ مليون دولار في بيتكوين", "money", "raised", "23500000", "24500000"),
        ("نفذت المحفظة آلاف المعاملات", "count", "transactions", "2000", "99999"),
        ("היקף העסקאות בארנק היה 120 ביטקוין", "coins", "volume", "115", "125"),
    ],
)
def test_a_figure(text: str, kind: str, role: str, least: str, most: str) -> None:
    (one,) = stated(text)
    assert (one.kind, one.role, one.of_chain) == (kind, role, True)
    assert (one.least, one.most) == (Decimal(least), Decimal(most))


def test_what_is_not_of_the_chain_says_so() -> None:
    fine, year = stated("A court fined the baker 300 dollars. He was born in 1961.")
    assert not fine.of_chain
    assert not year.of_chain


def test_five_hundred_thousand_transactions_are_no_thousands() -> None:
    (one,) = stated("The wallet saw 500 thousand transactions.")
    assert (one.least, one.most) == (Decimal(450_000), Decimal(550_000))


def test_a_worth_names_its_coins_and_its_day() -> None:
    text = (
        "As of 1 December 2019 the wallet's volume was 3370 BTC (29 million dollars at the time of writing)."
    )
    day, coins, worth = stated(text)
    assert day.role == "cut-off"
    assert (worth.role, worth.worth_of, worth.at_writing) == ("worth", coins.number, True)
    assert coins.dated == ("2019-12-01",)


def test_two_figures_take_each_their_own_word() -> None:
    received, sent = stated("The address received 10 BTC and sent 7 BTC.")
    assert (received.role, sent.role) == ("received", "sent")


def test_rounding_is_a_tenth_at_most() -> None:
    assert rounding(Decimal(1), "plain") == (Decimal("0.9"), Decimal("1.1"))
    assert rounding(Decimal(24), "at most") == (Decimal(23), Decimal(24))


def test_days_of_what_extraction_writes() -> None:
    def shown(value: str) -> tuple[str, str] | None:
        found = days_of(value)
        return (found[0].isoformat(), found[1].isoformat()) if found else None

    assert shown("2018-11") == ("2018-11-01", "2018-11-30")
    assert shown("2008/2009") == ("2008-01-01", "2009-12-31")
    assert shown("2019-12-01") == ("2019-12-01", "2019-12-01")
    assert shown("--01-19") is None
