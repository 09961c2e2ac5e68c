"""One authority's answer about some entities on one day: is it listed, and on what does that rest?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, get_args

from qaif.evidence.claims.judging import different, same_as
from qaif.evidence.designations import Designation, Link, Told
from qaif.evidence.lists.known import KnownList, of_name, of_roots
from qaif.evidence.ownership import Holding, Owned, merged, owned_by_blocked
from qaif.questions.list_names import Candidate, Searcher, searcher_of
from qaif.records.engine import Records
from qaif.records.lists import ListVersion, version_at

Status = Literal[
    "listed itself",
    "blocked by ownership",
    "claimed relation, no listing effect",
    "not listed",
    "list not loaded",
    "list too old",
    "names alike, not decided",
    "name not found",
]
STATUSES: tuple[Status, ...] = get_args(Status)
DECIDED = ("listed itself", "blocked by ownership", "claimed relation, no listing effect", "not listed")
_OWNERSHIP_RULE = ("US",)
_MOST_RELATIONS = 200
_NAMES = ("name", "alias", "previousName")


@dataclass(frozen=True)
class ListUsed:
    """A list that an answer looked at.

    Attributes:
        list, sha256, version, published_at: which version.
        age_days: on the day that is asked about; None where its day is not known, or is later.
        whole: absence from it means something.
        stale: it is too old for that day, or of no known day.
    """

    list: str
    sha256: str
    version: str
    published_at: str | None
    age_days: int | None
    whole: bool
    stale: bool


@dataclass(frozen=True)
class Relation:
    """Somebody listed with whom there is said to be a relation; it has no effect of a listing.

    Attributes:
        entity_id: who is listed.
        names: what they are called.
        links: the statements that tell of the relation.
    """

    entity_id: str
    names: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class OwnedBy:
    """How much blocked persons own, in per cent, and through what.

    Attributes:
        least, most: by the least and the most that the sources say.
        holdings: owner, asset and share of each holding that counts.
        statement_ids: the statements that say it.
    """

    least: str
    most: str
    holdings: tuple[str, ...]
    statement_ids: tuple[str, ...]


@dataclass(frozen=True)
class AuthorityAnswer:
    """What one jurisdiction's authority says on a day.

    Attributes:
        jurisdiction: whose law.
        status: the answer.
        reasons: why, in sentences.
        designations: in force on that day.
        not_in_force: not begun yet, or over.
        owned: what blocked persons own of it, where that was looked at.
        relations: claimed relations with somebody who is listed.
        said: what others say of this authority, which its own list was not read to say.
        lists: the lists that were looked at.
        alike: entities of those lists with names like it.
    """

    jurisdiction: str
    status: Status
    reasons: tuple[str, ...]
    designations: tuple[Designation, ...] = ()
    not_in_force: tuple[Designation, ...] = ()
    owned: OwnedBy | None = None
    relations: tuple[Relation, ...] = ()
    said: tuple[Designation, ...] = ()
    lists: tuple[ListUsed, ...] = ()
    alike: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class _OnList:
    """What lists say of some entities on a day."""

    listed: tuple[Designation, ...]
    not_in_force: tuple[Designation, ...]
    reasons: tuple[str, ...]
    unknown_since: bool


@dataclass(frozen=True)
class Subject:
    """What is asked about.

    Attributes:
        kind: `entity`, `address or account`, or `name`.
        ids: the entities that it is; none for a name, or for an address that nobody named.
        names: what they are called.
        is_wallet: it is an address or account.
    """

    kind: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    is_wallet: bool


@dataclass(frozen=True)
class _Found:
    """All that a status depends on."""

    subject: Subject
    used: tuple[ListUsed, ...]
    on_list: _OnList
    owned: Owned | None
    relations: tuple[Relation, ...]
    alike: tuple[Candidate, ...]


class Judge:
    """Answers for authorities.

    Args:
        records: the workspace's.
        told: what statements tell.
        stale_after: days after which a list is too old.
    """

    def __init__(self, records: Records, told: Told, stale_after: int) -> None:
        self._records, self._told, self._stale_after = records, told, stale_after
        self._sought: dict[str, tuple[Candidate, ...]] = {}
        self._versions: dict[str, list[ListVersion]] = {}
        for each in records.lists.versions():
            self._versions.setdefault(each.list, []).append(each)
        self._known = {name: self._known_list(name) for name in self._versions}
        self._judgements = records.judgements.all()
        self._different = different(self._judgements)

    def authority(self, jurisdiction: str, subject: Subject, day: str) -> AuthorityAnswer:
        """The answer of one jurisdiction's authority."""
        lists = [name for name, known in self._known.items() if _concerns(known, jurisdiction)]
        on_list = self._on_lists(lists, subject.ids, day)
        found = _Found(
            subject,
            tuple(self._used(name, jurisdiction, subject, day) for name in lists),
            on_list,
            self._owned(jurisdiction, lists, subject.ids, day),
            () if on_list.listed else self._relations(lists, subject.ids, day),
            () if on_list.listed else self.alike(subject, lists),
        )
        status, why = _status(found, self._stale_after)
        return AuthorityAnswer(
            jurisdiction,
            status,
            (*on_list.reasons, *why),
            on_list.listed,
            on_list.not_in_force,
            _owned_by(found.owned) if found.owned and found.owned.through else None,
            found.relations,
            self._said_by_others(jurisdiction, subject.ids),
            found.used,
            found.alike,
        )

    def is_whole(self, jurisdiction: str, day: str) -> bool:
        """Whether a list is loaded on which an address would stand if this authority had listed it."""
        wallet = Subject("address or account", (), (), is_wallet=True)
        lists = [name for name, known in self._known.items() if _concerns(known, jurisdiction)]
        return any(self._used(name, jurisdiction, wallet, day).whole for name in lists)

    def names_of(self, ids: Iterable[str]) -> tuple[str, ...]:
        """What entities are called."""
        rows = (row.statement for each in ids for row in self._told.ever_of(each))
        return tuple(dict.fromkeys(one.value for one in rows if one.prop in _NAMES))

    def alike(self, subject: Subject, lists: Sequence[str] | None) -> tuple[Candidate, ...]:
        """Entities of lists with names like these, but for those that were judged to be others."""
        ids = set(subject.ids)
        apart = ids | {other for pair in self._different if pair & ids for other in pair}
        found: dict[str, Candidate] = {}
        for name in subject.names:
            for each in self._search(name):
                fits = (lists is None or each.list in lists) and each.entity_id not in apart
                if fits and (each.entity_id not in found or found[each.entity_id].score < each.score):
                    found[each.entity_id] = each
        return tuple(sorted(found.values(), key=lambda each: -each.score))

    @cached_property
    def _searcher(self) -> Searcher:
        return searcher_of(self._records)

    def _search(self, name: str) -> tuple[Candidate, ...]:
        if name not in self._sought:
            self._sought[name] = self._searcher.search(name)
        return self._sought[name]

    def _known_list(self, name: str) -> KnownList:
        known = of_name(name)
        if name.startswith("opensanctions-") and not known.covers:
            return of_roots(name, self._records.lists.roots(name))
        return known

    def _used(self, name: str, jurisdiction: str, subject: Subject, day: str) -> ListUsed:
        versions, known = self._versions[name], self._known[name]
        one = version_at(versions, day) or versions[-1]
        age = None
        if one.published_at:
            age = (date.fromisoformat(day) - date.fromisoformat(one.published_at[:10])).days
        whole = jurisdiction in known.jurisdictions and known.is_whole_for(wallet=subject.is_wallet)
        stale = age is None or age > self._stale_after
        return ListUsed(name, one.sha256, one.version, one.published_at, age, whole, stale)

    def _on_lists(self, lists: Iterable[str], ids: Sequence[str], day: str) -> _OnList:
        listed: dict[Designation, None] = {}
        others: dict[Designation, None] = {}
        reasons: list[str] = []
        unknown = False
        for name in lists:
            versions = self._versions[name]
            then, newest = version_at(versions, day), versions[-1]
            by_then = self._named(name, ids, then) if then else ()
            for each in by_then:
                (listed if each.in_force(day) else others)[each] = None
            for each in () if newest is then else self._named(name, ids, newest):
                since = each.known_since
                if since is None or (each.from_ != since and since > day):
                    unknown = unknown or not by_then
                    reasons.append(_since_unknown(each, newest))
                elif each.in_force(day):
                    listed.setdefault(each)
                else:
                    others.setdefault(each)
        reasons += [_over(each, day) for each in others]
        return _OnList(tuple(listed), tuple(others), tuple(dict.fromkeys(reasons)), unknown)

    def _named(self, name: str, ids: Iterable[str], version: ListVersion) -> tuple[Designation, ...]:
        found = (d for each in ids for d in self._told.named_on(each, name, version.last_seq))
        return tuple(dict.fromkeys(each for each in found if each.designates))

    def _is_listed(self, lists: Sequence[str], entity_id: str, day: str) -> bool:
        return bool(self._on_lists(lists, same_as(self._judgements, entity_id), day).listed)

    def _owned(self, jurisdiction: str, lists: Sequence[str], ids: Sequence[str], day: str) -> Owned | None:
        if jurisdiction not in _OWNERSHIP_RULE or not ids:
            return None
        one = dict.fromkeys(ids, ids[0])
        held = [
            Holding(one.get(h.owner, h.owner), one.get(h.asset, h.asset), h.share, h.statement_ids)
            for h in self._told.holdings_of(ids, day)
        ]
        holdings = merged(held)
        owners = {each.owner for each in holdings} - {ids[0]}
        listed = frozenset(each for each in owners if self._is_listed(lists, each, day))
        return owned_by_blocked(ids[0], listed, holdings)

    def _relations(self, lists: Sequence[str], ids: Sequence[str], day: str) -> tuple[Relation, ...]:
        found: list[Relation] = []
        linked = [pair for each in ids for pair in self._told.linked_to(each)][:_MOST_RELATIONS]
        for other, links in linked:
            if other not in ids and self._is_listed(lists, other, day):
                found.append(Relation(other, self.names_of((other,)), links))
        return tuple(found)

    def _said_by_others(self, jurisdiction: str, ids: Iterable[str]) -> tuple[Designation, ...]:
        every = (each for one in ids for each in self._told.designations(one))
        return tuple(e for e in every if not e.by_the_list and e.jurisdiction == jurisdiction)


