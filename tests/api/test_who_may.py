"""Every endpoint beside a table of its own: who may, who is told that there is no such case, and no leak."""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from oracle import access as oracle
from qaif.questions.keys import KeyWanted, new_key
from qaif.questions.members import add_members
from qaif.questions.users import add_user
from qaif.records.engine import Records
from support.api_workspace import made
from support.served import Served, served

NOW = datetime(2024, 5, 2, tzinfo=UTC)
ROLES = ("viewer", "analyst", "approver", "administrator")
SCOPES = ("read", "screen", "write", "decide", "audit", "admin")
SETS = [*((each,) for each in SCOPES), SCOPES, ("read", "screen"), ("read", "write")]
SECRET = "a planted secret of the case"  # noqa: S105  a test's
NONE, ODD = {"address": "x"}, "0" * 64
USER = {"name": "nobody-here"}
ACTIONS: dict[str, tuple[str, Any]] = {
    "GET /v1/status": ("ask", None),
    "POST /v1/address": ("ask", NONE),
    "POST /v1/tx": ("ask", {"txid": ODD}),
    "POST /v1/block": ("ask", {"block": "999999"}),
    "POST /v1/review": ("ask", {"addresses": ["x"]}),
    "POST /v1/activity": ("ask", {"addresses": ["x"]}),
    "POST /v1/cluster": ("ask", NONE),
    "POST /v1/why": ("ask", {**NONE, "other": "y"}),
    "POST /v1/what-if": ("ask", {**NONE, "without": "co-spend"}),
    "POST /v1/refusals": ("ask", NONE),
    "POST /v1/trace": ("ask", {"subjects": ["x"]}),
    "POST /v1/handoffs": ("ask", {"subjects": ["x"]}),
    "POST /v1/common": ("ask", {"subjects": ["x", "y"]}),
    "POST /v1/exposure": ("ask", NONE),
    "POST /v1/path": ("ask", {"start": "x", "end": "y"}),
    "POST /v1/peel": ("ask", {"output": f"{ODD}:0"}),
    "POST /v1/indicators": ("ask", NONE),
    "POST /v1/claims": ("ask", {"subject": "x"}),
    "POST /v1/statement": ("ask", {"statement_id": ODD}),
    "POST /v1/designations": ("ask", {"subject": "x", "jurisdictions": ["US"]}),
    "POST /v1/lists": ("ask", {}),
    "POST /v1/list-changes": ("ask", {"name": "x"}),
    "POST /v1/names": ("ask", {"name": "zz"}),
    "GET /v1/campaigns": ("ask", None),
    "POST /v1/campaign": ("ask", {"campaign": "x"}),
    "GET /v1/documents": ("ask", None),
    "POST /v1/document": ("ask", {"document": ODD}),
    "GET /v1/judgements": ("ask", None),
    "GET /v1/jobs": ("ask", None),
    "GET /v1/jobs/{job_id}": ("ask", None),
    "GET /v1/cases": ("ask", None),
    "POST /v1/screen/direct": ("screen", NONE),
    "POST /v1/screen": ("screen", NONE),
    "POST /v1/screen/batch": ("screen", {"rows": [NONE]}),
    "POST /v1/rescreen": ("screen", {"past": [{}]}),
    "POST /v1/policy-test": ("screen", {"text": "x", "past": [{}]}),
    "POST /v1/proposals": ("enter", {"document": ODD}),
    "POST /v1/decisions": ("enter", {"decision": "rejected", "ids": [ODD]}),
    "POST /v1/claims/enter": ("enter", {"schema": "None", "prop": "x", "value": "y"}),
    "POST /v1/claims/retract": ("enter", {"ids": [ODD], "reason": "x"}),
    "POST /v1/judgements/enter": ("enter", {"verdict": "same", "left": "x", "right": "y", "reason": "z"}),
    "POST /v1/documents/add": ("enter", None),
    "GET /v1/screenings/waiting": ("decide", None),
    "POST /v1/screenings/decisions": ("decide", {"entry": 999_999}),
    "POST /v1/screenings/decide": ("decide", {"entry": 999_999, "decision": "hold", "reason": "x"}),
    "GET /v1/policies": ("screen", None),
    "GET /v1/watches": ("ask", None),
    "POST /v1/watches/add": ("watch", {"subject": "x"}),
    "POST /v1/watches/remove": ("watch", {"watch": 999_999}),
    "POST /v1/alerts": ("ask", {}),
    "POST /v1/alerts/dispose": ("watch", {"alert": 999_999, "judgement": "true", "why": "x"}),
    "POST /v1/appeal/person": ("screen", NONE),
    "POST /v1/appeal/internal": ("decide", NONE),
    "POST /v1/jobs": ("run", NONE),
    "DELETE /v1/jobs/{job_id}": ("run", None),
    "GET /v1/users": ("set_users", None),
    "POST /v1/users/add": ("set_users", {"name": "in-viewer", "role": "viewer"}),
    "POST /v1/users/role": ("set_users", {**USER, "role": "viewer"}),
    "POST /v1/users/disable": ("set_users", USER),
    "GET /v1/keys": ("set_keys", None),
    "POST /v1/keys/new": ("set_keys", {"user": "nobody-here", "name": "x", "scopes": ["read"]}),
    "POST /v1/keys/rotate": ("set_keys", {"prefix": "qaif_00000000"}),
    "POST /v1/keys/revoke": ("set_keys", {"prefix": "qaif_00000000"}),
    "GET /v1/cases/{case_id}": ("see_case", None),
    "GET /v1/cases/{case_id}/data": ("see_case", None),
    "GET /v1/cases/{case_id}/page": ("see_case", None),
    "POST /v1/cases/{case_id}/members": ("set_members", {"user": "nobody-here"}),
}
WITHOUT = {"GET /v1/session", "POST /v1/session", "DELETE /v1/session", "GET /v1/answers/{token}"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[tuple[str, Any], str]]]:
    """A user and an outsider of each role, with keys of many scopes; `mine` is the users' case."""
    folder: Path = tmp_path_factory.mktemp("who")
    workspace = made(folder)
    keys: dict[tuple[str, Any], str] = {}
    with Records.open(workspace) as records:
        for role in ROLES:
            for name in (f"in-{role}", f"out-{role}"):
                add_user(records, name, role, None, "setup", NOW)
                for scopes in SETS if name.startswith("in") else [SCOPES]:
                    wanted = KeyWanted(user=name, name="test", scopes=scopes, days=None)
                    keys[name, scopes] = new_key(records, wanted, "setup", NOW).key
        add_members(records, "mine", [f"in-{role}" for role in ROLES], "setup", NOW)
    case = workspace / "cases" / "mine"
    case.mkdir()
    (case / "case.json").write_text(f'{{"secret": "{SECRET}"}}')
    (case / "case.html").write_text(f"<p>{SECRET}</p>")
    with served(workspace, owner=False) as it:
        yield it, keys


