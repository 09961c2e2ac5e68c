"""What a person may be told who asks why their address was stopped, and what the desk itself has of it.

The edition for the person is made of official lists and of payments on the public chain alone. It is not the
internal one with parts struck out: what is said only by sources, cases, watches, judgements or a policy never
comes near it, so that nothing of them can show, not even by what is missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from qaif.analysis.clusters.figures import rows_of
from qaif.analysis.flows.contacts import UNSOLICITED, Contacts, paid_in, paid_out
from qaif.analysis.flows.parties import Parties
from qaif.chain.addresses import address_of, parse_address
from qaif.chain.open import Chain
from qaif.errors import AddressError, NotFoundError
from qaif.evidence.designations import Told
from qaif.evidence.lists.known import LISTS, SEED, of_name
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.said_of import SaidOfIt, said_of
from qaif.questions.screen import ScreenAnswer, ScreenRequest, address_as_listed, screen
from qaif.questions.shown import TxRef, tx_ref
from qaif.questions.standing import as_of, chain_coverage
from qaif.questions.watch_list import AlertShown, watch_alerts
from qaif.records.engine import Records
from qaif.records.lists import ListVersion
from qaif.screening.facts import Direction
from qaif.units import UNKNOWN, Int64s
from qaif.workspace.folder import Workspace

RECEIPT = (
    "Nobody can keep others from paying to an address. That it was paid by somebody on a list does not say "
    "that its holder knew of it or wanted it."
)
ONLY = (
    "This file names official lists and payments on the public chain, and nothing else. It neither says nor "
    "denies that there are other grounds, and is the same whether there are or not."
)
REMEDY = (
    "A listing is the authority's own: whoever holds it to be wrong turns to the authority that made it. "
    "What shows that a payment was another's, or what it was for, can be sent to the desk that stopped it."
)
_MOST = 100


@dataclass(frozen=True)
class PublicListing:
    """An official list names the address itself; since when may be unknown."""

    list: str
    jurisdiction: str
    authority: str
    version: str
    legal_acts: tuple[str, ...]
    since: str | None


@dataclass(frozen=True)
class PublicPayment:
    """A payment between the address and one that an official list names; a fact of the chain.

    Attributes:
        direction: `in` where the address was paid.
        other: the address that is on a list.
        lists: which lists name it now.
        tx: the payment.
        amount_sat: what it paid to the address, or the address to the other.
        listed_by_then: whether the other was listed on that day: `yes`, `no` or `not known`.
    """

    direction: Direction
    other: str
    lists: tuple[str, ...]
    tx: TxRef
    amount_sat: int
    listed_by_then: str


@dataclass(frozen=True, kw_only=True)
class PersonEdition(Answer):
    """The edition for the person concerned.

    Attributes:
        address: the address.
        time: when this was made.
        listings: official lists that name it.
        payments: with addresses on official lists, the first hundred.
        left_out: how many more.
        receipt, only, remedy: what is to be said with it.
    """

    address: str
    time: str
    listings: tuple[PublicListing, ...]
    payments: tuple[PublicPayment, ...]
    left_out: int
    receipt: str = RECEIPT
    only: str = ONLY
    remedy: str = REMEDY
    edition: str = "for the person concerned"


@dataclass(frozen=True, kw_only=True)
class InternalEdition(Answer):
    """The desk's own edition: not to leave the house.

    Attributes:
        screening: the whole screening.
        said: what sources say of the address.
        alerts: of watches on it, with what people said of them.
        person: the edition that the person may have.
    """

    screening: ScreenAnswer
    said: tuple[SaidOfIt, ...]
    alerts: tuple[AlertShown, ...]
    person: PersonEdition
    edition: str = "INTERNAL: it names sources, watches and others, and must not reach the person concerned"


def appeal_for_person(path: Path, address: str, now: datetime) -> PersonEdition:
    """The edition for the person concerned.

    Raises:
        NotFoundError: there is no workspace.
        AddressError: the address is misprinted.
        PrivateKeyError: it is a private key; nothing of it is repeated.
    """
    workspace, shown, now = Workspace.open(path), address_as_listed(address), now.astimezone(UTC)
    with Records.open(workspace.path) as records:
        public = _Public(records)
        try:
            with Chain.open(workspace.chain_dir) as chain:
                payments = tuple(_payments(chain, shown, public))
                held, block, network = chain_coverage(chain), as_of(chain), chain.network.name
        except NotFoundError:
            payments, block, network = (), None, None
            held = CoverageOf(complete=False, reasons=("No chain is held: payments were not looked at.",))
        return PersonEdition(
            layer="claim",
            basis={"lists": public.versions(), "network": network},
            as_of=block,
            coverage=held,
            address=shown,
            time=now.isoformat(timespec="seconds"),
            listings=tuple(public.listings(shown)),
            payments=payments[:_MOST],
            left_out=max(0, len(payments) - _MOST),
        )


def appeal_internal(path: Path, request: ScreenRequest) -> InternalEdition:
    """The desk's own edition; see `appeal_for_person` and `screen` for what it raises."""
    screening = screen(path, request)
    shown = address_as_listed(request.address)
    with Records.open(Workspace.open(path).path) as records:
        said, _ = said_of(records, shown)
    alerts = tuple(each for each in watch_alerts(path).alerts if shown in (each.subject, each.alert.about))
    return InternalEdition(
        layer="claim",
        basis=screening.basis,
        as_of=screening.as_of,
        coverage=screening.coverage,
        screening=screening,
        said=said,
        alerts=alerts,
        person=appeal_for_person(path, request.address, request.now),
    )


