"""Bitcoin Core's RPC and REST in its own shapes, answered from the bcoin node; and every way to answer badly.

Written from the descriptions of Core's interfaces and with the oracle's parser, apart from the client.
"""

import base64
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from oracle.blockmaker import double, size, sized
from oracle.parse import Block, Tx, parse_block, parse_tx
from peers.bcoin import Bcoin, NodeError

_MARK = re.compile(r'"@([0-9.]+)@"')


class Wire(NamedTuple):
    """An answer to the last byte: pieces to send, seconds to wait; then the connection is closed."""

    pieces: list[bytes | float]


class Asked(NamedTuple):
    """A request that a fault may spoil.

    Attributes:
        what: `rest` and the path's first word, or `rpc` and the method's name: `rest block`, `rpc getblock`.
        line: the path, or the parameters as JSON.
    """

    what: str
    line: str


Fault = Callable[[Asked, bytes], bytes | Wire]


@dataclass
class Shapes:
    """The server's settings, which a test may change at any time.

    Attributes:
        node: that answers.
        rest: whether `-rest` is on.
        spent: whether `/rest/spenttxouts` is known (Core 30 and later).
        prevouts: whether `getblock` knows verbosity 3.
        said: fields of `getblockchaininfo` that are told otherwise.
        fault: what becomes of an answer.
        password: another than the node's, as a node has after it started again.
        asked: what was asked, in order.
    """

    node: Bcoin
    rest: bool = True
    spent: bool = True
    prevouts: bool = True
    said: dict[str, Any] = field(default_factory=dict)
    fault: Fault | None = None
    password: str = ""
    asked: list[str] = field(default_factory=list)
    port: int = 0
    _raw: dict[str, bytes] = field(default_factory=dict)
    _txs: dict[bytes, Tx] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def info(self) -> dict[str, Any]:
        own = self.node.call("getblockchaininfo")
        names = ("chain", "blocks", "headers", "bestblockhash", "mediantime", "chainwork")
        told = {name: own[name] for name in names}
        return told | {"initialblockdownload": False, "pruned": False} | self.said

    def block(self, shown: str) -> bytes:
        """Raises NodeError where it is not there, or was deleted."""
        if shown not in self._raw:
            self._raw[shown] = bytes.fromhex(self.node.call("getblock", shown, 0))
        lowest = self.said.get("pruneheight", 0)
        if lowest and self.node.call("getblockheader", shown)["height"] < lowest:
            raise NodeError(-1, "Block not available (pruned data)")
        return self._raw[shown]

    def coins(self, shown: str) -> tuple[Block, list[list[tuple[int, bytes]]]]:
        """A block, and what each transaction's inputs spend."""
        block = parse_block(self.block(shown))
        ids = {one.txid for tx in block.txs[1:] for one in tx.ins} - set(self._txs)
        for txid in ids:
            raw = bytes.fromhex(self.node.call("getrawtransaction", txid[::-1].hex()))
            self._txs[txid] = parse_tx(raw)
        outs = [
            [
                (self._txs[one.txid].outs[one.vout].value, self._txs[one.txid].outs[one.vout].script)
                for one in tx.ins
            ]
            for tx in block.txs[1:]
        ]
        return block, [[], *outs]

    def spent_binary(self, shown: str) -> bytes:
        _, coins = self.coins(shown)
        return size(len(coins)) + b"".join(
            size(len(one)) + b"".join(value.to_bytes(8, "little") + sized(script) for value, script in one)
            for one in coins
        )

    def verbose(self, shown: str) -> str:
        """The answer of `getblock HASH 3` as text, amounts with eight places as Core prints them."""
        block, coins = self.coins(shown)
        txs: list[dict[str, Any]] = []
        for number, (tx, spent) in enumerate(zip(block.txs, coins, strict=True)):
            vin: list[dict[str, Any]] = [{"coinbase": tx.ins[0].script.hex()}] if not number else []
            for one, (value, script) in zip(tx.ins, spent, strict=False):
                prevout = {
                    "generated": False,
                    "height": 1,
                    "value": btc(value),
                    "scriptPubKey": {"hex": script.hex()},
                }
                vin.append({"txid": one.txid[::-1].hex(), "vout": one.vout, "prevout": prevout})
            if not self.prevouts:
                for entry in vin:
                    entry.pop("prevout", None)
            vout = [
                {"value": btc(o.value), "n": n, "scriptPubKey": {"hex": o.script.hex()}}
                for n, o in enumerate(tx.outs)
            ]
            txs.append({"txid": tx.txid[::-1].hex(), "vin": vin, "vout": vout})
        return _MARK.sub(r"\1", json.dumps({"hash": shown, "tx": txs}))

    def rest_answer(self, path: str) -> tuple[int, bytes]:
        """Status and body for a path."""
        if not self.rest:
            return 404, b""
        bare, _, query = path.removeprefix("/rest/").partition("?")
        try:
            return self._rest_answer(bare, dict(one.split("=") for one in query.split("&") if one))
        except NodeError as error:
            return 404, f"{error}\r\n".encode()

    def _rest_answer(self, bare: str, query: dict[str, str]) -> tuple[int, bytes]:
        first, _, rest = bare.partition("/")
        name, _, form = (rest or first).rpartition(".")
        if bare == "chaininfo.json":
            return 200, json.dumps(self.info()).encode()
        if first == "blockhashbyheight" and form == "json":
            return 200, json.dumps({"blockhash": self.node.call("getblockhash", int(name))}).encode()
        if first == "headers" and form == "bin":
            return 200, self._headers(name, int(query.get("count", "5")))
        if first == "block" and form == "bin":
            return 200, self.block(name)
        if first == "spenttxouts" and form == "bin" and self.spent:
            return 200, self.spent_binary(name)
        return 404, b""

    def _headers(self, shown: str, count: int) -> bytes:
        first = self.node.call("getblockheader", shown)["height"]
        last = min(first + min(count, 2_000) - 1, self.node.height())
        hashes = self.node.batch([("getblockhash", height) for height in range(first, last + 1)])
        return b"".join(
            bytes.fromhex(one)
            for one in self.node.batch([("getblockheader", shown, False) for shown in hashes])
        )

    def call(self, method: str, params: list[Any]) -> str:
        """The result's JSON."""
        if method == "getblockchaininfo":
            return json.dumps(self.info())
        if method == "getblock" and params[1:] == [0]:
            return json.dumps(self.block(params[0]).hex())
        if method == "getblock" and params[1:] == [3]:
            return self.verbose(params[0])
        return json.dumps(self.node.call(method, *params))


