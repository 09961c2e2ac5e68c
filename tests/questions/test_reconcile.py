"""Figures of a document against a chain whose sums are known, and against altered copies of itself."""

from hashlib import sha256
from pathlib import Path

import pytest

from qaif.questions.reconcile import ReconcileAnswer, ReconcileRequest, reconcile
from qaif.units import utc_day
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import COIN, Story, called
from support.workspaces import run

BTC = 10**8
ARTICLE = Path("documents/news-ar-2020-01.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The fund receives 30 BTC twice and pays 40 on, 20 of them to itself: 60 in, 60 out, 20 are its own."""
    story = Story()
    gifts = [
        story.pay([story.fund(f"giver {n}")], [(30 * BTC, "fund"), (19 * BTC, f"giver {n}")]) for n in (1, 2)
    ]
    story.pay([(one.txid, 0) for one in gifts], [(40 * BTC - 1000, "shop"), (20 * BTC, "fund")])
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    assert COIN == 50 * BTC
    return tmp_path / "ws"


def told(folder: Path, text: str, prices: str = "") -> ReconcileAnswer:
    document = folder.parent / "report.txt"
    document.write_text(text, encoding="utf-8")
    assert run(folder, "add", str(document)).exit_code == 0
    if prices:
        (folder.parent / "p.csv").write_text(prices)
        assert run(folder, "prices", "import", str(folder.parent / "p.csv")).exit_code == 0
    return reconcile(folder, ReconcileRequest(document=sha256(text.encode()).hexdigest()))


def standing(folder: Path, sentence: str) -> str:
    (one,) = told(folder, f"The wallet {called('fund')} is known. {sentence}").figures
    return one.standing


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The address received 80 BTC.", "confirmed"),
        ("The address received 60 BTC.", "true on another basis"),  # net of what it paid itself
        ("The address received 75 BTC.", "contradicted"),
        ("The wallet had a volume of 140 BTC.", "confirmed"),
        ("The wallet raised 140 BTC.", "true on another basis"),  # a volume that is called raised
        ("The wallet raised 60 BTC.", "confirmed"),
        ("The wallet raised 170 BTC.", "contradicted"),
        ("The wallet saw 3 transactions.", "confirmed"),
        ("The wallet saw 9 transactions.", "contradicted"),
        ("The wallet had 2 donors.", "confirmed"),
        ("The wallet raised 60,000 dollars in bitcoin.", "cannot be checked here"),  # no prices
        ("A court fined the baker 300 dollars.", "cannot be checked here"),
    ],
)
def test_a_sentence(folder: Path, sentence: str, expected: str) -> None:
    assert standing(folder, sentence) == expected


def test_every_basis_that_fits_is_listed_and_none_chosen(folder: Path) -> None:
    (one,) = told(folder, f"The wallet {called('fund')} received 60 BTC.").figures
    fits = {(basis.quantity, basis.of) for basis in one.fits}
    assert ("net received", "address") in fits
    assert ("sent", "address") in fits, "60 were spent too"
    assert "many-fit" in one.reasons
    assert {basis.value for basis in one.as_stated} == {"80"}


def test_a_worth_by_the_day_that_the_document_names(folder: Path) -> None:
    day = _last_day(folder)
    text = f"On {day} the wallet {called('fund')} had received 80 BTC, about 8,000 dollars."
    answer = told(folder, text, f"date,close\n{day},100\n")
    money = answer.figures[-1]
    assert money.standing == "confirmed"
    assert money.layer == "claim", "a price is what somebody says"
    assert any(day in basis.dated_by_document for basis in money.fits)
    altered = told(folder, text.replace("8,000", "11,500"), "")
    assert altered.figures[-1].standing == "contradicted"


def _last_day(folder: Path) -> str:
    from qaif.chain.open import Chain

    with Chain.open(Workspace.open(folder).chain_dir) as chain:
        return utc_day(chain.tip.time_unix).isoformat()


def test_no_chain_no_verdict(tmp_path: Path) -> None:
    Workspace.open_or_create(tmp_path / "ws")
    answer = told(tmp_path / "ws", "The wallet 1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq received 3 BTC.")
    assert [one.standing for one in answer.figures] == ["cannot be checked here"]
    assert not answer.coverage.complete


def article(folder: Path, shared: Path, *changes: tuple[str, str]) -> ReconcileAnswer:
    Workspace.open_or_create(folder)
    text = (shared / ARTICLE).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    prices = (shared / "prices/btc-usd-daily.csv").read_text()
    return told(folder, text, prices)


def by_value(answer: ReconcileAnswer, value: str) -> str:
    return next(one.standing for one in answer.figures if one.figure.value == value)


def test_the_article(tmp_path: Path, shared: Path) -> None:
    answer = article(tmp_path / "ws", shared)
    assert answer.assumed_days == ("2020-01-19",)
    assert by_value(answer, "29000000 USD") == "confirmed"
    assert by_value(answer, "24000000 USD") == by_value(answer, "3370 BTC") == "cannot be checked here"
    raised, worths = answer.notices
    assert (raised.kind, worths.kind) == ("raised is not volume", "two worths of one amount")
    assert "2020-01-05" in raised.days[0]
    assert worths.both_days == ()
    assert "2020-01-19" in worths.days[1]


def test_the_article_with_its_figures_altered(tmp_path: Path, shared: Path) -> None:
    same = article(tmp_path / "same", shared, ("٢٤ مليون", "٢٩ مليون"))
    assert [one.kind for one in same.notices] == ["raised is not volume"]
    worth = article(tmp_path / "worth", shared, ("٢٩ مليون", "٤١ مليون"))
    assert by_value(worth, "41000000 USD") == "contradicted"
    coins = article(tmp_path / "coins", shared, ("٣٣٧٠", "٥٣٧٠"))
    assert by_value(coins, "29000000 USD") == "contradicted"
