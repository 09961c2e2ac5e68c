"""The parts of a trace as an answer shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qaif.analysis.flows.methods import Destination, Marked
from qaif.analysis.flows.parties import Parties
from qaif.analysis.flows.stops import WHY, Stop
from qaif.analysis.flows.web import Web
from qaif.chain.open import Chain
from qaif.questions.shown import ScriptShown, TxRef, script_shown, tx_ref
from qaif.questions.trace_clusters import ClusterShown, cluster_shown
from qaif.questions.trace_labels import Stopped
from qaif.units import UNKNOWN, Int64s, hash_hex


@dataclass(frozen=True)
class StopShown:
    """One reason why coins were not followed further.

    Attributes:
        reason: its stable word.
        why: in words.
        coins: how many.
        coin_sat: what they hold in all, whoever's it is.
        marked_sat: what of it is the money that was traced, by each method.
        least_sat, most_sat: of the methods that conserve, the least and the most; None where none was asked.
    """

    reason: str
    why: str
    coins: int
    coin_sat: int
    marked_sat: Mapping[str, int]
    least_sat: int | None
    most_sat: int | None


@dataclass(frozen=True)
class HopShown:
    """What the transactions of one hop moved.

    Attributes:
        hop: transactions from the subjects.
        transactions: how many.
        moved_sat: all that they moved, fees with it.
        marked_sat: of it the money that was traced, by each method; the same money is in later hops again.
        least_sat, most_sat: as of an end.
    """

    hop: int
    transactions: int
    moved_sat: int
    marked_sat: Mapping[str, int]
    least_sat: int | None
    most_sat: int | None


@dataclass(frozen=True)
class DestinationShown:
    """A script where the trace ended: in a trace backward, where it came from.

    Attributes:
        script: which; None where it is unknown. By cluster, the member that holds most of what ended there.
        cluster: by cluster, which; None else.
        of_subjects: it is of what the trace began with: it lies where it was, or came back.
        said: what ended the trace here, where somebody says whose it is: claims.
        hops: fewest transactions from the subjects.
        reasons: why it ended, each once.
        coins: how many coins ended here.
        coin_sat: what these hold in all: what went through here, not the money that was traced.
        marked_sat: what of it is the money that was traced, by each method.
        least_sat, most_sat: of the methods that conserve, the least and the most.
        first: the first transaction that made one of the coins; None where none is held.
        last: the last.
        outpoints: the coins with most in them, as txid:vout; at most ten.
    """

    script: ScriptShown | None
    cluster: ClusterShown | None
    of_subjects: bool
    said: tuple[Stopped, ...]
    hops: int
    reasons: tuple[str, ...]
    coins: int
    coin_sat: int
    marked_sat: Mapping[str, int]
    least_sat: int | None
    most_sat: int | None
    first: TxRef | None
    last: TxRef | None
    outpoints: tuple[str, ...]


_OUTPOINTS = 10


def word(stop: int) -> str:
    """The stable word of a reason."""
    return Stop(stop).name.lower().replace("_", "-")


def stops_shown(web: Web, found: Sequence[Marked]) -> tuple[StopShown, ...]:
    """Every reason that occurs, in the order of `Stop`."""
    out = []
    for stop in np.unique(web.stop[web.ends]).tolist():
        coins = np.flatnonzero(web.ends & (web.stop == stop))
        value = int(np.maximum(web.value[coins], 0).sum())
        marked = by_method(found, coins)
        out.append(StopShown(word(stop), WHY[Stop(stop)], len(coins), value, marked, *between(found, marked)))
    return tuple(out)


def hops_shown(web: Web, found: Sequence[Marked]) -> tuple[HopShown, ...]:
    """Every hop, the nearest first."""
    taker = web.taker
    out = []
    for hop in np.unique(web.hop).tolist():
        txs = np.flatnonzero(web.hop == hop)
        coins = np.flatnonzero((taker >= 0) & np.isin(taker, txs))
        marked = by_method(found, coins)
        moved = int(web.value[coins].sum())
        out.append(HopShown(hop, len(txs), moved, marked, *between(found, marked)))
    return tuple(out)


def by_method(found: Sequence[Marked], coins: Int64s) -> dict[str, int]:
    """What coins bear of the money, by each method."""
    return {one.method.id: int(one.marked[coins].sum()) for one in found}


def between(found: Sequence[Marked], marked: Mapping[str, int]) -> tuple[int | None, int | None]:
    """The least and the most of the methods that conserve."""
    exact = [marked[one.method.id] for one in found if one.method.conserves]
    return min(exact, default=None), max(exact, default=None)


def destination_shown(
    parties: Parties,
    web: Web,
    found: Sequence[Marked],
    labels: Sequence[tuple[Stopped, ...]],
    row: Destination,
) -> DestinationShown:
    """Show one end of a trace."""
    chain = parties.chain
    marked = {one.method.id: sat for sat, one in zip(row.marked_sat, found, strict=True)}
    least, most = between(found, marked)
    met = np.unique(web.label[row.coins])
    made = np.unique(chain.tx_of_out(web.key[row.coins][web.key[row.coins] >= 0]))
    largest = row.coins[np.argsort(-web.value[row.coins], kind="stable")][:_OUTPOINTS]
    return DestinationShown(
        script=script_shown(chain, int(web.script_num[largest[0]])),
        cluster=cluster_shown(parties, row.group),
        of_subjects=bool(np.isin(row.group, parties.of(web.script_num[web.seed])) and row.group != UNKNOWN),
        said=tuple(one for label in met[met >= 0].tolist() for one in labels[label]),
        hops=row.hops,
        reasons=tuple(word(stop) for stop in np.unique(web.stop[row.coins]).tolist()),
        coins=len(row.coins),
        coin_sat=row.coin_sat,
        marked_sat=marked,
        least_sat=least,
        most_sat=most,
        first=tx_ref(chain, int(made[0])) if len(made) else None,
        last=tx_ref(chain, int(made[-1])) if len(made) else None,
        outpoints=tuple(outpoint(chain, int(key)) for key in web.key[largest]),
    )


def outpoint(chain: Chain, key: int) -> str:
    """A coin as txid:vout."""
    if key >= 0:
        tx = int(chain.tx_of_out(np.array([key]))[0])
        txid = chain.tx.txid_raw.take(tx)[0].tobytes()
        return f"{hash_hex(txid)}:{key - chain.tx.out_lo.one(tx)}"
    known = chain.outpoint(-2 - key)
    return f"{hash_hex(known[0])}:{known[1]}" if known else ""


def spread_sentence(
    parties: Parties, found: Sequence[Marked], rows: Sequence[Destination]
) -> tuple[str, bool]:
    """Whether what follows from a trace depends on the method: in words, and as yes or no."""
    exact = [place for place, one in enumerate(found) if one.method.conserves]
    if not rows or not exact:
        return "No method that conserves was asked.", False
    first = {place: max(rows, key=lambda row: row.marked_sat[place]) for place in exact}
    if len(exact) == 1:
        return f"Only {found[exact[0]].method.id} was asked: another method may name other ends.", False
    if len({row.group for row in first.values()}) > 1:
        said = "; ".join(f"{found[p].method.id}: {_called(parties, row.group)}" for p, row in first.items())
        return f"Where most of it ended depends on the method ({said}): no one of them is a finding.", True
    row = first[exact[0]]
    amounts = [row.marked_sat[place] for place in exact]
    same = (
        "the same amount"
        if min(amounts) == max(amounts)
        else f"from {min(amounts):,} to {max(amounts):,} sat"
    )
    called = _called(parties, row.group)
    return f"Every method that conserves names {called} as the largest end: {same}, by method.", False


def _called(parties: Parties, party: int) -> str:
    members = parties.members(party)
    shown = script_shown(parties.chain, int(members[0])) if len(members) else None
    return "an unknown script" if shown is None else shown.address or f"a {shown.script_type} script"
