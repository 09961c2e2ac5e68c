"""What every kind of connection has in common: its pace, its counts, and how often a request is made.

A request that failed in passing is made again after a pause, by stamina. Whoever watches is told of a pause
that would otherwise look like a standstill.
"""

import time
from collections.abc import Callable, Iterable
from threading import local
from typing import TypeVar

import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from qaif.workspace.network.manner import Manner, Proxy
from qaif.workspace.network.pace import Pace, Tally
from qaif.workspace.network.places import Place
from qaif.workspace.network.reach import Reaching

QUIET_SECONDS = 2.0
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
Result = TypeVar("Result")
Waits = Callable[[str], None]  # told in one line what is waited for, why, and how long


def unheard(line: str) -> None:
    """Pauses that nobody hears of."""


class Repeating:
    """One place, and requests to it.

    Args:
        place: the server.
        manner: how it is reached.
        proxy: through what, with the user and password of this source.
        waits: told of pauses.

    Attributes:
        pace, tally, reaching: what spaces requests, counts them, and makes connections.
    """

    def __init__(self, place: Place, manner: Manner, proxy: Proxy | None, waits: Waits = unheard) -> None:
        self._place, self._manner, self._waits = place, manner, waits
        self.pace, self.tally = Pace(manner.requests_a_second), Tally()
        self.reaching = Reaching(proxy)

    def run(
        self, passing: Callable[[float, Exception], bool | float], one_try: Callable[[int], Result]
    ) -> Result:
        """Make a request until it is answered.

        Args:
            passing: from the time at which all tries must end, and an error: whether to try again, or after
                how many seconds.
            one_try: makes it; told whether it is made again (1) or for the first time (0).

        Raises:
            Exception: the last try's, or one that did not pass.
        """
        for attempt in self._tries(passing):
            with attempt:
                return one_try(int(attempt.num > 1))
        raise AssertionError("stamina ended without a result or an error")

    def _tries(self, passing: Callable[[float, Exception], bool | float]) -> Iterable[stamina.Attempt]:
        manner, began = self._manner, time.monotonic()
        deadline = began + manner.total_seconds
        self.reaching.until.moment = deadline
        _WATCHED.pause = lambda details: self._pause(began, details)
        return stamina.retry_context(
            on=lambda error: passing(deadline, error),
            attempts=manner.tries,
            timeout=manner.total_seconds,
            wait_initial=manner.first_pause,
            wait_max=manner.longest_pause,
            wait_jitter=manner.first_pause,
        )

    def _pause(self, began: float, details: RetryDetails) -> None:
        """Tell of a pause, where it is long or what was waited before is."""
        if time.monotonic() - began + details.wait_for < QUIET_SECONDS:
            return
        when = f"in {details.wait_for:.0f} seconds" if details.wait_for >= 1 else "now"
        self._waits(
            f"{self._place} did not answer ({why_of(details.caused_by)}): it is asked again {when}, for the"
            f" {_nth(details.retry_num + 1)} time of at most {self._manner.tries}."
        )


def why_of(error: Exception) -> str:
    """What an error says, or its kind where it says nothing; without a full stop."""
    return (str(error) or type(error).__name__).rstrip(".")


def _nth(number: int) -> str:
    return f"{number}{_ENDINGS.get(number, 'th')}"


class _Watched(local):
    """Who is told of this thread's pauses; nobody as long as no request was made."""

    pause: Callable[[RetryDetails], None] | None = None


_WATCHED = _Watched()


def _paused(details: RetryDetails) -> None:
    if _WATCHED.pause is not None:
        _WATCHED.pause(details)


set_on_retry_hooks((_paused,))  # in place of stamina's own, which would log what was asked
