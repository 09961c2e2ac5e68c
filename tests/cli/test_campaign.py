from pathlib import Path

from oracle import review as twin
from oracle.parse import parse_block
from qaif.analysis.donors import FEWEST, suppressed
from support.economy import Economy, script
from support.workspaces import address_of, answer, made_workspace, refusal, run

BY = ("--by", "An Analyst", "--asserted-by", "A Monitor")


def _appeal(folder: Path, campaign: str, channel: str, *more: str) -> str:
    given = ("campaign", "appeal", campaign, "--channel", channel, *more, *BY)
    return str(answer(folder, *given)["entity_id"])


def _donors(economy: Economy, person: int) -> set[bytes]:
    blocks = [parse_block(block.raw) for block in economy.blocks]
    rows = twin.rows_of(blocks, {script(person)}, twin.p2pkh_key)
    told = {spent.script for row in rows if not row.spends for spent in row.ins if spent.script}
    return told - {script(person)}


def test_a_campaign_shows_appeals_addresses_in_turn_and_the_chain_beside_them(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    made_workspace(folder)
    campaign = str(answer(folder, "campaign", "new", "Give now", *BY)["entity_id"])
    first, second = address_of(1), address_of(2)
    original = _appeal(
        folder,
        "Give now",
        "a channel",
        *("--address", first, "--wording", "=give <b>now</b>", "--shown-from", "2019-01-05"),
        *("--shown-to", "2019-02-01", "--other-means", "a bank account"),
    )
    _appeal(folder, campaign, "a channel", "--address", second, "--shown-from", "2019-03-01")
    _appeal(
        folder,
        campaign,
        "another channel",
        *("--address", second, "--captured-at", "2019-01-20", "--repost-of", original),
        *("--other-means", "a bank account", "--other-means", "cash"),
    )
    shown = answer(folder, "campaign", "Give now")
    assert (shown["layer"], shown["coverage"]["complete"], shown["campaign"]) == ("claim", False, campaign)
    assert [one["first_day"] for one in [*shown["addresses"]]] == ["2019-01-05", "2019-01-20"]
    assert [one["wallets"] for one in shown["appeals"]] == [[first], [second], [second]]
    assert [one["instead_of"] for one in shown["addresses"]] == [[], []]  # they overlap elsewhere
    (repost,) = shown["reposts"]
    assert (repost["by"], repost["of"], repost["same_addresses"]) == (
        ["another channel"],
        ["a channel"],
        False,
    )
    assert shown["other_means"] == [["a bank account", 2], ["cash", 1]]
    asked = {row["month"]: row["appeals"] for row in shown["timeline"] if row["appeals"]}
    assert asked == {"2019-01": 2, "2019-02": 1, "2019-03": 1}
    both = answer(folder, "review", first, second)
    did = {row["month"]: row["net_received_sat"] for row in both["by_month"] if row["tx_count"]}
    assert did == {row["month"]: row["received_sat"] for row in shown["timeline"] if row["tx_count"]}
    page = run(folder, "campaign", "Give now").stdout
    assert "Addresses in turn" in page
    assert answer(folder, "campaign", "list")["campaigns"] == [[campaign, "Give now"]]


def test_an_address_that_took_anothers_place_is_said_to(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    campaign = str(answer(folder, "campaign", "new", "Give", *BY)["entity_id"])
    addresses = ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")
    for address, month in zip(addresses, ("01", "03"), strict=True):
        days = ("--shown-from", f"2019-{month}-01", "--shown-to", f"2019-{month}-20")
        _appeal(folder, campaign, "a channel", "--address", address, *days)
    shown = answer(folder, "campaign", campaign)
    assert [one["instead_of"] for one in shown["addresses"]] == [[], [addresses[0]]]
    assert shown["timeline"][0]["tx_count"] is None
    assert any("No blocks" in reason for reason in shown["coverage"]["reasons"])
    assert refusal(folder, "campaign", "nothing")[1]["code"] == "not-found"


def test_donors_are_counted_and_never_listed(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    economy = made_workspace(folder)
    for person in (1, 2):
        answer(folder, "campaign", "new", f"Campaign {person}", *BY)
        days = ("--shown-from", "2019-01-01")
        _appeal(folder, f"Campaign {person}", "c", "--address", address_of(person), *days)
    shown = answer(folder, "campaign", "Campaign 1", "--shared-with", "Campaign 2")
    (shared,) = shown["shared_donors"]
    here, there = _donors(economy, 1), _donors(economy, 2)
    assert shared["donors_here"] == suppressed(len(here))
    assert shared["donors_there"] == suppressed(len(there))
    assert shared["shared"] == suppressed(len(here & there))
    assert any("nobody is listed" in reason for reason in shown["coverage"]["reasons"])
    text = str({key: value for key, value in shown.items() if key not in ("appeals", "addresses")})
    assert not any(address_of(person) in text for person in range(3, 8))


def test_small_numbers_are_not_given() -> None:
    assert [suppressed(count) for count in range(FEWEST + 1)] == [0, *[None] * (FEWEST - 1), FEWEST]


def test_sources_that_disagree_on_days_are_said_to(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    campaign = str(answer(folder, "campaign", "new", "Give", *BY)["entity_id"])
    appeal = _appeal(folder, campaign, "a channel", "--address", address_of(1), "--shown-from", "2019-01-05")
    assert answer(folder, "campaign", campaign)["contradictions"] == []
    assert "Where sources disagree" not in run(folder, "campaign", campaign).stdout
    less = ("claims", "add", "--entity", appeal, "--schema", "Appeal", "--prop", "shownFrom")
    answer(folder, *less, "--value", "2019-01", "--asserted-by", "Another Monitor", "--by", "An Analyst")
    assert answer(folder, "campaign", campaign)["contradictions"] == []  # known less exactly
    answer(folder, *less, "--value", "2018-11-20", "--asserted-by", "A Court", "--by", "An Analyst")
    shown = answer(folder, "campaign", campaign)
    (one,) = shown["contradictions"]
    assert (one["entity_id"], one["prop"], one["kind"]) == (appeal, "shownFrom", "dates")
    assert all(source in one["sentence"] for source in ("A Monitor", "A Court", "2018-11-20", "2019-01-05"))
    assert shown["appeals"][0]["shown_from"] == "2018-11-20"
    page = run(folder, "campaign", campaign).stdout
    assert "Where sources disagree" in page
    assert "widest span" in page
