# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Dates and stretches of time: whole, in part, and of three calendars.

The value is ISO 8601: `2019-12-01`, `2018-11`, `2010`, `2008/2009`, `--01-19` where no year stands there (none is
guessed), `P4Y` for a duration. A date of the Hijri or the Persian solar calendar is turned, which a note says.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from qaif.evidence.extraction.calendars import (
    GREGORIAN,
    HIJRI,
    SOLAR,
    hijri_to_iso,
    solar_to_iso,
    solar_year_to_iso,
)
from qaif.evidence.extraction.numbers import SPELT, START, WORD
from qaif.evidence.extraction.reading import Found, Reading
from qaif.evidence.folding import fold, fold_pattern

ID, VERSION = "dates", "1"

_NO_YEAR = "the text gives no year here, and none was assumed"
_DMY = "read as day, month, year; the other order would give another day"
_HIJRI_NOTE = "turned from the Hijri calendar by the Umm al-Qura tables; local sightings differ by a day"
_SOLAR_NOTE = "turned from the Persian solar calendar"


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?P<year>(?:19|20)\d\d|1[345]\d\d)(?![\d%]|[.,]\d)"
_MONTH = rf"(?:ב-?|ل|و)?(?P<month>{_either({*GREGORIAN, *HIJRI, *SOLAR})})(?![^\W\d_])"
_OF = r"(?:\s?(?:st|nd|rd|th|er|-?го|\.)\b|\.)?\s(?:of\s|de\s|من\s|شهر\s)*"
_AND_YEAR = r",?\s?(?:of\s|de\s|عام\s|سنه\s|سال\s)?"
_OR_ALSO = r"(?:/[^\W\d_ ]+(?:\s[^\W\d_]+)?)?"
_AH = r"(?P<hijri>\s?ه(?:جريه?)?(?![^\W_]))?"
_DAY_MONTH = re.compile(
    fold_pattern(rf"(?<![\d.,/:_])(?<![a-z0-9_]-){_DAY}{_OF}{_MONTH}{_OR_ALSO}(?:{_AND_YEAR}{_YEAR})?{_AH}")
)
_MONTH_DAY = re.compile(
    fold_pattern(rf"(?<![^\W_]){_MONTH}\.?\s{_DAY}(?:st|nd|rd|th)?(?!\d)(?:,?\s{_YEAR})?")
)
_MONTH_YEAR = re.compile(
    fold_pattern(
        rf"(?<![^\W_])(?<!(?<!\d)\d\s)(?<!(?<!\d)\d\d\s)(?:ب|في |и)?{_MONTH}{_OR_ALSO}{_AND_YEAR}{_YEAR}{_AH}"
    )
)
_YMD = re.compile(
    fold_pattern(
        r"(?<![\w/.-])(?P<year>\d{4})([-/.])(?P<month>\d\d?)\2(?P<day>\d\d?)(?![\d/]|[.-]\d)"
        r"(?P<hijri>\s?ه(?![^\W_]))?"
    )
)
_DMY_DIGITS = re.compile(r"(?<![\w/.-])(?P<day>\d\d?)([-/.])(?P<month>\d\d?)\2(?P<year>\d{4})(?![\d/]|\.\d)")
_YEAR_WORDS = r"(?:عام|العام|سنه|منذ|سال|year|years|since|in|by|from|during|early|late|until|בשנת|משנת|מאז|שנת|en|depuis|l'annee|год|с|от)"
_ONE_YEAR = r"(?:19|20)\d\d|1[34]\d\d"
_YEARS = re.compile(
    fold_pattern(
        rf"(?<![^\W_])[وب]?{_YEAR_WORDS}\s(?P<year>{_ONE_YEAR})(?:\s?-\s?(?P<until>{_ONE_YEAR}))?(?!\d|[.,]\d|\s?(?:btc|\$))"
        rf"|(?<![\d.,/:_-])(?P<year2>{_ONE_YEAR})(?:\s?-\s?(?P<until2>{_ONE_YEAR}))?(?=\s(?:год|года|году|гг?\b|yili|yilinda|yilindan|senesi)|'(?:d[ae]n?|t[ae]n?|y[ae]|n[iu]n)(?!\w))"
        rf"|(?<![\d.,/:_-])(?P<year3>(?:19|20)\d\d)-(?P<until3>(?:19|20)\d\d)(?![\d-])"
    )
)
_UNITS = {
    "D": "day days يوم يوما ايام יום ימים روز день дня дней jour jours gun",
    "W": "week weeks اسبوع اسبوعا اسابيع שבוע שבועות هفته неделя недели недель semaine semaines hafta",
    "M": "month months شهر شهرا اشهر شهور חודש חודשים ماه месяц месяца месяцев mois ay ayda aydir",
    "Y": "year years سنه سنوات سنين عام عاما اعوام שנה שנים سال год года лет an ans annee annees yil yildir yilda yillik sene",
    "DH": "hour hours ساعه ساعات שעה שעות ساعت час часа часов heure heures saat",
}
_UNIT = {fold(word): unit for unit, words in _UNITS.items() for word in words.split()}
_DUALS = {
    "سنتين": "P2Y",
    "سنتان": "P2Y",
    "عامين": "P2Y",
    "عامان": "P2Y",
    "שנתיים": "P2Y",
    "שבועיים": "P2W",
    "شهرين": "P2M",
    "شهران": "P2M",
    "חודשיים": "P2M",
    "اسبوعين": "P2W",
    "اسبوعان": "P2W",
    "يومين": "P2D",
    "يومان": "P2D",
    "יומיים": "P2D",
    "ساعتين": "PT2H",
    "שעתיים": "PT2H",
    "полтора года": "P18M",
    "полутора лет": "P18M",
    "un an et demi": "P18M",
    "year and a half": "P18M",
    "سنه ونصف": "P18M",
    "عام ونصف": "P18M",
    "שנה וחצי": "P18M",
    "يك سال و نيم": "P18M",
    "bir bucuk yil": "P18M",
}
_DUAL = {fold(word): value for word, value in _DUALS.items()}
_HALF = fold_pattern(r"(?P<half> (?:and a half|et demie?|с половиной|וחצי|ونصف|و نيم|bucuk))?")
_HALF_AFTER = re.compile(fold_pattern(r" (?:and a half|et demie?|с половиной|וחצי|ونصف|و نيم)(?!\w)"))
_DURATION = re.compile(
    rf"(?<![^\W_])(?:[وفب]?ال|[وفبل]|[במלה])?(?P<dual>{_either(_DUAL)})(?![^\W_])"
    rf"|(?:{START}(?P<digits>\d{{1,4}})|(?<![^\W_])[במל]?(?P<word>(?!on an(?!\w)){WORD})){_HALF}[\s-](?:ה|ال)?(?P<unit>{_either(_UNIT)})(?![^\W_])"
)


