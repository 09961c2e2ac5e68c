"""A case as goAML XML: read back by lxml, valid by a schema, and nothing written where it is not."""

from pathlib import Path

import pytest
from lxml import etree

from qaif.workspace.folder import Workspace
from support.indexing import put
from support.stories import Story, called
from support.workspaces import answer, refusal, run

BTC = 10**8
ADA = ("--by", "Ada Example")
XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
<xs:complexType name="name"><xs:sequence><xs:element name="first_name" type="xs:string"/>
 <xs:element name="last_name" type="xs:string"/><xs:element name="comments" type="xs:string" minOccurs="0"/>
</xs:sequence></xs:complexType>
<xs:complexType name="account"><xs:sequence><xs:element name="institution_name" type="xs:string"/>
 <xs:element name="non_bank_institution" type="xs:boolean"/><xs:element name="account" type="xs:string"/>
 <xs:element name="currency_code" type="xs:string"/>
 <xs:element name="signatory" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
  <xs:element name="is_primary" type="xs:boolean"/><xs:element name="t_person" type="name"/>
 </xs:sequence></xs:complexType></xs:element>
 <xs:element name="comments" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType>
<xs:element name="report"><xs:complexType><xs:sequence>
 <xs:element name="rentity_id" type="xs:positiveInteger"/>
 <xs:element name="submission_code" type="xs:string"/>
 <xs:element name="report_code"><xs:simpleType><xs:restriction base="xs:string">
  <xs:enumeration value="STR"/><xs:enumeration value="SAR"/></xs:restriction></xs:simpleType></xs:element>
 <xs:element name="entity_reference" type="xs:string"/><xs:element name="submission_date" type="xs:dateTime"/>
 <xs:element name="currency_code_local" type="xs:string"/><xs:element name="reporting_person" type="name"/>
 <xs:element name="reason" type="xs:string"/>
 <xs:choice>
 <xs:element name="transaction" maxOccurs="unbounded"><xs:complexType><xs:sequence>
  <xs:element name="transactionnumber" type="xs:string"/>
  <xs:element name="internal_ref_number" type="xs:string"/>
  <xs:element name="transaction_description" type="xs:string"/>
  <xs:element name="date_transaction" type="xs:dateTime"/>
  <xs:element name="transmode_code" type="xs:string"/><xs:element name="amount_local" type="xs:decimal"/>
  <xs:element name="t_from"><xs:complexType><xs:sequence>
   <xs:element name="from_funds_code" type="xs:string"/><xs:element name="from_account" type="account"/>
   <xs:element name="from_country" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="t_to"><xs:complexType><xs:sequence>
   <xs:element name="to_funds_code" type="xs:string"/><xs:element name="to_account" type="account"/>
   <xs:element name="to_country" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="comments" type="xs:string"/>
 </xs:sequence></xs:complexType></xs:element>
 <xs:element name="activity"><xs:complexType><xs:sequence><xs:element name="report_parties"><xs:complexType>
  <xs:sequence><xs:element name="report_party" maxOccurs="unbounded"><xs:complexType><xs:sequence>
   <xs:element name="account" type="account"/><xs:element name="reason" type="xs:string"/>
  </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:sequence>
 </xs:complexType></xs:element>
 </xs:choice>
 <xs:element name="report_indicators"><xs:complexType><xs:sequence>
  <xs:element name="indicator" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element></xs:schema>
"""
ELSEWHERE = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    '<xs:include schemaLocation="http://127.0.0.1:1/x"/></xs:schema>'
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fund pays a deposit address that a court names; another address pays nobody."""
    folder = tmp_path_factory.mktemp("goaml") / "ws"
    story = Story()
    gift = story.pay([story.fund("giver")], [(30 * BTC, "fund"), (19 * BTC, "quiet")])
    story.pay([(gift.txid, 0)], [(2 * BTC, "deposit"), (28 * BTC, "fund")])
    put(Workspace.open_or_create(folder).chain_dir, story.branch.blocks)
    said = (
        ("CryptoWallet", called("deposit"), "publicKey", called("deposit")),
        ("CryptoWallet", called("deposit"), "summary", "deposit <address> & \x01 https://evil.example"),
        ("CryptoWallet", called("fund"), "publicKey", called("fund")),
        ("CryptoWallet", called("fund"), "holder", "p1"),
        ("Person", "p1", "name", "Grace Private"),
    )
    for schema, entity, prop, value in said:
        what = ("--schema", schema, "--entity", entity, "--prop", prop, "--value", value)
        done = run(folder, "claims", "add", *what, "--asserted-by", "a court", "--by", "me")
        assert done.exit_code == 0, done.output
    for name, subject in (("paid", "fund"), ("still", "quiet")):
        assert run(folder, "case", "new", name, *ADA).exit_code == 0
        assert run(folder, "case", "add", name, called(subject), *ADA).exit_code == 0
    (folder.parent / "s.xsd").write_text(XSD)
    return folder


