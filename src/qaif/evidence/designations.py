"""Designations, put together from statements: who lists whom, under what, since when, by whose word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qaif.evidence.lists.dates import first_day, last_day, read_date
from qaif.evidence.lists.known import SEED, jurisdiction_of, of_name
from qaif.evidence.ownership import UNKNOWN, Holding, read_share
from qaif.evidence.vocabulary import vocabulary
from qaif.records.statement_rows import Logged
from qaif.records.statements import Statements

_MOST_ENTITIES = 500
_NOTHING_LINKED = frozenset(("Sanction",))


@dataclass(frozen=True)
class Link:
    """A statement that an answer rests on.

    Attributes:
        statement_id: in hex.
        entity_id, prop, value: what it says.
        asserted_by, resting_on: by whose word.
        status: how that source puts it.
        locator: where in the file it stands.
        quote: what stands there, where that is kept.
        document_sha256: the kept file or document.
        list: the list that it came with; empty for the analyst's own case.
    """

    statement_id: str
    entity_id: str
    prop: str
    value: str
    asserted_by: str
    resting_on: tuple[str, ...]
    status: str
    locator: str
    quote: str
    document_sha256: str | None
    list: str


@dataclass(frozen=True)
class Designation:
    """One designation, as somebody states it.

    Attributes:
        id: its entity.
        authority, programme, legal_act: whose, under what; several values where the source has several.
        whom: the entities that it names.
        scope, exemptions, licences, provisions: what it reaches, and what it leaves out.
        from_: since when, ISO 8601 with as much as is known; None where the source does not say it.
        to: until when; None where it does not end or the source does not say it.
        first_seen: the first day that it was seen on the list, where only that is known.
        designates: False where the source says that the authority does not designate.
        list: the list that says it.
        by_the_list: the authority's own list, or a copy of it, says it; False for anybody else's word.
        jurisdiction: whose law.
        sources: web addresses.
        links: the statements.
        by_holder: it names whose address this is; since when the address stands there is not said.
    """

    id: str
    authority: tuple[str, ...]
    programme: tuple[str, ...]
    legal_act: tuple[str, ...]
    whom: tuple[str, ...]
    scope: tuple[str, ...]
    exemptions: tuple[str, ...]
    licences: tuple[str, ...]
    provisions: tuple[str, ...]
    from_: str | None
    to: str | None
    first_seen: str | None
    designates: bool
    list: str
    by_the_list: bool
    jurisdiction: str
    sources: tuple[str, ...]
    links: tuple[Link, ...]
    by_holder: bool = False

    @property
    def known_since(self) -> str | None:
        """Since when the list is known to name just this; None where that is not said."""
        return self.first_seen if self.by_holder else self.from_ or self.first_seen

    def has_begun(self, day: str) -> bool:
        """It may be in force on a day as far as its beginning goes."""
        return self.from_ is None or first_day(self.from_) <= day

    def has_ended(self, day: str) -> bool:
        """It is over on a day, whatever is not known of its last day."""
        return self.to is not None and last_day(self.to) < day

    def in_force(self, day: str) -> bool:
        """It has begun and is not over."""
        return self.has_begun(day) and not self.has_ended(day)


class Told:
    """What statements tell of entities, as of rows of the log; asked once each.

    Args:
        statements: the log.
        moments: rows of the log that are asked about beside its end.
    """

    def __init__(self, statements: Statements, moments: Sequence[int] = ()) -> None:
        self._statements = statements
        self._moments: tuple[int | None, ...] = (None, *sorted(moments, reverse=True))
        self._by_key: dict[tuple[str, int | None], tuple[Logged, ...]] = {}
        self._of: dict[tuple[str, int | None], tuple[Logged, ...]] = {}
        self._made: dict[tuple[str, int | None], tuple[Designation, ...]] = {}

    def by_key(self, key: str, seq: int | None = None) -> tuple[Logged, ...]:
        """What points to an id, or has an address or account."""
        asked = (key, seq)
        if asked not in self._by_key:
            self._by_key[asked] = self._statements.by_key(key, seq)
        return self._by_key[asked]

    def of(self, entity_id: str, seq: int | None = None) -> tuple[Logged, ...]:
        """What is said of an entity."""
        asked = (entity_id, seq)
        if asked not in self._of:
            self._of[asked] = self._statements.of_entity(entity_id, seq)
        return self._of[asked]

    def ever_of(self, entity_id: str) -> tuple[Logged, ...]:
        """What is said of an entity now, or else what was said of it last."""
        return next((found for seq in self._moments if (found := self.of(entity_id, seq))), ())

    def ever_by_key(self, key: str) -> tuple[Logged, ...]:
        """What has an address or account now, or else what had it last."""
        return next((found for seq in self._moments if (found := self.by_key(key, seq))), ())

    def designations(self, entity_id: str, seq: int | None = None) -> tuple[Designation, ...]:
        """Every designation of an entity; each list's word on its own."""
        asked = (entity_id, seq)
        if asked not in self._made:
            ids = {row.statement.entity_id for row in self.by_key(entity_id, seq) if _designates(row)}
            made = (each for one in sorted(ids) for each in _designations(self.of(one, seq)))
            self._made[asked] = tuple(each for each in made if entity_id in each.whom)
        return self._made[asked]

    def named_on(self, entity_id: str, list_name: str, seq: int | None = None) -> tuple[Designation, ...]:
        """A list's designations of an entity, or of those whose address it is by that same list."""
        found = [each for each in self.designations(entity_id, seq) if each.list == list_name]
        for row in self.of(entity_id, seq):
            one = row.statement
            if one.prop == "holder" and one.assertion.dataset == list_name:
                holders = (each for each in self.designations(one.value, seq) if each.list == list_name)
                found += [replace(each, by_holder=True) for each in holders]
        return tuple(dict.fromkeys(found))

    def holdings_of(self, assets: Iterable[str], day: str) -> tuple[Holding, ...]:
        """Who owns these on a day, and who owns the owners, as far as it is said."""
        waiting, seen, found = list(assets), set[str](), list[Holding]()
        while waiting and len(seen) < _MOST_ENTITIES:
            asset = waiting.pop()
            if asset in seen:
                continue
            seen.add(asset)
            for row in self.by_key(asset):
                if row.statement.prop == "asset" and _is_a(row, "Ownership"):
                    holding = _holding(self.of(row.statement.entity_id), asset, day)
                    found += holding
                    waiting += [each.owner for each in holding]
        return tuple(found)

    def linked_to(self, entity_id: str) -> tuple[tuple[str, tuple[Link, ...]], ...]:
        """Whom an entity is said to have to do with, each with the statements that say it."""
        found: dict[str, list[Link]] = {}
        for row in self.by_key(entity_id):
            edge = self.of(row.statement.entity_id)
            for each in edge:
                other = each.statement.value
                points = vocabulary().points_to(each.statement.schema, each.statement.prop)
                if points and other != entity_id and each.statement.schema not in _NOTHING_LINKED:
                    found.setdefault(other, []).extend(links_of(edge))
            own = row.statement
            if vocabulary().points_to(own.schema, own.prop) and own.schema not in _NOTHING_LINKED:
                found.setdefault(own.entity_id, []).append(link_of(row))
        for row in self.of(entity_id):
            if vocabulary().points_to(row.statement.schema, row.statement.prop):
                found.setdefault(row.statement.value, []).append(link_of(row))
        return tuple((other, tuple(dict.fromkeys(links))) for other, links in found.items())


