"""The rows of a hand-off table, from a trace that ended at services."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qaif.analysis.flows.stops import WHY, Stop
from qaif.analysis.flows.web import FEE
from qaif.analysis.transfers import inputs_of
from qaif.questions.answer import Layer
from qaif.questions.shown import ScriptShown, TxRef, script_shown, tx_ref
from qaif.questions.trace import Traced
from qaif.questions.trace_clusters import ClusterShown, cluster_shown
from qaif.questions.trace_labels import Stopped
from qaif.questions.trace_parts import between, by_method, outpoint, word
from qaif.units import UNKNOWN, Int64s

_SERVICES = (Stop.LABELLED, Stop.SERVICE, Stop.FAN)
_SHOWN = 10


@dataclass(frozen=True)
class Handoff:
    """One payment to or from a service.

    Attributes:
        direction: `arrival` at the service, or `departure` from it.
        layer: a claim where somebody says whose it is; an inference where it only has the shape of a service.
        tx: the payment.
        addresses: arrival: the deposit address. Departure: the service's addresses that were spent from.
        others: arrival: who paid. Departure: who was paid, of those that the trace goes on with. At most ten.
        others_count: how many those are.
        outpoints: the coins of the payment, as txid:vout; at most ten.
        amount_sat: what was paid, whoever's it was.
        shared: other parties put in too, so that who paid which output cannot be said.
        marked_sat: what of it is the money that was traced, by each method.
        least_sat, most_sat: of the methods that conserve.
        hops: transactions between it and the subjects.
        rests_on: the stable word of what makes this a service.
        why: the same in words.
        said: the claims, where it rests on claims.
        cluster: the service's cluster; None where scripts stand for themselves, or it is not known.
    """

    direction: Literal["arrival", "departure"]
    layer: Layer
    tx: TxRef
    addresses: tuple[ScriptShown, ...]
    others: tuple[ScriptShown, ...]
    others_count: int
    outpoints: tuple[str, ...]
    amount_sat: int
    shared: bool
    marked_sat: dict[str, int]
    least_sat: int | None
    most_sat: int | None
    hops: int
    rests_on: str
    why: str
    said: tuple[Stopped, ...]
    cluster: ClusterShown | None


def arrivals(traced: Traced) -> tuple[Handoff, ...]:
    """Of a trace forward, each coin that came to a service, by service and then as they came."""
    web, chain = traced.web, traced.chain
    coins = np.flatnonzero(web.ends & np.isin(web.stop, _SERVICES) & ~web.seed)
    party = traced.parties.of(web.script_num[coins])
    order = np.lexsort((web.key[coins], party))
    txs = chain.tx_of_out(web.key[coins])
    return tuple(
        _row(traced, coins[[at]], int(txs[at]), int(party[at]), coins[[at]]) for at in order.tolist()
    )


def departures(traced: Traced) -> tuple[Handoff, ...]:
    """Of a trace backward, each transaction by which a service paid, by service and then as they came.

    A coin of a service is what the payment spent. Where the shape of the payment itself tells of the service,
    the coin is what it paid.
    """
    web, maker = traced.web, traced.web.maker
    coins = np.flatnonzero(web.ends & np.isin(web.stop, _SERVICES) & ~web.seed)
    party = traced.parties.of(web.script_num[coins])
    grouped: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, coin in enumerate(coins.tolist()):
        if web.stop[coin] != Stop.FAN:
            grouped[int(party[place]), int(web.tx_num[maker[coin]])].append(coin)
    rows = [
        _row(traced, np.array(its), tx, one, _paid(traced, tx)) for (one, tx), its in sorted(grouped.items())
    ]
    shaped = np.flatnonzero(web.ends & (web.stop == Stop.FAN))
    txs = traced.chain.tx_of_out(web.key[shaped])
    return (
        *rows,
        *(_row(traced, shaped[[at]], int(txs[at]), UNKNOWN, shaped[[at]]) for at in np.argsort(txs).tolist()),
    )


def _paid(traced: Traced, tx: int) -> Int64s:
    """The coins of a web that a transaction paid, in a trace backward."""
    web = traced.web
    row = int(np.flatnonzero(web.tx_num == tx)[0])
    coins = web.take[web.take_lo[row] : web.take_lo[row + 1]]
    return coins[web.key[coins] > FEE]


def _row(traced: Traced, of_service: Int64s, tx: int, party: int, paid: Int64s) -> Handoff:
    web, chain, first = traced.web, traced.chain, int(of_service[0])
    stop, forward = Stop(web.stop[first]), web.forward
    payers = _payers(traced, tx)
    theirs = payers if not forward and stop == Stop.FAN else web.script_num[of_service]
    others = payers if forward else web.script_num[paid]
    labels = np.unique(web.label[of_service])
    marked = by_method(traced.found, of_service)
    shown, other = (_shown(traced, scripts) for scripts in (theirs, others))
    return Handoff(
        direction="arrival" if forward else "departure",
        layer="claim" if any(s.statement_id for s in _said(traced, labels)) else "inference",
        tx=tx_ref(chain, tx),
        addresses=shown,
        others=other,
        others_count=len(np.unique(others)),
        outpoints=tuple(outpoint(chain, int(key)) for key in web.key[paid][:_SHOWN]),
        amount_sat=int(web.value[paid].sum()),
        shared=len(np.unique(traced.parties.of(payers))) > 1,
        marked_sat=marked,
        **dict(zip(("least_sat", "most_sat"), between(traced.found, marked), strict=True)),
        hops=int(web.coin_hop[of_service].min()),
        rests_on=word(stop),
        why=WHY[stop],
        said=_said(traced, labels),
        cluster=cluster_shown(traced.parties, party),
    )


def _said(traced: Traced, labels: Int64s) -> tuple[Stopped, ...]:
    return tuple(one for label in labels[labels >= 0].tolist() for one in traced.labels[label])


def _payers(traced: Traced, tx: int) -> Int64s:
    """Scripts that a transaction spends from."""
    chain = traced.chain
    ins = inputs_of(chain, np.array([tx], dtype=np.int64))[0]
    return chain.txin.script_num.take(ins).astype(np.int64)


def _shown(traced: Traced, scripts: Int64s) -> tuple[ScriptShown, ...]:
    nums = list(dict.fromkeys(scripts.tolist()))[:_SHOWN]
    return tuple(one for num in nums if (one := script_shown(traced.chain, num)) is not None)
