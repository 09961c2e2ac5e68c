"""Who may do what, written out once more as a table to be read: a row an action, a column a role.

`yes`: always; `no`: never; `in`: only in a case that one is a member of, and only ever about a case; `any`:
about any case, as a member or not. An action with `yes` may be part of a case too, and then needs membership.
"""

TABLE = """
action       scope   viewer analyst approver administrator
ask          read    yes    yes     yes      yes
screen       screen  no     yes     yes      yes
enter        write   no     yes     yes      no
load_list    write   no     yes     yes      yes
watch        write   no     yes     yes      no
run          write   no     yes     yes      no
decide       decide  no     yes     yes      no
approve      decide  no     no      yes      no
open_case    write   no     yes     yes      no
see_case     read    in     in      in       in
work_case    write   no     in      in       no
set_members  admin   no     in      in       any
read_audit   audit   no     no      yes      yes
sign_audit   audit   no     no      no       yes
set_policy   admin   no     no      no       yes
set_users    admin   no     no      no       yes
set_keys     admin   no     no      no       yes
"""
_HEAD, *_ROWS = [line.split() for line in TABLE.strip().splitlines()]
ROLES = _HEAD[2:]
ACTIONS = [row[0] for row in _ROWS]
SCOPES = sorted({row[1] for row in _ROWS})


def allowed(role: str, scopes: set[str], action: str, *, about_a_case: bool, member: bool) -> bool:
    """Whether the table says yes."""
    row = next(each for each in _ROWS if each[0] == action)
    cell = row[2 + ROLES.index(role)]
    if row[1] not in scopes or cell == "no":
        return False
    if cell == "yes":
        return member or not about_a_case
    return about_a_case and (cell == "any" or member)
