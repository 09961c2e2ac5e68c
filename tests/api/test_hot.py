"""The short way takes one exact form, and answers as the long way does; near misses go the long way."""

import socket

import pytest

from qaif.api.hot import read_hot
from support.served import TOKEN, Served
from support.stories import called

BODY = b'{"address":"x","policy":"p"}'
HEADERS = (
    b"Host: h",
    b"Authorization: Bearer k",
    b"Content-Type: application/json",
    b"Content-Length: %d" % len(BODY),
)
LINE = b"POST /v1/screen/direct HTTP/1.1"


def request(*headers: bytes, line: bytes = LINE, body: bytes = BODY) -> bytes:
    return b"\r\n".join((line, *headers, b"", body))


def test_the_one_form_is_read() -> None:
    assert read_hot(request(*HEADERS)) == ("k", "x", "p")
    assert read_hot(request(*HEADERS, b"Accept: */*", b"Connection: keep-alive")) == ("k", "x", "p")


@pytest.mark.parametrize(
    "data",
    [
        request(*HEADERS, b"Transfer-Encoding: chunked"),
        request(*HEADERS, HEADERS[3]),
        request(*HEADERS[:3], b"Content-Length: +28"),
        request(*HEADERS[:3], b"Content-Length: 027"),
        request(*HEADERS[:3]),
        request(*HEADERS, b"Expect: 100-continue"),
        request(*HEADERS, b"Connection: close"),
        request(*HEADERS, b"Upgrade: h2c"),
        request(*HEADERS, b" folded: x"),
        request(*HEADERS, b"X-Y : z"),
        request(*HEADERS, b"User-Agent: a\nTransfer-Encoding: chunked"),
        request(*HEADERS, b"User-Agent: a\rb"),
        request(*HEADERS, b"Cookie: qaif_session=x"),
        request(*HEADERS, b"Accept: text/html"),
        request(*HEADERS, line=b"POST /v1/screen/direct HTTP/1.0"),
        request(*HEADERS, line=b"POST  /v1/screen/direct HTTP/1.1"),
        request(*HEADERS, line=b"POST /v1/screen/direct?x HTTP/1.1"),
        request(*HEADERS, body=BODY + b"G"),
        request(*HEADERS, body=BODY[:-1]),
        request(*HEADERS, body=b'{"address":1,"policy":"pppp"}'[: len(BODY)]),
        request(*HEADERS) + request(*HEADERS),
        request(*HEADERS).replace(b"\r\n", b"\n"),
    ],
)
def test_whatever_differs_goes_the_long_way(data: bytes) -> None:
    assert read_hot(data) is None


def test_both_ways_answer_alike_and_in_order(it: Served) -> None:
    body = f'{{"address":"{called("paid")}"}}'.encode()
    common = (
        b"Host: h",
        f"Authorization: Bearer {TOKEN}".encode(),
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(body),
    )
    short, long = request(*common, body=body), request(*common, b"X-Request-Id: a", body=body)
    assert read_hot(short) is not None
    assert read_hot(long) is None
    host, port = it.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        told = []
        for each in (short, long, short, long):
            line.sendall(each)
            told.append(_answer(line))
        line.sendall(short + long)  # both at once: the long way, one after the other
        told += [_answer(line), _answer(line)]
    heads = [_names(head) for head, _ in told]
    assert all(head == heads[0] for head in heads)
    bodies = {content.split(b'"time":"')[0] for _, content in told}
    assert len(bodies) == 1


def _answer(line: socket.socket) -> tuple[bytes, bytes]:
    content = b""
    while b"\r\n\r\n" not in content:
        content += line.recv(1)
    head = content.removesuffix(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    body = b""
    while len(body) < length:
        body += line.recv(length - len(body))
    return head, body


def _names(head: bytes) -> list[bytes]:
    status, *headers = head.lower().split(b"\r\n")
    return [status, *sorted(each.split(b":")[0] for each in headers)]
