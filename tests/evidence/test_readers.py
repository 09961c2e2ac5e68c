"""Each kind of document: what is read of it, and that every span is where it says."""
# ruff: noqa: RUF001  digits of other scripts are what chats are written in

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaif.errors import DocumentError
from qaif.evidence.finder import find
from qaif.evidence.mention import Findings
from qaif.evidence.passages import Passage
from qaif.evidence.reading.read import read
from qaif.evidence.reading.shape import Options, Reading
from qaif.feeds.networks import NETWORKS
from support.papers import (
    ADDRESS,
    ARABIC,
    FONT,
    OTHER,
    docx,
    mail,
    message,
    packed,
    pdf,
    pdf_of,
    picture,
    telegram,
)


def found(reading: Reading) -> Findings:
    return find(reading.text, reading.split(), NETWORKS["mainnet"])


def places(reading: Reading, address: str = ADDRESS) -> list[str]:
    """In which part of the document an address stands, each place tried against the text."""
    mentions = [mention for mention in found(reading).mentions if mention.address == address]
    for mention in mentions:
        assert reading.text[mention.start : mention.end] == address
    return [mention.where for mention in mentions]


def texts(reading: Reading) -> list[str]:
    return [passage.text for passage in reading.split()]


def holds(reading: Reading) -> list[Passage]:
    """The passages; every character of each is tied to a place in the text, in order."""
    passages = list(reading.split())
    for one in passages:
        assert len(one.text) == len(one.starts) == len(one.ends)
        assert all(
            0 <= lo < hi <= len(reading.text) or lo == hi for lo, hi in zip(one.starts, one.ends, strict=True)
        )
        assert list(one.starts) == sorted(one.starts)
    return passages


def test_a_pdf_by_pages_with_what_has_no_text() -> None:
    reading = read(pdf(f"Send to {ADDRESS}", "", "the end", link=f"https://example.org/{OTHER}"), "a.pdf")
    assert reading.kind == "pdf"
    assert reading.reader.startswith("pdf 1 (pypdf ")
    assert places(reading) == ["text"]
    assert [p.label for p in holds(reading) if p.where == "text"] == ["page 1", "page 3"]
    assert "attribute" in places(reading, OTHER)
    assert reading.unread == ("The PDF's page 2 has no text: it may be a picture of text.",)
    assert "Title: A leaflet" in reading.text
    assert read(pdf_of(b"BT /F1 9 Tf (x) Tj ET", FONT), "a.pdf").text == "x"


def test_a_pdf_with_text_that_is_not_shown() -> None:
    hidden = read(pdf_of(b"BT /F1 9 Tf 3 Tr (%s) Tj ET" % ADDRESS.encode(), FONT), "a.pdf")
    assert places(hidden) == ["hidden"]
    assert "not shown" in hidden.notes[0]
    partly = read(pdf_of(b"BT /F1 9 Tf (seen) Tj q 3 Tr (unseen) Tj Q ET", FONT), "a.pdf")
    assert [p.where for p in partly.split()] == ["text"]
    assert "not shown" in partly.notes[0]


def test_a_pdf_with_a_picture_and_a_file_in_it() -> None:
    import pypdf
    from PIL import Image

    into = io.BytesIO()
    Image.open(io.BytesIO(picture(ADDRESS))).save(into, "PDF")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(into.getvalue()))
    writer.add_attachment("list.csv", b"a,b\n1,2\n")
    out = io.BytesIO()
    writer.write(out)
    reading = read(out.getvalue(), "a.pdf")
    assert places(reading) == ["code"]
    assert [(part.name, part.content) for part in reading.parts()] == [("list.csv", b"a,b\n1,2\n")]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_of_a_code(form: str) -> None:
    reading = read(picture(f"bitcoin:{ADDRESS}?amount=0.1", form), "a.bin")
    assert (reading.kind, reading.media_type) == ("image", f"image/{form.lower()}")
    (mention,) = found(reading).mentions
    assert (mention.address, mention.where, mention.uri) == (ADDRESS, "code", True)
    (passage,) = holds(reading)
    assert passage.label.startswith("QRCode at ")


