"""Coins on the bcoin node and transactions that spend them, signed."""

from collections.abc import Sequence

from oracle.blockmaker import Out, Outpoint, Tx
from oracle.parse import parse_block
from peers.bcoin import Bcoin
from qaif.feeds.simulation import keys
from support.coredir import Purse, script_of, signed

MATURITY = 100
FEE = 10_000


class Wallet:
    """A few coins to start from, and what was made of them.

    Args:
        node: that holds them.
        kind: of the scripts that coins are kept in, one of `support.coredir.KINDS`.
    """

    def __init__(self, node: Bcoin, kind: str = "p2pkh", seed: int = 7) -> None:
        self.node, self.kind, self.secret = node, kind, seed
        self.script = script_of(kind, seed)
        self.purse = Purse(keys.Signer(20_000 + seed))

    def earn(self, blocks: int = 10) -> "Wallet":
        """Mine so many coins, and as many blocks on top that they can be spent."""
        for raw in self.node.raws(self.node.mine(blocks, self.script)):
            self.take(raw)
        self.node.mine(MATURITY)
        return self

    def take(self, raw_block: bytes) -> None:
        """Keep what a block's first transaction paid the wallet."""
        tx = parse_block(raw_block).txs[0]
        self._keep(tx.txid, [(out.value, out.script) for out in tx.outs])

    def pay(self, outs: Sequence[Out], coins: int = 1, fee: int = FEE) -> Tx:
        """A transaction of the largest coins to these outputs; the rest comes back. It is not sent."""
        held = self.purse.coins
        spends = sorted(held, key=lambda one: (-held[one][0][0], one))[:coins]
        rest = sum(held[one][0][0] for one in spends) - sum(value for value, _ in outs) - fee
        assert rest >= 0, "the wallet's largest coins do not suffice"
        tx = signed(self.purse, spends, [*outs, (rest, self.script)])
        for one in spends:
            del held[one]
        self._keep(tx.txid, tx.outs)
        return tx

    def send(self, outs: Sequence[Out], coins: int = 1) -> Tx:
        """The same, put into the node's mempool."""
        tx = self.pay(outs, coins)
        self.node.send(tx.raw)
        return tx

    def _keep(self, txid: bytes, outs: Sequence[Out]) -> None:
        for vout, (value, script) in enumerate(outs):
            if script == self.script and value:
                at: Outpoint = (txid, vout)
                self.purse.coins[at] = ((value, script), self.kind, self.secret)
