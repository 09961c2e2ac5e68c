"""What extraction proposes. Nothing here is a claim: a person accepts, edits or rejects it.

Offsets count characters (code points) of the document as decoded, as in `mention.py`: `text[start:end]`
is what stands there. `quoted`, `before` and `after` are fit to be shown; `value` is what a program
compares, and may hold what must be made fit before it is printed.
"""

from dataclasses import dataclass
from typing import Literal

from qaif.evidence.mention import Findings
from qaif.evidence.names import How

Kind = Literal[
    "bitcoin-address",
    "crypto-address",
    "near-miss",
    "txid",
    "block-hash",
    "iban",
    "account-number",
    "phone",
    "email",
    "url",
    "site",
    "handle",
    "amount",
    "date",
    "duration",
    "name",
    "unnamed",
    "announced-address",
]
"""What an indicator is; `unnamed` is somebody the text speaks of without a name, `announced-address` a street
address that the text says was found and does not print."""

Status = Literal["alleged", "reported", "unclear"]
"""How the text says it: as somebody's allegation, as a fact, or so that it is unclear what is meant."""

Schema = Literal[
    "Organization",
    "Company",
    "Person",
    "PublicBody",
    "Country",
    "LegalEntity",
    "CryptoWallet",
    "BankAccount",
    "Website",
]
"""FollowTheMoney's names; `Country` and `Website` are ours."""


@dataclass(frozen=True)
class Span:
    """A stretch of the document.

    Args:
        start: first character.
        end: one past the last.
        quoted: what stands there, as shown.
    """

    start: int
    end: int
    quoted: str


@dataclass(frozen=True)
class Candidate:
    """An entity that a name may be; never a decision.

    Args:
        entity_id: the entity.
        name: its spelling that was like the name.
        score: how alike, 0 to 100.
        how: what made them alike.
        weak: the spelling is one that much else has.
    """

    entity_id: str
    name: str
    score: int
    how: How
    weak: bool


@dataclass(frozen=True)
class Indicator:
    """One thing found at one place.

    Args:
        kind: what it is.
        value: what it says, in one form: digits plain, dates as ISO, links whole.
        start: first character in the document.
        end: one past the last.
        quoted: what stands there, as shown.
        before: what stands before it, as shown.
        after: what stands after it, as shown.
        language: of the line it stands in, as ISO 639; empty where unknown.
        extractor: which module found it, and for a plug its name.
        version: that module's version.
        schema: for names, what sort of entity.
        notes: what was assumed or repaired, in words.
        candidates: for names, entities of the gazetteer, the likest first.
    """

    kind: Kind
    value: str
    start: int
    end: int
    quoted: str
    before: str
    after: str
    language: str
    extractor: str
    version: str
    schema: Schema | None = None
    notes: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class End:
    """One end of a relation.

    Args:
        name: what stands there, whitespace made one blank.
        start: first character in the document.
        end: one past the last.
        schema: what sort of entity.
        stands_for: the name before it that "the company" or "it" is taken for; empty where it says so itself.
    """

    name: str
    start: int
    end: int
    schema: Schema
    stands_for: str = ""


@dataclass(frozen=True)
class Source:
    """Who is said to say something.

    Args:
        name: what stands there.
        start: first character in the document.
        end: one past the last.
        cue: the words that say so.
    """

    name: str
    start: int
    end: int
    cue: Span


@dataclass(frozen=True)
class Proposal:
    """One relation that the text may state.

    Args:
        predicate: FollowTheMoney's edge, or `alias`.
        role: which of the edge's meanings, as in "designated by"; subject and object read in this order.
        subject: who or what.
        object: to whom or what.
        cue: the words that it rests on.
        status: how the text says it.
        attribution: who is said to say it, in the same sentence.
        chain: by whom the document knows what those say, as told elsewhere in it, as names.
        language: of the line, as ISO 639.
        extractor: which module proposed it, and for a plug its name.
        version: that module's version.
        notes: what was assumed, in words.
    """

    predicate: str
    role: str
    subject: End
    object: End
    cue: Span
    status: Status
    attribution: tuple[Source, ...]
    chain: tuple[str, ...]
    language: str
    extractor: str
    version: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extraction:
    """All that was proposed from one document, in its order.

    Args:
        indicators: what stands at one place.
        relations: what connects two ends.
        sources: who is said to say what the document tells.
        findings: Bitcoin addresses, near misses and private keys' places, as the finder gave them.
        limits: what was not searched to the end, in words.
    """

    indicators: tuple[Indicator, ...]
    relations: tuple[Proposal, ...]
    sources: tuple[Source, ...]
    findings: Findings
    limits: tuple[str, ...]
