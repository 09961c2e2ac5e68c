"""Coins, wallets and the columns of the block that is being made: the economy as numbers.

A coin is a slot; its value stands in `value`, its script in `script`, and slots are used again, so memory
follows what is unspent. Nothing here knows bytes: `kernels/made_txs.py` writes them from these columns.
"""

import heapq
import random
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from qaif.feeds.simulation.world.software import (
    AT_TIP,
    BIP69,
    INPUT_VBYTES,
    NO_RBF,
    OUTPUT_VBYTES,
    SHUFFLED,
    TX_VBYTES,
    Software,
)
from qaif.feeds.simulation.world.words import KIND, MIX, ROLE

SCRIPT_KINDS = 8
NOBODY = -1
_SPENT_AT_ONCE, _CHANGE_AT_ONCE = 15, 40  # per cent of coins that can be spent in the block that makes them
DATA = -1  # a "script" below 0 is a data carrier of so many bytes
PAIR = 2
TX_COLUMNS, IN_COLUMNS, OUT_COLUMNS, SCRIPT_COLUMNS = 9, 2, 5, 6
CHANGE, RECEIVE = ROLE["change"], ROLE["receive"]
_RESTING = frozenset(
    KIND[word]
    for word in (
        *("payment", "deposit", "withdrawal", "donation", "service", "broker", "cash-out"),
        *("self-transfer", "pool-payout", "anchor", "token"),
    )
)


class Out(NamedTuple):
    """An output to be made: satoshi, script, purpose, whether it is change, and whose coins it joins."""

    value: int
    script: int
    purpose: int
    change: int
    coins: list[int] | None


class What(NamedTuple):
    """What a transaction is, in codes of `words`; `foreign`: keys of others than its one controller sign."""

    kind: int
    mix: int = 0
    foreign: int = 0


def what(kind: str, mix: str = "", *, foreign: bool = False) -> What:
    """A transaction's kind from words."""
    return What(KIND[kind], MIX[mix], int(foreign))


class Wallet:
    """Keys and coins under one controller.

    Args:
        number: of the wallet.
        actor: who controls it.
        software: its habits.
        beneficiary: whose money it is, where that is another.
    """

    __slots__ = ("actor", "beneficiary", "coins", "haste", "last", "number", "software")

    def __init__(self, number: int, actor: int, software: Software, beneficiary: int | None = None) -> None:
        self.number, self.actor, self.software = number, actor, software
        self.beneficiary = actor if beneficiary is None else beneficiary
        self.coins: list[int] = []
        self.last = NOBODY  # the script that it was last paid at
        self.haste = 100  # per cent of the market's fee rate that it pays by habit


