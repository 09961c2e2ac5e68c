import io
from collections.abc import Iterable
from datetime import date

import pytest

from qaif.evidence.lists.making import Making, statements_of
from qaif.evidence.lists.recognise import Recognised, recognise
from qaif.records.statement import Statement
from support import list_files as files


def read(content: bytes) -> tuple[Recognised, Making, list[Statement]]:
    stream = io.BytesIO(content)
    found = recognise(stream)
    made = Making(found.known)
    return found, made, list(statements_of(found.read, stream, made))


def values(said: Iterable[Statement], prop: str, schema: str = "") -> list[str]:
    return [each.value for each in said if each.prop == prop and schema in ("", each.schema)]


@pytest.mark.parametrize("namespace", [files.OFAC_NAMESPACE, files.OLD_OFAC_NAMESPACE])
def test_ofac_advanced_in_both_of_its_namespaces(namespace: str) -> None:
    content = files.a_whole_list().replace(files.OFAC_NAMESPACE.encode(), namespace.encode())
    found, made, said = read(content)
    assert (found.known.name, found.format, found.odd) == ("us-ofac-sdn", "OFAC advanced XML", "")
    assert made.published_at == "2024-05-01"
    front = [each for each in said if each.entity_id == "ofac-101"]
    assert {each.schema for each in front} == {"Organization"}
    assert values(front, "name") == ["Example Relief Front"]
    assert values(front, "alias") == ["جبهة الإغاثة المثال", "Фронт помощи Пример"]
    assert values(front, "address") == ["Example Street 1, Region: Gaza"]
    assert values(front, "country") == ["ps"]
    assert values(front, "sourceUrl") == ["https://sanctionssearch.ofac.treas.gov/Details.aspx?id=101"]
    assert {each.schema for each in said if each.entity_id == "ofac-102"} == {"Person"}
    assert values([each for each in said if each.entity_id == "ofac-102"], "lastName") == ["Zaydun Mithali"]
    entry = {each.prop: each.value for each in said if each.entity_id == "ofac-entry-101"}
    assert entry["entity"] == "ofac-101"
    assert entry["program"] == "SDGT"
    assert entry["legalAct"] == "Executive Order 13224 (Terrorism)"
    assert (entry["listingDate"], entry["scope"], entry["provisions"]) == ("2019-09-10", "SDN List", "Block")


def test_wallets_of_the_list_and_of_other_chains() -> None:
    _, made, said = read(files.a_whole_list())
    wallets = {each.value: each for each in said if each.prop == "publicKey"}
    assert set(wallets) == {files.bitcoin(1), files.bitcoin(2), files.ETHER, files.TRON}
    assert wallets[files.ETHER].key == files.ETHER.lower()
    assert all(each.key == value for value, each in wallets.items() if value != files.ETHER)
    (flagged,) = made.problems
    assert (flagged.kind, flagged.original) == ("other chain", files.TRON)
    assert "chain not analysed" in flagged.said
    assert values(said, "holder", "CryptoWallet") == ["ofac-101"] * 3 + ["ofac-102"]


def test_owned_or_controlled_is_no_share_of_anything() -> None:
    link = '<ProfileRelationship ID="5" From-ProfileID="1" To-ProfileID="2" RelationTypeID="15003"/>'
    party = files.ofac_party(1, ["One"], {})
    _, _, said = read(files.ofac_advanced(date(2024, 5, 1), [party], [], links=link))
    edge = {each.prop: each.value for each in said if each.entity_id == "ofac-link-5"}
    assert edge["role"] == "Owned or Controlled By"
    assert (edge["subject"], edge["object"]) == ("ofac-1", "ofac-2")
    assert not any(each.schema == "Ownership" for each in said)


