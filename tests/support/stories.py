"""Short stories of payments between named people, each payment in a block of its own."""

from pathlib import Path

from oracle.addresses import address
from oracle.blockmaker import Branch, Outpoint, Tx, make_tx, seeded
from qaif.chain.open import Chain
from qaif.units import hash_hex
from support.indexing import put

COIN = 50 * 10**8


def key(name: str) -> bytes:
    return b"\x00\x14" + name.encode().ljust(20, b".")


def called(name: str) -> str:
    written = address(key(name), "regtest")
    assert written
    return written


def shown(at: Outpoint) -> str:
    return f"{hash_hex(at[0])}:{at[1]}"


class Story:
    """Coinbases to fund people, then their payments, each in a block of its own."""

    def __init__(self) -> None:
        self.branch = Branch(seeded(1))

    def fund(self, name: str) -> Outpoint:
        return self.branch.add([], [(COIN, key(name))]).txs[0].txid, 0

    def pay(self, spends: list[Outpoint], outs: list[tuple[int, str]]) -> Tx:
        tx = make_tx(spends, [(value, key(name)) for value, name in outs])
        self.branch.add([tx])
        return tx

    def chain(self, folder: Path) -> Chain:
        put(folder, self.branch.blocks)
        return Chain.open(folder)
