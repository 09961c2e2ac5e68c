"""What a report is made of, before any language: typed sentences, tables, pictures, sections, evidence.

A sentence is a template with values and evidence; its layer is the weakest of its evidence, and it is made
only where the catalogue declares a template of that layer. Sentences are made by `saying.say` alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from qaif.questions.answer import Layer

# fmt: off
ValueKind = Literal[
    "address", "txid", "id", "sat", "count", "day", "moment", "month", "ppm", "money", "name", "quote", "term"
]
# fmt: on
FIGURES: frozenset[str] = frozenset(("sat", "count", "day", "moment", "month", "ppm", "money"))
OF_SOURCES: frozenset[str] = frozenset(("name", "quote", "money"))
EvidenceKind = Literal[
    "transaction", "block", "history", "method", "span", "statement", "list", "prices", "person"
]
LAYER_OF: Mapping[str, Layer] = {
    "transaction": "fact",
    "block": "fact",
    "method": "inference",
    "span": "claim",
    "statement": "claim",
    "list": "claim",
    "prices": "claim",
    "person": "claim",
}


@dataclass(frozen=True)
class Value:
    """A value of a sentence or of a cell.

    Attributes:
        kind: `address`, `txid` and `id` are written as they are; `sat` is satoshi; `day` is `2020-01-31`,
            `month` `2020-01`, `moment` ISO 8601 in UTC; `ppm` a share in millionths; `money` an amount with
            its currency, such as `12.30 USD`; `name` and `quote` are a source's words; `term` is a word of
            the catalogue.
        value: an integer for `sat`, `count` and `ppm`; else text.
        at_least: it is a lower bound.
    """

    kind: ValueKind
    value: int | str
    at_least: bool = False


@dataclass(frozen=True)
class Evidence:
    """What a sentence rests on.

    Attributes:
        kind: what it is; `history` is all held transactions of a script, and has the layer of its answer.
        ref: a txid, a block hash, a script's address, `method/version`, `sha256#start-end` of a document, a
            statement's id, `list@version`, the source of prices, a person.
        layer: fact, inference or claim.
        note: what belongs to it: a method's measured error; reliability, credibility and root of a span.
    """

    kind: EvidenceKind
    ref: str
    layer: Layer
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse evidence that is passed off as a stronger layer.

        Raises:
            ValueError: it is.
        """
        fixed = LAYER_OF.get(self.kind)
        if fixed is not None and fixed != self.layer:
            raise ValueError(f"evidence by {self.kind} is a {fixed} and no {self.layer}")


@dataclass(frozen=True)
class Sentence:
    """One statement; see `saying.say`, which makes it.

    Attributes:
        template: the id of its template.
        layer: the weakest layer that it rests on.
        values: its values by slot.
        evidence: what it rests on; never empty.
        about: what it is about, such as an address; with the template it names the statement.
        summary: it belongs in the summary, too.
    """

    template: str
    layer: Layer
    values: Mapping[str, Value]
    evidence: tuple[Evidence, ...]
    about: str = ""
    summary: bool = False

    @property
    def key(self) -> str:
        """By which it is known again when its values have changed."""
        return f"{self.about}:{self.template}" if self.about else self.template


@dataclass(frozen=True)
class Phrase:
    """Words of the report itself, such as a heading; they hold no figure and no word of a source."""

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes:
        layer: the weakest that it rests on.
        cells: one a column; None is shown as not known.
        evidence: what it rests on; never empty.
    """

    layer: Layer
    cells: tuple[Value | None, ...]
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        """Refuse a row that claims a stronger layer than its evidence, or has none.

        Raises:
            ValueError: it does.
        """
        check_layer(self.layer, self.evidence)
        if self.layer != "claim" and any(cell and cell.kind in OF_SOURCES for cell in self.cells):
            raise ValueError(f"a row of layer {self.layer} holds what only a source can say")


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        title: what it shows.
        columns: ids of plain templates, one a column.
        rows: at least one.
        left_out: how many more rows there are than are shown.
    """

    title: Phrase
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Picture:
    """A picture, drawn from data once the language is known.

    Attributes:
        name: its name, unique in the document: small letters, digits and hyphens.
        kind: which drawing of `pictures.py`.
        title: what it shows, in words.
        data: what is drawn.
        layer: the weakest that it rests on.
        evidence: what it rests on; never empty.
    """

    name: str
    kind: str
    title: Phrase
    data: Mapping[str, object]
    layer: Layer
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        """Refuse a picture that claims a stronger layer than its evidence, or has none.

        Raises:
            ValueError: it does.
        """
        check_layer(self.layer, self.evidence)


@dataclass(frozen=True)
class Section:
    """A section: a title, and what stands under it in order."""

    id: str
    title: Phrase
    parts: tuple["Phrase | Sentence | Table | Picture | Section", ...]

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence in it and in the sections inside it."""
        for part in self.parts:
            if isinstance(part, Sentence):
                yield part
            elif isinstance(part, Section):
                yield from part.sentences()


@dataclass(frozen=True)
class Document:
    """A report in no language yet.

    Attributes:
        title: the name of the case, as its makers wrote it.
        simulated: the blocks come from a simulator; every page says so.
        as_of: the block's hash and time, ISO 8601; empty where there is no chain.
        pins: what it rests on, by name: chain, lists, claims, policy, prices, program.
        sections: in order.
    """

    title: str
    simulated: bool
    as_of: tuple[str, str]
    pins: Mapping[str, str]
    sections: tuple[Section, ...]

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in order."""
        for section in self.sections:
            yield from section.sentences()


def check_layer(layer: Layer, evidence: tuple[Evidence, ...]) -> None:
    """Refuse a layer that is stronger than the evidence.

    Raises:
        ValueError: it is, or there is no evidence.
    """
    strength = ("fact", "inference", "claim")
    if not evidence:
        raise ValueError("no figure without evidence")
    weakest = max((one.layer for one in evidence), key=strength.index)
    if strength.index(layer) < strength.index(weakest):
        raise ValueError(f"what rests on a {weakest} is no {layer}")
