"""The stretches of a document that are read as one, each character tied to its place in the source.

A text file is one passage, or several where it is long. Of an HTML page the text that a reader sees is one
passage, in which inline markup leaves no gap and block markup leaves a line break; what the markup hides,
scripts and styles, comments, and each attribute's value are passages of their own, told apart by `where`.

The tokenizer is a small one of our own: the standard library's gives no exact offsets for character
references, and was quadratic on hostile input in some versions. This one looks at each character a bounded
number of times.
"""

import html
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from qaif.evidence.mention import Where

LONGEST_STRETCH = 1 << 20
SHORTEST_VALUE = 14  # the shortest Bitcoin address there is has 14 characters
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|s|samp|small|span"
    "|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
_RAW = re.compile("script|style|iframe|noembed|noframes|xmp")
_HIDING = re.compile("template|noscript")
_TAG_NAME = re.compile(r"</?([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?:([^\s/>][^\s/>=]*+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|(?=>)))?+)?+"""
)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}+;?|#[xX][0-9a-fA-F]{1,6}+;?|[A-Za-z][A-Za-z0-9]{1,31}+;?)")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(frozen=True)
class Message:
    """What a chat export says of one message; empty where it says nothing.

    Args:
        channel: the chat.
        author: who wrote it, as the export names them.
        time: as the export writes it; of a Telegram export ISO 8601 in the exporter's own time.
        number: by which the export calls it.
        forwarded_from: whose message it was.
        reply_to: the number of the message that it answers.
        edited: when it was last changed.
        unix: seconds since 1970, where the export has them; the only time that is in UTC.
    """

    channel: str = ""
    author: str = ""
    time: str = ""
    number: str = ""
    forwarded_from: str = ""
    reply_to: str = ""
    edited: str = ""
    unix: str = ""


class Cell(NamedTuple):
    """A cell of a table's row: its column's name, and where it stands in the passage's text."""

    column: str
    start: int
    end: int


@dataclass
class Passage:
    """One stretch of text.

    Args:
        where: which part of the document.
        label: the attribute's name, the page, the row; or nothing.
        text: what is read.
        starts: for each character, where it begins in the source.
        ends: for each character, where it ends in the source; a character reference is longer than one.
        message: of a chat export, the message that it is.
        cells: of a table, the row's cells.
    """

    where: Where
    label: str = ""
    text: str = ""
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    message: Message | None = None
    cells: tuple[Cell, ...] = ()

    def moved(self, by: int) -> "Passage":
        """The same, of a source that stands so many characters further on in another."""
        starts, ends = (array("i", [at + by for at in places]) for places in (self.starts, self.ends))
        return replace(self, starts=starts, ends=ends)


class Building:
    """A passage under way."""

    def __init__(self, where: Where, label: str = "", message: Message | None = None) -> None:
        self._passage = Passage(where, label, message=message)
        self._pieces: list[str] = []
        self._starts, self._ends = array("i"), array("i")

    def __len__(self) -> int:
        return len(self._starts)

    def copy(self, source: str, start: int, end: int) -> None:
        """Take a piece of the source as it stands."""
        self._pieces.append(source[start:end])
        self._starts.extend(range(start, end))
        self._ends.extend(range(start + 1, end + 1))

    def say(self, text: str, start: int, end: int) -> None:
        """Take `text` for what stands in a piece of the source."""
        self._pieces.append(text)
        self._starts.extend([start] * len(text))
        self._ends.extend([end] * len(text))

    def decode(self, source: str, start: int, end: int, *, strict: bool) -> None:
        """Take a piece of the source with its character references read.

        Args:
            source: the document.
            start: where the piece begins.
            end: where it ends.
            strict: only references that end in a semicolon, as in attributes.
        """
        for match in _REFERENCE.finditer(source, start, end):
            read = html.unescape(match[0])
            if read == match[0] or (strict and not match[0].endswith(";")):
                continue
            self.copy(source, start, match.start())
            self.say(read, match.start(), match.end())
            start = match.end()
        self.copy(source, start, end)

    def done(self) -> Passage:
        """The passage."""
        self._passage.text = "".join(self._pieces)
        self._passage.starts, self._passage.ends = self._starts, self._ends
        return self._passage


def plain_passages(source: str) -> Iterator[Passage]:
    """The one passage of a text file, or several where it is long."""
    return stretch(source, 0, "text", "")


def stretch(text: str, at: int, where: Where, label: str) -> Iterator[Passage]:
    """Passages of text that stands in a source character for character.

    A long one is parted: at the last empty line, else the last line break, else the last blank before a
    million characters are full; what stands in one piece without any is parted there.

    Args:
        text: the stretch.
        at: where it begins in the source.
        where: which part of the document.
        label: which one.
    """
    start = 0
    while start < len(text) or not start:
        end = _part(text, start)
        starts, ends = range(at + start, at + end), range(at + start + 1, at + end + 1)
        yield Passage(where, label, text[start:end], starts, ends)
        start = end
        if not text:
            return


