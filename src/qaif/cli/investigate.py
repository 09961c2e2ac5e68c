"""`qaif investigate`: from a document, or an address, to a case."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qaif.cli.network import DEFAULT_RATE, CaFileOption, ProxyOption, RateOption, opened
from qaif.cli.node_options import CookieOption, PasswordFileOption, index_a_node, node_manner
from qaif.cli.output import (
    DEFAULT_WORKSPACE,
    JsonOption,
    ProgressLine,
    WorkspaceOption,
    emit,
    reporting_errors,
)
from qaif.cli.report_options import DEFAULT_FORMAT, DEFAULT_LANG, FormatOption, KeyOption, LangOption

if TYPE_CHECKING:
    from qaif.workspace.sources import SourceName

_MOST_CLAIMS = 8


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("investigate")(investigate)


def investigate(  # noqa: PLR0913  one argument an option, as Typer reads them
    subject: Annotated[
        str,
        typer.Argument(
            metavar="DOCUMENT_OR_ADDRESS", help="A document, as `qaif add` reads them, or a Bitcoin address."
        ),
    ],
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the case to; an earlier case is replaced.")],
    blocks: Annotated[
        list[Path] | None,
        typer.Option(help="Index these first: a data directory, a folder of blk*.dat, or block files."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            help="Gather them first: esplora:URL, electrum:HOST:PORT[:s], core:URL, blocks:DIR or aws:DIR."
        ),
    ] = None,
    hops: Annotated[
        int, typer.Option(min=0, help="Of --source: gather counterparties so many steps out.")
    ] = 0,
    most_transactions: Annotated[
        int, typer.Option(min=1, help="Of --source: of a longer history the newest so many are taken.")
    ] = 20_000,
    service: Annotated[
        int, typer.Option(min=1, help="Of --hops: a counterparty with more transactions stays at the edge.")
    ] = 1_000,
    most_addresses: Annotated[
        int, typer.Option(min=0, help="Of --hops: gather so many counterparties at most.")
    ] = 100,
    most_requests: Annotated[
        int, typer.Option(min=1, help="Of --source: stop after so many; the same command goes on.")
    ] = 500_000,
    network: Annotated[
        str | None,
        typer.Option(help="Of --blocks or a node: mainnet, testnet3, testnet4, signet or regtest."),
    ] = None,
    cookie: CookieOption = None,
    password_file: PasswordFileOption = None,
    proxy: ProxyOption = None,
    ca_file: CaFileOption = None,
    rate: RateOption = DEFAULT_RATE,
    as_of: Annotated[
        str | None, typer.Option(help="A height, a day (to its end, UTC) or a block hash.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="What the document is written in, such as windows-1256.")
    ] = None,
    inference: Annotated[
        bool,
        typer.Option("--inference/--no-inference", help="Count inputs known by what they show only."),
    ] = True,
    lang: LangOption = DEFAULT_LANG,
    format_: FormatOption = DEFAULT_FORMAT,
    key: KeyOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Find the addresses in a document, say what they did, and write a case about them."""
    with reporting_errors(json_output=json_output), ProgressLine("indexing") as progress:
        from datetime import UTC, datetime

        from qaif.questions import investigate as question
        from qaif.questions.investigation import InvestigationRequest
        from qaif.report.document.written import manner
        from qaif.workspace.new_files import check_case_folder, new_case_folder

        check_case_folder(out)
        how = manner(lang, format_, key=key)
        request = InvestigationRequest(subject=subject, as_of=as_of, encoding=encoding, inference=inference)
        question.check_subject(request)
        reach = _Reach(cookie, password_file, proxy, ca_file, rate)
        limits = (hops, most_transactions, service, most_addresses, most_requests)
        first = _First(workspace, source, blocks or [], network, reach, limits)
        _take_in(first, request, progress)
        answer = question.investigate(workspace, request, datetime.now(UTC))
        from qaif.questions.resting import remember_case
        from qaif.report.document.investigated import write_investigation

        with new_case_folder(out) as folder:
            written = write_investigation(workspace, answer, folder, how)
            remember_case(workspace, answer, written.json, out, datetime.now(UTC))
        emit(answer, json_output=json_output, render=lambda shown: _page(shown, out))


