"""The child that reads one hostile document: bytes on standard input, one JSON object on standard output.

    python -m qaif.evidence.reading.apart_child KIND OCR CPU_SECONDS MEMORY_BYTES OUTPUT_BYTES

It takes its limits on before it reads a byte, and hands on nothing but text, names and bytes.
"""

import base64
import importlib
import json
import resource
import sys
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from qaif.errors import DocumentError
from qaif.evidence.reading.shape import Part, Section

READERS = {"pdf": "pdf", "image": "picture", "docx": "office"}
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.spawn")


class Limits(NamedTuple):
    """How much a child may take."""

    cpu_seconds: int
    memory_bytes: int
    output_bytes: int


@dataclass
class Found:
    """What a reader found; `apart.Apart` says what is what."""

    reader: str
    media_type: str
    sections: list[Section] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    ocr_pictures: list[tuple[str, bytes]] = field(default_factory=list)

    def said(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "reader": self.reader,
            "media_type": self.media_type,
            "sections": self.sections,
            "parts": [(name, _text(content)) for name, content in self.parts],
            "notes": list(dict.fromkeys(self.notes)),
            "unread": list(dict.fromkeys(self.unread)),
            "ocr_pictures": [(label, _text(picture)) for label, picture in self.ocr_pictures],
        }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def confine(limits: Limits) -> None:
    """Take the limits on, for good."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output_bytes, limits.output_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def refuse(event: str, _: object) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(f"a reader must not: {event}")

    sys.addaudithook(refuse)


def read(kind: str, content: bytes, *, for_ocr: bool) -> Found:
    """Read a document here, in this process.

    Raises:
        DocumentError: it cannot be read.
    """
    reader = importlib.import_module(f"qaif.evidence.reading.{READERS[kind]}")
    found: Found = reader.read(content, for_ocr=for_ocr)
    return found


def answer(kind: str, content: bytes, *, for_ocr: bool) -> dict[str, Any]:
    """What is said of a document: what was found, or why it cannot be read."""
    way_out = "Print it anew to a plain PDF, or save its text or a picture of it, in a safe place."
    try:
        return read(kind, content, for_ocr=for_ocr).said()
    except DocumentError as error:
        return {"error": error.message, "way_out": error.way_out}
    except RecursionError:
        return {"error": f"The {kind} is nested without end.", "way_out": way_out}
    except MemoryError:
        return {"error": f"Reading this {kind} takes more memory than it may.", "way_out": way_out}
    except Exception as error:  # noqa: BLE001  whatever a library raises on hostile bytes is the document's fault
        return {"error": f"The {kind} is damaged: {type(error).__name__}.", "way_out": way_out}


def main(arguments: list[str]) -> None:
    """Read what standard input gives."""
    kind, ocr = arguments[:2]
    importlib.import_module(f"qaif.evidence.reading.{READERS[kind]}").prepare()
    confine(Limits(*map(int, arguments[2:])))
    said = answer(kind, sys.stdin.buffer.read(), for_ocr=bool(ocr))
    sys.stdout.write(json.dumps(said, ensure_ascii=True))


if __name__ == "__main__":
    main(sys.argv[1:])
