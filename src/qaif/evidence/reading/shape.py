"""What every reader gives back: the text that spans count in, its passages, and the documents inside.

Text, HTML, CSV and chat exports are read as they stand: a span counts characters of the decoded bytes. Of a
PDF, a picture, an e-mail or an office document a text is derived, in which spans count. It is a function of
the bytes, the reader's version and its library's, which `Reading.reader` names; it is kept beside them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from qaif.evidence.decoding import Basis
from qaif.evidence.mention import Where
from qaif.evidence.passages import Passage

Kind = Literal[
    "text",
    "html",
    "csv",
    "json",
    "telegram",
    "whatsapp",
    "email",
    "mbox",
    "pdf",
    "image",
    "docx",
    "zip",
    "other",
]
BETWEEN = "\n\n"  # what stands between two sections of a derived text


@dataclass(frozen=True)
class Options:
    """What the user says of how a document is to be read.

    Args:
        encoding: what its bytes are written in; found out where None.
        encoding_basis: who says so.
        delimiter: what parts the cells of a CSV; found out where None.
        ocr: languages in which pictures are read by Tesseract, such as `ara+eng`; not at all where empty.
    """

    encoding: str | None = None
    encoding_basis: Basis = "named by the user"
    delimiter: str | None = None
    ocr: str = ""


class Section(NamedTuple):
    """One stretch of a derived text.

    Args:
        where: which part of the document.
        label: which one, such as `page 3`.
        text: what was read.
        is_html: the text is markup.
    """

    where: Where
    label: str
    text: str
    is_html: bool = False


class Part(NamedTuple):
    """A document inside of a document.

    Args:
        name: as the outer one calls it.
        content: its bytes.
    """

    name: str
    content: bytes


def no_parts() -> Iterator[Part]:
    """The documents inside of one that can hold none."""
    return iter(())


@dataclass(frozen=True)
class Reading:
    """A document, read.

    Args:
        kind: what it is.
        media_type: the same as the internet calls it.
        reader: what read it, with version, and its library's where one had a hand in it.
        text: what its spans count in.
        encoding: how its bytes were read as text; empty where the text is derived.
        encoding_basis: how that was known.
        split: makes its passages, one at a time.
        notes: what else there is to say of how it was read, in words.
        unread: what of it was not read, in words; empty where everything was.
        parts: makes the documents inside, one at a time; may raise DocumentError on the way.
    """

    kind: Kind
    media_type: str
    reader: str
    text: str
    encoding: str
    encoding_basis: str
    split: Callable[[], Iterator[Passage]]
    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    parts: Callable[[], Iterator[Part]] = no_parts

    @property
    def is_derived(self) -> bool:
        """Whether the text is not the bytes' own."""
        return not self.encoding


def derived(sections: Sequence[Section]) -> tuple[str, Callable[[], Iterator[Passage]]]:
    """The text of sections, and what makes their passages."""
    text = BETWEEN.join(section.text for section in sections)
    return text, lambda: _passages(sections)


def _passages(sections: Sequence[Section]) -> Iterator[Passage]:
    from qaif.evidence.passages import html_passages, stretch

    at = 0
    for section in sections:
        end = at + len(section.text)
        if section.is_html:
            for passage in html_passages(section.text):
                passage.label = passage.label or section.label
                yield passage.moved(at)
        else:
            yield from stretch(section.text, at, section.where, section.label)
        at = end + len(BETWEEN)
