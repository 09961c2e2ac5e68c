"""Wallet software: what it leaves on the chain besides the payment.

Each is a bundle of habits seen in wallets of its time, not a copy of one product; names are our own.
"""

from typing import Final, NamedTuple

from qaif.kernels.made_scripts import (
    PK,
    PKH,
    PKH_LONG,
    SH_MULTI,
    SH_WPKH,
    TAPROOT,
    WPKH,
    WSH_MULTI,
)

OLDEST, LARGEST, SMALLEST, ANY = range(4)  # which coins are taken first
SHUFFLED, LAST, FIRST, BIP69, GIVEN = range(5)  # where change stands
NO_LOCK, AT_TIP = range(2)
EXACT, ROUNDED, FLAT = range(3)  # fees: of the market, of the market in steps of five, always the same
FINAL, NO_RBF, RBF = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

# virtual bytes, rounded up, of what spends a kind and of what pays it, by kind
INPUT_VBYTES: Final = (115, 149, 181, 92, 300, 69, 106, 59)
OUTPUT_VBYTES: Final = (45, 34, 34, 32, 32, 31, 43, 43)
TX_VBYTES: Final = 12


class Software(NamedTuple):
    """The habits of one kind of wallet.

    Args:
        name: what it is called here.
        kind: of its scripts.
        version: of its transactions.
        sequence: of its inputs.
        lock: `NO_LOCK` or `AT_TIP`.
        coins: which are taken first.
        change: where change stands.
        low_r: 1 where it grinds signatures.
        fees: how it finds them.
        reuse: per cent of receipts at an address that it had before.
        own_change: whether change goes back to an address that is spent from.
        prunes: whether it leaves out coins that a payment does not need.
        hasty: whether it spends its change before that stands in a block.
    """

    name: str
    kind: int
    version: int = 2
    sequence: int = NO_RBF
    lock: int = NO_LOCK
    coins: int = LARGEST
    change: int = SHUFFLED
    low_r: int = 0
    fees: int = EXACT
    reuse: int = 5
    own_change: bool = False
    prunes: bool = False
    hasty: bool = False


FULL_NODE_2013 = Software(
    "full-node-2013", PKH_LONG, 1, FINAL, coins=SMALLEST, fees=FLAT, reuse=15, prunes=True
)
LIGHT_2013 = Software("light-2013", PKH, 1, FINAL, change=LAST, fees=FLAT, reuse=30)
PHONE_2013 = Software("phone-2013", PKH, 1, FINAL, coins=OLDEST, change=LAST, fees=FLAT, reuse=40)
WEB_2013 = Software("web-2013", PKH, 1, FINAL, change=LAST, fees=FLAT, reuse=85, own_change=True)
FULL_NODE_2017 = Software("full-node-2017", PKH, 2, NO_RBF, AT_TIP, SMALLEST, prunes=True)
LIGHT_2017 = Software("light-2017", PKH, 1, NO_RBF, AT_TIP, ANY, BIP69, reuse=15, prunes=True)
PHONE_2017 = Software("phone-2017", PKH, 1, FINAL, coins=OLDEST, change=FIRST, fees=ROUNDED, reuse=20)
SORTING_2017 = Software("sorting-2017", PKH, 1, FINAL, change=BIP69, reuse=5)
WEB_2017 = Software("web-2017", PKH, 1, FINAL, change=SHUFFLED, fees=ROUNDED, reuse=40)
SHARED_2017 = Software("shared-2017", SH_MULTI, 2, FINAL, change=BIP69, reuse=5)
NESTED_2018 = Software("nested-2018", SH_WPKH, 2, RBF, coins=SMALLEST, change=LAST, fees=ROUNDED)
HARDWARE_2018 = Software("hardware-2018", SH_WPKH, 1, FINAL, change=BIP69, reuse=8)
FULL_NODE_2020 = Software("full-node-2020", WPKH, 2, NO_RBF, AT_TIP, SMALLEST, low_r=1, prunes=True)
LIGHT_2020 = Software("light-2020", WPKH, 2, RBF, AT_TIP, ANY, BIP69, low_r=1, prunes=True)
PHONE_2020 = Software(
    "phone-2020", WPKH, 1, FINAL, coins=OLDEST, change=LAST, fees=ROUNDED, reuse=12, prunes=True
)
MIXING_2018 = Software("mixing-2018", WPKH, 1, FINAL, coins=ANY, reuse=0, prunes=True)
FULL_NODE_2023 = Software("full-node-2023", TAPROOT, 2, RBF, AT_TIP, SMALLEST, low_r=1, prunes=True)
WEB_2023 = Software("web-2023", TAPROOT, 2, RBF, change=LAST, reuse=60, own_change=True)
PHONE_2023 = PHONE_2020._replace(name="phone-2023", version=2, sequence=RBF)
STATIC_2023 = Software("static-2023", WPKH, 2, RBF, change=LAST, reuse=100, own_change=True)
HARDWARE_2023 = Software("hardware-2023", WPKH, 2, RBF, NO_LOCK, LARGEST, LAST, reuse=8)
SHARED_2023 = Software("shared-2023", WSH_MULTI, 2, RBF, AT_TIP, LARGEST, BIP69, reuse=2)
POOL_2013 = Software("pool-2013", PK, 1, FINAL, coins=OLDEST, fees=FLAT, reuse=60)
POOL_2017 = Software("pool-2017", PKH, 1, FINAL, coins=OLDEST, reuse=90)
EXCHANGE_2013 = Software("exchange-2013", PKH, 1, FINAL, coins=OLDEST, fees=FLAT, reuse=0, hasty=True)
EXCHANGE_2017 = Software("exchange-2017", SH_MULTI, 1, FINAL, coins=OLDEST, change=LAST, reuse=30, hasty=True)
EXCHANGE_2018 = EXCHANGE_2017._replace(name="exchange-2018", kind=SH_WPKH)
EXCHANGE_2020 = EXCHANGE_2017._replace(name="exchange-2020", kind=WPKH, version=2, reuse=50, own_change=True)
EXCHANGE_2023 = EXCHANGE_2020._replace(name="exchange-2023", sequence=RBF)
VAULT_2020 = Software("vault-2020", WSH_MULTI, 2, FINAL, coins=OLDEST, change=LAST, reuse=10)
TOKEN_2017 = Software("token-2017", PKH, 1, FINAL, change=GIVEN, reuse=100, own_change=True, hasty=True)
TOKEN_2023 = TOKEN_2017._replace(name="token-2023", kind=TAPROOT, version=2, sequence=RBF)

