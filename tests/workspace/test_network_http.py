"""HTTP through the door: limits, repetitions, and what is refused."""

import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from qaif.errors import SourceError, SourceShapeError, UsageError
from qaif.feeds.wire import Http
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from support.web_server import Said, plain, web_server

CERTIFICATES = Path(__file__).resolve().parents[1] / "support" / "certificates"
QUICK = Manner(
    requests_a_second=10_000,
    connect_seconds=2,
    read_seconds=0.5,
    total_seconds=3,
    tries=4,
    first_pause=0.01,
    longest_pause=0.02,
)


def opened(door: Door, place: str) -> Http:
    return door.http(place, purpose="a test")


def asked_once(answer: Callable[[str, bytes, int], Said], manner: Manner = QUICK) -> tuple[object, list[str]]:
    """What a get of `/x` gives, or its error, and the requests that the server saw."""
    with web_server(answer) as web:
        place = f"http://127.0.0.1:{web.port}/api"
        with Door({place: manner}) as door:
            try:
                return opened(door, place).get("/x", at_most=1_000), web.asked
            except SourceError as error:
                return error, web.asked


def test_an_answer_with_its_status_and_counts() -> None:
    with web_server(lambda line, body, _: plain(line.encode() + body, "404 Not Found", "X-Kind: y")) as web:
        place = f"http://localhost:{web.port}/api/"
        with Door({place: QUICK}) as door:
            http = opened(door, place)
            assert http.get("/tx/ab?from=1,2", at_most=99)[::2] == (404, b"GET /api/tx/ab?from=1,2 HTTP/1.1")
            reply = http.post("/tx", b"{}", at_most=99)
            assert (reply.body, reply.headers["x-kind"]) == (b"POST /api/tx HTTP/1.1{}", "y")
            (counts,) = door.counts().values()
    assert (counts.requests, counts.repeated, counts.sent, counts.received) == (2, 0, 2, 55)
    assert 0 < counts.seconds < 2
    assert "user-agent: qaif\r\n" in web.heads[0].lower() + "\r\n"


def test_what_passes_is_asked_again_until_it_did() -> None:
    passing = ["429 Too Many Requests", "503 Busy", "500 Oops"]
    reply, asked = asked_once(lambda _, __, n: plain(b"good" if n == 3 else b"", [*passing, "200 OK"][n]))
    assert getattr(reply, "body", reply) == b"good"
    assert len(asked) == 4


