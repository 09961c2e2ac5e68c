"""What puts data on the chain: services that anchor hashes, and tokens that people send each other.

Both pay little or nothing and get their change back where it came from, transaction after transaction
(as with proofs of other chains' states, and with tokens whose transfers stand in a data carrier).
"""

from qaif.feeds.simulation.world.books import Out, Wallet, what
from qaif.feeds.simulation.world.everyday import BTC, Everyday
from qaif.feeds.simulation.world.software import TOKEN_2017, TOKENS_USE
from qaif.feeds.simulation.world.spending import pay
from qaif.feeds.simulation.world.words import PURPOSE

ANCHOR, TOKEN = what("anchor"), what("token")
_PAYMENT, _WITHDRAWAL, _DATA = PURPOSE["payment"], PURPOSE["withdrawal"], PURPOSE["data"]
TOKEN_SATS = 546
_PEOPLE_A_HOLDER, _SERVICES = 4, 5


class Tokens:
    """Habits of those who write data; each returns whether it made a transaction.

    Args:
        everyday: the world they stand in.
        era: whose software they use.
    """

    def __init__(self, everyday: Everyday, era: str) -> None:
        self.everyday, self.books = everyday, everyday.books
        books, use = self.books, TOKENS_USE.get(era, (TOKEN_2017,))
        self.services = [
            books.wallet(books.actor("anchoring-service", f"Anchor {number + 1} (invented)"), use[-1])
            for number in range(_SERVICES)
        ]
        people = everyday.cast.people[::_PEOPLE_A_HOLDER]
        self.holders = [books.wallet(one.actor, use[number % len(use)]) for number, one in enumerate(people)]

    def anchors(self) -> bool:
        """A service writes a hash and keeps its coins."""
        one = self.services[self.books.below(len(self.services))]
        return pay(self.books, one, ANCHOR, [self._data()]) or self._fill(one, BTC)

    def tokens(self) -> bool:
        """Somebody, often one of a few, sends a token: the least amount to another holder, and data."""
        books = self.books
        one = self.holders[int(len(self.holders) * books.random() ** 4)]
        other = self.holders[books.below(len(self.holders))]
        out = Out(TOKEN_SATS, books.receiving(other), _PAYMENT, 0, other.coins)
        return pay(books, one, TOKEN, [out, self._data()]) or self._fill(one, BTC // 40)

    def _data(self) -> Out:
        return Out(0, -self.books.between(20, 80), _DATA, 0, None)

    def _fill(self, wallet: Wallet, value: int) -> bool:
        """An exchange pays out what such a wallet lives on."""
        script = self.books.receiving(wallet)
        return self.everyday.withdraw([Out(value, script, _WITHDRAWAL, 0, wallet.coins)])
