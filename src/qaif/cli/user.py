"""`qaif user` and `qaif member`: who may sign in, as what, and which cases they see."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors
from qaif.cli.passwords import FromStdinOption, new_password
from qaif.cli.said import Entered, entering

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
_Role = Annotated[str, typer.Argument(help="viewer, analyst, approver or administrator.")]
_Case = Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Local users, and what they may do.")
    for name, command in (("add", add), ("role", role), ("disable", disable), ("passwd", passwd)):
        group.command(name)(entering(command))
    group.command("list")(list_)
    app.add_typer(group, name="user")
    members = typer.Typer(no_args_is_help=True, help="Who sees a case: its members, and nobody else.")
    members.command("add")(entering(add_member))
    members.command("remove")(entering(remove_member))
    members.command("list")(list_members)
    app.add_typer(members, name="member")


def add(
    name: _Name,
    *,
    role: Annotated[str, typer.Option(help="viewer, analyst, approver or administrator.")] = "viewer",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="They do not sign in; keys ask in their name.")
    ] = False,
    from_stdin: FromStdinOption = False,
    entered: Entered,
) -> None:
    """Add a user; the password is asked for, and never an argument."""
    with reporting_errors(json_output=entered.json_output):
        from qaif.questions.analyst import analyst_named
        from qaif.questions.users import add_user

        by = analyst_named(entered.by)
        with _records(entered) as records:
            password = None if no_password else new_password(from_stdin=from_stdin)
            answer = add_user(records, name, role, password, by, datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_users)


def role(name: _Name, role: _Role, *, entered: Entered) -> None:
    """Give a user another role."""
    with reporting_errors(json_output=entered.json_output):
        from qaif.questions.analyst import analyst_named
        from qaif.questions.users import set_role

        with _records(entered) as records:
            answer = set_role(records, name, role, analyst_named(entered.by), datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_users)


def disable(name: _Name, *, entered: Entered) -> None:
    """Disable a user for good: their sessions end, and their keys are refused."""
    with reporting_errors(json_output=entered.json_output):
        from qaif.questions.analyst import analyst_named
        from qaif.questions.users import disable_user

        with _records(entered) as records:
            answer = disable_user(records, name, analyst_named(entered.by), datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_users)


def passwd(name: _Name, *, from_stdin: FromStdinOption = False, entered: Entered) -> None:
    """Set a user's password; it is asked for. Their sessions end."""
    with reporting_errors(json_output=entered.json_output):
        from qaif.questions.analyst import analyst_named
        from qaif.questions.users import set_password

        by = analyst_named(entered.by)
        with _records(entered) as records:
            password = new_password(from_stdin=from_stdin)
            answer = set_password(records, name, password, by, datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_users)


def list_(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """List all users."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.users import users

        with _opened(workspace) as records:
            answer = users(records)
        emit(answer, json_output=json_output, render=_users)


def add_member(
    case: _Case,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Users.")],
    *,
    entered: Entered,
) -> None:
    """Put users into a case."""
    with reporting_errors(json_output=entered.json_output):
        from qaif.questions.analyst import analyst_named
        from qaif.questions.members import add_members

        with _records(entered) as records:
            answer = add_members(records, case, names, analyst_named(entered.by), datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_members)


def remove_member(case: _Case, name: _Name, *, entered: Entered) -> None:
    """Take a user out of a case."""
    with reporting_errors(json_output=entered.json_output):
        from qaif.questions.analyst import analyst_named
        from qaif.questions.members import remove_member as ask

        with _records(entered) as records:
            answer = ask(records, case, name, analyst_named(entered.by), datetime.now(UTC))
        emit(answer, json_output=entered.json_output, render=_members)


def list_members(
    case: _Case, workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False
) -> None:
    """List the members of a case."""
    with reporting_errors(json_output=json_output):
        from qaif.questions.members import members

        with _opened(workspace) as records:
            answer = members(records, case)
        emit(answer, json_output=json_output, render=_members)


def _records(entered: Entered) -> Any:
    return _opened(entered.workspace)


def _opened(workspace: Any) -> Any:
    from qaif.records.engine import Records
    from qaif.workspace.folder import Workspace

    return Records.open(Workspace.open(workspace).path)


def _users(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    if not answer.users:
        page.line("There are no users. `qaif user add NAME --role administrator` adds the first.")
        return
    page.table(
        ("user", "role", "!since", "password", ">cases", "disabled since"),
        [
            (u.name, u.role, u.made_at, "yes" if u.has_password else "no", u.cases, u.disabled_at)
            for u in answer.users
        ],
    )


def _members(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Case {answer.case_id}: {len(answer.members):,} members")
    page.table(("user", "!since", "put there by"), [(m.user, m.since, m.added_by) for m in answer.members])
