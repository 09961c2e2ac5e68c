"""A small explorer in the shapes of Esplora's HTTP API, on the loopback, from a node's chain."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from peers.esplora_index import ChainIndex, Known, Node
from peers.esplora_shapes import Shapes, shown

PAGE = 25
MOST_WAITING = 50
PRICES = {
    "prices": [
        {"time": 1500033600, "EUR": 1960.1, "USD": 2254.9},
        {"time": 1499947200, "EUR": -1, "USD": 2354.78},
        {"time": 1499904000, "EUR": 1980.0, "USD": 2400},
    ],
    "exchangeRates": {"USDEUR": 0.92},
}


class Answer(NamedTuple):
    """What is sent: a status, a body, and more lines of the head.

    Where `said` is given, only that is: bytes, and seconds to wait; then the connection is closed.
    """

    status: int
    body: bytes
    head: tuple[tuple[str, str], ...] = ()
    said: Iterable[bytes | float] | None = None


class NotHereError(Exception):
    """There is no such thing."""


Fault = Callable[["Server", str, Answer], "Answer | None"]


class Server:
    """The explorer.

    Attributes:
        url: its base address.
        asked: paths, in order.
        fault: changes answers on their way; None sends nothing and closes. Itself None: all is well.
        longest: histories of more confirmed transactions are refused with 413.
        by_path: whether it knows `/txs/chain/:id`, or only `?after_txid=`.
    """

    def __init__(self, node: Node) -> None:
        self.index = ChainIndex(node)
        self.shapes = Shapes(self.index)
        self.url = ""
        self.asked: list[str] = []
        self.fault: Fault | None = None
        self.longest = 100_000
        self.by_path = True
        self.lock = threading.Lock()

    def answer(self, path: str) -> Answer:
        """What it says, faults left out."""
        self.index.refresh()
        for pattern, make in _ROUTES:
            if found := re.fullmatch(pattern, path):
                try:
                    made = make(self, *found.groups())
                except NotHereError as error:
                    return Answer(404, str(error).encode())
                except OverflowError:
                    return Answer(413, b"Too many history entries")
                return Answer(200, made if isinstance(made, bytes) else json.dumps(made).encode())
        return Answer(404, b"endpoint does not exist")

    def tx(self, shown_id: str) -> Known:
        try:
            return self.index.txs[bytes.fromhex(shown_id)[::-1]]
        except KeyError:
            raise NotHereError("Transaction not found") from None

    def height_of(self, shown_hash: str) -> int:
        if shown_hash not in self.index.hashes:
            raise NotHereError("Block not found")
        return self.index.hashes.index(shown_hash)

    def page(self, digest: str, after: str | None) -> list[Any]:
        """Mempool and the first page of the chain; or a page of the chain after a transaction."""
        known = [self.index.txs[txid] for txid in self.index.histories.get(bytes.fromhex(digest), [])]
        waiting = [one for one in reversed(known) if one.height is None][:MOST_WAITING]
        chain = [one for one in reversed(known) if one.height is not None]
        if len(chain) > self.longest:
            raise OverflowError
        if after is not None:
            places = [at for at, one in enumerate(chain) if shown(one.tx.txid) == after]
            waiting, chain = [], chain[places[0] + 1 :] if places else []
        return [self.shapes.transaction(one) for one in (*waiting, *chain[:PAGE])]

    def chain_page(self, digest: str, after: str) -> list[Any]:
        if not self.by_path:
            raise NotHereError("endpoint does not exist")
        return self.page(digest, after)

    def block_at(self, shown_height: str) -> str:
        height = int(shown_height)
        if height >= len(self.index.hashes):
            raise NotHereError("Block not found")
        return self.index.hashes[height]

    def blocks(self, shown_height: str | None) -> list[Any]:
        top = len(self.index.hashes) - 1
        start = min(int(shown_height), top) if shown_height else top
        return [self.shapes.block(height) for height in range(start, max(-1, start - 10), -1)]

    def proof(self, shown_id: str) -> Any:
        known = self.tx(shown_id)
        if known.height is None:
            raise NotHereError("Transaction not found or is unconfirmed")
        return self.shapes.proof(known)


_ID = "([0-9a-f]{64})"
_ROUTES: tuple[tuple[str, Callable[..., Any]], ...] = (
    (r"/blocks/tip/hash", lambda s: s.index.hashes[-1].encode()),
    (r"/blocks/tip/height", lambda s: str(len(s.index.hashes) - 1).encode()),
    (r"/blocks", lambda s: s.blocks(None)),
    (r"/blocks/(\d+)", lambda s, height: s.blocks(height)),
    (r"/block-height/(\d+)", lambda s, height: s.block_at(height).encode()),
    (f"/block/{_ID}", lambda s, one: s.shapes.block(s.height_of(one))),
    (f"/block/{_ID}/header", lambda s, one: s.index.blocks[s.height_of(one)].header.hex().encode()),
    (f"/block/{_ID}/raw", lambda s, one: s.index.raws[s.height_of(one)]),
    (f"/block/{_ID}/status", lambda s, one: {"in_best_chain": True, "height": s.height_of(one)}),
    (f"/block/{_ID}/txids", lambda s, one: [shown(t.txid) for t in s.index.blocks[s.height_of(one)].txs]),
    (f"/tx/{_ID}", lambda s, one: s.shapes.transaction(s.tx(one))),
    (f"/tx/{_ID}/status", lambda s, one: s.shapes.status(s.tx(one))),
    (f"/tx/{_ID}/hex", lambda s, one: s.tx(one).raw.hex().encode()),
    (f"/tx/{_ID}/raw", lambda s, one: s.tx(one).raw),
    (f"/tx/{_ID}/merkle-proof", lambda s, one: s.proof(one)),
    (f"/tx/{_ID}/outspends", lambda s, one: s.shapes.outspends(s.tx(one))),
    (rf"/tx/{_ID}/outspend/(\d+)", lambda s, one, vout: s.shapes.outspends(s.tx(one))[int(vout)]),
    (f"/scripthash/{_ID}", lambda s, one: s.shapes.statistics(bytes.fromhex(one))),
    (f"/scripthash/{_ID}/txs", lambda s, one: s.page(one, None)),
    (f"/scripthash/{_ID}/txs/chain/{_ID}", lambda s, one, after: s.chain_page(one, after)),
    (rf"/scripthash/{_ID}/txs\?after_txid={_ID}", lambda s, one, after: s.page(one, after)),
    (r"/mempool/txids", lambda s: [shown(txid) for txid in s.index.waiting]),
    (r"/fee-estimates", lambda _: {"1": 2.5, "6": 1.0}),
    (r"/v1/historical-price\?currency=\w+", lambda _: PRICES),
)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        server: Server = self.server.explorer  # type: ignore[attr-defined]
        path = self.path.removeprefix("/api")
        with server.lock:
            server.asked.append(path)
            answer: Answer | None = server.answer(path)
            fault = server.fault
        if fault is not None and answer is not None:
            answer = fault(server, path, answer)
        if answer is None:
            self.close_connection = True
            return
        if answer.said is not None:
            self._say(answer.said)
            return
        self.send_response(answer.status)
        head = dict(answer.head)
        for name, value in {"Content-Length": str(len(answer.body)), **head}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def _say(self, said: Iterable[bytes | float]) -> None:
        self.close_connection = True
        for one in said:
            if isinstance(one, bytes):
                self.wfile.write(one)
            else:
                time.sleep(one)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        pass


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of the server."""
        import sys

        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def esplora(node: Node, kind: type[Server] = Server) -> Iterator[Server]:
    """An explorer of a node's chain while the block lasts."""
    server = kind(node)
    with _Http(("127.0.0.1", 0), _Handler) as http:
        http.explorer = server  # type: ignore[attr-defined]
        server.url = f"http://127.0.0.1:{http.server_address[1]}/api"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
