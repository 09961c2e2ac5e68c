"""Answer lists of documents, and what an extraction scores against them; the form is in the lists' README."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qaif.evidence.extraction.extract import extract
from qaif.evidence.extraction.shape import Extraction
from qaif.evidence.passages import plain_passages
from qaif.feeds.networks import NETWORKS

HERE = Path(__file__).resolve().parents[1] / "evidence" / "extraction"
LISTS = HERE / "answers"
DOCUMENTS = HERE / "documents"
MADE = ("chat-ar", "chat-ru", "news-en", "news-fa", "notice-tr", "order-he")
_THERE = sorted(path.stem for path in DOCUMENTS.glob("*.txt"))
NOT_FITTED = tuple(name for name in _THERE if name.startswith("other-"))  # no rule was made for them
TUNING = tuple(name for name in _THERE if name.startswith("fit-"))  # rules were mended on them
KEPT_OUT = tuple(name for name in _THERE if name.startswith("kept-"))  # rules were never held against them
HELD_OUT = tuple(name for name in _THERE if name.startswith("held-"))
_PLACE = re.compile(r"@(\d+):(\d+)")

Spans = list[tuple[int, int]] | None


@dataclass(frozen=True)
class Answer:
    """One line of a list; `spans` is where each of its quotes stands, None for anything."""

    line: str
    sign: str
    kind: str
    values: tuple[str, ...]
    spans: tuple[Spans, ...]


@dataclass
class Score:
    """What an extraction scored."""

    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)

    @property
    def recall(self) -> int:
        """Of a thousand answers asked for, how many were found; rounded down."""
        return 1000 * len(self.found) // max(1, len(self.found) + len(self.missed))

    @property
    def precision(self) -> int:
        """Of a thousand proposals, how many are in the list; rounded down."""
        return 1000 * len(self.right) // max(1, len(self.right) + len(self.wrong))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(" / ")]


def _spans(text: str, quotes: str) -> Spans:
    if quotes == "*":
        return None
    found = []
    for quote in _parts(quotes):
        if place := _PLACE.fullmatch(quote):
            found.append((int(place[1]), int(place[2])))
        else:
            found += [match.span() for match in re.finditer(re.escape(quote), text)]
    return found


def answers(text: str, listed: str) -> list[Answer]:
    """Read a list."""
    found = []
    for line in listed.splitlines():
        if line[:1] not in ("+", "?", "-"):
            continue
        parts = [part.strip() for part in line[1:].split(" | ")]
        if parts[0].startswith("RELATION "):
            kind, subject, object_, *status = parts
            spans: tuple[Spans, ...] = (_spans(text, subject), _spans(text, object_))
            values = tuple(_parts(status[0])) if status else ("*",)
        else:
            kind, spans, values = parts[0], (_spans(text, parts[-1]),), tuple(_parts(parts[1]))
        found.append(Answer(line, line[0], kind, values, spans))
    return found


def _shared(one: tuple[int, int], other: tuple[int, int]) -> float:
    common = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, common) / (max(one[1], other[1]) - min(one[0], other[0]))


def _fits(span: tuple[int, int], spans: Spans, least: float) -> bool:
    return spans is None or any(_shared(span, other) >= least for other in spans)


def _end_fits(span: tuple[int, int], spans: Spans) -> bool:
    """A third is enough where one lies wholly in the other."""
    if _fits(span, spans, 0.4):
        return True
    inside = [
        o
        for o in spans or ()
        if (o[0] <= span[0] and span[1] <= o[1]) or (span[0] <= o[0] and o[1] <= span[1])
    ]
    return any(_shared(span, other) >= 1 / 3 for other in inside)


@dataclass(frozen=True)
class Proposed:
    """Something that was proposed, in the list's terms."""

    kind: str
    value: str
    spans: tuple[tuple[int, int], ...]
    shown: str


def proposed(extraction: Extraction, text: str) -> Iterator[Proposed]:
    """Everything that an extraction proposes."""
    for one in extraction.indicators:
        shown = f"{one.kind} | {one.value} | {text[one.start : one.end]!r}"
        yield Proposed(one.kind, one.value, ((one.start, one.end),), shown)
    for relation in extraction.relations:
        subject, object_ = relation.subject, relation.object
        shown = f"RELATION {relation.role} | {subject.name} | {object_.name} | {relation.status}"
        spans = ((subject.start, subject.end), (object_.start, object_.end))
        yield Proposed(f"RELATION {relation.role}", relation.status, spans, shown)
    for source in extraction.sources:
        yield Proposed("source", source.name, ((source.start, source.end),), f"source | {source.name}")


def matches(one: Proposed, answer: Answer) -> bool:
    """Whether a proposal is what an answer asks for."""
    if answer.kind.startswith("RELATION"):
        kinds = answer.kind in (one.kind, "RELATION *") and one.kind.startswith("RELATION")
        return (
            kinds
            and (answer.values == ("*",) or one.value in answer.values)
            and all(_end_fits(span, spans) for span, spans in zip(one.spans, answer.spans, strict=True))
        )
    if one.kind != answer.kind:
        return False
    value = answer.values == ("*",) or one.kind in ("name", "source", "unnamed")
    if not value and one.value.lower() not in [wanted.lower() for wanted in answer.values]:
        return False
    return _fits(one.spans[0], answer.spans[0], 0.5)


def score(text: str, listed: str, extraction: Extraction) -> Score:
    """Hold an extraction against a list."""
    every, result = list(proposed(extraction, text)), Score()
    lines = answers(text, listed)
    for answer in lines:
        hit = any(matches(one, answer) for one in every)
        if answer.sign == "+":
            (result.found if hit else result.missed).append(answer.line)
        elif answer.sign == "-" and hit:
            result.forbidden.append(answer.line)
    good = [answer for answer in lines if answer.sign != "-"]
    bad = [answer for answer in lines if answer.sign == "-"]
    for one in every:
        right = any(matches(one, answer) for answer in good) and not any(
            matches(one, answer) for answer in bad
        )
        (result.right if right else result.wrong).append(one.shown)
    return result


def score_of(document: Path) -> Score:
    """Extract from a document, without any list of the user's, and hold it against its list."""
    text = document.read_text(encoding="utf-8")
    listed = (LISTS / document.name).read_text(encoding="utf-8")
    return score(text, listed, extract(text, list(plain_passages(text)), NETWORKS["mainnet"]))
