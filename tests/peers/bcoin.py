"""A real Bitcoin node on regtest for a test: bcoin, in memory, on a free port of the loopback.

What differs from Bitcoin Core, seen here:
- `getblock HASH 2` fails and there is no verbosity 3; ask for the raw block with 0. No REST, no ZMQ: see
  `core_rest.py` and `publisher.py` for Core's shapes on top of this node.
- `getblockchaininfo` has no `initialblockdownload`; an unknown block is error -1 and not -5.
- `invalidateblock` removes the block and all after it for good, empties the mempool, and leaves the shorter
  chain as the best; `reconsiderblock` brings nothing back. For a reorganisation as the network makes it,
  `mine(..., onto=HASH)` builds a longer branch: the old blocks then stay readable by hash.
- CSV and segwit are in force from the first block, as in Core's regtest and unlike bcoin's own.
- The subsidy halves every 150 blocks, and a coinbase is ripe after 100.
"""

import base64
import http.client
import json
import os
import secrets
import select
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from oracle.blockmaker import double
from peers.installed import HERE, packages

TRUE = b"\x51"  # a script that anybody can spend


class NodeError(Exception):
    """The node answered a call with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code


class Bcoin:
    """A node that runs.

    Attributes:
        url: of its JSON-RPC, without the password.
        user, password: for it.
    """

    def __init__(self) -> None:
        self.user, self.password = "test", secrets.token_hex(16)
        environment = {"PATH": os.environ["PATH"], "NODE_BACKEND": "js", "NODE_PATH": str(packages())}
        self._process = subprocess.Popen(
            ["node", str(HERE / "node.js"), self.password],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], 60)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self.stop()
            raise AssertionError("the bcoin node did not start; its error output says why")
        self.port = int(json.loads(line)["port"])
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it at once; with it goes its chain."""
        self._process.kill()
        self._process.wait(60)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def call(self, method: str, *params: Any) -> Any:
        """One call.

        Raises:
            NodeError: it was refused.
        """
        return self.batch([(method, *params)])[0]

    def batch(self, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Several calls in one request: method and parameters of each."""
        asked = [{"method": method, "params": params, "id": i} for i, (method, *params) in enumerate(calls)]
        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
            connection.request("POST", "/", json.dumps(asked), headers)
            answers = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        for answer in answers:
            if answer["error"]:
                raise NodeError(answer["error"]["code"], answer["error"]["message"])
        return [answer["result"] for answer in answers]

    def mine(
        self,
        count: int = 1,
        script: bytes = TRUE,
        *,
        onto: str | None = None,
        empty: bool = False,
        txs: Sequence[bytes] = (),
    ) -> list[str]:
        """So many blocks; their hashes.

        Args:
            count: how many.
            script: that the coinbases pay.
            onto: the hash of a block to build on instead of the tip; the best chain changes when this branch
                gets longer.
            empty: leave the mempool's transactions out.
            txs: put these into the first block beside the mempool's, without asking the mempool.
        """
        found = self.call("mine", count, script.hex(), onto, empty, [raw.hex() for raw in txs])
        return [str(one) for one in found]

    def mine_to(self, address: str, count: int = 1) -> list[str]:
        """So many blocks whose coinbases pay an address; their hashes."""
        return [str(one) for one in self.call("generatetoaddress", count, address)]

    def send(self, raw: bytes) -> str:
        """Put a transaction into the mempool; its id.

        Raises:
            NodeError: it is not accepted.
        """
        return str(self.call("sendrawtransaction", raw.hex()))

    def mempool(self) -> list[str]:
        """Ids of the transactions that wait."""
        return [str(one) for one in self.call("getrawmempool")]

    def invalidate(self, shown: str) -> None:
        """Take this block and all that follow it out of the chain."""
        self.call("invalidateblock", shown)

    def reconsider(self, shown: str) -> None:
        """Let a block come back, when it is given again."""
        self.call("reconsiderblock", shown)

    def submit(self, raw: bytes) -> None:
        """Give it a block.

        Raises:
            NodeError: it is not accepted.
        """
        said = self.call("submitblock", raw.hex())
        if said is not None:
            raise NodeError(-25, str(said))

    def height(self) -> int:
        return int(self.call("getblockcount"))

    def hashes(self, first: int = 0) -> list[str]:
        """The best chain's blocks from a height on."""
        return self.batch([("getblockhash", height) for height in range(first, self.height() + 1)])

    def raw(self, shown: str) -> bytes:
        """A block's bytes."""
        return self.raws([shown])[0]

    def raws(self, shown: Sequence[str]) -> list[bytes]:
        """The bytes of blocks."""
        found = self.batch([("getblock", one, 0) for one in shown])
        blocks = [bytes.fromhex(raw) for raw in found]
        assert [double(raw[:80])[::-1].hex() for raw in blocks] == list(shown)
        return blocks


@contextmanager
def bcoin() -> Iterator[Bcoin]:
    """A node while the block lasts."""
    node = Bcoin()
    try:
        yield node
    finally:
        node.stop()
