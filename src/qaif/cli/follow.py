"""`qaif follow`: take in each new block as it comes, and say what it changes."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qaif.cli.alert_options import (
    DeliverOption,
    MailFromOption,
    MailLoginOption,
    MailServerOption,
    SecretOption,
    Wanted,
)
from qaif.cli.network import CaFileOption, ProxyOption, opened
from qaif.cli.node_options import CookieOption, PasswordFileOption, network_named, node_manner
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, ProgressLine, WorkspaceOption, reporting_errors

if TYPE_CHECKING:
    from qaif.desk.alerting import Channel
    from qaif.desk.follow import Source

_WITH_ANNOUNCEMENTS = 10.0
_NODE_PAUSE, _FILES_PAUSE = 1.0, 2.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("follow")(follow)


def follow(  # noqa: PLR0913  one argument an option, as Typer reads them
    *,
    source: Annotated[
        str, typer.Option(help="core:http://USER@HOST:8332, or a data directory that a node writes to.")
    ],
    zmq: Annotated[
        str | None,
        typer.Option(help="Of a node: where it announces blocks (-zmqpubhashblock), tcp://HOST:28332."),
    ] = None,
    network: Annotated[
        str | None, typer.Option(help="mainnet, testnet3, testnet4, signet or regtest.")
    ] = None,
    from_height: Annotated[
        int | None, typer.Option(min=0, help="Of a node: where a new chain begins.")
    ] = None,
    every: Annotated[
        float | None, typer.Option(min=0.05, help="Seconds between looks while nothing is announced.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look at what is watched whenever the chain moves.")
    ] = False,
    deliver: DeliverOption = None,
    secret: SecretOption = None,
    mail_server: MailServerOption = None,
    mail_from: MailFromOption = None,
    mail_login: MailLoginOption = None,
    cookie: CookieOption = None,
    password_file: PasswordFileOption = None,
    proxy: ProxyOption = None,
    ca_file: CaFileOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Follow a node or a data directory until Ctrl-C; the same command resumes."""
    with (
        reporting_errors(json_output=json_output),
        ProgressLine("indexing") as progress,
        ExitStack() as stack,
    ):
        from qaif.desk import follow as desk
        from qaif.desk.follow import Source
        from qaif.workspace.folder import Workspace
        from qaif.workspace.node_door import ReachedNode, is_node, node_named

        if is_node(source):
            from qaif.chain.nodes import NodeBlocks, index_node
            from qaif.feeds.core.headers import Span

            chain_dir = Workspace.open_or_create(workspace).chain_dir
            name = node_named(source, cookie, password_file)
            wanted = NodeBlocks(name.source, Span(from_height), network_named(network))
            manner, beside = node_manner(proxy, ca_file), (zmq,) if zmq else ()
            door = stack.enter_context(
                opened(workspace, name.source.place, manner, beside=beside, blocks=True)
            )
            reached = ReachedNode(door, lambda: node_named(source, cookie, password_file))
            heard = door.announcements(zmq, desk.TOPICS, purpose="new blocks") if zmq else None
            pause = every or (_WITH_ANNOUNCEMENTS if zmq else _NODE_PAUSE)
            followed = Source(
                lambda: reached.use(lambda node: index_node(chain_dir, node, wanted, progress, merge=False)),
                heard,
                pause,
            )
        else:
            followed = Source(_files(workspace, Path(source), network, progress), None, every or _FILES_PAUSE)
        wanted_alerts = Wanted(deliver, secret, (mail_server, mail_from, mail_login), (proxy, ca_file))
        alerting = watch or bool(deliver)
        Workspace.open_or_create(workspace)
        channels = stack.enter_context(wanted_alerts.channels(workspace)) if alerting else None
        _say(workspace, followed, channels, json_output=json_output)


def _files(workspace: Path, path: Path, network: str | None, progress: Any) -> Callable[[], Any]:
    from qaif.questions.index import index_block_files

    return lambda: index_block_files(workspace, [path], network, [], progress, merge=False).run


def _say(workspace: Path, source: "Source", channels: "list[Channel] | None", *, json_output: bool) -> None:
    from qaif.desk.follow import follow as followed
    from qaif.desk.monitor import after
    from qaif.questions.answer import as_json

    for happening in followed(workspace, source):
        told = after(workspace, channels, happening)
        if json_output:
            for each in (happening, *told):
                typer.echo(json.dumps(as_json(each), ensure_ascii=False))
        else:
            for line in (*lines(happening), *(line for each in told for line in _alerts(each))):
                typer.echo(line)


def _alerts(looked: Any) -> list[str]:
    """What a look at what is watched found, for people."""
    raised = [f"ALERT     {each.id} {each.kind}: {each.said}" for each in looked.look.raised]
    waiting = [each for each in looked.channels if each.waiting]
    return [
        *raised,
        *(f"WAITING   {each.waiting:,} alerts for {each.channel}: {each.message}" for each in waiting),
    ]


def lines(one: Any) -> list[str]:
    """A happening, for people."""
    at = "nothing yet"
    if one.as_of is not None:
        height = "?" if one.as_of.height is None else f"{one.as_of.height:,}"
        at = f"block {height} {one.as_of.hash} ({one.as_of.time})"
    if one.kind == "trouble":
        return [f"TROUBLE   {one.message} The source is asked again."]
    if one.kind == "lost":
        return [f"LOST      {one.lost:,} announcement(s) did not come; the source is asked what they were."]
    since = "the announcement" if one.woken_by == "announcement" else "asking"
    took = f"{one.milliseconds:,} ms after {since}"
    if one.kind == "standing":
        return [f"STANDING  {at}", *_cases(one)]
    if one.kind == "blocks":
        return [f"BLOCKS    {one.added:,} added, {took}: {at}"]
    out = [f"REORG     {one.removed_count:,} left the chain, {one.added:,} added, {took}: {at}"]
    return [*out, *(f"          left: {shown}" for shown in one.removed), *_cases(one)]


def _cases(one: Any) -> list[str]:
    return [
        f"          the case {case.folder} of {case.written_at} rested on block {case.block},"
        " which left the chain"
        for case in one.cases
    ]
