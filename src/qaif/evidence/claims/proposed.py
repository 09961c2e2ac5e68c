"""From what extraction finds to proposals that are kept, and from an accepted proposal to statements.

An indicator names one value of one entity where it says whose it is by itself: an address its wallet, an
IBAN its account. What does not (an amount, a date, a duration) becomes a claim only where the analyst says of
whom. A relation names its two ends; within one document the same words of the same kind are one entity,
across documents nothing is joined by a name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from qaif.chain.secrets import redact
from qaif.errors import InputError
from qaif.evidence.extraction.shape import End, Extraction, Indicator
from qaif.evidence.extraction.shape import Proposal as Relation
from qaif.evidence.vocabulary import vocabulary, wallet_key
from qaif.records.proposals import Proposal, proposal_id
from qaif.records.statement import Assertion, Statement

_OF_KIND = {
    "bitcoin-address": ("CryptoWallet", "publicKey"),
    "crypto-address": ("CryptoWallet", "publicKey"),
    "iban": ("BankAccount", "iban"),
    "account-number": ("BankAccount", "accountNumber"),
    "phone": ("LegalEntity", "phone"),
    "email": ("LegalEntity", "email"),
    "url": ("LegalEntity", "website"),
    "site": ("LegalEntity", "website"),
    "handle": ("UserAccount", "username"),
}
_OURS = {"Country": "PublicBody", "Website": "LegalEntity"}
_DESIGNATES = {"designated by": "yes", "not designated by": "no"}
_TURNED = frozenset(("owned by",))  # its subject stands at the second end of the edge
RELATION = "relation: "


@dataclass(frozen=True)
class Fact:
    """One value of one property of one entity, before anybody says it."""

    entity: str
    schema: str
    prop: str
    value: str


def proposals(text: str, extraction: Extraction, document_sha256: str, at: str) -> Iterator[Proposal]:
    """What was found in a document, as proposals that are kept."""
    drafts = [
        ((one.start, one.end), one.kind, one.value, _of_indicator(one), f"{one.extractor} {one.version}")
        for one in extraction.indicators
    ] + [
        ((one.cue.start, one.cue.end), f"{RELATION}{one.role}", _ends(one), _of_relation(one), _by(one))
        for one in extraction.relations
    ]
    for place, (span, kind, value, payload, made_by) in enumerate(drafts):
        yield Proposal(
            id=proposal_id(document_sha256, kind, span, value, made_by),
            document_sha256=document_sha256,
            place=place,
            kind=kind,
            span=span,
            payload={**payload, "quote": redact(text[slice(*span)])},
            made_by=made_by,
            made_at=at,
        )


def indicator_id(document_sha256: str, one: Indicator) -> str:
    """The id of the proposal that is made of an indicator."""
    made_by = f"{one.extractor} {one.version}"
    return proposal_id(document_sha256, one.kind, (one.start, one.end), one.value, made_by)


def _by(one: Relation) -> str:
    return f"{one.extractor} {one.version}"


def _ends(one: Relation) -> str:
    return f"{one.subject.start}-{one.subject.end} {one.object.start}-{one.object.end}"


def _of_indicator(one: Indicator) -> dict[str, Any]:
    schema, prop = _OF_KIND.get(one.kind, (None, None))
    if one.kind == "name":
        schema, prop = _OURS.get(one.schema or "", one.schema or "LegalEntity"), "name"
    return {
        "value": one.value,
        "schema": schema,
        "prop": prop,
        "entity": None,
        "lang": one.language,
        "before": one.before,
        "after": one.after,
        "notes": list(one.notes),
        "candidates": [
            {"entity": each.entity_id, "name": each.name, "score": each.score, "how": each.how}
            for each in one.candidates
        ],
    }


def _of_relation(one: Relation) -> dict[str, Any]:
    attribution = [source.name for source in one.attribution]
    return {
        "predicate": one.predicate,
        "role": one.role,
        "subject": _end(one.subject),
        "object": _end(one.object),
        "status": one.status,
        "resting_on": list(dict.fromkeys((*one.chain, *attribution))),  # who tells of others is nearer
        "lang": one.language,
        "notes": list(one.notes),
    }


def _end(end: End) -> dict[str, Any]:
    return {
        "entity": None,
        "name": end.stands_for or end.name,
        "schema": _OURS.get(end.schema, end.schema),
        "stands_for": end.stands_for,
        "start": end.start,
        "end": end.end,
    }


def facts(kind: str, payload: Mapping[str, Any], document_sha256: str) -> tuple[Fact, ...]:
    """What a proposal says, once it is accepted.

    Raises:
        InputError: it does not say of whom; the analyst has to.
    """
    if kind.startswith(RELATION):
        return tuple(_relation(payload, document_sha256))
    if not (payload.get("schema") and payload.get("prop")):
        raise InputError(
            f"A proposal of kind {kind!r} says nothing of an entity by itself.",
            way_out="Say of whom with `qaif edit ID --entity ID --schema KIND --prop PROPERTY`.",
        )
    schema, value = payload["schema"], payload["value"]
    known = vocabulary().schemata.get(schema)
    if known is None or payload["prop"] not in known.properties:
        raise InputError(
            f"A {schema} has no property {payload['prop']!r}.", way_out="Name others with `qaif edit`."
        )
    entity = payload.get("entity") or _entity_id(schema, value, document_sha256)
    return (Fact(entity, schema, payload["prop"], value),)


def _entity_id(schema: str, name: str, document_sha256: str) -> str:
    """A wallet goes by its address; another entity by its document and words, hashed."""
    if schema == "CryptoWallet":
        return wallet_key(name)
    words = " ".join(name.casefold().split())
    digest = sha256(f"{document_sha256}\n{schema}\n{words}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{schema.lower()}-{digest[:16]}"


def _relation(payload: Mapping[str, Any], document: str) -> Iterator[Fact]:
    sides: list[tuple[str, str]] = []
    for name in ("subject", "object"):
        end = payload[name]
        entity = end.get("entity") or _entity_id(end["schema"], end["name"], document)
        prop = "publicKey" if end["schema"] == "CryptoWallet" else "name"
        if not (payload["predicate"] == "alias" and name == "object"):
            yield Fact(entity, end["schema"], prop, end["name"])
        sides.append((entity, end["name"]))
    (subject, _), (object_, object_name) = sides
    role, predicate = payload["role"], payload["predicate"]
    said = f"{document}\n{role}\n{subject}\n{object_}".encode("utf-8", "surrogatepass")
    link = f"link-{sha256(said).hexdigest()[:16]}"
    if predicate == "alias":
        yield Fact(subject, payload["subject"]["schema"], "alias", object_name)
    elif role in _DESIGNATES:
        yield Fact(link, "Sanction", "entity", subject)
        yield Fact(link, "Sanction", "authority", object_name)
        yield Fact(link, "Sanction", "designates", _DESIGNATES[role])
    elif predicate == "BankAccount":
        account = link.replace("link-", "bankaccount-")
        yield Fact(account, "BankAccount", "bank", object_)
        yield Fact(account, "BankAccount", "bankName", object_name)
        yield Fact(link, "Ownership", "owner", subject)
        yield Fact(link, "Ownership", "asset", account)
    else:
        known = vocabulary().schemata.get(predicate)
        edge = known.edge if known and known.edge else ("subject", "object")
        if role in _TURNED:
            edge = (edge[1], edge[0])
        schema = predicate if known and known.edge else "UnknownLink"
        yield Fact(link, schema, edge[0], subject)
        yield Fact(link, schema, edge[1], object_)
        if "role" in vocabulary().schemata[schema].properties:
            yield Fact(link, schema, "role", role)


def statements(facts_: tuple[Fact, ...], assertion: Assertion, lang: str) -> tuple[Statement, ...]:
    """Facts as statements, with that each entity is."""
    words, out = vocabulary(), []
    for fact in facts_:
        value, original = fact.value, None
        if fact.prop in ("publicKey", "cryptoAddress"):
            value = wallet_key(fact.value)
            original = fact.value if value != fact.value else None
        key = words.key_of(fact.schema, fact.prop, value)
        text = words.type_of(fact.schema, fact.prop) in ("name", "text", "address")
        out.append(
            Statement(
                fact.entity, fact.schema, fact.prop, value, assertion, lang if text else "", original, key
            )
        )
    ends = {fact.entity: fact.schema for fact in facts_}
    return (*out, *(Statement(each, schema, "id", each, assertion) for each, schema in ends.items()))
