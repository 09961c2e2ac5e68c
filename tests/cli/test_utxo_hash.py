from pathlib import Path

import pytest

from oracle import parse
from oracle.utxo import slow_set
from qaif.questions import utxo_hash as question
from support.economy import Economy
from support.workspaces import answer, refusal, run

Made = tuple[Path, Economy]


def test_the_page_and_the_envelope_say_the_same(made: Made) -> None:
    folder, economy = made
    slow = slow_set([parse.parse_block(block.raw) for block in economy.blocks], 150)
    got = answer(folder, "utxo-hash")
    assert (got["layer"], got["coverage"]["complete"]) == ("fact", True)
    assert (got["hash_serialized_3"], got["muhash"]) == (slow.serialized(), slow.muhash())
    expected = slow.figures()
    supply = got["supply"]
    assert {k: (got | supply)[k] for k in expected} == expected
    page = run(folder, "utxo-hash").stdout
    for text in (slow.serialized(), slow.muhash(), f"{expected['bogosize']:,}", "lost: scripts"):
        assert text in page
    assert f"{expected['txouts']:,}, of {expected['transactions']:,} transactions" in page


def test_a_height_and_a_kind(made: Made) -> None:
    folder, economy = made
    slow = slow_set([parse.parse_block(block.raw) for block in economy.blocks[:31]], 150)
    got = answer(folder, "utxo-hash", "--at", "30", "--kind", "hash_serialized_3")
    assert (got["hash_serialized_3"], got["muhash"]) == (slow.serialized(), None)
    assert got["as_of"]["height"] == 30
    by_hash = answer(folder, "utxo-hash", "--at", economy.blocks[30].hash[::-1].hex(), "--kind", "none")
    assert (by_hash["txouts"], by_hash["hash_serialized_3"]) == (got["txouts"], None)
    assert "muhash" not in run(folder, "utxo-hash", "--kind", "none").stdout


def test_what_cannot_be_answered(made: Made) -> None:
    status, error = refusal(made[0], "utxo-hash", "--at", "51")
    assert (status, error["code"]) == (66, "not-found")
    assert refusal(made[0], "utxo-hash", "--at", "tip")[1]["code"] == "usage"
    assert run(made[0], "utxo-hash", "--kind", "sha256").exit_code == 2


def test_ctrl_c_says_that_nothing_was_written(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(question, "utxo_set", interrupted)
    status, error = refusal(made[0], "utxo-hash")
    assert (status, error["code"]) == (130, "interrupted")
    assert "begins anew" in error["way_out"]
