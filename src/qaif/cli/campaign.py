"""`qaif campaign`: appeals, the addresses that they show, and what those did meanwhile."""

from typing import Annotated, Any

import typer

from qaif.cli.groups import ShowingGroup
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import Entered, SaidBy, saying

_Document = Annotated[str | None, typer.Option(help="SHA-256 of the kept document that says it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        cls=ShowingGroup,
        no_args_is_help=True,
        help="Campaigns for money; `qaif campaign NAME` shows one on one timeline with the chain.",
    )
    group.command("show")(show)
    group.command("list")(list_)
    group.command("new")(saying(new))
    group.command("appeal")(saying(appeal))
    app.add_typer(group, name="campaign")


def show(
    campaign: Annotated[str, typer.Argument(help="Its id, or its name.")],
    *,
    shared_with: Annotated[
        list[str] | None, typer.Option(help="Another campaign; donors of both are counted, never listed.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="A day, a moment, or a row of the log.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Show a campaign: appeals, addresses in turn, re-posts, other means, month by month."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.campaign import campaign as question

        answer = question(workspace, campaign, tuple(shared_with or ()), as_of)
        emit(answer, json_output=json_output, render=_page)


def list_(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """List the campaigns."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.campaign import campaigns

        emit(campaigns(workspace), json_output=json_output, render=_list)


def new(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    *,
    document: _Document = None,
    said: SaidBy,
    entered: Entered,
) -> None:
    """Enter a campaign."""
    with reporting_errors(json_output=entered.json_output):
        from datetime import UTC, datetime

        from qaif.questions.campaign import enter_campaign

        claim = _claim(document, said)
        answer = enter_campaign(entered.workspace, name, claim, entered.by, datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_entered)


def appeal(  # noqa: PLR0913  one argument an option, as Typer reads them
    campaign: Annotated[str, typer.Argument(help="Its id, or its name.")],
    *,
    channel: Annotated[str, typer.Option(help="Where it was shown: an entity's id, or a name.")],
    address: Annotated[list[str] | None, typer.Option(help="An address that it names.")] = None,
    wording: Annotated[str | None, typer.Option(help="What it says.")] = None,
    shown_from: Annotated[str | None, typer.Option(help="Since when it was shown, as 2020-01-19.")] = None,
    shown_to: Annotated[str | None, typer.Option(help="Until when.")] = None,
    captured_at: Annotated[str | None, typer.Option(help="When it was captured.")] = None,
    repost_of: Annotated[list[str] | None, typer.Option(help="The appeal that it was taken from.")] = None,
    other_means: Annotated[list[str] | None, typer.Option(help="Another way of paying.")] = None,
    document: _Document = None,
    said: SaidBy,
    entered: Entered,
) -> None:
    """Enter an appeal of a campaign."""
    with reporting_errors(json_output=entered.json_output):
        from datetime import UTC, datetime

        from qaif.questions.campaign import AppealToEnter, enter_appeal

        single = {"wording": wording, "shownFrom": shown_from, "shownTo": shown_to, "capturedAt": captured_at}
        several = {"wallet": address, "repostOf": repost_of, "otherMeans": other_means}
        single["capture"] = document
        values = [(prop, value) for prop, value in single.items() if value]
        values += [(prop, value) for prop, listed in several.items() for value in listed or ()]
        made = AppealToEnter(campaign=campaign, channel=channel, values=tuple(values))
        claim = _claim(document, said)
        answer = enter_appeal(entered.workspace, made, claim, entered.by, datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_entered)


def _claim(document: str | None, said: SaidBy) -> Any:
    from qaif.questions.claims_entry import ClaimToEnter

    return ClaimToEnter(
        entity=None,
        schema="",
        prop="",
        value="",
        document_sha256=document,
        asserted_by=said.asserted_by or "",
        resting_on=tuple(said.resting_on or ()),
        reliability=said.reliability,
        credibility=said.credibility,
        status=said.status or "reported",
    )


def _page(answer: Any) -> None:
    from qaif.cli.page import Page, sat
    from qaif.evidence.defang import defang

    page = Page()
    page.title(f"Campaign {answer.name}")
    if answer.contradictions:
        page.heading("Where sources disagree")
        for one in answer.contradictions:
            page.line(f"{one.entity_id}: {defang(one.sentence)}")
        page.line("Days below are the widest span that any source gives.")
    page.heading("Appeals")
    page.table(
        ("from", "to", "channel", "address", "wording", "rests on"),
        [
            (
                a.first_day or "unknown",
                a.last_day or "unknown",
                ", ".join(map(defang, a.channels)),
                ", ".join(a.wallets),
                defang(" / ".join(a.wording)),
                ", ".join(map(defang, a.roots)),
            )
            for a in answer.appeals
        ],
    )
    page.heading("Addresses in turn")
    page.table(
        ("address", "first shown", "last shown", ">appeals", "in place of"),
        [(s.address, s.first_day, s.last_day, s.appeals, ", ".join(s.instead_of)) for s in answer.addresses],
    )
    for one in answer.reposts:
        kept = "the same addresses" if one.same_addresses else "OTHER ADDRESSES, or of an unknown original"
        page.line(f"{', '.join(one.by)} took it from {', '.join(one.of) or one.original}, with {kept}.")
    for means, count in answer.other_means:
        page.line(f"Also offered: {defang(means)} ({count} appeals)")
    page.heading("Month by month")
    page.table(
        ("month", ">appeals", ">new addresses", ">transactions", ">net received", ">net sent"),
        [
            (m.month, m.appeals, m.new_addresses, m.tx_count, sat(m.received_sat), sat(m.sent_sat))
            for m in answer.timeline
        ],
    )
    for one in answer.shared_donors:
        page.line(f"Donors shared with {one.name}: {_count(one.shared)}, of {_count(one.donors_here)} here.")
    page.standing(answer)


def _count(number: int | None) -> str:
    return "a few" if number is None else f"{number:,}"


def _list(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.facts(answer.campaigns)
    if not answer.campaigns:
        page.line("No campaign is entered; `qaif campaign new NAME` does that.")


def _entered(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.line(f"Entered: {answer.entity_id}, {answer.said.added} statements.")
