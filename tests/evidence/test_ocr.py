"""Pictures read by the user's own Tesseract, only where asked, and marked; and what it misreads."""

import io
import shutil
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image, ImageDraw, ImageFont

from qaif.errors import DocumentError
from qaif.evidence import misread
from qaif.evidence.extraction.extract import extract
from qaif.evidence.finder import find
from qaif.evidence.passages import Passage
from qaif.evidence.reading.read import read
from qaif.evidence.reading.shape import Options
from qaif.feeds.networks import NETWORKS
from support.papers import ADDRESS, picture

SAYS = f"""#!/bin/sh
if [ "$1" = --version ]; then echo "tesseract 5.3.0"; exit 0; fi
[ "$1 $2 $3 $4" = "stdin stdout -l ara+eng" ] || {{ echo "no such languages" >&2; exit 1; }}
head -c 8 | tail -c 7 | head -c 3 | grep -q PNG || exit 2
echo "send to {ADDRESS}"
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "tesseract"
    path.write_text(SAYS)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return path


def test_text_of_a_picture_is_read_where_it_is_asked_for_and_marked(program: Path) -> None:
    assert program.exists()
    content = picture("nothing of note")
    plain = read(content, "a.png")
    assert not find(plain.text, plain.split(), NETWORKS["mainnet"]).mentions
    reading = read(content, "a.png", Options(ocr="ara+eng"))
    (mention,) = find(reading.text, reading.split(), NETWORKS["mainnet"]).mentions
    assert (mention.address, mention.where) == (ADDRESS, "ocr")
    assert "tesseract 5.3.0 (ara+eng)" in reading.reader
    assert "letters may be misread" in reading.notes[0]


def test_a_program_that_fails_or_is_not_there(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DocumentError, match="no such languages"):
        read(picture("x"), "a.png", Options(ocr="xxx"))
    program.unlink()
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(DocumentError, match="no program `tesseract`") as raised:
        read(picture("x"), "a.png", Options(ocr="eng"))
    assert "Install Tesseract" in raised.value.way_out


BECH32 = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
MAINNET = NETWORKS["mainnet"]


def _painted(*lines: str) -> bytes:
    font = ImageFont.truetype(str(Path(mpl.get_data_path(), "fonts/ttf/DejaVuSans.ttf")), 36)
    image = Image.new("RGB", (1300, 40 + 80 * len(lines)), "white")
    for at, line in enumerate(lines):
        ImageDraw.Draw(image).text((40, 40 + 80 * at), line, font=font, fill="black")
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="the program tesseract is not installed")
def test_the_real_program_reads_a_picture() -> None:
    content = _painted("Support the cause. Send your gift to", ADDRESS, "or 2500 dollars")
    reading = read(content, "a.png", Options(ocr="eng"))
    found = extract(reading.text, list(reading.split()), MAINNET)
    said = {one.kind: one for one in found.indicators}
    assert said["bitcoin-address"].value == ADDRESS
    assert said["amount"].value == "2500 USD"
    for one in (said["bitcoin-address"], said["amount"]):
        assert "read from a picture by OCR: letters may be misread" in one.notes


def _of_picture(text: str) -> list[Passage]:
    return [Passage("ocr", "", text, range(len(text)), range(1, len(text) + 1))]


@pytest.mark.parametrize(
    ("text", "address", "what"),
    [
        ("bclqarOsrrr7xfkvy5l643lydnw9re59gtzzwf5mdq", BECH32, "l as 1, O as 0"),
        ("bc1qarOsrrr7xfkvy51643Iydnw9re59gtzzwf5mdq", BECH32, "O as 0, 1 as l, I as l"),
        ("IA1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "I as 1"),
    ],
)
def test_letters_that_no_address_has_are_read_as_those_they_look_like(
    text: str, address: str, what: str
) -> None:
    (mention,) = find(text, _of_picture(text), MAINNET).mentions
    assert mention.address == address
    assert mention.steps == (f"read letters that OCR confuses: {what}",)
    as_text = [Passage("text", "", text, range(len(text)), range(1, len(text) + 1))]
    assert not find(text, as_text, MAINNET).mentions  # only a program that reads pictures confuses them


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("bclgarOsrrr7xfkvy51643lydnw9re59gtzzwf5mdq", BECH32),
        ("1A1zP1eP5QGefi2DMPTfTL55Lmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ],
)
def test_one_wrong_letter_is_a_near_miss_and_no_address(text: str, near: str) -> None:
    found = find(f"pay {text} now", _of_picture(f"pay {text} now"), MAINNET)
    assert not found.mentions
    (miss,) = found.near_misses
    assert (miss.close_to, miss.resemblance, miss.kind) == ((near,), ("one letter off",), "misread")
    (proposed,) = extract(f"pay {text} now", _of_picture(f"pay {text} now"), MAINNET).indicators
    assert proposed.kind == "near-miss"
    assert f"one letter off: {near}, which is not thereby meant" in proposed.notes


def test_two_wrong_letters_say_nothing_of_an_address() -> None:
    text = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mqd"
    (miss,) = find(text, _of_picture(text), MAINNET).near_misses
    assert (miss.kind, miss.close_to) == ("checksum", ())
    assert misread.as_meant("nothing") is None