def test_a_long_pause_is_told_and_a_short_one_not(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    answers = [plain(b"", "503 Busy", "Retry-After: 1"), plain(b"", "429 Slow"), plain(b"good")]
    with web_server(lambda _, __, number: answers[number % 3]) as web:
        place = f"http://127.0.0.1:{web.port}/api"
        with Door({place: QUICK}, waits=told.append) as door:
            assert opened(door, place).get("/x", at_most=9).body == b"good"
            assert told == [], "all of it took less than two seconds"
            monkeypatch.setattr("qaif.workspace.network.repeating.QUIET_SECONDS", 0.9)
            assert opened(door, place).get("/x", at_most=9).body == b"good"
    again = f"{place} did not answer (status {{}}): it is asked again {{}} time of at most 4."
    assert told == [again.format(503, "in 1 seconds, for the 2nd"), again.format(429, "now, for the 3rd")]


@pytest.mark.parametrize(
    "said",
    [
        [],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut"],
        [b"\x00\xff garbage\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 1.0],
        [b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000],
        [b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"],
    ],
    ids=["hung up", "cut", "garbage", "silent", "endless head", "busy"],
)
def test_no_answer_is_an_error_after_so_many_tries(said: Said) -> None:
    error, asked = asked_once(lambda *_: said)
    assert type(error) is SourceError
    assert "did not answer /x" in error.message
    assert error.way_out
    assert len(asked) == 4


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_drips_is_given_up_in_time(part: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n" + (b"" if part == "head" else b"\r\n")
    drip: Said = [head]
    for _ in range(50):
        drip += [b".", 0.2]
    began = time.monotonic()
    error, _ = asked_once(lambda *_: drip, Manner(total_seconds=1, read_seconds=0.5, first_pause=0.01))
    assert type(error) is SourceError
    assert time.monotonic() - began < 3


def test_no_wait_is_longer_than_the_whole_may_take() -> None:
    began = time.monotonic()
    error, _ = asked_once(lambda *_: [5.0], Manner(total_seconds=0.5, read_seconds=60, connect_seconds=60))
    assert type(error) is SourceError
    assert time.monotonic() - began < 4


def test_nobody_listening_is_an_error() -> None:
    with web_server(lambda *_: []) as web:
        place = f"http://127.0.0.1:{web.port}"
    with Door({place: QUICK}) as door, pytest.raises(SourceError, match="did not answer"):
        opened(door, place).get("/x", at_most=9)


@pytest.mark.parametrize("declared", [True, False])
def test_a_long_body_is_not_read(declared: bool) -> None:  # noqa: FBT001  a parameter of the test
    length = b"Content-Length: 50000000\r\n" if declared else b""
    said: Said = [b"HTTP/1.1 200 OK\r\n" + length + b"\r\n"]
    for _ in range(400):
        said += [b"z" * 1_001, 0.01]
    error, asked = asked_once(lambda *_: said)
    assert type(error) is SourceShapeError
    assert "more than 1,000 bytes" in error.message
    assert len(asked) == 1


def test_a_packed_body_is_refused() -> None:
    error, _ = asked_once(lambda *_: plain(b"\x1f\x8b", "200 OK", "Content-Encoding: gzip"))
    assert type(error) is SourceShapeError


def test_other_errors_are_answers_and_not_repeated() -> None:
    for status in ("400 Bad", "413 Long", "404 None", "204 Empty"):
        reply, asked = asked_once(lambda *_, status=status: plain(b"", status))
        assert (getattr(reply, "status", reply), len(asked)) == (int(status[:3]), 1)


def test_an_error_of_a_post_with_500_is_an_answer() -> None:
    with web_server(lambda *_: plain(b"{}", "500 Error")) as web:
        place = f"http://127.0.0.1:{web.port}"
        with Door({place: QUICK}) as door:
            assert opened(door, place).post("/", b"", at_most=9).status == 500
    assert len(web.asked) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_kept(form: str) -> None:
    times: list[float] = []

    def answer(_: str, __: bytes, number: int) -> Said:
        times.append(time.monotonic())
        until = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        after = f"Retry-After: {'1' if form == 'seconds' else until}"
        return plain(b"now") if number else plain(b"", "429 Slowly", after)

    reply, _ = asked_once(answer)
    assert getattr(reply, "body", reply) == b"now"
    assert 0.9 < times[1] - times[0] < 2.5


def test_a_longer_wait_than_there_is_time_is_an_error_at_once() -> None:
    began = time.monotonic()
    error, asked = asked_once(lambda *_: plain(b"", "429 Slowly", "Retry-After: 3600"))
    assert type(error) is SourceError
    assert "left alone for 3600 seconds" in error.way_out
    assert (len(asked), time.monotonic() - began < 1) == (1, True)


def test_it_is_sent_on_inside_the_server_only() -> None:
    def answer(line: str, _: bytes, __: int) -> Said:
        if "/x" in line:
            return plain(b"", "301 Moved", "Location: /api/y")
        return plain(b"there")

    reply, asked = asked_once(answer)
    assert getattr(reply, "body", reply) == b"there"
    assert [line.split()[1] for line in asked] == ["/api/x", "/api/y"]


def test_it_is_not_sent_on_to_another_server() -> None:
    with web_server(lambda *_: plain(b"stolen")) as other:
        error, _ = asked_once(lambda *_: plain(b"", "302", f"Location: http://127.0.0.1:{other.port}/x"))
        assert isinstance(error, SourceError)
        assert "was not named" in error.message
        assert other.asked == []


def test_it_is_not_sent_on_to_nowhere() -> None:
    for location in ("http://[", "http://a:b:c/", "//", ""):
        error, _ = asked_once(lambda *_, to=location: plain(b"", "302", f"Location: {to}"))
        assert isinstance(error, SourceError), location


def test_a_circle_of_redirects_ends() -> None:
    error, asked = asked_once(lambda *_: plain(b"", "307 On", "Location: x"))
    assert isinstance(error, SourceError)
    assert len(asked) == 4


def test_requests_are_spaced() -> None:
    with web_server(lambda *_: plain(b"")) as web:
        place = f"http://127.0.0.1:{web.port}"
        with Door({place: Manner(requests_a_second=20)}) as door:
            http, began = opened(door, place), time.monotonic()
            for _ in range(6):
                http.get("/", at_most=9)
            assert 0.25 <= time.monotonic() - began < 3


@pytest.mark.parametrize("path", ["x", "//other.example/x", "/../secret", "/a/../b", "/é"])
def test_a_path_stays_below_the_base(path: str) -> None:
    with Door({"http://127.0.0.1:9/api": QUICK}) as door, pytest.raises(UsageError):
        opened(door, "http://127.0.0.1:9/api").get(path, at_most=9)


def test_neither_the_environment_nor_a_netrc_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    with web_server(lambda *_: plain(b"")) as web:
        place = f"http://127.0.0.1:{web.port}"
        with Door({place: QUICK}) as door:
            opened(door, place).get("/", at_most=9)
            door.http(place, purpose="a test", basic=("u", "p")).get("/", at_most=9)
    assert "authorization" not in web.heads[0].lower()
    assert "basic dTpw".lower() in web.heads[1].lower()


def served(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


def test_a_certificate_of_nobody_is_refused_and_one_given_is_taken() -> None:
    with web_server(lambda *_: plain(b"over TLS"), served("one")) as web:
        place = f"https://localhost:{web.port}"
        with Door({place: QUICK}) as door, pytest.raises(SourceError, match="did not answer") as caught:
            opened(door, place).get("/", at_most=9)
        assert "--ca-file" in caught.value.way_out
        ours = Manner(ca_file=CERTIFICATES / "one.pem", tries=1)
        with Door({place: ours}) as door:
            assert opened(door, place).get("/", at_most=9).body == b"over TLS"
        other = Manner(ca_file=CERTIFICATES / "other.pem", tries=1)
        with Door({place: other}) as door, pytest.raises(SourceError):
            opened(door, place).get("/", at_most=9)
        assert len(web.asked) == 1
    with (
        pytest.raises(UsageError, match="no certificates"),
        Door({place: Manner(ca_file=Path(__file__))}) as door,
    ):
        opened(door, place)
