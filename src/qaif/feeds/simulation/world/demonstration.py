"""The chain of the demo: a campaign that follows its plan, in an everyday economy of its time.

The campaign has one published address, where its change comes back to; most of what it spends goes to a
money service at one address, which gathers it and pays out through exchanges. Signatures are valid.
"""

import random
from collections.abc import Iterator
from functools import partial
from typing import Final

from qaif.feeds.simulation.plan import BEGINS_UNIX, DAYS, MAIN_BLOCKS, PRELUDE_BLOCKS, make_plan
from qaif.feeds.simulation.world.actors import software_of
from qaif.feeds.simulation.world.books import NOBODY, SCRIPT_KINDS, Out, Wallet, what
from qaif.feeds.simulation.world.everyday import BTC, SWEEP
from qaif.feeds.simulation.world.run import World
from qaif.feeds.simulation.world.scenarios import Scenario, everyday
from qaif.feeds.simulation.world.software import FINAL, OLDEST, SMALLEST, Software
from qaif.feeds.simulation.world.spending import Into, pay, sweep
from qaif.feeds.simulation.world.words import PURPOSE, ROLE
from qaif.kernels.made_scripts import PK, PKH, SH_WPKH, WPKH

SCENARIO: Final = Scenario(
    "demo",
    "the invented campaign of the demo",
    *("2021", BEGINS_UNIX, DAYS, 12_500, everyday("2021"), (4, 60)),
)
CAMPAIGN: Final = Software("campaign", PKH, 1, FINAL, coins=SMALLEST, reuse=100, own_change=True, hasty=True)
SERVICE: Final = Software("money-service", SH_WPKH, 2, coins=OLDEST, reuse=100, own_change=True)
DONATION, CASH_OUT, SERVICE_PAYS = what("donation"), what("cash-out"), what("service")
_DONATION, _PAYMENT, _DEPOSIT = PURPOSE["donation"], PURPOSE["payment"], PURPOSE["deposit"]
_WITHDRAWAL, _SWEEP, _HOT = PURPOSE["withdrawal"], PURPOSE["sweep"], ROLE["hot"]
_KIN_GIFTS_AT = (1_180, 1_305, 1_420)  # main blocks in which the campaign's key is paid in its other forms
_GATHERS_EVERY, _SELLS_EVERY, _LAST = 12, 50, 2  # blocks
_MOST_SWEPT = 60
_FROM_EXCHANGE, _GIVES_AGAIN, _TO_SERVICE = 42, 30, 88  # per cent


