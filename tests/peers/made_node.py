"""A made chain in the place of a node: for tests that need many chains, or no Node.js."""

from collections.abc import Sequence

from oracle.blockmaker import Branch, seeded


class MadeNode:
    """A branch that answers as a node does.

    Attributes:
        branch: the best chain; another may be put in its place.
        waiting: transactions in the mempool.
    """

    def __init__(self, seed: int, blocks: int, most_txs: int = 6) -> None:
        self.branch = Branch(seeded(seed)).grow(blocks, most_txs)
        self.waiting: list[bytes] = []

    def tip(self) -> str:
        return self.branch.blocks[-1].hash[::-1].hex()

    def hashes(self, first: int) -> list[str]:
        return [block.hash[::-1].hex() for block in self.branch.blocks[first:]]

    def raws(self, shown: Sequence[str]) -> list[bytes]:
        found = {block.hash[::-1].hex(): block.raw for block in self.branch.blocks}
        return [found[one] for one in shown]

    def mempool(self) -> list[bytes]:
        return self.waiting
