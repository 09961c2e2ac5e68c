"""What might a document say, and what did a person make of it? Nothing becomes a claim by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from qaif.chain.open import Chain
from qaif.errors import InputError, NotFoundError, UsageError
from qaif.evidence.claims.entity import NAMES
from qaif.evidence.claims.proposed import RELATION, facts, indicator_id, proposals, statements
from qaif.evidence.documents import reopened
from qaif.feeds.networks import NETWORKS, Network
from qaif.questions.analyst import assertion, entry
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.asked import refuse_secrets
from qaif.records.audit import add_entry
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.proposals import EDITED, REJECTED, Decision, Proposal, decide
from qaif.records.statement import Entry, Statement
from qaif.records.statements import held_of, retract, say
from qaif.workspace.folder import Workspace

Verdict = Literal["accepted", "rejected", "edited"]
_SHORTEST_ID = 4
_WEAK = 4


@dataclass(frozen=True)
class ProposalShown:
    """A proposal with what was decided.

    Attributes:
        id: its id.
        kind: what it is said to be.
        span: where in the document's text.
        payload: what would be claimed.
        made_by: which extractor, with version.
        decision: accepted, rejected, edited or open.
        decided_by: who decided.
        statement_ids: the statements that were made.
    """

    id: str
    kind: str
    span: tuple[int, int]
    payload: Mapping[str, Any]
    made_by: str
    decision: str
    decided_by: str | None
    statement_ids: tuple[str, ...]


@dataclass(frozen=True)
class ProposedContradiction:
    """Two proposals of one document that can hardly both be right.

    Attributes:
        kind: amounts.
        proposals: the ids of the two.
        values: what they say.
        sentence: the same in words.
    """

    kind: str
    proposals: tuple[str, str]
    values: tuple[str, str]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class ProposalsAnswer(Answer):
    """The proposals of a document, in the order of its text, and which seem to contradict each other."""

    document_sha256: str
    name: str
    proposals: tuple[ProposalShown, ...]
    contradictions: tuple[ProposedContradiction, ...]
    new: int


@dataclass(frozen=True, kw_only=True)
class DecisionAnswer(Answer):
    """What was decided, and the claims that were made or taken back."""

    decided: tuple[ProposalShown, ...]
    claims_added: int
    claims_retracted: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How accepted proposals are entered.

    Attributes:
        asserted_by: who says it; the document's name where empty.
        resting_on: whom that rests on; what the proposal itself names where None.
        reliability, credibility, status: as `Assertion` has them; the proposal's own status where None.
        reason: why.
        changes: of an edit, which fields of the payload become what.
    """

    asserted_by: str = ""
    resting_on: tuple[str, ...] | None = None
    reliability: str = "F"
    credibility: int = 6
    status: str | None = None
    reason: str = ""
    changes: Mapping[str, str] = field(default_factory=dict)


def propose(path: Path, document: str, regions: Sequence[str], now: datetime) -> ProposalsAnswer:
    """Propose what a kept document may say; proposals that were made before stay with their decisions.

    Args:
        path: the workspace's folder.
        document: its SHA-256, or how that begins, or its name.
        regions: ISO codes of states whose local telephone numbers are tried.
        now: the moment.

    Raises:
        NotFoundError: no such document is kept.
        DocumentError: it is not what it was.
    """
    from qaif.evidence.extraction.extract import extract
    from qaif.evidence.extraction.gazetteer import Gazetteer
    from qaif.evidence.extraction.worths import disagreements

    workspace = Workspace.open(path)
    with Records.open(workspace.path) as records:
        opened = reopened(workspace.documents_dir, records, document_named(records, document))
        digest = opened.record.sha256
        network = _network(workspace)
        found = extract(
            opened.text, tuple(opened.passages()), network, Gazetteer(_names(records)), tuple(regions)
        )
        new = records.proposals.add(proposals(opened.text, found, digest, utc_stamp(now)))
        shown = _shown(records, records.proposals.of_document(digest))
    return ProposalsAnswer(
        layer="claim",
        basis={"extractors": sorted({each.made_by for each in shown}), "network": network.name},
        coverage=CoverageOf(complete=not found.limits, reasons=found.limits),
        document_sha256=digest,
        name=opened.record.name,
        proposals=shown,
        contradictions=tuple(
            ProposedContradiction(
                "amounts",
                (indicator_id(digest, one.one), indicator_id(digest, one.other)),
                (one.one.value, one.other.value),
                one.sentence,
            )
            for one in disagreements(opened.text, found)
        ),
        new=new,
    )


def decide_on(  # noqa: PLR0913, PLR0917  what, on which, how, who, when
    path: Path, verdict: Verdict, ids: Sequence[str], terms: Terms, by: str | None, now: datetime
) -> DecisionAnswer:
    """Accept, reject or edit proposals, all or none; what was claimed otherwise before is taken back.

    Raises:
        NotFoundError: there is no such proposal.
        UsageError: no analyst is named, or an id is the beginning of several.
        InputError: a proposal says nothing of an entity by itself, or its status is unclear.
    """
    done = entry(by, now, terms.reason)
    for text in (*terms.changes.values(), terms.asserted_by, *(terms.resting_on or ())):
        refuse_secrets(text)
    workspace = Workspace.open(path)
    added = retracted = 0
    with Records.open(workspace.path) as records:
        chosen = [_proposal(records, each) for each in ids]
        before = records.proposals.decisions([each.id for each in chosen])
        made = [_made(records, each, verdict, terms) for each in chosen]
        with records.writing() as connection:
            for proposal, (payload, said) in zip(chosen, made, strict=True):
                old = before.get(proposal.id)
                gone = _taken_back(connection, old, said, done)
                result = say(connection, said, done)
                added, retracted = added + result.added, retracted + gone
                decide(connection, _decision(proposal, verdict, done, payload, said))
                add_entry(connection, now, f"proposal.{verdict}", proposal.id, {"by": done.entered_by})
        shown = _shown(records, chosen)
    return DecisionAnswer(layer="claim", decided=shown, claims_added=added, claims_retracted=retracted)


