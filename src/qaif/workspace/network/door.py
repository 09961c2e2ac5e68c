"""The one door to the network. It opens only to a place that the user named in this run.

The command line makes a `Door` of the places that the user named, and hands it down; questions and feeds ask
it for a connection. A test reads all of Qaif's source: no module outside of this package can open one.
"""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from qaif.errors import NetworkClosedError
from qaif.workspace.network.manner import Manner
from qaif.workspace.network.over_http import OverHttp
from qaif.workspace.network.over_lines import Call, OverLines
from qaif.workspace.network.over_mail import OverMail
from qaif.workspace.network.over_zmq import OverZmq
from qaif.workspace.network.pace import Counts
from qaif.workspace.network.places import Place
from qaif.workspace.network.remembered import Remembered
from qaif.workspace.network.repeating import Waits, unheard
from qaif.workspace.network.tls import FirstSeen


class Door:
    """Makes connections to named places, and none to others.

    Args:
        named: each place that the user named, and how it is to be reached. None by default: closed.
        remembered: the workspace's memory; without one, no certificate is taken that nobody signed.
        waits: told of pauses before a request is made again.

    Raises:
        UsageError: a name is no place.
    """

    def __init__(
        self,
        named: Mapping[str, Manner] | None = None,
        remembered: Remembered | None = None,
        waits: Waits = unheard,
    ) -> None:
        self._remembered, self._waits = remembered, waits
        self._named = {Place.parse(text): manner for text, manner in (named or {}).items()}
        self._opened: list[tuple[Place, OverHttp | OverLines]] = []
        self._listening: list[OverZmq] = []

    def http(self, place: str, *, purpose: str, basic: tuple[str, str] | None = None) -> OverHttp:
        """A place of `http` or `https`, with a connection of its own through the proxy if one is set.

        Args:
            place: as the user named it.
            purpose: what for, in words.
            basic: user and password of the server.

        Raises:
            NetworkClosedError: the user named no such place.
        """
        found, manner = self._named_place(place, purpose, ("http", "https"))
        made = OverHttp(found, manner, manner.fresh_proxy(), basic, self._waits)
        self._opened.append((found, made))
        return made

    def calls(self, place: str, *, purpose: str, greeting: Sequence[Call] = ()) -> OverLines:
        """A place of `tcp` or `tls` that speaks JSON-RPC in lines; the connection is made at the first call.

        Args:
            place: as the user named it.
            purpose: what for, in words.
            greeting: calls that come first on each connection, such as `server.version`.

        Raises:
            NetworkClosedError: the user named no such place.
        """
        found, manner = self._named_place(place, purpose, ("tcp", "tls"))
        first_seen = None if self._remembered is None else FirstSeen(found, self._remembered)
        made = OverLines(found, manner, manner.fresh_proxy(), first_seen, greeting, self._waits)
        self._opened.append((found, made))
        return made

    def announcements(self, place: str, topics: Sequence[str], *, purpose: str) -> OverZmq:
        """What a node publishes at a place of `tcp`.

        Raises:
            NetworkClosedError: the user named no such place.
            UsageError: a proxy is set for it.
        """
        found, manner = self._named_place(place, purpose, ("tcp",))
        made = OverZmq(found, manner, topics)
        self._listening.append(made)
        return made

    def mail(self, place: str, *, purpose: str, login: tuple[str, str] | None = None) -> OverMail:
        """A server that takes mail, at a place of `smtp` or `smtps`.

        Raises:
            NetworkClosedError: the user named no such place.
            UsageError: a proxy is set for it.
        """
        found, manner = self._named_place(place, purpose, ("smtp", "smtps"))
        return OverMail(found, manner, login)

    def counts(self) -> dict[str, Counts]:
        """What was asked of each place so far, and what it took; several connections to one add up."""
        out: dict[str, Counts] = {}
        for place, made in self._opened:
            out[str(place)] = out.get(str(place), Counts()) + made.tally.counts
        return out

    def close(self) -> None:
        """Let go of all connections."""
        for _, made in self._opened:
            made.close()
        for listening in self._listening:
            listening.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _named_place(self, text: str, purpose: str, schemes: tuple[str, ...]) -> tuple[Place, Manner]:
        place = Place.parse(text)
        if place not in self._named or place.scheme not in schemes:
            raise NetworkClosedError(
                f"Qaif reaches only places that you name: {purpose} from {place} was refused.",
                way_out="Name the source on the command line, or bring the data as files.",
                place=str(place),
            )
        return place, self._named[place]