def test_ofac_plain_is_the_same_list_with_the_same_ids() -> None:
    found, made, said = read(files.ofac_plain())
    assert (found.known.name, made.published_at) == ("us-ofac-sdn", "2024-05-03")
    assert values(said, "publicKey") == [files.bitcoin(1)]
    assert values(said, "holder") == ["ofac-101"]
    assert values(said, "weakAlias") == ["ERF"]
    assert values(said, "name", "Person") == ["Zaydun Mithali"]
    (born,) = [each for each in said if each.prop == "birthDate"]
    assert (born.value, born.original) == ("1970", "circa 1970")
    assert [each.kind for each in made.problems] == ["unclear date"]
    assert not values(said, "listingDate")


def test_united_nations() -> None:
    found, made, said = read(files.un())
    assert (found.known.name, made.published_at) == ("un-sc", "2024-05-01")
    assert values(said, "name", "Person") == ["ZAYDUN MITHALI", "زيدون مثالي"]
    assert values(said, "alias", "Person") == ["Abu Mithal", "Zidoun Methali"]
    assert values(said, "previousName", "Organization") == ["Example Aid"]
    assert values(said, "publicKey") == [files.bitcoin(3)]
    assert [each.kind for each in made.problems] == ["from running text"]
    assert values(said, "listingDate") == ["2014-05-02", "2016-01-20"]
    assert values(said, "recordId") == ["QDi.999", "QDe.998"]


def test_european_union() -> None:
    found, made, said = read(files.eu())
    assert (found.known.name, made.published_at) == ("eu-fsf", "2024-05-01")
    (arabic,) = [each for each in said if each.lang == "ar"]
    assert (arabic.prop, arabic.value) == ("alias", "جبهة الإغاثة المثال")
    entry = {each.prop: each.value for each in said if each.schema == "Sanction"}
    assert (entry["program"], entry["legalAct"]) == ("TERR", "2023/1505 (OJ L 184)")
    assert (entry["listingDate"], entry["startDate"]) == ("2003-09-12", "2023-07-22")
    assert values(said, "publicKey") == [files.bitcoin(4)]
    assert values(said, "weakAlias") == ["ERF"]


def test_united_kingdom_writes_the_day_first() -> None:
    found, made, said = read(files.uk())
    assert (found.known.name, made.published_at) == ("uk-sanctions", "2024-05-01")
    assert values(said, "listingDate") == ["2021-04-03"]
    assert values(said, "provisions") == ["Asset freeze"]
    (arabic,) = [each for each in said if each.lang == "ar"]
    assert arabic.value == "جبهة الإغاثة المثال"
    assert values(said, "publicKey") == [files.bitcoin(5)]


def test_a_month_above_twelve_is_flagged_and_not_swapped() -> None:
    _, made, said = read(files.uk(designated="04/23/2021"))
    assert not values(said, "listingDate")
    assert ("unclear date", "04/23/2021") in {(each.kind, each.original) for each in made.problems}


def test_israel_repairs_letters_and_says_so() -> None:
    found, made, said = read(files.nbctf_orders())
    assert (found.known.name, found.format) == ("il-nbctf-orders", "NBCTF spreadsheet")
    wallets = {each.value: each for each in said if each.prop == "publicKey"}
    assert set(wallets) == {files.bitcoin(6), files.TRON, files.bitcoin(7)}
    assert wallets[files.bitcoin(6)].original == files.cyrillic(files.bitcoin(6))
    assert "repaired letters" in {each.kind for each in made.problems}
    acts = {each.value for each in said if each.prop == "legalAct"}
    assert acts == {"ASO 12/23", "ASO 7/21", "ASO 3/24"}


def test_israel_keeps_a_users_number_apart_from_addresses() -> None:
    _, _, said = read(files.nbctf_orders())
    account = {each.prop: each for each in said if each.schema == "UserAccount"}
    assert (account["username"].value, account["service"].value) == ("123456789", "Binance")
    assert account["username"].key == "123456789"
    assert "123456789" not in values(said, "publicKey")


