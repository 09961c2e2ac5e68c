"""Users and keys, for administrators. What is secret in a body is not written down, not even apart."""

from collections.abc import Callable
from typing import Any

from qaif.api import bodies as read
from qaif.api.asking import Ground, Question
from qaif.questions import keys, users
from qaif.questions.access_rules import Action
from qaif.questions.answer import Answer
from qaif.records.engine import Records

Change = Callable[[Records, Ground, Any], Answer]


def _with_records(change: Change) -> Callable[[Ground, Any], Answer]:
    def ask(ground: Ground, body: Any) -> Answer:
        with Records.open(ground.workspace) as records:
            return change(records, ground, body)

    return ask


def _key(records: Records, ground: Ground, body: read.KeyBody) -> keys.NewKeyAnswer:
    wanted = keys.KeyWanted(
        user=body.user, name=body.name, scopes=tuple(body.scopes), days=body.days, limits=body.limits
    )
    return keys.new_key(records, wanted, ground.caller.name, ground.now)


def _question(  # noqa: PLR0913, PLR0917  the parts of a question
    name: str, body: type[read.Body], answer: type[Answer], change: Change, summary: str, action: Action
) -> Question:
    return Question(
        name=name,
        body=body,
        answer=answer,
        ask=_with_records(change),
        summary=summary,
        part="people",
        action=action,
        again=False,
        secret=True,
    )


QUESTIONS = (
    _question(
        "users",
        read.Nothing,
        users.UsersAnswer,
        lambda records, _ground, _body: users.users(records),
        "List users.",
        "set_users",
    ),
    _question(
        "users/add",
        read.UserBody,
        users.UsersAnswer,
        lambda records, ground, body: users.add_user(
            records, body.name, body.role, body.password, ground.caller.name, ground.now
        ),
        "Add a user.",
        "set_users",
    ),
    _question(
        "users/role",
        read.RoleBody,
        users.UsersAnswer,
        lambda records, ground, body: users.set_role(
            records, body.name, body.role, ground.caller.name, ground.now
        ),
        "Give a user another role.",
        "set_users",
    ),
    _question(
        "users/disable",
        read.UserNameBody,
        users.UsersAnswer,
        lambda records, ground, body: users.disable_user(records, body.name, ground.caller.name, ground.now),
        "Disable a user: their sessions and keys are refused.",
        "set_users",
    ),
    _question(
        "keys",
        read.Nothing,
        keys.KeysAnswer,
        lambda records, ground, _body: keys.keys(records, ground.now),
        "List keys, without what proves them.",
        "set_keys",
    ),
    _question(
        "keys/new",
        read.KeyBody,
        keys.NewKeyAnswer,
        _key,
        "Make a key; what proves it is answered this once.",
        "set_keys",
    ),
    _question(
        "keys/rotate",
        read.RotateBody,
        keys.NewKeyAnswer,
        lambda records, ground, body: keys.rotate_key(
            records, body.prefix, body.hours, ground.caller.name, ground.now
        ),
        "Put another key in the place of one; both are good for some hours.",
        "set_keys",
    ),
    _question(
        "keys/revoke",
        read.PrefixBody,
        keys.KeysAnswer,
        lambda records, ground, body: keys.revoke_key(records, body.prefix, ground.caller.name, ground.now),
        "Revoke a key at once.",
        "set_keys",
    ),
)
