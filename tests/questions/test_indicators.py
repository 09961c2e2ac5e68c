"""Indicators: a case that each must see, near misses that it must not; none is a verdict, and it says so."""

from pathlib import Path

from qaif.analysis.flows.indicators import INDICATORS, Thresholds
from qaif.questions.indicators import IndicatorShown, IndicatorsRequest, indicators
from qaif.units import hash_hex
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import COIN, Story, called
from support.workspaces import answer, run

BTC = 10**8


def found(folder: Path, story: Story, subject: str, **numbers: int) -> dict[str, IndicatorShown]:
    put(Workspace.open_or_create(folder).chain_dir, story.branch.blocks)
    return shown(folder, subject, **numbers)


def shown(folder: Path, subject: str, **numbers: int) -> dict[str, IndicatorShown]:
    got = indicators(folder, IndicatorsRequest(subject=called(subject), limits=Thresholds(**numbers)))
    return {one.method.split("/")[0]: one for one in got.indicators}


def gifts(story: Story, count: int, first: int = BTC) -> list[tuple[bytes, int]]:
    return [
        (story.pay([story.fund(f"g {n}")], [(first if not n else BTC, "fund"), (4 * BTC, f"g {n}")]).txid, 0)
        for n in range(count)
    ]


def test_many_small_gathered_and_passed_on(tmp_path: Path) -> None:
    story = Story()
    on = story.pay(gifts(story, 21), [(21 * BTC - 1, "next")])
    seen = found(tmp_path / "ws", story, "fund")["many-small-gathered"]
    assert (seen.met, seen.counted) == ("met", 21)
    assert [tx.txid for tx in seen.witness] == [hash_hex(on.txid)]
    assert "many unrelated wallets" in seen.quote


def test_too_few_or_one_large_or_not_passed_on(tmp_path: Path) -> None:
    few = Story()
    few.pay(gifts(few, 19), [(19 * BTC - 1, "next")])
    assert found(tmp_path / "few", few, "fund")["many-small-gathered"].met == "not met in what is held"
    kept = Story()
    gifts(kept, 21)
    got = found(tmp_path / "kept", kept, "fund")["many-small-gathered"]
    assert (got.met, got.counted) == ("not met in what is held", 21)
    large = Story()
    large.pay(gifts(large, 20, first=40 * BTC), [(59 * BTC - 1, "next")])
    assert found(tmp_path / "large", large, "fund")["many-small-gathered"].counted == 19


def test_structuring_needs_a_threshold_and_a_row(tmp_path: Path) -> None:
    story = Story()
    for n in range(5):
        story.pay([story.fund("payer")], [(9 * BTC + n, "me"), (41 * BTC - n, "payer")])
    found(tmp_path / "ws", story, "me")
    assert shown(tmp_path / "ws", "me")["structuring"].met == "not asked"
    seen = shown(tmp_path / "ws", "me", under_sat=10 * BTC)["structuring"]
    assert (seen.met, seen.counted, len(seen.witness)) == ("met", 5, 5)
    assert shown(tmp_path / "ws", "me", under_sat=12 * BTC)["structuring"].counted == 0, "not just under it"
    assert shown(tmp_path / "ws", "me", under_sat=9 * BTC)["structuring"].counted == 0, "not under it"
    assert shown(tmp_path / "ws", "me", under_sat=10 * BTC, structured=6)["structuring"].met.startswith(
        "not met"
    )


def test_spread_over_services(tmp_path: Path) -> None:
    story = Story()
    got = story.pay([story.fund("payer")], [(COIN, "me")])
    story.pay([(got.txid, 0)], [(10 * BTC, f"service {n}") for n in range(3)] + [(20 * BTC, "friend")])
    folder = tmp_path / "ws"
    assert found(folder, story, "me")["spread-over-services"].counted == 0
    for n in range(3):
        what = (
            "--schema",
            "CryptoWallet",
            "--prop",
            "name",
            "--value",
            f"S{n}",
            "--entity",
            called(f"service {n}"),
        )
        answer(folder, "claims", "add", *what, "--asserted-by", "a blog", "--by", "me")
    seen = shown(folder, "me")["spread-over-services"]
    assert (seen.met, seen.counted, seen.layer) == ("met", 3, "claim")
    assert shown(folder, "me", services=4)["spread-over-services"].met.startswith("not met")


def test_the_command(tmp_path: Path) -> None:
    story = Story()
    gifts(story, 3)
    found(tmp_path / "ws", story, "fund")
    got = answer(tmp_path / "ws", "indicators", called("fund"), "--under-sat", "1000")
    assert got["basis"]["numbers"]["under_sat"] == 1_000
    page = run(tmp_path / "ws", "indicators", called("fund"))
    assert "not a finding" in page.output.replace("\n", " ")
    assert "FATF" in page.output


def test_the_docs_quote_the_paragraphs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "follow-money.md").read_text(encoding="utf-8")
    for one in INDICATORS:
        assert f'| `{one.id}` | "{one.quote}" |' in page
