# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Names that only their capitals or their quotation marks show, with no word that says what they are.

Two to four words in capitals within a sentence, or wherever they stand twice; in Russian also what stands in
quotation marks. Whether they are a person, a firm or a group is left open.
"""

import re
from collections import Counter
from collections.abc import Iterator

from qaif.evidence.extraction.calendars import GREGORIAN, HIJRI, SOLAR
from qaif.evidence.extraction.entities import HEADS, Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.folding import fold

_LATIN_WORD = (
    r"[A-ZÀ-ÞĀ-ŽİŞĞ][a-zà-ÿāăąćčďēęěğīıłńňōőœřśşšťūůźżž]{1,20}(?:['’-][A-ZÀ-ÞĀ-ŽİŞĞ]?[a-zà-ÿğışöüç]{2,20})?"
)
_LATIN = re.compile(rf"(?<![\w@./'’-]){_LATIN_WORD}(?: {_LATIN_WORD}){{1,3}}(?![\w@-])")
_CYRILLIC = re.compile(
    r"(?<![\w-])[А-ЯЁ][а-яё]{2,20}(?:-[А-ЯЁ][а-яё]{1,20})?(?: [А-ЯЁ][а-яё]{2,20}){1,2}(?![\w-])"
)
_FRENCH_OF = re.compile(
    rf"(?<![\w@./'’-])(?<![.] ){_LATIN_WORD} (?:de la |de l['’]|du |des |d['’]|de ){_LATIN_WORD}(?: {_LATIN_WORD})?(?![\w@-])"
)
_QUOTED = re.compile(r"[«„“\"](?P<name>[А-ЯЁ][^«»“”„\"\n]{2,40})[»”“\"]")
_WITHIN = re.compile(r"[\w,)»”\"'’] \Z")
_NEVER = frozenset(
    fold(
        "Attorney General Prime Minister President Chief Inspector Director Officer Unit Desk Team Court Registry Judge Mr Mrs Ms Monday Tuesday Wednesday Thursday Friday Saturday Sunday Bitcoin Telegram Twitter Facebook Instagram WhatsApp YouTube Internet Google Dear Hello Bonjour Chat Export From Subject Date Lundi Mardi Mercredi Jeudi Vendredi Samedi Dimanche Pazartesi Çarşamba Perşembe Cuma Cumartesi Pazar Sayın Konu Tarih Kimden Kime Здравствуйте Тема Дата Кому Уважаемые The A An In On At For And But Our We It This That These Those Il Elle Les Des Une Le La Nous Vous Bu Bir Ve Ama Я Мы Он Она Они Как По В На И Но"
    ).split()
) | {*GREGORIAN, *HIJRI, *SOLAR}
_HEAD_WORDS = frozenset(head for language in ("en", "fr", "tr", "ru") for head in HEADS[language])
_BANK = re.compile("банк|bank")


def find(reading: Reading) -> Iterator[Mentioned]:
    """Such names of a passage; they give way to names that are marked."""
    for pattern in (_LATIN, _FRENCH_OF, _CYRILLIC):
        found = [match.span() for match in pattern.finditer(reading.cased)]
        often = Counter(reading.text[lo:hi] for lo, hi in found)
        for lo, hi in found:
            words = reading.text[lo:hi].split()
            within = _WITHIN.search(reading.cased, max(0, lo - 2), lo)
            if (within or often[reading.text[lo:hi]] > 1) and not any(
                word in _NEVER or word in _HEAD_WORDS for word in words
            ):
                yield Mentioned(lo, hi, "LegalEntity", "", "name")
    for match in _QUOTED.finditer(reading.cased):
        lo, hi = match.span("name")
        bank = bool(_BANK.search(reading.text, lo, hi))
        yield Mentioned(lo, hi, "Company" if bank else "LegalEntity", "bank" if bank else "", "name")
