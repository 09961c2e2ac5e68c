"""Who may do what, beside a table that was written apart; and who a key, a session or a password is of."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast

import pytest

from oracle import access as oracle
from qaif.errors import AccessError, InputError, NotFoundError, SignInError, TooOftenError, UsageError
from qaif.questions.access import Action, Caller, CaseOf, Gate, Role, Scope, may, require
from qaif.questions.access_rules import ACTIONS, ROLES, SCOPES
from qaif.questions.keys import KeyWanted, keys, new_key, revoke_key, rotate_key
from qaif.questions.members import add_members, members, remove_member
from qaif.questions.sign_in import csrf_of, is_csrf, of_session, proven, sign_in, sign_out
from qaif.questions.users import add_user, disable_user, set_password, set_role, users
from qaif.records import passwords
from qaif.records.engine import Records

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105  a test's


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "LOG_COST", 4)
    monkeypatch.setattr(passwords, "NOBODYS", f"scrypt$4$8$3${'00' * 16}${'00' * 32}")


@pytest.fixture
def records(tmp_path: Path) -> Records:
    opened = Records.open(tmp_path)
    for name, role in (("vic", "viewer"), ("ann", "analyst"), ("app", "approver"), ("adm", "administrator")):
        add_user(opened, name, role, PASSWORD, "setup", NOON)
    return opened


def after(**span: int) -> datetime:
    return NOON + timedelta(**span)


def pairs(count: int) -> list[tuple[Caller, Action, CaseOf | None]]:
    """Callers and what they want: each role with each action in each relation, then chance's."""
    chance = Random(8)  # noqa: S311  a test's dice
    case, foreign = CaseOf("c", frozenset(("me", "you"))), CaseOf("d", frozenset(("you",)))
    every = [
        (Caller("me", role), action, about)
        for role in ROLES
        for action in ACTIONS
        for about in (None, case, foreign)
    ]
    while len(every) < count:
        some = cast("list[Scope]", chance.sample(SCOPES, chance.randint(0, len(SCOPES))))
        caller = Caller(chance.choice(("me", "you", "")), chance.choice(ROLES), frozenset(some))
        members_of = frozenset(chance.sample(("me", "you", "they"), chance.randint(0, 3)))
        about = chance.choice((None, case, foreign, CaseOf("e", members_of)))
        every.append((caller, chance.choice(ACTIONS), about))
    return every


def test_2000_pairs_beside_the_table() -> None:
    said = set()
    for caller, action, case in pairs(2_000):
        expected = oracle.allowed(
            caller.role,
            set(caller.scopes),
            action,
            about_a_case=case is not None,
            member=case is not None and caller.name in case.members,
        )
        assert may(caller, action, case) is expected, (caller, action, case)
        said.add(expected)
        if expected:
            require(caller, action, case)
            continue
        with pytest.raises((AccessError, NotFoundError)):
            require(caller, action, case)
    assert said == {True, False}


def test_the_table_has_every_role_action_and_scope() -> None:
    assert list(ROLES) == oracle.ROLES
    assert set(oracle.ACTIONS) == set(ACTIONS)
    assert sorted(SCOPES) == oracle.SCOPES


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", ROLES)
def test_nobody_learns_that_a_case_of_others_is_there(role: Role, action: Action) -> None:
    caller = Caller("me", role)
    for scopes in (caller.scopes, frozenset[Scope]()):
        here, nowhere = CaseOf("c", frozenset(("you",))), CaseOf("c", frozenset())
        asked = Caller("me", role, scopes)
        if may(asked, action, here):
            assert (role, action) == ("administrator", "set_members")
            continue
        with pytest.raises(NotFoundError) as of_others:
            require(asked, action, here)
        with pytest.raises(NotFoundError) as of_none:
            require(asked, action, nowhere)
        assert of_others.value.as_dict() == of_none.value.as_dict()


def test_a_refusal_says_which_role_or_scope_it_takes() -> None:
    with pytest.raises(AccessError, match="administrator") as refused:
        require(Caller("me", "viewer"), "set_keys")
    assert refused.value.details == {"action": "set_keys"}
    with pytest.raises(AccessError, match="scope admin"):
        require(Caller("me", "administrator", frozenset(("read",))), "set_keys")


