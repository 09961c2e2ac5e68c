"""A regtest data directory as Bitcoin Core's own code makes it: block files, undo files, `xor.dat`.

The chain has spends of every form that undo data stores in a way of its own, and a reorganisation. Core's
kernel checks every signature; what it accepts is written by it, not by us.
"""

import struct
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from oracle.blockmaker import SUBSIDY, Block, Branch, Out, Outpoint, Tx, double, make_tx, push, seeded, spent
from oracle.ripemd160 import hash160
from qaif.feeds.simulation import keys

_TRUE = b"\x51"
_LONG = b"\x4d\x2c\x01" + b"x" * 300 + b"\x75" + _TRUE  # 300 bytes are pushed and dropped
_MATURITY = 100
_FEE = 1_000


@dataclass
class Purse:
    """Outputs that can be spent, and how: each has a kind and, where it needs one, a key's secret."""

    signer: keys.Signer
    coins: dict[Outpoint, tuple[Out, str, int]] = field(default_factory=dict)
    ripe: list[tuple[int, Outpoint]] = field(default_factory=list)


KINDS = ("true", "long", "p2sh", "p2wsh", "p2pkh", "p2pk", "full-even", "full-odd")


def _public(secret: int, *, full: bool) -> bytes:
    x, y = keys.multiply(secret)
    if full:
        return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")
    return bytes([2 + y % 2]) + x.to_bytes(32, "big")


def _secret(number: int, *, odd: bool) -> int:
    while keys.multiply(number)[1] % 2 != odd:
        number += 1
    return number


def script_of(kind: str, secret: int) -> bytes:
    """The script of an output of a kind."""
    short, full = _public(secret, full=False), _public(secret, full=True)
    return {
        "true": _TRUE,
        "long": _LONG,
        "p2sh": b"\xa9\x14" + hash160(_TRUE) + b"\x87",
        "p2wsh": b"\x00\x20" + sha256(_TRUE).digest(),
        "p2pkh": b"\x76\xa9\x14" + hash160(short) + b"\x88\xac",
        "p2pk": push(short) + b"\xac",
        "full-even": push(full) + b"\xac",
        "full-odd": push(full) + b"\xac",
    }[kind]


def _payee(rng: Any) -> tuple[bytes, str, int]:
    kind = rng.choice(KINDS)
    secret = _secret(rng.randrange(1, 40), odd=kind == "full-odd")
    return script_of(kind, secret), kind, secret


def signed(purse: Purse, spends: list[Outpoint], outs: list[Out]) -> Tx:
    """A transaction that spends coins of the purse, which keeps them."""
    scripts, witnesses = [], []
    for at, one in enumerate(spends):
        (_, script), kind, secret = purse.coins[one]
        witnesses.append([_TRUE] if kind == "p2wsh" else [])
        blank = [script if i == at else b"" for i in range(len(spends))]
        digest = double(make_tx(spends, outs, blank).base + struct.pack("<I", 1))
        signature = purse.signer.sign(secret, digest) + b"\x01" if kind.startswith(("p2pk", "full")) else b""
        key = push(_public(secret, full=False)) if kind == "p2pkh" else b""
        own = push(signature) + key if signature else b""
        scripts.append(push(_TRUE) if kind == "p2sh" else own)
    return make_tx(spends, outs, scripts, witnesses)


class CoreChain:
    """A chain that Core accepts, block by block.

    Args:
        seed: of all that is chosen.
    """

    def __init__(self, seed: int) -> None:
        self.rng = seeded(seed)
        self.branch = Branch(self.rng, step=600)
        self.purse = Purse(keys.Signer(10_000 + seed * 1_000))
        self._gone: dict[Outpoint, tuple[Out, str, int]] = {}

    def fork(self, height: int, seed: int) -> "CoreChain":
        """Another branch from the block at a height, which spends other outputs."""
        other = CoreChain(seed)
        other.branch = self.branch.fork(height, seed)
        held = {(tx.txid, vout) for b in other.branch.blocks for tx in b.txs for vout in range(len(tx.outs))}
        gone = {one for block in other.branch.blocks[1:] for tx in block.txs for one in spent(tx)}
        every = self.purse.coins | self._gone
        other.purse.coins = {one: coin for one, coin in every.items() if one in held - gone}
        other.purse.ripe = [(ripe, one) for ripe, one in self.purse.ripe if one in held]
        return other

    def grow(self, count: int, most_txs: int = 0) -> "CoreChain":
        """So many blocks more."""
        for _ in range(count):
            self._add(self.rng.randint(0, most_txs) if most_txs else 0)
        return self

    def _add(self, most: int) -> None:
        height, purse = len(self.branch.blocks), self.purse
        young = {one for ripe, one in purse.ripe if ripe > height}
        txs, fees = [], 0
        for _ in range(most):
            free = sorted(set(purse.coins) - young)
            spends = self.rng.sample(free, min(len(free), self.rng.randint(1, 4)))
            if not spends:
                break
            payees = [_payee(self.rng) for _ in range(self.rng.randint(1, 5))]
            part = (sum(purse.coins[one][0][0] for one in spends) - _FEE) // len(payees)
            if part <= 0:
                continue
            tx = signed(purse, spends, [(part, script) for script, _, _ in payees])
            fees += sum(purse.coins[one][0][0] for one in spends) - part * len(payees)
            self._gone |= {one: purse.coins.pop(one) for one in spends}
            for vout, (script, kind, secret) in enumerate(payees):
                purse.coins[tx.txid, vout] = ((part, script), kind, secret)
            txs.append(tx)
        self._pay_miner(height, txs, fees)

    def _pay_miner(self, height: int, txs: list[Tx], fees: int) -> None:
        script, kind, secret = _payee(self.rng)
        reward = (SUBSIDY >> height // 150) + fees
        block = self.branch.add(txs, [(reward, script)])
        one = (block.txs[0].txid, 0)
        self.purse.coins[one] = ((reward, script), kind, secret)
        self.purse.ripe.append((height + _MATURITY, one))


def make_datadir(folder: Path, batches: list[list[Block]]) -> Any:
    """Give blocks to Core's kernel, in this order; its chain manager, with all on disk.

    Raises:
        Exception: Core refuses a block.
    """
    import pbk

    manager = pbk.load_chainman(str(folder), pbk.ChainType.REGTEST)
    for block in (block for batch in batches for block in batch):
        manager.process_block(pbk.Block(block.raw))
    return manager
