"""A real service on a free port of the loopback, in a thread of this process."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import uvicorn

from qaif.api.app import make_app, watching_of, with_front
from qaif.api.hot import HotProtocol
from qaif.api.owner import Owner
from qaif.api.service import Service, Settings
from qaif.screening.policy import Policy

TOKEN = "the-token-of-a-test"  # noqa: S105  no secret


@dataclass
class Served:
    """A running service, and a client of whoever started it."""

    service: Service
    base: str
    http: httpx.Client = field(repr=False)
    clients: list[httpx.Client] = field(default_factory=list)

    def ask(self, name: str, body: Mapping[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Ask a question: with POST where there is a body."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            return self.http.get(f"/v1/{name}", headers=given)
        return self.http.post(f"/v1/{name}", json=body, headers=given)

    def answer(self, name: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """An answer that there must be."""
        got = self.ask(name, body)
        assert got.status_code == 200, got.text
        document = got.json()
        assert isinstance(document, dict)
        return document

    def by(self, key: str) -> httpx.Client:
        """A client with a key of its own; nobody's where it is empty."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        client = httpx.Client(base_url=self.base, headers=headers, timeout=60, trust_env=False)
        self.clients.append(client)
        return client


@contextmanager
def served(
    workspace: Path,
    *,
    policies: Mapping[str, Policy] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    limits: str = "",
    owner: bool = True,
    **more: Any,
) -> Iterator[Served]:
    """Serve a workspace until the block ends."""
    settings = Settings(
        workspace,
        bytes(range(64)),
        policies=policies or {},
        owner=Owner(TOKEN, "tester") if owner else None,
        clock=clock,
        limits=limits,
        **more,
    )
    service = Service(settings)
    watching = watching_of(service)
    config = uvicorn.Config(
        with_front(make_app(service), service, watching),
        http=partial(HotProtocol, service, watching),  # type: ignore[arg-type]  # called as a class is
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        server_header=False,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    headers = {"Authorization": f"Bearer {TOKEN}"} if owner else {}
    try:
        with httpx.Client(base_url=base, headers=headers, timeout=60, trust_env=False) as http:
            running = Served(service, base, http)
            yield running
            for client in running.clients:
                client.close()
    finally:
        server.should_exit = True
        thread.join(30)


def lines(content: bytes) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in content.splitlines()]
