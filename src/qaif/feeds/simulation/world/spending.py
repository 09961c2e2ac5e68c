"""How a wallet pays: it chooses coins, finds a fee, and gives itself change."""

from collections.abc import Sequence
from typing import NamedTuple

from qaif.feeds.simulation.world.books import CHANGE, SCRIPT_KINDS, Books, Out, Wallet, What
from qaif.feeds.simulation.world.software import (
    ANY,
    FIRST,
    INPUT_VBYTES,
    LARGEST,
    OLDEST,
    OUTPUT_VBYTES,
    SMALLEST,
    TX_VBYTES,
)
from qaif.feeds.simulation.world.words import PURPOSE

DUST = 1_000
FLAT_FEE = 10_000
MOST_SORTED = 400  # a wallet of more coins takes its oldest
_CHANGE, _PAYMENT, _SELF = PURPOSE["change"], PURPOSE["payment"], PURPOSE["self-transfer"]


def in_order(books: Books, wallet: Wallet) -> list[int]:
    """A wallet's coins, those first that it would take first."""
    coins, habit = wallet.coins, wallet.software.coins
    if habit == OLDEST or len(coins) == 1 or len(coins) > MOST_SORTED:
        return coins
    if habit == LARGEST:
        return sorted(coins, key=books.value.__getitem__, reverse=True)
    if habit == SMALLEST:
        return sorted(coins, key=books.value.__getitem__)
    return books.rng.sample(coins, len(coins)) if habit == ANY else coins


def remove(wallet: Wallet, chosen: Sequence[int]) -> None:
    """Take coins out of a wallet."""
    if len(chosen) == len(wallet.coins):
        wallet.coins.clear()
    elif wallet.coins[: len(chosen)] == chosen:
        del wallet.coins[: len(chosen)]
    else:
        gone = set(chosen)
        wallet.coins[:] = [slot for slot in wallet.coins if slot not in gone]


def pay(books: Books, wallet: Wallet, kind: What, payments: list[Out], reserve: int = 0) -> bool:
    """Pay from a wallet, change to itself; False, and nothing done, where it has too little.

    Args:
        books: where it is written.
        wallet: who pays.
        kind: what the transaction is.
        payments: what is to be paid.
        reserve: coins at the end of the wallet's order that it does not touch.
    """
    software = wallet.software
    rate, amount, size = books.fee_rate(wallet), 0, TX_VBYTES + OUTPUT_VBYTES[software.kind]
    for payment in payments:
        amount += payment.value
        script = payment.script
        size += OUTPUT_VBYTES[script % SCRIPT_KINDS] if script >= 0 else 11 - script
    need = amount + (rate * size or FLAT_FEE)
    chosen: list[int] = []
    values, scripts = books.value, books.script
    for slot in in_order(books, wallet)[: len(wallet.coins) - reserve]:
        chosen.append(slot)
        need += rate * INPUT_VBYTES[scripts[slot] % SCRIPT_KINDS] - values[slot]
        if need <= 0:
            break
    if need > 0:
        return False
    if software.prunes and len(chosen) > 1:
        chosen, need = _pruned(books, chosen, need, rate)
    remove(wallet, chosen)
    if -need >= DUST:
        change = Out(-need, _change_script(books, wallet, chosen), _CHANGE, 1, wallet.coins)
        payments = [change, *payments] if software.change == FIRST else [*payments, change]
    books.emit(kind, software, chosen, payments)
    return True


def _pruned(books: Books, chosen: list[int], need: int, rate: int) -> tuple[list[int], int]:
    """The coins that a payment needs, the largest left out first; and what is needed beside them, below 0."""
    kept: list[int] = []
    for slot in sorted(chosen, key=books.value.__getitem__, reverse=True):
        worth = books.value[slot] - rate * INPUT_VBYTES[books.script[slot] % SCRIPT_KINDS]
        if need + worth <= 0:
            need += worth
        else:
            kept.append(slot)
    return kept, need


def _change_script(books: Books, wallet: Wallet, chosen: Sequence[int]) -> int:
    if wallet.software.own_change:
        return books.script[chosen[0]]
    return books.new_script(wallet, CHANGE)


class Into(NamedTuple):
    """Where a sweep goes: a wallet, the output's purpose, the script's role."""

    wallet: Wallet
    purpose: int
    role: int


def sweep(books: Books, wallet: Wallet, kind: What, chosen: list[int], into: Into) -> bool:
    """Send chosen coins whole to one script of a wallet; False, and nothing done, for less than the fee."""
    software, to = wallet.software, into.wallet
    size = TX_VBYTES + OUTPUT_VBYTES[to.software.kind]
    size += sum(INPUT_VBYTES[books.script[slot] % SCRIPT_KINDS] for slot in chosen)
    left = books.total(chosen) - (books.fee_rate(wallet) * size or FLAT_FEE)
    if not chosen or left < DUST:
        return False
    remove(wallet, chosen)
    out = Out(left, books.receiving(to, into.role), into.purpose, 0, to.coins)
    books.emit(kind, software, chosen, [out])
    return True


def consolidate(books: Books, wallet: Wallet, kind: What, most: int) -> bool:
    """Gather a wallet's oldest coins in one of its own."""
    return sweep(books, wallet, kind, wallet.coins[:most], Into(wallet, _SELF, CHANGE))
