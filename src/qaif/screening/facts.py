"""What a policy judges: matches on lists, dealings, tags and indicators, each with what it rests on."""

from dataclasses import dataclass, field
from typing import Literal

Layer = Literal["fact", "inference", "claim"]
Direction = Literal["in", "out"]


@dataclass(frozen=True)
class Listing:
    """Somebody stands on an official list.

    Attributes:
        jurisdiction: whose law.
        list: which list.
        legal_acts: under what.
        since: ISO 8601 with as much as is known; None where the list does not say it.
        entity_ids, names: who.
        stale: the list is older than the policy allows; what it lists stands all the same.
        statement_ids: the statements that say it, in hex.
    """

    jurisdiction: str
    list: str
    legal_acts: tuple[str, ...]
    since: str | None
    entity_ids: tuple[str, ...]
    names: tuple[str, ...]
    stale: bool
    statement_ids: tuple[str, ...]


@dataclass(frozen=True)
class Tag:
    """What somebody says an address is.

    Attributes:
        category: of what kind.
        label: in the source's words.
        root: on whom that rests in the end; tags of one root count once.
        official: an authority's list says it.
        statement_id: in hex.
    """

    category: str
    label: str
    root: str
    official: bool
    statement_id: str


@dataclass(frozen=True)
class Contact:
    """Dealings of the address with one other.

    Attributes:
        entity_ids, names: who the other is said to be.
        address: the other's address.
        listings: the other's.
        tags: what is said of the other.
        direction: `in` where it paid the address that is screened.
        hops: steps between the two; 1 is dealing directly.
        amount_sat: what went between them directly, or by the smallest estimate where it was not direct.
        least_ppm, most_ppm: of all that went that way, over the conventions of tracing.
        first_time, last_time: ISO 8601 in UTC.
        path: transaction ids, from one to the other.
        layer: what it rests on.
        methods: what concludes, with versions.
        measured: what was measured of each method's error.
        uncounted: why nothing follows from them, such as that several parties paid together; else empty.
    """

    entity_ids: tuple[str, ...]
    names: tuple[str, ...]
    address: str
    listings: tuple[Listing, ...]
    tags: tuple[Tag, ...]
    direction: Direction
    hops: int
    amount_sat: int
    least_ppm: int
    most_ppm: int
    first_time: str
    last_time: str
    path: tuple[str, ...]
    layer: Layer
    methods: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    uncounted: str = ""

    @property
    def relation(self) -> str:
        """In the words of answers."""
        return "dealt with directly" if self.hops == 1 else f"within {self.hops} hops"


@dataclass(frozen=True)
class Indicator:
    """An indicator that holds; one alone proves nothing.

    Attributes:
        id: its name.
        source: who published it, and where.
        said: what holds, with figures.
    """

    id: str
    source: str
    said: str


@dataclass(frozen=True)
class Transfer:
    """The transfer that is asked about.

    Attributes:
        direction: `in` is a deposit that comes from the address, `out` a withdrawal that goes to it.
        amount_sat: how much; None where nobody said.
        time: ISO 8601 in UTC; None where nobody said.
    """

    direction: Direction
    amount_sat: int | None = None
    time: str | None = None


@dataclass(frozen=True)
class Facts:
    """All that is known of an address that is screened.

    Attributes:
        now: the time of the screening, ISO 8601 in UTC.
        listings: of the address itself.
        tags: of the address itself.
        contacts: its dealings.
        indicators: that hold.
        transfer: what is asked about, if it is a transfer.
        first_seen: when it was first used; None where it was not, or that is not held.
    """

    now: str
    listings: tuple[Listing, ...] = ()
    tags: tuple[Tag, ...] = ()
    contacts: tuple[Contact, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    transfer: Transfer | None = None
    first_seen: str | None = None


@dataclass(frozen=True)
class Fault:
    """Something that keeps an absence from meaning anything.

    Attributes:
        kind: its stable name.
        about: which list, file or chain.
        said: in a sentence.
    """

    kind: str
    about: str
    said: str


@dataclass(frozen=True)
class Grounds:
    """What made a rule fire.

    Attributes:
        listings, contacts, tags, indicators: the facts.
    """

    listings: tuple[Listing, ...] = ()
    contacts: tuple[Contact, ...] = ()
    tags: tuple[Tag, ...] = ()
    indicators: tuple[Indicator, ...] = field(default=())

    @property
    def layer(self) -> Layer:
        """The weakest that they rest on: who is listed is the list's claim, dealings can be inferences."""
        if self.listings or self.tags or any(each.listings or each.tags for each in self.contacts):
            return "claim"
        return "inference" if self.contacts or self.indicators else "fact"