def test_a_picture_without_a_code_and_with_words_beside_it() -> None:
    from PIL import Image, PngImagePlugin

    said, into = PngImagePlugin.PngInfo(), io.BytesIO()
    said.add_text("Comment", f"pay {ADDRESS}")
    Image.new("RGBA", (40, 40)).save(into, "PNG", pnginfo=said)
    assert places(read(into.getvalue(), "a.png")) == ["metadata"]
    Image.new("RGB", (40, 40)).save(into := io.BytesIO(), "PNG")
    assert read(into.getvalue(), "a.png").unread == ("No text and no code was found in the image.",)


def test_an_email_with_all_its_parts() -> None:
    content = mail(
        f"text {ADDRESS}\n",
        {"b.bin": b"\0\1"},
        f"<p>{OTHER[:9]}<b>{OTHER[9:]}</b></p>",
        f"{ARABIC} {ADDRESS}",
    )
    reading = read(content, "a.txt")
    assert (reading.kind, reading.encoding) == ("email", "")
    assert places(reading) == ["metadata", "text"]
    (split,) = [m for m in found(reading).mentions if m.address == OTHER]
    assert reading.text[split.start : split.end] == f"{OTHER[:9]}<b>{OTHER[9:]}"
    assert f"Subject: {ARABIC}" in reading.text
    assert [(p.name, p.content) for p in reading.parts()] == [("b.bin", b"\0\1")]
    holds(reading)


def test_an_email_whose_letters_are_not_what_it_says() -> None:
    head = b"From: a@example.org\nMessage-ID: <1@x>\nMIME-Version: 1.0\n"
    plain = read(
        head + b"Content-Type: text/plain; charset=windows-1256\n\n" + ARABIC.encode("cp1256"), "a.eml"
    )
    assert ARABIC in plain.text
    wrong = read(head + b"Content-Type: text/plain; charset=utf-8\n\n\xff" + ADDRESS.encode(), "a.eml")
    assert "�" in wrong.text
    assert "not the utf-8 they should be" in wrong.notes[0]
    odd = read(head + b"Content-Type: text/plain; charset=rot13\n\n" + ADDRESS.encode(), "a.eml")
    assert places(odd) == ["text"]
    assert "not known here" in odd.notes[0]


def test_a_mailbox() -> None:
    line = b"From ann@example.org Mon Jan 20 10:00:00 2020\n"
    two = (
        mail(f"one {ADDRESS}", {"a.bin": b"1"}) + b"\n",
        mail("two\n\nFrom here on it is said", {"b.bin": b"2"}),
    )
    reading = read(line + two[0] + b"\n" + line + two[1], "box")
    assert reading.kind == "mbox"
    assert [part.name for part in reading.parts()] == ["a.bin", "b.bin"]
    assert {p.label for p in holds(reading)} == {
        f"message {n}, {what}" for n in (1, 2) for what in ("headers", "text", "attached")
    }
    assert "From here on" in reading.text


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_telegram_export(*, ascii_only: bool) -> None:
    pieces = [
        f"{ARABIC}: ",
        {"type": "bold", "text": ADDRESS[:10]},
        ADDRESS[10:],
        {"type": "text_link", "text": " here", "href": f"https://example.org/?a={OTHER}"},
    ]
    export = telegram(
        [
            message(1, pieces, edited="2020-01-20T12:00:00", forwarded_from="Another", reply_to_message_id=9),
            message(2, "", text_entities=[{"type": "plain", "text": f"only here {ADDRESS}"}], media="😀"),
            message(3, ADDRESS, text_entities=[{"type": "plain", "text": ADDRESS}]),
        ],
        ARABIC,
        ascii_only=ascii_only,
    )
    reading = read(export, "result.json")
    assert (reading.kind, reading.text) == ("telegram", export.decode())
    passages = [passage for passage in holds(reading) if passage.label == "message"]
    assert [passage.text for passage in passages] == [
        f"{ARABIC}: {ADDRESS} here",
        f"only here {ADDRESS}",
        ADDRESS,
    ]
    first = passages[0].message
    assert first is not None
    assert (first.channel, first.author, first.number) == (ARABIC, "The channel", "1")
    assert (first.time, first.unix) == ("2020-01-19T12:00:00", "1579435200")
    assert (first.forwarded_from, first.reply_to, first.edited) == ("Another", "9", "2020-01-20T12:00:00")
    assert [mention.where for mention in found(reading).mentions] == ["text", "attribute", "text", "text"]
    for mention in found(reading).mentions:
        assert reading.text[mention.start : mention.end].startswith(mention.address[:10])


