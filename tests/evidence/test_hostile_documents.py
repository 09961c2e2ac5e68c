"""What was made to harm whoever reads it ends in an error that says what to do."""

import io
import os
import struct
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from qaif.errors import DocumentError
from qaif.evidence.reading import archive, mail
from qaif.evidence.reading.apart import LIMITS, read_apart
from qaif.evidence.reading.apart_child import Limits
from qaif.evidence.reading.read import LARGEST, read
from qaif.evidence.stored import read_bounded
from support.papers import ADDRESS, FONT, docx, message, packed, pdf, pdf_of, picture, telegram
from support.papers import mail as mail_of

SMALL = LIMITS._replace(cpu_seconds=4, memory_bytes=700 << 20)


def refused(content: bytes, name: str, said: str) -> None:
    began = time.monotonic()
    with pytest.raises(DocumentError, match=said) as raised:
        read(content, name)
    assert raised.value.way_out
    assert time.monotonic() - began < 30


def test_a_line_of_two_gigabytes(tmp_path: Path) -> None:
    """The file is sparse: it takes no room, and is given up before it is read."""
    path = tmp_path / "line.txt"
    with path.open("wb") as file:
        file.write(b"x" * (1 << 16))
        file.truncate(2 << 30)
    with pytest.raises(DocumentError, match="larger than 256 MiB"):
        read_bounded(path)
    assert LARGEST["text"] == 256 << 20


def test_a_zip_bomb_is_refused_by_what_it_says_and_by_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed({f"{n}": bytes(16 << 20) for n in range(4)})
    assert len(bomb) < 100_000
    refused(
        bomb, "a.zip", "not unpacked: it says .* 33,554,432 bytes .500 times its size, and at least 32 MiB."
    )
    lying = bomb.replace(struct.pack("<I", 16 << 20), struct.pack("<I", 100))
    refused(lying, "a.zip", "damaged|not unpacked")
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 1_000)
    refused(
        packed({"a": os.urandom(2_000)}),
        "a.zip",
        "'a' unpacks to more than is read; the limit is 1,000 of one member",
    )
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 1_500)
    large = packed({"a": os.urandom(900), "b": os.urandom(900)})
    refused(large, "a.zip", "says that its .* unpack to 1,800; the limit is 1,500 bytes[.]")


