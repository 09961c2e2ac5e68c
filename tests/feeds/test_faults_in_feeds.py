"""An explorer that breaks, refuses or lies: a clear error or the right data.

`python -m campaigns.faults_in_feeds` tries more cases; `QAIF_FAULTS_SEED` gives other cases.
"""

import os

import pytest

from campaigns.faults_in_feeds import SHORT, WrongDataError, campaign
from qaif.feeds.esplora import client, transactions


def test_no_fault_ends_in_wrong_data() -> None:
    done = campaign(SHORT, int(os.environ.get("QAIF_FAULTS_SEED", "1")))
    assert sum(figures.cases for figures in done.values()) == SHORT
    assert sum(figures.changed for figures in done.values()) > SHORT // 2
    assert sum(figures.cases - figures.ends["right"] for figures in done.values()) > SHORT // 3


def believing_pages(told: transactions.ToldTx) -> bytes:
    return told.raw()


def believing_bytes(raw: bytes) -> tuple[bytes, int]:
    return EXPECTED[0], len(raw)


EXPECTED = [bytes(32)]


@pytest.mark.parametrize("fault", ["wrong amount", "wrong script"])
def test_it_would_see_a_client_that_believes_pages(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setattr(client, "tried_bytes", believing_pages)
    with pytest.raises(WrongDataError, match="wrong data were taken"):
        campaign(60, 1, [fault])


def test_it_would_see_a_client_that_believes_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = client.Esplora._raw

    def noting(self: client.Esplora, txid_raw: bytes, told: transactions.ToldTx | None) -> bytes:
        EXPECTED[0] = txid_raw
        return asked(self, txid_raw, told)

    monkeypatch.setattr(client.Esplora, "_raw", noting)
    monkeypatch.setattr(client, "id_and_sizes", believing_bytes)
    with pytest.raises(WrongDataError, match="wrong data were taken"):
        campaign(60, 1, ["wrong bytes"])


def test_it_would_see_an_error_that_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("txid")

    monkeypatch.setattr(client, "read_tx", broken)
    with pytest.raises(WrongDataError, match="untyped error"):
        campaign(1, 1, ["wrong prevout"])
