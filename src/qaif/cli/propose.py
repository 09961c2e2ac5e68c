"""`qaif propose`, `accept`, `reject` and `edit`: the machine proposes, a person disposes."""

from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.said import Entered, SaidBy, entering, saying

_Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of proposals, or how they begin.")]
_Reason = Annotated[str, typer.Option(help="Why.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("propose")(propose)
    app.command("accept")(saying(accept, as_proposed=True))
    app.command("reject")(entering(reject))
    app.command("edit")(saying(edit, as_proposed=True))


def propose(
    document: Annotated[
        str, typer.Argument(help="A kept document: its SHA-256, how that begins, or its name.")
    ],
    *,
    region: Annotated[
        list[str] | None, typer.Option(help="A state whose local telephone numbers are tried, such as PS.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Propose what a document may say, each with its place; nothing becomes a claim by itself."""
    with reporting_errors(json_output=json_output):
        from datetime import UTC, datetime

        from qaif.questions.proposals import propose as question

        answer = question(workspace, document, tuple(region or ()), datetime.now(UTC))
        emit(answer, json_output=json_output, render=_proposed)


def accept(
    ids: _Ids,
    *,
    reason: _Reason = "",
    said: SaidBy,
    entered: Entered,
) -> None:
    """Make claims of proposals, in your name."""
    _decide("accepted", ids, _terms(said, reason, {}), entered)


def reject(
    ids: _Ids,
    *,
    reason: _Reason = "",
    entered: Entered,
) -> None:
    """Reject proposals; what was claimed of them before is taken back."""
    _decide("rejected", ids, {"reason": reason}, entered)


def edit(  # noqa: PLR0913  one argument an option, as Typer reads them
    ids: _Ids,
    *,
    value: Annotated[str | None, typer.Option(help="Another value.")] = None,
    entity: Annotated[str | None, typer.Option(help="Of which entity it is.")] = None,
    schema: Annotated[str | None, typer.Option(help="That entity's kind.")] = None,
    prop: Annotated[str | None, typer.Option(help="Which property it is.")] = None,
    role: Annotated[str | None, typer.Option(help="Of a relation: another role.")] = None,
    subject: Annotated[str | None, typer.Option(help="Of a relation: the entity at its first end.")] = None,
    object_: Annotated[
        str | None, typer.Option("--object", help="Of a relation: the entity at its second end.")
    ] = None,
    reason: _Reason = "",
    said: SaidBy,
    entered: Entered,
) -> None:
    """Make a claim of a proposal, changed; the proposal itself stays as it was made."""
    given = {"value": value, "entity": entity, "schema": schema, "prop": prop, "role": role}
    given |= {"subject": subject, "object": object_}
    changes = {name: each for name, each in given.items() if each is not None}
    _decide("edited", ids, _terms(said, reason, changes), entered)


def _terms(said: SaidBy, reason: str, changes: dict[str, str]) -> dict[str, Any]:
    return {
        "asserted_by": said.asserted_by or "",
        "resting_on": None if said.resting_on is None else tuple(said.resting_on),
        "reliability": said.reliability,
        "credibility": said.credibility,
        "status": said.status,
        "reason": reason,
        "changes": changes,
    }


def _decide(verdict: Any, ids: list[str], terms: dict[str, Any], entered: Entered) -> None:
    with reporting_errors(json_output=entered.json_output):
        from datetime import UTC, datetime

        from qaif.questions.proposals import Terms, decide_on

        now = datetime.now(UTC)
        answer = decide_on(entered.workspace, verdict, ids, Terms(**terms), entered.by, now)
        emit(answer, json_output=entered.json_output, render=_decided)


def _proposed(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Proposals from {answer.name}")
    page.line("None of these is a claim. Accept, reject or edit each.")
    _table(page, answer.proposals)
    if answer.contradictions:
        page.heading("Where the text seems to contradict itself")
        for one in answer.contradictions:
            page.line(f"{one.sentence} Proposals {one.proposals[0][:8]} and {one.proposals[1][:8]}.")
    page.standing(answer)


def _decided(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    _table(page, answer.decided)
    page.line(f"{answer.claims_added} statement(s) entered, {answer.claims_retracted} taken back.")


def _table(page: Any, proposals: Any) -> None:
    noted = any(p.payload.get("notes") for p in proposals)
    page.table(
        ("!id", "kind", "what", "stands at", "decision", *(("notes",) if noted else ())),
        [
            (
                p.id,
                p.kind,
                _what(p.payload),
                f"{p.span[0]}-{p.span[1]}",
                _decision(p),
                *((_notes(p.payload),) if noted else ()),
            )
            for p in proposals
        ],
    )


def _notes(payload: Any) -> str:
    """What was assumed or repaired, and where else than in the text it stands."""
    from qaif.evidence.defang import defang

    return defang("; ".join(payload.get("notes") or ()))


def _decision(proposal: Any) -> str:
    return f"{proposal.decision} by {proposal.decided_by}" if proposal.decided_by else str(proposal.decision)


def _what(payload: Any) -> str:
    from qaif.evidence.defang import defang

    if payload.get("erased"):
        return "(erased)"
    if "subject" not in payload:
        return defang(str(payload["value"]))
    how = f" ({payload['status']})" if payload["status"] != "reported" else ""
    rest = f", according to {', '.join(payload['resting_on'])}" if payload["resting_on"] else ""
    return defang(
        f"{payload['subject']['name']} | {payload['role']} | {payload['object']['name']}{how}{rest}"
    )