def link_of(row: Logged) -> Link:
    """A statement as a link."""
    one, said = row.statement, row.statement.assertion
    return Link(
        row.id,
        one.entity_id,
        one.prop,
        one.value,
        said.asserted_by,
        said.resting_on,
        said.status,
        one.locator,
        said.quote,
        said.document_sha256 or row.entry.document_sha256,
        said.dataset,
    )


def links_of(rows: Iterable[Logged]) -> tuple[Link, ...]:
    """Statements as links, without the bare ones."""
    return tuple(link_of(row) for row in rows if row.statement.prop != "id")


def _designates(row: Logged) -> bool:
    return row.statement.prop == "entity" and _is_a(row, "Sanction")


def _is_a(row: Logged, schema: str) -> bool:
    return vocabulary().is_a(row.statement.schema, schema)


def _designations(rows: Sequence[Logged]) -> list[Designation]:
    """The designations that one entity is, one for each list or source that tells of it."""
    by_list: dict[str, list[Logged]] = {}
    for row in rows:
        by_list.setdefault(row.statement.assertion.dataset, []).append(row)
    return [_designation(name, of_it) for name, of_it in by_list.items()]


def _designation(list_name: str, rows: Sequence[Logged]) -> Designation:
    def values(*props: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(r.statement.value for r in rows if r.statement.prop in props))

    known = of_name(list_name)
    countries = values("country")
    whose = known.jurisdiction if known.whole or known.jurisdiction else ""
    begun = _dates(values("startDate")) or _dates(values("listingDate"))
    seen = sorted(s for r in rows if (s := r.statement.assertion.first_seen))
    return Designation(
        id=rows[0].statement.entity_id,
        authority=values("authority"),
        programme=values("program", "programId"),
        legal_act=values("legalAct"),
        whom=values("entity"),
        scope=values("scope"),
        exemptions=values("exemptions"),
        licences=values("licences"),
        provisions=values("provisions"),
        from_=min(begun, default=None),
        to=max(_dates(values("endDate")), default=None),
        first_seen=seen[0] if seen else None,
        designates="no" not in values("designates"),
        list=list_name,
        by_the_list=bool(list_name) and _is_list(list_name),
        jurisdiction=jurisdiction_of(whose or (countries[0] if countries else "")),
        sources=values("sourceUrl", "programUrl"),
        links=links_of(rows),
    )


def _is_list(name: str) -> bool:
    known = of_name(name)
    return known.name != SEED and known.reliability in ("A", "B")


def _dates(texts: Iterable[str]) -> list[str]:
    return [found for text in texts if (found := read_date(text).iso)]


def _holding(rows: Sequence[Logged], asset: str, day: str) -> list[Holding]:
    """The shares of an asset that one ownership tells of on a day."""

    def values(prop: str) -> list[str]:
        return [row.statement.value for row in rows if row.statement.prop == prop]

    begun, ended = _dates(values("startDate")), _dates(values("endDate"))
    if (begun and first_day(min(begun)) > day) or (ended and last_day(max(ended)) < day):
        return []
    if asset not in values("asset"):
        return []
    shares = [read_share(text) for text in values("percentage")] or [UNKNOWN]
    ids = tuple(row.id for row in rows if row.statement.prop in ("owner", "asset", "percentage"))
    return [Holding(owner, asset, share, ids) for owner in values("owner") for share in shares]
