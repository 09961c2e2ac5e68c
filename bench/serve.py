"""Single direct screenings a second over HTTP, beside a bare FastAPI handler in the same run.

Usage: python bench/serve.py [seconds] [connections]

The service has a made list of 700 addresses, keys and the audit log on; each request asks about another address.
The load comes from a process of its own over connections that stay open, each with one request on its way.
Afterwards three times as many connections as the service was told to carry ask at once: what is counted is
every status, and every answer that is not 200, 429 or 503.
"""

import asyncio
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from qaif.chain.addresses import address_of
from qaif.feeds.networks import NETWORKS
from qaif.questions.keys import KeyWanted, new_key
from qaif.questions.lists import import_list
from qaif.questions.users import add_user
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace

BARE = """
import sys, uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel
class Body(BaseModel):
    address: str
    policy: str = ""
app = FastAPI()
@app.post("/v1/screen/direct")
async def one(body: Body):
    return Response(b'{"verdict":"NO_DIRECT_HIT"}', media_type="application/json")
class Says(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("listening on http://127.0.0.1:%d" % self.servers[0].sockets[0].getsockname()[1], file=sys.stderr, flush=True)
Says(uvicorn.Config(app, port=0, log_config=None, access_log=False)).run()
"""


class Client(asyncio.Protocol):
    """One connection with one request on its way."""

    def __init__(self, requests, counts, delays, ends):
        self.requests, self.counts, self.delays, self.ends = requests, counts, delays, ends
        self.buffer, self.done = b"", asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.send()

    def send(self):
        if time.perf_counter() >= self.ends:
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(next(self.requests))

    def data_received(self, data):
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self.delays.append(time.perf_counter() - self.began)
        status = head[9:12].decode()
        wrong = status == "200" and b"NO_DIRECT_HIT" not in body and b"UNKNOWN" not in body
        self.counts["wrong" if wrong else status] = self.counts.get("wrong" if wrong else status, 0) + 1
        self.buffer = b""
        self.send()

    def connection_lost(self, _):
        if not self.done.done():
            self.done.set_result(None)


def addresses(seed):
    """Endless valid addresses, each another."""
    network, number = NETWORKS["mainnet"], 0
    while True:
        number += 1
        name = hashlib.sha256(f"{seed} {number}".encode()).digest()[:20]
        script = (b"\x00\x14" + name) if number % 2 else (b"\x76\xa9\x14" + name + b"\x88\xac")
        yield address_of(script, network)


def requests(key, seed, many):
    """Requests made before the clock runs."""
    source, out = addresses(seed), []
    for _ in range(many):
        body = json.dumps({"address": next(source), "policy": "us-exchange"}).encode()
        out.append(
            b"POST /v1/screen/direct HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (key, len(body), body)
        )
    while True:
        yield from out


async def load(port, key, seconds, connections):
    """Ask for some seconds; counts by status, and delays."""
    counts, delays, made = {}, [], requests(key.encode(), port, 30_000)
    next(made)
    loop, ends, clients, refused = asyncio.get_running_loop(), time.perf_counter() + seconds, [], 0
    for _ in range(connections):
        try:
            _, client = await loop.create_connection(
                lambda: Client(made, counts, delays, ends), "127.0.0.1", port
            )
            clients.append(client)
        except OSError:
            refused += 1
    await asyncio.gather(*(client.done for client in clients))
    return counts | ({"refused": refused} if refused else {}), sorted(delays)


def apart(port, key, seconds, connections):
    """The load, in a process of its own."""
    told = json.dumps([port, key, seconds, connections])
    done = subprocess.run(
        [sys.executable, __file__, "--load", told], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def started(command):
    """A server, and its port."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "listening on" in line:
            return process, int(line.strip().rsplit(":", 1)[1])
    raise SystemExit("the server did not start")


def workspace(folder):
    """A workspace with a list, a user and a key."""
    made = Workspace.create(folder / "w")
    source = addresses("listed")
    now = datetime.now(UTC)
    common = {"datasets": ["us_ofac_sdn"], "last_seen": now.isoformat()[:19], "referents": []}
    rows = []
    for number in range(700):
        holder = {"name": [f"Listed {number}"], "topics": ["sanction"]}
        wallet = {"publicKey": [next(source)], "currency": ["XBT"], "holder": [f"NK-{number}"]}
        act = {
            "entity": [f"NK-{number}"],
            "program": ["SDGT"],
            "startDate": ["2020-01-01"],
            "country": ["us"],
        }
        rows += [
            {**common, "id": f"NK-{number}", "schema": "Organization", "properties": holder},
            {**common, "id": f"wallet-{number}", "schema": "CryptoWallet", "properties": wallet},
            {**common, "id": f"act-{number}", "schema": "Sanction", "properties": act},
        ]
    path = folder / "us_ofac_sdn.ftm.json"
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    import_list(made.path, path, now)
    with Records.open(made.path) as records:
        add_user(records, "desk", "analyst", None, "bench", now)
        key = new_key(records, KeyWanted(user="desk", name="bench", scopes=("screen",)), "bench", now)
    return made.path, key.key


def row(name, seconds, told):
    """One row of the table."""
    counts, delays = told
    rate = sum(counts.values()) / seconds
    p50, p99 = (delays[int(len(delays) * share)] * 1_000 for share in (0.5, 0.99))
    return f"| {name} | {rate:,.0f} | {p50:.1f} | {p99:.1f} | {counts} |"


def main(seconds=10, connections=64):
    """Print the table."""
    with tempfile.TemporaryDirectory() as temporary:
        place, key = workspace(Path(temporary))
        servers = {
            "bare FastAPI handler": [sys.executable, "-c", BARE],
            "qaif serve, keys and audit on": [
                str(Path(sys.executable).parent / "qaif"),
                "serve",
                "-w",
                str(place),
                "--port",
                "0",
            ],
        }
        print(f"{platform.processor() or platform.machine()}, load {os.getloadavg()[0]:.1f}, {seconds} s")
        print("| server | a second | p50 ms | p99 ms | by status |\n|---|---|---|---|---|")
        for name, command in servers.items():
            process, port = started(command)
            try:
                apart(port, key, 2, connections)
                print(row(name, seconds, apart(port, key, seconds, connections)), flush=True)
                if name.startswith("qaif"):
                    many = 3 * 256
                    print(row(f"{name}, {many} connections", seconds, apart(port, key, seconds, many)))
            finally:
                process.terminate()
                process.wait(30)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        print(json.dumps(asyncio.run(load(*json.loads(sys.argv[2])))))
    else:
        main(*map(int, sys.argv[1:]))
