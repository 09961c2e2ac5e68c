"""What is answered over HTTP is what the command line answers, in the same envelope, and nothing secret."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from qaif.cli.main import app
from qaif.screening.policy import policy_named
from support.served import Served, served
from support.stories import called
from support.workspaces import answer

BAD, PAID, PAYER = called("bad"), called("paid"), called("payer")
KEY = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf"  # published: the key 0
SAME: list[tuple[str, dict[str, Any] | None, list[str]]] = [
    ("status", None, ["status"]),
    ("address", {"address": BAD}, ["address", BAD]),
    ("block", {"block": "3"}, ["block", "3"]),
    ("review", {"addresses": [BAD]}, ["review", BAD]),
    ("review", {"addresses": [BAD], "as_of": "2"}, ["review", BAD, "--as-of", "2"]),
    ("activity", {"addresses": [BAD]}, ["activity", BAD]),
    ("cluster", {"address": BAD}, ["cluster", BAD]),
    ("why", {"address": BAD, "other": PAID}, ["why", BAD, PAID]),
    ("what-if", {"address": BAD, "without": "co-spend"}, ["what-if", BAD, "--without", "co-spend"]),
    ("refusals", {}, ["refusals"]),
    ("trace", {"subjects": [BAD]}, ["trace", BAD]),
    (
        "trace",
        {"subjects": [PAID], "forward": False, "methods": ["fifo"], "by": "cluster"},
        ["trace", PAID, "--backward", "--methods", "fifo", "--by", "cluster"],
    ),
    ("handoffs", {"subjects": [BAD]}, ["handoffs", BAD]),
    ("common", {"subjects": [BAD, PAYER]}, ["common", BAD, PAYER]),
    ("exposure", {"address": PAID}, ["exposure", PAID]),
    ("path", {"start": BAD, "end": PAID}, ["path", BAD, PAID]),
    ("indicators", {"address": BAD}, ["indicators", BAD]),
    ("claims", {"subject": BAD}, ["claims", "show", BAD]),
    (
        "designations",
        {"subject": BAD, "jurisdictions": ["US"], "as_of": "2024-05-02"},
        ["designations", BAD, "--jurisdiction", "US", "--as-of", "2024-05-02"],
    ),
    ("campaigns", None, ["campaign", "list"]),
    ("judgements", None, ["judge", "list"]),
]


@pytest.mark.parametrize(("name", "body", "command"), SAME, ids=lambda each: str(each)[:24])
def test_the_command_line_answers_the_same(
    it: Served, story_workspace: Path, name: str, body: dict[str, Any] | None, command: list[str]
) -> None:
    assert it.answer(name, body) == answer(story_workspace, *command)


def test_the_policies_are_those_of_the_command_line_and_the_services_own(
    it: Served, story_workspace: Path
) -> None:
    ready = json.loads(CliRunner().invoke(app, ["policy", "list", "--json"]).stdout)
    assert it.answer("policies", None)["policies"] == ready
    own = replace(policy_named("us-exchange"), name="ours")
    with served(story_workspace, policies={"ours": own}) as other:
        assert "ours" in [each["policy"] for each in other.answer("policies", None)["policies"]]


def test_every_question_is_described_and_needs_to_know_who_asks(it: Served) -> None:
    document = it.http.get("/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    nobody = it.by("")
    assert nobody.get("/v1/nothing").status_code == 401
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            got = nobody.request(method, re.sub(r"{\w+}", "x", path), json={})
            known = operation.get("security") != []
            assert (got.status_code == 401) is known, path


def test_a_private_key_is_refused_and_repeated_nowhere(it: Served, capfd: pytest.CaptureFixture[str]) -> None:
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("review", {"addresses": [KEY]}),
        ("review", {"addresses": [BAD], KEY: 1}),
        ("screen/direct", {"address": KEY}),
        ("screen", {"address": KEY}),
        ("claims", {"subject": KEY}),
        ("trace", {"subjects": [BAD], "by": KEY}),
        ("jobs", {"address": KEY}),
        ("peel", {"output": KEY}),
    ]
    for name, body in bodies:
        got = it.ask(name, body)
        assert got.status_code in (400, 422), (name, got.text)
        assert KEY[:20] not in got.text, name
    batch = it.ask("screen/batch", {"rows": [{"address": KEY}, {"address": BAD}]})
    assert KEY[:20] not in batch.text
    assert [json.loads(line)["answer"] is None for line in batch.text.splitlines()] == [True, False]
    shown = capfd.readouterr()
    assert KEY[:20] not in shown.out + shown.err


def test_what_was_asked_about_is_in_no_log_and_no_metric(
    story_workspace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(story_workspace) as it:
        it.answer("review", {"addresses": [BAD]})
        it.answer("screen", {"address": BAD})
        again = it.ask("review", {"addresses": [BAD]}).headers["content-location"]
        it.http.get(again)
        it.http.get(f"/v1/{BAD}?address={BAD}")
        metrics = it.http.get("/metrics").text
    logged = capfd.readouterr().err
    assert '"route": "/v1/review"' in logged
    assert '"route": "/v1/answers/{token}"' in logged
    assert BAD not in logged
    assert BAD not in metrics
    assert BAD not in again


def test_no_route_opens_a_file_that_is_named(it: Served, tmp_path: Path) -> None:
    """What the command line takes for a path is none here."""
    file = tmp_path / "policy.yaml"
    file.write_text("name: x\n")
    for name, body in (
        ("jobs", {"address": str(file)}),
        ("screen", {"address": BAD, "policy": str(file)}),
        ("claims", {"subject": str(file)}),
    ):
        got = it.ask(name, body)
        assert got.status_code in (200, 400, 422)
        assert "name: x" not in got.text


def test_errors_are_problems_with_stable_codes(it: Served) -> None:
    got = it.ask("review", {"addresses": [BAD], "as_of": "999999"}, X_Request_Id="mine-1")
    told = got.json()
    assert got.headers["content-type"] == "application/problem+json"
    assert (told["status"], told["code"], told["request_id"]) == (404, "not-found", "mine-1")
    assert got.headers["x-request-id"] == "mine-1"
    assert it.ask("review", {"addresses": []}).json()["code"] == "request"
    assert it.http.get("/v1/nothing").json()["code"] == "not-found"
    assert it.http.put("/v1/review").json()["code"] == "method"
    large = it.http.post("/v1/review", content=b" " * (9 << 20))
    assert (large.status_code, large.json()["code"]) == (413, "too-large")


def test_health_and_metrics_need_no_key(it: Served) -> None:
    nobody = it.by("")
    assert nobody.get("/healthz").json() == {"state": "alive"}
    assert nobody.get("/readyz").json() == {"state": "ready"}
    assert "qaif_requests_total" in nobody.get("/metrics").text