class Books:
    """All coins, all scripts and actors so far, and the block that is being made.

    Args:
        rng: the only source of chance.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.random = rng, rng.random
        self.value: list[int] = []
        self.script: list[int] = []
        self._free: list[int] = []
        self.scripts = self.wallets = self.actors = self.transactions = 0
        self.height, self.rate = 0, 10
        self.flat_fee = False
        self.vbytes = self.fees = 0
        self._resting: list[tuple[list[int], int]] = []
        self._later: list[tuple[int, int, Callable[[], object]]] = []
        self._order = 0
        self.new_actors: list[tuple[int, str, str]] = []
        self.handovers: list[tuple[int, int, int, int, str]] = []
        self.clear()

    def clear(self) -> None:
        """Begin the columns of a new block; what rested can be spent in it."""
        for coins, slot in self._resting:
            coins.append(slot)
        self._resting = []
        self.txs, self.ins, self.outs = array("q"), array("q"), array("q")
        self.new_scripts = array("q")
        self.first_script = self.scripts
        self.vbytes = self.fees = 0

    def below(self, most: int) -> int:
        """A whole number from 0 up to `most`, that one left out."""
        return int(self.random() * most)

    def between(self, least: int, most: int) -> int:
        """A whole number from least to most."""
        return least + int(self.random() * (most - least + 1))

    def chance(self, per_cent: int) -> bool:
        """True so many times in a hundred."""
        return self.random() * 100 < per_cent

    def actor(self, kind: str, name: str) -> int:
        """A new actor's number."""
        self.new_actors.append((self.actors, kind, name))
        self.actors += 1
        return self.actors - 1

    def wallet(self, actor: int, software: Software, beneficiary: int | None = None) -> Wallet:
        """A new wallet of an actor."""
        self.wallets += 1
        made = Wallet(self.wallets - 1, actor, software, beneficiary)
        made.haste = 55 + int(150 * self.random() ** 2)
        return made

    def new_script(
        self,
        wallet: Wallet,
        role: int = RECEIVE,
        beneficiary: int | None = None,
        promoter: int = NOBODY,
        kind: int = NOBODY,
    ) -> int:
        """A script that was never seen, of a wallet's kind or another."""
        script = self.scripts * SCRIPT_KINDS + (wallet.software.kind if kind < 0 else kind)
        self.scripts += 1
        whose = wallet.beneficiary if beneficiary is None else beneficiary
        self.new_scripts.extend((script, wallet.actor, whose, wallet.number, role, promoter))
        return script

    def receiving(self, wallet: Wallet, role: int = RECEIVE) -> int:
        """Where a wallet is paid next: a new script, or by habit the last one."""
        if wallet.last >= 0 and self.random() * 100 < wallet.software.reuse:
            return wallet.last
        wallet.last = self.new_script(wallet, role)
        return wallet.last

    def coin(self, value: int, script: int) -> int:
        """A slot for a new coin."""
        if self._free:
            slot = self._free.pop()
            self.value[slot], self.script[slot] = value, script
            return slot
        self.value.append(value)
        self.script.append(script)
        return len(self.value) - 1

    def total(self, slots: Iterable[int]) -> int:
        """What coins are worth."""
        return sum(map(self.value.__getitem__, slots))

    def later(self, blocks: int, act: Callable[[], object]) -> None:
        """Do something in a later block."""
        self._order += 1
        heapq.heappush(self._later, (self.height + blocks, self._order, act))

    def due(self) -> Callable[[], object] | None:
        """What is to be done by now, one at a time; None where nothing is."""
        if self._later and self._later[0][0] <= self.height:
            return heapq.heappop(self._later)[2]
        return None

    def fee_rate(self, wallet: Wallet) -> int:
        """Satoshi a virtual byte that a wallet would pay now; 0 for a flat fee."""
        fees = wallet.software.fees
        if fees == EXACT_FEES:
            return max(1, self.rate * wallet.haste // 100 + int(self.random() * 3) - 1)
        if fees == ROUNDED_FEES:
            return max(5, (self.rate * wallet.haste // 100 + 4) // 5 * 5)
        return 0

    def emit(self, kind: What, software: Software, slots: Sequence[int], outs: list[Out]) -> None:
        """A transaction; the fee is what the outputs leave."""
        if software.change == SHUFFLED:
            if len(outs) == PAIR:
                if self.random() < 0.5:  # noqa: PLR2004  a coin is tossed
                    outs.reverse()
            else:
                self.rng.shuffle(outs)
        lock, sequence = self._lock(software)
        spent, vbytes, rests = 0, TX_VBYTES, kind.kind in _RESTING
        at_once = (_SPENT_AT_ONCE, 100 if software.hasty else _CHANGE_AT_ONCE)
        values, scripts, ins = self.value, self.script, self.ins
        for slot in slots:
            spent += values[slot]
            vbytes += INPUT_VBYTES[scripts[slot] % SCRIPT_KINDS]
            ins.extend((slot, sequence))
        self._free.extend(slots)
        for value, script, purpose, change, coins in outs:
            spent -= value
            vbytes += OUTPUT_VBYTES[script % SCRIPT_KINDS] if script >= 0 else 11 - script
            slot = NOBODY
            if coins is not None:
                slot = self.coin(value, script)
                if rests and self.random() * 100 >= at_once[change]:
                    self._resting.append((coins, slot))
                else:
                    coins.append(slot)
            self.outs.extend((value, script, slot, purpose, change))
        order = 1 if software.change == BIP69 else 0
        self.txs.extend((software.version, lock, order, software.low_r, len(slots), len(outs), *kind))
        self.transactions += 1
        self.vbytes += vbytes
        self.fees += spent
        if spent < 0:
            raise ArithmeticError(f"a transaction of kind {kind} pays {-spent} satoshi more than it spends")

    def _lock(self, software: Software) -> tuple[int, int]:
        if software.lock == AT_TIP:
            back = int(self.random() * 100) if self.random() < 0.1 else 0  # noqa: PLR2004  as Core has it
            return max(0, self.height - 1 - back), min(software.sequence, NO_RBF)
        return 0, software.sequence


EXACT_FEES, ROUNDED_FEES = 0, 1
