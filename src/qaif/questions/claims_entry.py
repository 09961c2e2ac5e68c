"""Entering a claim by hand, and taking one back."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from qaif.errors import InputError, UsageError
from qaif.evidence.claims.standing_text import text_at
from qaif.evidence.documents import reopened
from qaif.evidence.vocabulary import vocabulary, wallet_key
from qaif.questions.analyst import assertion, entry
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.asked import refuse_secrets
from qaif.records.engine import Records
from qaif.records.statement import Statement
from qaif.records.statements import Said
from qaif.workspace.folder import Workspace

BY_HAND = "by hand"
_ADDRESSES = ("publicKey", "cryptoAddress")


@dataclass(frozen=True, kw_only=True)
class ClaimToEnter:
    """A claim, as an analyst gives it.

    Attributes:
        entity: of which entity; None for a new one, whose id is made.
        schema: its kind.
        prop: the property.
        value: its value.
        lang: the value's language.
        document_sha256: the kept document that says it.
        span: where in its text, [start, end) in code points.
        asserted_by: who says it; the document where empty.
        resting_on: whom that rests on, nearest first.
        reliability, credibility, status, first_seen, last_seen: as `Assertion` has them.
        reason: why it is entered.
    """

    entity: str | None
    schema: str
    prop: str
    value: str
    lang: str = ""
    document_sha256: str | None = None
    span: tuple[int, int] | None = None
    asserted_by: str = ""
    resting_on: tuple[str, ...] = ()
    reliability: str = "F"
    credibility: int = 6
    status: str = "reported"
    first_seen: str | None = None
    last_seen: str | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class EntryAnswer(Answer):
    """What was entered or taken back.

    Attributes:
        entity_id: of which entity; None for a retraction of several.
        statement_ids: in hex.
        said: what became of them.
    """

    entity_id: str | None
    statement_ids: tuple[str, ...]
    said: Said


def add(path: Path, claim: ClaimToEnter, by: str | None, now: datetime) -> EntryAnswer:
    """Enter one claim; the workspace is made where it is missing.

    Raises:
        InputError: a schema or property that is not known, or a grade or status that is none.
        UsageError: no analyst is named, or nobody says it.
        NotFoundError: the document is not kept.
        PrivateKeyError: a text holds a private key.
    """
    for text in (claim.value, claim.asserted_by, *claim.resting_on, claim.entity or ""):
        refuse_secrets(text)
    done = entry(by, now, claim.reason, claim.document_sha256)
    workspace = Workspace.open_or_create(path)
    with Records.open(workspace.path) as records:
        said, reasons = _statement(claim, records, workspace.documents_dir)
        statements = [said]
        if said.prop != "id":
            statements.append(Statement(said.entity_id, said.schema, "id", said.entity_id, said.assertion))
        result = records.statements.say(statements, done)
        records.audit.append(now, "claim.entered", said.id.hex(), {"by": done.entered_by})
    return EntryAnswer(
        layer="claim",
        coverage=CoverageOf(complete=True, reasons=reasons),
        entity_id=said.entity_id,
        statement_ids=(said.id.hex(),),
        said=result,
    )


def add_all(  # noqa: PLR0913, PLR0917  where to, by whose word, of what, what, who, when
    path: Path,
    claim: ClaimToEnter,
    schema: str,
    entity: str | None,
    values: tuple[tuple[str, str], ...],
    by: str | None,
    now: datetime,
) -> EntryAnswer:
    """Enter several values of one entity by one word, all or none; `claim` says who says so, where.

    Raises:
        As `add` does.
    """
    for _, value in values:
        refuse_secrets(value)
    done = entry(by, now, claim.reason, claim.document_sha256)
    workspace = Workspace.open_or_create(path)
    named = entity or f"{schema.lower()}-{uuid4().hex[:16]}"
    said: list[Statement] = []
    with Records.open(workspace.path) as records:
        for prop, value in (*values, ("id", named)):
            shown = wallet_key(value) if prop == "wallet" else value
            one = replace(claim, entity=named, schema=schema, prop=prop, value=shown)
            made, reasons = _statement(one, records, workspace.documents_dir)
            said.append(made)
        result = records.statements.say(said, done)
        records.audit.append(now, "claims.entered", named, {"by": done.entered_by})
    return EntryAnswer(
        layer="claim",
        coverage=CoverageOf(complete=True, reasons=reasons),
        entity_id=named,
        statement_ids=tuple(each.id.hex() for each in said),
        said=result,
    )


def retract(path: Path, ids: tuple[str, ...], reason: str, by: str | None, now: datetime) -> EntryAnswer:
    """Take statements back, all or none; each stays in the log with the reason.

    Raises:
        NotFoundError: one of them does not hold.
        UsageError: no reason or no analyst is given, or an id is none.
    """
    if not reason.strip():
        raise UsageError("A retraction needs a reason.", way_out="Write --reason.")
    done = entry(by, now, reason)
    try:
        whole = [bytes.fromhex(each).hex() for each in ids]
    except ValueError:
        raise UsageError("A statement's id is 32 hexadecimal digits.") from None
    with Records.open(Workspace.open(path).path) as records:
        result = records.statements.retract(whole, done)
        records.audit.append(now, "claims.retracted", f"{len(ids)} statements", {"by": done.entered_by})
    return EntryAnswer(layer="claim", entity_id=None, statement_ids=ids, said=result)


def _statement(claim: ClaimToEnter, records: Records, folder: Path) -> tuple[Statement, tuple[str, ...]]:
    _refuse_unknown(claim)
    words = vocabulary()
    entity = claim.entity or _new_id(claim)
    if words.is_a(claim.schema, "CryptoWallet") and claim.entity:
        entity = wallet_key(claim.entity)
    value, original = claim.value, None
    if claim.prop in _ADDRESSES:
        value = wallet_key(claim.value)
        original = claim.value if value != claim.value else None
    quote, name, reasons = _quoted(claim, records, folder)
    if not (claim.asserted_by or name):
        raise UsageError("Who says it?", way_out="Write --asserted-by, or name the kept --document.")
    said = assertion(
        asserted_by=claim.asserted_by or name,
        resting_on=claim.resting_on,
        document_sha256=claim.document_sha256,
        span=claim.span,
        quote=quote,
        reliability=claim.reliability,
        credibility=claim.credibility,
        status=claim.status,
        first_seen=claim.first_seen,
        last_seen=claim.last_seen,
        method=BY_HAND,
    )
    if claim.prop == "role" and claim.schema == "UnknownLink" and value not in words.roles:
        reasons = (*reasons, f"The role is none of ours ({', '.join(words.roles)}); it is kept as it is.")
    key = words.key_of(claim.schema, claim.prop, value)
    return Statement(entity, claim.schema, claim.prop, value, said, claim.lang, original, key), reasons


def _new_id(claim: ClaimToEnter) -> str:
    """A wallet goes by its address; every other entity by an id that says nothing of it."""
    if claim.prop in _ADDRESSES:
        return wallet_key(claim.value)
    return f"{claim.schema.lower()}-{uuid4().hex[:16]}"


def _refuse_unknown(claim: ClaimToEnter) -> None:
    known = vocabulary().schemata.get(claim.schema)
    if known is None:
        raise InputError(
            f"{claim.schema[:60]!r} is no kind of entity.",
            way_out="Write CryptoWallet, Person, Organization, BankAccount, UserAccount, UnknownLink, ...",
        )
    if claim.prop != "id" and claim.prop not in known.properties:
        near = ", ".join(sorted(known.properties)[:12])
        raise InputError(f"A {claim.schema} has no {claim.prop[:60]!r}.", way_out=f"It has {near}, ...")
    if not claim.value.strip():
        raise UsageError("The value is empty.", way_out="Write --value.")
    if claim.prop in _ADDRESSES and claim.value.strip().isdecimal():
        raise InputError(
            f"{claim.value.strip()[:60]} is no address: it has digits only.",
            way_out="An account at a service is an entity: enter it as a UserAccount with its username.",
        )


def _quoted(claim: ClaimToEnter, records: Records, folder: Path) -> tuple[str, str, tuple[str, ...]]:
    """What stands at the place, the document's name, and what there is to say of it."""
    if claim.document_sha256 is None:
        if claim.span is not None:
            raise UsageError("--span is a place in a document.", way_out="Name --document too.")
        return "", "", ("No document is kept that says it.",)
    document = reopened(folder, records, claim.document_sha256)
    name = document.record.name
    if claim.span is None:
        return "", name, ("No place in the document is named.",)
    draft = assertion(asserted_by="-", span=claim.span)
    text, why_not = text_at(document, Statement("-", "Thing", "id", "-", draft), b"")
    if why_not:
        raise InputError(why_not, way_out="Count code points of the document's text from 0.")
    refuse_secrets(text)
    return text, name, ()