def _part(text: str, start: int) -> int:
    """Where a passage that begins at `start` ends."""
    full = start + LONGEST_STRETCH
    if full >= len(text):
        return len(text)
    for mark in ("\n\n", "\r\n\r\n", "\n", " "):
        found = text.rfind(mark, start + 1, full)
        if found > 0:
            return found + len(mark)
    return full


def html_passages(source: str) -> Iterator[Passage]:
    """The passages of an HTML page, the seen text first."""
    reader = _HtmlReader(source)
    reader.read()
    yield reader.seen.done()
    yield reader.hidden.done()
    yield from reader.others


class _HtmlReader:
    """Goes once through a page and sorts its characters into passages."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.seen = Building("text")
        self.hidden = Building("hidden")
        self.others: list[Passage] = []
        self._hiding = ""  # the name of the element that hides what it holds
        self._depth = 0

    def read(self) -> None:
        """Read the page."""
        source, at = self._source, 0
        while (angle := source.find("<", at)) >= 0:
            self._text(at, angle)
            at = self._markup(angle)
        self._text(at, len(source))

    def _text(self, start: int, end: int) -> None:
        self._now.decode(self._source, start, end, strict=False)

    @property
    def _now(self) -> Building:
        return self.hidden if self._hiding else self.seen

    def _markup(self, angle: int) -> int:
        """Read what begins with an angle bracket; return where it ends."""
        if self._source.startswith("<!--", angle):
            return self._comment(angle + 4, "-->")
        if self._source.startswith(("<!", "<?"), angle):
            return self._comment(angle + 2, ">")
        if name := _TAG_NAME.match(self._source, angle):
            return self._tag(angle, name)
        self._now.copy(self._source, angle, angle + 1)
        return angle + 1

    def _comment(self, start: int, closing: str) -> int:
        end = self._source.find(closing, start)
        end = len(self._source) if end < 0 else end
        self._aside("comment", "", start, end)
        return min(end + len(closing), len(self._source))

    def _aside(self, where: Where, label: str, start: int, end: int) -> None:
        if end - start >= SHORTEST_VALUE:
            piece = Building(where, label)
            if where == "attribute":
                piece.decode(self._source, start, end, strict=True)
            else:
                piece.copy(self._source, start, end)
            self.others.append(piece.done())

    def _tag(self, angle: int, name_match: re.Match[str]) -> int:
        name, closing = name_match[1].lower(), self._source[angle + 1] == "/"
        if not _INLINE.fullmatch(name):
            self._now.say("\n", angle, angle)
        attributes, end = self._attributes(name_match.end())
        if end < 0:  # the tag never ends: no browser shows the rest
            self.hidden.decode(self._source, angle, len(self._source), strict=False)
            return len(self._source)
        for label, start, stop in attributes:
            self._aside("attribute", label, start, stop)
        if not closing and _RAW.fullmatch(name):
            return self._raw(name, end)
        self._hide(name, closing=closing, hides=self._hides(name, attributes))
        return end

    def _attributes(self, at: int) -> tuple[list[tuple[str, int, int]], int]:
        """Read attributes: name, and where the value stands; and where the tag ends, -1 if it does not."""
        found: list[tuple[str, int, int]] = []
        while match := _ATTRIBUTE.match(self._source, at):
            if match.end() == at:
                break
            at = match.end()
            if match[1]:
                start, stop = match.span(2)
                quoted = start >= 0 and self._source[start : start + 1] in ("'", '"') and stop > start
                found.append((match[1].lower(), start + quoted, stop - quoted))
        return found, at + 1 if self._source.startswith(">", at) else -1

    def _raw(self, name: str, start: int) -> int:
        """An element whose content is not markup."""
        closing = re.compile(f"</{name}", re.IGNORECASE).search(self._source, start)
        end = closing.start() if closing else len(self._source)
        self._aside("script", name, start, end)
        return end

    def _hides(self, name: str, attributes: list[tuple[str, int, int]]) -> bool:
        return bool(_HIDING.fullmatch(name)) or any(
            label == "hidden" or (label == "style" and _HIDDEN_STYLE.search(self._source, start, stop))
            for label, start, stop in attributes
        )

    def _hide(self, name: str, *, closing: bool, hides: bool) -> None:
        """Keep count of the element that hides, until it ends."""
        if self._hiding:
            if name == self._hiding:
                self._depth += -1 if closing else 1
            if not self._depth:
                self._hiding = ""
        elif hides and not closing and not _VOID.fullmatch(name):
            self._hiding, self._depth = name, 1