# what people use, with how many of a hundred, by era
PEOPLE_USE: Final = {
    "2013": ((FULL_NODE_2013, 35), (LIGHT_2013, 22), (PHONE_2013, 13), (WEB_2013, 30)),
    "2017": (
        *((FULL_NODE_2017, 10), (LIGHT_2017, 14), (PHONE_2017, 18), (SORTING_2017, 24), (SHARED_2017, 8)),
        *((WEB_2017, 14), (WEB_2013, 12)),
    ),
    "2019": (
        *((FULL_NODE_2017, 7), (LIGHT_2017, 14), (PHONE_2017, 10), (SORTING_2017, 17), (NESTED_2018, 8)),
        *((HARDWARE_2018, 20), (MIXING_2018, 6), (WEB_2017, 8), (WEB_2013, 10)),
    ),
    "2021": (
        *((LIGHT_2020, 12), (FULL_NODE_2020, 8), (PHONE_2020, 28), (NESTED_2018, 9), (HARDWARE_2018, 20)),
        *((SORTING_2017, 9), (PHONE_2017, 8), (WEB_2017, 6)),
    ),
    "2024": (
        *((LIGHT_2020, 8), (FULL_NODE_2020, 3), (PHONE_2023, 14), (HARDWARE_2023, 20), (PHONE_2020, 5)),
        *((FULL_NODE_2023, 3), (WEB_2023, 13), (STATIC_2023, 27), (SHARED_2023, 3), (NESTED_2018, 3)),
        (SHARED_2017, 1),
    ),
}
POOLS_USE: Final = {"2013": POOL_2013, "2017": POOL_2017, "2019": POOL_2017}
HOT_USE: Final = {
    "2013": (EXCHANGE_2013,),
    "2017": (EXCHANGE_2013, EXCHANGE_2017),
    "2019": (EXCHANGE_2017, EXCHANGE_2013, EXCHANGE_2018),
    "2021": (EXCHANGE_2020, EXCHANGE_2017),
    "2024": (EXCHANGE_2023, EXCHANGE_2020),
}
TOKENS_USE: Final = {"2024": (TOKEN_2023, TOKEN_2023._replace(name="token-2023-static", kind=WPKH))}
