"""A real Electrum server for a test: e-x (the ElectrumX of Electrum's makers) on top of the bcoin node.

What is to know:
- It demands Bitcoin Core 31 with two indexes; `bcoin_node/node.js` says that it has them. It has the first
  (transactions by id); `gettxspendingprevout` is not there, so only calls that ask who spent an output fail.
- It asks the node for new blocks every 50 milliseconds here; `until(height)` waits for it.
- It forgets blocks of up to `REORG_LIMIT` (200 for regtest) when the chain is reorganised.
- It limits each client by cost; no limit is set here.
- It holds back answers of less than 1,024 bytes for up to a second, to send them together; here for ten
  milliseconds. Nothing else of it is changed.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from peers.bcoin import Bcoin

PATIENCE = 60.0
_RUN = """
import runpy
from electrumx.server.transport import PaddedRSTransport
PaddedRSTransport.WAIT_FOR_BUFFER_GROWTH_SECONDS = 0.01
runpy.run_module("electrumx.cli.electrumx_server", run_name="__main__")
"""


class ElectrumServer:
    """A server that runs.

    Attributes:
        port: of plain TCP on the loopback.
        log: what it says.
    """

    def __init__(self, node: Bcoin, folder: Path) -> None:
        pytest.importorskip("electrumx", reason="e-x has no wheel for this Python")
        self.port = free_port()
        self.log = folder / "e_x.log"
        database = folder / "database"
        database.mkdir(parents=True, exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "COIN": "Bitcoin",
            "NET": "regtest",
            "DB_DIRECTORY": str(database),
            "DAEMON_URL": f"http://{node.user}:{node.password}@127.0.0.1:{node.port}/",
            "DB_ENGINE": "leveldb",
            "SERVICES": f"tcp://127.0.0.1:{self.port}",
            "PEER_DISCOVERY": "off",
            "PEER_ANNOUNCE": "",
            "ALLOW_ROOT": "yes",
            "COST_SOFT_LIMIT": "0",
            "COST_HARD_LIMIT": "0",
            "DAEMON_POLL_INTERVAL_BLOCKS": "50",
            "DAEMON_POLL_INTERVAL_MEMPOOL": "50",
            "REORG_LIMIT": "200",
            "CACHE_MB": "50",
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _RUN],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )
        try:
            self.until(node.height())
        except BaseException:
            self.stop()
            raise

    def until(self, height: int) -> None:
        """Wait until it answers with this height.

        Raises:
            AssertionError: it does not within a minute.
        """
        end, said = time.monotonic() + PATIENCE, None
        while time.monotonic() < end and self._process.poll() is None:
            try:
                said = self.ask("blockchain.headers.subscribe")["height"]
            except OSError:
                said = None
            if said == height:
                return
            time.sleep(0.05)
        raise AssertionError(f"e-x is at {said} and not at {height}:\n{self.log.read_text()[-3000:]}")

    def ask(self, method: str, *params: Any) -> Any:
        """One question over a connection of its own.

        Raises:
            OSError: it does not listen (yet), or hung up.
            AssertionError: it answered with an error.
        """
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            hello = {"method": "server.version", "params": ["test", ["1.4", "1.6"]], "id": 0}
            question = {"method": method, "params": params, "id": 1}
            lines = "".join(json.dumps({"jsonrpc": "2.0", **one}) + "\n" for one in (hello, question))
            connection.sendall(lines.encode())
            with connection.makefile("rb") as answers:
                for line in answers:
                    answer = json.loads(line)
                    if answer.get("id") == 1:
                        assert "error" not in answer, answer["error"]
                        return answer["result"]
        raise ConnectionError("e-x hung up")

    def stop(self) -> None:
        """End it in order, so that its database can be opened again."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)


def free_port() -> int:
    """A port of the loopback that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def e_x(node: Bcoin, folder: Path) -> Iterator[ElectrumServer]:
    """A server while the block lasts."""
    server = ElectrumServer(node, folder)
    try:
        yield server
    finally:
        server.stop()