class _Public:
    """What official lists name, by their own word alone: no judgement and no other source is asked."""

    def __init__(self, records: Records) -> None:
        newest = {each.list: each for each in records.lists.versions()}
        self._lists = {name: each for name, each in newest.items() if _is_official(name)}
        self._records = records
        self._told = Told(records.statements, [each.last_seq for each in self._lists.values()])
        self.addresses: dict[str, tuple[str, ...]] = {}
        for name in sorted(self._lists):
            for address in records.lists.addresses(name):
                self.addresses[address] = (*self.addresses.get(address, ()), name)

    def versions(self) -> Mapping[str, object]:
        """Which versions were asked."""
        return {name: _version(each) for name, each in sorted(self._lists.items())}

    def listings(self, address: str) -> Iterator[PublicListing]:
        """The lists that name an address, each with every act under which they do."""
        for name in self.addresses.get(address, ()):
            known = of_name(name)
            found = self._designations(address, name)
            for acts, jurisdiction, since in found or [((), known.jurisdiction, None)]:
                yield PublicListing(
                    name,
                    jurisdiction or known.jurisdiction,
                    known.authority,
                    _version(self._lists[name]),
                    acts,
                    since,
                )

    def listed_by(self, address: str, day: str) -> str:
        """Whether an address was listed on a day."""
        since = [each.since for each in self.listings(address)]
        if any(each is not None and each[:10] <= day[: len(each[:10])] for each in since):
            return "yes"
        return "not known" if None in since else "no"

    def _designations(self, address: str, name: str) -> list[tuple[tuple[str, ...], str, str | None]]:
        seq = self._lists[name].last_seq
        rows = [row.statement for row in self._told.by_key(address, seq)]
        ids = dict.fromkeys(each.entity_id for each in rows if each.assertion.dataset == name)
        return [
            (each.legal_act or each.programme, each.jurisdiction, each.known_since)
            for entity in ids
            for each in self._told.named_on(entity, name, seq)
            if each.designates
        ]


def _is_official(name: str) -> bool:
    return name != SEED and (name in LISTS or bool(of_name(name).covers))


def _version(one: ListVersion) -> str:
    return f"{one.version} of {one.published_at or 'no day'}"


def _payments(chain: Chain, address: str, public: _Public) -> Iterator[PublicPayment]:
    """Payments with listed addresses in which nobody else paid in, oldest first; dust is none."""
    own = _numbers(chain, (address,))
    listed = _numbers(chain, [each for each in public.addresses if each != address])
    if not len(own) or not len(listed):
        return
    ins, outs = rows_of(chain, own)
    parties = Parties(chain)
    came, went = paid_in(parties, own, outs, UNSOLICITED), paid_out(parties, own, ins)
    rows = [
        (int(found.tx_num[row]), found, int(row))
        for found, alone in ((came, 1), (went, 0))
        for row in np.flatnonzero(np.isin(found.script_num, listed) & (found.others <= alone))
    ]
    for tx, found, row in sorted(rows, key=lambda each: each[0]):
        yield _payment(chain, public, (tx, found, row))


def _payment(chain: Chain, public: _Public, at: tuple[int, Contacts, int]) -> PublicPayment:
    tx, found, row = at
    other = address_of(chain.script_raw(int(found.script_num[row])), chain.network) or ""
    shown = tx_ref(chain, tx)
    return PublicPayment(
        direction="in" if found.incoming else "out",
        other=other,
        lists=public.addresses.get(other, ()),
        tx=shown,
        amount_sat=int(found.amount_sat[row]),
        listed_by_then=public.listed_by(other, shown.time[:10]),
    )


def _numbers(chain: Chain, addresses: Sequence[str]) -> Int64s:
    found = set()
    for each in addresses:
        try:
            found.add(chain.script_num(parse_address(each, chain.network).script_raw))
        except AddressError:
            continue  # lists name addresses of other chains, too
    return np.array(sorted(found - {UNKNOWN}), dtype=np.int64)
