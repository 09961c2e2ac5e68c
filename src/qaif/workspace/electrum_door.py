"""An Electrum server, through the door to the network."""

from pathlib import Path
from typing import Protocol

from qaif.feeds.electrum.answers import GREETING
from qaif.feeds.electrum.client import Electrum
from qaif.workspace.network.door import Door
from qaif.workspace.responses import Responses


class AtPlace(Protocol):
    """A source by name."""

    @property
    def place(self) -> str:
        """Where it is: `tcp://HOST:PORT` or `tls://HOST:PORT`."""


def electrum(source: AtPlace, door: Door, workspace: Path) -> Electrum:
    """A client of an Electrum server.

    Args:
        source: which.
        door: open to its place.
        workspace: the workspace's folder, where its answers are kept.

    Raises:
        NetworkClosedError: the door is not open to it.
    """
    calls = door.calls(source.place, purpose="histories of addresses", greeting=[GREETING])
    return Electrum(calls, source.place, Responses(workspace))