def test_the_table_has_every_endpoint(it: Served) -> None:
    paths = it.http.get("/v1/openapi.json").json()["paths"]
    told = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert {each for each in told if " /v1/" in each} - WITHOUT - {"GET /v1/openapi.json"} == set(ACTIONS)


def test_who_may_do_what_over_http(house: tuple[Served, dict[tuple[str, Any], str]]) -> None:
    it, keys = house
    pairs = 0
    for (name, scopes), key in keys.items():
        role, member = name.split("-")[1], name.startswith("in")
        with httpx.Client(
            base_url=it.base, headers={"Authorization": f"Bearer {key}"}, trust_env=False
        ) as asks:
            for endpoint, (action, body) in ACTIONS.items():
                got = _ask(asks, endpoint, body)
                case = "{case_id}" in endpoint
                allowed = oracle.allowed(role, set(scopes), action, about_a_case=case, member=member)
                pairs += 1
                if allowed:
                    assert got.status_code not in (401, 403), (name, scopes, endpoint, got.text)
                elif case and not member:
                    assert got.status_code == 404, (name, scopes, endpoint)
                else:
                    assert got.status_code in (403, 404), (name, scopes, endpoint, got.text)
                assert (SECRET in got.text) is (allowed and endpoint.endswith(("data", "page")))
    assert pairs >= 2_000


def test_a_case_that_is_anothers_is_told_like_one_that_is_not_there(
    house: tuple[Served, dict[tuple[str, Any], str]],
) -> None:
    it, keys = house
    for role, ends in itertools.product(ROLES, ("", "/data", "/page")):
        outsider = it.by(keys[f"out-{role}", SCOPES])
        there, nowhere = (outsider.get(f"/v1/cases/{each}{ends}") for each in ("mine", "none"))
        if there.status_code == 404:
            strip = [
                re.sub(r'"request_id": "\w+"', "", each.text).replace("mine", "none")
                for each in (there, nowhere)
            ]
            assert strip[0] == strip[1]
        assert SECRET not in there.text
        assert outsider.get("/v1/cases").json()["cases"] == []


def _ask(asks: httpx.Client, endpoint: str, body: Any) -> httpx.Response:
    method, path = endpoint.split(" ")
    place = path.replace("{case_id}", "mine").replace("{job_id}", "none")
    if path.endswith("documents/add"):
        return asks.post(place, files={"file": ("x.txt", b"")})
    return asks.request(method, place, json=body) if body is not None else asks.request(method, place)
