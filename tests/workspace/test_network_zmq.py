"""A node's announcements through the door, from a real publisher on the loopback."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import zmq

from qaif.errors import SourceShapeError, UsageError
from qaif.feeds.wire import Announcement, Announcements
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner


@contextmanager
def publisher() -> Iterator[tuple["zmq.Socket[bytes]", str]]:
    with zmq.Context() as context, closing(context.socket(zmq.XPUB)) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        yield socket, f"tcp://127.0.0.1:{socket.bind_to_random_port('tcp://127.0.0.1')}"


def listening(door: Door, place: str, socket: "zmq.Socket[bytes]", *topics: str) -> Announcements:
    """Listen, and wait until the publisher knows it."""
    made = door.announcements(place, topics, purpose="a test")
    for _ in topics:
        assert socket.poll(5_000)
        socket.recv()
    return made


def test_announcements_come_with_their_numbers() -> None:
    with publisher() as (socket, place), Door({place: Manner()}) as door:
        heard = listening(door, place, socket, "hashblock", "sequence")
        assert heard.next(0.01) is None
        socket.send_multipart([b"rawtx", b"not asked for", bytes(4)])
        socket.send_multipart([b"hashblock", b"\1" * 32, (7).to_bytes(4, "little")])
        assert heard.next(5) == Announcement("hashblock", b"\1" * 32, 7)
        assert heard.next(0.01) is None


@pytest.mark.parametrize(
    "parts", [[b"hashblock"], [b"hashblock", b"", b"123"], [b"hashblock", b"", b"1234", b""]]
)
def test_what_no_node_publishes_is_an_error(parts: list[bytes]) -> None:
    with publisher() as (socket, place), Door({place: Manner()}) as door:
        heard = listening(door, place, socket, "hashblock")
        socket.send_multipart(parts)
        with pytest.raises(SourceShapeError, match="no node"):
            heard.next(5)


def test_a_proxy_is_refused_rather_than_passed_by() -> None:
    place = "tcp://127.0.0.1:28332"
    with (
        Door({place: Manner(proxy="socks5://127.0.0.1:9050")}) as door,
        pytest.raises(UsageError, match="proxy"),
    ):
        door.announcements(place, ("hashblock",), purpose="a test")