def wanted(user: str = "ann", *scopes: str, days: int | None = 30, limits: str = "") -> KeyWanted:
    return KeyWanted(user=user, name="deposits", scopes=scopes or ("screen",), days=days, limits=limits)


def test_a_key_asks_in_its_users_name_and_never_may_more(records: Records) -> None:
    made = new_key(records, wanted("ann", "screen", "admin", limits="5/second"), "adm", NOON)
    caller = Gate(records).of_key(made.key, NOON)
    via = f"key {made.shown.prefix}"
    assert caller == Caller("ann", "analyst", frozenset(("screen", "admin")), via, "5/second")
    assert may(caller, "screen")
    assert not may(caller, "set_keys")
    assert not may(caller, "ask")
    set_role(records, "ann", "viewer", "adm", NOON)
    assert not may(Gate(records).of_key(made.key, NOON), "screen")


def test_only_a_digest_of_a_key_is_kept(records: Records, tmp_path: Path) -> None:
    made = new_key(records, wanted(), "adm", NOON)
    secret = made.key.removeprefix(made.shown.prefix)
    assert len(secret) > 40
    kept = (tmp_path / "records.sqlite").read_bytes()
    assert secret.encode() not in kept
    assert made.shown.prefix.encode() in kept
    assert PASSWORD.encode() not in kept
    assert made.key not in repr(keys(records, NOON))


def test_a_wrong_expired_or_revoked_key_is_refused(records: Records) -> None:
    made = new_key(records, wanted(days=30), "adm", NOON)
    forever = new_key(records, wanted(days=None), "adm", NOON)
    for wrong in (
        "",
        "qaif_",
        made.shown.prefix,
        made.key[:-1],
        f"{made.key}x",
        forever.key[:13] + made.key[13:],
    ):
        with pytest.raises(SignInError, match="not known"):
            Gate(records).of_key(wrong, NOON)
    assert Gate(records).of_key(made.key, after(days=30, seconds=-1)).name == "ann"
    with pytest.raises(SignInError, match="expired"):
        Gate(records).of_key(made.key, after(days=30))
    assert Gate(records).of_key(forever.key, after(days=10_000)).name == "ann"
    revoke_key(records, made.shown.prefix, "adm", NOON)
    with pytest.raises(SignInError, match="revoked"):
        Gate(records).of_key(made.key, NOON)


def test_a_rotated_key_goes_on_for_the_overlap_and_no_longer(records: Records) -> None:
    old = new_key(records, wanted("ann", "read", limits="9/minute"), "adm", NOON)
    new = rotate_key(records, old.shown.prefix, 24, "adm", after(days=1))
    assert (new.shown.scopes, new.shown.limits, new.shown.user) == (("read",), "9/minute", "ann")
    assert new.shown.expires_at == "2026-02-02T12:00:00Z"
    gate = Gate(records)
    assert gate.of_key(old.key, after(days=2, seconds=-1)).name == gate.of_key(new.key, NOON).name
    with pytest.raises(SignInError, match="revoked"):
        gate.of_key(old.key, after(days=2))
    assert [each.standing for each in keys(records, after(days=1)).keys] == ["rotated", "good"]
    with pytest.raises(InputError, match="rotated"):
        rotate_key(records, old.shown.prefix, 1, "adm", after(days=1))
    revoke_key(records, old.shown.prefix, "adm", after(days=1, hours=1))
    assert keys(records, after(days=1, hours=1)).keys[0].standing == "revoked"


def test_what_no_key_can_be(records: Records) -> None:
    for bad in (
        wanted("ann", "all"),
        KeyWanted(user="ann", name="x", scopes=()),
        KeyWanted(user="ann", name=" ", scopes=("read",)),
        wanted(days=0),
        wanted(limits="often"),
    ):
        with pytest.raises(UsageError):
            new_key(records, bad, "adm", NOON)
    with pytest.raises(NotFoundError):
        new_key(records, wanted("nobody"), "adm", NOON)
    with pytest.raises(NotFoundError):
        revoke_key(records, "qaif_none", "adm", NOON)
    with pytest.raises(UsageError):
        rotate_key(records, "qaif_none", -1, "adm", NOON)
    disable_user(records, "ann", "adm", NOON)
    with pytest.raises(InputError, match="disabled"):
        new_key(records, wanted(), "adm", NOON)


