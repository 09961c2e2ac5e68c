"""Wasabi Wallet 1: rounds of one size round a coordinator, 1.0 and 1.1 ("mixing levels").

Every participant registers coins that reach the round's size with fees and gets one equal output and
change; the coordinator takes a share for each equal output, to one address in 1.0. In 1.1 (2020 on) a
participant with more gets outputs of twice, four times, ... the size too where others do, and inputs and
outputs are sorted by value (WalletWasabi, `CoordinatorRound.cs`; orders and sizes as in the mixes of 2018
and 2021 on the chain).
"""

from qaif.feeds.simulation.world.books import Out, Wallet, what
from qaif.feeds.simulation.world.clubs import Club
from qaif.feeds.simulation.world.everyday import BTC, Everyday
from qaif.feeds.simulation.world.software import FINAL, GIVEN, INPUT_VBYTES, MIXING_2018, OUTPUT_VBYTES
from qaif.feeds.simulation.world.words import PURPOSE, ROLE
from qaif.kernels.made_scripts import WPKH

_MIX, _MIX_CHANGE, _FEE = PURPOSE["mix"], PURPOSE["mix-change"], PURPOSE["fee-of-coordinator"]
_MIX_ROLE, _CHANGE_ROLE, _FEE_ROLE = ROLE["mix"], ROLE["change"], ROLE["fee"]
_INPUT, _OUTPUT = INPUT_VBYTES[WPKH], OUTPUT_VBYTES[WPKH]
SIZE = BTC // 10
FEE_SHARE = 33_333  # one of so many parts of the size, for each equal output: 0.003 %
MOST_COINS, MOST_LEVELS, MOST_SHARE = 7, 5, 300
LEAST_CHANGE = 6_000
FEWEST, FEWEST_SELDOM = (
    10,
    6,
)  # of 76 published mixes of 2018 one has fewer than ten equal outputs, and it has six


class Wasabi1:
    """Rounds of a club.

    Args:
        everyday: the world they stand in.
        members: how many wallets there are.
        levels: 1.1, and not 1.0.
    """

    def __init__(self, everyday: Everyday, members: int, *, levels: bool) -> None:
        self.club = Club(everyday, MIXING_2018._replace(change=GIVEN, sequence=FINAL), members)
        self.books, self.levels = everyday.books, levels
        version = "1.1" if levels else "1.0"
        self.what = what("mix", f"wasabi-{version}", foreign=True)
        actor = self.books.actor("coordinator", f"Coordinator of Wasabi {version}")
        self.coordinator = self.books.wallet(actor, MIXING_2018._replace(reuse=0 if levels else 100))

    def mix(self) -> bool:
        """A round, or the club is filled where too few can take part."""
        books = self.books
        size = SIZE + books.below(SIZE // 10 if self.levels else SIZE // 2000)
        if not self.levels and books.chance(30):
            size //= 2  # rounds came down where few had enough
        wanted = books.between(45, 75) if self.levels else books.between(14, 55)
        drawn = self.club.able(wanted, size + size // 50)
        if len(drawn) < (25 if self.levels else FEWEST):
            return self.club.fill(SIZE, SIZE * 6)
        taken = [(one, self.club.give_up(one, size + size // 60 + 20_000, MOST_COINS)) for one in drawn]
        return self._round([part for part in taken if part[1]], size)

    def _round(self, taken: list[tuple[Wallet, list[int]]], size: int) -> bool:
        books, rate = self.books, max(1, self.books.rate // 3)
        share = size * len(taken) // FEE_SHARE
        owners, left = [wallet for wallet, _ in taken], []
        for _, coins in taken:
            cost = rate * (_INPUT * len(coins) + 2 * _OUTPUT) + share
            left.append(books.total(coins) - cost - size)
        fewest = FEWEST_SELDOM if books.chance(2) else FEWEST
        if len(taken) < fewest or min(left) < 0:
            for wallet, coins in taken:
                wallet.coins += coins
            return False
        outs = [self._equal(size, wallet) for wallet, _ in taken]
        fee = share * len(taken)
        if self.levels:
            fee += self._higher(owners, left, outs, (size - books.below(2_000), rate * _OUTPUT))
        for rest, wallet in zip(left, owners, strict=True):
            if rest >= LEAST_CHANGE:
                outs.append(Out(rest, books.new_script(wallet, _CHANGE_ROLE), _MIX_CHANGE, 1, wallet.coins))
        self._write(taken, outs, fee)
        return True

    def _higher(self, owners: list[Wallet], left: list[int], outs: list[Out], of: tuple[int, int]) -> int:
        """Outputs of twice the size, four times, ... for those who have it, where at least two do."""
        fee, (base, cost) = 0, of
        for level in range(1, MOST_LEVELS):
            size = base << level
            able = [row for row, rest in enumerate(left) if rest >= size + cost + size // MOST_SHARE]
            if len(able) < 2:  # noqa: PLR2004  nobody is alone
                break
            share = size * len(able) // FEE_SHARE
            for row in able:
                left[row] -= size + cost + share
                outs.append(self._equal(size, owners[row]))
            fee += share * len(able)
        return fee

    def _equal(self, size: int, wallet: Wallet) -> Out:
        return Out(size, self.books.new_script(wallet, _MIX_ROLE), _MIX, 0, wallet.coins)

    def _write(self, taken: list[tuple[Wallet, list[int]]], outs: list[Out], fee: int) -> None:
        books = self.books
        slots = [slot for _, coins in taken for slot in coins]
        if fee >= LEAST_CHANGE:
            script = books.receiving(self.coordinator, _FEE_ROLE)
            outs.append(Out(fee, script, _FEE, 0, self.coordinator.coins))
        if self.levels:
            slots.sort(key=books.value.__getitem__)
            outs.sort(key=lambda out: out.value)
        books.emit(self.what, self.club.wallets[0].software, slots, outs)
