import hashlib
from decimal import Decimal
from pathlib import Path

from oracle import review as twin
from oracle.parse import parse_block
from support.economy import script
from support.workspaces import address_of, answer, made_workspace, refusal, run


def test_prices_are_imported_listed_and_used(tmp_path: Path) -> None:
    folder, csv = tmp_path / "w", tmp_path / "closes.csv"
    economy = made_workspace(folder, seed=12)
    times = [int.from_bytes(block.raw[68:72], "little") for block in economy.blocks]
    days = sorted({twin.day_of(time) for time in times})
    csv.write_text("date,close\n" + "".join(f"{day},{n + 1}.25\n" for n, day in enumerate(days)))
    got = answer(folder, "prices", "import", str(csv), "--source", "Example Exchange", "--currency", "eur")
    assert (got["new"], got["layer"], got["imported"]["currency"]) == (True, "claim", "EUR")
    assert got["imported"]["sha256"] == hashlib.sha256(csv.read_bytes()).hexdigest()
    assert (
        answer(folder, "prices", "import", str(csv), "--source", "Example Exchange", "--currency", "eur")[
            "new"
        ]
        is False
    )
    (listed,) = answer(folder, "prices", "list")["imports"]
    assert (listed["source"], listed["row_count"]) == ("Example Exchange", len(days))
    assert "Example Exchange" in run(folder, "prices", "list").stdout

    prices = {day: Decimal(f"{n + 1}.25") for n, day in enumerate(days)}
    rows = twin.rows_of([parse_block(b.raw) for b in economy.blocks], {script(1)}, lambda _: None)
    review = answer(folder, "review", address_of(1), "--fiat-day", days[3].isoformat())
    fiat = review["fiat"]
    assert (fiat["source"], fiat["currency"], fiat["day"]) == ("Example Exchange", "EUR", days[3].isoformat())
    assert {k: v for k, v in fiat["at_transaction_day"].items() if k != "reason"} == twin.fiat(
        rows, prices, None
    )
    assert {k: v for k, v in fiat["at_day"].items() if k != "reason"} == twin.fiat(rows, prices, days[3])
    assert review["basis"]["prices"]["sha256"] == [listed["sha256"]]
    none = refusal(folder, "review", address_of(1), "--currency", "USD")
    assert none[1]["code"] == "price"


def test_a_bad_line_is_named_and_nothing_is_kept(tmp_path: Path) -> None:
    csv = tmp_path / "bad.csv"
    csv.write_text("date,close\n2017-01-25,1\n2017-01-26,-1\n")
    status, error = refusal(tmp_path / "w", "prices", "import", str(csv))
    assert (status, error["code"], error["details"]["line"]) == (65, "price", 3)
    assert answer(tmp_path / "w", "prices", "list")["imports"] == []
    assert "No prices are imported" in run(tmp_path / "w", "prices", "list").stdout


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    status, error = refusal(tmp_path / "w", "prices", "import", str(tmp_path / "none.csv"))
    assert (status, error["code"]) == (65, "price")
