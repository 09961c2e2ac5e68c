"""Who is a member of a case: nobody else sees it, or is told that it is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qaif.errors import InputError, NotFoundError
from qaif.questions.answer import Answer
from qaif.questions.asked import refuse_secrets
from qaif.questions.users import existing_user
from qaif.records.accounts import Member, members_of, put_member, take_member
from qaif.records.audit_tree import ToRecord, append_in
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records, Transaction

_LONGEST_ID = 200


@dataclass(frozen=True, kw_only=True)
class MembersAnswer(Answer):
    """The members of a case, by name."""

    case_id: str
    members: tuple[Member, ...]


def members(records: Records, case_id: str) -> MembersAnswer:
    """The members of a case."""
    with records.reading() as connection:
        return MembersAnswer(case_id=case_id, members=members_of(connection, case_id))


def add_members(
    records: Records, case_id: str, names: Sequence[str], by: str, now: datetime
) -> MembersAnswer:
    """Put users into a case; who is in it already stays as they are.

    Raises:
        NotFoundError: there is no such user.
        InputError: one was disabled, or the case's id is none.
    """
    refuse_secrets(case_id)
    if not 0 < len(case_id) <= _LONGEST_ID or not case_id.isprintable():
        raise InputError("A case's id is up to 200 printable characters.")
    with records.writing() as connection:
        there = {each.user for each in members_of(connection, case_id)}
        for name in dict.fromkeys(names):
            if existing_user(connection, name).disabled_at:
                raise InputError(f"{name} was disabled; nobody was put into the case.")
            if name not in there:
                made = Member(case_id=case_id, user=name, since=utc_stamp(now), added_by=by)
                put_member(connection, made)
                _note(connection, "case.member_added", case_id, name, (by, now))
        return MembersAnswer(case_id=case_id, members=members_of(connection, case_id))


def remove_member(records: Records, case_id: str, name: str, by: str, now: datetime) -> MembersAnswer:
    """Take a user out of a case.

    Raises:
        NotFoundError: they are no member.
        InputError: they are the last: nobody would see the case any more.
    """
    with records.writing() as connection:
        there = {each.user for each in members_of(connection, case_id)}
        if name not in there:
            raise NotFoundError(f"{name[:64]} is no member of this case.", way_out="See `qaif member list`.")
        if len(there) == 1:
            raise InputError(f"{name} is the last member; nobody else would see the case.")
        take_member(connection, case_id, name)
        _note(connection, "case.member_removed", case_id, name, (by, now))
        return MembersAnswer(case_id=case_id, members=members_of(connection, case_id))


def _note(
    connection: Transaction, action: str, case_id: str, name: str, who_and_when: tuple[str, datetime]
) -> None:
    by, now = who_and_when
    details = {"user": name, "by": by}
    append_in(connection, [ToRecord(at=now, action=action, subject=f"case {case_id}", details=details)])
