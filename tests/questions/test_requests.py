"""Requests from a hand-off table: one a service, with every payment, in both languages."""

from pathlib import Path

import pytest

from qaif.errors import UsageError
from qaif.questions.answer import as_json
from qaif.questions.requests import RequestsAnswer, requests
from qaif.questions.trace import TraceRequest
from qaif.report.request_texts import request_text
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import COIN, Story, called
from support.workspaces import run

BTC = 10**8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fund pays two deposit addresses that one service sweeps."""
    story = Story()
    coin = story.fund("fund")
    paid = story.pay([coin], [(2 * BTC, "deposit 0"), (3 * BTC, "deposit 1"), (44 * BTC, "fund")])
    pool = story.pay(
        [story.fund("other")], [(BTC, f"deposit {n}") for n in range(2, 6)] + [(45 * BTC, "other")]
    )
    sweep = [(paid.txid, 0), (paid.txid, 1), *((pool.txid, n) for n in range(4))]
    story.pay(sweep, [(9 * BTC, "cold")])
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    assert COIN == 50 * BTC
    return tmp_path / "ws"


def found(folder: Path) -> RequestsAnswer:
    return requests(folder, TraceRequest(subjects=(called("fund"),), by="cluster", service_scripts=4))


def test_one_request_a_service_with_all_its_payments(folder: Path) -> None:
    answer = found(folder)
    (one,) = answer.requests
    assert one.service == ""
    assert one.layer == "inference"
    assert [payment.amount_sat for payment in one.payments] == [2 * BTC, 3 * BTC]
    assert {payment.addresses[0] for payment in one.payments} == {called("deposit 0"), called("deposit 1")}
    assert "later-withdrawals" in one.wanted
    assert "earlier-deposits" not in one.wanted, "nothing came from it"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_text_holds_every_payment_and_no_law(folder: Path, language: str) -> None:
    answer = found(folder)
    text = request_text(told := as_json(answer), told["requests"][0], language)
    for payment in answer.requests[0].payments:
        assert f"\u2066{payment.txid}\u2069" in text
        assert f"\u2066{payment.addresses[0]}\u2069" in text
    assert "2.00000000" in text
    assert text.count("\u2066") == text.count("\u2069")
    assert "[" in text.splitlines()[2], "who asks, and by which power, is left to be written in"


def test_a_hostile_name_is_defanged(folder: Path) -> None:
    told = as_json(found(folder))
    one = told["requests"][0] | {"service": "https://pay.example/x\n\u202e", "said_by": ["a@b.example"]}
    text = request_text(told, one, "en")
    assert "https://" not in text
    assert "\u202e" not in text
    assert "That is a claim, not a finding." in text


def test_another_language_is_refused(folder: Path) -> None:
    told = as_json(found(folder))
    with pytest.raises(UsageError):
        request_text(told, told["requests"][0], "xx")


def test_the_command_writes_texts(folder: Path, tmp_path: Path) -> None:
    arguments = ("--service-scripts", "4", "--lang", "ar", "--out", str(tmp_path / "out"))
    result = run(folder, "requests", called("fund"), *arguments)
    assert result.exit_code == 0, result.output
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["request-001-ar.txt"]
