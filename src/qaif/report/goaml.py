"""A case as goAML XML, in a generic profile: what FIUs' own schemas have in common, in their order.

Amounts are bitcoin (`XBT`): no price is made up. Codes that each FIU has its own list of are the user's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from qaif.chain.secrets import redact
from qaif.errors import UsageError
from qaif.evidence.defang import defang
from qaif.evidence.folding import fold
from qaif.questions.answer import Layer
from qaif.units import btc

CURRENCY: Final = "XBT"
CODES: Final[Mapping[str, str]] = {
    "submission": "E",
    "report": "STR",
    "transmode": CURRENCY,
    "funds": CURRENCY,
    "country": "ZZ",
}
_UNNAMED = "not known"
_SHORT, _LONG = 255, 4_000

Part = Mapping[str, Any]


@dataclass(frozen=True)
class Head:
    """What a report says of itself.

    Attributes:
        rentity_id: the number by which the FIU knows who reports.
        reference: the reporter's own reference, such as the case's name.
        by: who reports, by name.
        at: the moment, ISO 8601 in UTC.
        reason: why, in words.
        codes: of `CODES`, those of the FIU's own lists.
        confirmed: persons whom the analyst confirmed; nobody else is named as a person.
    """

    rentity_id: int
    reference: str
    by: str
    at: str
    reason: str
    codes: Mapping[str, str] = field(default_factory=dict)
    confirmed: Sequence[str] = ()


def goaml(material: Part, head: Head) -> tuple[bytes, tuple[Layer, ...]]:
    """The report, and the layer of each transaction that it holds.

    Args:
        material: a `CaseMaterial` as JSON.
        head: see there.

    Returns:
        A transaction for each row of the hand-off tables; where there is none, an activity with the case's
        addresses and none. The same material and head give the same bytes.

    Raises:
        UsageError: a code or a confirmed person that there is not, or no address.
    """
    odd = sorted(head.codes.keys() - CODES.keys())
    if odd:
        raise UsageError(f"There is no code {odd[0][:20]!r}.", way_out=f"There are {', '.join(CODES)}.")
    codes = {**CODES, **head.codes}
    persons = _persons(material, head.confirmed)
    report = etree.Element("report")
    _head(report, head, codes)
    rows = list(_handed(material))
    for number, (address, row) in enumerate(rows, start=1):
        _transaction(report, number, address, row, codes, persons)
    if not rows:
        _activity(report, material, persons)
    _put(etree.SubElement(report, "report_indicators"), "indicator", CURRENCY)
    layers: tuple[Layer, ...] = tuple(row["layer"] for _, row in rows)
    return etree.tostring(report, encoding="UTF-8", xml_declaration=True, pretty_print=True), layers


def _head(report: Any, head: Head, codes: Mapping[str, str]) -> None:
    _put(report, "rentity_id", str(head.rentity_id))
    _put(report, "submission_code", codes["submission"])
    _put(report, "report_code", codes["report"])
    _put(report, "entity_reference", head.reference)
    _put(report, "submission_date", head.at[:19])
    _put(report, "currency_code_local", CURRENCY)
    _name(etree.SubElement(report, "reporting_person"), head.by)
    _put(report, "reason", head.reason, _LONG)


def _handed(material: Part) -> Iterator[tuple[str, Part]]:
    """Every row of the hand-off tables once, with the address that it was asked of."""
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    for more in material["more"]:
        answer = more["handoffs"] or {"arrivals": (), "departures": ()}
        for row in (*answer["arrivals"], *answer["departures"]):
            known_by = (row["direction"], row["tx"]["txid"], tuple(row["outpoints"]))
            if known_by not in seen:
                seen.add(known_by)
                yield more["address"], row


def _transaction(  # noqa: PLR0913, PLR0917  where to, which, of whom, what, codes, persons
    report: Any, number: int, address: str, row: Part, codes: Mapping[str, str], persons: Mapping[str, Any]
) -> None:
    made = etree.SubElement(report, "transaction")
    _put(made, "transactionnumber", f"{number:04d}-{row['tx']['txid'][:32]}")
    _put(made, "internal_ref_number", row["tx"]["txid"])
    _put(made, "transaction_description", _told(row), _LONG)
    _put(made, "date_transaction", row["tx"]["time"][:19])
    _put(made, "transmode_code", codes["transmode"])
    _put(made, "amount_local", f"{btc(row['amount_sat']):.8f}")
    service = "; ".join(f"{one['text']} ({one['by']})" for one in row["said"]) or _UNNAMED
    ends = [(row["others"], _UNNAMED), (row["addresses"], service)]
    if row["direction"] == "departure":
        ends.reverse()
    for side, (scripts, institution) in zip(("from", "to"), ends, strict=True):
        end = etree.SubElement(made, f"t_{side}")
        _put(end, f"{side}_funds_code", codes["funds"])
        _account(etree.SubElement(end, f"{side}_account"), scripts, institution, persons)
        _put(end, f"{side}_country", codes["country"])
    _put(made, "comments", f"Asked of {address}, {row['hops']} hop(s) away.")


def _told(row: Part) -> str:
    several = " Several parties put in: who paid it cannot be said." if row["shared"] else ""
    least, most = row["least_sat"], row["most_sat"]
    traced = (
        "" if least is None else f" Traced money in it: {btc(least):.8f} to {btc(most):.8f} BTC, by method."
    )
    return f"{row['direction'].capitalize()} ({row['layer']}): {row['why']}.{traced}{several}"


def _activity(report: Any, material: Part, persons: Mapping[str, Any]) -> None:
    addresses = [one["address"] for each in material["investigations"] for one in each["addresses"]]
    if not addresses:
        raise UsageError("The case shows no address to report.", way_out="Add one with `qaif case add`.")
    parties = etree.SubElement(etree.SubElement(report, "activity"), "report_parties")
    for address in dict.fromkeys(addresses):
        party = etree.SubElement(parties, "report_party")
        _account(etree.SubElement(party, "account"), [{"address": address}], _UNNAMED, persons)
        _put(party, "reason", "Reviewed in the case.")


def _account(made: Any, scripts: Sequence[Part], institution: str, persons: Mapping[str, Any]) -> None:
    names = [str(one["address"] or one["script_hex"]) for one in scripts] or [_UNNAMED]
    _put(made, "institution_name", institution)
    _put(made, "non_bank_institution", "true")
    _put(made, "account", names[0])
    _put(made, "currency_code", CURRENCY)
    for name, said in ((name, said) for one in names for name, said in persons.get(one, {}).items()):
        signatory = etree.SubElement(made, "signatory")
        _put(signatory, "is_primary", "false")
        person = etree.SubElement(signatory, "t_person")
        _name(person, name)
        _put(person, "comments", f"A claim, not a finding; said by {said}. Confirmed by the analyst.", _LONG)
    if len(names) > 1:
        _put(made, "comments", f"With it: {' '.join(names[1:])}", _LONG)


def _persons(material: Part, confirmed: Sequence[str]) -> dict[str, dict[str, str]]:
    """By address, those whom its claims name and the analyst confirmed, each with who says so."""
    wanted = {fold(name): name for name in confirmed}
    found: dict[str, dict[str, str]] = {}
    for more in material["more"]:
        for name, by in _named(more["claims"] or {"entities": (), "links": ()}):
            if fold(name) in wanted:
                found.setdefault(more["address"], {})[name] = by
    missing = wanted.keys() - {fold(name) for names in found.values() for name in names}
    if missing:
        raise UsageError(
            f"No claim of the case names {wanted[min(missing)][:60]!r}.",
            way_out="Confirm a person by the name that `qaif claims` shows.",
        )
    return found


def _named(answer: Part) -> Iterator[tuple[str, str]]:
    for entity in (*answer["entities"], *answer["links"]):
        for prop in entity["properties"]:
            for value in prop["values"]:
                by = "; ".join(dict.fromkeys(one["asserted_by"] for one in value["sayings"]))
                if value["points_to"] or prop["name"] == "name":
                    yield value["points_to"] or value["value"], by


def _name(person: Any, name: str) -> None:
    first, _, last = name.strip().rpartition(" ")
    _put(person, "first_name", first or "-", 100)
    _put(person, "last_name", last or "-", 100)


def _put(parent: Any, name: str, text: str, longest: int = _SHORT) -> None:
    """A child with text that is fit for XML, holds no private key, and no link that can be followed."""
    fit = "".join(char for char in defang(redact(text)) if char.isprintable())
    etree.SubElement(parent, name).text = fit[:longest]
