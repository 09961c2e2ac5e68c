"""How fast requests follow each other, and what they came to."""

import time
from dataclasses import astuple, dataclass, field
from threading import Lock


class Pace:
    """Spaces requests evenly.

    Args:
        a_second: at most so many.
    """

    def __init__(self, a_second: float) -> None:
        self._gap = 1 / a_second
        self._next = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Wait for one's turn."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            time.sleep(turn - now)


@dataclass(frozen=True)
class Counts:
    """What was asked of a place, and what it took.

    Attributes:
        requests: tries, repeated ones among them.
        repeated: those after the first of their request.
        sent, received: bytes of bodies or lines, without headers.
        seconds: waiting for the server, without our own pauses.
    """

    requests: int = 0
    repeated: int = 0
    sent: int = 0
    received: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass
class Tally:
    """Counts that grow."""

    counts: Counts = field(default_factory=Counts)
    _lock: Lock = field(default_factory=Lock)

    def add(self, **counts: float) -> None:
        """Add to them, by their names in `Counts`."""
        with self._lock:
            self.counts += Counts(**counts)  # type: ignore[arg-type]  # whole numbers but for the seconds
