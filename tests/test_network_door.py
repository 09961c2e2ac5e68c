"""One door leads to the network and it is closed: nothing else may open a connection, and no run does."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers.esplora_server import esplora
from peers.made_node import MadeNode
from qaif.errors import NetworkClosedError
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner

SOURCE = Path(__file__).resolve().parents[1] / "src" / "qaif"
DOOR = SOURCE / "workspace" / "network"
STARTS_PROGRAMS = (
    SOURCE / "evidence" / "reading" / "apart.py",  # readers, as tests/evidence/test_hostile_documents.py says
    SOURCE / "evidence" / "extraction" / "plug.py",  # a program that the user names, off by default
)
LISTENS = {  # the service, which is spoken to and speaks to nobody, and its client: these names there
    SOURCE / "api" / "serving.py": ["uvicorn"],
    SOURCE / "api" / "hot.py": ["uvicorn.protocols.http.h11_impl.H11Protocol"],
    SOURCE / "api" / "recording.py": ["asyncio"],
    SOURCE / "api" / "client.py": ["httpx"],  # for other programs: nothing of ours imports it
    SOURCE / "api" / "working.py": ["anyio.to_thread", "anyio.CapacityLimiter"],
}
WAYS_OUT = (
    *("socket", "_socket", "socketserver", "ssl", "_ssl", "select", "selectors", "asyncio", "http"),
    *("urllib.request", "urllib.error", "urllib.robotparser", "urllib3", "requests", "httpx", "aiohttp"),
    *("ftplib", "smtplib", "smtpd", "poplib", "imaplib", "nntplib", "telnetlib", "xmlrpc", "webbrowser"),
    *("websockets", "pycurl", "paramiko", "trio", "anyio", "multiprocessing", "concurrent.futures.process"),
    *("uvicorn", "hypercorn", "starlette.testclient", "fastapi.testclient"),
    *(
        "subprocess",
        "pty",
        "zmq",
        "grpc",
        "boto3",
        "fsspec",
        "dns",
        "socks",
        "socksio",
        "httpcore",
        "aiorpcx",
    ),
    *("h11", "h2", "uvloop", "eventlet", "gevent", "twisted", "tornado", "qaif.workspace.network.over_http"),
    *("qaif.workspace.network.over_zmq", "qaif.workspace.network.over_lines", "qaif.workspace.network.reach"),
)
CALLS_OUT = ("os.system", "os.popen", "os.exec", "os.spawn", "os.posix_spawn", "__import__", "eval", "exec")


def breaches(source: str) -> Iterator[str]:
    """What in a source text could open a connection, or start something that could."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if is_way_out(alias.name))
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name for name in names if is_way_out(name))
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            by_name = called.endswith("import_module") and not names_ours(node)
            if called.startswith(CALLS_OUT) or by_name:
                yield called


def is_way_out(name: str) -> bool:
    return any(name == way or name.startswith(f"{way}.") for way in WAYS_OUT)


