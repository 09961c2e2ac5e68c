"""Five methods of saying how much of marked coins reached where, on one contract, and their spread.

None is a measurement: each is a convention about coins that were melted together. What a web conserves is
checked at each use: what was marked at first is what lies at the ends and what went to miners.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qaif.analysis.flows.web import Web
from qaif.errors import QaifError
from qaif.kernels import flow
from qaif.units import Bools, Int64s


@dataclass(frozen=True)
class FlowMethod:
    """One method.

    Attributes:
        id: its name.
        version: goes up when its figures can change.
        code: its number in `kernels/flow`.
        sentence: what it says of a transaction.
        conserves: what it marks is what it was given; else it marks whatever it touches.
        limits: when it misleads.
        source: where it is from.
    """

    id: str
    version: int
    code: int
    sentence: str
    conserves: bool
    limits: str
    source: str
    measured: str = "it cannot be: nobody knows which satoshi went where."


METHODS: tuple[FlowMethod, ...] = (
    FlowMethod(
        "poison",
        1,
        flow.POISON,
        "All that a transaction makes is marked where it takes anything marked; the miner's part too.",
        conserves=False,
        limits="Marks other people's money: its figure is an upper limit of nothing but itself.",
        source="Möser, Böhme, Breuker: Towards Risk Scoring of Bitcoin Transactions (2014)",
    ),
    FlowMethod(
        "haircut",
        1,
        flow.HAIRCUT,
        "Each output and the fee get the same share of what is marked: that which the marked coins have of "
        "all taken. Shares of the outputs in order, added up, are rounded down to the satoshi.",
        conserves=True,
        limits="Spreads thinner with each hop, and reaches everybody in the end.",
        source="Möser, Böhme, Breuker: Towards Risk Scoring of Bitcoin Transactions (2014)",
    ),
    FlowMethod(
        "fifo",
        1,
        flow.FIFO,
        "What was put in first goes out first: inputs end to end, outputs cut from the beginning, fee last.",
        conserves=True,
        limits="Rests on the order in which a wallet happened to write inputs and outputs.",
        source="Anderson, Shumailov, Ahmed: Making Bitcoin Legal (2018), after Clayton's Case (1816)",
    ),
    FlowMethod(
        "lifo",
        1,
        flow.LIFO,
        "What was put in last goes out first: inputs end to end, outputs cut from the end, fee last.",
        conserves=True,
        limits="Rests on the order in which a wallet happened to write inputs and outputs.",
        source="Tironsakkul et al.: Probing the Mystery of Cryptocurrency Theft (2019)",
    ),
    FlowMethod(
        "highest",
        1,
        flow.HIGHEST,
        "What is marked goes to the largest output first, of equal ones to the first, to the miner last.",
        conserves=True,
        limits="Takes the largest output for the one that counts; often it is change.",
        source="Tironsakkul et al.: Probing the Mystery of Cryptocurrency Theft (2019), TIHO",
    ),
)
BY_ID = {method.id: method for method in METHODS}


@dataclass(frozen=True)
class Marked:
    """What one method says of a web.

    Attributes:
        method: which.
        marked: int64[c], satoshi of each coin that bear the mark.
        fresh_sat: what was marked at first: the seeds, less what came to one from another.
        added_sat: what the method marked beside; 0 but for poison.
        fee_sat: of it, what went to miners; 0 backward.
    """

    method: FlowMethod
    marked: Int64s
    fresh_sat: int
    added_sat: int
    fee_sat: int


def follow(web: Web, method: FlowMethod) -> Marked:
    """Mark a web's seeds and follow them.

    Raises:
        QaifError: the sums do not agree, which is an error of this program.
    """
    count = len(web.key)
    marked, fresh = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    added = np.empty(len(web.tx_num), dtype=np.int64)
    arrays = (web.take_lo, web.take, web.make_lo, web.make, web.value)
    seed, fee = web.seed.view(np.uint8), web.fee.view(np.uint8)
    if method.code in (flow.FIFO, flow.LIFO):
        flow.order_into(method.code == flow.LIFO, *arrays, seed, marked, fresh, added)
    else:
        flow.spread_into(method.code, *arrays, fee, seed, marked, fresh, added)
    at_ends, to_miners = int(marked[web.ends].sum()), int(marked[web.fee].sum()) if web.forward else 0
    found = Marked(method, marked, int(fresh.sum()), int(added.sum()), to_miners)
    if found.fresh_sat + found.added_sat != at_ends + to_miners:
        raise QaifError(
            f"{method.id}: {found.fresh_sat} and {found.added_sat} became {at_ends} and {to_miners}."
        )
    return found


@dataclass(frozen=True)
class Destination:
    """Ends of a trace that belong together: one script, or one group of scripts.

    Attributes:
        group: the script's number, or the group's; -1 where the script is unknown.
        coins: int64[k], its coins in the web, by hop.
        coin_sat: what these coins hold in all, whoever's it is: throughput, not the money that was followed.
        marked_sat: for each method in order, what of it bears the mark.
        hops: the fewest transactions to it.
    """

    group: int
    coins: Int64s
    coin_sat: int
    marked_sat: tuple[int, ...]
    hops: int


def destinations(web: Web, found: Sequence[Marked], groups: Int64s | None = None) -> tuple[Destination, ...]:
    """Where it ended, the largest first: by what most methods find there, then by hops.

    Args:
        web: the web.
        found: what methods say of it.
        groups: int64[c], to which group each coin belongs, such as its script's cluster; each script is
            its own where None.
    """
    ends = np.flatnonzero(web.ends)
    group = (web.script_num if groups is None else groups)[ends]
    order = np.lexsort((ends, web.coin_hop[ends], group))
    ends, group = ends[order], group[order]
    cuts = np.flatnonzero(np.diff(group)) + 1
    rows = [
        _destination(web, found, int(web_group[0]), coins) for web_group, coins in _parts(group, ends, cuts)
    ]
    return tuple(sorted(rows, key=lambda one: (-_middle(one, found), one.hops, one.group)))


def _parts(group: Int64s, ends: Int64s, cuts: Int64s) -> list[tuple[Int64s, Int64s]]:
    return list(zip(np.split(group, cuts), np.split(ends, cuts), strict=True)) if len(ends) else []


def _destination(web: Web, found: Sequence[Marked], group: int, coins: Int64s) -> Destination:
    return Destination(
        group=group,
        coins=coins,
        coin_sat=int(web.value[coins].sum()),
        marked_sat=tuple(int(one.marked[coins].sum()) for one in found),
        hops=int(web.coin_hop[coins].min()),
    )


def _middle(one: Destination, found: Sequence[Marked]) -> int:
    """The middle of what the methods that conserve find; of two the lower."""
    exact = [sat for sat, by in zip(one.marked_sat, found, strict=True) if by.method.conserves]
    exact = sorted(exact or one.marked_sat)
    return exact[(len(exact) - 1) // 2]


def conserving(found: Sequence[Marked]) -> Bools:
    """Which of the methods conserve: bool[m]."""
    return np.array([one.method.conserves for one in found], dtype=np.bool_)
