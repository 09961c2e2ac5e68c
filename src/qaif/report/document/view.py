"""A document in one language as plain data: what HTML, PDF and JSON are made from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from qaif.report.document.language import Language, Run
from qaif.report.document.model import (
    Document,
    Evidence,
    Phrase,
    Picture,
    Section,
    Sentence,
    Table,
)
from qaif.report.document.pictures import draw

_STRINGS = ("contents", "as_of", "evidence_word", "fact", "inference", "claim")
_MOST_REFS = 6


@dataclass
class Numbered:
    """Evidence by the number under which the document shows it."""

    numbers: dict[Evidence, int] = field(default_factory=dict)

    def of(self, evidence: Iterable[Evidence]) -> list[int]:
        """The numbers of some evidence, each once."""
        out = [self.numbers.setdefault(one, len(self.numbers) + 1) for one in evidence]
        return sorted(set(out))


def view(document: Document, language: Language) -> dict[str, Any]:
    """The document as plain data.

    Returns:
        `lang`, `dir`, `title`, `simulated`, `as_of`, `strings`; `sections`, each with `id`, `level`, `title`
        and `parts`; `evidence` by number. Text is a list of runs: `text`, `kind`, `isolate`.
    """
    numbered = Numbered()
    sections = [_section(one, language, numbered, 1) for one in document.sections]
    return {
        "lang": language.words.code,
        "dir": language.words.direction,
        "title": document.title,
        "kicker": language.plain("report.title"),
        "simulated": language.plain("report.simulated") if document.simulated else "",
        "as_of": {"hash": document.as_of[0], "time": document.as_of[1]},
        "strings": {name: language.term(name) for name in _STRINGS},
        "sections": sections,
        "evidence_title": language.plain("section.evidence"),
        "evidence_columns": [
            language.plain(f"col.{each}") for each in ("number", "layer", "kind", "ref", "note")
        ],
        "evidence": [
            {
                "number": number,
                "layer": one.layer,
                "layer_word": language.term(one.layer),
                "kind": language.term(one.kind),
                "ref": one.ref,
                "note": one.note,
            }
            for one, number in numbered.numbers.items()
        ],
    }


def runs(many: Iterable[Run]) -> list[dict[str, str]]:
    """Runs as plain data."""
    return [{"text": run.text, "kind": run.kind, "isolate": run.isolate} for run in many]


def _section(one: Section, language: Language, numbered: Numbered, level: int) -> dict[str, Any]:
    return {
        "is": "section",
        "id": one.id,
        "level": level,
        "title": runs(language.sentence(one.title)),
        "parts": list(_parts(one, language, numbered, level)),
    }


def _parts(one: Section, language: Language, numbered: Numbered, level: int) -> Iterator[dict[str, Any]]:
    for part in one.parts:
        if isinstance(part, Section):
            yield _section(part, language, numbered, level + 1)
        elif isinstance(part, Sentence):
            yield _sentence(part, language, numbered)
        elif isinstance(part, Phrase):
            yield {"is": "phrase", "runs": runs(language.sentence(part))}
        elif isinstance(part, Table):
            yield _table(part, language, numbered)
        else:
            yield _picture(part, language, numbered)


def _sentence(one: Sentence, language: Language, numbered: Numbered) -> dict[str, Any]:
    return {
        "is": "sentence",
        "key": one.key,
        "layer": one.layer,
        "layer_word": language.term(one.layer),
        "runs": runs(language.sentence(one)),
        "refs": numbered.of(one.evidence),
    }


def _table(one: Table, language: Language, numbered: Numbered) -> dict[str, Any]:
    figures = ("sat", "count", "ppm")
    return {
        "is": "table",
        "title": runs(language.sentence(one.title)),
        "columns": [language.plain(column) for column in one.columns],
        "numeric": [
            any(row.cells[at] and row.cells[at].kind in figures for row in one.rows)  # type: ignore[union-attr]
            for at in range(len(one.columns))
        ],
        "rows": [
            {
                "layer": row.layer,
                "layer_word": language.term(row.layer),
                "cells": [runs(cell) for cell in language.cells(one, row)],
                "refs": numbered.of(row.evidence)[:_MOST_REFS],
            }
            for row in one.rows
        ],
        "left_out": language.counted(one.left_out, "row") if one.left_out else "",
    }


def _picture(one: Picture, language: Language, numbered: Numbered) -> dict[str, Any]:
    return {
        "is": "picture",
        "name": one.name,
        "layer": one.layer,
        "layer_word": language.term(one.layer),
        "title": runs(language.sentence(one.title)),
        "svg": draw(one, language),
        "refs": numbered.of(one.evidence)[:_MOST_REFS],
    }
