"""Do the figures of a document hold? Each recomputed on every basis that it may have; none is chosen."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from qaif.evidence.documents import Document, reopened
from qaif.evidence.extraction.extract import extract
from qaif.evidence.extraction.gazetteer import built_in
from qaif.evidence.extraction.shape import Extraction
from qaif.evidence.stated.figures import StatedFigure, figures
from qaif.feeds.networks import NETWORKS, Network
from qaif.questions.answer import Answer, AsOf, CoverageOf, weakest
from qaif.questions.asked import moment
from qaif.questions.clustering import clusters_on
from qaif.questions.proposals import document_named
from qaif.questions.reconcile_bases import Days, bases_of, days_named
from qaif.questions.reconcile_judged import JudgedFigure, judged
from qaif.questions.reconcile_measured import Ground, Measured, measured
from qaif.questions.reconcile_notices import Notice, notices
from qaif.questions.standing import as_of, chain_coverage
from qaif.records.daily_prices import DailyPrices
from qaif.records.engine import Records
from qaif.units import utc_day
from qaif.workspace.folder import Workspace

METHOD = {
    "id": "reconciliation",
    "version": 1,
    "sentence": "Each figure that the document states is compared with what the chain gives on every basis "
    "tried: gross or net, received or sent or both, address or cluster, each day that the document names.",
    "measured": "Not measured: which word a figure belongs to is read by rules.",
    "limits": "A figure that fits may fit by chance; what was counted elsewhere than on these addresses is "
    "not tried.",
}
_NO_CHAIN = "No blocks are held, so that only prices and the document's own figures can be compared."
_LATER = "The document names {}, after the last block held, of {}: what followed that block is not counted."


@dataclass(frozen=True, kw_only=True)
class ReconcileRequest:
    """What to reconcile.

    Attributes:
        document: its SHA-256, or how that begins, or its name.
        price_source: whose prices; those imported last where None.
        clusters: try the clusters of its addresses, too.
        as_of: a height, a block hash or a day; the chain's tip where None.
    """

    document: str
    price_source: str | None = None
    clusters: bool = True
    as_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReconcileAnswer(Answer):
    """Every figure that a document states, recomputed.

    Attributes:
        document_sha256: the document.
        name: its name.
        addresses: of it, on which the figures were counted.
        days: the days that it names, on which figures were tried.
        assumed_days: those of them to which the year had to be supplied.
        figures: each figure, in the order of the text.
        notices: what the figures say of each other.
        tally: how many have which standing.
    """

    document_sha256: str
    name: str
    addresses: tuple[str, ...]
    days: tuple[str, ...]
    assumed_days: tuple[str, ...]
    figures: tuple[JudgedFigure, ...]
    notices: tuple[Notice, ...]
    tally: dict[str, int]


def reconcile(path: Path, request: ReconcileRequest) -> ReconcileAnswer:
    """Recompute the figures of a kept document.

    Raises:
        NotFoundError: no such document is kept.
        DocumentError: it is not what it was.
        PriceError: there are no such prices.
    """
    workspace = Workspace.open(path)
    with ExitStack() as stack:
        records = stack.enter_context(Records.open(workspace.path))
        document = reopened(workspace.documents_dir, records, document_named(records, request.document))
        whole = _chain(workspace, stack)
        chain = moment(whole, request.as_of).chain if whole else None
        found = _extraction(document, chain.network if chain else NETWORKS["mainnet"])
        listed = figures(document.text, found)
        prices = records.prices.series(request.price_source, None)
        yearless = [one.value for one in listed if one.kind == "date" and one.value.startswith("--")]
        days = days_named(listed, yearless)
        dated = {day for one in listed if one.of_chain for day in one.dated}
        opened = clusters_on(workspace, whole, request.as_of) if whole and request.clusters else None
        ground = Ground(chain, prices, opened) if chain else None
        counted = _counted(ground, found, days, dated)
        return _answer(document, found, listed, days, counted, prices, chain)


def _chain(workspace: Workspace, stack: ExitStack) -> Chain | None:
    try:
        chain = stack.enter_context(Chain.open(workspace.chain_dir))
    except NotFoundError:
        return None
    return chain if chain.n_blocks else None


def _extraction(document: Document, network: Network) -> Extraction:
    return extract(document.text, tuple(document.passages()), network, built_in())


def _counted(ground: Ground | None, found: Extraction, days: Days, dated: set[str]) -> tuple[Measured, ...]:
    if ground is None or not found.findings.addresses:
        return ()
    tip = utc_day(ground.chain.tip.time_unix).isoformat()
    until = [day for day in days.all if day <= tip or day in dated]
    return measured(ground, found.findings.addresses, until)


def _answer(  # noqa: PLR0913, PLR0917  the document, what it says, what was counted
    document: Document,
    found: Extraction,
    listed: Sequence[StatedFigure],
    days: Days,
    counted: Sequence[Measured],
    prices: DailyPrices | None,
    chain: Chain | None,
) -> ReconcileAnswer:
    results = tuple(_judged(one, listed, days, counted, prices) for one in listed)
    standings = [one.standing for one in results]
    return ReconcileAnswer(
        layer=weakest([one.layer for one in results]) if results else "claim",
        basis=_basis(chain, prices),
        as_of=_as_of(chain),
        coverage=_coverage(chain, found, days),
        document_sha256=document.record.sha256,
        name=document.record.name,
        addresses=tuple(found.findings.addresses),
        days=days.all,
        assumed_days=days.assumed,
        figures=results,
        notices=notices(listed, counted, prices, days),
        tally={standing: standings.count(standing) for standing in dict.fromkeys(standings)},
    )


def _judged(
    figure: StatedFigure,
    listed: Sequence[StatedFigure],
    days: Days,
    counted: Sequence[Measured],
    prices: DailyPrices | None,
) -> JudgedFigure:
    coins = [one for one in listed if one.kind == "coins"]
    roles = {one.number: one.role for one in listed}
    bases = bases_of(figure, coins, counted, prices, days) if figure.of_chain else ()
    priced = prices is not None and prices.currency == figure.unit
    return judged(figure, bases, dict(roles), days, priced=priced)


def _basis(chain: Chain | None, prices: DailyPrices | None) -> dict[str, object]:
    return {
        "network": chain.network.name if chain else None,
        "simulated": bool(chain and chain.simulated),
        "methods": [METHOD],
        "prices": None
        if prices is None
        else {"source": prices.source, "currency": prices.currency, "sha256": prices.sha256},
    }


def _as_of(chain: Chain | None) -> AsOf | None:
    return as_of(chain) if chain else None


def _coverage(chain: Chain | None, found: Extraction, days: Days) -> CoverageOf:
    if chain is None:
        return CoverageOf(complete=False, reasons=(_NO_CHAIN, *found.limits))
    held, tip = chain_coverage(chain), utc_day(chain.tip.time_unix).isoformat()
    later = tuple(_LATER.format(day, tip) for day in days.all if day > tip)
    return CoverageOf(
        held.complete and not found.limits, (*held.reasons, *later, *found.limits), held.told, held.scripts
    )
