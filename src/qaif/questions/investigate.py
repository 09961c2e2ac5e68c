"""What did the addresses of this document do? From a document, or an address, to all that a case shows."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version as installed
from pathlib import Path

from qaif.analysis.methods import SAME_KEY
from qaif.chain.addresses import parse_address
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, UsageError
from qaif.evidence.defang import show
from qaif.evidence.documents import Document, Keeper, reopened
from qaif.evidence.finder import find
from qaif.evidence.mention import Findings
from qaif.evidence.reading.shape import Options
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.shape import Progress, silent
from qaif.questions.activity_case import case_activity
from qaif.questions.address import address_on
from qaif.questions.address_rows import rows_of
from qaif.questions.answer import AsOf, CoverageOf, weakest
from qaif.questions.asked import address_named, moment, refuse_secrets
from qaif.questions.dealt_with import dealt_with
from qaif.questions.investigation import FoundAddress, Investigation, InvestigationRequest, SourceDocument
from qaif.questions.resembling import compared, known
from qaif.questions.review import ReviewAnswer, ReviewRequest, reviewed
from qaif.questions.said_of import said_of
from qaif.questions.standing import as_of as standing_at
from qaif.records.daily_prices import DailyPrices
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

FINDER_VERSION = 1
_DEFAULT_NETWORK = "mainnet"
_NO_CHAIN = "No blocks are indexed in this workspace, so nothing can be said of what the address did."
_LONGEST_NAME = 4096


def check_subject(request: InvestigationRequest) -> None:
    """Refuse what can be refused before any work is done.

    Raises:
        NotFoundError: it is written as a path, and nothing is there.
        PrivateKeyError: it is a private key.
        UsageError: it is empty.
    """
    _file_named(request.subject)


@dataclass(frozen=True)
class _Ground:
    """What an investigation stands on."""

    chain: Chain | None
    network: Network
    prices: DailyPrices | None
    records: Records
    request: InvestigationRequest


def investigate(
    path: Path, request: InvestigationRequest, now: datetime, progress: Progress = silent
) -> Investigation:
    """Investigate a document or an address.

    Args:
        path: the workspace's folder; it is made where it is missing.
        request: what, and how.
        now: the moment at which a document is taken.
        progress: told each address; what it raises ends the work.

    Raises:
        NotFoundError: there is no such file, or the as-of block is not held.
        DocumentError: the document cannot be read as text.
        AddressError: the address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
    """
    file = None if request.kept else _file_named(request.subject)
    workspace = Workspace.open_or_create(path)
    with ExitStack() as stack:
        records = stack.enter_context(Records.open(workspace.path))
        ground = _ground(workspace, records, request, stack)
        if request.kept:
            return _searched(ground, reopened(workspace.documents_dir, records, request.kept), 0, progress)
        if file is None:
            parsed = address_named(ground.chain, request.subject, ground.network)
            return _answer(ground, None, Findings((), (), (), (), ()), (parsed.address,), progress)
        kept = _keeper(workspace, records, request, now).file(file)
        records.audit.append(now, "document.kept", kept.document.record.sha256)
        return _searched(ground, kept.document, len(kept.inside), progress)


def _searched(ground: _Ground, document: Document, inside: int, progress: Progress) -> Investigation:
    findings = find(document.text, document.passages(), ground.network)
    findings = replace(findings, limits=(*findings.limits, *_unread(document, inside)))
    return _answer(ground, document, findings, findings.addresses, progress)


def addresses_asked(
    path: Path, request: InvestigationRequest, network: Network, now: datetime
) -> Sequence[str]:
    """The addresses that an investigation will be about: the one named, or those of the document.

    Args:
        path: the workspace's folder; it is made where it is missing, and the document is kept in it.
        request: what to investigate.
        network: whose addresses count.
        now: the moment at which a document is taken.

    Raises:
        As `investigate` does.
    """
    file = _file_named(request.subject)
    if file is None:
        return (address_named(None, request.subject, network).address,)
    workspace = Workspace.open_or_create(path)
    with Records.open(workspace.path) as records:
        document = _keeper(workspace, records, request, now).file(file).document
    return find(document.text, document.passages(), network).addresses


def _keeper(workspace: Workspace, records: Records, request: InvestigationRequest, now: datetime) -> Keeper:
    return Keeper(workspace.documents_dir, records, now, Options(encoding=request.encoding))


def _unread(document: Document, inside: int) -> tuple[str, ...]:
    """What of a document was kept and not searched, in words."""
    unread = tuple(show(what) for what in document.reading.unread)
    if not inside:
        return unread
    return (*unread, f"Documents inside it were kept and not searched with it: {inside:,}.")


def _file_named(subject: str) -> Path | None:
    """The document, or None where an address was given.

    Raises:
        NotFoundError: it is written as a path, and nothing is there.
    """
    if 0 < len(subject) <= _LONGEST_NAME and "\0" not in subject and Path(subject).exists():
        return Path(subject)
    refuse_secrets(subject)
    if "/" in subject or "." in subject:
        raise NotFoundError(f"There is no file {show(subject)}.", way_out="Name a document.")
    if not subject.strip():
        raise UsageError("No document or address was given.", way_out="Write `qaif investigate ARTICLE.txt`.")
    return None


def _ground(
    workspace: Workspace, records: Records, request: InvestigationRequest, stack: ExitStack
) -> _Ground:
    prices = records.prices.series(None, None)
    try:
        chain = stack.enter_context(Chain.open(workspace.chain_dir))
    except NotFoundError:
        if request.as_of is not None:
            raise
        return _Ground(None, NETWORKS[_DEFAULT_NETWORK], prices, records, request)
    return _Ground(chain, chain.network, prices, records, request)


def _answer(
    ground: _Ground,
    document: Document | None,
    findings: Findings,
    addresses: Sequence[str],
    progress: Progress,
) -> Investigation:
    made: list[FoundAddress] = []
    for address in addresses:
        progress(len(made), len(addresses), "addresses")
        made.append(_found(ground, address, findings))
    found = tuple(made)
    reviews = [one.review for one in found if one.review]
    compare_with = known(findings.addresses, ground.chain if findings.near_misses else None)
    source = _source(document, findings) if document else None
    return Investigation(
        layer=weakest([review.layer for review in reviews]),
        basis=_basis(ground, found, compare_with.said if findings.near_misses else None),
        as_of=_as_of(ground),
        coverage=_coverage(ground, reviews, findings),
        subject=source.name if source else addresses[0],
        network=ground.network.name,
        simulated=bool(ground.chain and ground.chain.simulated),
        document=source,
        addresses=found,
        near_misses=compared(findings.near_misses, compare_with),
        tool=f"qaif {installed('qaif')}",
    )


def _found(ground: _Ground, address: str, findings: Findings) -> FoundAddress:
    parsed = parse_address(address, ground.network)
    mentions = tuple(mention for mention in findings.mentions if mention.address == address)
    found = FoundAddress(
        address, parsed.script_type, parsed.script_raw.hex(), mentions, None, _NO_CHAIN, (), 0, ()
    )
    claims, left_out = said_of(ground.records, address, ground.request.claims_row)
    found = replace(found, claims=claims, claims_left_out=left_out)
    if ground.request.inference:
        found = replace(found, same_key=address_on(ground.chain, address).same_key)
    if ground.chain is None or not _has_chain(ground):
        return found
    request = ReviewRequest(
        addresses=(address,), as_of=ground.request.as_of, inference=ground.request.inference
    )
    result = reviewed(ground.chain, ground.prices, request)
    script_num = result.chain.script_num(parsed.script_raw)
    others = [parse_address(each, ground.network) for each in findings.addresses if each != address]
    rows, earlier = rows_of(result.chain, result.figures.transfers, script_num)
    return replace(
        found,
        review=result.answer,
        review_missing="",
        transactions=rows,
        transactions_left_out=earlier,
        dealt_with=dealt_with(result.chain, result.figures, others),
        activity=case_activity(result, ground.prices, request.as_of) if request.inference else None,
    )


def _source(document: Document, findings: Findings) -> SourceDocument:
    record = document.record
    return SourceDocument(
        sha256_hex=record.sha256,
        name=show(record.name),
        taken_from=show(record.source),
        taken_at=record.taken_at,
        tool=record.tool,
        kind=document.reading.kind,
        media_type=document.media_type,
        reader=document.reading.reader,
        text_sha256_hex=document.text_sha256,
        encoding=document.encoding,
        encoding_basis=document.encoding_basis,
        n_bytes=record.size,
        n_characters=len(document.text),
        links=findings.links,
        redactions=findings.redactions,
        limits=findings.limits,
        notes=tuple(show(note) for note in document.reading.notes),
    )


def _basis(ground: _Ground, found: Sequence[FoundAddress], compared_with: str | None) -> dict[str, object]:
    reviews = [one.review for one in found if one.review]
    methods: dict[object, object] = {}
    for review in reviews:
        listed = review.basis.get("methods")
        for method in listed if isinstance(listed, list) else []:
            methods.setdefault(method["id"], {k: v for k, v in method.items() if k != "used_for"})
    if any(one.same_key for one in found):
        methods.setdefault(SAME_KEY.id, vars(SAME_KEY))
    return {
        "network": ground.network.name,
        "network_known_from": "the blocks" if ground.chain else "nothing; mainnet is assumed",
        "finder": {"id": "address-finder", "version": FINDER_VERSION},
        "near_misses_compared_with": compared_with,
        "inference": ground.request.inference,
        "methods": list(methods.values()),
        "prices": reviews[0].basis.get("prices") if reviews else None,
    }


def _as_of(ground: _Ground) -> AsOf | None:
    if ground.chain is None:
        return None
    return standing_at(moment(ground.chain, ground.request.as_of).chain)


def _coverage(ground: _Ground, reviews: Sequence[ReviewAnswer], findings: Findings) -> CoverageOf:
    """Complete only where every address's history is, and the document was searched to its end."""
    reasons = dict.fromkeys(reason for review in reviews for reason in review.coverage.reasons)
    if not _has_chain(ground):
        reasons[_NO_CHAIN] = None
    reasons.update(dict.fromkeys(findings.limits))
    complete = _has_chain(ground) and not findings.limits
    complete &= all(review.coverage.complete for review in reviews)
    told = complete and any(review.coverage.told for review in reviews)
    scripts = tuple(one for review in reviews for one in review.coverage.scripts)
    return CoverageOf(complete, tuple(reasons), told, scripts)


def _has_chain(ground: _Ground) -> bool:
    """Whether there is something to ask: blocks, or what a source told, if only that there is nothing."""
    return ground.chain is not None and bool(ground.chain.n_blocks or ground.chain.told)