@dataclass(frozen=True)
class _Reach:
    """How a server is reached, as the options say it."""

    cookie: Path | None
    password_file: Path | None
    proxy: str | None
    ca_file: Path | None
    rate: float


@dataclass(frozen=True)
class _First:
    """What is taken into which workspace first, as the options name it; `limits` in the order of `Limits`."""

    workspace: Path
    source: str | None
    blocks: list[Path]
    network: str | None
    reach: _Reach
    limits: tuple[int, int, int, int, int]


def _take_in(first: _First, request: Any, progress: ProgressLine) -> None:
    """Index or gather what was named, if anything was.

    Raises:
        UsageError: two sources were named, or one that is none.
    """
    from qaif.errors import UsageError
    from qaif.questions.index import index_block_files, index_dataset
    from qaif.workspace.sources import source_named

    if first.source and first.blocks:
        raise UsageError("--source and --blocks name two sources.", way_out="Name one of them.")
    name = source_named(first.source) if first.source is not None else None
    files = [Path(name.place)] if name and name.kind == "blocks" else first.blocks
    if name and name.kind == "core":
        _index_node(first, progress)
    elif name and name.kind == "aws":
        index_dataset(first.workspace, Path(name.place), first.network, progress)
    elif files:
        index_block_files(first.workspace, files, first.network, [], progress)
    elif name:
        _gather(first, name, request, progress)


def _index_node(first: _First, progress: ProgressLine) -> None:
    from qaif.workspace.node_door import node_named

    reach = first.reach
    name = node_named(str(first.source), reach.cookie, reach.password_file)
    manner = node_manner(reach.proxy, reach.ca_file)
    index_a_node(first.workspace, name, (None, None), first.network, manner, progress)


def _gather(first: _First, name: "SourceName", request: Any, progress: ProgressLine) -> None:
    """Gather the addresses of the subject, and say on standard error what that took."""
    import time
    from datetime import UTC, datetime

    from qaif.desk.gather import Order, gather
    from qaif.desk.gathering import Limits
    from qaif.questions.investigate import addresses_asked
    from qaif.workspace.folder import Workspace
    from qaif.workspace.network.manner import Manner
    from qaif.workspace.sources import explorer

    reach, workspace = first.reach, first.workspace
    manner = Manner(proxy=reach.proxy, ca_file=reach.ca_file, requests_a_second=reach.rate)
    with opened(workspace, name.place, manner) as door:
        client = explorer(name, door, Workspace.open(workspace).path)
        addresses = tuple(addresses_asked(workspace, request, client.network, datetime.now(UTC)))
        order = Order(addresses, str(name), Limits(*first.limits))
        report = gather(workspace, order, client, lambda: int(time.time()), progress).report
        asked = door.counts()[name.place]
    said = f"{asked.requests:,} requests to {name}, {report.new_txs:,} new transactions"
    edge = f", {report.edge:,} left at the edge" if report.edge else ""
    typer.echo(f"qaif: {said}; {report.scripts:,} addresses asked for{edge}", err=True)
    if report.stopped:
        typer.echo(f"qaif: {report.stopped}", err=True)


def _page(answer: Any, out: Path) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Investigation of {answer.subject}")
    if answer.simulated:
        page.line("SIMULATED: no block of this chain is real.")
    if answer.document:
        _document(page, answer)
    for found in answer.addresses:
        page.heading(found.address)
        page.facts(_address(found))
        page.facts(_dealt_with(found))
        page.facts(_claims(found))
        for one in found.transactions[-5:]:
            page.facts(_transaction(one))
    if answer.near_misses:
        page.heading("What only looks like an address")
        for miss in answer.near_misses:
            page.facts(_near_miss(miss))
    page.heading("Where this answer stands")
    page.standing(answer)
    page.heading("The case")
    page.facts([("page", out / "case.html"), ("data", out / "case.json"), *_reports(out)])