def find(reading: Reading) -> Iterator[Found]:
    """Dates, the fullest ways of writing first; overlaps are settled by the caller."""
    for pattern in (_DAY_MONTH, _MONTH_DAY, _MONTH_YEAR):
        for match in pattern.finditer(reading.text):
            if found := _named(match):
                yield found
    for match in (*_YMD.finditer(reading.text), *_DMY_DIGITS.finditer(reading.text)):
        if found := _in_digits(match):
            yield found
    for match in _YEARS.finditer(reading.text):
        yield _year(match, reading.language(match.start()))


def find_durations(reading: Reading) -> Iterator[Found]:
    """Stretches of time: a number, in digits or spelt, and a unit."""
    for match in _DURATION.finditer(reading.text):
        if match["dual"]:
            yield _halved(reading, _DUAL[match["dual"]], match, half=False)
            continue
        many = int(match["digits"]) if match["digits"] else SPELT[match["word"]]
        unit = _UNIT[match["unit"]]
        value = f"PT{many}H" if unit == "DH" else f"P{many}{unit}"
        if unit != "Y" or many < 1000:  # noqa: PLR2004  above that it is a year's number
            yield _halved(reading, value, match, half=bool(match["half"]))


def _halved(reading: Reading, value: str, match: re.Match[str], *, half: bool) -> Found:
    """The stretch, with the half year that stands beside it: "two and a half years", "deux ans et demi"."""
    after = None if half else _HALF_AFTER.match(reading.text, match.end())
    if value.endswith("Y") and (half or after):
        value = f"P{12 * int(value[1:-1]) + 6}M"
        return Found("duration", value, match.start(), after.end() if after else match.end())
    return Found("duration", value, *match.span())


