"""What an explorer must find: an index of a node's chain and mempool, made anew where the chain changed.

Standard library and oracles only; written apart from the client that asks it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from oracle.parse import Block, Tx, merkle_root, parse_block, parse_tx, sha256d
from peers.bcoin import Bcoin

Outpoint = tuple[bytes, int]
_LOOKED_BACK = 20


class Node(Protocol):
    """What is asked of a node. Hashes and ids are as displayed."""

    def tip(self) -> str:
        """The best block."""

    def hashes(self, first: int) -> list[str]:
        """The best chain's blocks from a height on."""

    def raws(self, shown: Sequence[str]) -> list[bytes]:
        """Blocks' bytes."""

    def mempool(self) -> list[bytes]:
        """Transactions that wait, oldest first."""


class BcoinNode:
    """The bcoin node, asked so."""

    def __init__(self, node: Bcoin) -> None:
        self._node = node
        self._seen: dict[str, bytes] = {}

    def tip(self) -> str:
        return str(self._node.call("getbestblockhash"))

    def hashes(self, first: int) -> list[str]:
        return self._node.hashes(first)

    def raws(self, shown: Sequence[str]) -> list[bytes]:
        return self._node.raws(shown)

    def mempool(self) -> list[bytes]:
        ids = self._node.mempool()
        new = [one for one in ids if one not in self._seen]
        raws = self._node.batch([("getrawtransaction", one) for one in new]) if new else []
        self._seen |= {one: bytes.fromhex(raw) for one, raw in zip(new, raws, strict=True)}
        return [self._seen[one] for one in ids]


@dataclass
class Known:
    """A transaction: where it is, or height None in the mempool."""

    tx: Tx
    raw: bytes
    height: int | None = None
    position: int = 0


@dataclass
class ChainIndex:
    """The index.

    Attributes:
        hashes: of the best chain, as displayed.
        blocks: parsed.
        txs: by id in wire order.
        histories: by SHA-256 of the script, ids in chain order, the mempool's after them.
        spenders: by outpoint, the spending transaction and its input.
    """

    node: Node
    hashes: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    txs: dict[bytes, Known] = field(default_factory=dict)
    histories: defaultdict[bytes, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    spenders: dict[Outpoint, tuple[bytes, int]] = field(default_factory=dict)
    waiting: list[bytes] = field(default_factory=list)

    def refresh(self) -> None:
        """Ask the node what changed."""
        self._forget_mempool()
        if not self.hashes or self.node.tip() != self.hashes[-1]:
            self._follow()
        for raw in self.node.mempool():
            tx = parse_tx(raw)
            if tx.txid not in self.txs:
                self.waiting.append(tx.txid)
                self._add(Known(tx, raw))

    def branch(self, known: Known) -> list[bytes]:
        """The hashes beside a transaction's way to the root of its block."""
        assert known.height is not None
        row, at, out = [tx.txid for tx in self.blocks[known.height].txs], known.position, []
        while len(row) > 1:
            row += row[-1:] * (len(row) % 2)
            out.append(row[at ^ 1])
            row = [sha256d(row[i] + row[i + 1]) for i in range(0, len(row), 2)]
            at //= 2
        assert row[0] == merkle_root([tx.txid for tx in self.blocks[known.height].txs])[0]
        return out

    def _follow(self) -> None:
        first = max(0, len(self.hashes) - _LOOKED_BACK)
        new = self.node.hashes(first)
        same = 0
        while same < min(len(new), len(self.hashes) - first) and new[same] == self.hashes[first + same]:
            same += 1
        if same < len(self.hashes) - first:
            self._clear()
            new, same, first = self.node.hashes(0), 0, 0
        for at in range(same, len(new), 100):
            some = new[at : at + 100]
            for shown, raw in zip(some, self.node.raws(some), strict=True):
                self._connect(shown, raw)

    def _connect(self, shown: str, raw: bytes) -> None:
        block, height = parse_block(raw), len(self.hashes)
        self.hashes.append(shown)
        self.blocks.append(block)
        self.raws.append(raw)
        for position, tx in enumerate(block.txs):
            self._add(Known(tx, tx.serialise(), height, position))

    def _add(self, known: Known) -> None:
        txid, scripts = known.tx.txid, dict[bytes, None]()
        self.txs[txid] = known
        for vin, spent in enumerate(known.tx.ins):
            at = (spent.txid, spent.vout)
            self.spenders[at] = (txid, vin)
            if spent.txid in self.txs:
                scripts[self.txs[spent.txid].tx.outs[spent.vout].script] = None
        scripts |= dict.fromkeys(out.script for out in known.tx.outs)
        for script in scripts:
            self.histories[sha256(script).digest()].append(txid)

    def _forget_mempool(self) -> None:
        gone = set(self.waiting)
        if not gone:
            return
        self.txs = {txid: known for txid, known in self.txs.items() if txid not in gone}
        self.spenders = {at: by for at, by in self.spenders.items() if by[0] not in gone}
        for ids in self.histories.values():
            ids[:] = [txid for txid in ids if txid not in gone]
        self.waiting = []

    def _clear(self) -> None:
        self.hashes, self.blocks, self.raws, self.txs, self.spenders = [], [], [], {}, {}
        self.histories.clear()
