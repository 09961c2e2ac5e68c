"""The words of the truth: what scripts are for, what outputs are for, what transactions are."""

from typing import Final

ROLES: Final = (
    *("receive", "change", "deposit", "hot", "cold", "merchant", "donation", "pool", "mixer", "service"),
    *("broker", "ransom", "fee", "premix", "mix", "paper", "attacker"),
)
PURPOSES: Final = (
    *("payment", "change", "deposit", "sweep", "withdrawal", "coinbase", "mix", "mix-change"),
    *("fee-of-coordinator", "dust", "ransom", "donation", "peel", "self-transfer", "premix", "data", "share"),
    *("mixer-deposit", "mixer-payout", "payout", "refill", "commitment"),
)
KINDS: Final = (
    *("coinbase", "payment", "deposit", "sweep", "withdrawal", "self-transfer", "mix", "tx0", "payjoin"),
    *("donation", "cash-out", "service", "broker", "peel", "import", "sold-wallet", "dust-attack", "ransom"),
    *("split", "mixer-deposit", "mixer-payout", "pool-payout", "refill", "anchor", "token"),
)
MIXES: Final = (
    *("", "joinmarket", "wasabi-1.0", "wasabi-1.1", "wabisabi", "whirlpool", "whirlpool-tx0", "payjoin"),
)
ROLE: Final = {word: code for code, word in enumerate(ROLES)}
PURPOSE: Final = {word: code for code, word in enumerate(PURPOSES)}
KIND: Final = {word: code for code, word in enumerate(KINDS)}
MIX: Final = {word: code for code, word in enumerate(MIXES)}
