"""`qaif trace`: where money went, and where it came from."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.cluster import WithChangeOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

HopsOption = Annotated[int, typer.Option(min=0, help="Most transactions from the beginning.")]
MostTxsOption = Annotated[int, typer.Option(min=0, help="Most transactions in all.")]
FanOption = Annotated[
    int, typer.Option(min=1, help="Follow no transaction with more outputs (backward: inputs).")
]
LeastOption = Annotated[int, typer.Option(min=0, help="Follow no coin smaller than this.")]
ByOption = Annotated[str, typer.Option(help="script, or cluster: what spends together is one.")]
ServiceOption = Annotated[
    int,
    typer.Option(min=0, help="By cluster: end where a cluster has so many scripts; 0: never."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace")(trace)


def trace(  # noqa: PLR0913  one argument an option, as Typer reads them
    subjects: Annotated[
        list[str], typer.Argument(help="Outputs (TXID:VOUT), transactions or addresses; traced together.")
    ],
    *,
    backward: Annotated[
        bool, typer.Option("--backward/--forward", help="Where it came from, not where it went.")
    ] = False,
    methods: Annotated[
        str, typer.Option(help="all, or of poison, haircut, fifo, lifo, highest, with commas between.")
    ] = "all",
    hops: HopsOption = 6,
    transactions: MostTxsOption = 1_000,
    fan: FanOption = 100,
    least_sat: LeastOption = 1_000,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day (UTC) to follow; backward, the first."),
    ] = None,
    stop: Annotated[list[str] | None, typer.Option(help="An address to stop at; can be repeated.")] = None,
    through_labels: Annotated[
        bool, typer.Option("--through-labels", help="Go on past addresses of which a claim says something.")
    ] = False,
    through_mixes: Annotated[
        bool, typer.Option("--through-mixes", help="Go on past what has the shape of a mix.")
    ] = False,
    by: ByOption = "script",
    with_change: WithChangeOption = False,
    service_scripts: ServiceOption = 1_000,
    as_of: Annotated[
        str | None, typer.Option(help="A height, a day (to its end, UTC) or a block hash.")
    ] = None,
    most: Annotated[int, typer.Option(min=0, help="How many ends to list.")] = 25,
    graph: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Write all of it as a graph; as GraphML if FILE.graphml."),
    ] = None,
    sankey: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Write it as a Sankey picture.")
    ] = None,
    sankey_method: Annotated[str, typer.Option(help="By which method the picture is drawn.")] = "haircut",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Follow money forward or backward by five conventions; each end says why it is one."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import trace as question

        request = question.TraceRequest(
            subjects=tuple(subjects),
            forward=not backward,
            methods=() if methods == "all" else tuple(methods.split(",")),
            hops=hops,
            transactions=transactions,
            fan=fan,
            least_sat=least_sat,
            through_mixes=through_mixes,
            until=until.date() if until else None,
            stops=tuple(stop or ()),
            through_labels=through_labels,
            by=by,
            with_change=with_change,
            service_scripts=service_scripts,
            as_of=as_of,
            most_destinations=most,
        )
        found = question.trace(workspace, request)
        _write(found, graph, sankey, sankey_method)
        emit(found.answer, json_output=json_output, render=_page)


def _write(found: Any, graph: Path | None, sankey: Path | None, method: str) -> None:
    from qaif.errors import UsageError

    if sankey is not None and method not in [one.method for one in found.answer.totals]:
        raise UsageError(f"The picture is to be drawn by {method[:40]!r}, which is not among the methods.")
    if graph is not None:
        from qaif.questions.trace_graph import graph_document

        document = graph_document(found)
        if graph.suffix == ".graphml":
            from qaif.report.graphml import graphml

            _put(graph, graphml(document).decode("utf-8"))
        else:
            _put(graph, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    if sankey is not None:
        from qaif.report.sankey import sankey as drawn

        _put(sankey, drawn(found, method))


def _put(path: Path, text: str) -> None:
    from qaif.workspace.new_files import new_file

    with new_file(path) as draft:
        draft.write_text(text, encoding="utf-8")


def _page(answer: Any) -> None:
    from qaif.cli.page import Page
    from qaif.units import btc_text

    page = Page()
    page.title(f"{'Where it went' if answer.direction == 'forward' else 'Where it came from'}")
    page.standing(answer)
    page.table(
        ("!begins with", "kind", ">coins", ">BTC"),
        [(one.asked, one.kind, f"{one.coins:,}", btc_text(one.coins_sat)) for one in answer.subjects],
    )
    page.heading(f"What became of it, through {answer.transactions:,} transactions, BTC")
    page.table(
        ("method", ">began with", ">marked beside", ">ended", ">cut by a limit", ">not followed", ">fees"),
        [
            (
                one.method,
                *(btc_text(sat) for sat in (one.begun_sat, one.added_sat, one.ended_sat, one.cut_sat)),
                *(btc_text(sat) for sat in (one.not_followed_sat, one.fees_sat)),
            )
            for one in answer.totals
        ],
    )
    page.line(answer.spread)
    if answer.may_be_mixes:
        page.line(f"{len(answer.may_be_mixes):,} of the transactions may be mixes, and were followed.")
    _ends(page, answer)


def _ends(page: Any, answer: Any) -> None:
    from qaif.units import btc_text

    page.heading("Why it ended, BTC: the least and the most by the methods that conserve")
    page.table(
        ("because", ">coins", ">least", ">most"),
        [(one.why, f"{one.coins:,}", _sat(one.least_sat), _sat(one.most_sat)) for one in answer.stops],
    )
    shown = f", {len(answer.destinations):,} shown" * (len(answer.destinations) < answer.destination_count)
    page.heading(f"Ends: {answer.destination_count:,}{shown}; what went through is not the money followed")
    page.table(
        ("!where", ">hops", ">least", ">most", ">went through", "why", "said of it"),
        [
            (
                _who(one),
                one.hops,
                _sat(one.least_sat),
                _sat(one.most_sat),
                btc_text(one.coin_sat),
                ", ".join(one.reasons),
                "; ".join(said.text for said in one.said[:1]),
            )
            for one in answer.destinations
        ],
    )
    page.heading("Hop by hop, BTC: the same money is in each hop that it took, so hops do not add up")
    page.table(
        (">hop", ">transactions", ">least", ">most", ">moved in all"),
        [
            (
                one.hop,
                f"{one.transactions:,}",
                _sat(one.least_sat),
                _sat(one.most_sat),
                btc_text(one.moved_sat),
            )
            for one in answer.hops
        ],
    )


def _sat(amount: int | None) -> str:
    from qaif.units import btc_text

    return "not asked" if amount is None else btc_text(amount)


def _who(end: Any) -> str:
    script = end.cluster.named_by if end.cluster else end.script
    called = "unknown" if script is None else script.address or f"({script.script_type})"
    of = f" and at least {end.cluster.scripts - 1:,} more" if end.cluster and end.cluster.scripts > 1 else ""
    return f"{called}{of}{' (of the beginning)' if end.of_subjects else ''}"
