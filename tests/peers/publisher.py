"""What a Bitcoin Core node publishes over ZMQ, told of the bcoin node: three parts, as Core writes them.

Topic; body; the topic's own counter, four bytes little-endian. Hashes stand as they are shown. `sequence`
says C for a block that came and D for one that left, after its hash.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import zmq

from peers.bcoin import Bcoin, NodeError

_LOOK = 0.01


class Publisher:
    """Watches the node and publishes.

    Attributes:
        place: where.
        drop: so many of the next messages are counted and not sent.
    """

    def __init__(self, node: Bcoin, topics: tuple[str, ...]) -> None:
        self._node, self._topics = node, topics
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.XPUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self.place = f"tcp://127.0.0.1:{self._socket.bind_to_random_port('tcp://127.0.0.1')}"
        self.drop, self._counter = 0, dict.fromkeys(topics, 0)
        self._chain = node.hashes()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def heard_by(self, count: int = 1) -> None:
        """Wait until so many subscriptions have come."""
        end = time.monotonic() + 20
        while count and time.monotonic() < end:
            if self._socket.poll(50):
                self._socket.recv()
                count -= 1
        assert not count, "nobody listens"

    def restart(self) -> None:
        """As after a restart of the node: counters begin anew."""
        self._counter = dict.fromkeys(self._topics, 0)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(20)
        self._socket.close()
        self._context.term()

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK):
            try:
                if self._node.call("getbestblockhash") != self._chain[-1]:
                    self._tell(self._node.hashes())
            except (OSError, NodeError):
                continue

    def _tell(self, now: list[str]) -> None:
        shared = next((i for i, (a, b) in enumerate(zip(self._chain, now, strict=False)) if a != b), None)
        kept = min(len(self._chain), len(now)) if shared is None else shared
        for gone in reversed(self._chain[kept:]):
            self._send("sequence", bytes.fromhex(gone) + b"D")
        for come in now[kept:]:
            self._send("sequence", bytes.fromhex(come) + b"C")
        if now[kept:]:
            self._send("hashblock", bytes.fromhex(now[-1]))
            if "rawblock" in self._topics:
                self._send("rawblock", self._node.raw(now[-1]))
        self._chain = now

    def _send(self, topic: str, body: bytes) -> None:
        if topic not in self._topics:
            return
        number, self._counter[topic] = self._counter[topic], self._counter[topic] + 1
        if self.drop:
            self.drop -= 1
            return
        self._socket.send_multipart([topic.encode(), body, number.to_bytes(4, "little")])


@contextmanager
def publisher(node: Bcoin, *topics: str) -> Iterator[Publisher]:
    """One while the block lasts."""
    made = Publisher(node, topics or ("hashblock",))
    try:
        yield made
    finally:
        made.close()
