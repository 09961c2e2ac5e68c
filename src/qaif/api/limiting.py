"""How often a caller may ask: the `limits` of their key, or the service's own; counted in memory."""

import math
import time

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from qaif.errors import TooOftenError
from qaif.questions.access import Caller


class Limits:
    """Refuses whoever asks too often.

    Args:
        default: for whom nothing else is said, such as `600/minute`; nothing limits them where it is empty.
    """

    def __init__(self, default: str = "") -> None:
        self._default = default
        self._counted = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._read: dict[str, tuple[RateLimitItem, ...]] = {}

    def __call__(self, caller: Caller, weight: int) -> None:
        """Count a question that weighs so much.

        Raises:
            TooOftenError: it is too many.
        """
        told = caller.limits or self._default
        if not told:
            return
        if told not in self._read:
            self._read[told] = tuple(parse_many(told))
        who = f"{caller.name} {caller.via}"
        for each in self._read[told]:
            if not self._counted.hit(each, who, cost=weight):
                again = self._counted.get_window_stats(each, who).reset_time
                seconds = max(1, math.ceil(again - time.time()))
                raise TooOftenError(
                    f"More was asked than {each} allows.", way_out=f"Wait {seconds:,} s.", seconds=seconds
                )
