"""A trace over blocks as dictionaries: which transactions it takes in, and what the methods say of it.

Standard library only, and written from the words of the docs: hop by hop, no arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from oracle.flow import Tx as WebTx
from oracle.flow import followed
from oracle.simchain import Block, Tx

Outpoint = tuple[bytes, int]
METHODS = ("poison", "haircut", "fifo", "lifo", "highest")


@dataclass
class Ledger:
    """Everything by outpoint; every output must be there."""

    tx_at: dict[int, Tx] = field(default_factory=dict)
    value: dict[Outpoint, int] = field(default_factory=dict)
    script: dict[Outpoint, bytes] = field(default_factory=dict)
    maker: dict[Outpoint, int] = field(default_factory=dict)
    spender: dict[Outpoint, int] = field(default_factory=dict)

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> "Ledger":
        made = cls()
        for number, tx in enumerate(tx for block in blocks for tx in block.txs):
            made.tx_at[number] = tx
            for vout, out in enumerate(tx.outs):
                made.value[tx.txid, vout] = out.value
                made.script[tx.txid, vout] = out.script
                made.maker[tx.txid, vout] = number
            for one in tx.ins:
                made.spender[one.txid, one.vout] = number
        return made

    def spends(self, number: int) -> list[Outpoint]:
        return [(one.txid, one.vout) for one in self.tx_at[number].ins if one.txid != bytes(32)]

    def pays(self, number: int) -> list[Outpoint]:
        return [(self.tx_at[number].txid, vout) for vout in range(len(self.tx_at[number].outs))]


@dataclass
class Traced:
    txs: dict[int, int]  # transaction and its hop
    stopped: dict[Outpoint, str]
    marked: dict[str, dict[Outpoint, int]]
    to_fees: dict[str, int]


def trace(ledger: Ledger, seeds: set[Outpoint], hops: int, fan: int, least: int, *, forward: bool) -> Traced:
    """Follow coins; no mixes, no labels, no limit of transactions."""
    txs: dict[int, int] = {}
    stopped: dict[Outpoint, str] = {}
    coins, frontier = set(seeds), sorted(seeds)
    for hop in range(hops + 1):
        fresh: set[int] = set()
        for coin in frontier:
            number = (ledger.spender if forward else ledger.maker).get(coin)
            data = ledger.script[coin].startswith(b"\x6a")
            if number is None:
                stopped[coin] = "unspendable" if data else "unspent"
            elif not forward and not ledger.spends(number):
                stopped[coin] = "coinbase"
            elif ledger.value[coin] < least:
                stopped[coin] = "dust"
            elif number in txs:
                continue
            elif hop == hops:
                stopped[coin] = "hops"
            elif len(ledger.pays(number) if forward else ledger.spends(number)) > fan:
                stopped[coin] = "fan"
            else:
                fresh.add(number)
        txs |= dict.fromkeys(fresh, hop + 1)
        made = {c for n in fresh for c in (ledger.pays(n) if forward else ledger.spends(n))}
        frontier = sorted(made - coins)
        coins |= made
    return _marked(ledger, seeds, coins, Traced(txs, stopped, {}, {}), forward=forward)


def _marked(
    ledger: Ledger, seeds: set[Outpoint], coins: set[Outpoint], found: Traced, *, forward: bool
) -> Traced:
    names: dict[object, int] = {coin: number for number, coin in enumerate(sorted(coins))}
    value = {names[coin]: ledger.value[coin] for coin in coins}
    fees: set[int] = set()
    web: list[WebTx] = []

    def name(what: object, worth: int) -> int:
        names[what] = len(names)
        value[names[what]] = worth
        return names[what]

    def taken_from(coin: Outpoint) -> int:
        inside = coin in coins and coin not in found.stopped
        return names[coin] if inside else name(("other", coin), ledger.value[coin])

    for number in sorted(found.txs, reverse=not forward):
        ins, outs = ledger.spends(number), ledger.pays(number)
        fee = sum(ledger.value[c] for c in ins) - sum(ledger.value[c] for c in outs)
        taken = [taken_from(coin) for coin in (ins if forward else outs)]
        made = [names[coin] for coin in (outs if forward else ins)]
        (made if forward else taken).append(name(("fee", number), fee))
        fees.add(names["fee", number])
        web.append((taken, made))
    for method in METHODS:
        marked, _ = followed(method, web, value, {names[coin] for coin in seeds}, fees)
        found.marked[method] = {coin: marked[names[coin]] for coin in coins}
        found.to_fees[method] = sum(marked[one] for one in fees) if forward else 0
    return found
