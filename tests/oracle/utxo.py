"""The unspent outputs as a dictionary, and Bitcoin Core's numbers of them; standard library only."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from oracle.muhash import SlowMuHash
from oracle.parse import Block, sha256d

COIN = 10**8
Outpoint = tuple[bytes, int]


@dataclass(frozen=True)
class Coin:
    height: int
    coinbase: bool
    value: int
    script: bytes

    def written(self, outpoint: Outpoint) -> bytes:
        """As both hashes take it."""
        count = len(self.script)
        lead = bytes([count]) if count < 253 else b"\xfd" + struct.pack("<H", count)
        code = self.height * 2 + (1 if self.coinbase else 0)
        return outpoint[0] + struct.pack("<IIq", outpoint[1], code, self.value) + lead + self.script


def dead(script: bytes) -> bool:
    return len(script) > 10_000 or script[:1] == b"\x6a"


def subsidy(height: int, interval: int) -> int:
    return 50 * COIN // 2 ** (height // interval) if height // interval < 64 else 0


@dataclass
class SlowSet:
    """Blocks go in one by one, from the first on."""

    interval: int
    coins: dict[Outpoint, Coin] = field(default_factory=dict)
    height: int = -1
    subsidies: int = 0
    bip30: int = 0
    scripts: int = 0
    unclaimed: int = 0

    def add(self, block: Block) -> None:
        self.height += 1
        allowed = subsidy(self.height, self.interval)
        self.subsidies += allowed
        if self.height == 0:
            return
        for at, tx in enumerate(block.txs):
            if at:
                for one in tx.ins:
                    allowed += self.coins.pop((one.txid, one.vout)).value
            for vout, out in enumerate(tx.outs):
                allowed -= out.value
                if dead(out.script):
                    self.scripts += out.value
                    continue
                old = self.coins.pop((tx.txid, vout), None)
                self.bip30 += old.value if old else 0
                self.coins[tx.txid, vout] = Coin(self.height, at == 0, out.value, out.script)
        self.unclaimed += allowed

    def serialized(self) -> str:
        """`hash_serialized_3`, as Core shows it."""
        data = b"".join(self.coins[at].written(at) for at in sorted(self.coins))
        return sha256d(data)[::-1].hex()

    def muhash(self) -> str:
        out = SlowMuHash()
        for at, coin in self.coins.items():
            out.insert(coin.written(at))
        return out.hex()

    def figures(self) -> dict[str, int]:
        """Under the names of the answer, but for the hashes."""
        lost = self.bip30 + self.scripts + self.unclaimed
        return {
            "txouts": len(self.coins),
            "transactions": len({txid for txid, _ in self.coins}),
            "bogosize": sum(50 + len(coin.script) for coin in self.coins.values()),
            "total_amount_sat": sum(coin.value for coin in self.coins.values()),
            "subsidy_sat": self.subsidies,
            "unspendable_sat": 50 * COIN + lost,
            "genesis_block_sat": 50 * COIN,
            "bip30_sat": self.bip30,
            "scripts_sat": self.scripts,
            "unclaimed_rewards_sat": self.unclaimed,
        }


def slow_set(blocks: Iterable[Block] | Sequence[Block], interval: int) -> SlowSet:
    out = SlowSet(interval)
    for block in blocks:
        out.add(block)
    return out
