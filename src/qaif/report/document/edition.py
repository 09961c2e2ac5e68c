"""The edition for publication: a report that does not advertise what it investigates, nor expose bystanders.

Links and payment codes are broken; donors and their payments stand only in counts; addresses that still hold
coins are shortened, with the whole ones in an annex if that is asked for; a private person who is only
alleged is left unnamed until an analyst confirms the name. One list of redacted texts holds for all of it:
sentences, cells, pictures and evidence.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from qaif.evidence.defang import defang
from qaif.evidence.folding import fold, fold_with_places
from qaif.report.document.model import (
    Document,
    Evidence,
    Phrase,
    Picture,
    Row,
    Section,
    Sentence,
    Table,
    Value,
)

BLANK = "█████"
"""What stands in place of a redacted text, in any language."""
_HEAD, _TAIL = 6, 4
_WORDS = frozenset(("name", "quote"))
_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Edition:
    """What an edition leaves out.

    Attributes:
        redacted: texts that appear nowhere: names, handles, accounts, as the analyst writes them.
        donors: addresses, and transactions that they paid by, which appear in counts only.
        live: addresses that still hold coins, or of which that is not known: shortened.
        for_publication: break links and payment codes.
    """

    redacted: tuple[str, ...] = ()
    donors: frozenset[str] = frozenset()
    live: frozenset[str] = frozenset()
    for_publication: bool = False

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        """What to look for, the longest first, so that a part of a name leaves no rest of it."""
        found = {re.sub(r"\s+", " ", fold(text)).strip() for text in self.redacted}
        return tuple(
            sorted((text for text in found if _LETTER.search(text)), key=lambda text: (-len(text), text))
        )

    def text(self, text: str) -> str:
        """A text as this edition shows it."""
        for address in self.live:
            text = text.replace(address, shortened(address))
        return self._without(text)

    def words(self, text: str) -> str:
        """The same for words of a source."""
        shown = self.text(text)
        return defang(shown) if self.for_publication else shown

    def _without(self, text: str) -> str:
        """A text without what is redacted, however its letters are written: by case, accents, white space."""
        if not self._folded:
            return text
        folded = fold_with_places(text)
        plain = re.sub(r"\s", " ", folded.text)
        hits: list[tuple[int, int]] = []
        for wanted in self._folded:
            pattern = re.escape(wanted).replace(r"\ ", r"\s+")
            hits += [
                (int(folded.places[found.start()]), int(folded.places[found.end() - 1]) + 1)
                for found in re.finditer(pattern, plain)
            ]
        return _blanked(text, hits)


def _blanked(text: str, hits: Sequence[tuple[int, int]]) -> str:
    out, at = [], 0
    for lo, hi in sorted(hits):
        if lo >= at:
            out += [text[at:lo], BLANK]
        at = max(at, hi)
    return "".join([*out, text[at:]])


def shortened(address: str) -> str:
    """An address that can be recognised by who knows it, and paid by nobody."""
    return f"{address[:_HEAD]}...{address[-_TAIL:]}"


def annex(edition: Edition) -> dict[str, str]:
    """The whole addresses of those that are shortened, for those who may have them."""
    return {shortened(address): address for address in sorted(edition.live)}


def edited(document: Document, edition: Edition) -> Document:
    """A report as an edition shows it."""
    return replace(
        document,
        title=edition.words(document.title),
        pins={name: edition.text(text) for name, text in document.pins.items()},
        sections=tuple(
            shown for section in document.sections if (shown := _section(section, edition)) is not None
        ),
    )


def _section(section: Section, edition: Edition) -> Section | None:
    """A section without what names a donor; None where nothing is left of one that is about a donor."""
    if _names_donor(section.title.values.values(), edition):
        return None
    parts = tuple(shown for part in section.parts if (shown := _part(part, edition)) is not None)
    return Section(section.id, _phrase(section.title, edition), parts)


def _part(part: Any, edition: Edition) -> Any:
    if isinstance(part, Section):
        return _section(part, edition)
    if isinstance(part, Phrase):
        return _phrase(part, edition)
    if isinstance(part, Table):
        return _table(part, edition)
    return _picture(part, edition) if isinstance(part, Picture) else _sentence(part, edition)


def _sentence(one: Sentence, edition: Edition) -> Sentence | None:
    if _names_donor(one.values.values(), edition):
        return None
    return replace(
        one,
        values={name: _value(value, edition) for name, value in one.values.items()},
        evidence=_evidence(one.evidence, edition),
        about=edition.text(one.about),
    )


def _phrase(one: Phrase, edition: Edition) -> Phrase:
    return replace(one, values={name: _value(value, edition) for name, value in one.values.items()})


def _table(table: Table, edition: Edition) -> Table | None:
    """A table whose rows about donors are only counted; None where no other is left."""
    kept = [row for row in table.rows if not _names_donor(row.cells, edition)]
    if not kept:
        return None
    rows = tuple(
        Row(
            row.layer,
            tuple(None if cell is None else _value(cell, edition) for cell in row.cells),
            _evidence(row.evidence, edition),
        )
        for row in kept
    )
    title = _phrase(table.title, edition)
    return replace(table, title=title, rows=rows, left_out=table.left_out + len(table.rows) - len(kept))


def _picture(one: Picture, edition: Edition) -> Picture | None:
    """A picture; None where it draws a donor, since it cannot be drawn without."""
    texts = list(_texts(one.data))
    if any(donor in text for text in texts for donor in edition.donors):
        return None
    return replace(
        one,
        data={name: _walked(value, edition) for name, value in one.data.items()},
        title=_phrase(one.title, edition),
        evidence=_evidence(one.evidence, edition),
    )


def _value(one: Value, edition: Edition) -> Value:
    if not isinstance(one.value, str) or one.kind == "term":
        return one
    shown = edition.words(one.value) if one.kind in _WORDS else edition.text(one.value)
    return replace(one, value=shown)


def _evidence(evidence: tuple[Evidence, ...], edition: Edition) -> tuple[Evidence, ...]:
    """Evidence without donors' addresses and redacted texts; what is left still has its layer."""
    return tuple(
        replace(
            one,
            ref=edition.text(BLANK if one.ref in edition.donors else one.ref),
            note=edition.words(one.note),
        )
        for one in evidence
    )


def _names_donor(values: Any, edition: Edition) -> bool:
    return any(value is not None and value.value in edition.donors for value in values)


def _texts(value: object) -> Any:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _walked(value: object, edition: Edition) -> object:
    if isinstance(value, str):
        return edition.words(value)
    if isinstance(value, Mapping):
        return {edition.words(str(key)): _walked(item, edition) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walked(item, edition) for item in value]
    return value
