"""What lists and sources say of an address, and what keeps their silence from meaning anything."""

from collections.abc import Sequence
from datetime import date

from qaif.evidence.claims.entity import Entity
from qaif.evidence.claims.gather import gather
from qaif.evidence.designations import Designation, Told
from qaif.evidence.lists.known import of_name
from qaif.questions.designations import subject_of
from qaif.questions.designations_judged import AuthorityAnswer, Judge, Subject
from qaif.records.engine import Records
from qaif.records.lists import ListVersion
from qaif.screening.facts import Fault, Listing, Tag
from qaif.screening.policy import Policy

_CATEGORIES = ("category", "topics", "abuse")
_FAULTS = {
    "list not loaded": "list-not-loaded",
    "list too old": "list-too-old",
}


class ListsAsked:
    """The lists of a workspace, asked about addresses on one day.

    Args:
        records: the workspace's.
        policy: how old lists may be, and whose must be there.
        day: the day.
    """

    def __init__(self, records: Records, policy: Policy, day: date) -> None:
        versions = records.lists.versions()
        self.newest: dict[str, ListVersion] = {each.list: each for each in versions}
        self._records, self._policy, self._day = records, policy, day
        self._told = Told(records.statements, [each.last_seq for each in versions])
        self._judge = Judge(records, self._told, policy.list_days)
        self._listings: dict[str, tuple[Listing, ...]] = {}

    def listings(self, address: str) -> tuple[Listing, ...]:
        """Everyone whose designation names an address on the newest version of a loaded list.

        A designation that is over does not count; one of an old list, or of no known day, does.
        """
        if address not in self._listings:
            self._listings[address] = tuple(self._found(self.subject(address)))
        return self._listings[address]

    def subject(self, address: str) -> Subject:
        """Which entities an address is."""
        return subject_of(self._records, self._told, self._judge, address)

    def faults(self, address: str) -> tuple[Fault, ...]:
        """What keeps it from meaning anything that the lists which the policy asks for do not name it."""
        subject, day = self.subject(address), self._day.isoformat()
        told = [self._judge.authority(each, subject, day) for each in self._policy.jurisdictions]
        found = [fault for each in told for fault in _faults(each)]
        found += [_from_the_future(each, day) for each in self.newest.values() if _is_later(each, day)]
        found += [_old(each) for each in self.listings(address) if each.stale]
        return tuple(dict.fromkeys(found))

    def missing(self) -> tuple[str, ...]:
        """Jurisdictions of the policy whose list is not loaded, or not whole for addresses."""
        return tuple(
            each
            for each in self._policy.jurisdictions
            if not self._judge.is_whole(each, self._day.isoformat())
        )

    def tags(self, address: str) -> tuple[Tag, ...]:
        """Of what kind sources say an address is; each kind once for each root."""
        found = gather(self._records, address)
        tags = [tag for entity in (*found.entities, *found.links) for tag in _tags(entity)]
        return tuple(dict.fromkeys(tags))

    def ages(self) -> dict[str, dict[str, object]]:
        """Each loaded list: version, digest, day and age."""
        return {
            name: {
                "version": each.version,
                "sha256": each.sha256,
                "published_at": each.published_at,
                "age_days": self._age(each),
            }
            for name, each in sorted(self.newest.items())
        }

    def _age(self, version: ListVersion) -> int | None:
        if version.published_at is None:
            return None
        return (self._day - date.fromisoformat(version.published_at[:10])).days

    def _found(self, subject: Subject) -> list[Listing]:
        return [
            self._listing(each, subject)
            for name, version in self.newest.items()
            for entity in subject.ids
            for each in self._told.named_on(entity, name, version.last_seq)
            if each.designates and not each.has_ended(self._day.isoformat())
        ]

    def _listing(self, one: Designation, subject: Subject) -> Listing:
        age = self._age(self.newest[one.list])
        ids = tuple(dict.fromkeys((*one.whom, *subject.ids)))
        return Listing(
            jurisdiction=one.jurisdiction or of_name(one.list).jurisdiction,
            list=one.list,
            legal_acts=one.legal_act or one.programme,
            since=one.from_ or one.first_seen,
            entity_ids=ids,
            names=self._judge.names_of(one.whom),
            stale=age is None or age > self._policy.list_days,
            statement_ids=tuple(dict.fromkeys(link.statement_id for link in one.links)),
        )


class NoLists:
    """What stands in the place of lists that cannot be read: it names nobody, and says why.

    Args:
        fault: why they cannot be read.
    """

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def listings(self, _: str) -> tuple[Listing, ...]:
        """None are known."""
        return ()

    def tags(self, _: str) -> tuple[Tag, ...]:
        """None are known."""
        return ()

    def faults(self, _: str) -> tuple[Fault, ...]:
        """That they cannot be read."""
        return (self._fault,)

    def ages(self) -> dict[str, dict[str, object]]:
        """None are known."""
        return {}


def _faults(told: AuthorityAnswer) -> list[Fault]:
    kind = _FAULTS.get(told.status)
    if kind is None:
        return []
    said = " ".join(told.reasons) or told.status
    return [Fault(kind, told.jurisdiction, f"{told.jurisdiction}: {said}")]


def _old(listing: Listing) -> Fault:
    said = f"{listing.list} is older than the policy allows; what it lists stands."
    return Fault("list-too-old", listing.list, said)


def _is_later(version: ListVersion, day: str) -> bool:
    return version.published_at is not None and version.published_at[:10] > day


def _from_the_future(version: ListVersion, day: str) -> Fault:
    return Fault(
        "list-of-a-later-day",
        version.list,
        f"{version.list} is of {version.published_at}, which is after {day}: this machine's clock, or the "
        "list's date, is wrong.",
    )


def _tags(entity: Entity) -> Sequence[Tag]:
    return [
        Tag(
            category=value.value,
            label=next((name.value for name in entity.values("name")), value.value),
            root=root,
            official=any(saying.status == "official listing" for saying in value.sayings),
            statement_id=value.sayings[0].statement_id,
        )
        for prop in _CATEGORIES
        for value in entity.values(prop)
        for root in value.roots
    ]
