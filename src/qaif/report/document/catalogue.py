"""Templates of sentences, typed by layer, and their words in a language.

`words/declared/*.toml` says once which templates there are, of which layer, with which slots; a folder a
language beside it holds their words, in tables of the same layers. The two are tried against each other:

- a claim names who says it, in the slot `by`; an inference names its `method`; a fact has neither;
- names, quotes and money come from sources, so only a claim can hold them;
- `any` is said on whatever layer the evidence has: the words of a fact, and for the other two the language's
  `[carried]` words around them, which name the method or the source;
- no words hold a figure; likelihood and confidence never stand in one sentence (ICD 203).

So words that turn a claim into a fact do not load, in any language.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

from qaif.errors import InputError, UsageError
from qaif.report.document.model import FIGURES, OF_SOURCES, ValueKind

WORDS = Path(__file__).parent / "words"
LAYERS: Final = ("fact", "inference", "claim", "any", "plain")
MARK: Final = {
    "inference": "method",
    "claim": "by",
}  # the slot that a sentence of the layer cannot be without
_SLOT = re.compile(r"\{([a-z_]+)(?:\|([a-z_]+))?\}")
_KINDS = frozenset(get_args(ValueKind))
_CODE = re.compile(r"[a-z]{2,3}")
_LARGEST = 1 << 20
_WAY_OUT = "Compare it with `src/qaif/report/document/words/en`."

Declared = Mapping[tuple[str, str], Mapping[str, str]]


@dataclass(frozen=True)
class Catalogue:
    """A language's words.

    Attributes:
        code: of the language, such as `ar`.
        direction: `ltr` or `rtl`.
        name: of the language, in itself.
        texts: by layer and template.
        carried: words around a sentence of `any`, by layer.
        nouns: by noun, its forms by CLDR's plural category.
        terms: other words, by id.
    """

    code: str
    direction: str
    name: str
    texts: Mapping[tuple[str, str], str]
    carried: Mapping[str, str]
    nouns: Mapping[str, Mapping[str, str]]
    terms: Mapping[str, str]

    def text(self, layer: str, template: str) -> str:
        """The words of a template, with its slots in braces.

        Raises:
            KeyError: there is no such template of that layer.
        """
        own = self.texts.get((layer, template))
        if own is not None:
            return own
        text = self.texts["any", template]
        return text if layer == "fact" else self.carried[layer].replace("{sentence}", text)


@cache
def declared() -> Declared:
    """Every template's slots with their kinds, by layer and id."""
    return declared_in(WORDS / "declared")


def declared_in(folder: Path) -> Declared:
    """The templates that a folder declares.

    Raises:
        InputError: a template is of a layer that it cannot be of, or stands twice.
    """
    out: dict[tuple[str, str], Mapping[str, str]] = {}
    for file in sorted(folder.glob("*.toml")):
        for layer, template, given in _entries(_read(file), file):
            slots = dict(part.split(": ", 1) for part in given)
            _check_declared(layer, template, slots)
            if (layer, template) in out:
                raise _wrong(f"{template} of layer {layer} is declared twice")
            out[layer, template] = slots
    return out


def slots_of(templates: Declared, layer: str, template: str) -> Mapping[str, str] | None:
    """The slots of a template on a layer, the mark of `any` with them; None where there is none."""
    own = templates.get((layer, template))
    if own is not None:
        return own
    plain = templates.get(("any", template))
    if plain is None or layer not in ("fact", "inference", "claim"):
        return None
    return {**plain, MARK[layer]: _MARK_KIND[layer]} if layer in MARK else plain


@cache
def catalogue(code: str) -> Catalogue:
    """The words of a language that comes with Qaif.

    Raises:
        UsageError: there is none of that code.
    """
    if not _CODE.fullmatch(code) or not (WORDS / code).is_dir():
        known = ", ".join(
            sorted(
                each.name
                for each in WORDS.iterdir()
                if (each / "case.toml").exists() and each.name != "declared"
            )
        )
        raise UsageError(
            f"There is no catalogue for the language {code[:20]!r}.",
            way_out=f"There are {known}; another comes as a file with --catalogue.",
        )
    return catalogue_of([_read(file) for file in sorted((WORDS / code).glob("*.toml"))], declared())


def catalogue_file(path: Path) -> Catalogue:
    """The words of a language from a user's file, or from a folder of files such as `words/en`.

    Raises:
        InputError: it is no catalogue, lacks templates, or turns one layer into another.
    """
    parts = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return catalogue_of([_read(part) for part in parts], declared())


