"""Who may do what: one pure function over a matrix of roles, actions and membership of cases.

A caller has a role, and scopes that a key may narrow. A case is its members' alone: nobody else is even told
that it exists, whatever their role; administrators may put members into any case, which the audit log shows.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from qaif.errors import AccessError, NotFoundError

Role = Literal["viewer", "analyst", "approver", "administrator"]
Scope = Literal["read", "screen", "write", "decide", "audit", "admin"]
Action = Literal[
    "ask", "screen", "enter", "load_list", "watch", "run", "decide", "approve",
    "open_case", "see_case", "work_case", "set_members",
    "read_audit", "sign_audit", "set_policy", "set_users", "set_keys",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
SCOPES: tuple[Scope, ...] = get_args(Scope)
ACTIONS: tuple[Action, ...] = get_args(Action)
EVERY_SCOPE = frozenset(SCOPES)


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        name: the user.
        role: theirs.
        scopes: what the key that they came with is for; all of them for a session.
        via: how they came: `session`, `command line` or `key PREFIX`.
        limits: what the key is limited to, such as `600/minute`; empty where to nothing of its own.
    """

    name: str
    role: Role
    scopes: frozenset[Scope] = EVERY_SCOPE
    via: str = "session"
    limits: str = ""


@dataclass(frozen=True)
class CaseOf:
    """A case, as far as it decides who may see it: its id, and its members' names."""

    id: str
    members: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """Who may do one thing.

    Attributes:
        scope: what a key must be for.
        roles: whose roles.
        of_a_case: it is only ever done to a case.
        outsiders: roles that may do it to cases that they are not members of.
    """

    scope: Scope
    roles: frozenset[Role]
    of_a_case: bool = False
    outsiders: frozenset[Role] = frozenset()


_ALL: frozenset[Role] = frozenset(ROLES)
_WORKING: frozenset[Role] = frozenset(("analyst", "approver"))
_NOT_VIEWERS: frozenset[Role] = frozenset(("analyst", "approver", "administrator"))
_APPROVER: frozenset[Role] = frozenset(("approver",))
_ADMINISTRATOR: frozenset[Role] = frozenset(("administrator",))
MATRIX: dict[Action, Rule] = {
    "ask": Rule("read", _ALL),
    "screen": Rule("screen", _NOT_VIEWERS),
    "enter": Rule("write", _WORKING),
    "load_list": Rule("write", _NOT_VIEWERS),
    "watch": Rule("write", _WORKING),
    "run": Rule("write", _WORKING),
    "decide": Rule("decide", _WORKING),
    "approve": Rule("decide", _APPROVER),
    "open_case": Rule("write", _WORKING),
    "see_case": Rule("read", _ALL, of_a_case=True),
    "work_case": Rule("write", _WORKING, of_a_case=True),
    "set_members": Rule("admin", _NOT_VIEWERS, of_a_case=True, outsiders=_ADMINISTRATOR),
    "read_audit": Rule("audit", _APPROVER | _ADMINISTRATOR),
    "sign_audit": Rule("audit", _ADMINISTRATOR),
    "set_policy": Rule("admin", _ADMINISTRATOR),
    "set_users": Rule("admin", _ADMINISTRATOR),
    "set_keys": Rule("admin", _ADMINISTRATOR),
}


def may(caller: Caller, action: Action, case: CaseOf | None = None) -> bool:
    """Whether a caller may do something, to a case or as part of one where a case is given."""
    rule = MATRIX[action]
    if rule.scope not in caller.scopes or caller.role not in rule.roles:
        return False
    if case is None:
        return not rule.of_a_case
    return caller.name in case.members or caller.role in rule.outsiders


def require(caller: Caller, action: Action, case: CaseOf | None = None) -> None:
    """Refuse what a caller may not do.

    Raises:
        NotFoundError: it is about a case of which they are no member; the same as of one that is not there.
        AccessError: their role or their key does not allow it.
    """
    if may(caller, action, case):
        return
    if case is not None and caller.name not in case.members:
        raise no_case(case.id)
    what = action.replace("_", " ")
    if MATRIX[action].scope not in caller.scopes:
        raise AccessError(
            f"This key is not for `{what}`.",
            way_out=f"Use one with the scope {MATRIX[action].scope}.",
            action=action,
        )
    raise AccessError(
        f"{caller.name} has the role {caller.role}, which may not `{what}`.",
        way_out=f"Ask one with the role {' or '.join(sorted(MATRIX[action].roles))}.",
        action=action,
    )


def no_case(case_id: str) -> NotFoundError:
    """That there is no such case, as it is told to whoever may not know of it."""
    return NotFoundError(f"There is no case {case_id[:100]} here.", way_out="See `qaif case list`.")
