"""`qaif index core:URL`: the command, its password, and what it says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peers.bcoin import bcoin
from peers.core_shapes import Shapes, core_shapes


@pytest.fixture(scope="module")
def server() -> Iterator[Shapes]:
    with bcoin() as node, core_shapes(node) as one:
        node.mine(8)
        yield one


@pytest.fixture
def shapes(server: Shapes) -> Shapes:
    server.rest, server.said, server.fault = True, {}, None
    return server


def qaif(workspace: Path, *arguments: str, **environment: str) -> tuple[int, Any, str]:
    """Exit status, JSON, and all that was printed."""
    command = [sys.executable, "-c", "from qaif.cli.main import run; run()", *arguments, "--json"]
    done = subprocess.run(
        [*command, "-w", str(workspace)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | environment,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stdout + done.stderr


def test_index_by_password_cookie_and_without(shapes: Shapes, tmp_path: Path) -> None:
    host = shapes.url.removeprefix("http://")
    user, secret = shapes.node.user, shapes.node.password
    shapes.rest = False
    status, told, text = qaif(
        tmp_path / "w", "index", f"core:http://{user}@{host}", "--to-height", "5", QAIF_NODE_PASSWORD=secret
    )
    assert (status, told["run"]["appended"], told["as_of"]["height"]) == (0, 6, 5), text
    assert told["chain"]["feed"]["place"] == shapes.url
    cookie = tmp_path / "cookie"
    cookie.write_text(f"{user}:{secret}")
    status, told, more = qaif(tmp_path / "w", "index", f"core:http://{host}", "--cookie", str(cookie))
    assert (status, told["run"]["kept"], told["run"]["appended"]) == (0, 6, 3), more
    shapes.rest, shapes.said = True, {"initialblockdownload": True, "headers": 900}
    status, told, rest = qaif(tmp_path / "w", "index", f"core:http://{host}")
    assert status == 0
    assert told["coverage"]["complete"] is False
    assert "it had 8 of 900 blocks" in told["coverage"]["reasons"][-1]
    assert secret not in text + more + rest
    assert not [
        path
        for path in (tmp_path / "w").rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize(
    ("name", "environment", "status", "said"),
    [
        ("core:http://u:pw123@HOST", {}, 2, "A password stands in the node's address"),
        ("core:http://HOST", {"QAIF_NODE_PASSWORD": "pw123"}, 2, "and no user"),
        ("core:http://u@HOST", {"QAIF_NODE_PASSWORD": "pw123"}, 77, "does not accept the user and password"),
        ("core:tcp://HOST", {}, 2, "That is no node"),
        ("core:http://127.0.0.1:1", {}, 69, "127.0.0.1:1"),
    ],
)
def test_names_that_do_not_lead_in(
    shapes: Shapes, tmp_path: Path, *, name: str, environment: dict[str, str], status: int, said: str
) -> None:
    shapes.rest = False
    host = shapes.url.removeprefix("http://")
    got, told, text = qaif(tmp_path / "w", "index", name.replace("HOST", host), **environment)
    assert (got, said in told["error"]["message"]) == (status, True), text
    assert "pw123" not in text


def test_a_node_is_asked_only_when_it_is_named(shapes: Shapes, tmp_path: Path) -> None:
    assert qaif(tmp_path / "w", "index", f"core:{shapes.url}")[0] == 0
    asked = len(shapes.asked)
    status, told, _ = qaif(tmp_path / "w", "index")
    assert (status, len(shapes.asked)) == (2, asked)
    assert told["error"]["way_out"] == f"Write `qaif index core:{shapes.url}`."


def test_an_investigation_takes_the_blocks_of_a_node(shapes: Shapes, tmp_path: Path) -> None:
    mine = shapes.node.mine(2, bytes.fromhex("0014") + bytes(20))
    try:
        status, found, text = qaif(
            tmp_path / "w",
            *("investigate", "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202"),
            *("--source", f"core:{shapes.url}", "--out", str(tmp_path / "case")),
        )
    finally:
        shapes.node.invalidate(mine[0])
    assert status == 0, text
    review = found["addresses"][0]["review"]
    assert (review["tx_count"], found["as_of"]["hash"]) == (2, mine[-1])
    assert found["coverage"]["complete"] is True
    assert (tmp_path / "case" / "case.html").exists()
