"""All extractors over a document, and what they found put into one order.

An extractor is a module with `ID`, `VERSION` and a function from a `Reading` to what it found in it; it
decides nothing of other extractors. Here alone overlaps are settled: what is more certain by its form
goes first.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from qaif.evidence.extraction import (
    again,
    aliases,
    amounts,
    banking,
    clauses,
    contacts,
    dates,
    entities,
    headed,
    loose,
    persons,
    relations,
    repeated,
    tellers,
    wallets,
)
from qaif.evidence.extraction.cues import ANNOUNCED, PREDICATES
from qaif.evidence.extraction.entities import Mentioned
from qaif.evidence.extraction.gazetteer import Gazetteer, built_in
from qaif.evidence.extraction.pieces import MOST_PROPOSALS, left_out, pieces
from qaif.evidence.extraction.reading import Found, Reading
from qaif.evidence.extraction.shape import (
    End,
    Extraction,
    Indicator,
    Kind,
    Proposal,
    Schema,
    Source,
    Status,
)
from qaif.evidence.finder import find as find_addresses
from qaif.evidence.mention import Findings, Where
from qaif.evidence.passages import Passage
from qaif.feeds.networks import Network

_READ = ("text", "hidden", "code", "ocr")
_MARKS: dict[Where, str] = {
    "ocr": "read from a picture by OCR: letters may be misread",
    "code": "read from a code in a picture",
    "hidden": "stands in text that a reader of the page does not see",
    "attribute": "stands in an attribute of the page, not in its text",
    "script": "stands in a script of the page, not in its text",
    "comment": "stands in a comment of the page, not in its text",
    "metadata": "stands in what the file says of itself, not in its text",
}
_LONGEST_NAME = 200
MOST_OF_A_PASSAGE = 50_000
_TOO_MANY = (
    f"A part of the document holds more than {MOST_OF_A_PASSAGE} dates, amounts, names and the like; "
    "no more were proposed."
)
_SITE_KINDS = ("site", "url")
_FINDER = ("finder", "1")


def extract(
    text: str,
    passages: Sequence[Passage],
    network: Network,
    gazetteer: Gazetteer | None = None,
    regions: Sequence[str] = (),
) -> Extraction:
    """Propose what a document may say.

    Args:
        text: the decoded document.
        passages: its passages.
        network: the network whose Bitcoin addresses count.
        gazetteer: names that are known; without one, those of `known.py`.
        regions: ISO codes of states whose local telephone numbers are to be tried.

    Returns:
        Proposals in the document's order. Nothing here is a claim.
    """
    findings = find_addresses(text, passages, network)
    return _extracted(text, passages, findings, gazetteer or built_in(), regions)


def _extracted(
    text: str, passages: Sequence[Passage], findings: Findings, names: Gazetteer, regions: Sequence[str]
) -> Extraction:
    indicators: list[Indicator] = []
    proposals: list[Proposal] = []
    sources: list[Source] = []
    seen: set[tuple[int, int]] = set()
    limits = list(findings.limits)
    wallets_of = _FromFinder(findings)
    for passage in pieces(passages):
        if len(indicators) + len(proposals) >= MOST_PROPOSALS:
            limits.append(left_out(len(text), passage.starts[0] if passage.text else len(text)))
            break
        if passage.where in _READ and passage.text:
            one = _Passage(text, passage, findings, wallets_of.between(passage), names, regions)
            mark = _mark_of(passage.where)
            indicators += [replace(each, notes=each.notes + mark) for each in one.indicators]
            proposals += [replace(each, notes=each.notes + mark) for each in one.proposals]
            sources += one.sources
            seen.update(one.addresses)
            limits += () if one.whole or _TOO_MANY in limits else (_TOO_MANY,)
    indicators += _elsewhere(text, findings, seen)
    return Extraction(
        indicators=tuple(sorted(indicators, key=lambda i: (i.start, i.end, i.kind))),
        relations=tuple(
            sorted(proposals, key=lambda p: (p.cue.start, p.subject.start, p.object.start, p.role))
        ),
        sources=tuple(sorted(sources, key=lambda s: (s.cue.start, s.start))),
        findings=findings,
        limits=tuple(limits),
    )


def _elsewhere(text: str, findings: Findings, seen: set[tuple[int, int]]) -> Iterator[Indicator]:
    """Addresses that stand in attributes, scripts and comments."""
    stand_in: dict[tuple[int, int], Where] = {(one.start, one.end): one.where for one in findings.near_misses}
    stand_in |= {(one.start, one.end): one.where for one in findings.mentions}
    whole = Reading(text, Passage("text"), findings.redactions)
    for kind, value, start, end, notes in wallets.from_finder(findings):
        if (start, end) not in seen:
            marked = notes + _mark_of(stand_in[start, end])
            yield _indicator(whole, _What(kind, value, start, end, marked), "", _FINDER)


def _mark_of(where: Where) -> tuple[str, ...]:
    return (_MARKS[where],) if where in _MARKS else ()


class _FromFinder:
    """What the finder found, by place: a document of many passages has as many addresses."""

    def __init__(self, findings: Findings) -> None:
        self._found = sorted(wallets.from_finder(findings), key=lambda one: one[2:4])
        self._starts = [one[2] for one in self._found]

    def between(self, passage: Passage) -> list[wallets.FromFinder]:
        """What begins between the first character of a passage and its last."""
        lo = bisect_left(self._starts, passage.starts[0])
        return self._found[lo : bisect_left(self._starts, passage.ends[-1])]


class _What(NamedTuple):
    """What is proposed at a place of the document."""

    kind: Kind
    value: str
    start: int
    end: int
    notes: tuple[str, ...]
    schema: Schema | None = None


def _indicator(reading: Reading, what: _What, language: str, by: tuple[str, str]) -> Indicator:
    kind, value, start, end, notes, schema = what
    before, after = reading.around(start, end)
    quoted = reading.quoted(start, end)
    return Indicator(kind, value, start, end, quoted, before, after, language, *by, schema, notes)


class _Passage:
    """What one passage proposes."""

    def __init__(  # noqa: PLR0913, PLR0917  what stands in the passage, and what is known
        self,
        text: str,
        passage: Passage,
        findings: Findings,
        found: Sequence[wallets.FromFinder],
        gazetteer: Gazetteer,
        regions: Sequence[str],
    ) -> None:
        self._reading = Reading(text, passage, findings.redactions)
        self._gazetteer = gazetteer
        self._taken = bytearray(len(self._reading.text))
        self.indicators: list[Indicator] = []
        self.whole = True  # nothing was left out for its number
        self.addresses: list[tuple[int, int]] = []
        self._mentions: list[Mentioned] = []
        self._addresses_of(found)
        for by, founds in self._extractors(regions):
            self._keep(by, founds)
        self._named()
        said = relations.sources(self._reading, self._mentions)
        known = {one.who.lo for one in said}
        said += [one for one in tellers.find(self._reading, self._mentions) if one.who.lo not in known]
        said.sort(key=lambda one: (one.lo, one.who.lo))
        self.sources = [self._source(one) for one in said]
        self.proposals = [*self._aliases, *self._relations(said)]

    def _addresses_of(self, found: Sequence[wallets.FromFinder]) -> None:
        for kind, value, start, end, notes in found:
            place = self._reading.locate(start, end)
            if place is None:
                continue
            self.addresses.append((start, end))
            self._mark(*place)
            language = self._reading.language(place[0])
            what = _What(kind, value, start, end, notes)
            self.indicators.append(_indicator(self._reading, what, language, _FINDER))
            if kind != "near-miss":
                self._mentions.append(Mentioned(*place, "CryptoWallet", "wallet", "indicator"))

    def _extractors(self, regions: Sequence[str]) -> Iterator[tuple[tuple[str, str], Iterable[Found]]]:
        reading = self._reading
        yield (wallets.ID, wallets.VERSION), wallets.find(reading)
        found = sorted(contacts.find(reading, regions), key=lambda f: f.kind == "phone")
        yield (contacts.ID, contacts.VERSION), [f for f in found if f.kind != "phone"]
        yield (dates.ID, dates.VERSION), dates.find(reading)
        yield (banking.ID, banking.VERSION), banking.find(reading)
        yield (contacts.ID, contacts.VERSION), [f for f in found if f.kind == "phone"]
        yield (amounts.ID, amounts.VERSION), amounts.find(reading)
        yield (dates.ID, dates.VERSION), dates.find_durations(reading)

    def _room(self) -> bool:
        self.whole = self.whole and len(self.indicators) < MOST_OF_A_PASSAGE
        return self.whole

    def _mark(self, lo: int, hi: int) -> None:
        self._taken[lo:hi] = b"\1" * (hi - lo)

    def _keep(self, by: tuple[str, str], founds: Iterable[Found]) -> None:
        """Take what overlaps with nothing taken before, and touches no private key."""
        for found in founds:
            if not self._room():
                break
            start, end = self._reading.place(found.lo, found.hi)
            if self._taken.find(1, found.lo, found.hi) >= 0 or self._reading.holds_key(start, end):
                continue
            self._mark(found.lo, found.hi)
            language = self._reading.language(found.lo)
            what = _What(found.kind, found.value, start, end, found.notes, found.schema)
            self.indicators.append(_indicator(self._reading, what, language, by))
            if found.kind == "crypto-address":
                self._mentions.append(Mentioned(found.lo, found.hi, "CryptoWallet", "wallet", "indicator"))
            elif found.kind in _SITE_KINDS:
                self._mentions.append(Mentioned(found.lo, found.hi, "Website", "site", "indicator"))

    def _named(self) -> None:
        """Names, who is spoken of without one, other names; all of them ends of relations."""
        reading = self._reading
        others = (*again.find(reading), *headed.find(reading), *persons.find(reading))
        every = entities.find(reading, self._gazetteer, others)
        every = entities.settled([*every, *repeated.find(reading, every)])
        every = entities.beside(every, loose.find(reading))
        free = [m for m in every if self._taken.find(1, m.lo, m.hi) < 0]
        self._aliases: list[Proposal] = []
        self._other_names: dict[tuple[object, ...], Mentioned] = {}
        ends: list[Mentioned] = []
        for alias in aliases.find(reading, free):
            ends += (alias.name, alias.other)
            self._other_names[alias.other[:2]] = alias.name
            self._aliases.append(self._alias(alias))
        free = self._with_ends(free, ends)
        self._mentions = sorted([*self._mentions, *free])
        for mention in sorted(free):
            self._name(mention)
        for match in ANNOUNCED.finditer(reading.text):
            many = "2" if match["two"] else "1" if match["one"] else "some"
            note = ("the text says that a street address was found and does not print it",)
            self._keep(("announced", "1"), [Found("announced-address", many, *match.span(), note)])

    def _with_ends(self, free: list[Mentioned], ends: list[Mentioned]) -> list[Mentioned]:
        """The names, with ends of aliases in place of those that overlap one; the last found goes first."""
        covered, kept = bytearray(len(self._reading.text)), set[Mentioned]()
        for mention in reversed(ends):
            if covered.find(1, mention.lo, mention.hi) < 0:
                covered[mention.lo : mention.hi] = b"\1" * (mention.hi - mention.lo)
                kept.add(mention)
        return [*(m for m in free if m not in kept and covered.find(1, m.lo, m.hi) < 0), *kept]

    def _name(self, mention: Mentioned) -> None:
        if mention.how not in ("name", "unnamed") or not self._room():
            return
        reading = self._reading
        start, end = reading.place(mention.lo, mention.hi)
        if reading.holds_key(start, end) or mention.hi - mention.lo > _LONGEST_NAME:
            return
        named = mention.how == "name"
        value = self._words(mention) if named else mention.word
        notes = () if named else ("the text speaks of it without a name",)
        what = _What("name" if named else "unnamed", value, start, end, notes, mention.schema)
        by = (entities.ID, entities.VERSION)
        one = _indicator(reading, what, reading.language(mention.lo), by)
        candidates = self._gazetteer.candidates(value, mention.entries) if named else ()
        self.indicators.append(replace(one, candidates=candidates))

    def _words(self, mention: Mentioned) -> str:
        return " ".join(self._reading.cased[mention.lo : mention.hi].split())

    def _end(self, mention: Mentioned, stands_for: Mentioned | None = None) -> End:
        start, end = self._reading.place(mention.lo, mention.hi)
        meant = self._words(stands_for) if stands_for else ""
        return End(self._words(mention), start, end, mention.schema, meant)

    def _source(self, said: relations.Said) -> Source:
        start, end = self._reading.place(said.who.lo, said.who.hi)
        return Source(self._words(said.who), start, end, self._reading.span(said.lo, said.hi))

    def _alias(self, alias: aliases.Alias) -> Proposal:
        status: Status = relations.status_at(self._reading, alias.lo)
        ends = (self._end(alias.name), self._end(alias.other))
        cue = self._reading.span(alias.lo, alias.hi)
        language = self._reading.language(alias.lo)
        by = (relations.ID, relations.VERSION)
        return Proposal("alias", "alias", *ends, cue, status, (), (), language, *by)

    def _relations(self, said: list[relations.Said]) -> Iterator[Proposal]:
        reading = self._reading
        drafts = relations.find(reading, self._mentions, self._other_names)
        drafts += clauses.find(reading, self._mentions, self._other_names, drafts)
        for draft in drafts:
            here = relations.said_at(reading, said, draft.lo)
            if draft.role == "account at" and not re.search(r"\d", reading.text[draft.lo : draft.hi]):
                note = ("the text speaks of an account and gives no number here",)
                found = Found("unnamed", "bank account", draft.lo, draft.hi, note, "BankAccount")
                self._keep((relations.ID, relations.VERSION), [found])
            yield Proposal(
                PREDICATES[draft.role],
                draft.role,
                self._end(draft.subject, draft.stands_for[0]),
                self._end(draft.object, draft.stands_for[1]),
                reading.span(draft.lo, draft.hi),
                draft.status,
                tuple(self._source(one) for one in here),
                tuple(
                    dict.fromkeys(
                        self._words(one.who) for one in relations.chain(reading, said, here, self._mentions)
                    )
                ),
                reading.language(draft.lo),
                relations.ID,
                relations.VERSION,
                draft.notes,
            )
