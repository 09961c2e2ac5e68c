"""The short form of `tests/campaigns/emulated_case.py`."""

from pathlib import Path

from campaigns import emulated_case


def test_a_busy_address_is_investigated_from_outside(tmp_path: Path) -> None:
    seen = emulated_case.main(tmp_path / "campaign", 120, 6)
    for kind in ("esplora", "electrum"):
        first, second = seen[kind]
        assert first["new_transactions"] >= 120
        assert second["requests"] <= emulated_case.MOST_AGAIN < first["requests"]
