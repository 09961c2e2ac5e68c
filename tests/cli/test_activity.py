import subprocess
import sys
from pathlib import Path

import pytest

from oracle.addresses import base58check
from support.economy import Economy
from support.workspaces import address_of, answer, refusal, run

Made = tuple[Path, Economy]


def test_the_page_tells_what_the_json_tells(made: Made) -> None:
    folder, _ = made
    got, page = answer(folder, "activity", address_of(1)), run(folder, "activity", address_of(1)).stdout
    assert (got["layer"], got["basis"]["methods"][-1]["id"]) == ("inference", "activity-scan")
    assert max(len(line) for line in page.splitlines()) <= 110
    flowing = " ".join(page.split())
    for text in (got["sentence"], *got["limits"], got["as_of"]["hash"]):
        assert text in flowing
    assert all(row["period"] in page for row in got[f"by_{got['by']}"][-5:])


def test_the_counts_are_those_of_the_review(made: Made) -> None:
    folder, _ = made
    got, reviewed = (answer(folder, name, address_of(2)) for name in ("activity", "review"))
    for name in ("by_month", "by_week", "by_day"):
        assert sum(row["transactions"] for row in got[name]) == reviewed["tx_count"]
    months = {row["month"]: row["tx_count"] for row in reviewed["by_month"] if row["tx_count"]}
    assert {row["period"]: row["transactions"] for row in got["by_month"] if row["transactions"]} == months


def test_spans_and_dates_are_taken(made: Made) -> None:
    folder, _ = made
    days = [row["period"] for row in answer(folder, "activity", address_of(1))["by_day"]]
    arguments = ["--by", "day", "--date", days[3], "--date", days[5], "--burst-days", "3"]
    spans = ["--before", f"{days[1]}..{days[4]}", "--after", f"{days[5]}..{days[-2]}"]
    got = answer(folder, "activity", address_of(1), *arguments, *spans)
    assert (got["by"], got["bursts"]["days"], len(got["bursts"]["dates"])) == ("day", 3, 2)
    assert (got["compared"]["before_from"], got["compared"]["after_to"]) == (days[1], days[-2])
    page = run(folder, "activity", address_of(1), *arguments, *spans).stdout
    assert "In 3 days from each of 2 dates on" in page
    assert f"{days[5]} to {days[-2]} against {days[1]} to {days[4]}" in page


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--before", "2012-01-01..2012-02-01"], "usage", "Only one of two spans"),
        (["--by", "year"], "usage", "days, weeks or months"),
        (["--as-of", "9999"], "not-found", "at height 9,999"),
        (["--campaign", "nobody's"], "not-found", "no campaign"),
    ],
)
def test_what_makes_no_sense_is_refused(made: Made, arguments: list[str], code: str, says: str) -> None:
    _, error = refusal(made[0], "activity", address_of(1), *arguments)
    assert error["code"] == code
    assert says in error["message"]


def test_a_private_key_is_nowhere(made: Made) -> None:
    key = base58check(b"\xef" + bytes(range(32)) + b"\x01")
    result = run(made[0], "activity", key)
    assert result.exit_code == 65
    assert key[5:] not in result.output


def test_other_commands_do_not_load_what_this_one_needs() -> None:
    code = (
        "import sys\nfrom qaif.cli.main import app\nimport qaif.questions.activity\n"
        "print([name for name in ('scipy', 'ruptures') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