class Demonstration(World):
    """The demo's world.

    Args:
        seed: of the keys.
        rng: draws the plan; the world has chance of its own.
    """

    def __init__(self, seed: int, rng: random.Random) -> None:
        super().__init__(SCENARIO, seed, SCENARIO.transactions, signed=True)
        self._plan, books = make_plan(rng), self.books
        actor = books.actor("campaign", "Orchard Committee (invented)")
        service = books.actor("money-service", "Kite Pay (invented)")
        self.campaign = books.wallet(actor, CAMPAIGN)
        self.service, self._hot = books.wallet(service, SERVICE), books.wallet(service, SERVICE)
        books.receiving(self.campaign, ROLE["donation"])
        books.receiving(self.service, ROLE["service"])
        self._givers: list[Wallet] = []

    def script(self, wallet: Wallet) -> bytes:
        """The script that a wallet of one address is paid at."""
        return self.maker.script(wallet.last)

    def blocks(self) -> Iterator[int]:
        """Times of the blocks, each yielded when its transactions stand in the books."""
        for number, time_unix in enumerate(self._plan.times):
            self.books.height += 1
            if number >= PRELUDE_BLOCKS:
                self._lives(number - PRELUDE_BLOCKS)
            yield time_unix

    def _lives(self, block: int) -> None:
        """What happens in a block of the main part."""
        books, scenario = self.books, self.scenario
        books.rate = min(scenario.rate[1], max(scenario.rate[0], books.rate * books.between(70, 140) // 100))
        while (act := books.due()) is not None:
            act()
        if block % _SELLS_EVERY == 0:
            for _ in range(6):
                self.habits.everyday.pool_sells()
        if self._unfed:
            self._feed(books.transactions + 20)
        for _ in range(books.between(1, 4)):
            self.habits.one()
        for amount in self._plan.gifts[block]:
            self._give(amount, last=block >= MAIN_BLOCKS - _LAST)
        if block in _KIN_GIFTS_AT:
            self._give_to_kin(PK if block == _KIN_GIFTS_AT[0] else WPKH)
        for share in self._plan.spends[block]:
            self._spend(share)
        if block % _GATHERS_EVERY == 0:
            self._gather()

    def _others(self, most: int) -> list[Out]:
        """Withdrawals of other people."""
        return [self.habits.everyday.filling(BTC // 10) for _ in range(self.books.below(most))]

    def _give(self, amount: int, *, last: bool = False) -> None:
        """A gift: straight from an exchange's batch, or from a wallet that was filled there before."""
        books, world = self.books, self.habits.everyday
        gift = Out(amount, self.campaign.last, _DONATION, 0, self.campaign.coins)
        if last or books.chance(_FROM_EXCHANGE):
            if not world.withdraw([gift, *self._others(8)]):
                books.later(1, partial(self._give, amount))
            return
        giver = self._giver()
        if pay(books, giver, DONATION, [gift]):
            return
        value = amount * books.between(1_100, 2_600) // 1_000 + 100_000
        filling = Out(value, books.receiving(giver), _WITHDRAWAL, 0, giver.coins)
        done = world.withdraw([filling, *self._others(3)])
        books.later(1, partial(self._give_from, giver, amount) if done else partial(self._give, amount))

    def _give_from(self, giver: Wallet, amount: int) -> None:
        gift = Out(amount, self.campaign.last, _DONATION, 0, self.campaign.coins)
        if not pay(self.books, giver, DONATION, [gift]):
            self._give(amount)

    def _giver(self) -> Wallet:
        books = self.books
        if self._givers and books.chance(_GIVES_AGAIN):
            return self._givers[books.below(len(self._givers))]
        one = self.habits.everyday.somebody()
        self._givers.append(books.wallet(one.actor, software_of(books, self.scenario.era)))
        return self._givers[-1]

    def _give_to_kin(self, kind: int) -> None:
        """Somebody pays the campaign's key in another form than the published one."""
        books, campaign = self.books, self.campaign
        script = campaign.last // SCRIPT_KINDS * SCRIPT_KINDS + kind
        row = (script, campaign.actor, campaign.actor, campaign.number, ROLE["donation"], NOBODY)
        books.new_scripts.extend(row)
        self.habits.everyday.withdraw([Out(books.between(2, 90) * 1_000_000, script, _DONATION, 0, None)])

    def _spend(self, thousandths: int) -> None:
        """The campaign sends a share of what it holds, nearly always to the service; the rest comes back."""
        books, campaign, world = self.books, self.campaign, self.habits.everyday
        amount = books.total(campaign.coins) * thousandths // 1_000 // 1_000 * 1_000
        if amount <= BTC // 1_000:
            return
        out = Out(amount, self.service.last, _PAYMENT, 0, self.service.coins)
        if not books.chance(_TO_SERVICE):
            number = books.below(len(self.cast.exchanges))
            script = world.account(campaign.actor, world.accounts_of(campaign.actor), number)
            out = Out(amount, script, _DEPOSIT, 0, self.cast.exchanges[number].deposits.coins)
        pay(books, campaign, CASH_OUT, [out])

    def _gather(self) -> None:
        """The service gathers what it was paid, and sells it at an exchange."""
        books, service, hot = self.books, self.service, self._hot
        sweep(books, service, SWEEP, service.coins[:_MOST_SWEPT], Into(hot, _SWEEP, _HOT))
        amount = books.total(hot.coins) * 4 // 5
        if amount > BTC:
            exchange = self.cast.exchanges[books.below(len(self.cast.exchanges))]
            script = books.receiving(exchange.hot, _HOT)
            pay(books, hot, SERVICE_PAYS, [Out(amount, script, _DEPOSIT, 0, exchange.hot.coins)])
