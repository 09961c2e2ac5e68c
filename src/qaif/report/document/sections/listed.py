"""Which sections a report has, in order: sentences by layer, tables and pictures by topic.

A part of the report that is made elsewhere adds its builders to `FURTHER`; its sentences stay where they are.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from qaif.questions.answer import Layer
from qaif.report.document.model import Document, Phrase, Section, Sentence
from qaif.report.document.saying import phrase
from qaif.report.document.sections import (
    answering,
    closing,
    judging,
    of_address,
    of_claims,
    of_flows,
    reconciling,
)
from qaif.report.document.sections.shared import Material, present

Builder = Callable[[Material], Section | None]

TOPICS: Final[tuple[Builder, ...]] = (
    *(of_address.review, of_address.activity),
    *(of_flows.clusters, of_flows.flows, of_flows.handoffs, of_flows.exposure),
    *(of_claims.said, of_claims.network, of_claims.campaigns, of_claims.designations),
    closing.decisions,
)
FURTHER: Final[tuple[Builder, ...]] = (
    reconciling.reconciliation,
    *(judging.rivals, judging.requests, judging.recommendations),
    answering.answers,
)
CLOSING: Final[tuple[Builder, ...]] = (closing.methods, closing.unknown, closing.journal)
_LAYERS: Final[tuple[Layer, ...]] = ("fact", "inference", "claim")


def document(material: Material) -> Document:
    """The report of a case, in no language yet.

    Args:
        material: a `CaseMaterial` as JSON.
    """
    topics = [topic for build in TOPICS if (topic := build(material))]
    judged = closing.judgements(material)
    further = [section for build in FURTHER if (section := build(material))]
    sections = [
        _summary(material, topics, judged),
        *(_layer(layer, [*topics, *([judged] if judged else [])]) for layer in _LAYERS),
        *(shown for topic in topics if (shown := _without_sentences(topic))),
        *further,
        *(section for build in CLOSING if (section := build(material))),
    ]
    pins = closing.pins_table(material)
    sections.append(Section("pins", phrase("section.pins"), present(pins)))
    as_of = material["as_of"]
    return Document(
        title=material["title"],
        simulated=material["simulated"],
        as_of=(as_of["hash"], as_of["time"]) if as_of else ("", ""),
        pins=dict(material["pins"]),
        sections=tuple(sections),
    )


def _summary(material: Material, topics: Iterable[Section], judged: Section | None) -> Section:
    parts: list[Phrase | Sentence] = [one for topic in topics for one in topic.sentences() if one.summary]
    if not parts:
        parts.append(phrase("report.no_figures"))
    parts = [phrase("note.layers"), *parts, closing.confidence(material)]
    parts += judged.sentences() if judged else [phrase("note.judgements_none")]
    return Section("summary", phrase("section.summary"), tuple(parts))


def _layer(layer: Layer, topics: Iterable[Section]) -> Section:
    """Every sentence of a layer, by topic."""
    parts: list[Section] = []
    for topic in topics:
        sentences = tuple(one for one in topic.sentences() if one.layer == layer)
        if sentences:
            parts.append(Section(f"{layer}-{topic.id}", topic.title, sentences))
    title = {"fact": "facts", "inference": "inferences", "claim": "claims"}[layer]
    rest = tuple(parts) or (phrase("note.nothing"),)
    return Section(f"{title}", phrase(f"section.{title}"), (phrase(f"note.{title}"), *rest))


def _without_sentences(section: Section) -> Section | None:
    """A topic's tables, pictures and notes; None where it has no table and no picture."""
    parts = tuple(_rest(section))
    shows = [part for part in parts if not isinstance(part, Phrase)]
    return Section(section.id, section.title, parts) if shows else None


def _rest(section: Section) -> Iterator[Any]:
    for part in section.parts:
        if isinstance(part, Section):
            inner = _without_sentences(part)
            if inner:
                yield inner
        elif not isinstance(part, Sentence):
            yield part
