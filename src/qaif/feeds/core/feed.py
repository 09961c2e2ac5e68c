"""A node's best chain as a feed: what is stored already, and the headers that the node has beside it.

Headers come first and are tried before anything else is asked: each builds on the one before and meets its
target. Which branch stands is decided by work (`feeds/placing.py`), never by the node's word; so a node that
is behind takes nothing away from the store.
"""

from collections.abc import Mapping

import numpy as np

from qaif.errors import NetworkMismatchError, SourceShapeError
from qaif.feeds.blockfile_scan import coinbase_height
from qaif.feeds.core.continued import continued
from qaif.feeds.core.headers import Span, Stored, header_hashes, new_headers
from qaif.feeds.core.node import CoreNode, NodeState
from qaif.feeds.core.spent import SpentOutputs, contradiction
from qaif.feeds.networks import Network
from qaif.feeds.placing import BASIS_BIP34, Placing
from qaif.feeds.shape import HEADER_BYTES, HeaderTable, Prevouts, Progress, RawBlocks, silent
from qaif.kernels import parse
from qaif.units import UNKNOWN, Bytes, Int32s, Int64s, hash_hex

# What a block of mainnet may well have below a height: only for how many are asked for at once.
_SIZES = ((100_000, 2_000), (200_000, 60_000), (300_000, 300_000), (400_000, 800_000), (1 << 31, 2_000_000))
_OTHER_SIZE = 300_000
_KEPT_BYTES = 512 << 20


class CoreFeed:
    """A node's blocks; made by `beside`.

    Attributes:
        network: of the node.
        state: where the node stood.
    """

    def __init__(self, node: CoreNode, state: NodeState, stored: Stored, table: HeaderTable) -> None:
        self.network, self.state = state.network, state
        self._node, self._stored, self._table = node, stored, table
        self._kept: tuple[bytes, RawBlocks] | None = None

    @classmethod
    def beside(
        cls,
        node: CoreNode,
        stored: Stored,
        span: Span,
        network: Network | None = None,
        progress: Progress = silent,
    ) -> "CoreFeed":
        """Ask the node for its headers beside those stored.

        Raises:
            NetworkMismatchError: the node is of another network.
            SourcePrunedError: it has deleted blocks that are wanted.
            UsageError: the heights make no sense.
            SourceError: it does not answer, or its headers do not hold.
        """
        state = node.state()
        if network is not None and state.network != network:
            raise NetworkMismatchError(
                f"The node at {node.place} is of {state.network.name}, not of {network.name}.",
                way_out="Use another workspace for another network.",
            )
        first, header = new_headers(node, state, stored, span, progress)
        return cls(node, state, stored, _table(node, state.network, stored, first, header))

    def headers(self) -> HeaderTable:
        """What is stored, then what is new."""
        return self._table

    def placing(self) -> Placing | None:
        """The chain order, where the work of the new headers is all that is to be added; see `continued`."""
        return continued(self._stored, self._table)

    def read(self, rows: Int64s) -> RawBlocks:
        """Raw blocks in the order asked.

        Raises:
            SourceShapeError: the node gives other bytes than the block's.
            SourceError: it does not give one.
        """
        key = rows.tobytes()
        if self._kept is not None and self._kept[0] == key:
            return self._kept[1]
        raw = self._node.blocks([self._shown(row) for row in rows.tolist()])
        for row, one in zip(rows.tolist(), raw, strict=True):
            if one[:HEADER_BYTES] != self._table.header[row].tobytes():
                raise SourceShapeError(
                    f"The node at {self._node.place} gives other bytes than block {self._shown(row)}.",
                    way_out="Ask another node.",
                    block=self._shown(row),
                )
        offset = np.concatenate([[0], np.cumsum([len(one) for one in raw])]).astype(np.int64)
        blocks = RawBlocks(np.frombuffer(b"".join(raw), dtype=np.uint8), offset)
        self._kept = (key, blocks) if int(offset[-1]) <= _KEPT_BYTES else None
        return blocks

    def prevouts(self, rows: Int64s) -> Prevouts | None:
        """What the inputs of these blocks spend, where parents of blocks are missing and the node tells.

        Raises:
            SourceShapeError: what it tells is refuted by the blocks themselves.
        """
        if self._from_the_beginning or not len(rows):
            return None
        blocks = self.read(rows)
        parsed, _, _ = parse.parse_blocks(blocks.data, blocks.offset)
        if parsed is None:  # it fails where it is used
            return None
        told = self._node.spent([self._shown(row) for row in rows.tolist()])
        if all(one is None for one in told):
            return None
        value = np.full(len(parsed.in_sequence), UNKNOWN, dtype=np.int64)
        scripts = [b""] * len(value)
        for place, (row, one) in enumerate(zip(rows.tolist(), told, strict=True)):
            if one is None:
                continue
            self._check(one, parsed, place, row)
            flat = [output for spent in one.by_tx for output in spent]
            begin = int(parsed.tx_in_lo[parsed.block_tx_lo[place]]) + 1  # the coinbase's input spends nothing
            value[begin : begin + len(flat)] = [amount for amount, _ in flat]
            scripts[begin : begin + len(flat)] = [script for _, script in flat]
        return Prevouts.of(value, scripts)

    def describe(self) -> Mapping[str, object]:
        """The node, in words and figures."""
        return {
            "network": self.network.name,
            "node_height": self.state.height,
            "node_headers": self.state.headers,
            "downloading": self.state.downloading,
            "first_kept": self.state.first_kept,
            "asked_by": self._node.ways,
        }

    @property
    def first_height(self) -> int | None:
        """The height of its first block; None where it has none."""
        return int(self._table.claimed_height[0]) if len(self._table.header) else None

    @property
    def _from_the_beginning(self) -> bool:
        return len(self._table.header) > 0 and self._shown(0) == self.network.genesis_hex

    def _check(self, told: SpentOutputs, parsed: parse.ParsedBlocks, place: int, row: int) -> None:
        height = int(self._table.claimed_height[row])
        why = contradiction(told, parsed, place, height, self.network)
        if why is not None:
            raise SourceShapeError(
                f"What the node at {self._node.place} says that block {self._shown(row)} spends is not so:"
                f" {why}.",
                way_out="Ask another node.",
                block=self._shown(row),
            )

    def _shown(self, row: int) -> str:
        return hash_hex(self._table.hash_raw[row].tobytes())


