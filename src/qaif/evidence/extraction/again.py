# ruff: noqa: RUF001, RUF002, E501  words of many scripts, a table's line a word or a cue
"""Who is spoken of once more or without a name, in Latin letters: "the company", "une banque", "vakfın"."""

import re
from collections.abc import Iterator

from qaif.evidence.extraction.entities import HEADS, Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.extraction.shape import Schema
from qaif.evidence.folding import fold_pattern

_LOWER = "|".join(
    sorted(
        {re.escape(word) for language in ("en", "fr") for word in HEADS[language] if word.isalpha()},
        key=len,
        reverse=True,
    )
)
_AGAIN = re.compile(
    rf"(?<![^\W_])(?:the |this |that |its |la |le |l['’]|cette |cet |ce |ladite |ledit |said )(?P<head>(?i:{_LOWER}))(?![^\W_])(?! (?:of|de|du|des|d['’]|[A-ZÀ-ÞĀ-Ž]))"
)
_TURKISH_AGAIN = re.compile(
    fold_pattern(
        r"(?<![^\W_])(?P<head>dernek|dernegin|dernegi|vakif|vakfin|vakfi|orgut|orgutu|orgutun|hareket|hareketi)(?![^\W_])"
    )
)
_TURKISH_SORT = {"d": "charity", "v": "charity", "o": "movement", "h": "movement"}

_SPOKEN = re.compile(
    r"(?<![^\W_])(?P<which>the|this|that|its|an?|la|le|cette|ce|une?|bu|s[oö]z konusu)\s(?P<head>company|bank|charity|group|foundation|fund|exchange|firm|institute|organi[sz]ation|wallet|address|site|societe|banque|fondation|groupe|plateforme)(?![^\W_])"
    r"|(?<![^\W_])(?P<bare>sirketin|sirket|vakif|vakfin|bankanin|banka|cuzdan|cuzdana)(?![^\W_])"
)
_AGAIN_WORD = {
    "company": "company",
    "firm": "company",
    "societe": "company",
    "sirketin": "company",
    "sirket": "company",
    "bank": "bank",
    "banque": "bank",
    "bankanin": "bank",
    "banka": "bank",
    "charity": "charity",
    "fund": "charity",
    "foundation": "charity",
    "fondation": "charity",
    "vakif": "charity",
    "vakfin": "charity",
    "exchange": "exchange",
    "plateforme": "exchange",
    "wallet": "wallet",
    "address": "wallet",
    "cuzdan": "wallet",
    "cuzdana": "wallet",
    "site": "site",
    "institute": "institute",
    "group": "movement",
    "groupe": "movement",
    "organisation": "movement",
    "organization": "movement",
}
_SCHEMA_OF: dict[str, Schema] = {
    "company": "Company",
    "bank": "Company",
    "exchange": "Company",
    "wallet": "CryptoWallet",
    "site": "Website",
    "charity": "Organization",
    "institute": "Organization",
    "movement": "Organization",
}
_WALLET_WORDS = re.compile(
    fold_pattern(
        r"(?<![^\W_])(?:عنوان ال?محفظه|[وبل]?المحفظه|بالمحفظه|محفظه بيتكوين|הארנק|ארנק|כתובת הארנק|кошел[её]к\w{0,2}|كيف پول|le portefeuille)(?![^\W_])"
    )
)


def find(reading: Reading) -> Iterator[Mentioned]:
    """Such mentions of a passage, of whom the names are sought elsewhere."""
    yield from _by_head(reading)
    for match in _SPOKEN.finditer(reading.text):
        word = _AGAIN_WORD[match["head"] or match["bare"]]
        how = "unnamed" if match["which"] in ("a", "an", "une", "un") and word != "wallet" else "again"
        yield Mentioned(*match.span(), _SCHEMA_OF[word], word, how)
    for match in _WALLET_WORDS.finditer(reading.text):
        yield Mentioned(*match.span(), "CryptoWallet", "wallet", "again")


def _by_head(reading: Reading) -> Iterator[Mentioned]:
    for match in _AGAIN.finditer(reading.cased):
        lo, hi = match.span()
        word = reading.text[match.start("head") : match.end("head")]
        kind, schema = HEADS["en"].get(word) or HEADS["fr"][word]
        if schema not in ("PublicBody", "Country") and kind != "newspaper":
            yield Mentioned(lo, hi, schema, kind, "again")
    for match in _TURKISH_AGAIN.finditer(reading.text):
        yield Mentioned(*match.span(), "Organization", _TURKISH_SORT[match["head"][0]], "again")
