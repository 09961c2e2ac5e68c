"""Sentences and values in a language: plural forms, dates, digits, and what must be read left to right.

A run is a piece of text with its kind. Addresses, ids, amounts and ISO dates are runs of their own that every
renderer isolates left to right, so that they read correctly in right-to-left text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from hijridate import Gregorian

from qaif.errors import UsageError
from qaif.report.document.catalogue import Catalogue
from qaif.report.document.model import Phrase, Row, Sentence, Table, Value
from qaif.units import btc_text

Calendar = Literal["gregorian", "hijri"]
Digits = Literal["latn", "arab"]
Isolation = Literal["", "ltr", "auto"]
LTR: Final = frozenset(("address", "txid", "id", "sat", "moment", "month", "ppm", "money"))
_PIECE = re.compile(r"\{([a-z_]+)(?:\|([a-z_]+))?\}")
_ARABIC = str.maketrans("0123456789,.%", "٠١٢٣٤٥٦٧٨٩٬٫٪")  # noqa: RUF001  it is the decimal sign of Arabic digits
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HIJRI_FROM, _HIJRI_TO = date(1924, 8, 1), date(2077, 11, 16)  # what the library's tables cover


@dataclass(frozen=True)
class Run:
    """A piece of a sentence.

    Attributes:
        text: as shown.
        kind: `text`, or the kind of its value.
        isolate: `ltr` where it must be read left to right, `auto` where by its own letters; else empty.
    """

    text: str
    kind: str = "text"
    isolate: Isolation = ""


@dataclass(frozen=True)
class Language:
    """A language as a report is written in it.

    Attributes:
        words: its catalogue.
        calendar: by which dates in sentences are written.
        digits: which figures are written with; addresses and ids keep theirs.
    """

    words: Catalogue
    calendar: Calendar = "gregorian"
    digits: Digits = "latn"

    @property
    def locale(self) -> Locale:
        """Babel's rules of the language; English where it has none."""
        try:
            return Locale.parse(self.words.code)
        except (UnknownLocaleError, ValueError):
            return Locale("en")

    def sentence(self, one: Sentence | Phrase) -> list[Run]:
        """A sentence or a phrase as runs."""
        layer = one.layer if isinstance(one, Sentence) else "plain"
        return self._runs(self.words.text(layer, one.template), one.values)

    def plain(self, template: str) -> str:
        """A phrase without values as text."""
        return self.words.text("plain", template)

    def cells(self, table: Table, row: Row) -> list[list[Run]]:
        """A row's cells as runs."""
        return [self.cell(cell) for cell, _ in zip(row.cells, table.columns, strict=True)]

    def cell(self, value: Value | None) -> list[Run]:
        """A value as it stands in a cell: dates by ISO, left to right."""
        if value is None:
            return [Run(self.term("unknown"))]
        if value.kind == "day":
            return self._bound(value, Run(self._digits(str(value.value)), "day", "ltr"))
        return self._bound(value, self._run(value))

    def term(self, word: str) -> str:
        """A word of the catalogue; the word itself where the catalogue has none."""
        return self.words.terms.get(word, word)

    def counted(self, number: int, noun: str) -> str:
        """A number with its noun in the right plural form."""
        forms = self.words.nouns[noun]
        form = forms.get(str(self.locale.plural_form(number)), forms["other"])
        return form.replace("{n}", self.number(number))

    def number(self, number: int) -> str:
        """A whole number."""
        return self._digits(f"{number:,}")

    def _runs(self, text: str, values: Mapping[str, Value]) -> list[Run]:
        out, at = [], 0
        for piece in _PIECE.finditer(text):
            out.append(Run(text[at : piece.start()]))
            slot, noun = piece.groups()
            out += self._bound(values[slot], self._run(values[slot], noun))
            at = piece.end()
        out.append(Run(text[at:]))
        return [run for run in out if run.text]

    def _bound(self, value: Value, run: Run) -> list[Run]:
        """A value's run, with the language's words for a lower bound around it where it is one."""
        if not value.at_least:
            return [run]
        before, _, after = self.term("at_least").partition("{value}")
        return [each for each in (Run(before), run, Run(after)) if each.text]

    def _run(self, value: Value, noun: str | None = None) -> Run:
        kind = value.kind
        if isinstance(value.value, int):
            return self._figure(value.kind, value.value, noun)
        if kind == "term":
            return Run(self.term(value.value), kind)
        if kind in ("name", "quote"):
            return Run(value.value, kind, "auto")
        if kind == "day":
            return Run(self.day(value.value), kind)
        converted = kind in ("money", "month", "moment")
        return Run(self._digits(value.value) if converted else value.value, kind, "ltr")

    def _figure(self, kind: str, value: int, noun: str | None) -> Run:
        if kind == "sat":
            return Run(f"{self._digits(btc_text(value))} BTC", kind, "ltr")
        if kind == "ppm":
            return Run(self._digits(f"{value // 10_000}.{value % 10_000 // 1_000}%"), kind, "ltr")
        return Run(self.counted(value, noun) if noun else self.number(value), kind)

    def day(self, iso: str) -> str:
        """A day in words; ISO where it is none, or the calendar does not reach to it."""
        if not _ISO_DAY.fullmatch(iso):
            return self._digits(iso)
        day = date.fromisoformat(iso)
        if self.calendar == "hijri" and _HIJRI_FROM <= day <= _HIJRI_TO:
            moon = Gregorian.fromdate(day).to_hijri()
            name = moon.month_name("ar" if self.words.code == "ar" else "en")
            return self._digits(f"{moon.day} {name} {moon.year} {self.term('hijri_era')}")
        written = format_date(day, "d MMMM y", locale=self.locale)
        return self._digits(written)

    def _digits(self, text: str) -> str:
        return text.translate(_ARABIC) if self.digits == "arab" else text


def language(words: Catalogue, calendar: str = "gregorian", digits: str = "latn") -> Language:
    """A language with the user's choice of calendar and digits.

    Raises:
        UsageError: there is no such calendar, or there are no such digits.
    """
    if calendar not in ("gregorian", "hijri"):
        raise UsageError(f"There is no calendar {calendar[:20]!r}.", way_out="There are gregorian, hijri.")
    if digits not in ("latn", "arab"):
        raise UsageError(f"There are no digits {digits[:20]!r}.", way_out="There are latn and arab.")
    return Language(
        words, "hijri" if calendar == "hijri" else "gregorian", "arab" if digits == "arab" else "latn"
    )


def text_of(runs: list[Run]) -> str:
    """Runs as plain text, isolated by Unicode's marks where they must be."""
    opening = {"ltr": "\u2066", "auto": "\u2068", "": ""}
    return "".join(f"{opening[run.isolate]}{run.text}{chr(0x2069) if run.isolate else ''}" for run in runs)