def test_a_disabled_user_is_out_by_every_door(records: Records) -> None:
    made, session = new_key(records, wanted(), "adm", NOON), sign_in(records, "ann", PASSWORD, NOON)
    disable_user(records, "ann", "adm", NOON)
    gate = Gate(records)
    with pytest.raises(SignInError):
        gate.of_key(made.key, NOON)
    with pytest.raises(SignInError):
        of_session(records, gate, session.token, NOON)
    with pytest.raises(SignInError):
        sign_in(records, "ann", PASSWORD, NOON)


def test_what_another_process_revokes_is_refused_within_a_second(records: Records) -> None:
    at = [0.0]
    gate = Gate(records, clock=lambda: at[0])
    made = new_key(records, wanted(), "adm", NOON)
    gate.of_key(made.key, NOON)
    revoke_key(records, made.shown.prefix, "adm", NOON)
    at[0] = 0.9
    gate.of_key(made.key, NOON)
    at[0] = 1.0
    with pytest.raises(SignInError):
        gate.of_key(made.key, NOON)
    again = new_key(records, wanted(), "adm", NOON)
    gate.forget()
    assert gate.of_key(again.key, NOON).name == "ann"


def test_a_session_ends_by_time_by_idleness_and_by_signing_out(records: Records) -> None:
    gate = Gate(records)
    first = sign_in(records, "ann", PASSWORD, NOON)
    assert first.caller == Caller("ann", "analyst")
    for minutes in range(20, 12 * 60, 20):  # kept in use
        assert of_session(records, gate, first.token, after(minutes=minutes)).name == "ann"
    for ended in (after(hours=12), after(minutes=700 + 31)):
        with pytest.raises(SignInError):
            of_session(records, gate, first.token, ended)
    second = sign_in(records, "ann", PASSWORD, NOON)
    with pytest.raises(SignInError):
        of_session(records, gate, second.token, after(minutes=30))
    sign_out(records, second.token, NOON)
    sign_out(records, "no such token", NOON)
    for unknown in (second.token, "", first.token + "x", "\ud800"):
        with pytest.raises(SignInError):
            of_session(records, gate, unknown, NOON)


def test_a_form_of_another_session_or_site_is_told(records: Records) -> None:
    one, two = (sign_in(records, "ann", PASSWORD, NOON) for _ in range(2))
    assert one.csrf == csrf_of(one.token)
    assert is_csrf(one.token, one.csrf)
    for other in ("", two.csrf, one.csrf[:-1], "\u00e9"):
        assert not is_csrf(one.token, other)


def test_wrong_names_and_passwords_are_refused_alike_and_cost_time(records: Records) -> None:
    said = set()
    for name, password in (("ann", "wrong"), ("nobody", PASSWORD), ("ann", "")):
        with pytest.raises(SignInError) as refused:
            proven(records, name, password, NOON)
        said.add(str(refused.value))
    assert len(said) == 1
    for _ in range(3):
        with pytest.raises(SignInError):
            proven(records, "ann", "wrong", NOON)
    with pytest.raises(TooOftenError) as hasty:
        proven(records, "ann", PASSWORD, NOON)
    assert 0 < cast("int", hasty.value.details["seconds"]) <= 3
    assert proven(records, "ann", PASSWORD, after(seconds=3)).name == "ann"
    assert proven(records, "app", PASSWORD, NOON).role == "approver"
    with pytest.raises(SignInError):
        proven(records, "ann", "wrong", after(seconds=4))
    assert proven(records, "ann", PASSWORD, after(seconds=4)).name == "ann"


def test_passwords_that_cannot_be(records: Records) -> None:
    for bad in ("short", "a" * 2000, "annannannannann", "aaaaaaaaaaaaaaaa"):
        with pytest.raises(InputError):
            set_password(records, "ann", bad, "adm", NOON)
    token = sign_in(records, "ann", PASSWORD, NOON).token
    set_password(records, "ann", "another horse battery", "adm", NOON)
    with pytest.raises(SignInError):
        of_session(records, Gate(records), token, NOON)
    assert proven(records, "ann", "another horse battery", NOON).name == "ann"
    add_user(records, "bot", "analyst", None, "adm", NOON)
    with pytest.raises(SignInError):
        proven(records, "bot", "", NOON)


