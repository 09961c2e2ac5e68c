# ruff: noqa: E501  words of many scripts, a table's line a word or a cue
"""Transaction ids, block hashes and other chains' addresses; Bitcoin's own come from the finder.

A run of 64 hexadecimal digits is a transaction id only where nothing near it speaks of a block, of a file's digest
or of a key; near a key's words it is refused altogether and appears in no output.
"""

import re
from collections.abc import Iterator

from qaif.evidence.extraction.coins import base58_coin, ethereum_form, is_monero, is_solana
from qaif.evidence.extraction.reading import Found, Reading
from qaif.evidence.extraction.shape import Kind
from qaif.evidence.folding import fold_pattern
from qaif.evidence.mention import Findings, NearMiss

ID, VERSION = "wallets", "1"

_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_ETHEREUM = re.compile(r"(?<![0-9A-Za-z])0x[0-9a-fA-F]{40}(?![0-9A-Za-z])")
_BASE58 = re.compile(r"(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{25,35}(?![0-9A-Za-z])")
_MONERO = re.compile(
    r"(?<![0-9A-Za-z])[48][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?(?![0-9A-Za-z])"
)
_SOLANA = re.compile(r"(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{43,44}(?![0-9A-Za-z])")
_BLOCK = re.compile(fold_pattern(r"block|بلوك|كتلة|בלוק|блок|blok|bloc\b"))
_DIGEST = re.compile(fold_pattern(r"sha-?256|checksum|digest|md5|بصمة|хеш файла"))
_KEY = re.compile(
    fold_pattern(r"private key|secret key|\bseed\b|\bkey\b|مفتاح|מפתח|ключ|كليد|cle privee|anahtar")
)
_SOLANA_WORD = re.compile(fold_pattern(r"\bsol\b|solana|سولانا|солана"))
_ZEROS = "00000000"


def find(reading: Reading) -> Iterator[Found]:
    """Transaction ids, block hashes, other chains' addresses."""
    yield from _hashes(reading)
    cased = reading.cased
    for match in _ETHEREUM.finditer(cased):
        form = ethereum_form(match[0])
        carries = match[0][2:] not in (match[0][2:].lower(), match[0][2:].upper())
        if form:
            note = (
                "Ethereum's form, its checksum holds"
                if carries
                else "Ethereum's form, written without a checksum"
            )
            yield Found("crypto-address", form, *match.span(), (f"ETH: {note}",))
        else:
            yield Found("near-miss", match[0], *match.span(), ("ETH: its capitals contradict its checksum",))
    for match in _BASE58.finditer(cased):
        if coin := base58_coin(match[0]):
            yield Found("crypto-address", match[0], *match.span(), (f"{coin}: its checksum holds",))
    for match in _MONERO.finditer(cased):
        if is_monero(match[0]):
            yield Found("crypto-address", match[0], *match.span(), ("XMR: its checksum holds",))
    for match in _SOLANA.finditer(cased):
        near = reading.before(match.start(), 80) + reading.after(match.end())
        if _SOLANA_WORD.search(near) and is_solana(match[0]):
            note = "SOL: 32 bytes, as the words near it say; the format has no checksum"
            yield Found("crypto-address", match[0], *match.span(), (note,))


def _hashes(reading: Reading) -> Iterator[Found]:
    for match in _HEX.finditer(reading.text):
        before = reading.before(match.start(), 40)
        if _KEY.search(before):
            continue
        near = before + reading.after(match.end(), 40)
        if match[0].startswith(_ZEROS) or _BLOCK.search(near):
            yield Found("block-hash", match[0], *match.span(), ("the text or its zeros speak of a block",))
        elif not _DIGEST.search(near):
            yield Found("txid", match[0], *match.span())


FromFinder = tuple[Kind, str, int, int, tuple[str, ...]]
"""Kind, value, span in the document, notes."""


def from_finder(findings: Findings) -> Iterator[FromFinder]:
    """What the finder found."""
    for mention in findings.mentions:
        yield "bitcoin-address", mention.address, mention.start, mention.end, mention.steps
    for miss in findings.near_misses:
        kind: Kind = "crypto-address" if miss.kind == "other-coin" else "near-miss"
        yield kind, miss.text, miss.start, miss.end, (miss.reason, *_close(miss), *miss.steps)


def _close(miss: NearMiss) -> tuple[str, ...]:
    alike = zip(miss.close_to, miss.resemblance, strict=True)
    return tuple(f"{how}: {address}, which is not thereby meant" for address, how in alike)
