"""Blocks of a load as a Bitcoin Core node tells them over JSON-RPC, as far as e-x's indexer asks.

What is served is what Core would say: hashes and raw blocks by height up to the tip that is set, an empty
mempool, and the version and indexes that e-x demands. Anything else is error -32601.
"""

import hashlib
import json
import threading
from collections.abc import Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FRAME = 8  # magic and length before each block
HEADER = 80
_UNKNOWN_METHOD = -32601
_INDEXES = ("txindex", "txospenderindex")


class Node:
    """A chain of blocks in files, told up to a height.

    Args:
        files: block files whose blocks stand in chain order, and then files of one block each.

    Attributes:
        height: of the block that is told as the tip.
        port: of the loopback.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._places = [place for path in files for place in _blocks_of(path)]
        self._hashes = [_hash_of(*place) for place in self._places]
        self._heights = {shown: height for height, shown in enumerate(self._hashes)}
        self._ready: dict[int, str] = {}
        self.height = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __len__(self) -> int:
        return len(self._places)

    def make_ready(self, height: int) -> None:
        """Have a block's answer in memory, so that the node's own work is not in what is measured."""
        self._ready[height] = self._hex(height)

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, params: Sequence[Any]) -> Any:
        """The result of a call.

        Raises:
            LookupError: there is no such call, or no such block.
        """
        if method == "getblock":
            height = self._heights[params[0]]
            return self._ready[height] if height in self._ready else self._hex(height)
        if method == "getblockhash":
            return self._hashes[: self.height + 1][params[0]]
        return {
            "getblockcount": self.height,
            "getbestblockhash": self._hashes[self.height],
            "getrawmempool": [],
            "getmempoolinfo": dict.fromkeys(
                ("mempoolminfee", "minrelaytxfee", "incrementalrelayfee"), 0.00001
            ),
            "getnetworkinfo": {"version": 310_000, "relayfee": 0.00001},
            "getindexinfo": {name: {"synced": True, "best_block_height": self.height} for name in _INDEXES},
        }[method]

    def _hex(self, height: int) -> str:
        path, offset, size = self._places[height]
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(size).hex()


class _Handler(BaseHTTPRequestHandler):
    """One connection; calls come one by one or several in a list."""

    protocol_version = "HTTP/1.1"

    def __init__(self, node: Node, *args: Any) -> None:
        self._node = node
        super().__init__(*args)

    def do_POST(self) -> None:
        calls = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = [self._one(call) for call in calls] if isinstance(calls, list) else self._one(calls)
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _one(self, call: dict[str, Any]) -> dict[str, Any]:
        try:
            result = self._node.answer(call["method"], call.get("params") or ())
        except LookupError:
            error = {"code": _UNKNOWN_METHOD, "message": f"{call['method']} is not answered here"}
            return {"result": None, "error": error, "id": call["id"]}
        return {"result": result, "error": None, "id": call["id"]}

    def log_message(self, *_args: Any) -> None:
        """Nothing is logged."""


def _blocks_of(path: Path) -> list[tuple[Path, int, int]]:
    """File, offset and length of each block of a file, which begins with one and has nothing between them."""
    places, at, end = [], 0, path.stat().st_size
    with path.open("rb") as file:
        while at < end:
            file.seek(at + 4)
            size = int.from_bytes(file.read(4), "little")
            places.append((path, at + FRAME, size))
            at += FRAME + size
    return places


def _hash_of(path: Path, offset: int, _size: int) -> str:
    with path.open("rb") as file:
        file.seek(offset)
        header = file.read(HEADER)
    return hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1].hex()