def test_israels_dates_are_read_by_their_column_or_left_open() -> None:
    _, made, said = read(files.nbctf_orders())
    by_act: dict[str, dict[str, str]] = {}
    acts = {each.entity_id: each.value for each in said if each.prop == "legalAct"}
    for each in said:
        if each.prop in ("startDate", "endDate"):
            by_act.setdefault(acts[each.entity_id], {})[each.prop] = each.value
    assert by_act["ASO 12/23"] == {"startDate": "2023-03-01", "endDate": "2025-03-01"}
    # 13/02/2021 shows that the column of beginnings has the day first; nothing shows it of the column of ends
    assert by_act["ASO 3/24"] == {"startDate": "2024-06-05"}
    assert by_act["ASO 7/21"] == {"startDate": "2021-02-13", "endDate": "2023"}
    unclear = [each for each in made.problems if each.kind == "unclear date"]
    assert {each.original for each in unclear} == {"04/05/2023", "01/02/1970"}
    assert all("may be" in each.said for each in unclear)


def test_a_name_alone_joins_no_two_rows() -> None:
    row = ["Zaydun Mithali", "", "", "", "", "", "", "ASO 1/24", date(2024, 1, 1), ""]
    _, _, said = read(
        files.nbctf([[*row[:4], files.bitcoin(8), *row[5:]], [*row[:4], files.bitcoin(9), *row[5:]]])
    )
    assert len({each.entity_id for each in said if each.prop == "name"}) == 2


def test_follow_the_money_as_opensanctions_writes_it() -> None:
    found, made, said = read(files.ftm_list())
    assert (found.known.name, found.known.jurisdictions) == ("opensanctions-us_ofac_sdn", ("US",))
    assert (made.published_at, made.entity_count) == ("2024-05-01", 3)
    assert values(said, "publicKey") == [files.bitcoin(1)]
    assert {each.assertion.root for each in said} == {"OFAC, US Department of the Treasury"}
    assert {each.assertion.status for each in said} == {"reported"}


def test_a_real_compilation_loses_no_row(shared: object) -> None:
    from pathlib import Path

    path = Path(str(shared)) / "labels" / "ofac-sdn-xbt.json"
    found, made, said = read(path.read_bytes())
    assert found.known.name == "us-ofac-addresses"
    listed = values(said, "publicKey")
    assert len(listed) == len(set(listed)) == 435
    assert [(each.kind, each.original[:4]) for each in made.problems] == [("other chain", "TUCs")]
    assert len(set(listed)) - len(made.problems) == 434


def test_hostile_texts_stay_what_they_are() -> None:
    hostile = ["=HYPERLINK(1)", "\u202egnp.exe", "a\u200bb", "'; DROP TABLE statements; --"]
    rows = [[name, "1", "", "", "", "", "", "", "", ""] for name in hostile]
    _, _, said = read(files.nbctf(rows))
    assert values(said, "name") == hostile


def test_half_characters_are_replaced_and_flagged() -> None:
    content = (
        b'{"id": "x", "schema": "Person", "properties": {"name": ["\\ud800 Zaydun"]}, "datasets": ["a_b"]}\n'
    )
    _, made, said = read(content)
    assert values(said, "name") == ["? Zaydun"]
    assert [each.kind for each in made.problems] == ["broken characters"]


def test_a_private_key_is_never_taken_in() -> None:
    key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
    _, made, said = read(files.nbctf([["Zaydun Mithali", "1", "", "", key, "BTC", "", "", "", ""]]))
    assert [each.kind for each in made.problems] == ["private key"]
    assert not any(key in (each.value, each.original or "", each.key or "") for each in said)
    assert not any(key in (each.original, each.said) for each in made.problems)


def test_a_private_key_of_follow_the_money_is_not_taken_in() -> None:
    entity = {
        "id": "w",
        "schema": "CryptoWallet",
        "properties": {"privateKey": ["anything"], "currency": ["XBT"]},
    }
    _, made, said = read(files.ftm([entity]))
    assert values(said, "currency") == ["XBT"]
    assert "anything" not in [each.value for each in said]
    assert [each.kind for each in made.problems] == ["private key"]
