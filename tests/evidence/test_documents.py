"""Documents kept byte for byte, read by what they say of themselves, refused where they say nothing."""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qaif.errors import DocumentError, NotFoundError
from qaif.evidence.decoding import decode
from qaif.evidence.documents import keep, read_kept
from qaif.evidence.reading import read as reading
from qaif.records.engine import Records

NOW = datetime(2020, 1, 19, 12, tzinfo=UTC)
ARABIC = "عنوان محفظة بيتكوين"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    (tmp_path / "ws" / "documents").mkdir(parents=True)
    with Records.open(tmp_path / "ws") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path, records: Records) -> Path:
    assert records
    return tmp_path / "ws" / "documents"


def test_kept_by_digest_byte_for_byte_and_read_only(tmp_path: Path, folder: Path, records: Records) -> None:
    content = b"\xef\xbb\xbf" + ARABIC.encode() + b"\r\n\r\n"
    (tmp_path / "a.txt").write_bytes(content)
    kept = keep(folder, records, tmp_path / "a.txt", NOW)
    digest = hashlib.sha256(content).hexdigest()
    assert [p.name for p in folder.iterdir()] == [digest] == [kept.record.sha256]
    assert read_kept(folder, digest) == content
    assert (folder / digest).stat().st_mode & 0o777 == 0o400
    assert kept.text == ARABIC + "\r\n\r\n"
    assert (kept.record.taken_at, kept.record.size) == ("2020-01-19T12:00:00Z", len(content))
    assert kept.record.source == str(tmp_path / "a.txt")
    assert kept.record.tool.startswith("qaif ")


def test_taken_twice_the_first_time_counts(tmp_path: Path, folder: Path, records: Records) -> None:
    (tmp_path / "a.txt").write_text("x")
    first = keep(folder, records, tmp_path / "a.txt", NOW)
    again = keep(folder, records, tmp_path / "a.txt", NOW + timedelta(days=1))
    assert again.record == first.record == records.documents.get(first.record.sha256)


def test_a_kept_file_that_changed_is_named_and_not_written_over(
    tmp_path: Path, folder: Path, records: Records
) -> None:
    (tmp_path / "a.txt").write_text("x")
    digest = keep(folder, records, tmp_path / "a.txt", NOW).record.sha256
    (folder / digest).chmod(0o600)
    (folder / digest).write_text("y")
    with pytest.raises(DocumentError, match="not what it was"):
        keep(folder, records, tmp_path / "a.txt", NOW)
    with pytest.raises(DocumentError, match="not what it was"):
        read_kept(folder, digest)
    assert (folder / digest).read_text() == "y"


@pytest.mark.parametrize("name", ["..", "../../etc/passwd", "a" * 64, ""])
def test_nothing_but_a_kept_digest_is_read(folder: Path, name: str) -> None:
    with pytest.raises(NotFoundError):
        read_kept(folder, name)


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path, folder: Path, records: Records) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DocumentError, match="not a file"):
        keep(folder, records, tmp_path / "pipe", NOW)
    with pytest.raises(DocumentError, match="not a file"):
        keep(folder, records, tmp_path, NOW)
    with pytest.raises(NotFoundError):
        keep(folder, records, tmp_path / "none.txt", NOW)
    assert not list(folder.iterdir())


def test_the_size_is_bounded(
    tmp_path: Path, folder: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 4 << 20
    monkeypatch.setitem(reading.LARGEST, "text", most)
    for size, fits in ((most, True), (most + 1, False)):
        (tmp_path / "a.txt").write_bytes(b"x" * size)
        if fits:
            assert keep(folder, records, tmp_path / "a.txt", NOW).record.size == size
        else:
            with pytest.raises(DocumentError, match="larger than 4 MiB"):
                keep(folder, records, tmp_path / "a.txt", NOW)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.txt", "plain", "text/plain"),
        ("a.HTM", "plain", "text/html"),
        ("a.txt", "<!DOCTYPE html><p>x", "text/html"),
        ("a", " \n<html lang=ar>", "text/html"),
        ("a.txt", "<b>not a page</b>", "text/plain"),
    ],
)
def test_text_or_html(tmp_path: Path, records: Records, name: str, content: str, media_type: str) -> None:
    (tmp_path / name).write_text(content)
    kept = keep(tmp_path / "ws" / "documents", records, tmp_path / name, NOW)
    assert kept.media_type == kept.record.media_type == media_type


@pytest.mark.parametrize(
    ("content", "encoding", "basis"),
    [
        (ARABIC.encode(), "utf-8", "valid as UTF-8"),
        (ARABIC.encode("utf-8-sig"), "utf-8", "byte-order mark"),
        (b"\xff\xfe" + ARABIC.encode("utf-16-le"), "utf-16-le", "byte-order mark"),
        (b"\xfe\xff" + ARABIC.encode("utf-16-be"), "utf-16-be", "byte-order mark"),
        (b"\xff\xfe\0\0" + ARABIC.encode("utf-32-le"), "utf-32-le", "byte-order mark"),
        (b'<meta charset="windows-1256">' + ARABIC.encode("cp1256"), "cp1256", "declared by the page"),
        (
            b"<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-6'>"
            + ARABIC.encode("iso8859-6"),
            "iso8859-6",
            "declared by the page",
        ),
        (b'<?xml version="1.0" encoding="UTF-8"?>' + ARABIC.encode(), "utf-8", "declared by the page"),
    ],
)
def test_encodings(content: bytes, encoding: str, basis: str) -> None:
    decoded = decode(content)
    assert decoded.text.endswith(ARABIC)
    assert (decoded.encoding, decoded.basis) == (encoding, basis)


def test_an_encoding_that_the_user_names() -> None:
    assert decode(ARABIC.encode("cp1256"), "windows-1256")[:2] == (ARABIC, "cp1256")
    assert decode(ARABIC.encode("utf-16-le"), "utf-16-le").text == ARABIC


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ARABIC.encode("cp1256"), "not valid utf-8"),
        (ARABIC.encode("utf-16-le"), "not valid|control characters"),
        ("plain".encode("utf-16-le"), "control characters"),
        (b"<meta charset=utf-7>x", "not known here"),
        (b"<meta charset=rot13>x", "not known here"),
        (b"<meta charset=utf-8>\xe1", "not what it declares"),
        (b"%PDF-1.7", "a PDF"),
        (b"PK\x03\x04", "office document"),
        (b"\x89PNG\r\n", "picture"),
        (bytes(range(256)), "not valid"),
    ],
)
def test_what_is_not_text_is_refused_with_a_way_out(content: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=said) as raised:
        decode(content)
    assert raised.value.way_out


@pytest.mark.parametrize(
    "name", ["utf-7", "rot13", "base64", "zlib", "idna", "punycode", "unicode_escape", "no such"]
)
def test_a_named_encoding_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match="not known here"):
        decode(b"x", name)


def test_a_private_key_in_a_file_name_is_not_recorded(tmp_path: Path, folder: Path, records: Records) -> None:
    wif = "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS"
    path = tmp_path / f"{wif}.txt"
    path.write_text("x")
    kept = keep(folder, records, path, NOW)
    assert wif not in repr(kept.record)