def _reports(out: Path) -> list[tuple[str, object]]:
    return [("report", each) for each in sorted(out.glob("report.*"))]


def _document(page: Any, answer: Any) -> None:
    document = answer.document
    page.facts(
        [
            ("kept as SHA-256", document.sha256_hex),
            ("taken", f"{document.taken_at}, from {document.taken_from}"),
            ("read as", f"{document.encoding} ({document.encoding_basis})"),
            ("addresses", len(answer.addresses)),
        ]
    )
    if document.redactions:
        page.line(f"It holds {len(document.redactions)} private key(s), which no output repeats.")


def _address(found: Any) -> list[tuple[str, object]]:
    from qaif.cli.page import sat

    rows: list[tuple[str, object]] = [
        ("stands at", f"characters {m.start} to {m.end}" + "".join(f"; {step}" for step in m.steps))
        for m in found.mentions
    ]
    if found.review is None:
        return [*rows, ("review", found.review_missing)]
    review = found.review
    low = review.lower_bound
    return [
        *rows,
        ("seen in the blocks held", review.occurrence),
        ("transactions", f"{review.tx_count:,}"),
        ("received", sat(review.received_sat, lower_bound=low)),
        ("sent", sat(review.sent_at_least_sat, lower_bound=low)),
        ("balance", sat(review.balance_sat)),
        ("history", review.coverage.word),
    ]


def _dealt_with(found: Any) -> list[tuple[str, object]]:
    from qaif.cli.page import sat

    rows: list[tuple[str, object]] = []
    for one in found.dealt_with:
        way = "paid by" if one.direction == "in" else "paid to"
        times = "once" if one.tx_count == 1 else f"{one.tx_count:,} times"
        alone = f"{sat(one.amount_sat)} with no other payer"
        rows.append((way, f"{one.address}, also in the document, {times}; {alone} ({one.layer})"))
    return rows


def _claims(found: Any) -> list[tuple[str, object]]:
    """What is said of it, shortly; `qaif claims` has all of it."""
    shown = found.claims[:_MOST_CLAIMS]
    rows: list[tuple[str, object]] = []
    for one in shown:
        who = one.by + "".join(f", resting on {each}" for each in one.resting_on)
        grades = f"{one.status}; source {one.reliability}, information {one.credibility}"
        rows.append(("claimed", f"{one.text} (claim by {who}; {grades})"))
    if more := len(found.claims) - len(shown) + found.claims_left_out:
        rows.append(("", f"{more:,} more claims: see `qaif claims {found.address}`"))
    return rows


def _near_miss(miss: Any) -> list[tuple[str, object]]:
    alike = zip(miss.close_to, miss.resemblance, strict=True)
    return [
        ("stands at", f"characters {miss.start} to {miss.end}: {miss.quoted}"),
        ("why not", miss.reason),
        *(("resembles", f"{address}: {how}; that does not say that it was meant") for address, how in alike),
    ]


def _transaction(one: Any) -> list[tuple[str, object]]:
    from qaif.cli.page import at_height, sat

    sent = sat(one.sent_at_least_sat, lower_bound=one.net_sat is None)
    rows: list[tuple[str, object]] = [
        (one.time, f"{one.txid_hex}, {at_height(one.height)} ({one.layer})"),
        ("", f"received {sat(one.received_sat)}, sent {sent}"),
    ]
    if one.returned_sat:
        rows.append(("", f"{sat(one.returned_sat)} came back to the address that it was spent from"))
    rows += [
        ("", f"paid {sat(side.amount_sat)} to {side.address or side.script_type}") for side in one.paid_to
    ]
    return rows
