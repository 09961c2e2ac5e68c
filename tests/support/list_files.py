# ruff: noqa: RUF001, E501  Arabic and Hebrew names, and letters that only look Latin; tags as they stand
"""Small lists in the official formats, after their published shapes. Every person is invented."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from oracle.addresses import address

OFAC_NAMESPACE = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML"
OLD_OFAC_NAMESPACE = "http://www.un.org/sanctions/1.0"
TRON = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
ETHER = "0x52908400098527886E0F7030069857D2E4169EE7"


def bitcoin(number: int) -> str:
    """A mainnet address that nobody has the key of."""
    written = address(b"\x76\xa9\x14" + number.to_bytes(20, "big") + b"\x88\xac", "mainnet")
    assert written is not None
    return written


def names(primary: Iterable[str], *, group: str, part: str, identity: int) -> str:
    """The names of an identity: the first is the primary one."""
    aliases = "".join(
        f'<Alias FixedRef="{identity}" AliasTypeID="{1403 if not at else 1400}" '
        f'Primary="{"true" if not at else "false"}" LowQuality="false">'
        f'<DocumentedName ID="{at}"><DocumentedNamePart><NamePartValue NamePartGroupID="{group}" ScriptID="215">'
        f"{name}</NamePartValue></DocumentedNamePart></DocumentedName></Alias>"
        for at, name in enumerate(primary)
    )
    return (
        f'<Identity ID="{identity}" Primary="true">{aliases}<NamePartGroups><MasterNamePartGroup>'
        f'<NamePartGroup ID="{group}" NamePartTypeID="{part}"/></MasterNamePartGroup></NamePartGroups></Identity>'
    )


def ofac_party(
    number: int, called: Iterable[str], wallets: Mapping[str, str], *, person: bool = False
) -> str:
    features = "".join(
        f'<Feature ID="{number}{at}" FeatureTypeID="{ {"XBT": 344, "ETH": 345, "TRX": 346}[coin] }">'
        f'<FeatureVersion ID="1" ReliabilityID="1"><VersionDetail DetailTypeID="1432">{text}</VersionDetail>'
        f'</FeatureVersion><IdentityReference IdentityID="{number}"/></Feature>'
        for at, (text, coin) in enumerate(wallets.items())
    )
    return (
        f'<DistinctParty FixedRef="{number}"><Profile ID="{number}" PartySubTypeID="{4 if person else 3}">'
        f"{names(called, group='1', part='1528' if person else '1525', identity=number)}{features}"
        f'<Feature ID="9{number}" FeatureTypeID="25"><FeatureVersion ID="2">'
        f'<VersionLocation LocationID="1"/></FeatureVersion></Feature>'
        f"</Profile></DistinctParty>"
    )


def ofac_entry(number: int, day: date, program: str) -> str:
    return (
        f'<SanctionsEntry ID="{number}" ProfileID="{number}" ListID="1550">'
        f'<EntryEvent ID="1" EntryEventTypeID="1" LegalBasisID="92"><Date><Year>{day.year}</Year>'
        f"<Month>{day.month}</Month><Day>{day.day}</Day></Date></EntryEvent>"
        f'<SanctionsMeasure ID="1" SanctionsTypeID="1"><Comment>{program}</Comment></SanctionsMeasure>'
        f'<SanctionsMeasure ID="2" SanctionsTypeID="2"><Comment></Comment></SanctionsMeasure></SanctionsEntry>'
    )


def ofac_advanced(
    issued: date,
    parties: Iterable[str],
    entries: Iterable[str],
    *,
    namespace: str = OFAC_NAMESPACE,
    links: str = "",
) -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Sanctions xmlns="{namespace}" Version="1">'
        f"<DateOfIssue><Year>{issued.year}</Year><Month>{issued.month}</Month><Day>{issued.day}</Day></DateOfIssue>"
        "<ReferenceValueSets><AliasTypeValues><AliasType ID='1400'>A.K.A.</AliasType>"
        "<AliasType ID='1403'>Name</AliasType></AliasTypeValues>"
        "<CountryValues><Country ID='11' ISO2='PS'>Region: Gaza</Country></CountryValues>"
        "<FeatureTypeValues><FeatureType ID='25'>Location</FeatureType>"
        "<FeatureType ID='344'>Digital Currency Address - XBT</FeatureType>"
        "<FeatureType ID='345'>Digital Currency Address - ETH</FeatureType>"
        "<FeatureType ID='346'>Digital Currency Address - TRX</FeatureType></FeatureTypeValues>"
        "<LegalBasisValues><LegalBasis ID='92'>Executive Order 13224 (Terrorism)</LegalBasis></LegalBasisValues>"
        "<ListValues><List ID='1550'>SDN List</List></ListValues>"
        "<NamePartTypeValues><NamePartType ID='1525'>Entity Name</NamePartType>"
        "<NamePartType ID='1528'>Last Name</NamePartType></NamePartTypeValues>"
        "<PartySubTypeValues><PartySubType ID='3' PartyTypeID='2'>Unknown</PartySubType>"
        "<PartySubType ID='4' PartyTypeID='1'>Unknown</PartySubType></PartySubTypeValues>"
        "<PartyTypeValues><PartyType ID='1'>Individual</PartyType><PartyType ID='2'>Entity</PartyType>"
        "</PartyTypeValues><RelationTypeValues><RelationType ID='15003'>Owned or Controlled By</RelationType>"
        "</RelationTypeValues><SanctionsTypeValues><SanctionsType ID='1'>Program</SanctionsType>"
        "<SanctionsType ID='2'>Block</SanctionsType></SanctionsTypeValues></ReferenceValueSets>"
        "<Locations><Location ID='1'><LocationCountry CountryID='11'/><LocationPart LocPartTypeID='1454'>"
        "<LocationPartValue><Value>Example Street 1</Value></LocationPartValue></LocationPart></Location></Locations>"
        f"<DistinctParties>{''.join(parties)}</DistinctParties>"
        f"<ProfileRelationships>{links}</ProfileRelationships>"
        f"<SanctionsEntries>{''.join(entries)}</SanctionsEntries></Sanctions>"
    ).encode()


def a_whole_list(issued: date = date(2024, 5, 1), count: int = 6) -> bytes:
    """`count` organisations, the first of which has wallets and Arabic names, and one invented person."""
    first = ofac_party(
        101,
        ["Example Relief Front", "جبهة الإغاثة المثال", "Фронт помощи Пример"],
        {bitcoin(1): "XBT", ETHER: "ETH", TRON: "XBT"},
    )
    person = ofac_party(102, ["Zaydun Mithali"], {bitcoin(2): "XBT"}, person=True)
    others = [ofac_party(200 + n, [f"Invented Trading House {n}"], {}) for n in range(count)]
    listed = [101, 102, *(200 + n for n in range(count))]
    entries = [ofac_entry(n, date(2019, 9, 10), "SDGT") for n in listed]
    return ofac_advanced(issued, [first, person, *others], entries)


def ofac_plain(published: str = "05/03/2024") -> bytes:
    return (
        '<?xml version="1.0"?><sdnList xmlns="http://tempuri.org/sdnList.xsd"><publshInformation>'
        f"<Publish_Date>{published}</Publish_Date><Record_Count>1</Record_Count></publshInformation>"
        "<sdnEntry><uid>101</uid><lastName>Example Relief Front</lastName><sdnType>Entity</sdnType>"
        "<programList><program>SDGT</program></programList>"
        "<idList><id><uid>7</uid><idType>Digital Currency Address - XBT</idType>"
        f"<idNumber>{bitcoin(1)}</idNumber></id></idList>"
        "<akaList><aka><uid>8</uid><type>a.k.a.</type><category>weak</category><lastName>ERF</lastName></aka></akaList>"
        "</sdnEntry><sdnEntry><uid>102</uid><firstName>Zaydun</firstName><lastName>Mithali</lastName>"
        "<sdnType>Individual</sdnType><programList><program>SDGT</program></programList>"
        "<dateOfBirthList><dateOfBirthItem><dateOfBirth>circa 1970</dateOfBirth></dateOfBirthItem>"
        "</dateOfBirthList></sdnEntry></sdnList>"
    ).encode()


def un(generated: str = "2024-05-01T00:00:00.000Z") -> bytes:
    return (
        f'<?xml version="1.0"?><CONSOLIDATED_LIST dateGenerated="{generated}"><INDIVIDUALS><INDIVIDUAL>'
        "<DATAID>6908555</DATAID><FIRST_NAME>ZAYDUN</FIRST_NAME><SECOND_NAME>MITHALI</SECOND_NAME>"
        "<UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE><REFERENCE_NUMBER>QDi.999</REFERENCE_NUMBER>"
        "<LISTED_ON>2014-05-02</LISTED_ON><NAME_ORIGINAL_SCRIPT>زيدون مثالي</NAME_ORIGINAL_SCRIPT>"
        f"<COMMENTS1>Used the address {bitcoin(3)} in 2015.</COMMENTS1>"
        "<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Abu Mithal; Zidoun Methali</ALIAS_NAME>"
        "</INDIVIDUAL_ALIAS><INDIVIDUAL_DATE_OF_BIRTH><YEAR>1970</YEAR></INDIVIDUAL_DATE_OF_BIRTH>"
        "</INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><DATAID>110001</DATAID>"
        "<FIRST_NAME>EXAMPLE RELIEF FRONT</FIRST_NAME><UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE>"
        "<REFERENCE_NUMBER>QDe.998</REFERENCE_NUMBER><LISTED_ON>2016-01-20</LISTED_ON>"
        "<ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>Example Aid</ALIAS_NAME></ENTITY_ALIAS>"
        "</ENTITY></ENTITIES></CONSOLIDATED_LIST>"
    ).encode()


def eu(generated: str = "2024-05-01T09:00:00") -> bytes:
    return (
        '<?xml version="1.0"?><export xmlns="http://eu.europa.ec/fpi/fsd/export" '
        f'generationDate="{generated}"><sanctionEntity designationDate="2003-09-12" logicalId="501" '
        'euReferenceNumber="EU.1.1"><subjectType code="enterprise" classificationCode="E"/>'
        '<regulation logicalId="77" programme="TERR" numberTitle="2023/1505 (OJ L 184)" '
        'publicationDate="2023-07-21" entryIntoForceDate="2023-07-22">'
        "<publicationUrl>https://eur-lex.example.org/1505</publicationUrl></regulation>"
        '<nameAlias wholeName="Example Relief Front" strong="true" nameLanguage="EN" logicalId="1"/>'
        '<nameAlias wholeName="جبهة الإغاثة المثال" strong="true" nameLanguage="AR" logicalId="2"/>'
        '<nameAlias wholeName="ERF" strong="false" logicalId="3"/>'
        '<address city="Gaza" countryIso2Code="PS" countryDescription="PALESTINE"/>'
        f"<remark>Asks for gifts at {bitcoin(4)}</remark></sanctionEntity></export>"
    ).encode()


def uk(generated: str = "01/05/2024", designated: str = "03/04/2021") -> bytes:
    return (
        f'<?xml version="1.0"?><Designations><DateGenerated>{generated}</DateGenerated><Designation>'
        "<UniqueID>CTI0001</UniqueID><OFSIGroupID>14000</OFSIGroupID><Names><Name><Name6>Example Relief Front</Name6>"
        "<NameType>Primary Name</NameType></Name></Names><NonLatinNames><NonLatinName>"
        "<NameNonLatinScript>جبهة الإغاثة المثال</NameNonLatinScript>"
        "<NonLatinScriptLanguage>Arabic</NonLatinScriptLanguage></NonLatinName></NonLatinNames>"
        "<RegimeName>The Counter-Terrorism (International Sanctions) Regulations 2019</RegimeName>"
        "<IndividualEntityShip>Entity</IndividualEntityShip><SanctionsImposed>Asset freeze</SanctionsImposed>"
        f"<OtherInformation>Wallet: {bitcoin(5)}</OtherInformation>"
        f"<DateDesignated>{designated}</DateDesignated></Designation></Designations>"
    ).encode()


NBCTF_HEAD = (
    *("Full Name", "ID", "Passport", "Date of Birth", "E-wallet address/user ID", "Currency", "Platform"),
    *("Order number", "Start date", "End date"),
)


def nbctf(rows: Iterable[Iterable[object]], head: Iterable[str] = NBCTF_HEAD) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["National Bureau for Counter Terror Financing"])
    sheet.append(list(head))
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            if cell.data_type == "f":
                cell.data_type = "s"  # a text that begins like a formula
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cyrillic(text: str) -> str:
    """An address with letters that only look like its own, and a blank that cannot be seen."""
    swapped = text.translate(str.maketrans("acpxAECKMTX", "асрхАЕСКМТХ"))
    return f"{swapped[:9]}\u200b{swapped[9:]}"


def nbctf_orders() -> bytes:
    return nbctf(
        [
            ["Zaydun Mithali", "900000001", "", "01/02/1970", cyrillic(bitcoin(6)), "BTC", "", "ASO 12/23", date(2023, 3, 1), date(2025, 3, 1)],
            ["Zaydun Mithali", "", "", "", "123456789", "", "Binance", "ASO 12/23", date(2023, 3, 1), date(2025, 3, 1)],
            ["Example Relief Front", "", "", "", TRON, "USDT", "", "צ.ת 7/21", "13/02/2021", "04/05/2023"],
            ["Example Relief Front", "", "", "", bitcoin(7), "BTC", "", "ASO 3/24", "05/06/2024", ""],
        ]
    )  # fmt: skip


def ftm(entities: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in entities).encode()


def ftm_list() -> bytes:
    common = {"datasets": ["us_ofac_sdn"], "last_seen": "2024-05-01T06:00:00", "referents": []}
    return ftm(
        [
            {
                **common,
                "id": "NK-front",
                "schema": "Organization",
                "properties": {
                    "name": ["Example Relief Front", "جبهة الإغاثة المثال"],
                    "topics": ["sanction"],
                },
            },
            {
                **common,
                "id": "ofac-wallet-1",
                "schema": "CryptoWallet",
                "properties": {"publicKey": [bitcoin(1)], "currency": ["XBT"], "holder": ["NK-front"]},
            },
            {
                **common,
                "id": "ofac-sanction-1",
                "schema": "Sanction",
                "properties": {
                    "entity": ["NK-front"],
                    "authority": ["Office of Foreign Assets Control"],
                    "program": ["SDGT"],
                    "startDate": ["2019-09-10"],
                    "country": ["us"],
                },
            },
        ]
    )


def zip_bomb() -> bytes:
    """A spreadsheet of a few KB that would unpack to 20 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(20):
                part.write(b" " * (1 << 20))
    return out.getvalue()


def with_entity(document: bytes, declared: str, used: str) -> bytes:
    """A list with a document type that declares an entity, which is used in its first name."""
    head, _, rest = document.partition(b"?>")
    root = rest.lstrip()[1:].split(b" ", 1)[0].split(b">", 1)[0].decode()
    kept = rest.replace(b"Example Relief Front", f"Example {used}".encode(), 1)
    return head + f"?>\n<!DOCTYPE {root} [{declared}]>".encode() + kept


def laughs(depth: int = 12) -> str:
    lines = ['<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(depth)]
    return "".join(lines)


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
