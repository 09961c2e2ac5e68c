"""Who lives in the world: people, merchants, exchanges, pools, and where each keeps its coins."""

from typing import NamedTuple

from qaif.feeds.simulation.world.books import Books, Wallet
from qaif.feeds.simulation.world.scenarios import Scenario
from qaif.feeds.simulation.world.software import (
    EXCHANGE_2017,
    EXCHANGE_2020,
    HOT_USE,
    PEOPLE_USE,
    POOL_2017,
    POOLS_USE,
    VAULT_2020,
    Software,
)

_FIRST = ("Ada", "Bashir", "Chana", "Dmitri", "Elif", "Farida", "Goran", "Hanna", "Idris", "Jamila", "Kwame")
_LAST = ("Aldermoor", "Birkwater", "Corvane", "Dunsel", "Estwick", "Farrowby", "Glenholt", "Harrant", "Imsey")
_FEWEST_PEOPLE, _MOST_PEOPLE, _TXS_A_PERSON = 300, 30_000, 30
CLUBS = ("joinmarket", "wasabi-1.0", "wasabi-1.1", "wabisabi", "whirlpool")


class Person:
    """Somebody with one or more wallets, and accounts at exchanges.

    Args:
        actor: the person.
        wallets: theirs.
    """

    __slots__ = ("accounts", "actor", "wallets")

    def __init__(self, actor: int, wallets: list[Wallet]) -> None:
        self.actor, self.wallets = actor, wallets
        self.accounts: dict[int, int] = {}


class Exchange(NamedTuple):
    """A hot wallet, a cold one, and the coins at its customers' deposit addresses."""

    hot: Wallet
    cold: Wallet
    deposits: Wallet


class Cast(NamedTuple):
    """Everybody."""

    people: list[Person]
    merchants: list[tuple[Wallet, int]]  # a processor's or its own wallet, and the merchant
    exchanges: list[Exchange]
    pools: list[Wallet]


def name_of(books: Books) -> str:
    """An invented name."""
    return f"{_FIRST[books.below(len(_FIRST))]} {_LAST[books.below(len(_LAST))]}"


def software_of(books: Books, era: str) -> Software:
    """What somebody of an era uses."""
    use = PEOPLE_USE[era]
    return books.rng.choices([one for one, _ in use], [share for _, share in use])[0]


def person(books: Books, era: str) -> Person:
    """A new person; two in five have a second wallet."""
    actor = books.actor("person", name_of(books))
    many = 2 if books.chance(40) else 1
    return Person(actor, [books.wallet(actor, software_of(books, era)) for _ in range(many)])


def _exchange(books: Books, era: str, number: int) -> Exchange:
    actor = books.actor("exchange", f"Exchange {number + 1}")
    use = HOT_USE.get(era, (EXCHANGE_2020, EXCHANGE_2017))
    software = use[number % len(use)]
    vault = VAULT_2020 if era in ("2021", "2024") else EXCHANGE_2017
    return Exchange(
        books.wallet(actor, software),
        books.wallet(actor, vault if era != "2013" else software),
        books.wallet(actor, software._replace(own_change=False)),
    )


def _merchants(books: Books, era: str, count: int) -> list[tuple[Wallet, int]]:
    """Half have a wallet of their own, half are paid through one of two processors."""
    processors = []
    for number in range(2):
        actor = books.actor("payment-processor", f"Processor {number + 1}")
        processors.append(books.wallet(actor, software_of(books, era)))
    found = []
    for number in range(count):
        merchant = books.actor("merchant", f"Shop {number + 1}")
        own = books.wallet(merchant, software_of(books, era)._replace(reuse=2))
        found.append((own if number % 2 else processors[number // 2 % 2], merchant))
    return found


def cast(books: Books, scenario: Scenario, transactions: int) -> Cast:
    """Everybody that a number of transactions needs."""
    era = scenario.era
    count = min(_MOST_PEOPLE, max(_FEWEST_PEOPLE, transactions // _TXS_A_PERSON))
    people = [person(books, era) for _ in range(count)]
    exchanges = [_exchange(books, era, number) for number in range(4)]
    pools = []
    for number in range(6):
        actor = books.actor("mining-pool", f"Pool {number + 1}")
        pools.append(books.wallet(actor, POOLS_USE.get(era, POOL_2017)))
    return Cast(people, _merchants(books, era, max(10, count // 20)), exchanges, pools)
