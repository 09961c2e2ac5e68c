"""`qaif designations`: who has listed this, under what act, since when, and who has not."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

_SIGNS = {
    "listed itself": "LISTED",
    "blocked by ownership": "OWNED",
    "claimed relation, no listing effect": "rel",
    "not listed": "no",
    "list not loaded": "-",
    "list too old": "old",
    "names alike, not decided": "name?",
    "name not found": "none",
}
_SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("designations")(designations)


def designations(  # noqa: PLR0913  one argument an option, as Typer reads them
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="An entity's id, an address, an account, a name.")
    ],
    *,
    jurisdiction: Annotated[
        str, typer.Option(metavar="US,EU,...", help="Whose law, by letters; there is no default.")
    ],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="On which day; today where not given.")
    ] = None,
    since: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Also a matrix of the authorities from this year on.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Write that matrix as a picture.")
    ] = None,
    stale_after: Annotated[
        int, typer.Option(min=0, metavar="DAYS", help="A list is too old after so many days.")
    ] = 30,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Say for each authority whether something is listed, with all that the answer rests on."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import designations as question

        day = _day(as_of)
        first = since if since is not None or picture is None else day.year - 9
        answer = question.designations(
            workspace, what, day, jurisdiction.split(","), stale_after=stale_after, since=first
        )
        if picture is not None:
            from qaif.report.matrix import write_matrix

            write_matrix(picture, answer)
        emit(answer, json_output=json_output, render=_page)


def _day(text: str | None) -> date:
    from qaif.errors import UsageError

    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text[:40]!r} is no day.", way_out="Write it as 2024-05-01.") from None


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"{answer.asked} on {answer.day}")
    page.facts([("what", answer.kind), ("entities", ", ".join(answer.entities) or "none"), *_names(answer)])
    rows = [(each.jurisdiction, each.status, " ".join(each.reasons)) for each in answer.authorities]
    page.table(("!whose", "!answer", "why"), rows)
    for each in answer.authorities:
        _authority(page, each)
    if answer.candidates:
        page.heading("Names alike: candidates, not matches")
        found = [(f"{c.score}", c.name, c.how, c.entity_id, c.list) for c in answer.candidates[:_SHOWN]]
        page.table((">score", "name", "how", "entity", "!list"), found)
    if answer.matrix is not None:
        _matrix(page, answer.matrix)
    page.standing(answer)


def _names(answer: Any) -> list[tuple[str, object]]:
    return [("names", "; ".join(answer.names[:_SHOWN]))] if answer.names else []


def _authority(page: Any, each: Any) -> None:
    parts = (
        ("in force", each.designations),
        ("not in force", each.not_in_force),
        ("said by others, not checked against the list", each.said),
    )
    for title, found in parts:
        if found:
            page.heading(f"{each.jurisdiction}: {title}")
            page.table(
                ("authority", "programme, act", "since", "until", "scope", "by whose word"),
                [_designation(one) for one in found[:_SHOWN]],
            )
    if each.owned is not None:
        page.heading(
            f"{each.jurisdiction}: owned by blocked persons, {each.owned.least} to {each.owned.most} %"
        )
        for line in each.owned.holdings:
            page.line(line)
    if each.relations:
        page.heading(f"{each.jurisdiction}: claimed relations with whom is listed")
        page.table(
            ("who", "entity", "by whose word"),
            [
                (
                    "; ".join(r.names[:2]),
                    r.entity_id,
                    "; ".join(dict.fromkeys(k.asserted_by for k in r.links)),
                )
                for r in each.relations[:_SHOWN]
            ],
        )


def _designation(one: Any) -> tuple[object, ...]:
    said = dict.fromkeys(_word(link) for link in one.links)
    what = "; ".join((*one.programme, *one.legal_act))
    scope = "; ".join((*one.scope, *one.provisions, *one.exemptions, *one.licences))
    no = "" if one.designates else "does NOT designate: "
    return (
        "; ".join(one.authority),
        f"{no}{what}",
        one.from_ or "unknown",
        one.to or "",
        scope,
        "; ".join(said),
    )


def _signs(row: Any) -> list[str]:
    said = {"designated": "(L)", "not designated": "(n)", "sources differ": "(?)", "": ""}
    decided = ("LISTED", "OWNED", "rel", "no")
    signs = [(_SIGNS[status], said[word]) for status, word in zip(row.statuses, row.said, strict=True)]
    return [sign if sign in decided or not other else other for sign, other in signs]


def _first(names: Any) -> str:
    return "; ".join(names[:2])


def _sources(links: Any) -> str:
    return "; ".join(dict.fromkeys(link.asserted_by for link in links))


def _word(link: Any) -> str:
    return f"{link.asserted_by} ({link.status})"


def _matrix(page: Any, matrix: Any) -> None:
    page.heading("Over time")
    columns = ("!whose", *(f">{day[:4] if day.endswith('-12-31') else day}" for day in matrix.days))
    page.table(columns, [(row.jurisdiction, *_signs(row)) for row in matrix.rows])
    page.line("(L), (n), (?): others say that it is designated, is not, or differ; the list was not read.")
    page.line("; ".join(f"{sign}: {status}" for status, sign in _SIGNS.items()) + ".")
