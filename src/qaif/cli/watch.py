"""`qaif watch`: watch addresses, clusters and entities; be told once of what happens to them."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from qaif.cli.alert_options import (
    DeliverOption,
    MailFromOption,
    MailLoginOption,
    MailServerOption,
    SecretOption,
    Wanted,
)
from qaif.cli.network import CaFileOption, ProxyOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

app = typer.Typer(
    help="Watch addresses, clusters and entities; be told once of what happens to them.", no_args_is_help=True
)
ByOption = Annotated[str | None, typer.Option("--by", envvar="QAIF_ANALYST", help="Who does this.")]


def register(main: typer.Typer) -> None:
    """Add the commands."""
    main.add_typer(app, name="watch")


@app.command("add")
def add(  # noqa: PLR0913  one argument an option, as Typer reads them
    subject: Annotated[str, typer.Argument(help="An address, or the id of an entity.")],
    *,
    kind: Annotated[
        str, typer.Option("--as", help="address, cluster (that of the address) or entity.")
    ] = "address",
    alert: Annotated[
        list[str] | None,
        typer.Option(help="movement, activity, contact, listing or source; all where none is named."),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(help="Contact with whom is an alert: listed, * or a category. May be repeated."),
    ] = None,
    least_sat: Annotated[int, typer.Option(min=0, help="A movement of less is no alert.")] = 0,
    note: Annotated[str, typer.Option(help="Why it is watched.")] = "",
    by: ByOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Watch something from now on. What holds of it already is no alert."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.watch_list import WatchAsked, watch_add

        asked = WatchAsked(kind, subject, tuple(alert or ()), tuple(category or ()), least_sat, note)
        emit(watch_add(workspace, asked, by, datetime.now(UTC)), json_output=json_output, render=_watches)


@app.command("list")
def list_(
    *,
    removed: Annotated[bool, typer.Option(help="What is watched no longer, too.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """List what is watched."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.watch_list import watch_list

        emit(watch_list(workspace, removed=removed), json_output=json_output, render=_watches)


@app.command("remove")
def remove(
    watch: Annotated[int, typer.Argument(help="Its number.")],
    *,
    by: ByOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Watch something no longer. Its alerts stay."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.watch_list import watch_remove

        emit(watch_remove(workspace, watch, by, datetime.now(UTC)), json_output=json_output, render=_watches)


@app.command("run")
def run(  # noqa: PLR0913  one argument an option, as Typer reads them
    *,
    deliver: DeliverOption = None,
    secret: SecretOption = None,
    mail_server: MailServerOption = None,
    mail_from: MailFromOption = None,
    mail_login: MailLoginOption = None,
    proxy: ProxyOption = None,
    ca_file: CaFileOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Look at everything that is watched, raise what is new, and bring it to where you say."""
    with reporting_errors(json_output=json_output):
        from qaif.desk.monitor import monitor

        wanted = Wanted(deliver, secret, (mail_server, mail_from, mail_login), (proxy, ca_file))
        with wanted.channels(workspace) as channels:
            answer = monitor(workspace, channels, lambda: datetime.now(UTC))
        emit(answer, json_output=json_output, render=run_page)
        if any(each.waiting for each in answer.channels):
            from qaif.errors import SourceError

            raise typer.Exit(SourceError.exit_status)


@app.command("alerts")
def alerts(
    *,
    open_only: Annotated[bool, typer.Option("--open", help="Those that nobody has answered.")] = False,
    watch: Annotated[int | None, typer.Option(help="Of one watch alone, by its number.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """List alerts, the newest first, with what people said of them."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.watch_list import watch_alerts

        answer = watch_alerts(workspace, open_only=open_only, number=watch)
        emit(answer, json_output=json_output, render=_alerts)


@app.command("dispose")
def dispose(  # noqa: PLR0913  one argument an option, as Typer reads them
    alert: Annotated[int, typer.Argument(help="Its number.")],
    *,
    judgement: Annotated[str, typer.Option("--as", help="true or false.")],
    why: Annotated[str, typer.Option(help="Why.")],
    until: Annotated[
        str | None,
        typer.Option(help="Of a false one: until that day the same is raised, but not brought anywhere."),
    ] = None,
    by: ByOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say whether an alert was true or false, why, and until when."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.watch_list import watch_dispose
        from qaif.records.watches import Disposition

        said = Disposition(alert_id=alert, judgement=judgement, why=why, until=until, by=by or "", at="")
        emit(watch_dispose(workspace, said, datetime.now(UTC)), json_output=json_output, render=_alerts)


def run_page(answer: Any) -> None:
    """What a look found, for people."""
    from qaif.cli.page import Page

    page = Page()
    page.title(f"{answer.look.watched:,} watched: {len(answer.look.raised):,} new alerts")
    page.standing(answer.look)
    rows = [(each.id, each.kind, each.layer, each.said) for each in answer.look.raised]
    page.table((">alert", "kind", "layer", "what"), rows)
    sent = [(each.channel, f"{each.sent:,}", f"{each.waiting:,}", each.message) for each in answer.channels]
    page.table(("brought to", ">sent", ">waiting", "why"), sent)


def _watches(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"{len(answer.watches):,} watched")
    rows = [
        (each.id, each.kind, each.subject, ", ".join(each.alerts), ", ".join(each.categories), each.note)
        for each in answer.watches
    ]
    page.table((">watch", "as", "what", "alerts", "contact with", "note"), rows)


def _alerts(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"{len(answer.alerts):,} alerts")
    rows = [
        (one.alert.id, one.alert.raised_at, one.alert.kind, one.alert.said, _word(one))
        for one in answer.alerts
    ]
    page.table((">alert", "raised", "kind", "what", "answered"), rows)


def _word(one: Any) -> str:
    if one.disposition is None:
        return "" if one.alert.muted_by is None else f"as alert {one.alert.muted_by} was"
    until = f" until {one.disposition.until}" if one.disposition.until else ""
    return f"{one.disposition.judgement}{until}: {one.disposition.why} ({one.disposition.by})"
