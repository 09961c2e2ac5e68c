"""`qaif recommend`: rules that would catch the flows found, as a policy file, and what to watch."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.cluster import AsOfOption
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.trace import ByOption, HopsOption, MostTxsOption, ServiceOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("recommend")(recommend)


def recommend(  # noqa: PLR0913  one argument an option, as Typer reads them
    addresses: Annotated[list[str], typer.Argument(help="The addresses of the case.")],
    *,
    jurisdiction: Annotated[
        str, typer.Option(metavar="US,EU,...", help="Whose lists the policy needs; there is no default.")
    ],
    name: Annotated[str, typer.Option(help="The policy's name.")] = "from-a-case",
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="Write the policy to a new file.")
    ] = None,
    hops: HopsOption = 6,
    transactions: MostTxsOption = 1_000,
    by: ByOption = "cluster",
    service_scripts: ServiceOption = 1_000,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Make screening rules from a case, ready as a policy, and say what to watch."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import recommend as question
        from qaif.questions.trace import TraceRequest

        asked = TraceRequest(
            subjects=tuple(addresses),
            hops=hops,
            transactions=transactions,
            by=by,
            service_scripts=service_scripts,
            as_of=as_of,
        )
        answer = question.recommend(workspace, asked, name, jurisdiction.split(","))
        if policy is not None:
            from qaif.workspace.new_files import new_file

            with new_file(policy) as draft:
                draft.write_text(answer.policy, encoding="utf-8", newline="\n")
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"From {', '.join(answer.subjects)}")
    page.heading(f"A policy of {len(answer.rules)} rules, SHA-256 {answer.policy_sha256}")
    for line in answer.policy.splitlines():
        page.line(line)
    page.line(f"Of {answer.of:,} hand-offs found, {answer.caught:,} lie within the steps of its rules.")
    for note in answer.notes:
        page.line(note)
    page.heading("What to watch")
    page.table(("what", "subject", "why", "transaction"), [vars(one).values() for one in answer.watch])
    if answer.watch_left_out:
        page.line(f"{answer.watch_left_out:,} more.")
    page.standing(answer)
