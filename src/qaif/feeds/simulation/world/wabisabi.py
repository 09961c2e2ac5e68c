"""WabiSabi, the protocol of Wasabi Wallet 2: no single size, many standard ones.

Each wallet takes its coins apart into standard amounts (WalletWasabi, `DenominationBuilder.cs` and
`AmountDecomposer.cs`: powers of two and three, twice those of three, and 1, 2, 5 times powers of ten, each
output paying for itself), what is left over is change or fee. Inputs and outputs are sorted, largest first.
The coordinator takes 0.3 % of fresh coins above a hundredth of a bitcoin.
"""

from typing import Final

from qaif.feeds.simulation.world.books import SCRIPT_KINDS, Out, Wallet, what
from qaif.feeds.simulation.world.clubs import Club
from qaif.feeds.simulation.world.everyday import BTC, Everyday
from qaif.feeds.simulation.world.software import FINAL, GIVEN, INPUT_VBYTES, MIXING_2018, OUTPUT_VBYTES
from qaif.feeds.simulation.world.words import PURPOSE, ROLE
from qaif.kernels.made_scripts import TAPROOT, WPKH

MIX = what("mix", "wabisabi", foreign=True)
_MIX, _MIX_CHANGE, _FEE = PURPOSE["mix"], PURPOSE["mix-change"], PURPOSE["fee-of-coordinator"]
_MIX_ROLE, _FEE_ROLE = ROLE["mix"], ROLE["fee"]
LEAST_OUT, MOST_OUT = 5_000, 1_343 * BTC
LEAST_REGISTERED, LEAST_CHARGED = 5_000, BTC // 100
MOST_COINS, MOST_OUTS = 10, 9


def standard_amounts() -> list[int]:
    """What a wallet takes its coins apart into, largest first."""
    found: set[int] = set()
    for base, factors in ((2, (1,)), (3, (1, 2)), (10, (1, 2, 5))):
        power = 1
        while power <= MOST_OUT:
            found.update(power * factor for factor in factors)
            power *= base
    return sorted((one for one in found if LEAST_OUT <= one <= MOST_OUT), reverse=True)


STANDARD: Final = standard_amounts()


class WabiSabi:
    """Rounds of a club.

    Args:
        everyday: the world they stand in.
        members: how many wallets there are.
        least_inputs: with fewer a coordinator makes no round.
    """

    def __init__(self, everyday: Everyday, members: int, least_inputs: int = 50) -> None:
        self.club = Club(everyday, MIXING_2018._replace(change=GIVEN, sequence=FINAL), members)
        self.books, self.least = everyday.books, least_inputs
        actor = self.books.actor("coordinator", "Coordinator of Wasabi 2")
        self.coordinator = self.books.wallet(actor, MIXING_2018._replace(reuse=0))
        self._mixed: set[int] = set()  # scripts whose coins come from a round: remixed free of charge

    def mix(self) -> bool:
        """A round, or the club is filled where too few can take part."""
        books, taken, count = self.books, [], 0
        wanted = books.between(self.least, 4 * self.least)
        for one in self.club.able(60, LEAST_CHARGED // 2):
            coins = self._register(one)
            if coins:
                taken.append((one, coins))
                count += len(coins)
            if count >= wanted:
                break
        if count < self.least:
            for wallet, coins in taken:
                wallet.coins += coins
            return self.club.fill(BTC // 50, BTC)
        self._round(taken)
        return True

    def _register(self, wallet: Wallet) -> list[int]:
        books = self.books
        least = books.rate * 150 + LEAST_REGISTERED
        able = [slot for slot in wallet.coins if books.value[slot] > least]
        chosen = books.rng.sample(able, min(len(able), books.between(1, MOST_COINS)))
        if books.total(chosen) < 3 * least:
            return []
        gone = set(chosen)
        wallet.coins[:] = [slot for slot in wallet.coins if slot not in gone]
        return chosen

    def _round(self, taken: list[tuple[Wallet, list[int]]]) -> None:
        books, fee = self.books, 0
        outs: list[Out] = []
        offered = [one for one in STANDARD if not books.chance(12)]
        for wallet, coins in taken:
            left = 0
            for slot in coins:
                value, script = books.value[slot], books.script[slot]
                charge = 0 if script in self._mixed or value < LEAST_CHARGED else value * 3 // 1_000
                self._mixed.discard(script)
                fee += charge
                left += value - charge - books.rate * INPUT_VBYTES[script % SCRIPT_KINDS]
            self._take_apart(wallet, left, offered, outs)
        if fee >= LEAST_OUT:
            script = books.receiving(self.coordinator, _FEE_ROLE)
            outs.append(Out(fee, script, _FEE, 0, self.coordinator.coins))
        slots = [slot for _, coins in taken for slot in coins]
        slots.sort(key=books.value.__getitem__, reverse=True)
        outs.sort(key=lambda out: -out.value)
        books.emit(MIX, self.club.wallets[0].software, slots, outs)

    def _take_apart(self, wallet: Wallet, left: int, offered: list[int], outs: list[Out]) -> None:
        """The outputs of one wallet: standard amounts that fit, not always the very largest."""
        books, made = self.books, 0
        cost = books.rate * OUTPUT_VBYTES[TAPROOT]
        for size in offered:
            while size + cost <= left and made < MOST_OUTS and not books.chance(35):
                outs.append(self._out(wallet, size, _MIX))
                left -= size + cost
                made += 1
        if left >= LEAST_OUT + cost:
            outs.append(self._out(wallet, left - cost, _MIX_CHANGE))

    def _out(self, wallet: Wallet, value: int, purpose: int) -> Out:
        books = self.books
        kind = TAPROOT if books.chance(50) else WPKH
        script = books.new_script(wallet, _MIX_ROLE, kind=kind)
        self._mixed.add(script)
        if len(self._mixed) > 100 * len(self.club.wallets):
            self._mixed = set(self.club.still_held(dict.fromkeys(self._mixed, 0)))
        return Out(value, script, purpose, int(purpose == _MIX_CHANGE), wallet.coins)
