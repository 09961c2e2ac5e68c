"""`qaif lists`: official lists, imported from files; fetched only where that is asked for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.network import CaFileOption, ProxyOption, opened
from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

ShrinkOption = Annotated[
    bool,
    typer.Option("--confirm-shrink", help="Import it although it lost half of its entries or more."),
]
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Official lists: import, update, compare, search, and how old they are."
    )
    group.command("import")(import_)
    group.command("update")(update)
    group.command("diff")(diff)
    group.command("status")(status)
    group.command("search")(search)
    app.add_typer(group, name="lists")


def import_(  # noqa: PLR0913  one argument an option, as Typer reads them
    path: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A list as its authority publishes it.")
    ] = None,
    *,
    seed: Annotated[
        bool, typer.Option("--seed", help="Import the shipped seed of designation facts.")
    ] = False,
    published: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The day that the file is of, where it does not say it."),
    ] = None,
    confirm_shrink: ShrinkOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Import a list, all of it or nothing; its format is recognised."""
    with reporting_errors(json_output=json_output):
        from qaif.errors import UsageError
        from qaif.questions import lists as question

        if seed == (path is not None):
            raise UsageError(
                "Name one file, or --seed.", way_out="Such as `qaif lists import sdn_advanced.xml`."
            )
        now = datetime.now(UTC)
        if path is None:
            answer = question.import_seed(workspace, now)
        else:
            answer = question.import_list(
                workspace, path, now, published=published, may_shrink=confirm_shrink
            )
        emit(answer, json_output=json_output, render=_imported)


def update(  # noqa: PLR0913  one argument an option, as Typer reads them
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Which list; all that can be fetched.")
    ] = None,
    *,
    from_: Annotated[
        str, typer.Option("--from", metavar="URL", help="Another address than the official one.")
    ] = "",
    confirm_shrink: ShrinkOption = False,
    proxy: ProxyOption = None,
    ca_file: CaFileOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Fetch lists from their official addresses and import them."""
    with reporting_errors(json_output=json_output):
        from functools import partial

        from qaif.errors import UsageError
        from qaif.questions import list_update as question
        from qaif.workspace.network.manner import Manner

        if from_ and name is None:
            raise UsageError(
                "--from needs the name of the list.", way_out="Such as `qaif lists update un-sc`."
            )
        asked = question.fetchable() if name is None else (question.known_list(name, from_),)
        manner = Manner(proxy=proxy, ca_file=ca_file)
        door = partial(_door, workspace, manner)
        for known in asked:
            answer = question.update_list(
                workspace, known, door, datetime.now(UTC), may_shrink=confirm_shrink
            )
            emit(answer, json_output=json_output, render=_imported)


def _door(workspace: Path, manner: Any, place: str) -> Any:
    return opened(workspace, place, manner, lists=True)


def diff(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which list.")],
    *,
    older: Annotated[int | None, typer.Option(help="The older version's number.")] = None,
    newer: Annotated[int | None, typer.Option(help="The newer version's number.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say what changed between two versions of a list; the last two, if none is named."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import lists as question

        emit(question.list_diff(workspace, name, older, newer), json_output=json_output, render=_diff)


def status(
    *,
    stale_after: Annotated[int, typer.Option(min=0, metavar="DAYS", help="Too old after so many days.")] = 30,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say which lists are loaded: version, digest, date, age, what was flagged."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import lists as question

        answer = question.list_status(workspace, datetime.now(UTC).date(), stale_after=stale_after)
        emit(answer, json_output=json_output, render=_status)


def search(
    name: Annotated[str, typer.Argument(metavar="NAME", help="In whatever script.")],
    *,
    most: Annotated[int, typer.Option(min=1, max=1_000, help="So many entities at the most.")] = 20,
    least: Annotated[int, typer.Option(min=0, max=100, help="The lowest score.")] = 70,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Search the names of all loaded lists, across scripts; what is found are candidates."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import list_names as question

        answer = question.search_names(workspace, name, most=most, least=least)
        emit(answer, json_output=json_output, render=_candidates)


def _imported(answer: Any) -> None:
    from qaif.cli.page import Page

    page, one = Page(), answer.version
    page.line(f"{'Imported' if answer.new else 'Already imported'}: {one.list}, {one.format}.")
    page.facts(
        [
            ("of", one.published_at),
            ("version", one.version or None),
            ("SHA-256", one.sha256),
            ("entities", f"{one.entity_count:,}"),
            ("statements", f"{one.statement_count:,}"),
            ("new", f"{answer.added:,}"),
            ("taken back", f"{answer.retracted:,}"),
            ("addresses", "; ".join(f"{count:,} of {chain}" for chain, count in answer.addresses.items())),
            ("flagged", f"{one.flagged_count:,}"),
        ]
    )
    _problems(page, answer)
    page.standing(answer)


def _problems(page: Any, answer: Any) -> None:
    if answer.problems:
        page.heading("Flagged")
        rows = [(each.locator, each.kind, each.said, each.original) for each in answer.problems[:_SHOWN]]
        page.table(("where", "!kind", "what", "as it stands"), rows)
        if len(answer.problems) > _SHOWN:
            page.line(f"... and {answer.version.flagged_count - _SHOWN:,} more; see --json.")


def _diff(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"{answer.newer.list}: {answer.older.published_at} to {answer.newer.published_at}")
    page.line(f"{answer.added:,} added, {answer.removed:,} removed, {answer.changed:,} changed.")
    rows = [
        (
            each.what,
            each.entity_id,
            each.schema,
            _changes(each),
        )
        for each in answer.entities[:200]
    ]
    page.table(("!what", "entity", "schema", "first of what changed"), rows)
    page.standing(answer)


def _changes(each: Any) -> str:
    return "; ".join((*each.said[:3], *(f"taken back: {gone}" for gone in each.taken_back[:3])))


def _status(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    rows = [
        (
            each.version.list,
            each.version.published_at or "unknown",
            "unknown" if each.age_days is None else f"{each.age_days:,}",
            "too old" if each.stale else "",
            f"{each.version.entity_count:,}",
            f"{each.version.flagged_count:,}",
            f"{each.versions}",
            each.version.sha256[:16],
        )
        for each in answer.lists
    ]
    page.table(
        ("!list", "!of", ">days old", "", ">entities", ">flagged", ">versions", "SHA-256 begins"), rows
    )
    page.standing(answer)


def _candidates(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.line(f"{len(answer.candidates)} candidates among {answer.names_searched:,} names.")
    rows = [
        (f"{each.score}", each.name, each.how, each.entity_id, each.list, each.name_kind)
        for each in answer.candidates
    ]
    page.table((">score", "name", "how", "entity", "!list", "kind"), rows)
    page.standing(answer)
