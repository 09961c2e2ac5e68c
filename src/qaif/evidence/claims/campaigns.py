"""Campaigns: appeals for money, where each was shown, which address it named, who took it from whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qaif.evidence.claims.entity import Entity


@dataclass(frozen=True)
class Appeal:
    """One appeal, as sources say that it was shown.

    Attributes:
        id: of the entity.
        channels: where it was shown, by name.
        wallets: the addresses that it names.
        wording: what it says, as captured.
        captures: SHA-256 of the captures, and when each was taken where that is said.
        captured_at: when.
        shown_from, shown_to: from when to when; as much of a date as is known, None where it is not.
        repost_of: the appeals that it was taken from.
        other_means: other ways of paying that it offers.
        roots: the independent sources behind it.
    """

    id: str
    channels: tuple[str, ...]
    wallets: tuple[str, ...]
    wording: tuple[str, ...]
    captures: tuple[str, ...]
    captured_at: tuple[str, ...]
    shown_from: str | None
    shown_to: str | None
    repost_of: tuple[str, ...]
    other_means: tuple[str, ...]
    roots: tuple[str, ...]

    @property
    def first_day(self) -> str | None:
        """The first day on which it is known to have been shown."""
        return min((each for each in (self.shown_from, *self.captured_at) if each), default=None)

    @property
    def last_day(self) -> str | None:
        """The last."""
        known = (self.shown_from, self.shown_to, *self.captured_at)
        return max((each for each in known if each), default=None)


@dataclass(frozen=True)
class Shown:
    """One address of a campaign, and when it was shown.

    Attributes:
        address: the address.
        first_day, last_day: of all appeals that name it.
        appeals: how many.
        channels: where.
        instead_of: the addresses that the same channels showed before, and did not show together with it.
    """

    address: str
    first_day: str | None
    last_day: str | None
    appeals: int
    channels: tuple[str, ...]
    instead_of: tuple[str, ...]


@dataclass(frozen=True)
class Repost:
    """An appeal that was taken from another.

    Attributes:
        appeal, original: the two appeals.
        by, of: their channels.
        on: the day on which it is known to have been shown; None where it is not known.
        same_addresses: it names the addresses of the original; False where it changed them.
    """

    appeal: str
    original: str
    by: tuple[str, ...]
    of: tuple[str, ...]
    on: str | None
    same_addresses: bool


def appeals_of(entities: Iterable[Entity], captions: Mapping[str, str]) -> tuple[Appeal, ...]:
    """Appeals from what is said of them, by the first day on which each was shown; unknown days last."""
    found = [_appeal(entity, captions) for entity in entities if "Appeal" in entity.schemata]
    return tuple(sorted(found, key=lambda one: (one.first_day is None, one.first_day or "", one.id)))


def _appeal(entity: Entity, captions: Mapping[str, str]) -> Appeal:
    def said(prop: str) -> tuple[str, ...]:
        return tuple(value.value for value in entity.values(prop) if value.roots)

    roots = {root for prop in entity.properties for value in prop.values for root in value.roots}
    return Appeal(
        id=entity.id,
        channels=tuple(captions.get(each, each) for each in said("channel")),
        wallets=said("wallet"),
        wording=said("wording"),
        captures=said("capture"),
        captured_at=tuple(sorted(said("capturedAt"))),
        shown_from=min(said("shownFrom"), default=None),
        shown_to=max(said("shownTo"), default=None),
        repost_of=said("repostOf"),
        other_means=said("otherMeans"),
        roots=tuple(sorted(roots)),
    )


def rotation(appeals: Sequence[Appeal]) -> tuple[Shown, ...]:
    """Each address with when it was shown, in the order in which they came up."""
    by_address: dict[str, list[Appeal]] = {}
    for one in appeals:
        for address in one.wallets:
            by_address.setdefault(address, []).append(one)
    out: list[Shown] = []
    for address, its in by_address.items():
        channels = tuple(dict.fromkeys(name for one in its for name in one.channels))
        first = min((one.first_day for one in its if one.first_day), default=None)
        last = max((one.last_day for one in its if one.last_day), default=None)
        before = tuple(
            each.address
            for each in out
            if first and each.last_day and each.last_day < first and set(each.channels) & set(channels)
        )
        out.append(Shown(address, first, last, len(its), channels, before))
    return tuple(out)


def reposts(appeals: Sequence[Appeal]) -> tuple[Repost, ...]:
    """Who took an appeal from whom, in the order in which they were shown."""
    by_id = {one.id: one for one in appeals}
    return tuple(
        Repost(
            one.id,
            original,
            one.channels,
            by_id[original].channels if original in by_id else (),
            one.first_day,
            original in by_id and set(one.wallets) == set(by_id[original].wallets),
        )
        for one in appeals
        for original in one.repost_of
    )
