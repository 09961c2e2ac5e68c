"""What did the addresses of this document do? From a document, or an address, to all that a case shows."""

from dataclasses import dataclass

from qaif.evidence.mention import Mention, NearMiss, Redaction


@dataclass(frozen=True)
class SourceDocument:
    """The document, as it was kept.

    Args:
        sha256_hex: of its bytes; the kept copy has this name.
        name: its file name, as shown.
        taken_from: where it was taken from, as shown.
        taken_at: when, ISO 8601 UTC.
        tool: what took it, with its version.
        media_type: `text/plain` or `text/html`.
        encoding: how its bytes were read as text.
        encoding_basis: how that was known.
        n_bytes: its length.
        n_characters: its length as text, markup included.
        links: its links, defanged.
        redactions: where private keys stand in it; the keys are in no output.
        limits: what was not searched to the end, in words.
    """

    sha256_hex: str
    name: str
    taken_from: str
    taken_at: str
    tool: str
    media_type: str
    encoding: str
    encoding_basis: str
    n_bytes: int
    n_characters: int
    links: tuple[str, ...]
    redactions: tuple[Redaction, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True)
class AddressTransaction:
    """One held transaction of an address: a row behind each figure of its review.

    Args:
        txid_hex: its id.
        block_hash_hex: its block.
        height: its block's height, None where it cannot be known.
        time: its block's time, ISO 8601 UTC.
        received_sat: what it pays to the address.
        sent_sat: what of the address it spends, as far as values are known.
        net_sat: received less sent; None where the value of an input is unknown.
        returned_sat: what it pays back to the address that it also spends from; 0 where it does not.
        inputs: how many of its inputs spend from the address.
        outputs: how many of its outputs pay the address.
        inputs_unknown_value: how many of those inputs spend an output that is not held, of unknown value.
        layer: `fact`, or `inference` where an input is known by its public key only.
        basis: the same in a sentence.
    """

    txid_hex: str
    block_hash_hex: str
    height: int | None
    time: str
    received_sat: int
    sent_sat: int
    net_sat: int | None
    returned_sat: int
    inputs: int
    outputs: int
    inputs_unknown_value: int
    layer: str
    basis: str


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
        transactions_left_out: how many more there are than are listed here.
    """

    address: str
    script_type: str
    script_hex: str
    mentions: tuple[Mention, ...]
    review: object | None  # a ReviewAnswer of questions/review.py
    review_missing: str
    transactions: tuple[AddressTransaction, ...]
    transactions_left_out: int


@dataclass(frozen=True)
class Investigation:
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
