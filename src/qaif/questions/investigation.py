"""What an investigation asks and answers: the document, its addresses, and what each did."""

from dataclasses import dataclass

from qaif.evidence.mention import Mention, NearMiss, Redaction
from qaif.questions.activity_case import CaseActivity
from qaif.questions.address import Relative
from qaif.questions.address_rows import AddressTransaction
from qaif.questions.answer import Answer
from qaif.questions.dealt_with import DealtWith
from qaif.questions.review import ReviewAnswer
from qaif.questions.said_of import SaidOfIt


@dataclass(frozen=True)
class SourceDocument:
    """The document, as it was kept.

    Args:
        sha256_hex: of its bytes; the kept copy has this name.
        name: its file name, as shown.
        taken_from: where it was taken from, as shown.
        taken_at: when, ISO 8601 UTC.
        tool: what took it, with its version.
        kind: what it is, such as `text`, `pdf` or `telegram`.
        media_type: the same as the internet calls it, such as `text/plain`.
        reader: what read it, with version.
        text_sha256_hex: of the text that positions count in, as UTF-8; a derived text is kept under it.
        encoding: how its bytes were read as text; `derived` where the text is made from them.
        encoding_basis: how that was known.
        n_bytes: its length.
        n_characters: its length as text, markup included.
        links: its links, defanged.
        redactions: where private keys stand in it; the keys are in no output.
        limits: what was not read, or not searched to the end, in words.
        notes: what else there is to say of how it was read.
    """

    sha256_hex: str
    name: str
    taken_from: str
    taken_at: str
    tool: str
    kind: str
    media_type: str
    reader: str
    text_sha256_hex: str
    encoding: str
    encoding_basis: str
    n_bytes: int
    n_characters: int
    links: tuple[str, ...]
    redactions: tuple[Redaction, ...]
    limits: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundAddress:
    """One address of the document: where it stands, what it did.

    Args:
        address: as Bitcoin Core writes it.
        script_type: Bitcoin Core's name of its kind.
        script_hex: the script that it stands for.
        mentions: every place of the document where it stands; empty where the address itself was asked for.
        review: what it did; None where there is no chain to ask.
        review_missing: why there is no review; empty where there is one.
        transactions: every held transaction of it, in chain order.
        transactions_left_out: how many earlier ones there are than are listed here.
        same_key: other scripts that the same key can spend; their amounts are not in the review.
        dealt_with: other addresses of the document that stood on the other side of its transactions.
        claims: what sources say of it; none says nothing of it, which is not clear.
        claims_left_out: how much more is said than is given here.
        activity: whether its activity changed; None where it did too little to be looked at, or facts alone
            were asked for.
    """

    address: str
    script_type: str
    script_hex: str
    mentions: tuple[Mention, ...]
    review: ReviewAnswer | None
    review_missing: str
    transactions: tuple[AddressTransaction, ...]
    transactions_left_out: int
    same_key: tuple[Relative, ...]
    dealt_with: tuple[DealtWith, ...] = ()
    claims: tuple[SaidOfIt, ...] = ()
    claims_left_out: int = 0
    activity: CaseActivity | None = None


@dataclass(frozen=True, kw_only=True)
class Investigation(Answer):
    """The answer to `qaif investigate`: everything that a case page shows.

    Args:
        subject: the address, or the document's name.
        network: the chain's network, or the one assumed where there is no chain.
        simulated: the blocks come from a simulator; every page must say so.
        document: the document; None where an address was asked for.
        addresses: its addresses, in the order of the document.
        near_misses: what looks like an address and is not.
        tool: what made this, with its version.
    """

    subject: str
    network: str
    simulated: bool
    document: SourceDocument | None
    addresses: tuple[FoundAddress, ...]
    near_misses: tuple[NearMiss, ...]
    tool: str


@dataclass(frozen=True, kw_only=True)
class InvestigationRequest:
    """What to investigate, and how.

    Args:
        subject: the path of a document, or an address.
        as_of: a height, a block hash or a day; the chain's tip where None.
        encoding: what the document is written in; found out where None.
        inference: count inputs whose script only follows from what they show.
        kept: the SHA-256 of a kept document, which is then the subject.
        claims_row: the last row of the log of statements to look at; all where None.
    """

    subject: str
    as_of: str | None = None
    encoding: str | None = None
    inference: bool = True
    kept: str | None = None
    claims_row: int | None = None
