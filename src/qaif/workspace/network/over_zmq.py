"""What a node publishes over ZMQ, by pyzmq."""

from collections.abc import Sequence

import zmq

from qaif.errors import SourceError, SourceShapeError, UsageError
from qaif.feeds.wire import Announcement
from qaif.workspace.network.manner import Manner
from qaif.workspace.network.places import Place

_MOST_WAITING = 10_000
_MOST_BYTES = 64 << 20
_LONGEST_PAUSE_MS = 5_000
_COUNTER = 4


class OverZmq:
    """What `feeds.wire.Announcements` asks for, from one place that the user named. Only `Door` makes it.

    The connection is made in the background and made again when it breaks; what was published meanwhile is
    lost, and shows as a gap in the numbers.

    Args:
        place: the publisher.
        manner: how it is reached.
        topics: what to listen to, such as `hashblock`.

    Raises:
        UsageError: a proxy is set for it.
        SourceError: there can be no such connection.
    """

    def __init__(self, place: Place, manner: Manner, topics: Sequence[str]) -> None:
        if manner.proxy is not None:
            raise UsageError(f"What {place} publishes is not reached through a proxy.", place=str(place))
        self._place = place
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.SUB)
        try:
            self._socket.setsockopt(zmq.LINGER, 0)
            self._socket.setsockopt(zmq.RCVHWM, _MOST_WAITING)
            self._socket.setsockopt(zmq.MAXMSGSIZE, _MOST_BYTES)
            self._socket.setsockopt(zmq.RECONNECT_IVL_MAX, _LONGEST_PAUSE_MS)
            self._socket.setsockopt(zmq.IPV6, 1)
            for topic in topics:
                self._socket.setsockopt(zmq.SUBSCRIBE, topic.encode("ascii"))
            self._socket.connect(f"tcp://{place.netloc}")
        except zmq.ZMQError as error:
            self.close()
            raise SourceError(f"{place} cannot be listened to: {error}.", place=str(place)) from error

    def next(self, seconds: float) -> Announcement | None:
        """The next message, or None if none came in that time; see `Announcements`.

        Raises:
            SourceShapeError: a message is not of a node's three parts.
        """
        if not self._socket.poll(round(seconds * 1_000)):
            return None
        parts = self._socket.recv_multipart(zmq.NOBLOCK)
        if len(parts) != 3 or len(parts[2]) != _COUNTER or not parts[0].isascii():  # noqa: PLR2004  as published
            raise SourceShapeError(
                f"{self._place} publishes what no node does: {len(parts)} parts.",
                way_out="See to it that this is the node's own address for -zmqpub messages.",
                place=str(self._place),
            )
        return Announcement(parts[0].decode("ascii"), parts[1], int.from_bytes(parts[2], "little"))

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()
        self._context.term()
