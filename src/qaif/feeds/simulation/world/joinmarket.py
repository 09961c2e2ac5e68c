"""JoinMarket: a taker pays makers to mix with it.

A wallet has five parts ("mixdepths"); a coin join spends from one part, its equal output goes to the next
and the change back to the same (joinmarket-clientserver, `docs/USAGE.md`). Each maker puts in coins that
cover the amount and gets change with its fee on top; the taker pays fees, and has no change where what is
left is too little.
"""

from qaif.feeds.simulation.world.books import NOBODY, Out, Wallet, what
from qaif.feeds.simulation.world.clubs import FILLING_MEAN, Club
from qaif.feeds.simulation.world.everyday import BTC, Everyday
from qaif.feeds.simulation.world.software import FINAL, NO_LOCK, SHUFFLED, Software
from qaif.feeds.simulation.world.trouble import size_of
from qaif.feeds.simulation.world.words import PURPOSE, ROLE

MIX = what("mix", "joinmarket", foreign=True)
_MIX, _MIX_CHANGE = PURPOSE["mix"], PURPOSE["mix-change"]
_MIX_ROLE, _CHANGE_ROLE = ROLE["mix"], ROLE["change"]
LEAST_CHANGE = 27_300  # its dust threshold
LEAST_MIXED = BTC // 100


class JoinMarket:
    """Mixes of a club.

    Args:
        everyday: the world they stand in.
        kind: of their scripts.
        members: how many wallets there are.
    """

    def __init__(self, everyday: Everyday, kind: int, members: int) -> None:
        software = Software("joinmarket", kind, 2, FINAL, NO_LOCK, coins=2, change=SHUFFLED, reuse=0)
        self.club, self.books = Club(everyday, software, members), everyday.books
        self._depth: dict[int, int] = {}

    def _part(self, wallet: Wallet, need: int) -> tuple[list[int], int]:
        """Coins of one part of a wallet that reach an amount, smallest first, and which part it was."""
        books = self.books
        parts: dict[int, list[int]] = {}
        for slot in sorted(wallet.coins, key=books.value.__getitem__):
            # the part follows from the script, which is the coin's for life
            parts.setdefault(self._depth.get(books.script[slot], 0), []).append(slot)
        for depth in sorted(parts, key=lambda part: -books.total(parts[part])):
            chosen, have = [], 0
            for slot in parts[depth]:
                chosen.append(slot)
                have += books.value[slot]
                if have >= need:
                    return chosen, depth
        return [], NOBODY

    def mix(self) -> bool:
        """A taker mixes with three to nine makers, or the club is filled where too few can."""
        books = self.books
        amount = LEAST_MIXED + int(BTC * 0.6 * books.random() ** 3)
        if books.chance(25):
            amount = max(LEAST_MIXED, amount // (BTC // 100) * (BTC // 100))
        many = books.between(3, 9)
        drawn = self.club.able(many + 1, amount + amount // 50 + 100_000)
        if len(drawn) < many + 1:
            return self.club.fill(BTC // 20, FILLING_MEAN * 3)
        return self._join(drawn[0], drawn[1:], amount)

    def _join(self, taker: Wallet, makers: list[Wallet], amount: int) -> bool:
        books = self.books
        parts = [(one, *self._part(one, amount + LEAST_CHANGE)) for one in makers]
        parts = [part for part in parts if part[1]]
        reserve = books.rate * 200 * (2 + len(parts) * 3) + amount // 1_000
        mine, depth = self._part(taker, amount + reserve)
        if len(parts) < 2 or not mine:  # noqa: PLR2004  a join of two is none
            return False
        slots = [*mine, *(slot for part in parts for slot in part[1])]
        outs, paid = [], 0
        for one, coins, part in parts:
            fee = amount * books.between(1, 40) // 1_000_000 + books.below(800)
            paid += fee
            outs.append(self._out(amount, one, part + 1, _MIX))
            outs.append(self._out(books.total(coins) - amount + fee, one, part, _MIX_CHANGE))
        fee = paid + books.rate * size_of(books, slots, len(outs) + 2)
        outs.append(self._out(amount, taker, depth + 1, _MIX))
        if books.total(mine) - amount - fee < 0:
            return False
        if books.total(mine) - amount - fee >= LEAST_CHANGE:
            outs.append(self._out(books.total(mine) - amount - fee, taker, depth, _MIX_CHANGE))
        self._write([(taker, mine), *((one, coins) for one, coins, _ in parts)], slots, outs)
        return True

    def _write(self, taken: list[tuple[Wallet, list[int]]], slots: list[int], outs: list[Out]) -> None:
        for wallet, coins in taken:
            gone = set(coins)
            wallet.coins[:] = [slot for slot in wallet.coins if slot not in gone]
            for slot in coins:
                self._depth.pop(self.books.script[slot], None)
        self.books.rng.shuffle(slots)
        self.books.emit(MIX, self.club.wallets[0].software, slots, outs)

    def _out(self, value: int, wallet: Wallet, depth: int, purpose: int) -> Out:
        changes = purpose == _MIX_CHANGE
        script = self.books.new_script(wallet, _CHANGE_ROLE if changes else _MIX_ROLE)
        if depth % 5:
            self._depth[script] = depth % 5
        if len(self._depth) > 40 * len(self.club.wallets):
            self._depth = self.club.still_held(self._depth)
        return Out(value, script, purpose, int(changes), wallet.coins)