def asked(held: Path, out: Path, name: str = "paid", schema: str = "s.xsd") -> tuple[str, ...]:
    files = ("--schema", str(held.parent / schema), "--out", str(out))
    return ("case", "goaml", name, *files, "--rentity-id", "7", "--reason", "Gifts", *ADA)


def test_each_row_of_the_handoff_table_is_a_transaction(held: Path, tmp_path: Path) -> None:
    told = answer(held, *asked(held, tmp_path / "r.xml"))
    assert (told["transactions"], told["currency"], told["layer"]) == (1, "XBT", "claim")
    read = etree.parse(tmp_path / "r.xml")
    assert etree.XMLSchema(etree.fromstring(XSD)).validate(read)
    assert read.findtext("transaction/amount_local") == "2.00000000"
    assert read.findtext("transaction/t_from/from_account/account") == called("fund")
    assert read.findtext("transaction/t_to/to_account/account") == called("deposit")
    institution = read.findtext("transaction/t_to/to_account/institution_name") or ""
    assert "deposit <address> &" in institution
    assert "a court" in institution, "whose word it is stands with it"
    assert "https://" not in institution
    assert read.findtext("reporting_person/last_name") == "Example"


def test_a_person_is_named_only_where_confirmed(held: Path, tmp_path: Path) -> None:
    answer(held, *asked(held, tmp_path / "without.xml"))
    assert "Private" not in (tmp_path / "without.xml").read_text()
    answer(held, *asked(held, tmp_path / "with.xml"), "--confirm", "Grace Private")
    person = etree.parse(tmp_path / "with.xml").find("transaction/t_from/from_account/signatory/t_person")
    assert person is not None
    assert (person.findtext("first_name"), person.findtext("last_name")) == ("Grace", "Private")
    assert "said by a court" in (person.findtext("comments") or "")
    status, error = refusal(held, *asked(held, tmp_path / "no.xml"), "--confirm", "Nobody Said")
    assert (status, error["code"]) == (2, "usage")
    assert not (tmp_path / "no.xml").exists()


def test_without_handoffs_the_addresses_are_an_activity(held: Path, tmp_path: Path) -> None:
    told = answer(held, *asked(held, tmp_path / "r.xml", "still"))
    assert told["transactions"] == 0
    accounts = etree.parse(tmp_path / "r.xml").findall("activity/report_parties/report_party/account/account")
    assert [one.text for one in accounts] == [called("quiet")]


def test_what_does_not_validate_is_refused_in_the_schemas_words_and_not_written(
    held: Path, tmp_path: Path
) -> None:
    _, error = refusal(held, *asked(held, tmp_path / "r.xml"), "--code", "report=CTR")
    assert error["code"] == "input"
    assert "line 5: Element 'report_code'" in error["message"]
    assert "'STR', 'SAR'" in error["message"]
    assert list(tmp_path.iterdir()) == []
    assert refusal(held, *asked(held, tmp_path / "r.xml"), "--code", "odd=1")[1]["code"] == "usage"
    answer(held, *asked(held, tmp_path / "r.xml"), "--code", "report=SAR")
    before = (tmp_path / "r.xml").read_bytes()
    assert refusal(held, *asked(held, tmp_path / "r.xml"))[1]["code"] == "output"
    assert (tmp_path / "r.xml").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no xml", "is no XML schema"),
        ("<a/>", "is no XML schema"),
        (
            ELSEWHERE,
            "nothing is fetched",
        ),
    ],
)
def test_what_is_no_schema_is_refused(held: Path, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "odd.xsd").write_text(text)
    status, error = refusal(held, *asked(held, tmp_path / "r.xml", schema=str(tmp_path / "odd.xsd")))
    assert (status != 0, error["code"]) == (True, "input")
    assert says in error["message"]
    assert refusal(held, *asked(held, tmp_path / "r.xml", schema="none.xsd"))[1]["code"] == "input"
