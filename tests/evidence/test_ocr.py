"""Pictures read by the user's own Tesseract, only where asked, and marked; a stand-in speaks as it does."""

from pathlib import Path

import pytest

from qaif.errors import DocumentError
from qaif.evidence.finder import find
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
