# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Names whose head word stands otherwise than in front of plain words.

It stands before a name in quotation marks, after it in small letters (Turkish), with "de la" between (French), is an
abbreviation (Russian), or the name is closed by one (Hebrew).
"""

import re
from collections.abc import Iterator

from qaif.evidence.extraction.entities import HEADS, Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.extraction.shape import Schema
from qaif.evidence.folding import fold, fold_pattern


def _either(language: str) -> str:
    return "|".join(sorted(map(re.escape, HEADS[language]), key=len, reverse=True))


_QUOTED = {
    "ar": rf"(?<![^\W_])(?P<prefix>[وف]?(?:بال|كال|لل|ال|ب|ل|ك)?)(?P<head>{_either('ar')})(?: ال\w+)?",
    "fa": rf"(?<![^\W_])(?P<prefix>)(?P<head>{_either('fa')})",
    "he": rf"(?<![^\W_])(?P<prefix>[הבלמוש]{{0,2}})(?P<head>{_either('he')})",
}
_OPENED = {name: re.compile(words + r" \"(?! )[^\"\n]{2,50}\"(?![^\W_])") for name, words in _QUOTED.items()}
_CAPITAL = r"[A-ZÀ-ÞĀ-ŽİŞĞÇÖÜ][\w'’&-]{0,40}"
_TURKISH = re.compile(
    rf"(?<![^\W_])(?P<name>{_CAPITAL}(?: {_CAPITAL}){{0,3}}) (?P<head>[a-zçğıöşü]{{4,16}})(?![^\W_])"
)
_TURKISH_ENDING = re.compile(r"(?:n[iu]n|nd[ae]n?|yl[ae]|n[iuae])$")
_OF = r"(?:de la |de l'|du |des |de |d'|of the |of )"
_FRENCH_HEADS = "|".join(sorted({*HEADS["fr"], "union", "caisse"}, key=len, reverse=True))
_FRENCH = re.compile(rf"(?<![^\W_])(?P<head>{_FRENCH_HEADS})(?: [a-z]{{4,14}})? {_OF}(?P<name>[^\W\d_])")
_REST = re.compile(rf"{_CAPITAL}(?: (?:de la |de l['’]|du |des |de |d['’])?{_CAPITAL}){{0,3}}")
_RUSSIAN_FIRM = re.compile(r"(?<![^\W_])(?:ООО|ОАО|ЗАО|ПАО|АО|НКО) [«\"“][^«»\"”\n]{2,50}[»\"”]")
_HEBREW_LTD = re.compile(
    fold_pattern(r"(?<![^\W_])ל?ה?(?P<name>(?:חברת|חברה|קבוצת)(?: [א-ת]{2,12}){1,4} בע\"מ)(?![^\W_])")
)
_HEBREW_OF = re.compile(
    fold_pattern(
        r"(?<![^\W_])[ולבמש]?(?P<name>ה?(?:רפובליקה|ממלכה|ממשלה|מדינה|פדרציה|נסיכות) של [א-ת]{3,14})(?![^\W_])"
    )
)
_RUSSIAN_ADJECTIVE = re.compile(
    r"(?<![^\W_])[А-ЯЁ][а-яё]{3,20}(?:ый|ий|ой|ого|ому|ым|ом|им) (?P<head>банк(?:а|у|ом|е)?|фонд(?:а|у|ом|е)?|союз(?:а|у|ом|е)?|фронт(?:а|у|ом|е)?)(?![^\W_])"
)
_RUSSIAN_AGAIN = re.compile(
    r"(?<![^\W_])(?:(?P<company>компани(?:я|и|ю|еи|ей)|обществ(?:о|а|у|ом)|фирм(?:а|ы|е|у|ои|ой))|(?P<bank>банк(?:а|у|ом|е)?)"
    r"|(?P<charity>фонд(?:а|у|ом|е)?|ассоциаци(?:я|и|ю|еи))|(?P<exchange>биржа)|(?P<movement>группировк(?:а|и|у|е|ои)|движени(?:е|я|ю|ем)|организаци(?:я|и|ю|еи)))(?![^\W_])"
)
_SORTS: dict[str, Schema] = {
    **dict.fromkeys(("company", "bank", "exchange"), "Company"),
    **dict.fromkeys(("charity", "movement"), "Organization"),
}
_UNION: tuple[str, Schema] = ("state", "PublicBody")
_OTHERS = {"union": _UNION, "caisse": ("bank", "Company")}


def find(reading: Reading) -> Iterator[Mentioned]:
    """Names of a passage in these forms."""
    for language, pattern in _OPENED.items():
        for match in pattern.finditer(reading.text):
            word, schema = HEADS[language][match["head"]]
            yield Mentioned(match.start("head"), match.end(), schema, word, "name")
    yield from _turkish(reading)
    yield from _french(reading)
    for match in _RUSSIAN_FIRM.finditer(reading.cased):
        yield Mentioned(*match.span(), "Company", "company", "name")
    for match in _HEBREW_LTD.finditer(reading.text):
        yield Mentioned(*match.span("name"), "Company", "company", "name")
    for match in _RUSSIAN_ADJECTIVE.finditer(reading.cased):
        word, schema = HEADS["ru"][reading.text[match.start("head") : match.end("head")].rstrip("еомау")]
        yield Mentioned(*match.span(), schema, word, "name")
    for match in _HEBREW_OF.finditer(reading.text):
        yield Mentioned(*match.span("name"), "PublicBody", "state", "name")
    for match in _RUSSIAN_AGAIN.finditer(reading.text):
        sort = match.lastgroup or ""
        yield Mentioned(*match.span(), _SORTS[sort], sort, "again")


def _turkish(reading: Reading) -> Iterator[Mentioned]:
    """A name in capitals and its head word, with or without an ending: "X Y gazetesinin"."""
    for match in _TURKISH.finditer(reading.cased):
        word = fold(match["head"])
        sort = HEADS["tr"].get(word) or HEADS["tr"].get(_TURKISH_ENDING.sub("", word))
        if sort:
            yield Mentioned(*match.span(), sort[1], sort[0], "name")


def _french(reading: Reading) -> Iterator[Mentioned]:
    """A head word, perhaps an adjective, and whose it is: "Conseil fédéral de X", "Banque de l'X"."""
    for match in _FRENCH.finditer(reading.text):
        rest = _REST.match(reading.cased, match.start("name"))
        if rest:
            word, schema = HEADS["fr"].get(match["head"]) or _OTHERS[match["head"]]
            yield Mentioned(match.start(), rest.end(), schema, word, "name")
