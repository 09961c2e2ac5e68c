# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Bank accounts: IBANs by length and checksum (ISO 13616), other numbers by the words before them."""

import re
from collections.abc import Iterator

from qaif.evidence.extraction.reading import Found, Reading
from qaif.evidence.folding import fold_pattern

ID, VERSION = "banking", "1"

_LENGTHS = """
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24
FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21
LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22
RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 IR26
"""
_LENGTH = {item[:2]: int(item[2:]) for item in _LENGTHS.split()}
_IBAN = re.compile(fold_pattern(r"(?<![a-z0-9])[a-z]{2}\d\d(?:[ -]?[a-z0-9]){11,30}"))
_CUES = (
    r"(?:حساب\w{0,3}|accounts?) [^\n.\d]{0,40}?(?:رقم|number|no\.)|account(?: number| no\.?| #)|a/c(?: no\.?)?|حساب(?:ه|ها|هم)? ?(?:رقم|برقم)|رقم (?:ال)?حساب(?:ه|ها)?|حساب بنكي رقم"
    r"|מספר (?:ה)?חשבון|חשבון (?:בנק )?(?:מספר|מס'?)|номер счета|счет(?:а|у|е)? ?(?:№|номер|n)|р/с"
    r"|hesap (?:no|numarasi)|شماره حساب|حساب شماره|numero de compte|comptes? n[o°]?"
)
_NUMBER = re.compile(
    fold_pattern(rf"(?:{_CUES})\s?[.:#]?\s{{0,2}}(?P<number>\d(?:[ /-]?\d){{4,29}})(?![\d-])")
)
_ACCOUNT = r"(?<!\w)(?:(?:bank )?accounts?|a/c|[وبل]?(?:ال)?حساب\w{0,3}|ו?ב?ל?ה?חשבונ\w{0,3}|счет\w{0,3}|comptes?|hesa[bp]\w{0,10})(?!\w)"
_NUMBERED = r"(?<!\w)(?:no|number|numbered|n°|numero|رقم|برقم|رقمه|رقمها|(?:به )?شماره|ו?ש?ה?מספר\w?|מס'|номер\w{0,2}|numarasi)(?!\w)"
_GROUPED = r"(?<![\d+/.-])(?P<number>\d(?:[ /-]?\d){5,29})(?![\d-])"
_APART = tuple(
    re.compile(fold_pattern(pattern))
    for pattern in (
        rf"{_ACCOUNT}[^\n\d;:]{{0,60}}?{_NUMBERED}[\s.:#(]{{0,3}}{_GROUPED}",
        rf"{_ACCOUNT}[\s:#(]{{1,3}}(?=\d+-\d+-\d|\d{{8}}){_GROUPED}",
        rf"{_ACCOUNT}[^\n\d;:.]{{0,40}}(?=\d+-\d+-\d){_GROUPED}",
        rf"{_GROUPED} (?:numarali|nolu|no'lu|sayili)(?= [^\n]{{0,30}}hesa[bp])",
    )
)
"""An account, something of it such as its bank, and its number."""


def holds(iban: str) -> bool:
    """Whether an IBAN has its country's length and its checksum."""
    if _LENGTH.get(iban[:2]) != len(iban):
        return False
    digits = "".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])
    return int(digits) % 97 == 1


def find(reading: Reading) -> Iterator[Found]:
    """IBANs, near misses of IBANs, and account numbers."""
    for match in _IBAN.finditer(reading.text):
        yield from _iban(match)
    for match in _NUMBER.finditer(reading.text):
        yield Found("account-number", match["number"], *match.span("number"), ("by the words before it",))
    for pattern in _APART:
        for match in pattern.finditer(reading.text):
            yield Found("account-number", match["number"], *match.span("number"), ("by the words beside it",))


def _iban(match: re.Match[str]) -> Iterator[Found]:
    """Take as many letters as the country has, over blanks; a word may follow."""
    wanted = _LENGTH.get(match[0][:2].upper())
    if not wanted:
        return
    at, taken = match.start(), ""
    while len(taken) < wanted and at < match.end():
        letter = match.string[at]
        taken += letter if letter.isalnum() else ""
        at += 1
    followed = match.string[at : at + 1]
    if len(taken) < wanted or (followed.isalnum() and followed.isascii()):
        return
    if holds(taken.upper()):
        yield Found("iban", taken.upper(), match.start(), at)
    elif sum(letter.isdigit() for letter in taken) > len(taken) // 2:
        yield Found(
            "near-miss", taken.upper(), match.start(), at, ("it has an IBAN's form and its checksum fails",)
        )
