"""Whirlpool: a Tx0 cuts coins into premixes, mixes of five to eight take them and earlier mixes' outputs.

Pools, fees and the data carrier of a Tx0 are those of Samourai's service (`whirlpool-protocol`); a mix takes
two or three premixes, whose surplus is the whole fee, and remixes for the rest, and has as many equal
outputs; only the first mix of a pool has nothing but premixes. Both are sorted as BIP 69 says. Sixty-four
bytes of data until 2021, eighty after.
"""

from typing import Final, NamedTuple

from qaif.feeds.simulation.world.books import Out, Wallet, what
from qaif.feeds.simulation.world.clubs import Club
from qaif.feeds.simulation.world.everyday import BTC, Everyday
from qaif.feeds.simulation.world.software import BIP69, FINAL, MIXING_2018
from qaif.feeds.simulation.world.trouble import size_of
from qaif.feeds.simulation.world.words import PURPOSE, ROLE

TX0, MIX = what("tx0", "whirlpool-tx0"), what("mix", "whirlpool", foreign=True)
_PREMIX, _MIX, _CHANGE = PURPOSE["premix"], PURPOSE["mix"], PURPOSE["change"]
_DATA, _FEE = PURPOSE["data"], PURPOSE["fee-of-coordinator"]
_PREMIX_ROLE, _MIX_ROLE, _CHANGE_ROLE, _FEE_ROLE = (ROLE[word] for word in ("premix", "mix", "change", "fee"))
MOST_PREMIXES, LEAST_CHANGE, MOST_SURPLUS = 25, 1_000, 90_000
LEAST_SIZE = 5
REMIXES = 75  # per cent of mixed outputs that wait for another mix


class Pool(NamedTuple):
    """A pool's size, what entry costs, and which coins wait, with their owners."""

    size: int
    fee: int
    premixes: list[tuple[int, Wallet]]
    mixed: list[tuple[int, Wallet]]


POOLS: Final = ((100_000, 5_000), (1_000_000, 50_000), (5_000_000, 175_000), (50_000_000, 1_750_000))


class Whirlpool:
    """Tx0s and mixes of a club.

    Args:
        everyday: the world they stand in.
        members: how many wallets there are.
        data: bytes of a Tx0's data carrier.
    """

    def __init__(self, everyday: Everyday, members: int, data: int = 64) -> None:
        self.club = Club(everyday, MIXING_2018._replace(change=BIP69, sequence=FINAL), members)
        self.books, self.data = everyday.books, data
        actor = self.books.actor("coordinator", "Coordinator of Whirlpool")
        self.coordinator = self.books.wallet(actor, MIXING_2018._replace(reuse=0))
        self.pools = [Pool(size, fee, [], []) for size, fee in POOLS]

    def tx0(self) -> bool:
        """Somebody enters a pool, or the club is filled where nobody has enough."""
        books = self.books
        pool = self.pools[min(books.below(5), 3) if books.chance(20) else books.below(3)]
        drawn = self.club.able(1, 2 * pool.size + pool.fee + 200_000)
        if not drawn:
            return self.club.fill(BTC // 50, BTC // 2)
        wallet = drawn[0]
        slots = self.club.give_up(wallet, pool.size * 2 + pool.fee + 150_000, 6)
        return bool(slots) and self._cut(pool, wallet, slots)

    def _cut(self, pool: Pool, wallet: Wallet, slots: list[int]) -> bool:
        books = self.books
        surplus = min(MOST_SURPLUS, books.rate * books.between(290, 340))
        premix = pool.size + surplus
        left = books.total(slots) - pool.fee - books.rate * (size_of(books, slots, 3) + self.data)
        many = min(MOST_PREMIXES, left // (premix + books.rate * 31))
        if many < 1:
            wallet.coins += slots
            return False
        kept: list[int] = []
        outs = [Out(0, -self.data, _DATA, 0, None)]
        script = books.receiving(self.coordinator, _FEE_ROLE)
        outs.append(Out(pool.fee, script, _FEE, 0, self.coordinator.coins))
        outs += [Out(premix, books.new_script(wallet, _PREMIX_ROLE), _PREMIX, 0, kept) for _ in range(many)]
        left -= many * (premix + books.rate * 31)
        if left >= LEAST_CHANGE:
            outs.append(Out(left, books.new_script(wallet, _CHANGE_ROLE), _CHANGE, 1, wallet.coins))
        books.emit(TX0, wallet.software, slots, outs)
        pool.premixes.extend((slot, wallet) for slot in kept)
        return True

    def mix(self) -> bool:
        """A mix of a pool that has coins for it, or a Tx0."""
        books = self.books
        ready = [pool for pool in self.pools if len({id(who) for _, who in pool.premixes[-60:]}) >= 5]  # noqa: PLR2004  a mix
        if not ready:
            return self.tx0()
        pool = ready[books.below(len(ready))]
        size = books.between(LEAST_SIZE, 8)
        chosen = self._draw(pool.premixes, books.between(2, 3), [])
        chosen = self._draw(pool.mixed, size - len(chosen), chosen)
        if len(chosen) < LEAST_SIZE:  # a young pool: more of the new, and in its first mix nothing else
            chosen = self._draw(pool.premixes, size - len(chosen), chosen)
        if len(chosen) < LEAST_SIZE:
            self._put_back(pool, chosen)
            return self.tx0()
        self._write(pool, chosen)
        return True

    def _draw(
        self, queue: list[tuple[int, Wallet]], many: int, chosen: list[tuple[int, Wallet]]
    ) -> list[tuple[int, Wallet]]:
        """Coins of different owners, taken out of a queue, beside those chosen before."""
        inside = {id(wallet) for _, wallet in chosen}
        for _ in range(3 * many):
            if not queue or many == 0:
                break
            at = self.books.below(len(queue))
            if id(queue[at][1]) in inside:
                continue
            queue[at], queue[-1] = queue[-1], queue[at]
            chosen.append(queue.pop())
            inside.add(id(chosen[-1][1]))
            many -= 1
        return chosen

    def _put_back(self, pool: Pool, chosen: list[tuple[int, Wallet]]) -> None:
        for slot, wallet in chosen:
            mixed = self.books.value[slot] == pool.size
            (pool.mixed if mixed else pool.premixes).append((slot, wallet))

    def _write(self, pool: Pool, chosen: list[tuple[int, Wallet]]) -> None:
        books, outs, made = self.books, [], []
        for _, wallet in chosen:
            coins: list[int] = []
            outs.append(Out(pool.size, books.new_script(wallet, _MIX_ROLE), _MIX, 0, coins))
            made.append((coins, wallet))
        books.emit(MIX, self.club.wallets[0].software, [slot for slot, _ in chosen], outs)
        for coins, wallet in made:
            if books.chance(REMIXES) or len(pool.mixed) < LEAST_SIZE:
                pool.mixed.append((coins[0], wallet))
            else:
                wallet.coins += coins