def test_all_chats_of_a_telegram_account() -> None:
    chats = [json.loads(telegram([message(1, f"say {name}")], name)) for name in ("First", "Second")]
    reading = read(json.dumps({"about": "x", "chats": {"list": chats}}).encode(), "result.json")
    said = [passage.message for passage in reading.split() if passage.label == "message"]
    assert [one.channel for one in said if one] == ["First", "Second"]


def test_a_telegram_export_that_is_cut_off() -> None:
    export = telegram([message(1, ADDRESS), message(2, f"{OTHER} and more")])
    reading = read(export[: export.index(b" and more")], "result.json")
    assert "cut off or damaged" in reading.notes[0]
    assert places(reading) == ["text"]
    assert places(reading, OTHER) == ["text"]
    holds(reading)


_WRITTEN = st.characters(exclude_categories=("Cc", "Cs"))
ANDROID = "19.01.20, 14:05 - Ann: {}\n20.01.20, 09:00 - Bob: yes\n"
CHATS = {
    "iphone": "[19/01/2020, 14:05:12] Ann: {}\n\u200e[20/01/2020, 09:00:00] Bob: \u200eimage omitted\n",
    "android": ANDROID,
    "android, hours of twelve": "19/01/20, 2:05\u202fPM - Ann: {}\n20/01/20, 9:00 am - Bob: yes\n",
    "american": "1/19/20, 2:05 PM - Ann: {}\n1/20/20, 9:00 AM - Bob: yes\n",
    "arabic": "١٩\u200f/١\u200f/٢٠٢٠، ٢:٠٥ م - Ann: {}\n٢٠\u200f/١\u200f/٢٠٢٠، ٩:٠٠ ص - Bob: نعم\n",
    "persian": "\u200f۲۰۲۰/۰۱/۱۹،\u200f ۱۴:۰۵ - Ann: {}\n\u200f۲۰۲۰/۰۱/۲۰،\u200f ۹:۰۰ - Bob: بله\n",
    "hebrew": "19.1.2020, 14:05 - Ann: {}\n20.1.2020, 9:00 - Bob: כן\n",
    "turkish": "19.01.2020 14:05 - Ann: {}\n20.01.2020 09:00 - Bob: evet\n",
    "dutch": "19-01-2020 14:05 - Ann: {}\n20-01-2020 09:00 - Bob: ja\n",
}


@pytest.mark.parametrize("form", CHATS)
def test_a_whatsapp_export(form: str) -> None:
    chat = CHATS[form].format(f"send to {ADDRESS}\nand tell")
    reading = read(chat.encode(), "chat.txt")
    assert reading.kind == "whatsapp"
    first, second = holds(reading)
    assert first.text == f"send to {ADDRESS}\nand tell\n"
    assert first.message is not None
    assert second.message is not None
    assert (first.message.author, second.message.author) == ("Ann", "Bob")
    assert first.message.time.startswith("2020-01-19T14:05")
    assert second.message.time.startswith("2020-01-20T09:00")
    assert places(reading) == ["text"]


def test_dates_of_a_chat_that_could_be_read_either_way_stay_as_they_are() -> None:
    reading = read(b"01/02/2020, 10:00 - Ann: hello\n02/02/2020, 11:00 - Bob: yes\n", "chat.txt")
    said = [passage.message.time for passage in reading.split() if passage.message]
    assert said == ["01/02/2020 10:00", "02/02/2020 11:00"]
    assert "day or the month" in reading.notes[1]


def test_text_that_only_quotes_a_time_is_no_chat() -> None:
    assert read(b"On 19/01/2020, 14:05 - Ann: hello\n", "a.txt").kind == "text"
    assert read(b"19/01/2020, 14:05 - Ann: hello\n", "a.txt").kind == "text"
    assert read(b"19/01/2020, 14:05 - Ann: hello\n", "WhatsApp Chat with Ann.txt").kind == "whatsapp"


@pytest.mark.parametrize(
    ("mark", "name"), [(",", "a comma"), (";", "a semicolon"), ("\t", "a tab"), ("|", "a bar")]
)
def test_a_table(mark: str, name: str) -> None:
    rows = f'name{mark}"the address"{mark}note\r\n"a ""b"""{mark}{ADDRESS}{mark}"two\nlines"\r\n'
    reading = read(rows.encode(), "a.csv")
    assert reading.kind == "csv"
    assert name in reading.notes[0]
    head, row = holds(reading)
    assert (head.label, row.label) == ("row 1", "row 2")
    assert [(cell.column, row.text[cell.start : cell.end]) for cell in row.cells] == [
        ("name", 'a "b"'),
        ("the address", ADDRESS),
        ("note", "two\nlines"),
    ]
    assert places(reading) == ["text"]


