"""Programs that Qaif starts: its own readers of hostile formats in a process of their own, and Tesseract.

A PDF, a picture or an office document is read by large libraries, some of them in C. They run in a child that
has so much time and memory and no more, opens no connection and starts nothing (`apart_child`); what becomes
of it, this process stays whole. No other module of Qaif's outside of the door starts a program.
"""

import base64
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from qaif.errors import DocumentError
from qaif.evidence.reading.apart_child import Limits
from qaif.evidence.reading.shape import Part, Section

LIMITS = Limits(cpu_seconds=60, memory_bytes=2 << 30, output_bytes=1 << 30)
_WALL_SECONDS = 180
_CHILD = "qaif.evidence.reading.apart_child"
_OCR_SECONDS = 120
_OCR_MEMORY = 2 << 30
_LARGEST_OCR = 16 << 20
_KILLED_FOR_TIME = 24  # SIGXCPU


class Apart:
    """What the child found.

    Attributes:
        sections: of the derived text.
        parts: documents inside.
        notes: how it was read.
        unread: what was not.
        reader: the reader's version and its libraries'.
        media_type: as the internet calls it.
        ocr_pictures: pictures made plain for OCR, as PNG, each with its place.
    """

    def __init__(self, said: dict[str, Any]) -> None:
        self.sections = [Section(*row) for row in said["sections"]]
        self.parts = [Part(name, base64.b64decode(content)) for name, content in said["parts"]]
        self.notes = [str(note) for note in said["notes"]]
        self.unread = [str(note) for note in said["unread"]]
        self.reader = str(said["reader"])
        self.media_type = str(said["media_type"])
        self.ocr_pictures = [(str(at), base64.b64decode(picture)) for at, picture in said["ocr_pictures"]]


def read_apart(kind: str, content: bytes, *, for_ocr: bool = False, limits: Limits = LIMITS) -> Apart:
    """Read a document in a child.

    Args:
        kind: `pdf`, `image` or `docx`.
        content: its bytes.
        for_ocr: give back pictures made plain too.
        limits: time, memory and output.

    Raises:
        DocumentError: it cannot be read, or not within the limits.
    """
    command = [sys.executable, "-P", "-m", _CHILD, kind, "ocr" if for_ocr else "", *map(str, limits)]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(content)
        given.seek(0)
        try:
            done = subprocess.run(  # noqa: S603  our own interpreter and module
                command,
                stdin=given,
                stdout=said,
                stderr=subprocess.DEVNULL,
                timeout=_WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _too_hard(kind, f"more than {_WALL_SECONDS} seconds") from None
        said.seek(0)
        return Apart(_answer(kind, done.returncode, said.read(), limits))


def _answer(kind: str, status: int, said: bytes, limits: Limits) -> dict[str, Any]:
    if status == -_KILLED_FOR_TIME or status == -9:  # noqa: PLR1714, PLR2004  SIGKILL: the second time it is told
        raise _too_hard(kind, f"more than {limits.cpu_seconds} seconds of computing")
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError:
        raise _too_hard(kind, f"a reader that broke (status {status})") from None
    if (why := answer.get("error")) is not None:
        raise DocumentError(str(why), way_out=str(answer["way_out"]))
    return answer


def _too_hard(kind: str, what: str) -> DocumentError:
    return DocumentError(
        f"Reading this {kind} took {what}; it was given up.",
        way_out="Print it anew to a plain PDF, or save its text or a picture of it, in a safe place.",
    )


def ocr(picture: bytes, languages: str) -> tuple[str, str]:
    """Read a picture's text by the user's own Tesseract.

    Args:
        picture: a plain PNG.
        languages: such as `ara+eng`; the user has their data.

    Returns:
        the text, and Tesseract's name with its version.

    Raises:
        DocumentError: there is no Tesseract, or it fails.
    """
    program = _tesseract()
    named = _run([program, "--version"], b"").decode("utf-8", "replace").split("\n")[0].strip()
    text = _run([program, "stdin", "stdout", "-l", languages], picture).decode("utf-8", "replace")
    return text.replace("\f", "\n").strip(), named[:60] or "tesseract"


def _tesseract() -> str:
    for folder in os.get_exec_path():
        path = Path(folder) / "tesseract"
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise DocumentError(
        "There is no program `tesseract` here, which --ocr needs.",
        way_out="Install Tesseract with the languages' data, or leave --ocr out.",
    )


def _run(command: list[str], given: bytes) -> bytes:
    """Run Tesseract with so much time and memory."""
    with (
        tempfile.TemporaryFile() as into,
        tempfile.TemporaryFile() as said,
        tempfile.TemporaryFile() as complained,
    ):
        into.write(given)
        into.seek(0)
        try:
            with subprocess.Popen(command, stdin=into, stdout=said, stderr=complained) as child:  # noqa: S603
                resource.prlimit(child.pid, resource.RLIMIT_AS, (_OCR_MEMORY, _OCR_MEMORY))
                try:
                    status = child.wait(_OCR_SECONDS)
                except subprocess.TimeoutExpired:
                    child.kill()
                    raise _ocr_failed(f"it took more than {_OCR_SECONDS} seconds") from None
        except OSError as error:
            raise _ocr_failed(str(error)) from None
        said.seek(0)
        complained.seek(0)
        if status:
            raise _ocr_failed(complained.read(300).decode("utf-8", "replace").strip())
        return said.read(_LARGEST_OCR)


def _ocr_failed(why: str) -> DocumentError:
    return DocumentError(
        f"Tesseract did not read the picture: {why}.",
        way_out="See to its languages (`tesseract --list-langs`), or leave --ocr out.",
    )
