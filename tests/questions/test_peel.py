"""Peel chains: the rest is followed, each step says how sure it is, and where it is not sure it ends."""

from pathlib import Path

import pytest

from oracle.blockmaker import Outpoint
from qaif.analysis.change.vote import votes
from qaif.analysis.flows.peel import VOTE, PeelLimits
from qaif.errors import UsageError
from qaif.questions.peel import PeelAnswer, PeelRequest, peel_chain
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import COIN, Story, called, shown
from support.workspaces import answer, run

BTC = 10**8
PAID = 5


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Outpoint, list[Outpoint]]:
    """Round amounts go to addresses that others use; the odd rest goes to a fresh address each time."""
    story = Story()
    begin = at = story.fund("rest 0")
    for n in range(PAID):
        story.pay([story.fund("strangers")], [(COIN - 3_217, f"shop {n}")])
    left, rests = COIN, []
    for n in range(PAID):
        left -= BTC // 2 + 1_131 + n
        tx = story.pay([at], [(BTC // 2, f"shop {n}"), (left, f"rest {n + 1}")])
        at = (tx.txid, 1)
        rests.append(at)
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    return tmp_path / "ws", begin, rests


def followed(folder: Path, at: Outpoint, **how: object) -> PeelAnswer:
    return peel_chain(folder, PeelRequest(subject=shown(at), **how))  # type: ignore[arg-type]


def test_the_rest_is_followed_to_its_end(made: tuple[Path, Outpoint, list[Outpoint]]) -> None:
    folder, begin, rests = made
    got = followed(folder, begin)
    assert [step.rest.outpoint for step in got.steps] == [shown(at) for at in rests]
    assert got.paid_sat == BTC // 2 * PAID
    assert [one.script.address for step in got.steps for one in step.paid if one.script] == [
        called(f"shop {n}") for n in range(PAID)
    ]
    assert got.reason == "unspent"
    together = 1_000_000
    for step in got.steps:
        assert step.permille >= PeelLimits().least_permille
        together = together * step.permille // 1_000
        assert step.together_permille == together // 1_000
        assert step.shaped
    assert got.layer == "inference"
    assert votes()[VOTE].id in str(got.basis["methods"])


def test_limits_each_with_its_reason(made: tuple[Path, Outpoint, list[Outpoint]]) -> None:
    folder, begin, _ = made
    assert followed(folder, begin, limits=PeelLimits(steps=2)).reason == "steps"
    sure = followed(folder, begin)
    above = max(step.permille for step in sure.steps) + 1
    assert followed(folder, begin, limits=PeelLimits(least_permille=above)).steps == ()
    assert followed(folder, begin, limits=PeelLimits(least_permille=above)).reason == "unsure"
    few = followed(folder, begin, limits=PeelLimits(together_permille=sure.steps[1].together_permille))
    assert 2 <= len(few.steps) <= PAID
    assert followed(folder, begin, limits=PeelLimits(together_permille=1_001)).reason == "together"


def test_two_outputs_that_look_alike_end_it(tmp_path: Path) -> None:
    story = Story()
    begin = story.fund("a")
    story.pay([begin], [(2_500_000_000, "b"), (2_500_000_000, "c")])
    single = story.fund("d")
    story.pay([single], [(COIN - 500, "e")])
    put(Workspace.open_or_create(tmp_path / "ws").chain_dir, story.branch.blocks)
    alike = followed(tmp_path / "ws", begin)
    assert (alike.steps, alike.reason) == ((), "unsure")
    assert followed(tmp_path / "ws", single).reason == "single"


def test_a_claim_ends_it(made: tuple[Path, Outpoint, list[Outpoint]]) -> None:
    folder, begin, _ = made
    what = ("--schema", "CryptoWallet", "--prop", "name", "--value", "A till", "--entity", called("rest 3"))
    answer(folder, "claims", "add", *what, "--asserted-by", "a blog", "--by", "me")
    got = followed(folder, begin)
    assert (len(got.steps), got.reason, got.said[0].text) == (3, "labelled", "A till")
    assert got.layer == "claim"
    assert len(followed(folder, begin, through_labels=True).steps) == PAID


def test_the_command(made: tuple[Path, Outpoint, list[Outpoint]]) -> None:
    folder, begin, _ = made
    got = answer(folder, "peel", shown(begin), "--steps", "2")
    assert [len(got["steps"]), got["reason"]] == [2, "steps"]
    page = run(folder, "peel", shown(begin))
    assert "no transaction in the blocks held spends it" in page.output
    with pytest.raises(UsageError, match="names 2 outputs"):
        peel_chain(folder, PeelRequest(subject=got["steps"][0]["tx"]["txid"]))