def test_a_zip_that_lies_about_its_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two members that stand in the same bytes: the whole counts what comes out."""
    monkeypatch.setattr(archive, "_FREE_OF_RATIO", 1 << 20)
    raw = bytes(3 << 20)
    content = bytearray(packed({"a": raw}))
    for at in range(len(content) - 4):
        if content[at : at + 4] == struct.pack("<I", len(raw)):
            content[at : at + 4] = struct.pack("<I", 10)
    refused(bytes(content), "a.zip", "damaged|not unpacked")


def test_members_that_lead_out_or_are_too_many_or_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["../../etc/passwd", "/etc/passwd", "..\\x", "C:\\x", "good.txt"]
    reading = read(packed(dict.fromkeys(names, b"x")), "a.zip")
    assert len(reading.notes) == 4
    assert [part.content for part in reading.parts()] == [b"x"] * 5
    locked = bytearray(packed({"a": b"x"}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    refused(bytes(locked), "a.zip", "encrypted")
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    refused(packed(dict.fromkeys(names, b"x")), "a.zip", "5 members; the limit is 3")
    refused(b"PK\x03\x04" + bytes(100), "a.zip", "damaged")
    refused(packed({"a": os.urandom(99)})[:-30], "a.zip", "damaged")


def test_a_directory_that_does_not_end() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 40 << 20, 4, 0)
    refused(
        b"PK\x03\x04" + bytes(41 << 20) + end,
        "a.zip",
        "not unpacked: its directory has 41,943,040 bytes; the limit is 16,777,216",
    )


def test_pdfs_without_end() -> None:
    refused(b"%PDF-1.7\n", "a.pdf", "damaged")
    loop = pdf_of(
        b"/X Do",
        "/Resources << /XObject << /X 6 0 R >> >>",
        [
            (
                b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
                b" /Length 5 >>\nstream\n/X Do\nendstream"
            )
        ],
    )
    assert read(loop, "a.pdf").unread
    tree = pdf_of(b"").replace(b"/Kids [3 0 R] /Count 1", b"/Kids [2 0 R] /Count 1")
    refused(tree, "a.pdf", "damaged|nested|took")
    deep = pdf_of(b"").replace(b"/MediaBox [0 0 300 300]", b"/MediaBox " + b"[" * 50_000)
    refused(deep, "a.pdf", "damaged|nested|took")


def test_a_pdf_whose_stream_swells() -> None:
    swollen = zlib.compress(zlib.compress(bytes(300 << 20), 9), 9)
    body = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (
        len(swollen),
        swollen,
    )
    content = pdf_of(b"", "/Contents 6 0 R", [body]).replace(b"/Contents 4 0 R", b"")
    began = time.monotonic()
    said: list[str] = []
    try:
        said += read_apart("pdf", content, limits=SMALL).unread
    except DocumentError as error:
        said.append(error.way_out)
    assert all(said)
    assert said
    assert time.monotonic() - began < 40


@pytest.mark.parametrize("cipher", ["RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_locked_pdf_says_so(cipher: str) -> None:
    import pypdf

    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(f"secret {ADDRESS}"))), io.BytesIO()
    writer.encrypt("word", algorithm=cipher)
    writer.write(out)
    refused(out.getvalue(), "a.pdf", "encrypted: it needs a password")
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(f"open {ADDRESS}"))), io.BytesIO()
    writer.encrypt("", "owner", algorithm=cipher)
    writer.write(out)
    reading = read(out.getvalue(), "a.pdf")
    assert ADDRESS in reading.text
    assert "empty password" in reading.notes[0]


def test_a_picture_that_swells() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1 << 20))) + chunk(b"IEND", b"")
    refused(bomb, "a.png", "more than 100,000,000 pixels")
    refused(picture(ADDRESS)[:-200], "a.png", "damaged")
    refused(b"GIF89a" + bytes(20), "a.gif", "damaged")


def test_emails_in_emails_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"From: a@example.org\nMessage-ID: <1@x>\n"
    refused(head + b"Content-Type: message/rfc822\n\n" * 5_000, "a.eml", "more than 200")
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000)
    )
    refused(head + nested, "a.eml", "more than 200")
    near = b"Content-Type: message/rfc822\n\n" * 150
    assert read(head + near, "a.eml").kind == "email"
    long_header = read(head + b"Subject: " + b"=?utf-8?q?x?= " * 9_000 + b"\n\nx", "a.eml")
    assert "has a header of" in long_header.unread[0]
    monkeypatch.setattr(mail, "MOST_PARTS", 3)
    many = read(mail_of("x", {f"{n}.bin": b"x" for n in range(9)}), "a.eml")
    assert "more than 3 parts" in many.unread[0]


def test_json_nested_without_end() -> None:
    refused(b'{"a":' * 200_000, "a.json", "nested")
    reading = read(b'{"a":[' * 150 + f'"{ADDRESS}"'.encode() + b"]}" * 150, "a.json")
    assert [passage.text for passage in reading.split()] == [ADDRESS]


def test_quotes_that_do_not_close_take_no_square_of_time() -> None:
    for name, content in (
        ("a.csv", b'"' + b"a,b\n" * 300_000),
        ("a.csv", b'a,"' * 300_000),
        ("result.json", telegram([message(1, "x")])[:-9] + b'"' * 300_001),
        ("result.json", telegram([message(1, "\\" * 300_000)])),
        ("_chat.txt", b"[1/1/20, 1:00] " * 60_000),
        ("_chat.txt", b"1/1/20, 1:00 - " + b"a" * 600_000),
        ("a.eml", b"From: a\nMessage-ID: x\n\n" + b"From x\n\n" * 100_000),
    ):
        began = time.monotonic()
        reading = read(content, name)
        assert sum(len(passage.text) for passage in reading.split()) > 0
        assert time.monotonic() - began < 15, name


def test_a_word_document_with_entities_or_a_bomb() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    laughs = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    for kind in (laughs, outside):
        content = packed({"word/document.xml": f"{kind}<w:document {space}>&a;</w:document>".encode()})
        refused(content, "a.docx", "defines entities")
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("word/document.xml", bytes(65 << 20))
    refused(big.getvalue(), "a.docx", "unpacks to more than 64 MiB")
    refused(docx("<w:p>"), "a.docx", "damaged")


def test_the_child_is_given_up_by_time_and_memory() -> None:
    from PIL import Image

    Image.new("RGB", (9_000, 9_000)).save(large := io.BytesIO(), "PNG", compress_level=1)
    with pytest.raises(DocumentError, match="more memory than it may"):
        read_apart("image", large.getvalue(), limits=Limits(60, 200 << 20, 1 << 30))
    endless = pdf_of(b"BT /F1 9 Tf " + b"(x) Tj " * 2_000_000 + b"ET", FONT)
    with pytest.raises(DocumentError, match=r"computing|took|memory"):
        read_apart("pdf", endless, limits=Limits(2, 2 << 30, 1 << 30))


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's")
def test_the_child_opens_no_connection_and_starts_nothing() -> None:
    import subprocess

    for forbidden in (
        "import socket; socket.socket()",
        "import os; os.system('true')",
        "import os; os.fork()",
    ):
        code = (
            "from qaif.evidence.reading.apart_child import Limits, confine\n"
            f"confine(Limits(9, 2 << 30, 1 << 20))\n{forbidden}"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert "PermissionError: a reader must not" in done.stderr


def test_the_only_programs_that_are_started() -> None:
    """Our own interpreter with our own module, and Tesseract where it is asked for."""
    started: list[tuple[object, ...]] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event == "subprocess.Popen" and arguments[0]:
            started.append(arguments)

    sys.addaudithook(watch)
    read(picture(ADDRESS), "a.png")
    assert [one[0] for one in started] == [sys.executable]
    command = started[0][1]
    assert isinstance(command, list)
    assert command[1:5] == ["-P", "-m", "qaif.evidence.reading.apart_child", "image"]
