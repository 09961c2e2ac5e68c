"""Those who take part in one protocol's mixes: their wallets, how these are filled, how they spend."""

from qaif.feeds.simulation.world.books import Out, Wallet
from qaif.feeds.simulation.world.everyday import BTC, LEAST, PAYMENT, Everyday
from qaif.feeds.simulation.world.software import Software
from qaif.feeds.simulation.world.spending import pay, remove
from qaif.feeds.simulation.world.words import PURPOSE, ROLE

_PAYMENT, _WITHDRAWAL = PURPOSE["payment"], PURPOSE["withdrawal"]
_MERCHANT, _RECEIVE = ROLE["merchant"], ROLE["receive"]

FILLING_MEAN = BTC // 4


class Club:
    """Wallets of one protocol.

    Args:
        everyday: the world they stand in.
        software: what they use.
        members: how many.
    """

    def __init__(self, everyday: Everyday, software: Software, members: int) -> None:
        self.everyday, self.books = everyday, everyday.books
        books = self.books
        self.wallets: list[Wallet] = []
        for _ in range(members):
            one = everyday.somebody()
            self.wallets.append(books.wallet(one.actor, software))

    def member(self) -> Wallet:
        """One of the wallets."""
        return self.wallets[self.books.below(len(self.wallets))]

    def able(self, many: int, least: int) -> list[Wallet]:
        """Up to so many different wallets that hold an amount."""
        books = self.books
        drawn = books.rng.sample(self.wallets, min(len(self.wallets), 4 * many))
        return [one for one in drawn if books.total(one.coins) >= least][:many]

    def fill(self, least: int, mean: int) -> bool:
        """An exchange pays some of the wallets in a batch."""
        books, outs = self.books, []
        for _ in range(books.between(3, 20)):
            one = self.member()
            value = least + int(mean * 2 * books.random() ** 3)
            script = books.new_script(one, _RECEIVE)
            outs.append(Out(value, script, _WITHDRAWAL, 0, one.coins))
        return self.everyday.withdraw(outs)

    def spend(self) -> bool:
        """One of the wallets pays a merchant or brings coins to an exchange, often from mixed coins."""
        books, everyday = self.books, self.everyday
        wallet = self.member()
        if not wallet.coins:
            return False
        number = books.below(len(everyday.cast.exchanges))
        if books.chance(35):
            script = everyday.account(wallet.actor, everyday.accounts_of(wallet.actor), number)
            return everyday.deposit_from(wallet, script, everyday.cast.exchanges[number].deposits.coins)
        value = everyday.share_of(wallet)
        if value < LEAST:
            return False
        shop, merchant = everyday.cast.merchants[books.below(len(everyday.cast.merchants))]
        script = books.new_script(shop, _MERCHANT, merchant)
        return pay(books, wallet, PAYMENT, [Out(value, script, _PAYMENT, 0, shop.coins)])

    def give_up(self, wallet: Wallet, least: int, most_coins: int) -> list[int]:
        """Coins of a wallet that reach an amount, taken out of it; none where so many do not."""
        books, chosen, need = self.books, [], least
        coins = books.rng.sample(wallet.coins, min(len(wallet.coins), most_coins))
        for slot in coins:
            chosen.append(slot)
            need -= books.value[slot]
            if need <= 0:
                remove(wallet, chosen)
                return chosen
        return []

    def still_held(self, known: dict[int, int]) -> dict[int, int]:
        """What is known of scripts, for those that wallets hold coins of: so that memory stays bounded."""
        script = self.books.script
        held = {script[slot] for wallet in self.wallets for slot in wallet.coins}
        return {one: known[one] for one in held & known.keys()}
