"""A way through transactions as evidence: each coin of it, and the transaction that leads to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qaif.analysis.flows.parties import Parties
from qaif.analysis.flows.web import Web
from qaif.questions.shown import ScriptShown, TxRef, script_shown, tx_ref
from qaif.questions.trace_parts import outpoint
from qaif.units import UNKNOWN


@dataclass(frozen=True)
class StepShown:
    """One coin of a way.

    Attributes:
        outpoint: the coin, as txid:vout.
        script: whose script it is; None where unknown.
        value_sat: what it holds, whoever's it is.
        new_party: it is another party's than the coin before; of the first, false.
        tx: the transaction that leads from the coin before to this one; None of the first.
    """

    outpoint: str
    script: ScriptShown | None
    value_sat: int
    new_party: bool
    tx: TxRef | None


@dataclass(frozen=True)
class PathShown:
    """A way, in the order of time: money went from the first coin to the last.

    Attributes:
        transactions: how many lie between the first and the last coin.
        parties: how often it changed hands, as scripts are taken together here.
        steps: its coins.
    """

    transactions: int
    parties: int
    steps: tuple[StepShown, ...]


def path_shown(parties: Parties, web: Web, coins: Sequence[int]) -> PathShown:
    """Show a way through a web, given from the beginning of the web on."""
    chain, maker = parties.chain, web.maker
    links = [int(web.tx_num[maker[coin]]) for coin in coins[1:]]
    if not web.forward:
        coins, links = tuple(reversed(coins)), links[::-1]
    party = parties.of(web.script_num[list(coins)]).tolist()
    changes = [one == UNKNOWN or one != other for one, other in pairwise(party)]
    steps = tuple(
        StepShown(
            outpoint=outpoint(chain, int(web.key[coin])),
            script=script_shown(chain, int(web.script_num[coin])),
            value_sat=int(web.value[coin]),
            new_party=place > 0 and changes[place - 1],
            tx=tx_ref(chain, links[place - 1]) if place else None,
        )
        for place, coin in enumerate(coins)
    )
    return PathShown(len(links), sum(changes), steps)
