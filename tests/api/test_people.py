"""Sessions, limits, jobs and the cases that come of them, documents and decisions; the client; the pages."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qaif.api.client import Client, ServiceError
from qaif.api.page_routes import POLICY
from qaif.questions.users import add_user
from qaif.records import passwords
from qaif.records.engine import Records
from support.api_workspace import made
from support.served import TOKEN, Served, served
from support.stories import called

PASSWORD = "correct horse battery"  # noqa: S105  a test's
NOW = datetime(2024, 5, 2, tzinfo=UTC)
BAD = called("bad")


def test_a_session_needs_its_cookie_and_for_changes_its_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "LOG_COST", 4)
    workspace = made(tmp_path)
    with Records.open(workspace) as records:
        add_user(records, "ann", "analyst", PASSWORD, "setup", NOW)
    with served(workspace, owner=False) as it:
        browser = it.by("")
        wrong = browser.post("/v1/session", json={"user": "ann", "password": "not it, not it"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "sign-in")
        got = browser.post("/v1/session", json={"user": "ann", "password": PASSWORD})
        cookie = got.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert browser.get("/v1/status").status_code == 200
        body = {"addresses": [BAD]}
        assert browser.post("/v1/review", json=body).json()["code"] == "access"
        told = {"X-CSRF-Token": got.json()["csrf"]}
        assert browser.post("/v1/review", json=body, headers=told).status_code == 200
        assert browser.get("/v1/session").json()["name"] == "ann"
        assert browser.delete("/v1/session", headers=told).status_code == 204
        assert browser.get("/v1/status").status_code == 401
        entries = it.service.records.tree.newest(20)
        assert {"session.began", "session.refused", "session.ended"} <= {each.action for each in entries}
        assert PASSWORD not in str(entries)


def test_whoever_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    with served(made(tmp_path), limits="5/minute") as it:
        told = [it.ask("screen/direct", {"address": BAD}) for _ in range(8)]
        assert {each.status_code for each in told[:5]} == {200}
        assert {each.status_code for each in told[5:]} == {429}
        assert 0 < int(told[-1].headers["retry-after"]) <= 121
        many = it.ask("screen/batch", {"rows": [{"address": BAD}] * 6})
        assert many.status_code == 429


def test_a_job_ends_in_a_case_of_its_makers_own(it: Served) -> None:
    digest = it.answer("documents")["documents"][0]["sha256"]
    for body in ({"document": digest}, {"address": BAD}):
        case = _done(it, it.answer("jobs", body))
        place = f"/v1/cases/{case}"
        assert it.http.get(place).json()["members"][0]["user"] == "tester"
        data = it.http.get(f"{place}/data").json()
        assert BAD in [each["address"] for each in data["addresses"]]
        page = it.http.get(f"{place}/page")
        assert "sandbox" in page.headers["content-security-policy"]
        assert case in it.answer("cases")["cases"]
    assert it.ask("jobs", {}).status_code == 400
    assert it.ask("jobs", {"document": "0" * 64}).status_code == 200


def _done(it: Served, job: dict[str, Any]) -> str:
    while job["state"] in ("waiting", "running"):
        time.sleep(0.05)
        job = it.http.get(f"/v1/jobs/{job['id']}").json()
    assert (job["state"], job["done"]) == ("done", job["total"]), job
    return str(job["case_id"])


def test_a_job_can_be_cancelled(it: Served) -> None:
    jobs = [it.answer("jobs", {"address": BAD}) for _ in range(6)]
    last = it.http.delete(f"/v1/jobs/{jobs[-1]['id']}").json()
    for job in jobs[:-1]:
        _done(it, job)
    after = it.http.get(f"/v1/jobs/{last['id']}").json()
    assert after["state"] == "cancelled"
    assert it.http.get(f"/v1/cases/{after['case_id']}/data").status_code == 404


def test_a_document_is_sent_read_and_decided_on(it: Served) -> None:
    key = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf"  # published: the key 0
    text = f"The group asks for money at {called('payer')}. KEY {key}"
    sent = it.http.post("/v1/documents/add", files={"file": ("../../up.txt", text.encode())})
    document = sent.json()["documents"][0]
    assert document["name"] == "up.txt"
    shown = it.answer("document", {"document": document["sha256"]})
    assert len(shown["text"]) == len(text)
    assert "5HpHagT65" not in shown["text"]
    proposed = it.answer("proposals", {"document": document["sha256"]})["proposals"]
    wallet = next(each for each in proposed if called("payer") in str(each["payload"]))
    start, end = wallet["span"]
    assert shown["text"][start:end] == called("payer")
    done = it.answer("decisions", {"decision": "accepted", "ids": [wallet["id"]]})
    assert (done["decided"][0]["decision"], done["decided"][0]["decided_by"]) == ("accepted", "tester")
    assert it.answer("claims", {"subject": called("payer")})["found"]


def test_the_client_speaks_to_the_service(it: Served) -> None:
    with Client(it.base, TOKEN) as client:
        assert client.screen_directly(BAD)["verdict"] == "HIT"
        assert client.screen(BAD, transfer={"direction": "in", "amount_sat": 5})["verdict"] == "HIT"
        told = list(client.screen_many([BAD, "odd"] * 20))
        assert [each[0] for each in told] == [BAD, "odd"] * 20
        assert [each[1] is None for each in told] == [False, True] * 20
        before = client.ask_again_later("review", {"addresses": [BAD]})
        assert client.still(before) is None
        with pytest.raises(ServiceError) as error:
            client.ask("review", {"addresses": ["odd"]})
        assert (error.value.status, error.value.code) == (400, "address")
    with Client(it.base, "qaif_wrong") as stranger, pytest.raises(ServiceError) as error:
        list(stranger.screen_many([BAD]))
    assert error.value.code == "sign-in"


def test_pages_are_the_built_files_and_nothing_else(tmp_path: Path) -> None:
    pages = tmp_path / "static"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html>first")
    (pages / "assets" / "a1.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    (pages / "link.txt").symlink_to(tmp_path / "secret.txt")
    with served(made(tmp_path / "x"), pages=pages) as it:
        nobody = it.by("")
        first = nobody.get("/")
        assert (first.text, first.headers["content-security-policy"]) == ("<!doctype html>first", POLICY)
        assert "unsafe" not in POLICY
        assert nobody.get("/address/of/somebody").text == first.text
        assert nobody.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
        script = nobody.get("/assets/a1.js")
        assert (script.text, script.headers["content-type"]) == ("1", "text/javascript; charset=utf-8")
        for away in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/link.txt", "/assets/b.js"):
            got = nobody.get(away)
            assert got.status_code == 404
            assert "secret" not in got.text
    with served(made(tmp_path / "y")) as it:
        assert it.by("").get("/").status_code == 404
