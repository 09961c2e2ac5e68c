"""The invented economy round the campaign: miners, three exchanges, givers, a payment service, other people.

Every transaction is one of a handful of habits; the campaign's follow its plan. The rest is there so that the
campaign is not alone on the chain, and so that its coins come from somewhere and go somewhere.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from qaif.feeds.simulation.keys import Key, Signer, keys_from
from qaif.feeds.simulation.ledger import Ledger, Payment, Wallet
from qaif.feeds.simulation.transactions import Coin, Kind, Tx, script_for

BTC = 100_000_000
KINDS = (Kind.WITNESS, Kind.WITNESS, Kind.NESTED, Kind.PUBKEYHASH)
MINERS = 12
PEOPLE = 240
SWEEP_EVERY_BLOCKS = 12
MOST_SWEPT = 60
_KIN_GIFTS_AT = (1_180, 1_305, 1_420)  # main blocks in which the campaign's key is paid in its other forms
_TEXTS = (b"simulated notary entry", b"simulated receipt", b"simulated hash of a deed")


@dataclass
class Economy:
    """All the wallets and the ledger.

    Args:
        rng: the only source of chance.
        start: the first secret; nonces start elsewhere.
    """

    rng: random.Random
    start: int
    ledger: Ledger = field(init=False)
    keys: Iterator[Key] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = keys_from(self.start)
        self.ledger = Ledger(self.rng, Signer(self.start + 2**64))
        self.campaign = Wallet(Kind.PUBKEYHASH, self.keys, reuses=True)
        self.exchanges = [self._wallet(kind) for kind in (Kind.WITNESS, Kind.NESTED, Kind.WITNESS)]
        self.deposits = [self._wallet(kind) for kind in (Kind.PUBKEYHASH, Kind.NESTED, Kind.WITNESS)]
        self.service = Wallet(Kind.NESTED, self.keys, reuses=True)
        self.service_hot = self._wallet(Kind.WITNESS)
        self.miners = [self._wallet(Kind.PUBKEY if i % 4 == 0 else Kind.WITNESS) for i in range(MINERS)]
        self.people = [self._wallet() for _ in range(PEOPLE)]
        self.givers: list[Wallet] = []

    def _wallet(self, kind: Kind | None = None) -> Wallet:
        return Wallet(kind or self.rng.choice(KINDS), self.keys)

    def reward(self, miner: Wallet, coinbase: Tx, key: Key, value_sat: int) -> None:
        """Let a miner have a coinbase output that has matured."""
        if value_sat:
            miner.coins.append(Coin(coinbase.txid_raw, 0, value_sat, miner.kind, key))

    def sell_mined(self) -> None:
        """Miners bring their coins to the exchanges."""
        for number, miner in enumerate(self.miners):
            while len(miner.coins) > 1:
                self.ledger.sweep(miner, self.exchanges[number % len(self.exchanges)], 20)

    def withdraw(self, payments: list[Payment]) -> None:
        """One exchange pays a batch; the change comes back to its hot wallet."""
        exchange = max(self.rng.sample(self.exchanges, 2), key=lambda wallet: wallet.total_sat)
        if not self.ledger.pay(exchange, payments):
            richest = max(self.exchanges, key=lambda wallet: wallet.total_sat)
            self.ledger.pay(richest, payments)

    def _batch(self) -> list[Payment]:
        """Withdrawals of other people."""
        people = self.rng.sample(self.people, self.rng.randint(1, 7))
        return [Payment(self.rng.randint(1, 400) * 100_000, one) for one in people]

    def give(self, amount_sat: int) -> None:
        """A gift: straight from an exchange's batch, or from a wallet that was filled there before."""
        gift = Payment(amount_sat, self.campaign)
        if self.rng.randrange(100) < 42:  # noqa: PLR2004  per cent
            self.withdraw([gift, *self._batch()])
            return
        giver = self._giver()
        if not self.ledger.pay(giver, [gift]):
            filling = amount_sat * self.rng.randint(1_100, 2_600) // 1_000 + 100_000
            self.withdraw([Payment(filling, giver), *self._batch()[:2]])
            self.ledger.pay(giver, [gift])

    def _giver(self) -> Wallet:
        if self.givers and self.rng.randrange(100) < 30:  # noqa: PLR2004  per cent
            return self.rng.choice(self.givers)
        self.givers.append(self._wallet())
        return self.givers[-1]

    def spend(self, thousandths: int) -> None:
        """The campaign sends a share of what it holds, nearly always to the service; the rest comes back."""
        whole = self.campaign.total_sat
        amount = whole * thousandths // 1000 // 1000 * 1000
        to = self.service if self.rng.randrange(100) < 88 else self.rng.choice(self.deposits)  # noqa: PLR2004  per cent
        held = len(self.campaign.coins)
        if held and amount > BTC // 1000:
            # small coins first, so that gifts are gathered
            self.campaign.coins.sort(key=lambda coin: coin.value_sat)
            self.ledger.pay(self.campaign, [Payment(amount, to)])

    def give_to_kin(self, main_block: int) -> None:
        """Now and then somebody pays the campaign's key in another form than the published one."""
        if main_block in _KIN_GIFTS_AT:
            kind = Kind.PUBKEY if main_block == _KIN_GIFTS_AT[0] else Kind.WITNESS
            script = script_for(kind, self.campaign.key())
            self.withdraw([Payment(self.rng.randint(2, 90) * 1_000_000, None, script)])

    def everyday(self) -> None:
        """What other people do in a block."""
        for _ in range(self.rng.randint(1, 4)):
            self._one_habit(self.rng.randrange(10))

    def _one_habit(self, dice: int) -> None:
        payer, payee = self.rng.sample(self.people, 2)
        share = payer.total_sat * self.rng.randint(50, 700) // 1_000
        if dice == 0:
            self.withdraw(self._batch())
        elif share > BTC // 1_000:
            places = {1: self.service, 2: self.rng.choice(self.deposits), 3: self.rng.choice(self.deposits)}
            self.ledger.pay(payer, [Payment(share, places.get(dice, payee)), *self._oddity(dice)])

    def _oddity(self, dice: int) -> list[Payment]:
        """A line of data, or a payment to a taproot key whose owner only saves."""
        if dice == 9:  # noqa: PLR2004  one of the ten faces
            text = self.rng.choice(_TEXTS)
            return [Payment(0, None, b"\x6a" + bytes([len(text)]) + text)]
        if dice == 8:  # noqa: PLR2004  one of the ten faces
            return [Payment(self.rng.randint(5, 90) * 1_000, None, b"\x51\x20" + next(self.keys).public[1:])]
        return []

    def sweep_all(self, main_block: int) -> None:
        """Services gather what was deposited with them; the service pays out through exchanges."""
        if main_block % SWEEP_EVERY_BLOCKS:
            return
        for deposit, exchange in zip(self.deposits, self.exchanges, strict=True):
            if deposit.coins:
                self.ledger.sweep(deposit, exchange, MOST_SWEPT)
        if self.service.coins:
            self.ledger.sweep(self.service, self.service_hot, MOST_SWEPT)
        amount = self.service_hot.total_sat * 4 // 5
        if amount > BTC:
            self.ledger.pay(
                self.service_hot, [Payment(amount, self.rng.choice(self.exchanges)), *self._batch()]
            )
