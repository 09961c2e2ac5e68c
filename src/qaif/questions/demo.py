"""What does a case look like? The whole way on a chain that is made here, and that says so everywhere."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from qaif.chain.addresses import address_of
from qaif.errors import NotFoundError, UsageError
from qaif.feeds.networks import NETWORKS
from qaif.feeds.shape import Progress, silent
from qaif.feeds.simulation.article import ARTICLE_NAME, article
from qaif.feeds.simulation.marker import MARKER_NAME, seed_of
from qaif.feeds.simulation.simulate import DEFAULT_SEED, Simulation, simulate
from qaif.questions.answer import Answer
from qaif.questions.index import index_block_files
from qaif.questions.investigate import investigate
from qaif.questions.investigation import Investigation, InvestigationRequest
from qaif.questions.prices import import_prices
from qaif.questions.review import ReviewAnswer
from qaif.records.prices import PriceFile

NETWORK = "regtest"
CHAIN_NAME, WORKSPACE_NAME, CASE_NAME = "simulated-chain", "workspace", "case"
PRICE_SOURCE = "invented prices of the demo"
TAKEN_AT = datetime(
    2024, 12, 9, 12, tzinfo=UTC
)  # part of the invention, so that every run writes the same case
_OURS = frozenset({CHAIN_NAME, WORKSPACE_NAME, CASE_NAME, ARTICLE_NAME})

Stage = Callable[[str], AbstractContextManager[Progress]]


@dataclass(frozen=True, kw_only=True)
class DemoAnswer(Answer):
    """What the demo made, in short.

    Attributes:
        simulated: always true.
        seed: which chain of the generator.
        blocks: blocks of the chain.
        transactions: transactions of the chain.
        document: the invented article.
        workspace: a workspace to ask further, with `qaif review --workspace`.
        case: the folder of `case.html` and `case.json`.
        address: the address that the article publishes.
        tx_count: transactions of it.
        turnover_sat: received and sent together.
        first_seen: time of its first transaction, ISO 8601 UTC.
        last_seen: time of its last.
    """

    simulated: bool = True
    seed: int
    blocks: int
    transactions: int
    document: Path
    workspace: Path
    case: Path
    address: str
    tx_count: int
    turnover_sat: int
    first_seen: str
    last_seen: str


@dataclass(frozen=True)
class Demo:
    """The short answer, and the investigation to write a case of."""

    answer: DemoAnswer
    investigation: Investigation


def _quiet(title: str) -> AbstractContextManager[Progress]:
    del title
    return nullcontext(silent)


def demo(folder: Path, seed: int = DEFAULT_SEED, stage: Stage = _quiet) -> Demo:
    """Make a chain, index it, import its prices, and investigate the article about it.

    Args:
        folder: where all of it goes; made where it is missing. The demo of one seed can be made again in it.
        seed: which chain.
        stage: gives the progress of each long stage.

    Raises:
        UsageError: the folder holds something else, or the demo of another seed.
    """
    _refuse_other(folder, seed)
    with stage("making the chain") as progress:
        made = simulate(folder / CHAIN_NAME, seed, progress)
    address = address_of(made.campaign_script, NETWORKS[NETWORK])
    if address is None:  # pragma: no cover  # every P2PKH script has an address
        raise NotFoundError("The simulated campaign has no address.")
    document = folder / ARTICLE_NAME
    document.write_text(article(address), encoding="utf-8", newline="\n")
    workspace = folder / WORKSPACE_NAME
    with stage("indexing") as progress:
        index_block_files(workspace, [made.folder], NETWORK, progress=progress)
    file = PriceFile(data=b"", name="", source=PRICE_SOURCE)
    import_prices(workspace, made.prices, file, TAKEN_AT)
    request = InvestigationRequest(subject=str(document))
    found = investigate(workspace, request, TAKEN_AT)
    return Demo(_answer(folder, seed, made, address, found), found)


def _refuse_other(folder: Path, seed: int) -> None:
    """Let nobody's folder be filled by mistake."""
    if not folder.exists():
        return
    there = {entry.name for entry in folder.iterdir()} if folder.is_dir() else {"a file"}
    way_out = "Name another folder with --out."
    if there - _OURS:
        raise UsageError(
            f"{folder} holds other things; nothing was written to it.", way_out=way_out, path=str(folder)
        )
    before = seed_of(folder / CHAIN_NAME / MARKER_NAME)
    if before not in (None, seed):
        raise UsageError(
            f"{folder} holds the demo of seed {before}, not {seed}.", way_out=way_out, path=str(folder)
        )


def _answer(folder: Path, seed: int, made: Simulation, address: str, found: Investigation) -> DemoAnswer:
    review = next((one.review for one in found.addresses if one.address == address), None)
    if not isinstance(review, ReviewAnswer) or not review.first_seen or not review.last_seen:
        raise NotFoundError(
            "The demo did not find its own address again.",
            way_out="This is a fault of Qaif: please report it.",
        )
    return DemoAnswer(
        layer=found.layer,
        basis={"network": NETWORK, "simulated": True, "prices": PRICE_SOURCE},
        as_of=found.as_of,
        coverage=found.coverage,
        seed=seed,
        blocks=made.blocks,
        transactions=made.transactions,
        document=folder / ARTICLE_NAME,
        workspace=folder / WORKSPACE_NAME,
        case=folder / CASE_NAME,
        address=address,
        tx_count=review.tx_count,
        turnover_sat=review.turnover_sat,
        first_seen=review.first_seen.time,
        last_seen=review.last_seen.time,
    )