def _status(found: _Found, stale_after: int) -> tuple[Status, list[str]]:
    """The answer that follows from what was found, with its reasons."""
    if found.on_list.listed:
        return "listed itself", _stale_note(found.used, found.on_list.listed)
    if found.owned is not None and found.owned.is_blocked:
        return "blocked by ownership", ["Blocked persons own 50 per cent or more, by what sources say."]
    why = _doubt(found.owned)
    missing = _missing(found.used, found.on_list, stale_after)
    if missing is not None:
        return missing[0], [*why, missing[1]]
    return _not_on_a_whole_list(found, why)


def _not_on_a_whole_list(found: _Found, why: list[str]) -> tuple[Status, list[str]]:
    if found.alike:
        said = "Names on the list are like it: judge each candidate the same or different."
        return "names alike, not decided", [*why, said]
    if found.relations:
        said = "It is said to have to do with somebody who is listed; that lists nobody."
        return "claimed relation, no listing effect", [*why, said]
    if found.subject.kind == "name":
        return "name not found", ["Nobody here is called that, and no name on the list is like it."]
    return "not listed", [*why, "The list was read whole for that day and does not name it."]


def _concerns(known: KnownList, jurisdiction: str) -> bool:
    return jurisdiction in known.jurisdictions or known.jurisdiction == jurisdiction


