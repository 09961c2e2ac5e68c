"""The scenarios: named sets of parameters. How often each habit is tried, out of the sum of all."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

_BTC: Final = 100_000_000
EVERYDAY: Final = {
    "pays-person": 300,
    "pays-merchant": 190,
    "deposits": 150,
    "withdrawal": 120,
    "exchange-sweep": 25,
    "consolidates": 25,
    "merchant-spends": 50,
    "pool-pays": 8,
}
SERVICES: Final = {"service": 25, "service-pays": 6, "broker": 20, "donation": 15, "campaign-spends": 4}
TROUBLE: Final = {"peel": 4, "import": 4, "sale": 2, "dust": 2, "ransom": 6, "mixer": 12, "payjoin": 8}
RARE: Final = {
    "import": 1,
    "sale": 1,
    "payjoin": 1,
}  # nobody counted them: one in a thousand transactions each


class Era(NamedTuple):
    """What differs from time to time beside the software.

    Args:
        wealth: satoshi that a person begins with on average, where so many were mined.
        rounds: per cent of amounts that people make round.
        thrift: payments are the smaller, the higher it is: a power of chance.
        wholes: per cent of payments among people that pass a whole coin on.
        anchors, tokens: how often data and tokens are written, beside the weights of `EVERYDAY`.
    """

    wealth: int
    rounds: int
    thrift: int
    wholes: int
    anchors: int
    tokens: int


ERAS: Final = {
    "2013": Era(20 * _BTC, 90, 1, 5, 0, 2),
    "2017": Era(2 * _BTC, 35, 2, 20, 8, 20),
    "2019": Era(_BTC // 8, 8, 2, 15, 150, 110),
    "2021": Era(_BTC // 8, 6, 2, 15, 30, 50),
    "2024": Era(_BTC // 30, 2, 4, 50, 220, 300),
}


def everyday(era: str) -> dict[str, int]:
    """How often each everyday habit is tried in an era."""
    return EVERYDAY | {"anchors": ERAS[era].anchors, "tokens": ERAS[era].tokens}


class Scenario(NamedTuple):
    """One economy.

    Args:
        name: as it is asked for.
        text: what it is for.
        era: whose software people use: a key of `PEOPLE_USE`.
        begins_unix: time of the first block in which people live.
        days: how long they live.
        transactions: how many are made where nobody says.
        habits: how often each is tried.
        rate: satoshi a virtual byte, least and most.
    """

    name: str
    text: str
    era: str
    begins_unix: int
    days: int
    transactions: int
    habits: dict[str, int]
    rate: tuple[int, int]


def _day(year: int, month: int = 1, day: int = 1) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


_OLD_MIXES: Final = {"joinmarket": 10, "wasabi-1.0": 8, "spends-mixed": 60}
_MIXES: Final = {
    "joinmarket": 12,
    "wasabi-1.0": 3,
    "wasabi-1.1": 3,
    "wabisabi": 3,
    "tx0": 15,
    "whirlpool": 25,
    "spends-mixed": 90,
}

SCENARIOS: Final = {
    one.name: one
    for one in (
        Scenario(
            "everyday-2013",
            "people, merchants, exchanges and miners before SegWit; flat fees, much reuse",
            *("2013", _day(2013), 365, 20_000, everyday("2013") | SERVICES, (1, 20)),
        ),
        Scenario(
            "everyday-2017",
            "the same with dear block space, shared keys at exchanges, first JoinMarket mixes",
            *(
                "2017",
                _day(2017),
                365,
                20_000,
                everyday("2017") | SERVICES | {"joinmarket": 6, "spends-mixed": 8},
            ),
            (40, 500),
        ),
        Scenario(
            "everyday-2024",
            "today's wallets: native SegWit and taproot, batches, few mixes",
            *(
                "2024",
                _day(2024),
                180,
                20_000,
                everyday("2024") | SERVICES | {"joinmarket": 4, "wabisabi": 1},
            ),
            (1, 30),
        ),
        Scenario(
            "mixes-2019",
            "JoinMarket and Wasabi 1.0 beside everyday life",
            *("2019", _day(2019), 365, 20_000, everyday("2019") | _OLD_MIXES, (2, 60)),
        ),
        Scenario(
            "mixes-2021",
            "JoinMarket, Wasabi 1.1 and Whirlpool with its Tx0s beside everyday life",
            *("2021", _day(2021), 300, 20_000),
            everyday("2021")
            | {
                "joinmarket": 10,
                "wasabi-1.1": 5,
                "tx0": 25,
                "whirlpool": 40,
                "spends-mixed": 80,
            }
            | RARE,
            (2, 120),
        ),
        Scenario(
            "mixes-2024",
            "JoinMarket, WabiSabi and Whirlpool beside everyday life",
            *("2024", _day(2024), 120, 20_000),
            everyday("2024")
            | {"joinmarket": 10, "wabisabi": 5, "tx0": 20, "whirlpool": 30, "spends-mixed": 80}
            | RARE,
            (5, 100),
        ),
        Scenario(
            "campaign",
            "a donation campaign that publishes one address, then several, then one a donor; a money service",
            *(
                "2021",
                _day(2020),
                700,
                20_000,
                everyday("2021") | SERVICES | {"donation": 120, "campaign-spends": 25},
            ),
            (2, 60),
        ),
        Scenario(
            "crime",
            "ransoms, peel chains, dust attacks, centralised mixers, imported keys and sold wallets",
            *("2021", _day(2021), 365, 20_000),
            everyday("2021") | SERVICES | {key: 4 * value for key, value in TROUBLE.items()},
            (2, 100),
        ),
        Scenario(
            "everything",
            "every habit and every kind of mix at once, whatever their time",
            *(
                "2024",
                _day(2023),
                365,
                50_000,
                everyday("2024") | SERVICES | TROUBLE | RARE | _MIXES,
                (2, 120),
            ),
        ),
    )
}