def _table(node: CoreNode, network: Network, stored: Stored, first: int, header: Bytes) -> HeaderTable:
    new_height = np.arange(first, first + len(header), dtype=np.int32)
    height = np.concatenate([stored.height, new_height])
    every = np.concatenate([stored.header, header])
    hashes = np.concatenate([stored.hash_raw, header_hashes(header)])
    bip34 = np.full(len(every), UNKNOWN, dtype=np.int32)
    from_coinbases = np.flatnonzero(stored.height_basis == BASIS_BIP34)
    bip34[from_coinbases] = stored.height[from_coinbases]
    if not len(stored.height) and len(header) and first:
        bip34[0] = coinbase_height(node.blocks([hash_hex(hashes[0].tobytes())])[0][HEADER_BYTES:])
        if bip34[0] not in (UNKNOWN, first):
            raise SourceShapeError(
                f"The node at {node.place} gives block {hash_hex(hashes[0].tobytes())} as that of height"
                f" {first:,}; its coinbase says {int(bip34[0]):,}.",
                way_out="Ask another node.",
            )
    return HeaderTable(every, hashes, bip34, height, _sizes(network, height))


def _sizes(network: Network, height: Int32s) -> Int64s:
    if network.name != "mainnet":
        return np.full(len(height), _OTHER_SIZE, dtype=np.int64)
    ends = [end for end, _ in _SIZES]
    return np.array([size for _, size in _SIZES], dtype=np.int64)[np.searchsorted(ends, height, "right")]
