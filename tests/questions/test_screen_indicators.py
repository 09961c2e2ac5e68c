"""Indicators in a screening: looked for where a policy asks; one alone is no more than an alert."""

from datetime import UTC, datetime
from pathlib import Path

from qaif.questions.screen import ScreenAnswer, ScreenRequest, screen
from qaif.screening.policy import Policy, policy_named, read_policy
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import Story, called

BTC = 10**8
NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)
_POLICY = """
policy: own
version: 1
title: One indicator
jurisdictions: [US]
limits: {list_days: 3, tip_minutes: 180}
rules:
  - id: any-indicator
    text: One indicator holds.
    severity: low
    outcome: alert
    when:
      indicators: {any_of: [ONE], least: 1}
"""


def own(indicator: str) -> Policy:
    return read_policy(_POLICY.replace("ONE", indicator).encode(), "own.yaml")


def gathered(folder: Path, payers: int) -> Path:
    """So many give to `fund`, which passes all of it on to `next`."""
    story, work = Story(), folder / f"w{payers}"
    coins = [
        (story.pay([story.fund(f"g {n}")], [(BTC, "fund"), (4 * BTC, f"g {n}")]).txid, 0)
        for n in range(payers)
    ]
    story.pay(coins, [(payers * BTC - 1, "next")])
    put(Workspace.open_or_create(work).chain_dir, story.branch.blocks)
    return work


def asked(work: Path, policy: Policy, name: str = "fund") -> ScreenAnswer:
    return screen(work, ScreenRequest(address=called(name), policy=policy, now=NOW))


def test_one_indicator_is_an_alert_with_its_source_and_no_more(tmp_path: Path) -> None:
    work = gathered(tmp_path, 21)
    got = asked(work, own("many-small-gathered"))
    assert got.policy_outcome == "alert"
    (rule,) = got.rules
    assert (rule.relation, rule.layer) == ("has indicators", "inference")
    (met,) = rule.grounds.indicators
    assert met.id == "many-small-gathered"
    assert "FATF" in met.source
    assert "Counted: 21" in met.said
    assert "not measured" in met.said
    assert got.indicators == (met,)
    assert asked(work, own("spread-over-services")).policy_outcome == "none"
    assert asked(work, own("many-small-gathered"), "next").policy_outcome == "none"


def test_of_two_that_a_policy_asks_for_one_is_none(tmp_path: Path) -> None:
    got = asked(gathered(tmp_path, 21), policy_named("us-exchange"))
    assert (got.policy_outcome, len(got.indicators)) == ("none", 1)


def test_a_near_miss_is_none(tmp_path: Path) -> None:
    assert asked(gathered(tmp_path, 19), own("many-small-gathered")).indicators == ()
