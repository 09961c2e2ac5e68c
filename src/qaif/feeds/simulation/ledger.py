"""Wallets of the simulated economy, and the ledger that moves coins between them.

Value is conserved by construction: an output is made from coins that a wallet holds, and what is left is
change or fee.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qaif.feeds.simulation.keys import Key, Signer
from qaif.feeds.simulation.transactions import (
    INPUT_WEIGHT,
    Coin,
    Kind,
    Output,
    Tx,
    script_for,
    signed,
)

DUST_SAT = 1_000
_FIXED_WEIGHT = 44  # version, counts, locktime, witness flag
_OUTPUT_WEIGHT = 4 * 34


@dataclass
class Wallet:
    """Coins of one controller.

    Args:
        kind: how its keys are paid.
        keys: where new keys come from.
        reuses: it has one address and its change goes back to it.
        coins: what it can spend, oldest first.
    """

    kind: Kind
    keys: Iterator[Key]
    reuses: bool = False
    coins: list[Coin] = field(default_factory=list)
    _one_key: Key | None = None

    @property
    def total_sat(self) -> int:
        """What it holds."""
        return sum(coin.value_sat for coin in self.coins)

    def key(self) -> Key:
        """The key that it is paid to next."""
        if not self.reuses:
            return next(self.keys)
        self._one_key = self._one_key or next(self.keys)
        return self._one_key

    def take(self, at_least_sat: int) -> list[Coin]:
        """Remove and return its oldest coins that together reach an amount."""
        total = count = 0
        while total < at_least_sat:
            total += self.coins[count].value_sat
            count += 1
        taken, self.coins = self.coins[:count], self.coins[count:]
        return taken


@dataclass(frozen=True)
class Payment:
    """An amount to a wallet, or to a script that nobody in the simulation spends."""

    value_sat: int
    payee: Wallet | None
    script: bytes = b""


class Ledger:
    """Makes transactions; those of the block being built stand in `txs`, in an order that consensus allows.

    Args:
        rng: the only source of chance.
        signer: signs every input.
    """

    def __init__(self, rng: random.Random, signer: Signer) -> None:
        self._rng, self._signer = rng, signer
        self.txs: list[Tx] = []
        self.fees_sat = 0

    def close_block(self) -> tuple[list[Tx], int]:
        """The transactions and fees since the last call."""
        done = self.txs, self.fees_sat
        self.txs, self.fees_sat = [], 0
        return done

    def pay(self, payer: Wallet, payments: Sequence[Payment], change_to: Wallet | None = None) -> bool:
        """Pay from a wallet's oldest coins, change to itself or another; False where it has too little."""
        amount = sum(payment.value_sat for payment in payments)
        rate = self._rng.randint(
            4, 60
        )  # quarters of satoshi a weight unit, so 4 to 60 sat a virtual byte / 4
        reserve = self._fee_sat(len(payer.coins), payer.kind, len(payments) + 1, rate)
        if payer.total_sat < amount + reserve:
            return False
        coins = payer.take(amount + min(reserve, amount // 8 + 20_000))
        fee = self._fee_sat(len(coins), payer.kind, len(payments) + 1, rate)
        while sum(coin.value_sat for coin in coins) < amount + fee:
            coins += payer.take(1)
            fee = self._fee_sat(len(coins), payer.kind, len(payments) + 1, rate)
        left = sum(coin.value_sat for coin in coins) - amount - fee
        change = [Payment(left, change_to or payer)] if left >= DUST_SAT else []
        self._make(coins, [*payments, *change])
        return True

    def sweep(self, payer: Wallet, payee: Wallet, most: int) -> None:
        """Send up to `most` of a wallet's coins, whole, to another wallet."""
        coins, payer.coins = payer.coins[:most], payer.coins[most:]
        fee = self._fee_sat(len(coins), payer.kind, 1, self._rng.randint(4, 30))
        left = sum(coin.value_sat for coin in coins) - fee
        if left < DUST_SAT:
            payer.coins = coins + payer.coins
            return
        self._make(coins, [Payment(left, payee)])

    def _fee_sat(self, n_coins: int, kind: Kind, n_outputs: int, rate: int) -> int:
        weight = _FIXED_WEIGHT + n_coins * INPUT_WEIGHT[kind] + n_outputs * _OUTPUT_WEIGHT
        return weight * rate // 4

    def _make(self, coins: Sequence[Coin], payments: list[Payment]) -> None:
        self._rng.shuffle(payments)
        keys = [payment.payee.key() if payment.payee else None for payment in payments]
        scripts = [
            script_for(payment.payee.kind, key) if payment.payee and key else payment.script
            for payment, key in zip(payments, keys, strict=True)
        ]
        outputs = [
            Output(payment.value_sat, script) for payment, script in zip(payments, scripts, strict=True)
        ]
        tx = signed(coins, outputs, self._signer)
        self.txs.append(tx)
        self.fees_sat += sum(coin.value_sat for coin in coins) - sum(one.value_sat for one in outputs)
        for vout, (payment, key) in enumerate(zip(payments, keys, strict=True)):
            if payment.payee and key:
                coin = Coin(tx.txid_raw, vout, payment.value_sat, payment.payee.kind, key)
                payment.payee.coins.append(coin)
