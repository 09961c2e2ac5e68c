"""A small Electrum server over a made chain, in two forms of the protocol; a test can change its answers."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from peers.esplora_index import ChainIndex, Known
from peers.made_node import MadeNode
from support.line_server import Said, error, result

Change = Callable[[str, list[Any], Any], Any]


class RefusedError(Exception):
    """The server answers with an error: its number and what it says."""


class RawJson(bytes):
    """A result as text. Plain bytes in the place of a result are a whole line."""


class ElectrumLines:
    """The server, given to `line_server`.

    Attributes:
        version: of the protocol: in 1.4 headers come as one text, in 1.6 as a list.
        most: headers in an answer.
        change: makes another answer of a method, its parameters and the true answer.
    """

    def __init__(self, node: MadeNode) -> None:
        self.index = ChainIndex(node)
        self.version, self.most = "1.6", 2016
        self.change: Change | None = None

    def answer(self, message: dict[str, Any], _: int) -> Said:
        """What is said to a message."""
        method, params = message["method"], message["params"]
        try:
            value = self.truth(method, params)
            if self.change is not None:
                value = self.change(method, params, value)
        except RefusedError as refused:
            return [error(message, *refused.args)]
        if isinstance(value, RawJson):
            return [result(message, "@").replace(b'"@"', value)]
        return [value if isinstance(value, bytes) else result(message, value)]

    def truth(self, method: str, params: list[Any]) -> Any:
        """The true answer."""
        self.index.refresh()
        answers: dict[str, Callable[..., Any]] = {
            "server.version": lambda *_: ["small 1", self.version],
            "blockchain.block.header": lambda height: self._headers(height, 1)[0],
            "blockchain.block.headers": self._page,
            "blockchain.headers.subscribe": self._tip,
            "blockchain.scripthash.get_history": self._history,
            "blockchain.transaction.get": lambda shown: self._known(shown).raw.hex(),
            "blockchain.transaction.get_merkle": self._proof,
        }
        if method not in answers:
            raise RefusedError(-32601, f"unknown method {method!r}")
        return answers[method](*params)

    def _tip(self) -> dict[str, Any]:
        top = len(self.index.hashes) - 1
        return {"height": top, "hex": self._headers(top, 1)[0]}

    def _known(self, shown: str) -> Known:
        with suppress(KeyError):
            return self.index.txs[bytes.fromhex(shown)[::-1]]
        raise RefusedError(2, "No such mempool or blockchain transaction")

    def _headers(self, first: int, count: int) -> list[str]:
        if first >= len(self.index.hashes):
            raise RefusedError(1, f"height {first:,} out of range")
        return [raw[:80].hex() for raw in self.index.raws[first : first + count]]

    def _page(self, first: int, count: int) -> dict[str, Any]:
        texts = self._headers(first, min(count, self.most))
        rest = {"headers": texts} if self.version.startswith("1.6") else {"hex": "".join(texts)}
        return {"count": len(texts), "max": self.most, **rest}

    def _history(self, shown: str) -> list[dict[str, Any]]:
        ids = self.index.histories.get(bytes.fromhex(shown)[::-1], [])
        known = [self.index.txs[txid] for txid in ids]
        return [
            {"tx_hash": one.tx.txid[::-1].hex(), "height": one.height}
            if one.height is not None
            else {"tx_hash": one.tx.txid[::-1].hex(), "height": 0, "fee": 100}
            for one in known
        ]

    def _proof(self, shown: str, height: int) -> dict[str, Any]:
        known = self._known(shown)
        if known.height != height:
            raise RefusedError(1, f"tx {shown} not in block at height {height:,}")
        branch = [one[::-1].hex() for one in self.index.branch(known)]
        return {"block_height": height, "merkle": branch, "pos": known.position}
