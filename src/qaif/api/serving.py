"""The service on a socket: what it listens on, and how it stops."""

import sys
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from qaif.api.app import Settings, make_app
from qaif.errors import UsageError
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace
from qaif.workspace.service_key import service_key

GRACE_SECONDS = 20
_BACKLOG = 2_048


@dataclass(frozen=True)
class Listening:
    """Where a service listens.

    Attributes:
        host: an address of this machine.
        port: 0 for a free one.
    """

    host: str = "127.0.0.1"
    port: int = 8730


def settings_of(path: Path) -> Settings:
    """The settings of a workspace's service; its records are brought to the newest schema first.

    Raises:
        NotFoundError: there is no workspace.
        StoreError: its records cannot be used.
    """
    workspace = Workspace.open(path)
    Records.open(workspace.path).close()
    return Settings(workspace.path, service_key(workspace))


def serve_workspace(path: Path, listening: Listening) -> None:
    """Serve until the process is told to stop; requests that are being answered are finished first.

    Raises:
        NotFoundError: there is no workspace.
        UsageError: the port cannot be had.
    """
    config = uvicorn.Config(
        make_app(settings_of(path)),
        host=listening.host,
        port=listening.port,
        backlog=_BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        socket = config.bind_socket()
    except SystemExit:
        raise UsageError(
            f"{listening.host} port {listening.port} cannot be listened on.",
            way_out="Name another with --port.",
        ) from None
    host, port = socket.getsockname()[:2]
    sys.stderr.write(f"qaif: listening on http://{host}:{port}\n")
    uvicorn.Server(config).run(sockets=[socket])
