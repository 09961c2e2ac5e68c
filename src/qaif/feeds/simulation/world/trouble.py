"""What makes grouping hard: payjoins, imported keys, sold wallets, dust, ransoms, peel chains, mixers."""

from functools import partial

from qaif.feeds.simulation.world.actors import Person, software_of
from qaif.feeds.simulation.world.books import CHANGE, Books, Out, Wallet, what
from qaif.feeds.simulation.world.everyday import BTC, LEAST, MANY_COINS, Everyday
from qaif.feeds.simulation.world.software import INPUT_VBYTES, TX_VBYTES
from qaif.feeds.simulation.world.spending import FLAT_FEE, pay, remove
from qaif.feeds.simulation.world.words import PURPOSE, ROLE

PAYJOIN = what("payjoin", "payjoin", foreign=True)
IMPORT, SOLD = what("import", foreign=True), what("sold-wallet", foreign=True)
DUST_ATTACK, RANSOM, SPLIT, PEEL = what("dust-attack"), what("ransom"), what("split"), what("peel")
TO_MIXER, FROM_MIXER, PAYMENT = what("mixer-deposit"), what("mixer-payout"), what("payment")
_PAYMENT, _CHANGE, _SELF = PURPOSE["payment"], PURPOSE["change"], PURPOSE["self-transfer"]
_DUST, _RANSOM, _PEEL, _SHARE = PURPOSE["dust"], PURPOSE["ransom"], PURPOSE["peel"], PURPOSE["share"]
_TO_MIXER, _FROM_MIXER = PURPOSE["mixer-deposit"], PURPOSE["mixer-payout"]
_DUST_SATS = (546, 547, 555, 600, 777, 888, 1_000)
_LEAST_PEELED = BTC // 200