def catalogue_of(parts: list[dict[str, Any]], templates: Declared) -> Catalogue:
    """Put a language's tables together, and try them against what is declared.

    Raises:
        InputError: see `catalogue_file`.
    """
    texts: dict[tuple[str, str], str] = {}
    nouns: dict[str, Mapping[str, str]] = {}
    terms: dict[str, str] = {}
    head: dict[str, str] = {}
    carried: dict[str, str] = {}
    for part in parts:
        head |= part.get("language", {})
        carried |= part.get("carried", {})
        nouns |= part.get("nouns", {})
        terms |= part.get("terms", {})
        texts |= {
            (layer, template): text for layer in LAYERS for template, text in part.get(layer, {}).items()
        }
    if not {"code", "direction", "name"} <= head.keys() or head["direction"] not in ("ltr", "rtl"):
        raise _wrong("its [language] lacks code, direction (ltr or rtl) or name")
    made = Catalogue(head["code"], head["direction"], head["name"], texts, carried, nouns, terms)
    _check_words(made, templates)
    return made


_MARK_KIND: Final = {"inference": "id", "claim": "name"}


def _entries(table: Mapping[str, Any], file: Path) -> Iterator[tuple[str, str, list[str]]]:
    for layer, templates in table.items():
        if layer not in LAYERS:
            raise _wrong(f"{file.name} has a table {layer!r}, which is no layer")
        for template, given in templates.items():
            yield layer, template, given


def _check_declared(layer: str, template: str, slots: Mapping[str, str]) -> None:
    odd = [kind for kind in slots.values() if kind not in _KINDS]
    if odd:
        raise _wrong(f"{template} has a slot of kind {odd[0]!r}, which there is not")
    mark = MARK.get(layer)
    if mark and slots.get(mark) != _MARK_KIND[layer]:
        raise _wrong(f"{template} is of layer {layer} and has no slot {mark!r}")
    if layer != "claim":
        from_sources = [slot for slot, kind in slots.items() if kind in OF_SOURCES]
        if from_sources or "by" in slots:
            raise _wrong(f"{template} is of layer {layer} and holds what only a source can say")
    if layer in ("fact", "any") and "method" in slots:
        raise _wrong(f"{template} names a method, so it is no fact")
    if layer == "plain" and FIGURES & set(slots.values()):
        raise _wrong(f"{template} holds a figure, which needs evidence, so it is not plain")
    if {"likelihood", "confidence"} <= slots.keys():
        raise _wrong(f"{template} holds likelihood and confidence in one sentence")


def _check_words(made: Catalogue, templates: Declared) -> None:
    missing = [f"{layer}: {template}" for layer, template in templates if (layer, template) not in made.texts]
    odd = [f"{layer}: {template}" for layer, template in made.texts if (layer, template) not in templates]
    if missing or odd:
        raise _wrong(
            f"the language {made.code} lacks {missing[0]}"
            if missing
            else f"the language {made.code} has {odd[0]}, which is not declared of that layer"
        )
    for (layer, template), text in made.texts.items():
        _check_text(made, f"{layer}: {template}", text, set(templates[layer, template]))
        if layer != "plain" and any(char.isdigit() for char in text):
            raise _wrong(f"{layer}: {template} of {made.code} holds a figure of its own")
    for layer, mark in MARK.items():
        _check_text(made, f"carried: {layer}", made.carried.get(layer, ""), {"sentence", mark})


def _check_text(made: Catalogue, name: str, text: str, wanted: set[str]) -> None:
    if not isinstance(text, str):
        raise _wrong(f"{name} of {made.code} is no text")
    slots = _SLOT.findall(text)
    used = {slot for slot, _ in slots}
    if used != wanted:
        odd = sorted(used ^ wanted)
        raise _wrong(f"{name} of {made.code} must hold {{{odd[0]}}} exactly as it is declared")
    for _, noun in slots:
        if noun and "other" not in made.nouns.get(noun, {}):
            raise _wrong(f"{name} of {made.code} counts {noun!r}, which has no plural forms")


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise _wrong(f"{path} is larger than a catalogue can be")
        return tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", way_out="Name a catalogue.") from error
    except (ValueError, RecursionError):
        raise _wrong(f"{path} is no TOML") from None


def _wrong(what: str) -> InputError:
    return InputError(f"The catalogue cannot be used: {what}.", way_out=_WAY_OUT)
