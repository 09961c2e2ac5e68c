import subprocess
import sys
from pathlib import Path

import pytest

from oracle import review as twin
from oracle.addresses import base58check
from oracle.parse import parse_block
from support.economy import Economy, script
from support.workspaces import address_of, answer, refusal, run

Made = tuple[Path, Economy]
FIELDS = [
    *("layer", "basis", "as_of", "coverage", "address", "script_type", "addresses", "occurrence", "tx_count"),
    *("received_sat", "sent_sat", "sent_at_least_sat", "balance_sat", "turnover_sat", "net_received_sat"),
    *("net_sent_sat", "unspendable_sat", "lower_bound", "inputs_unknown_value", "first_seen", "last_seen"),
    *("active_days", "years_active", "by_month", "largest", "counterparties", "fiat"),
]


def unused(byte: int = 9) -> str:
    return base58check(b"\x6f" + bytes([byte]) * 20)


def test_a_review_says_what_its_twin_says(made: Made) -> None:
    folder, economy = made
    got = answer(folder, "review", address_of(2))
    assert list(got) == FIELDS
    rows = twin.rows_of([parse_block(b.raw) for b in economy.blocks], {script(2)}, lambda _: None)
    expected = twin.totals(rows, complete=True)
    assert {name: got[name] for name in expected} == expected
    assert (got["address"], got["script_type"], got["occurrence"]) == (address_of(2), "pubkeyhash", "seen")
    assert got["fiat"]["source"] is None
    assert "No prices are imported" in got["fiat"]["at_transaction_day"]["reason"]


def test_the_same_question_twice_is_the_same_text(made: Made) -> None:
    one, two = (run(made[0], "review", address_of(1), "--json").stdout for _ in range(2))
    assert one == two


def test_several_addresses_are_one_and_each_counts_once(made: Made) -> None:
    folder, _ = made
    both = answer(folder, "review", address_of(1), address_of(2), address_of(1))
    assert (both["address"], both["script_type"], len(both["addresses"])) == (None, None, 2)
    alone = [answer(folder, "review", address_of(person)) for person in (1, 2)]
    assert both["received_sat"] == sum(one["received_sat"] for one in alone)
    assert both["net_received_sat"] < sum(one["net_received_sat"] for one in alone)
    theirs = {address_of(1), address_of(2)}
    sides = both["counterparties"]
    assert not theirs & {one["address"] for one in sides["in"] + sides["out"]}


def test_the_page_tells_what_the_json_tells(made: Made) -> None:
    folder, _ = made
    got, page = answer(folder, "review", address_of(3)), run(folder, "review", address_of(3)).stdout
    assert "\x1b" not in page
    assert max(len(line) for line in page.splitlines()) <= 110
    for text in (address_of(3), got["as_of"]["hash"], got["first_seen"]["txid"], "coverage  complete"):
        assert text in page
    assert f"{got['balance_sat'] / 1e8:,.8f} BTC" in page
    assert all(row["month"] in page for row in got["by_month"])


def test_never_used_is_said_only_where_the_whole_chain_is_held(made: Made) -> None:
    got = answer(made[0], "review", unused())
    assert (got["occurrence"], got["balance_sat"], got["lower_bound"]) == ("not-seen", 0, False)
    assert (got["first_seen"], got["by_month"]) == (None, [])
    assert "Never used up to" in run(made[0], "review", unused()).stdout


@pytest.mark.parametrize(
    ("moment", "code", "says"),
    [
        ("9999", "not-found", "at height 9,999"),
        ("2009-01-01", "not-found", "2009-01-01"),
        ("ab" * 32, "not-found", "with this hash"),
        ("yesterday", "usage", "not a height"),
        ("20111301", "not-found", "20,111,301"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(made: Made, moment: str, code: str, says: str) -> None:
    _, error = refusal(made[0], "review", address_of(1), "--as-of", moment)
    assert error["code"] == code
    assert says in error["message"]
    assert moment not in error["message"] or len(moment) < 64


def test_a_day_after_the_tip_leaves_the_answer_open(made: Made) -> None:
    got = answer(made[0], "review", address_of(1), "--as-of", "2100-01-01")
    assert (got["balance_sat"], got["lower_bound"], got["coverage"]["complete"]) == (None, True, False)
    assert "2100-01-01" in got["coverage"]["reasons"][-1]
    assert answer(made[0], "review", unused(), "--as-of", "2100-01-01")["occurrence"] == "unknown"


def test_a_misprint_says_so_and_what_it_is_close_to(made: Made) -> None:
    right = address_of(1)
    wrong = right[:-2] + ("x" if right[-2] != "x" else "y") + right[-1]
    status, error = refusal(made[0], "review", address_of(2), wrong)
    assert (status, error["code"], error["details"]["reason"]) == (65, "address", "checksum")
    assert error["details"]["close_to"] == right
    assert "misprinted" in error["message"]
    assert "does not say that this was meant" in error["message"]
    _, far = refusal(made[0], "review", "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm")
    assert far["details"]["close_to"] == ""


def test_a_private_key_is_nowhere(made: Made) -> None:
    key = base58check(b"\xef" + bytes(range(32)) + b"\x01")
    for arguments in (
        ["review", key],
        ["review", address_of(1), "--as-of", key],
        ["address", key],
        ["tx", key],
    ):
        result = run(made[0], *arguments)
        assert result.exit_code == 65
        assert "private key" in result.stderr
        assert key[5:] not in result.output
    for arguments in (["review", "--fiat-day", key, "x"], [key], ["review", "--no-such", key]):
        done = subprocess.run(
            [sys.executable, "-c", "from qaif.cli.main import run; run()", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 65
        assert key[5:] not in done.stdout + done.stderr
        assert "private key" in done.stderr


def test_the_lists_can_be_shortened(made: Made) -> None:
    got = answer(made[0], "review", address_of(1), "--largest", "2", "--counterparties", "1")
    assert len(got["largest"]) == 2
    assert (len(got["counterparties"]["in"]), len(got["counterparties"]["out"])) == (1, 1)
    assert got["counterparties"]["in_count"] > 1


def test_no_workspace_is_said(tmp_path: Path) -> None:
    status, error = refusal(tmp_path / "nowhere", "review", address_of(1))
    assert (status, error["code"]) == (66, "not-found")
