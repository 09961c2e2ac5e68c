"""What most people do: pay each other and merchants, deposit at exchanges, withdraw, gather their coins."""

from qaif.feeds.simulation.world.actors import Cast, Exchange, Person
from qaif.feeds.simulation.world.books import RECEIVE, Books, Out, Wallet, what
from qaif.feeds.simulation.world.scenarios import Era
from qaif.feeds.simulation.world.spending import Into, consolidate, pay, sweep
from qaif.feeds.simulation.world.words import PURPOSE, ROLE

PAYMENT, DEPOSIT, WITHDRAWAL = what("payment"), what("deposit"), what("withdrawal")
SWEEP, SELF, POOL_PAYOUT, REFILL = what("sweep"), what("self-transfer"), what("pool-payout"), what("refill")
LEAST = 5_000  # satoshi that anybody sends
MOST_SWEPT, MANY_COINS, FEW_COINS = 120, 12, 5
BTC = 100_000_000
_PAYMENT, _DEPOSIT, _WITHDRAWAL = PURPOSE["payment"], PURPOSE["deposit"], PURPOSE["withdrawal"]
_SWEEP, _PAYOUT, _REFILL, _DATA = PURPOSE["sweep"], PURPOSE["payout"], PURPOSE["refill"], PURPOSE["data"]
_HOT, _COLD, _MERCHANT, _DEPOSIT_ROLE = ROLE["hot"], ROLE["cold"], ROLE["merchant"], ROLE["deposit"]


