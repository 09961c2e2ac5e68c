"""What the finder says of a document: where an address stands in it, and what only looks like one.

Offsets count characters (code points) of the document as decoded, markup included, so that anybody can check
a quotation: decode the kept bytes with the stated encoding and cut out `start:end`. Every text here is fit to
be shown: private keys are blanked, links are defanged, characters that cannot be seen are written as code
points.
"""

from dataclasses import dataclass
from typing import Literal

Where = Literal["text", "attribute", "hidden", "script", "comment", "metadata", "code", "ocr"]
"""Where in the document: text that a reader sees, the value of a tag's attribute, text that the markup hides,
a script or style, a comment; what is said about the text (headers, properties), a QR code, a picture's text
as OCR read it."""

MissKind = Literal["checksum", "other-coin", "other-network", "misread", "glued", "shortened"]
"""Why something that looks like an address is not taken for one: its checksum fails; it is valid for another
coin; for another network; it has characters that no address has; it holds a valid address inside a longer run
of letters; its middle is left out."""


@dataclass(frozen=True)
class Mention:
    """One place where a document has a valid address.

    Args:
        address: the address, as Bitcoin Core writes it.
        start: first character in the decoded document.
        end: one past the last.
        quoted: what stands there, character for character, as shown.
        before: what stands before it, as shown.
        after: what stands after it, as shown.
        where: which part of the document.
        uri: it is the address of a `bitcoin:` payment link.
        steps: each cleaning step without which the checksum would not have held; empty where it stands clean.
    """

    address: str
    start: int
    end: int
    quoted: str
    before: str
    after: str
    where: Where
    uri: bool
    steps: tuple[str, ...]


@dataclass(frozen=True)
class NearMiss:
    """One place where a document has what looks like an address and is not.

    Args:
        text: what was read there, cleaned; never corrected.
        start: first character in the decoded document.
        end: one past the last.
        quoted: what stands there, character for character, as shown.
        where: which part of the document.
        kind: why it is not an address.
        reason: the same in a sentence.
        steps: the cleaning steps that were tried.
        close_to: addresses of the document or the workspace that it resembles; not a correction.
        resemblance: for each of those, how far, in words.
    """

    text: str
    start: int
    end: int
    quoted: str
    where: Where
    kind: MissKind
    reason: str
    steps: tuple[str, ...]
    close_to: tuple[str, ...] = ()
    resemblance: tuple[str, ...] = ()


@dataclass(frozen=True)
class Redaction:
    """One place where a document has a private key; the key itself is in no output.

    Args:
        start: first character in the decoded document.
        end: one past the last.
        kind: what sort of key.
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Findings:
    """All that was found in one document, in the order of the document.

    Args:
        mentions: valid addresses.
        near_misses: what looks like one.
        redactions: private keys.
        links: links of the document, defanged.
        limits: what was not searched to the end, in words; empty where everything was.
    """

    mentions: tuple[Mention, ...]
    near_misses: tuple[NearMiss, ...]
    redactions: tuple[Redaction, ...]
    links: tuple[str, ...]
    limits: tuple[str, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Each address once, in the order of the document."""
        return tuple(dict.fromkeys(mention.address for mention in self.mentions))