def btc(value: int) -> str:
    """Marked so that it becomes a number with eight places in the JSON."""
    return f"@{value // 10**8}.{value % 10**8:08d}@"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together
    shapes: Shapes

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        status, body = self.shapes.rest_answer(self.path)
        word = self.path.split("/")[2].split(".")[0] if self.path.count("/") > 1 else ""
        self._answer(Asked(f"rest {word}", self.path), status, body)

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        node = self.shapes.node
        expected = (
            "Basic "
            + base64.b64encode(f"{node.user}:{self.shapes.password or node.password}".encode()).decode()
        )
        if self.headers.get("Authorization") != expected:
            self._answer(Asked("rpc", ""), 401, b"")
            return
        asked = json.loads(data)
        calls = asked if isinstance(asked, list) else [asked]
        answers = [self._one(call) for call in calls]
        whole = f"[{','.join(text for _, text in answers)}]" if isinstance(asked, list) else answers[0][1]
        status = 200 if isinstance(asked, list) else answers[0][0]
        line = json.dumps(calls[0]["params"])
        self._answer(Asked(f"rpc {calls[0]['method']}", line), status, whole.encode())

    def _one(self, call: dict[str, Any]) -> tuple[int, str]:
        number = json.dumps(call["id"])
        try:
            result = self.shapes.call(call["method"], call["params"])
        except NodeError as error:
            said = json.dumps({"code": error.code, "message": str(error)})
            status = 404 if error.code == -32601 else 500
            return status, f'{{"result":null,"error":{said},"id":{number}}}'
        return 200, f'{{"result":{result},"error":null,"id":{number}}}'

    def _answer(self, asked: Asked, status: int, body: bytes) -> None:
        self.shapes.asked.append(asked.what)
        spoilt = self.shapes.fault(asked, body) if self.shapes.fault and status == 200 else body
        if isinstance(spoilt, Wire):
            self.close_connection = True
            try:
                for piece in spoilt.pieces:
                    if isinstance(piece, bytes):
                        self.wfile.write(piece)
                        self.wfile.flush()
                    else:
                        time.sleep(piece)
            except OSError:
                return
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(spoilt)))
        self.end_headers()
        self.wfile.write(spoilt)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no failure of the test."""


@contextmanager
def core_shapes(node: Bcoin) -> Iterator[Shapes]:
    """A server while the block lasts."""
    shapes = Shapes(node)
    handler = type("Handler", (_Handler,), {"shapes": shapes})
    with _Server(("127.0.0.1", 0), handler) as server:
        shapes.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield shapes
        finally:
            server.shutdown()
            thread.join()


def hash_of(raw: bytes) -> str:
    """A block's hash, as shown."""
    return double(raw[:80])[::-1].hex()