class Trouble:
    """The habits; each returns whether it made a transaction.

    Args:
        everyday: the world they stand in.
        era: whose software is used.
    """

    def __init__(self, everyday: Everyday, era: str) -> None:
        self.everyday, self.books, self.era = everyday, everyday.books, era
        books = self.books
        self.mixers: list[Wallet] = []
        for number in range(2):
            actor = books.actor("mixer", f"Mixer {number + 1}")
            self.mixers.append(books.wallet(actor, software_of(books, era)._replace(coins=0, reuse=0)))
        gang = books.actor("ransomware", "Lockgate (invented)")
        self.gang = books.wallet(gang, software_of(books, era)._replace(reuse=0, coins=0))
        self.affiliates = [
            books.wallet(books.actor("affiliate", f"Affiliate {number + 1}"), software_of(books, era))
            for number in range(4)
        ]
        attacker = books.actor("dust-attacker", "Dust (invented)")
        self.attacker = books.wallet(attacker, software_of(books, era))

    def payjoin(self) -> bool:
        """Somebody pays a merchant who adds a coin of its own: two controllers sign."""
        books, everyday = self.books, self.everyday
        _, payer = everyday.payer()
        shop, merchant = everyday.cast.merchants[books.below(len(everyday.cast.merchants))]
        value = everyday.share_of(payer)
        if not value or not shop.coins or shop.actor == payer.actor:
            return False
        theirs = shop.coins[books.below(len(shop.coins))]
        mine = take(books, payer, value, books.rate * 400 + FLAT_FEE)
        if not mine:
            return False
        remove(shop, [theirs])
        script = books.new_script(shop, ROLE["merchant"], merchant)
        slots = [*mine, theirs]
        books.rng.shuffle(slots)
        left = books.total(mine) - value - books.rate * size_of(books, slots, 2)
        outs = [Out(value + books.value[theirs], script, _PAYMENT, 0, shop.coins)]
        if left >= LEAST // 5:
            outs.append(Out(left, books.new_script(payer, CHANGE), _CHANGE, 1, payer.coins))
        books.emit(PAYJOIN, payer.software._replace(change=0), slots, outs)
        return True

    def imports(self) -> bool:
        """Somebody fills a paper wallet for another, who later spends its key beside their own coins."""
        books, everyday = self.books, self.everyday
        giver, wallet = everyday.payer()
        value = everyday.share_of(wallet)
        if not value:
            return False
        paper = books.wallet(giver.actor, software_of(books, self.era))
        script = books.new_script(paper, ROLE["paper"])
        if not pay(books, wallet, PAYMENT, [Out(value, script, _PAYMENT, 0, paper.coins)]):
            return False
        books.later(books.between(1, 30), partial(self._takes_over, paper, everyday.somebody(), "imported"))
        return True

    def sale(self) -> bool:
        """Somebody sells a whole wallet, keys and all; the buyer spends it with their own."""
        one, wallet = self.everyday.payer()
        buyer = self.everyday.somebody()
        if not wallet.coins or buyer is one or len(wallet.coins) > MANY_COINS:
            return False
        one.wallets[one.wallets.index(wallet)] = self.books.wallet(one.actor, wallet.software)
        self._takes_over(wallet, buyer, "sold")
        return True

    def _takes_over(self, wallet: Wallet, buyer: Person, how: str) -> None:
        """The keys of a wallet pass to another, who spends its coins with one of their own wallets'."""
        books, own = self.books, buyer.wallets[0]
        books.handovers.append((wallet.number, wallet.actor, buyer.actor, books.height, how))
        wallet.actor = wallet.beneficiary = buyer.actor
        slots = [*wallet.coins, *own.coins[:3]]
        left = books.total(slots) - (books.rate + 1) * size_of(books, slots, 1) - FLAT_FEE
        if left < LEAST or not wallet.coins:
            return
        remove(own, own.coins[:3])
        wallet.coins.clear()
        out = Out(left, books.new_script(own, CHANGE), _SELF, 0, own.coins)
        books.emit(SOLD if how == "sold" else IMPORT, own.software, slots, [out])

    def dust(self) -> bool:
        """Small amounts to many addresses in use, in the hope that owners spend them beside others."""
        books, everyday = self.books, self.everyday
        value = _DUST_SATS[books.below(len(_DUST_SATS))]
        outs = []
        for _ in range(books.between(15, 90)):
            _, victim = everyday.payer()
            if victim.coins:
                outs.append(Out(value, books.script[victim.coins[-1]], _DUST, 0, victim.coins))
        if pay(books, self.attacker, DUST_ATTACK, outs):
            return True
        script = books.receiving(self.attacker, ROLE["attacker"])
        return everyday.withdraw([Out(BTC // 5, script, _PAYMENT, 0, self.attacker.coins)])

    def ransom(self) -> bool:
        """A victim pays, from an exchange or a wallet; the gang shares, and what is left goes on."""
        books, everyday = self.books, self.everyday
        script = books.new_script(self.gang, ROLE["ransom"])
        out = Out(books.between(20, 400) * 100_000, script, _RANSOM, 0, self.gang.coins)
        paid = pay(books, everyday.payer()[1], RANSOM, [out]) if books.chance(30) else False
        if not paid and not everyday.withdraw([out]):
            return False
        books.later(books.between(1, 20), self._split)
        return True

    def _split(self) -> None:
        books, gang = self.books, self.gang
        if not gang.coins:
            return
        slot = gang.coins[0]
        to = self.affiliates[books.below(len(self.affiliates))]
        left = books.value[slot] - (books.rate + 5) * size_of(books, [slot], 2) - FLAT_FEE
        if left < LEAST * 10:
            return
        remove(gang, [slot])
        kept: list[int] = []
        script = books.new_script(gang, CHANGE)
        outs = [
            Out(left * 8 // 10, books.receiving(to), _SHARE, 0, to.coins),
            Out(left - left * 8 // 10, script, _CHANGE, 1, kept),
        ]
        books.emit(SPLIT, gang.software, [slot], outs)
        books.later(books.between(1, 10), partial(self._launder, gang, kept))
        books.later(books.between(1, 30), partial(self._launder, to, to.coins))

    def _launder(self, wallet: Wallet, coins: list[int]) -> None:
        """Into a mixer, or down a peel chain."""
        if not coins:
            return
        if self.books.chance(40):
            if coins is not wallet.coins:
                wallet.coins += coins
                coins.clear()
            self.to_mixer(wallet, wallet)
        else:
            lone = Wallet(wallet.number, wallet.actor, wallet.software)
            lone.coins, step = [coins.pop()], self.books.between(8, 60)
            self._peel(lone, step)

    def peel(self) -> bool:
        """Somebody with much begins a peel chain."""
        everyday, books = self.everyday, self.books
        _, wallet = everyday.payer()
        if not wallet.coins:
            return False
        slot = max(wallet.coins, key=books.value.__getitem__)
        if books.value[slot] < BTC // 10:
            return False
        remove(wallet, [slot])
        lone = Wallet(wallet.number, wallet.actor, wallet.software)
        lone.coins = [slot]
        self._peel(lone, books.between(20, 120))
        return True

    def _peel(self, lone: Wallet, steps: int) -> None:
        """One step: a little to an exchange or a person, the rest to a new script; then the next."""
        books, everyday = self.books, self.everyday
        total = books.total(lone.coins)
        value = total * books.between(1, 8) // 100
        if steps == 0 or total < _LEAST_PEELED or value < LEAST:
            self._end(lone)
            return
        number = books.below(len(everyday.cast.exchanges))
        script = everyday.account(lone.actor, everyday.accounts_of(lone.actor), number)
        coins = everyday.cast.exchanges[number].deposits.coins
        if books.chance(30):
            to = everyday.somebody().wallets[0]
            script, coins = books.receiving(to), to.coins
        if not pay(books, lone, PEEL, [Out(value, script, _PEEL, 0, coins)]):
            self._end(lone)
            return
        books.later(books.between(0, 2), partial(self._peel, lone, steps - 1))

    def _end(self, lone: Wallet) -> None:
        everyday = self.everyday
        number = self.books.below(len(everyday.cast.exchanges))
        script = everyday.account(lone.actor, everyday.accounts_of(lone.actor), number)
        everyday.deposit_from(lone, script, everyday.cast.exchanges[number].deposits.coins)

    def mixer(self) -> bool:
        """Somebody uses a centralised mixer."""
        one, wallet = self.everyday.payer()
        return self.to_mixer(wallet, one.wallets[-1])

    def to_mixer(self, wallet: Wallet, back_to: Wallet) -> bool:
        """Coins to a fresh address of a mixer; other coins of the mixer come back later, in parts."""
        books = self.books
        mixer = self.mixers[books.below(len(self.mixers))]
        value = self.everyday.share_of(wallet)
        if value < 10 * LEAST:
            return False
        script = books.new_script(mixer, ROLE["mixer"], wallet.actor)
        if not pay(books, wallet, TO_MIXER, [Out(value, script, _TO_MIXER, 0, mixer.coins)]):
            return False
        left, parts = value * books.between(96, 99) // 100, books.between(1, 3)
        for part in range(parts):
            amount = left if part == parts - 1 else left * books.between(30, 60) // 100
            left -= amount
            books.later(books.between(2, 60), partial(self._pay_out, mixer, back_to, amount, 5))
        return True

    def _pay_out(self, mixer: Wallet, to: Wallet, amount: int, tries: int) -> None:
        books = self.books
        script = books.new_script(to)
        out = Out(amount, script, _FROM_MIXER, 0, to.coins)
        if amount >= LEAST and not pay(books, mixer, FROM_MIXER, [out], reserve=1) and tries:
            books.later(books.between(2, 40), partial(self._pay_out, mixer, to, amount, tries - 1))


def size_of(books: Books, slots: list[int], outs: int) -> int:
    """Virtual bytes that a transaction takes at most."""
    return TX_VBYTES + 45 * outs + sum(INPUT_VBYTES[books.script[slot] % 8] for slot in slots)


def take(books: Books, wallet: Wallet, value: int, fee: int) -> list[int]:
    """Coins of a wallet, taken out of it, that reach an amount and a fee; none where they do not."""
    chosen: list[int] = []
    need = value + fee
    for slot in wallet.coins:
        chosen.append(slot)
        need -= books.value[slot]
        if need <= 0:
            remove(wallet, chosen)
            return chosen
    return []
