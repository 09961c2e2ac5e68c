"""The service on a socket: what it listens on, who may come in at once, and how it stops."""

import ipaddress
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from qaif.api.app import make_app, watching_of, with_front
from qaif.api.hot import HotProtocol
from qaif.api.owner import Owner
from qaif.api.page_routes import built_pages
from qaif.api.service import Service, Settings
from qaif.errors import UsageError
from qaif.questions.analyst import analyst_named
from qaif.records.accounts import every_user
from qaif.records.engine import Records
from qaif.screening.policy import policy_named
from qaif.workspace.folder import Workspace
from qaif.workspace.service_key import service_key

GRACE_SECONDS = 20
NAMELESS = "owner"  # in whose name things are entered where no name was given
_BACKLOG = 2_048


@dataclass(frozen=True)
class Listening:
    """Where and how a service listens.

    Attributes:
        host: an address of this machine.
        port: 0 for a free one.
        policies: files of policies besides those that come with the program.
        limits: how often a caller may ask, such as `600/minute`; empty for no limit.
        at_once: questions worked on at a time.
    """

    host: str = "127.0.0.1"
    port: int = 8730
    policies: Sequence[str] = ()
    limits: str = ""
    at_once: int = 2


def serve_workspace(path: Path, listening: Listening, by: str | None) -> None:
    """Serve until the process is told to stop; requests that are being answered are finished first.

    Raises:
        NotFoundError: there is no workspace.
        UsageError: the port cannot be had, or others could come in and nobody has a key.
    """
    workspace = Workspace.open(path)
    owner = _owner(workspace, listening, by)
    named = [policy_named(each) for each in listening.policies]
    settings = Settings(
        workspace.path,
        service_key(workspace),
        policies={each.name: each for each in named},
        owner=owner,
        limits=listening.limits,
        at_once=listening.at_once,
        pages=built_pages(),
    )
    service = Service(settings)
    watching = watching_of(service)
    config = uvicorn.Config(
        with_front(make_app(service), service, watching),
        http=partial(HotProtocol, service, watching),  # type: ignore[arg-type]  # called as a class is
        host=listening.host,
        port=listening.port,
        backlog=_BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _run(config, owner)


def _run(config: uvicorn.Config, owner: Owner | None) -> None:
    """Serve; the loop makes its own socket: one that is handed to it sends each answer in two halves."""
    try:
        _Server(config, owner).run()
    except SystemExit:
        raise UsageError(
            f"{config.host} port {config.port} cannot be listened on.", way_out="Name another with --port."
        ) from None


class _Server(uvicorn.Server):
    """Says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, owner: Owner | None) -> None:
        super().__init__(config)
        self._owner = owner

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Begin to listen, and say so on standard error."""
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        place = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        sys.stderr.write(f"qaif: listening on {place}\n")
        if self._owner is not None:
            sys.stderr.write(f"qaif: open {place}/#token={self._owner.token}\n")
        sys.stderr.flush()


def _owner(workspace: Workspace, listening: Listening, by: str | None) -> Owner | None:
    """Whoever starts a service of their own, for this machine alone, where the workspace has no users.

    Raises:
        UsageError: others could come in, and nobody has a key.
    """
    with Records.open(workspace.path) as records, records.reading() as connection:
        users = every_user(connection)
    if users:
        return None
    if not _is_loopback(listening.host):
        raise UsageError(
            f"{listening.host} can be reached from other machines, and this workspace has no users.",
            way_out="Add one (`qaif user add`) and a key (`qaif key new`), or listen on 127.0.0.1.",
        )
    try:
        name = analyst_named(by)
    except UsageError:
        name = NAMELESS
    return Owner(secrets.token_urlsafe(32), name)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
