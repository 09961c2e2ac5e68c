# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Persons by the office that stands beside their name: "X Y is the director of", "dirigée par X Y", "директор ... X Y".

A name alone marks nobody here: without a word for an office or an address of courtesy no person is proposed.
"""

import re
from collections.abc import Iterator

from qaif.evidence.extraction.entities import HEADS, Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.folding import fold, fold_pattern

ID, VERSION = "persons", "1"

_PART = r"[A-ZÀ-ÞĀ-ŽİŞĞ][\w'’-]{0,30}[^\W\d_]"
_LATIN = rf"(?P<name>{_PART}(?: (?:[A-Z]\.|al-|bin|ben|de|von|van)){{0,2}}(?: {_PART}){{1,2}})"
_CYRILLIC = r"(?P<name>[А-ЯЁ][а-яё]{1,30}(?:-[А-ЯЁ][а-яё]{1,30})?(?: [А-ЯЁ][а-яё]{1,30}){1,2}|[А-ЯЁ]\. ?(?:[А-ЯЁ]\. ?)?[А-ЯЁ][а-яё]{1,30})"
_OFFICE_EN = r"(?:director|chief executive(?: officer)?|CEO|CFO|chairman|chairwoman|president|owner|founder|head|manager|treasurer|trustee)"
_OFFICE_FR = (
    r"(?:directeur|directrice|gérante?|présidente?|PDG|fondateur|fondatrice|dirigeante?|trésori[eè]re?)"
)
_OFFICE_RU = r"(?:[Гг]ен(?:еральн\w{1,6} )?\.?\s?директор\w{0,6}|[Дд]иректор\w{0,6}|[Рр]уководител\w{1,6}|[Гг]лав[аыуе]|[Пп]редседател\w{1,6}|[Вв]ладел\w{1,6}|[Уу]чредител\w{1,6}|[Оо]сновател\w{1,6})"
_OFFICE_TR = r"(?:müdürü|başkanı|sahibi|yöneticisi|kurucusu|direktörü)"
_CASED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![^\W_]){_LATIN},? (?:who )?(?:(?:is|was|serves as|acted as) )?(?:the |a |its )?(?:former |founding )?{_OFFICE_EN} (?:of|at)(?![^\W_])",
        rf"(?<![^\W_]){_LATIN},? (?:(?:est|était|serait) )?(?:le |la |l['’])?(?:ancien |ancienne )?{_OFFICE_FR} (?:de|du|d['’])",
        rf"(?<![^\W_])(?:{_OFFICE_EN}|{_OFFICE_FR}),? {_LATIN}(?![^\W_])",
        rf"(?<![^\W_])(?:led|headed|chaired|run|directed|managed|founded) by {_LATIN}(?![^\W_])",
        rf"(?<![^\W_])(?:dirigée?|présidée?|fondée?|gérée?|administrée?|animée?) par {_LATIN}(?![^\W_])",
        rf"(?<![^\W_]){_OFFICE_RU}(?: [а-яё]{{1,30}})?(?: [А-ЯЁ]{{2,4}})?(?: [«\"“][^«»\"”\n]{{2,50}}[»\"”])?,? {_CYRILLIC}(?![^\W_])",
        rf"(?<![^\W_]){_CYRILLIC}, {_OFFICE_RU}(?![^\W_])",
        rf"(?<![^\W_]){_OFFICE_TR},? {_LATIN}(?![^\W_])",
    )
)
_ARABIC_WORD = r"[\u0620-\u06ff]{2,14}"
_HEBREW_WORD = r"[\u05d0-\u05ea]{2,12}"
_FOLDED = tuple(
    re.compile(fold_pattern(pattern))
    for pattern in (
        rf"(?<![^\W_])(?:رجل الأعمال|المدعو|السيد|مديرها|رئيسها|صاحبها|مدير الشركة|صاحب الشركة) (?P<name>{_ARABIC_WORD} {_ARABIC_WORD})(?![^\W_])",
        rf"(?<![^\W_])(?:آقای|خانم|مدیرعامل آن،?) (?P<name>{_ARABIC_WORD} {_ARABIC_WORD})(?![^\W_])",
        rf"(?<![^\W_])(?:מנכ\"ל\w{{0,4}}|יו\"ר|מנהלת?) [^,.\n]{{2,50}}, (?P<name>{_HEBREW_WORD} {_HEBREW_WORD})(?=[,.])",
    )
)
_HEADS = frozenset(head for language in ("en", "fr", "tr") for head in HEADS[language])


def find(reading: Reading) -> Iterator[Mentioned]:
    """Persons of a passage whose office the text tells; none whose name holds a word such as bank."""
    for pattern in _CASED:
        for match in pattern.finditer(reading.cased):
            if not _HEADS.intersection(fold(match["name"]).split()):
                yield Mentioned(*match.span("name"), "Person", "person", "name")
    for pattern in _FOLDED:
        for match in pattern.finditer(reading.text):
            yield Mentioned(*match.span("name"), "Person", "person", "name")
