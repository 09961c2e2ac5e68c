"""E-mail: one message, or a mailbox of many. Headers, texts and, as documents of their own, what is attached.

The standard library parses the structure; headers are decoded here, each alone, because its parser of header
values knows too many ways to fail on hostile ones. What nests without end is refused before it is parsed.
"""

import email.header
import re
from collections.abc import Callable, Iterator
from email.errors import MessageError
from email.message import Message as Mail
from email.parser import BytesParser
from email.policy import compat32

from qaif.errors import DocumentError
from qaif.evidence.decoding import codec_named
from qaif.evidence.reading.shape import Kind, Part, Reading, Section, derived

MOST_NESTED = 200
MOST_PARTS = 1_000
_SHOWN = ("date", "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "message-id", "in-reply-to")
_LONGEST_HEADER = 20_000
_NESTING = re.compile(rb"boundary\s*=|content-type\s*:\s*message/", re.IGNORECASE)
_FROM_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{1,500}\r?\n(?=[!-9;-~]{1,76}:)")
_HEADER = re.compile(
    rb"(?:return-path|received|delivered-to|message-id|mime-version|from|to|subject|date|dkim-signature"
    rb"|authentication-results|reply-to|content-type|x-[!-9;-~]{1,70}):[ \t]",
    re.IGNORECASE,
)
_TELLING = re.compile(rb"^(?:message-id|mime-version|received|from):", re.IGNORECASE | re.MULTILINE)
_FIRST = 16_384
_PLAIN = ("us-ascii", "ascii", "unknown-8bit", "utf-8")  # UTF-8 holds ASCII, and shows what is neither


def is_mail(content: bytes) -> bool:
    """Whether bytes begin as a message does: with headers, of which at least two only a message has."""
    head = re.split(rb"\r?\n\r?\n", content[:_FIRST], maxsplit=1)[0]
    return bool(_HEADER.match(content)) and len({m[0].lower() for m in _TELLING.finditer(head)}) > 1


def is_mailbox(content: bytes) -> bool:
    """Whether bytes begin as a mailbox does."""
    return bool(_FROM_LINE.match(content))


def read_mail(content: bytes) -> Reading:
    """Read one message.

    Raises:
        DocumentError: it nests too deeply, or is none.
    """
    reader = _MailReader("")
    reader.read(content)
    return _reading(reader, "email", lambda: iter(reader.parts))


def read_mailbox(content: bytes) -> Reading:
    """Read every message of a mailbox.

    Raises:
        DocumentError: one of them nests too deeply.
    """
    places = [match.span() for match in _FROM_LINE.finditer(content)]
    ends = [start for start, _ in places[1:]] + [len(content)]
    whole = _MailReader("")
    for number, ((_, start), end) in enumerate(zip(places, ends, strict=True), 1):
        one = _MailReader(f"message {number:,}", keeps_parts=False)
        one.read(content[start:end])
        whole.sections += one.sections
        whole.notes.update(one.notes)
        whole.unread.update(one.unread)

    def parts() -> Iterator[Part]:
        for number, ((_, start), end) in enumerate(zip(places, ends, strict=True), 1):
            one = _MailReader(f"message {number:,}")
            one.read(content[start:end])
            yield from one.parts

    return _reading(whole, "mbox", parts)


def _reading(reader: "_MailReader", kind: Kind, parts: Callable[[], Iterator[Part]]) -> Reading:
    text, split = derived(reader.sections)
    return Reading(
        kind=kind,
        media_type="application/mbox" if kind == "mbox" else "message/rfc822",
        reader=f"{kind} 1",
        text=text,
        encoding="",
        encoding_basis="",
        split=split,
        notes=tuple(reader.notes),
        unread=tuple(reader.unread),
        parts=parts,
    )


class _MailReader:
    """Reads one message into sections and parts.

    Args:
        label: which message of a mailbox; empty where it is alone.
        keeps_parts: take the bytes of what is attached.
    """

    def __init__(self, label: str, *, keeps_parts: bool = True) -> None:
        self._label, self._keeps_parts = label, keeps_parts
        self._seen = 0
        self.sections: list[Section] = []
        self.parts: list[Part] = []
        self.notes: dict[str, None] = {}
        self.unread: dict[str, None] = {}

    def read(self, content: bytes) -> None:
        """Read the message."""
        if len(_NESTING.findall(content)) > MOST_NESTED:
            raise DocumentError(
                f"The e-mail{self._of()} holds more than {MOST_NESTED} messages or groups of parts.",
                way_out="Save the messages inside it one by one.",
            )
        try:
            self._take(BytesParser(policy=compat32).parsebytes(content))
        except (RecursionError, MessageError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise DocumentError(
                f"The e-mail{self._of()} cannot be taken apart ({type(error).__name__}).",
                way_out="Save its text, and what is attached to it, as files.",
            ) from None

    def _take(self, mail: Mail) -> None:
        for part in mail.walk():
            self._seen += 1
            if self._seen > MOST_PARTS:
                self._left(f"has more than {MOST_PARTS:,} parts; later ones were not read")
                return
            if part is mail or part.get("date") or part.get("from"):
                self._headers(part)
            if not part.is_multipart():
                self._part(part)

    def _headers(self, mail: Mail) -> None:
        lines = []
        for name, value in mail.raw_items():
            if name.lower() in _SHOWN:
                lines.append(f"{name}: {self._decoded(str(value))}")
        if lines:
            self.sections.append(Section("metadata", self._named("headers"), "\n".join(lines)))

    def _decoded(self, value: str) -> str:
        """A header's value; what does not fit its own encoding is marked."""
        if len(value) > _LONGEST_HEADER:
            self._left(f"has a header of {len(value):,} characters; the first {_LONGEST_HEADER:,} were read")
            value = value[:_LONGEST_HEADER]
        value = re.sub(r"\r?\n[ \t]*", " ", value)
        value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        try:
            pieces = email.header.decode_header(value)
        except (ValueError, MessageError):
            return value
        return "".join(
            piece if isinstance(piece, str) else self._text(piece, charset) for piece, charset in pieces
        )

    def _part(self, part: Mail) -> None:
        attached = part.get_content_disposition() == "attachment" or part.get_filename() is not None
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and not attached:
            text = self._text(self._payload(part), part.get_content_charset())
            self.sections.append(Section("text", self._named("text"), text, kind == "text/html"))
            return
        name = self._decoded(str(part.get_filename() or f"part {self._seen}"))
        self.sections.append(Section("metadata", self._named("attached"), f"attached: {name}"))
        if self._keeps_parts:
            self.parts.append(Part(name, self._payload(part)))

    @staticmethod
    def _payload(part: Mail) -> bytes:
        payload = part.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b""

    def _text(self, content: bytes, charset: str | None) -> str:
        codec = codec_named("utf-8" if (charset or "us-ascii").lower() in _PLAIN else str(charset))
        if codec is None:
            self._note(f"names an encoding that is not known here, {str(charset)[:40]!r}; read as UTF-8")
            codec = "utf-8"
        try:
            return content.decode(codec)
        except UnicodeDecodeError:
            self._note(f"has bytes that are not the {codec} they should be; they are marked U+FFFD")
            return content.decode(codec, "replace")

    def _named(self, what: str) -> str:
        return f"{self._label}, {what}" if self._label else what

    def _of(self) -> str:
        return f", {self._label}," if self._label else ""

    def _note(self, what: str) -> None:
        self.notes[f"The e-mail{self._of()} {what}."] = None

    def _left(self, what: str) -> None:
        self.unread[f"The e-mail{self._of()} {what}."] = None