def test_what_parts_the_cells_is_not_guessed() -> None:
    either = b"a,b;c\n1,2;3\n"
    assert read(either, "a.csv").kind == "text"
    assert "--delimiter" in read(either, "a.csv").notes[0]
    rows = [[cell.column for cell in p.cells] for p in read(either, "a.csv", Options(delimiter=";")).split()]
    assert rows == [["a,b", "c"], ["a,b", "c"]]
    named = read(b"sep=;\n" + either, "a.csv")
    assert [len(passage.cells) for passage in named.split()] == [2, 2]
    assert read(b"just a line\n", "a.csv").kind == "text"


def test_a_word_document() -> None:
    body = (
        f"<w:p><w:r><w:t>{ADDRESS[:9]}</w:t></w:r><w:r><w:t>{ADDRESS[9:]}</w:t></w:r></w:p>"
        f"<w:p><w:del><w:r><w:delText>was {OTHER}</w:delText></w:r></w:del></w:p>"
    )
    reading = read(docx(body, {"r1": f"https://example.org/{OTHER}"}), "a.docx")
    assert reading.kind == "docx"
    assert places(reading) == ["text"]
    assert places(reading, OTHER) == ["hidden", "attribute"]


def test_an_archive_gives_its_members() -> None:
    reading = read(packed({"chat/result.json": b"{}", f"{ADDRESS}.txt": b"x"}), "a.zip")
    assert (reading.kind, [part.name for part in reading.parts()]) == (
        "zip",
        ["chat/result.json", f"{ADDRESS}.txt"],
    )
    assert places(reading) == ["metadata"]


def test_a_long_text_is_parted_and_nothing_of_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qaif.evidence.passages.LONGEST_STRETCH", 50)
    text = f"{'word ' * 9}\n\n{ADDRESS}\n" * 3 + "x" * 120
    reading = read(text.encode(), "a.txt")
    passages = holds(reading)
    assert "".join(passage.text for passage in passages) == text
    assert max(len(passage.text) for passage in passages) <= 50
    assert places(reading) == ["text"] * 3


@given(st.text(max_size=400), st.sampled_from(["a.txt", "a.csv", "a.json", "_chat.txt", "a.html", "a.eml"]))
def test_any_text_is_read_with_places_that_hold(text: str, name: str) -> None:
    content = text.encode("utf-8", "replace")
    try:
        reading = read(content, name)
    except DocumentError:
        return  # which texts are refused is asked elsewhere
    holds(reading)


@given(
    pieces=st.lists(
        st.text(max_size=30) | st.fixed_dictionaries({"type": st.just("bold"), "text": st.text(max_size=30)}),
        max_size=5,
    ),
    ascii_only=st.booleans(),
)
def test_any_message_of_telegrams_is_read_as_it_was_written(
    pieces: list[object], *, ascii_only: bool
) -> None:
    reading = read(telegram([message(1, pieces)], ascii_only=ascii_only), "result.json")
    written = "".join(str(piece["text"]) if isinstance(piece, dict) else str(piece) for piece in pieces)
    said = [passage.text for passage in holds(reading) if passage.label == "message"]
    assert said == ([written] if written else [])


@given(
    st.lists(st.lists(st.text(_WRITTEN, max_size=20), min_size=2, max_size=2), min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
)
def test_any_table_is_read_as_the_library_wrote_it(rows: list[list[str]], mark: str) -> None:
    import csv

    into = io.StringIO(newline="")
    csv.writer(into, delimiter=mark, quoting=csv.QUOTE_ALL).writerows(rows)
    reading = read(b"\xef\xbb\xbf" + into.getvalue().encode(), "a.csv", Options(delimiter=mark))
    cells = [[p.text[cell.start : cell.end] for cell in p.cells] for p in holds(reading)]
    assert cells == rows


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_telegram_export_cut_off_anywhere_is_read_until_there(cut: int) -> None:
    export = telegram([message(1, ["a", {"type": "bold", "text": ADDRESS}]), message(2, "", **{"": OTHER})])
    holds(read(export[: len(export) - cut], "result.json"))