def _missing(used: Sequence[ListUsed], on_list: _OnList, stale_after: int) -> tuple[Status, str] | None:
    """Why the lists do not tell that somebody is not listed; None where they do."""
    if on_list.unknown_since:
        return "list not loaded", "It is on a later version, which does not say since when."
    whole = [each for each in used if each.whole]
    if not whole:
        part = " Only a part of it is loaded." if used else ""
        return "list not loaded", f"This authority's list is not loaded.{part}"
    if any(each.age_days is not None and each.age_days >= 0 and not each.stale for each in whole):
        return None
    if all(each.age_days is not None and each.age_days < 0 for each in whole):
        return (
            "list not loaded",
            "Every version that is loaded is of a later day: names struck off before it are not seen.",
        )
    if all(each.age_days is None for each in whole):
        return "list too old", "The day that the list is of is not known."
    return "list too old", f"The list is more than {stale_after} days older than the day that is asked about."


def _stale_note(used: Sequence[ListUsed], listed: Sequence[Designation]) -> list[str]:
    by = {each.list for each in listed}
    return [
        f"{each.list} is too old for that day: what it lists stands, what was struck off since is not seen."
        for each in used
        if each.list in by and each.stale
    ]


def _since_unknown(each: Designation, newest: ListVersion) -> str:
    seen = f"; it was first seen there on {each.first_seen}" if each.first_seen else ""
    return f"{newest.list} of {newest.published_at} lists it and does not say since when{seen}."


def _over(each: Designation, day: str) -> str:
    if each.has_ended(day):
        return f"{each.list}: {', '.join(each.legal_act) or each.id} ended on {each.to}."
    return f"{each.list}: {', '.join(each.legal_act) or each.id} begins on {each.from_}."


def _doubt(owned: Owned | None) -> list[str]:
    if owned is None or not owned.through:
        return []
    own = _owned_by(owned)
    if owned.may_be_blocked:
        return [f"Blocked persons own from {own.least} to {own.most} per cent: the sources leave it open."]
    return [f"Blocked persons own {own.most} per cent at the most: less than 50 blocks nobody."]


def _owned_by(owned: Owned) -> OwnedBy:
    return OwnedBy(
        _percent(owned.least.numerator, owned.least.denominator),
        _percent(owned.most.numerator, owned.most.denominator),
        tuple(f"{h.owner} owns {_share(h)} per cent of {h.asset}" for h in owned.through),
        tuple(dict.fromkeys(each for h in owned.through for each in h.statement_ids)),
    )


def _share(holding: Holding) -> str:
    low, high = holding.share.least, holding.share.most
    least, most = _percent(low.numerator, low.denominator), _percent(high.numerator, high.denominator)
    return least if least == most else f"{least} to {most}"


def _percent(numerator: int, denominator: int) -> str:
    text = f"{Decimal(numerator) / Decimal(denominator):.6f}"
    return text.rstrip("0").rstrip(".")
