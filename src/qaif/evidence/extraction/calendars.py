# ruff: noqa: E501  words of many scripts, a table's line a word or a cue
"""Months by name in seven languages, and the two other calendars of the region turned into the Gregorian one."""

import datetime as dt

from qaif.evidence.folding import fold

_MONTHS = """
1 january jan|يناير|كانون الثاني|جانفي|ינואר|январь|января|январе|janvier|ocak|ژانويه
2 february feb|فبراير|شباط|فيفري|פברואר|февраль|февраля|феврале|fevrier|subat|فوريه
3 march mar|مارس|اذار|מרץ|מרס|март|марта|марте|mars|mart
4 april apr|ابريل|نيسان|افريل|אפריל|апрель|апреля|апреле|avril|nisan|اوريل
5 may|مايو|ايار|ماي|מאי|май|мая|мае|mai|mayis|مه|مي
6 june jun|يونيو|حزيران|جوان|יוני|июнь|июня|июне|juin|haziran|ژوين
7 july jul|يوليو|تموز|جويليه|יולי|июль|июля|июле|juillet|temmuz|ژوييه|جولاي
8 august aug|اغسطس|اب|اوت|אוגוסט|август|августа|августе|aout|agustos
9 september sept sep|سبتمبر|ايلول|ספטמבר|сентябрь|сентября|сентябре|septembre|eylul|سپتامبر
10 october oct|اكتوبر|تشرين الاول|אוקטובר|октябрь|октября|октябре|octobre|ekim|اكتبر
11 november nov|نوفمبر|تشرين الثاني|נובמבר|ноябрь|ноября|ноябре|novembre|kasim|نوامبر
12 december dec|ديسمبر|كانون الاول|דצמבר|декабрь|декабря|декабре|decembre|aralik|دسامبر
"""
_HIJRI = "محرم|صفر|ربيع الاول|ربيع الثاني,ربيع الاخر|جمادي الاولي|جمادي الثانيه,جمادي الاخره|رجب|شعبان|رمضان|شوال|ذو القعده,ذي القعده|ذو الحجه,ذي الحجه"
_SOLAR = "فروردين|ارديبهشت|خرداد|تير|مرداد|شهريور|مهر|ابان|اذر|دي|بهمن|اسفند"


def _gregorian() -> dict[str, int]:
    months: dict[str, int] = {}
    for line in _MONTHS.strip().splitlines():
        number, _, names = line.partition(" ")
        for part in names.split("|"):
            for name in part.split() if part.isascii() else [part]:
                months[fold(name)] = int(number)
    return months


GREGORIAN = _gregorian()
HIJRI = {fold(name): at for at, names in enumerate(_HIJRI.split("|"), 1) for name in names.split(",")}
SOLAR = {fold(name): at for at, name in enumerate(_SOLAR.split("|"), 1)}


def hijri_to_iso(year: int, month: int, day: int | None) -> str | None:
    """A date of the Umm al-Qura calendar as ISO; a month alone as the days it spans; nothing if none is."""
    from hijridate import Hijri

    try:
        first = Hijri(year, month, day or 1)
        if day is None:
            last = Hijri(year, month, first.month_length())
            return f"{first.to_gregorian()}/{last.to_gregorian()}"
        return str(first.to_gregorian())
    except (ValueError, OverflowError):
        return None


def solar_to_iso(year: int, month: int, day: int | None) -> str | None:
    """A date of the Persian solar calendar as ISO, by its 33-year cycle, which holds from 1178 to 1633."""
    if not 1178 <= year <= 1633 or not 1 <= month <= 12 or not 1 <= (day or 1) <= (31 if month < 7 else 30):  # noqa: PLR2004
        return None
    first = _solar_day(year, month, day or 1)
    if day is not None:
        return first.isoformat()
    year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004  the last month
    return f"{first.isoformat()}/{(_solar_day(year, month, 1) - dt.timedelta(1)).isoformat()}"


def solar_year_to_iso(year: int) -> str:
    """A Persian solar year as the days it spans."""
    last = _solar_day(year + 1, 1, 1) - dt.timedelta(1)
    return f"{_solar_day(year, 1, 1).isoformat()}/{last.isoformat()}"


def _solar_day(year: int, month: int, day: int) -> dt.date:
    past = year + 1595
    days = -355668 + 365 * past + past // 33 * 8 + (past % 33 + 3) // 4 + day
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186  # noqa: PLR2004  six months of 31 days first
    return dt.date(1, 1, 1) + dt.timedelta(days=days - 366)