def names_ours(call: ast.Call) -> bool:
    """Whether what is imported by name can only be a module of ours."""
    argument = call.args[0] if call.args else None
    if isinstance(argument, ast.JoinedStr):
        argument = argument.values[0]
    return isinstance(argument, ast.Constant) and str(argument.value).startswith("qaif.")


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_other_module_can_reach_the_network(path: Path) -> None:
    if DOOR not in path.parents:
        allowed = ["subprocess"] if path in STARTS_PROGRAMS else LISTENS.get(path, [])
        assert list(breaches(path.read_text(encoding="utf-8"))) == allowed


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ("import socket", True),
        ("from urllib import request", True),
        ("from urllib.request import urlopen", True),
        ("from urllib.parse import quote", False),
        ("import http.client as h", True),
        ("def f():\n    import requests", True),
        ("import os\nos.system('curl x')", True),
        ("import subprocess", True),
        ("__import__('socket')", True),
        ("import importlib\nimportlib.import_module(name)", True),
        ("import importlib\nimportlib.import_module('socket')", True),
        ("import importlib\nimportlib.import_module(f'qaif.cli.{name}')", False),
        ("import httpcore_like_name", False),
        ("from hashlib import sha256", False),
        ("from aiorpcx import connect_rs", True),
        ("from httpcore import ConnectionPool", True),
        ("from qaif.workspace.network.over_http import OverHttp", True),
        ("from qaif.workspace.network import reach", True),
        ("from qaif.workspace.network.door import Door", False),
    ],
)
def test_the_check_itself(source: str, *, caught: bool) -> None:
    assert bool(list(breaches(source))) is caught


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_the_command_line_makes_a_door(path: Path) -> None:
    """What a user named is known there; a question that made its own door would name places for them."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    made = [call for call in calls if ast.unparse(call.func).rsplit(".", 1)[-1] == "Door"]
    assert not made or SOURCE / "cli" in path.parents


def test_the_door_is_closed() -> None:
    with pytest.raises(NetworkClosedError, match=r"prices from https://example\.com:443 was refused"):
        Door().http("https://example.com", purpose="prices")


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/api2",
        "http://example.com/api",
        "https://example.com:444/api",
        "https://example.org/api",
    ],
)
def test_it_opens_to_no_other_place_than_the_named_one(other: str) -> None:
    with Door({"https://example.com/api": Manner()}) as door:
        door.http("https://EXAMPLE.com:443/api/", purpose="prices")
        with pytest.raises(NetworkClosedError):
            door.http(other, purpose="prices")


def test_lines_are_not_spoken_to_a_place_of_http() -> None:
    with Door({"https://example.com": Manner()}) as door, pytest.raises(NetworkClosedError):
        door.announcements("https://example.com", ("hashblock",), purpose="blocks")


_WATCHED = """
import json, sys
touched = []
def watch(event, arguments):
    if event.split(".")[0] in ("socket", "urllib", "http", "ftplib", "smtplib", "webbrowser"):
        touched.append([event, repr(arguments[-1])])
sys.addaudithook(watch)
from qaif.cli.main import app
try:
    if sys.argv[1] == "reach":
        import socket
        socket.getaddrinfo("127.0.0.1", 9)
    for command in json.loads(sys.argv[2]):
        try:
            app(command)
        except SystemExit as stop:
            assert not stop.code, (command, stop.code)
finally:
    json.dump(touched, open(sys.argv[3], "w"))
"""


def watched(tmp_path: Path, way: str, *commands: list[str]) -> tuple[str, list[list[str]]]:
    """Run commands in one process: what they print, and what they ask of sockets and the like."""
    report = tmp_path / "touched"
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, way, json.dumps(commands), str(report)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(report.read_text())


@pytest.mark.parametrize("way", ["stay", "reach"])
def test_whole_runs_touch_no_socket(tmp_path: Path, way: str) -> None:
    """The environment names a proxy, which opens nothing."""
    article, prices = tmp_path / "article.html", tmp_path / "closes.csv"
    article.write_text(
        "<html><img src='https://example.com/x.png'><link rel=stylesheet href='https://example.com/x.css'>"
        "<a href='https://example.com'>1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq</a>"
    )
    prices.write_text("date,close\n2017-01-25,900\n")
    there = ["-w", str(tmp_path / "ws"), "--json"]
    stdout, touched = watched(
        tmp_path,
        way,
        ["investigate", str(article), "--out", str(tmp_path / "case"), *there],
        ["add", str(article), *there],
        ["documents", *there],
        ["prices", "import", str(prices), *there],
        ["prices", "list", *there],
        ["sources", "list", *there],
        ["sources", "purge", *there],
        ["status", *there],
    )
    assert '"address": "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"' in stdout
    assert bool(touched) is (way == "reach")


def test_a_run_that_names_a_place_turns_to_that_alone(tmp_path: Path) -> None:
    with esplora(MadeNode(1, 1)) as server:
        port = server.url.split(":")[2].removesuffix("/api")
        asking = ["prices", "--from", f"mempool:{server.url}", "-w", str(tmp_path / "ws")]
        _, touched = watched(tmp_path, "stay", asking)
    where = {what for event, what in touched if event in ("socket.connect", "socket.sendto", "socket.bind")}
    assert where == {f"('127.0.0.1', {port})"}
    assert {event for event, _ in touched if event.startswith("socket.get")} == {"socket.getaddrinfo"}
    assert not [event for event, _ in touched if not event.startswith("socket.")]
