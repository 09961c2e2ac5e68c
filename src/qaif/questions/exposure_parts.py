"""One side of an exposure: each name and category, how near, how much by which method, by what evidence."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property

import numpy as np

from qaif.analysis.clusters.figures import figures_of
from qaif.analysis.flows.contacts import Contacts, DustRule
from qaif.analysis.flows.methods import Marked
from qaif.analysis.flows.nearest import Nearest, nearest
from qaif.analysis.flows.parties import Parties
from qaif.analysis.flows.stops import Stop
from qaif.chain.addresses import address_of
from qaif.chain.open import Chain
from qaif.questions.answer import Layer
from qaif.questions.exposure_path import PathShown, path_shown
from qaif.questions.named_parties import names_said
from qaif.questions.shown import TxRef, tx_ref
from qaif.questions.trace_labels import Labelled, Stopped, claimed
from qaif.questions.trace_parts import StopShown, stops_shown
from qaif.records.engine import Records
from qaif.units import Bools, Int64s

_PLACES = Decimal("0.000001")
_ADDRESSES = 10


@dataclass(frozen=True)
class Direct:
    """Payments between the two, one hop between parties: facts of the chain.

    Attributes:
        payments: how many.
        amount_sat: what was paid in those in which the payer put in all: of a name, its addresses alone.
        shared_sat: what was paid where several parties put in, once a transaction; not to be added to it.
        first, last: the first and the last of them; None where there is none.
    """

    payments: int
    amount_sat: int
    shared_sat: int
    first: TxRef | None
    last: TxRef | None


@dataclass(frozen=True)
class Estimated:
    """What the methods say; no measurement.

    Attributes:
        coins: in how many coins it lies.
        marked_sat: by each method.
        least_sat, most_sat: of the methods that conserve; None where none was asked.
        least_share, most_share: the same as a part of all that the method attributes, 0 to 1.
    """

    coins: int
    marked_sat: dict[str, int]
    least_sat: int | None
    most_sat: int | None
    least_share: Decimal | None
    most_share: Decimal | None


@dataclass(frozen=True)
class Exposed:
    """One name or category.

    Attributes:
        name: as sources spell it.
        layer: whose an address is, a source says.
        addresses: where it was met; at most ten.
        said_by: who says so.
        direct: one hop between parties, as payments.
        direct_estimated: the same by the methods.
        indirect: over others, by the methods.
        before, after: direct payments before the day that was named, and from it on; None where none was.
        estimated_before, estimated_after: direct and indirect by the methods, by the day of the contact.
        min_hops: fewest steps between parties; 1 where they dealt with each other; None where only an unknown
            value leads there.
        turnover_sat: all that these addresses, by cluster all members, received themselves from whomever, so
            far as is held: it is their throughput, and not money of the subject.
        path: the nearest way, as evidence that there is one; None for what is direct only by payments.
    """

    name: str
    layer: Layer
    addresses: tuple[str, ...]
    said_by: tuple[str, ...]
    direct: Direct
    direct_estimated: Estimated
    indirect: Estimated
    before: Direct | None
    after: Direct | None
    estimated_before: Estimated | None
    estimated_after: Estimated | None
    min_hops: int | None
    turnover_sat: int
    path: PathShown | None


@dataclass(frozen=True)
class Side:
    """What came in, or what went out.

    Attributes:
        attributed_sat: what each method attributes in all: received from outside, or sent to outside.
        entities: by name, the nearest first.
        categories: by category, likewise.
        rest: where the walk ended, by reason; what has no name is unknown, not clean.
    """

    attributed_sat: dict[str, int]
    entities: tuple[Exposed, ...]
    categories: tuple[Exposed, ...]
    rest: tuple[StopShown, ...]


@dataclass(frozen=True)
class DustShown:
    """Unsolicited dust: it exposes nobody.

    Attributes:
        coins: how many such outputs.
        amount_sat: what they hold.
        under_sat: what one source's come to less than.
        fan: from how many small outputs on a payment is a fan-out.
    """

    coins: int
    amount_sat: int
    under_sat: int
    fan: int


@dataclass(frozen=True)
class Touched:
    """What was found on one side, as arrays."""

    parties: Parties
    records: Records
    contacts: Contacts
    walked: Labelled
    marks: tuple[Marked, ...]
    members: Int64s
    split: date | None

    @cached_property
    def said(self) -> dict[int, tuple[Stopped, ...]]:
        """What is said of whom it touches, by script."""
        chain, web = self.parties.chain, self.walked.web
        met = np.union1d(self.contacts.script_num, web.script_num[web.label >= 0])
        met = met[(met >= 0) & ~np.isin(met, self.members)]
        return {chain.script_num(raw): said for raw, said in claimed(chain, self.records, met)}

    @cached_property
    def party(self) -> Int64s:
        """Whose each coin is."""
        return self.parties.of(self.walked.web.script_num)

    @cached_property
    def near(self) -> Nearest:
        """The nearest ways."""
        return nearest(self.walked.web, self.party)

    @cached_property
    def total(self) -> dict[str, int]:
        """What each method attributes: not what lies with the subject still."""
        web = self.walked.web
        kept = web.ends & web.seed & (web.stop == Stop.UNSPENT) if web.forward else web.fee & ~web.fee
        return {
            one.method.id: one.fresh_sat + one.added_sat - int(one.marked[kept].sum()) for one in self.marks
        }

    @cached_property
    def times(self) -> Int64s:
        """When each coin met the party: the time of the transaction between it and the next, nearer coin."""
        web, chain = self.walked.web, self.parties.chain
        times = np.zeros(len(web.key), dtype=np.int64)
        rows = np.flatnonzero(web.maker >= 0)
        blocks = chain.block_of_tx(web.tx_num[web.maker[rows]])
        times[rows] = chain.block.time.take(blocks)
        return times


def dust_shown(chain: Chain, coins: Int64s, rule: DustRule) -> DustShown:
    """Show what was left out."""
    amount = int(chain.txout.value_sat.take(coins).sum()) if len(coins) else 0
    return DustShown(len(coins), amount, rule.sat, rule.fan)


def side_of(found: Touched) -> Side:
    """Everyone whom one side touches."""
    chain = found.parties.chain
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for num in found.said:
        address = address_of(chain.script_raw(num), chain.network) or ""
        named = names_said(found.records, address)
        for kind, names in (("entity", named.entities or (address,)), ("category", named.categories)):
            for name in names:
                by_name[kind, name].append(num)
    rows = {key: _exposed(found, key[1], np.unique(np.array(nums))) for key, nums in by_name.items()}
    return Side(found.total, _sorted(rows, "entity"), _sorted(rows, "category"), _rest(found))


def _rest(found: Touched) -> tuple[StopShown, ...]:
    return tuple(one for one in stops_shown(found.walked.web, found.marks) if one.reason != "labelled")


def _sorted(rows: dict[tuple[str, str], Exposed], kind: str) -> tuple[Exposed, ...]:
    its = [row for (one, _), row in rows.items() if one == kind]
    return tuple(sorted(its, key=lambda row: (row.min_hops or 1, -row.direct.amount_sat, row.name)))


def _exposed(found: Touched, name: str, scripts: Int64s) -> Exposed:
    web, near, chain = found.walked.web, found.near, found.parties.chain
    coins = np.flatnonzero(web.ends & (web.label >= 0) & np.isin(web.script_num, scripts))
    direct = np.isin(found.contacts.script_num, scripts)
    border = _border(found)
    early = found.times[coins] < border if border is not None else None
    hops = near.hops[coins]
    least = int(hops.min()) if len(coins) else None
    best = coins[np.lexsort((-web.value[coins], hops))][0] if len(coins) else None
    addresses = [address_of(chain.script_raw(num), chain.network) for num in scripts.tolist()]
    return Exposed(
        name=name,
        layer="claim",
        addresses=tuple(one for one in addresses[:_ADDRESSES] if one),
        said_by=tuple(dict.fromkeys(one.by for num in scripts.tolist() for one in found.said[num])),
        direct=_direct(found, direct),
        direct_estimated=_estimated(found, coins[hops == 1]),
        indirect=_estimated(found, coins[hops > 1]),
        before=_direct(found, direct, border, before=True) if border is not None else None,
        after=_direct(found, direct, border, before=False) if border is not None else None,
        estimated_before=_estimated(found, coins[early]) if early is not None else None,
        estimated_after=_estimated(found, coins[~early]) if early is not None else None,
        min_hops=1 if direct.any() else least,
        turnover_sat=_turnover(found.parties, scripts),
        path=path_shown(found.parties, web, near.path(int(best))) if best is not None else None,
    )


def _turnover(parties: Parties, scripts: Int64s) -> int:
    members = [parties.members(one) for one in np.unique(parties.of(scripts)).tolist()]
    return figures_of(parties.chain, np.sort(np.concatenate(members))).received_sat


def _border(found: Touched) -> int | None:
    return None if found.split is None else int(datetime.combine(found.split, time(0), UTC).timestamp())


def _direct(found: Touched, which: Bools, border: int | None = None, *, before: bool = False) -> Direct:
    contacts, chain = found.contacts, found.parties.chain
    if border is not None:
        times = chain.block.time.take(chain.block_of_tx(contacts.tx_num)).astype(np.int64)
        which = which & ((times < border) == before)
    txs, first, count = np.unique(contacts.tx_num[which], return_index=True, return_counts=True)
    amount, others = contacts.amount_sat[which], contacts.others[which]
    alone = others == 0
    if contacts.incoming:  # each payment once, whichever scripts of the same name put in
        amount, alone = amount[first], others[first] == count
    return Direct(
        payments=len(txs),
        amount_sat=int(amount[alone].sum()),
        shared_sat=int(amount[~alone].sum()),
        first=tx_ref(chain, int(txs[0])) if len(txs) else None,
        last=tx_ref(chain, int(txs[-1])) if len(txs) else None,
    )


def _estimated(found: Touched, coins: Int64s) -> Estimated:
    marked = {one.method.id: int(one.marked[coins].sum()) for one in found.marks}
    exact = [one.method.id for one in found.marks if one.method.conserves]
    shares = [_share(marked[name], found.total[name]) for name in exact]
    known = [share for share in shares if share is not None]
    return Estimated(
        coins=len(coins),
        marked_sat=marked,
        least_sat=min((marked[name] for name in exact), default=None),
        most_sat=max((marked[name] for name in exact), default=None),
        least_share=min(known, default=None),
        most_share=max(known, default=None),
    )


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(_PLACES) if whole else None