class Everyday:
    """Everyday habits; each returns whether it made a transaction.

    Args:
        books: where it is written.
        cast: who lives.
        era: what is usual in their time.
    """

    def __init__(self, books: Books, cast: Cast, era: Era) -> None:
        self.books, self.cast, self.era = books, cast, era
        self._accounts: dict[int, dict[int, int]] = {}

    def somebody(self) -> Person:
        """One of the people."""
        return self.cast.people[self.books.below(len(self.cast.people))]

    def payer(self) -> tuple[Person, Wallet]:
        """Somebody with coins, where a few tries find one."""
        random, people = self.books.random, self.cast.people
        for _ in range(8):
            one = people[int(random() * len(people))]
            wallet = one.wallets[int(random() * len(one.wallets))]
            if wallet.coins:
                break
        return one, wallet

    def share_of(self, wallet: Wallet) -> int:
        """An amount that a wallet can pay, often small, by the era's habit round; 0 for too little."""
        books = self.books
        total = books.total(wallet.coins)
        share = int(total * (0.002 + 0.6 * books.random() ** self.era.thrift))
        if books.chance(self.era.rounds):
            unit = 10 ** (len(str(share)) - 2)
            share = share // unit * unit
        return share if share >= LEAST else 0

    def pays_person(self) -> bool:
        """Somebody pays somebody, now and then with a line of data, two at once, or a coin whole."""
        _, wallet = self.payer()
        books, value = self.books, self.share_of(wallet)
        if not value:
            return False
        if books.chance(self.era.wholes):
            return sweep(
                books, wallet, PAYMENT, wallet.coins[-1:], Into(self.somebody().wallets[0], _PAYMENT, RECEIVE)
            )
        outs: list[Out] = []
        for _ in range(2 if books.chance(6) else 1):
            other = self.somebody()
            to = other.wallets[0]
            outs.append(Out(value // (1 + len(outs) * 3), books.receiving(to), _PAYMENT, 0, to.coins))
        if books.chance(4):
            outs.append(Out(0, -books.between(20, 80), _DATA, 0, None))
        return pay(books, wallet, PAYMENT, outs)

    def pays_merchant(self) -> bool:
        """Somebody pays a merchant at an address made for the payment."""
        _, wallet = self.payer()
        books, value = self.books, self.share_of(wallet) // 3
        if value < LEAST:
            return False
        shop, merchant = self.cast.merchants[books.below(len(self.cast.merchants))]
        script = books.new_script(shop, _MERCHANT, merchant)
        return pay(books, wallet, PAYMENT, [Out(value, script, _PAYMENT, 0, shop.coins)])

    def account(self, actor: int, accounts: dict[int, int], number: int) -> int:
        """A customer's deposit address at an exchange; one in twenty times a new one is asked for."""
        exchange = self.cast.exchanges[number]
        if number not in accounts or self.books.chance(5):
            accounts[number] = self.books.new_script(exchange.deposits, _DEPOSIT_ROLE, actor)
        return accounts[number]

    def deposits(self) -> bool:
        """Somebody brings coins to an exchange, one in four times all of them."""
        one, wallet = self.payer()
        number = self.books.below(len(self.cast.exchanges))
        script = self.account(one.actor, one.accounts, number)
        coins = self.cast.exchanges[number].deposits.coins
        return self.deposit_from(wallet, script, coins)

    def deposit_from(self, wallet: Wallet, script: int, coins: list[int]) -> bool:
        """Bring a share of a wallet, or all of it, to a deposit address."""
        books = self.books
        if books.chance(25) and 0 < len(wallet.coins) < MANY_COINS:
            return self._empty(wallet, script, coins)
        value = self.share_of(wallet)
        return value > 0 and pay(books, wallet, DEPOSIT, [Out(value, script, _DEPOSIT, 0, coins)])

    def _empty(self, wallet: Wallet, script: int, coins: list[int]) -> bool:
        books, chosen = self.books, list(wallet.coins)
        fee = books.fee_rate(wallet) or 40
        left = books.total(chosen) - fee * (60 + 160 * len(chosen))
        if left < LEAST:
            return False
        wallet.coins.clear()
        books.emit(DEPOSIT, wallet.software, chosen, [Out(left, script, _DEPOSIT, 0, coins)])
        return True

    def withdraw(self, payments: list[Out]) -> bool:
        """An exchange pays in a batch from its hot wallet, which is filled before where it must be."""
        books, exchanges = self.books, self.cast.exchanges
        one = exchanges[books.below(len(exchanges))]
        if pay(books, one.hot, WITHDRAWAL, payments):
            return True
        self.refill(one)
        richest = max(exchanges, key=lambda exchange: books.total(exchange.hot.coins[-50:]))
        return pay(books, richest.hot, WITHDRAWAL, payments)

    def refill(self, exchange: Exchange) -> bool:
        """From customers' deposits, or else from the cold wallet."""
        if self.sweep_deposits(exchange, 1):
            return True
        cold = exchange.cold.coins[:1]
        return sweep(self.books, exchange.cold, REFILL, cold, Into(exchange.hot, _REFILL, _HOT))

    def withdrawal(self) -> bool:
        """People withdraw: one, or a few together."""
        books = self.books
        many = 1 if books.chance(65) else 2 + int(40 * books.random() ** 4)
        return self.withdraw([self.filling(min(BTC, self.era.wealth) // 20) for _ in range(many)])

    def filling(self, mean: int) -> Out:
        """A withdrawal by somebody, many small and few large."""
        books = self.books
        one = self.somebody()
        to = one.wallets[books.below(len(one.wallets))]
        value = mean // 50 + int(mean * 3 * books.random() ** 4)
        return Out(value // 1000 * 1000, books.receiving(to), _WITHDRAWAL, 0, to.coins)

    def exchange_sweep(self) -> bool:
        """An exchange gathers deposits; a hot wallet that holds much fills the cold one."""
        books = self.books
        exchange = self.cast.exchanges[books.below(len(self.cast.exchanges))]
        if books.chance(12) and len(exchange.hot.coins) > MANY_COINS:
            value = books.total(exchange.hot.coins) // 4
            script = books.receiving(exchange.cold, _COLD)
            return pay(books, exchange.hot, REFILL, [Out(value, script, _REFILL, 0, exchange.cold.coins)])
        return self.sweep_deposits(exchange, MANY_COINS)

    def sweep_deposits(self, exchange: Exchange, fewest: int) -> bool:
        """Customers' deposit addresses into the hot wallet."""
        coins = exchange.deposits.coins
        if len(coins) < fewest:
            return False
        chosen = coins[: self.books.between(min(fewest, 8), MOST_SWEPT)]
        return sweep(self.books, exchange.deposits, SWEEP, chosen, Into(exchange.hot, _SWEEP, _HOT))

    def consolidates(self) -> bool:
        """Somebody gathers the coins of a wallet in one."""
        _, wallet = self.payer()
        return len(wallet.coins) > FEW_COINS and consolidate(self.books, wallet, SELF, MOST_SWEPT)

    def merchant_spends(self) -> bool:
        """A merchant or processor pays suppliers, or sells at an exchange."""
        books = self.books
        shop, _ = self.cast.merchants[books.below(len(self.cast.merchants))]
        if len(shop.coins) > MOST_SWEPT:
            return consolidate(books, shop, SELF, MOST_SWEPT)
        number = books.below(len(self.cast.exchanges))
        if books.chance(50):
            coins = self.cast.exchanges[number].deposits.coins
            return self.deposit_from(
                shop, self.account(shop.actor, self.accounts_of(shop.actor), number), coins
            )
        value = self.share_of(shop)
        if not value:
            return False
        to = self.somebody().wallets[0]
        return pay(books, shop, PAYMENT, [Out(value, books.receiving(to), _PAYMENT, 0, to.coins)])

    def accounts_of(self, actor: int) -> dict[int, int]:
        """The deposit addresses of somebody who is not one of the people, by exchange."""
        return self._accounts.setdefault(actor, {})

    def pool_pays(self) -> bool:
        """A pool pays its miners, or sells at an exchange."""
        books = self.books
        pool = self.cast.pools[books.below(len(self.cast.pools))]
        if not pool.coins:
            return False
        value = books.total(pool.coins[:3])
        if books.chance(50):
            number = books.below(len(self.cast.exchanges))
            script = self.account(pool.actor, self.accounts_of(pool.actor), number)
            coins = self.cast.exchanges[number].deposits.coins
            return pay(books, pool, DEPOSIT, [Out(value * 2 // 3, script, _DEPOSIT, 0, coins)])
        outs = []
        for _ in range(books.between(10, 60)):
            to = self.somebody().wallets[0]
            outs.append(
                Out(value // 100 + books.below(value // 200), books.receiving(to), _PAYOUT, 0, to.coins)
            )
        return pay(books, pool, POOL_PAYOUT, outs)

    def pool_sells(self) -> bool:
        """A pool sells all that has ripened."""
        books = self.books
        pool = self.cast.pools[books.below(len(self.cast.pools))]
        if not pool.coins:
            return False
        one = self.cast.exchanges[books.below(len(self.cast.exchanges))]
        return sweep(books, pool, DEPOSIT, pool.coins[:60], Into(one.hot, _DEPOSIT, _HOT))

    def first(self, one: Person, mean: int) -> Out:
        """The first coins that somebody withdraws."""
        to = one.wallets[0]
        value = mean // 8 + int(mean * 3.5 * self.books.random() ** 3)
        return Out(value // 1000 * 1000, self.books.receiving(to), _WITHDRAWAL, 0, to.coins)
