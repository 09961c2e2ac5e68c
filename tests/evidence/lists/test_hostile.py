import io
import resource
from collections.abc import Callable

import pytest

from qaif.errors import ListError
from qaif.evidence.lists import spreadsheet
from qaif.evidence.lists.making import Making, statements_of
from qaif.evidence.lists.recognise import recognise
from support import list_files as files

XML: dict[str, Callable[[], bytes]] = {
    "advanced": files.a_whole_list,
    "plain": files.ofac_plain,
    "un": files.un,
    "eu": files.eu,
    "uk": files.uk,
}


def read(content: bytes) -> list[str]:
    stream = io.BytesIO(content)
    found = recognise(stream)
    return [each.value for each in statements_of(found.read, stream, Making(found.known))]


@pytest.mark.parametrize("name", XML)
def test_an_entity_that_reads_a_file_reads_nothing(name: str) -> None:
    content = files.with_entity(XML[name](), '<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;")
    with pytest.raises(ListError, match="document type"):
        read(content)


@pytest.mark.parametrize("name", XML)
def test_a_billion_laughs_end_at_once(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ListError, match="document type"):
        read(files.with_entity(XML[name](), files.laughs(), "&l12;"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


def test_a_document_type_alone_is_refused_in_utf_16() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE Designations SYSTEM "http://x.invalid/a.dtd">'
    with pytest.raises(ListError, match="document type"):
        read((text + "<Designations/>").encode("utf-16"))


@pytest.mark.parametrize("name", XML)
def test_a_file_that_is_cut_off_is_refused(name: str) -> None:
    content = XML[name]()
    with pytest.raises(ListError, match="not whole XML"):
        read(content[: len(content) * 4 // 5])


def test_a_namespace_that_was_never_used_is_flagged_and_read() -> None:
    content = files.a_whole_list().replace(files.OFAC_NAMESPACE.encode(), b"http://example.org/other")
    found = recognise(io.BytesIO(content))
    assert "http://example.org/other" in found.odd
    assert "Example Relief Front" in read(content)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"<!DOCTYPE html><html><body>list</body></html>", "a web page"),
        (b"\xef\xbb\xbf<html lang='he'>", "a web page"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"name,address\na,b\n", "neither XML"),
        (b"<rss/>", "<rss>"),
        (b'{"a": 1}', "JSON of another shape"),
        (b"PK\x03\x04 not really", "cannot be unpacked"),
    ],
)
def test_what_is_no_list_is_called_what_it_is(content: bytes, what: str) -> None:
    with pytest.raises(ListError, match=what):
        read(content)


def test_a_spreadsheet_of_something_else_is_told() -> None:
    with pytest.raises(ListError, match="without the headings"):
        read(files.nbctf([["apples", 3]], head=["fruit", "count"]))


def test_a_zip_bomb_is_not_unpacked() -> None:
    with pytest.raises(ListError, match="would be 20,"):
        spreadsheet.check(io.BytesIO(files.zip_bomb()))


def test_a_sheet_that_claims_to_be_huge_is_read_as_it_is() -> None:
    import zipfile

    source = io.BytesIO(files.nbctf_orders())
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                start = content.index(b"<dimension")
                end = content.index(b"/>", start)
                content = content[:start] + b'<dimension ref="A1:XFD1048576"' + content[end:]
            new.writestr(part, content)
    assert files.bitcoin(6) in read(out.getvalue())


def test_a_spreadsheet_with_a_document_type_is_refused() -> None:
    import zipfile

    source, out = io.BytesIO(files.nbctf_orders()), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = b'<!DOCTYPE a [<!ENTITY x "y">]>' + content
            new.writestr(part, content)
    with pytest.raises(ListError, match="document type"):
        read(out.getvalue())


def test_lines_of_json_that_are_cut_off_or_no_entities() -> None:
    whole = files.ftm_list()
    with pytest.raises(ListError, match="Line 3"):
        read(whole[:-40])
    with pytest.raises(ListError, match="no FollowTheMoney entity"):
        read(whole + b"[1, 2]\n")
    with pytest.raises(ListError, match="no JSON object"):
        read(whole + b"[" * 200_000 + b"\n")
