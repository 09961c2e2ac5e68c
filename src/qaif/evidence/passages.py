"""The stretches of a document that are read as one, each character tied to its place in the source.

A text file is one passage. Of an HTML page the text that a reader sees is one passage, in which inline markup
leaves no gap and block markup leaves a line break; what the markup hides, scripts and styles, comments, and
each attribute's value are passages of their own, told apart by `where`.

The tokenizer is a small one of our own: the standard library's gives no exact offsets for character
references, and was quadratic on hostile input in some versions. This one looks at each character a bounded
number of times.
"""

import html
import re
from array import array
from collections.abc import Iterator, MutableSequence
from dataclasses import dataclass, field

from qaif.evidence.mention import Where

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


@dataclass
class Passage:
    """One stretch of text.

    Args:
        where: which part of the document.
        label: the attribute's name, or nothing.
        text: what is read.
        starts: for each character, where it begins in the source.
        ends: for each character, where it ends in the source; a character reference is longer than one.
    """

    where: Where
    label: str = ""
    text: str = ""
    starts: MutableSequence[int] = field(default_factory=lambda: array("i"))
    ends: MutableSequence[int] = field(default_factory=lambda: array("i"))


class _Building:
    """A passage under way."""

    def __init__(self, where: Where, label: str = "") -> None:
        self._passage = Passage(where, label)
        self._pieces: list[str] = []

    def copy(self, source: str, start: int, end: int) -> None:
        """Take a piece of the source as it stands."""
        self._pieces.append(source[start:end])
        self._passage.starts.extend(range(start, end))
        self._passage.ends.extend(range(start + 1, end + 1))

    def say(self, text: str, start: int, end: int) -> None:
        """Take `text` for what stands in a piece of the source."""
        self._pieces.append(text)
        self._passage.starts.extend([start] * len(text))
        self._passage.ends.extend([end] * len(text))

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
        return self._passage


def plain_passages(source: str) -> Iterator[Passage]:
    """The one passage of a text file."""
    whole = _Building("text")
    whole.copy(source, 0, len(source))
    yield whole.done()


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
        self.seen = _Building("text")
        self.hidden = _Building("hidden")
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
    def _now(self) -> _Building:
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
            piece = _Building(where, label)
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
