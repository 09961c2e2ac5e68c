"""Rival explanations: each has a story that supports it, and one that does not."""

from pathlib import Path

import pytest

from qaif.questions.rivals import RIVALS, WRONG_IF, RivalsRequest, rivals
from qaif.questions.rivals_checks import CHECKS
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import COIN, Story, called
from support.workspaces import answer

BTC = 10**8


def told(folder: Path, story: Story, near_misses: int | None = None) -> dict[str, str]:
    put(Workspace.open_or_create(folder).chain_dir, story.branch.blocks)
    found = rivals(folder, RivalsRequest(address=called("fund"), near_misses=near_misses))
    assert [one.id for one in found.rivals] == list(RIVALS) == list(WRONG_IF)
    assert {check.id for one in found.rivals for check in one.checks} == set(CHECKS)
    return {one.id: one.verdict for one in found.rivals}


def quiet() -> Story:
    """The fund is paid once and pays once."""
    story = Story()
    gift = story.pay([story.fund("giver")], [(30 * BTC, "fund"), (19 * BTC, "giver")])
    story.pay([(gift.txid, 0)], [(30 * BTC - 1000, "shop")])
    return story


def test_nothing_is_excluded_and_nothing_supported_without_a_reason(tmp_path: Path) -> None:
    found = told(tmp_path / "ws", quiet())
    assert "supported" not in found.values()
    assert found["service-wallet"] == found["broker"] == found["misprint"] == "open"
    assert found["cut-out"] == "not supported by what is held"


def test_near_misses_support_a_misprint(tmp_path: Path) -> None:
    assert told(tmp_path / "ws", quiet(), near_misses=1)["misprint"] == "supported"
    assert told(tmp_path / "ws2", quiet(), near_misses=0)["misprint"] == "not supported by what is held"


def test_change_to_itself_supports_own_coins(tmp_path: Path) -> None:
    story = Story()
    gift = story.pay([story.fund("giver")], [(30 * BTC, "fund")])
    story.pay([(gift.txid, 0)], [(10 * BTC, "shop"), (20 * BTC - 1000, "fund")])
    found = told(tmp_path / "ws", story)
    assert found["own-coins"] == "supported"
    assert told(tmp_path / "ws2", quiet())["own-coins"] == "not supported by what is held"


def test_dust_supports_unsolicited(tmp_path: Path) -> None:
    story = Story()
    story.pay([story.fund("sprayer")], [(900, "fund"), (COIN - 2000, "sprayer")])
    assert told(tmp_path / "ws", story)["unsolicited"] == "supported"


def test_paying_many_at_once_supports_a_service(tmp_path: Path) -> None:
    story = Story()
    for round_ in range(12):
        coin = story.fund("fund")
        story.pay([coin], [(4 * BTC, f"customer {round_} {n}") for n in range(12)])
    assert told(tmp_path / "ws", story)["service-wallet"] == "supported"


@pytest.mark.parametrize("both_ways", [True, False])
def test_paying_back_those_who_paid_supports_a_broker(tmp_path: Path, *, both_ways: bool) -> None:
    story = Story()
    for n in range(12):
        coin = story.pay([story.fund(f"customer {n}")], [(49 * BTC, "fund")])
        story.pay([(coin.txid, 0)], [(48 * BTC, f"customer {n}" if both_ways else f"shop {n}")])
    found = rivals_of(tmp_path / "ws", story)
    assert ("payers-are-paid", "speaks for" if both_ways else "speaks against") in found


def rivals_of(folder: Path, story: Story) -> set[tuple[str, str]]:
    put(Workspace.open_or_create(folder).chain_dir, story.branch.blocks)
    found = rivals(folder, RivalsRequest(address=called("fund")))
    return {(check.id, check.outcome) for one in found.rivals for check in one.checks}


def test_the_command(tmp_path: Path) -> None:
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, quiet().branch.blocks)
    told_ = answer(tmp_path / "ws", "rivals", called("fund"))
    assert told_["rivals"][0]["id"] == "service-wallet"
