"""The one door to the network, and it is closed.

Any source that is added later has to ask here, and only for a place that the user has named. There
is none yet, so every request is refused. A test reads all of Qaif's source and allows the modules
that can open a connection nowhere else.
"""

from typing import NoReturn

from qaif.errors import NetworkClosedError


def knock(purpose: str, place: str) -> NoReturn:
    """Ask for a connection.

    Args:
        purpose: what for, in words.
        place: to where.

    Raises:
        NetworkClosedError: always.
    """
    raise NetworkClosedError(
        f"Qaif does not reach the network: {purpose} from {place} was refused.",
        way_out="Bring the data as files; no source on the network can be named in this version.",
        place=place,
    )