def test_a_password_is_one_however_its_letters_are_composed() -> None:
    kept = passwords.hashed("caf\u00e9 caf\u00e9 caf\u00e9")
    assert passwords.is_password("cafe\u0301 cafe\u0301 cafe\u0301", kept)
    assert not passwords.is_password("cafe cafe cafe", kept)
    assert passwords.hashed("x") != passwords.hashed("x")
    assert not passwords.is_password("", "")


def test_users_that_cannot_be(records: Records) -> None:
    for name in ("", "Ann", "a b", "x" * 65, "-a", "a\n"):
        with pytest.raises(UsageError):
            add_user(records, name, "viewer", None, "adm", NOON)
    with pytest.raises(UsageError):
        add_user(records, "new", "king", None, "adm", NOON)
    with pytest.raises(InputError, match="already"):
        add_user(records, "ann", "viewer", None, "adm", NOON)
    with pytest.raises(NotFoundError):
        set_role(records, "nobody", "viewer", "adm", NOON)


def test_the_last_administrator_stays(records: Records) -> None:
    with pytest.raises(InputError, match="last administrator"):
        disable_user(records, "adm", "adm", NOON)
    with pytest.raises(InputError, match="last administrator"):
        set_role(records, "adm", "viewer", "adm", NOON)
    set_role(records, "app", "administrator", "adm", NOON)
    disable_user(records, "adm", "app", NOON)
    assert {each.name: bool(each.disabled_at) for each in users(records).users}["adm"]
    with pytest.raises(InputError, match="last administrator"):
        set_role(records, "app", "viewer", "app", NOON)


def test_a_case_is_its_members_alone(records: Records) -> None:
    add_members(records, "c1", ["ann", "vic", "ann"], "ann", NOON)
    add_members(records, "c2", ["app"], "app", NOON)
    gate = Gate(records)
    ann, app, adm = (gate.of_user(name) for name in ("ann", "app", "adm"))
    assert gate.case(ann, "c1").members == {"ann", "vic"}
    assert [sorted(gate.cases(each)) for each in (ann, app, adm)] == [["c1"], ["c2"], []]
    assert gate.case(adm, "c1").members == {"ann", "vic"}  # may put members in, and nothing else
    assert not may(adm, "see_case", gate.case(adm, "c1"))
    for caller, case in ((app, "c1"), (ann, "c2"), (ann, "c3"), (adm, "c3")):
        with pytest.raises(NotFoundError, match="There is no case"):
            gate.case(caller, case)
    remove_member(records, "c1", "vic", "ann", NOON)
    with pytest.raises(NotFoundError):
        gate.case(gate.of_user("vic"), "c1")
    with pytest.raises(InputError, match="last member"):
        remove_member(records, "c1", "ann", "ann", NOON)
    with pytest.raises(NotFoundError):
        remove_member(records, "c1", "vic", "ann", NOON)
    with pytest.raises(NotFoundError):
        add_members(records, "c1", ["nobody"], "ann", NOON)
    assert [(m.user, m.added_by) for m in members(records, "c1").members] == [("ann", "ann")]


def test_every_change_is_in_the_log_and_no_secret_with_it(records: Records) -> None:
    made = new_key(records, wanted(), "adm", NOON)
    rotate_key(records, made.shown.prefix, 1, "adm", NOON)
    revoke_key(records, made.shown.prefix, "adm", NOON)
    set_password(records, "ann", "another horse battery", "adm", NOON)
    set_role(records, "ann", "approver", "adm", NOON)
    session = sign_in(records, "ann", "another horse battery", NOON)
    sign_out(records, session.token, NOON)
    with pytest.raises(SignInError):
        proven(records, "ann", "wrong", NOON)
    add_members(records, "c", ["ann", "vic"], "ann", NOON)
    remove_member(records, "c", "vic", "ann", NOON)
    disable_user(records, "ann", "adm", NOON)
    log = records.audit.entries()[4:]
    assert [each.action for each in log] == [
        *("key.made", "key.rotated", "key.revoked", "user.password", "user.role", "session.began"),
        *("session.ended", "session.refused", "case.member_added", "case.member_added"),
        *("case.member_removed", "user.disabled"),
    ]
    text = repr(log)
    assert not any(each in text for each in (made.key, session.token, PASSWORD, "another horse"))
    assert records.checked([]).problems == ()
