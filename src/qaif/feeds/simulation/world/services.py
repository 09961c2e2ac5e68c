"""A donation campaign, a money service that somebody else advertises, and brokers."""

from qaif.feeds.simulation.world.actors import software_of
from qaif.feeds.simulation.world.books import NOBODY, Out, Wallet, what
from qaif.feeds.simulation.world.everyday import LEAST, Everyday
from qaif.feeds.simulation.world.spending import pay
from qaif.feeds.simulation.world.words import PURPOSE, ROLE

DONATION, CASH_OUT, SERVICE, BROKER = what("donation"), what("cash-out"), what("service"), what("broker")
_DONATION, _PAYMENT, _DEPOSIT = PURPOSE["donation"], PURPOSE["payment"], PURPOSE["deposit"]
_DONATION_ROLE, _SERVICE_ROLE, _BROKER_ROLE = ROLE["donation"], ROLE["service"], ROLE["broker"]
SEVERAL = 6  # addresses that the campaign publishes in its second third
MOST_COINS = 60


class Services:
    """Habits of services and of those who use them.

    Args:
        everyday: the world they stand in.
        era: whose software they use.
    """

    def __init__(self, everyday: Everyday, era: str) -> None:
        self.everyday, self.books = everyday, everyday.books
        books = self.books
        campaign = books.actor("campaign", "Orchard Committee (invented)")
        software = software_of(books, era)
        self.campaign = books.wallet(campaign, software._replace(reuse=0, own_change=True))
        self.published = [books.new_script(self.campaign, _DONATION_ROLE) for _ in range(SEVERAL)]
        service = books.actor("money-service", "Kite Pay (invented)")
        promoter = books.actor("promoter", "Harbour Channel (invented)")
        self.service = books.wallet(service, software._replace(own_change=True))
        self.busy = books.new_script(self.service, _SERVICE_ROLE, None, promoter)
        self.brokers: list[Wallet] = []
        for number in range(3):
            actor = books.actor("broker", f"Broker {number + 1}")
            self.brokers.append(books.wallet(actor, software_of(books, era)))
        self.third = 0  # of the campaign: 0 one address, 1 several, 2 one a donor

    def donation(self) -> bool:
        """Somebody gives; where to depends on how far the campaign is."""
        books, everyday = self.books, self.everyday
        value = min(everyday.share_of(everyday.payer()[1]) // 2, 50_000_000)
        if value < LEAST:
            return False
        script = self.published[0]
        if self.third == 1:
            script = self.published[books.below(SEVERAL)]
        elif self.third > 1:
            script = books.new_script(self.campaign, _DONATION_ROLE)
        gift = Out(value, script, _DONATION, 0, self.campaign.coins)
        if books.chance(35):
            return everyday.withdraw([gift, *(everyday.filling(5_000_000) for _ in range(books.below(6)))])
        return pay(books, everyday.payer()[1], DONATION, [gift])

    def campaign_spends(self) -> bool:
        """The campaign sends a share to the money service or to an exchange."""
        return self._sends_on(self.campaign, 40)

    def _sends_on(self, wallet: Wallet, per_cent_to_exchange: int) -> bool:
        books, everyday = self.books, self.everyday
        value = books.total(wallet.coins[:MOST_COINS]) * books.between(45, 75) // 100
        if value < LEAST:
            return False
        if not books.chance(per_cent_to_exchange):
            return pay(books, wallet, CASH_OUT, [Out(value, self.busy, _PAYMENT, 0, self.service.coins)])
        number = books.below(len(everyday.cast.exchanges))
        script = everyday.account(wallet.actor, everyday.accounts_of(wallet.actor), number)
        coins = everyday.cast.exchanges[number].deposits.coins
        return pay(books, wallet, CASH_OUT, [Out(value, script, _DEPOSIT, 0, coins)])

    def pays_service(self) -> bool:
        """Somebody pays the service at its one busy address."""
        _, wallet = self.everyday.payer()
        value = self.everyday.share_of(wallet)
        out = Out(value, self.busy, _PAYMENT, 0, self.service.coins)
        return value > 0 and pay(self.books, wallet, SERVICE, [out])

    def service_pays(self) -> bool:
        """The service pays people, with change to where it was paid."""
        books = self.books
        value = books.total(self.service.coins[:MOST_COINS]) * 3 // 4
        many = books.between(1, 6)
        if value < LEAST * many:
            return False
        outs = []
        for _ in range(many):
            to = self.everyday.somebody().wallets[0]
            outs.append(Out(value // many, books.receiving(to), _PAYMENT, 0, to.coins))
        return pay(books, self.service, SERVICE, outs)

    def broker(self) -> bool:
        """A customer hands coins to a broker, who controls what is the customer's; or the broker sells."""
        books, everyday = self.books, self.everyday
        broker = self.brokers[books.below(len(self.brokers))]
        if len(broker.coins) > 4 and books.chance(35):  # noqa: PLR2004  a broker waits for a few
            return self._sends_on(broker, 100)
        one, wallet = everyday.payer()
        value = everyday.share_of(wallet)
        if not value:
            return False
        script = books.new_script(broker, _BROKER_ROLE, one.actor, NOBODY)
        return pay(books, wallet, BROKER, [Out(value, script, _PAYMENT, 0, broker.coins)])
