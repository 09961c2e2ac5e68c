"""Where questions are worked on: a few threads and a short queue; what does not fit is told so at once."""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from qaif.errors import ServiceBusyError

ResultT = TypeVar("ResultT")


class Workers:
    """Runs questions in threads.

    Args:
        at_once: how many at a time.
        waiting: how many may wait for that.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once, self._most = at_once, at_once + waiting
        self._limiter: CapacityLimiter | None = None
        self.taken = 0

    async def run(self, work: Callable[[], ResultT], *, patient: bool = False) -> ResultT:
        """Run something in a thread, and give what it gives; what is patient waits however many do.

        Raises:
            ServiceBusyError: too many wait.
        """
        if self.taken >= self._most and not patient:
            raise ServiceBusyError(
                "The service has as much to do as it takes on.", way_out="Try again later."
            )
        if self._limiter is None:
            self._limiter = CapacityLimiter(self._at_once)
        self.taken += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self.taken -= 1