def _decision(
    proposal: Proposal, verdict: str, done: Entry, payload: dict[str, Any], said: Sequence[Statement]
) -> Decision:
    return Decision(
        proposal_id=proposal.id,
        decision=verdict,
        author=done.entered_by,
        at=done.entered_at,
        reason=done.reason,
        payload=payload,
        statement_ids=tuple(each.id.hex() for each in said),
    )


def _taken_back(connection: Any, old: Decision | None, said: Sequence[Statement], done: Entry) -> int:
    """Take back what an earlier decision claimed and this one does not."""
    now_said = {each.id for each in said}
    earlier = [bytes.fromhex(each) for each in (old.statement_ids if old else ())]
    gone = sorted(held_of(connection, [each for each in earlier if each not in now_said]))
    if gone:
        retract(connection, gone, done)
    return len(gone)


def _made(
    records: Records, proposal: Proposal, verdict: Verdict, terms: Terms
) -> tuple[dict[str, Any], tuple[Statement, ...]]:
    """What a decision claims: the payload in the end, and the statements."""
    if proposal.erased:
        raise NotFoundError(f"Proposal {proposal.id} was erased.")
    payload = _changed(proposal, terms.changes) if verdict == EDITED else dict(proposal.payload)
    if verdict == REJECTED:
        return payload, ()
    document = records.documents.get(proposal.document_sha256)
    said = assertion(
        asserted_by=terms.asserted_by or document.name,
        resting_on=tuple(payload.get("resting_on", ())) if terms.resting_on is None else terms.resting_on,
        document_sha256=proposal.document_sha256,
        span=proposal.span,
        quote=payload.get("quote", ""),
        reliability=terms.reliability,
        credibility=terms.credibility,
        status=terms.status or _status(proposal, payload),
        method=f"proposed by {proposal.made_by}, {verdict}",
    )
    return payload, statements(
        facts(proposal.kind, payload, proposal.document_sha256), said, payload.get("lang", "")
    )


def _status(proposal: Proposal, payload: Mapping[str, Any]) -> str:
    status = str(payload.get("status", "reported"))
    if status == "unclear":
        raise InputError(
            f"Proposal {proposal.id}: it is unclear how the text says it.",
            way_out="Read the passage, and name a --status.",
        )
    return status


def _changed(proposal: Proposal, changes: Mapping[str, str]) -> dict[str, Any]:
    """The payload with the analyst's changes; ends of a relation are named by entity or by name."""
    payload: dict[str, Any] = {**proposal.payload}
    if not changes:
        raise UsageError("Nothing is changed.", way_out="Write --value, --entity, --schema, ...")
    relation = proposal.kind.startswith(RELATION)
    for name, value in changes.items():
        end, _, part = name.partition("_")
        if relation and end in ("subject", "object"):
            payload[end] = {**payload[end], part or "entity": value}
        elif relation == (name in ("role", "predicate")):
            payload[name] = value
        else:
            raise InputError(f"A proposal of kind {proposal.kind!r} has no {name}.")
    return payload


def _proposal(records: Records, beginning: str) -> Proposal:
    if len(beginning) < _SHORTEST_ID:
        raise UsageError(f"{beginning[:40]!r} is too short for a proposal's id.", way_out="Write more of it.")
    found = records.proposals.named(beginning)
    if not found:
        raise NotFoundError(f"There is no proposal {beginning[:40]}.", way_out="See `qaif propose DOC`.")
    if len(found) > 1:
        raise UsageError(f"Several proposals begin with {beginning[:40]}.", way_out="Write more of the id.")
    return found[0]


def document_named(records: Records, named: str) -> str:
    """The digest of the kept document that is meant: by its SHA-256, how that begins, or its name.

    Raises:
        NotFoundError: there is none.
        UsageError: there are several.
    """
    documents = records.documents.list()
    begins = len(named) >= _SHORTEST_ID
    found = {
        each.sha256 for each in documents if each.name == named or (begins and each.sha256.startswith(named))
    }
    if len(found) == 1:
        return found.pop()
    if found:
        raise UsageError(f"Several documents are called {named[:80]}.", way_out="Name one by its SHA-256.")
    raise NotFoundError(f"No document {named[:80]} is kept here.", way_out="Add it with `qaif add FILE`.")


def _network(workspace: Workspace) -> Network:
    try:
        with Chain.open(workspace.chain_dir) as chain:
            return chain.network
    except NotFoundError:
        return NETWORKS["mainnet"]


def _names(records: Records) -> list[tuple[str, str, str, bool]]:
    """Names of lists and claims, for the gazetteer."""
    return [
        (said.entity_id, said.value, said.schema, said.prop == "weakAlias" or len(said.value) <= _WEAK)
        for said in (row.statement for row in records.statements.with_props(NAMES))
        if said.schema != "CryptoWallet"
    ]


def _shown(records: Records, listed: Sequence[Proposal]) -> tuple[ProposalShown, ...]:
    decided = records.proposals.decisions([each.id for each in listed])
    out = []
    for each in listed:
        one = decided.get(each.id)
        decision, who = (one.decision, one.author) if one else ("open", None)
        ids = one.statement_ids if one else ()
        out.append(
            ProposalShown(each.id, each.kind, each.span, each.payload, each.made_by, decision, who, ids)
        )
    return tuple(out)