_NEVER_ALONE = frozenset(map(fold, ("مه", "مي")))
_WORDS_TOO = frozenset(map(fold, "may mar اب ماي mars mart mai dec sep jan".split()))  # noqa: SIM905  a list of words


def _valid(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _named(match: re.Match[str]) -> Found | None:
    """A date whose month has a name: the calendar is the month's, unless the year tells otherwise."""
    groups = match.groupdict()
    name, hi = groups["month"], match.end()
    day = int(groups["day"]) if groups.get("day") else None
    year = int(groups["year"]) if groups["year"] else None
    lo = match.start("day" if match.re is _DAY_MONTH else "month")
    if name in HIJRI or (year and groups.get("hijri")):
        value = hijri_to_iso(year, HIJRI[name], day) if year and name in HIJRI else None
        return Found("date", value, lo, hi, (_HIJRI_NOTE,)) if value else None
    if name in SOLAR and (name not in GREGORIAN or (year or 0) < 1700):  # noqa: PLR2004  a solar year
        value = solar_to_iso(year, SOLAR[name], day) if year else None
        return Found("date", value, lo, hi, (_SOLAR_NOTE,)) if value else None
    if not groups["year"] and (name in _NEVER_ALONE or (name in _WORDS_TOO and match.re is not _DAY_MONTH)):
        return None
    return _gregorian(name, day, year, (lo, hi))


def _gregorian(name: str, day: int | None, year: int | None, span: tuple[int, int]) -> Found | None:
    month = GREGORIAN[name]
    if year is not None and year < 1700:  # noqa: PLR2004  not of this calendar
        return None
    if not _valid(year or 2000, month, day or 1):
        return None
    tail = f"-{day:02d}" if day else ""
    if year is None:
        return Found("date", f"--{month:02d}{tail}", *span, (_NO_YEAR,)) if day else None
    return Found("date", f"{year:04d}-{month:02d}{tail}", *span)


def _in_digits(match: re.Match[str]) -> Found | None:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    lo, hi = match.span()
    if 1300 <= year <= 1500:  # noqa: PLR2004  years of the two other calendars
        hijri = "hijri" in match.groupdict() and bool(match["hijri"])
        value = (hijri_to_iso if hijri else solar_to_iso)(year, month, day)
        note = _HIJRI_NOTE if hijri else f"{_SOLAR_NOTE}, which its year suggests"
        return Found("date", value, lo, hi, (note,)) if value else None
    if not 1900 <= year <= 2100 or not _valid(year, month, day):  # noqa: PLR2004  what documents speak of
        return None
    ambiguous = match.re is _DMY_DIGITS and day <= 12 and day != month  # noqa: PLR2004  as many months
    return Found("date", f"{year:04d}-{month:02d}-{day:02d}", lo, hi, (_DMY,) if ambiguous else ())


def _year(match: re.Match[str], language: str) -> Found:
    groups = match.groupdict()
    year = int(groups["year"] or groups["year2"] or groups["year3"])
    until = groups["until"] or groups["until2"] or groups["until3"]
    if year < 1700:  # noqa: PLR2004  a solar year in Persian, otherwise a Hijri one
        if language == "fa":
            return Found("date", solar_year_to_iso(year), *match.span(), (_SOLAR_NOTE,))
        first, last = hijri_to_iso(year, 1, 1), hijri_to_iso(year, 12, None)
        value = f"{first}/{(last or '').rpartition('/')[2]}" if first and last else str(year)
        return Found("date", value, *match.span(), (_HIJRI_NOTE,))
    return Found("date", f"{year}/{until}" if until else str(year), *match.span())
