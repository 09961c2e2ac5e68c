"""A report as files in a folder: data, a page and a PDF for each language, and a manifest over all."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qaif.errors import UsageError
from qaif.questions.answer import plain
from qaif.report.document.catalogue import Catalogue, catalogue, catalogue_file
from qaif.report.document.edition import Edition, annex, edited
from qaif.report.document.html import html
from qaif.report.document.language import Language, language, text_of
from qaif.report.document.model import Document, Sentence
from qaif.report.document.pdf import pdf
from qaif.report.document.sections.listed import document
from qaif.report.document.tables import write_tables
from qaif.report.document.to_act_on import write_files_to_act_on
from qaif.report.document.view import view
from qaif.workspace.signed_folder import sign_folder, write_manifest

FORM = "qaif-report/1"
USUAL = ("html", "pdf", "json")
FORMATS = (*USUAL, "csv", "xlsx")
LANGUAGES = ("en", "ar")
JSON_NAME = "report.json"
ANNEX_NAME = "annex-addresses.json"


@dataclass(frozen=True)
class Manner:
    """How a report is written.

    Attributes:
        languages: in which languages.
        formats: of `FORMATS`.
        key: the file of the key that signs it; unsigned where None.
        edition: makes of the material what is left out; nothing is where None.
        with_annex: write the whole addresses of those that are shortened into a file of their own.
    """

    languages: tuple[Language, ...]
    formats: tuple[str, ...] = USUAL
    key: Path | None = None
    edition: Callable[[Mapping[str, Any]], Edition] | None = None
    with_annex: bool = False


def manner(  # noqa: PLR0913  one argument an option
    lang: str = ",".join(LANGUAGES),
    formats: str = ",".join(USUAL),
    *,
    calendar: str = "gregorian",
    digits: str = "latn",
    catalogues: Sequence[Path] = (),
    key: Path | None = None,
) -> Manner:
    """How a report is written, as options say it.

    Raises:
        UsageError: a language, a format, a calendar or digits that there are not.
        InputError: a catalogue cannot be used.
    """
    own: dict[str, Catalogue] = {one.code: one for one in map(catalogue_file, catalogues)}
    codes = [code.strip() for code in lang.split(",") if code.strip()]
    codes += [code for code in own if code not in codes]
    wanted = tuple(dict.fromkeys(each.strip() for each in formats.split(",") if each.strip()))
    odd = [each for each in wanted if each not in FORMATS]
    if odd or not wanted or not codes:
        raise UsageError(
            f"There is no format {odd[0][:20]!r}." if odd else "No language or no format is named.",
            way_out=f"There are {', '.join(FORMATS)}; languages are {', '.join(LANGUAGES)}.",
        )
    words = [own.get(code) or catalogue(code) for code in dict.fromkeys(codes)]
    return Manner(tuple(language(each, calendar, digits) for each in words), wanted, key)


def write_report(material: Mapping[str, Any], folder: Path, how: Manner) -> Document:
    """Write a report into a folder, and a manifest over all that is in it.

    Args:
        material: a `CaseMaterial` as JSON.
        folder: it exists; what is in it is named in the manifest, too.
        how: languages, formats, and who signs.

    Raises:
        OSError: the files cannot be written.
        OutputError: the PDF cannot be set, or the manifest cannot be written.
    """
    made = document(material)
    if how.edition is not None:
        left_out = how.edition(material)
        made = edited(made, left_out)
        if how.with_annex:
            told = json.dumps(annex(left_out), indent=1, sort_keys=True)
            (folder / ANNEX_NAME).write_text(f"{told}\n", encoding="utf-8", newline="\n")
    else:
        write_files_to_act_on(material, folder, [each.words.code for each in how.languages])
    if "json" in how.formats:
        (folder / JSON_NAME).write_text(report_json(made, how.languages), encoding="utf-8", newline="\n")
    for each in how.languages:
        shown = view(made, each)
        name = f"report.{each.words.code}"
        if "html" in how.formats:
            (folder / f"{name}.html").write_text(html(shown, each), encoding="utf-8", newline="\n")
        if "pdf" in how.formats:
            (folder / f"{name}.pdf").write_bytes(pdf(shown))
        write_tables(made, each, folder, how.formats)
    if how.key:
        sign_folder(folder, how.key)
    else:
        write_manifest(folder)
    return made


def report_json(made: Document, languages: Sequence[Language]) -> str:
    """The report as data: its statements with their words in each language, and the whole document."""
    told = {
        "form": FORM,
        "statements": [
            statement | {"text": {each.words.code: text_of(each.sentence(one)) for each in languages}}
            for statement, one in zip(statements(made), made_once(made), strict=True)
        ],
        "document": plain(made),
    }
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def made_once(made: Document) -> list[Sentence]:
    """Every sentence of a document, each once though the summary repeats some."""
    out: dict[tuple[str, str], Sentence] = {}
    for one in made.sentences():
        out.setdefault((one.key, json.dumps(plain(one.values), sort_keys=True)), one)
    return list(out.values())


def statements(made: Document) -> list[dict[str, Any]]:
    """Every sentence as data, with a key of its own."""
    out, seen = [], dict[str, int]()
    for one in made_once(made):
        seen[one.key] = seen.get(one.key, 0) + 1
        key = one.key if seen[one.key] == 1 else f"{one.key}#{seen[one.key]}"
        out.append(
            {
                "key": key,
                "layer": one.layer,
                "template": one.template,
                "values": plain(one.values),
                "evidence": plain(one.evidence),
            }
        )
    return out
