"""`qaif add --url`: one page is asked for, and kept with all that its server said."""

import json
import sqlite3
import ssl
from pathlib import Path

import pytest

from qaif.errors import SourceError, UsageError
from qaif.questions.capture import _allow
from qaif.workspace.network.web_address import WebAddress
from support.papers import ADDRESS
from support.web_server import Said, plain, web_server
from support.workspaces import answer, refusal, run

CERTIFICATES = Path(__file__).resolve().parents[1] / "support" / "certificates"
PAGE = f"<html><meta charset=utf-8><p>{ADDRESS}".encode()


def test_a_page_is_kept_with_status_headers_and_address(tmp_path: Path) -> None:
    headers = ("Content-Type: text/html; charset=windows-1256", "X-One: 1", "X-One: 2")
    body = "<html><p>عنوان".encode("cp1256")
    with web_server(lambda *_: plain(body, "200 OK", *headers)) as web:
        url = f"http://127.0.0.1:{web.port}/صفحة?q=a b&c=%41#part"
        result = run(tmp_path / "ws", "add", "--url", url, "--note", "n", "--json")
    assert result.exit_code == 0, result.output
    (kept,) = json.loads(result.stdout)["documents"]
    assert web.asked == ["GET /%D8%B5%D9%81%D8%AD%D8%A9?q=a%20b&c=%41 HTTP/1.1"]
    assert "user-agent: qaif" in web.heads[0].lower()
    assert (kept["kind"], kept["state"]) == ("html", "new")
    assert kept["name"].endswith(".html")
    assert (tmp_path / "ws" / "documents" / kept["sha256"]).read_bytes() == body
    (listed,) = answer(tmp_path / "ws", "documents")["documents"]
    assert listed["media_type"] == "text/html; charset=cp1256"
    assert listed["source"].startswith(f"http://127.0.0.1:{web.port}/%D8")
    assert listed["captured_at"] == listed["captures"][0]["fetched_at"]
    with sqlite3.connect(tmp_path / "ws" / "records.sqlite") as records:
        ((status, said, redirects, certificate),) = records.execute(
            "SELECT status, headers, redirects, certificate_sha256 FROM captures"
        ).fetchall()
    assert (status, redirects, certificate) == (200, "[]", None)
    assert [value for name, value in json.loads(said) if name.lower() == "x-one"] == ["1", "2"]
    assert "own network" in result.stderr


def sent_on(to: str) -> Said:
    return plain(b"", "302 Found", f"Location: {to}")


def test_it_goes_on_within_the_host_and_says_each_hop(tmp_path: Path) -> None:
    with web_server(
        lambda line, *_: sent_on("/there") if "/here" in line else plain(PAGE, "404 Gone")
    ) as web:
        here = f"http://127.0.0.1:{web.port}/here"
        (kept,) = answer(tmp_path / "ws", "add", "--url", here)["documents"]
    assert any(f"{here} sent on to http://127.0.0.1:{web.port}/there" in note for note in kept["notes"])
    assert any("status 404" in note for note in kept["notes"])
    (listed,) = answer(tmp_path / "ws", "documents")["documents"]
    assert (listed["captures"][0]["final_url"], listed["captures"][0]["hops"]) == (
        f"http://127.0.0.1:{web.port}/there",
        1,
    )


def test_another_host_is_asked_only_where_the_user_says_so(tmp_path: Path) -> None:
    with web_server(lambda *_: plain(PAGE)) as other:
        to = f"http://localhost:{other.port}/x"
        with web_server(lambda *_: sent_on(to)) as web:
            asking = ("add", "--url", f"http://127.0.0.1:{web.port}/")
            status, error = refusal(tmp_path / "ws", *asking)
            assert (status, error["code"]) == (69, "source")
            assert to in error["message"]
            assert "--follow" in error["way_out"]
            assert other.asked == []
            assert answer(tmp_path / "ws", "documents")["documents"] == []
            answer(tmp_path / "ws", *asking, "--follow")
            assert len(other.asked) == 1


def test_going_round_and_too_much_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qaif.questions.capture.LARGEST_PAGE", 1_000)
    with web_server(lambda *_: sent_on("/again")) as web:
        error = refusal(tmp_path / "ws", "add", "--url", f"http://127.0.0.1:{web.port}/")[1]
        assert "again and again" in error["message"]
        assert len(web.asked) == 11
    with web_server(lambda *_: plain(bytes(1_001))) as web:
        error = refusal(tmp_path / "ws", "add", "--url", f"http://127.0.0.1:{web.port}/")[1]
        assert error["code"] == "source-shape"
    with web_server(lambda *_: plain(b"\0\xff")) as web:
        error = refusal(tmp_path / "ws", "add", "--url", f"http://127.0.0.1:{web.port}/")[1]
        assert error["code"] == "document"
        answer(tmp_path / "ws", "add", "--url", f"http://127.0.0.1:{web.port}/", "--even-unread")


def test_the_certificate_is_recorded(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "one.pem")
    with web_server(lambda *_: plain(PAGE), context) as web:
        url = f"https://localhost:{web.port}/"
        authority = str(CERTIFICATES / "one.pem")
        answer(tmp_path / "ws", "add", "--url", url, "--ca-file", authority)
    (listed,) = answer(tmp_path / "ws", "documents")["documents"]
    assert len(listed["captures"][0]["certificate_sha256"]) == 64


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x",
        "example.org",
        "http://user:secret@example.org/",
        "file:///etc/passwd",
        "http://",
    ],
)
def test_what_is_no_address_is_refused_without_its_secret(tmp_path: Path, url: str) -> None:
    status, error = refusal(tmp_path / "ws", "add", "--url", url)
    assert (status, error["code"]) == (2, "usage")
    assert "secret" not in json.dumps(error)


def test_addresses_are_split_as_a_browser_would() -> None:
    one = WebAddress.parse("HTTPS://Bücher.example:443/a/b?x=1#y")
    assert (str(one.place), one.target) == ("https://xn--bcher-kva.example:443", "/a/b?x=1")
    assert str(one) == "https://xn--bcher-kva.example/a/b?x=1"
    assert str(one.joined("../c")) == "https://xn--bcher-kva.example/c"
    assert one.is_beside(WebAddress.parse("http://xn--bcher-kva.example/"))
    assert not one.is_beside(WebAddress.parse("http://xn--bcher-kva.example:8080/"))
    assert WebAddress.parse("http://example.org").name == "example.org"


def test_nobody_is_sent_into_the_users_own_network() -> None:
    outside, inside = WebAddress.parse("http://example.org/"), WebAddress.parse("http://192.168.1.1/admin")
    with pytest.raises(SourceError, match="own network"):
        _allow(outside, outside, inside, follow=True, hops=1)
    _allow(inside, inside, inside, follow=False, hops=1)
    with pytest.raises(UsageError):
        outside.joined("javascript:alert(1)")
