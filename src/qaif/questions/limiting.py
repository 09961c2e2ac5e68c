"""How often a key may ask: limits as the library `limits` reads them, counted by a sliding window.

The library's own counters read the clock themselves and start a timer's thread; here the time is an argument
and a count is a value, so that the same calls give the same answers. The window is that of its `sliding
window counter`: what was asked in the window before counts by the share of it that lies within a window of
now.
"""

from dataclasses import dataclass
from threading import Lock

from limits import RateLimitItem, parse_many

from qaif.errors import TooOftenError, UsageError

_MOST_KEPT = 100_000
_MOST_LIMITS = 5


@dataclass(frozen=True)
class Count:
    """What was asked in the window that is, and in the one before.

    Attributes:
        window: the number of the window that is.
        now, before: how much was asked in each.
    """

    window: int = 0
    now: int = 0
    before: int = 0


@dataclass(frozen=True)
class Taken:
    """The answer to a request.

    Attributes:
        allowed: it may go on.
        limit: the limit that is nearest to its end, in words.
        amount: what it allows in its window.
        remaining: how much of it is left.
        seconds: until it is allowed; 0 where it is.
    """

    allowed: bool
    limit: str
    amount: int
    remaining: int
    seconds: float


def parsed(text: str) -> tuple[RateLimitItem, ...]:
    """Limits in words, such as `10/second; 1000/day`; none for an empty text.

    Raises:
        UsageError: they cannot be read, or are more than five.
    """
    if not text.strip():
        return ()
    try:
        found = tuple(parse_many(text))
    except ValueError:
        found = ()
    if not 0 < len(found) <= _MOST_LIMITS or any(each.amount < 1 or each.multiples < 1 for each in found):
        raise UsageError(
            f"{text[:100]!r} are no limits.", way_out="Write such as '10/second' or '10/second; 1000/day'."
        )
    return found


def taken(count: Count, limit: RateLimitItem, cost: int, now: float) -> tuple[Count, Taken]:
    """Ask for some of a limit at a time; what is counted from then on, and the answer.

    Args:
        count: what was asked so far.
        limit: the limit.
        cost: how much is asked for, 1 or more.
        now: seconds since whenever, the same at each call.
    """
    length = limit.get_expiry()
    moved = _moved(count, int(now // length))
    share = 1 - (now % length) / length
    used = int(moved.now + moved.before * share)  # what is less than one is none, as the library has it
    allowed = used + cost <= limit.amount
    after = Count(moved.window, moved.now + cost, moved.before) if allowed else moved
    left = max(0, int(limit.amount - after.now - after.before * share))
    wait = 0.0 if allowed else _wait(moved, limit.amount - cost, length, now)
    return after, Taken(allowed, _words(limit), limit.amount, left, wait)


class Limiter:
    """Counts for many callers, in memory; safe from several threads."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Count] = {}
        self._parsed: dict[str, tuple[RateLimitItem, ...]] = {}
        self._lock = Lock()

    def take(self, who: str, limits: str, cost: int, now: float) -> Taken | None:
        """Ask for some of a caller's limits: of all of them or of none.

        Args:
            who: the caller, such as the prefix of a key.
            limits: in words; see `parsed`.
            cost: how much, such as the number of addresses in a batch.
            now: seconds, such as of `time.monotonic()`.

        Returns:
            The answer by the limit that refuses, or else by the one that is nearest to its end; None where
            there is no limit.
        """
        with self._lock:
            if limits not in self._parsed:
                self._parsed[limits] = parsed(limits)
            tried = [(_words(each), self._try(who, each, cost, now)) for each in self._parsed[limits]]
            if not tried:
                return None
            answers = [answer for _, (_, answer) in tried]
            refused = [each for each in answers if not each.allowed]
            if refused:
                return max(refused, key=lambda each: each.seconds)
            self._forget_some()
            self._counts.update({(who, name): count for name, (count, _) in tried})
            return min(answers, key=lambda each: each.remaining / each.amount)

    def require(self, who: str, limits: str, cost: int, now: float) -> Taken | None:
        """Ask, and refuse where it is too much.

        Raises:
            TooOftenError: it is; it says when to ask again.
        """
        answer = self.take(who, limits, cost, now)
        if answer is not None and not answer.allowed:
            seconds = int(answer.seconds) + 1
            raise TooOftenError(
                f"More than {answer.limit} was asked.",
                way_out=f"Ask again in {seconds} seconds.",
                seconds=seconds,
            )
        return answer

    def _try(self, who: str, limit: RateLimitItem, cost: int, now: float) -> tuple[Count, Taken]:
        return taken(self._counts.get((who, _words(limit)), Count()), limit, cost, now)

    def _forget_some(self) -> None:
        if len(self._counts) > _MOST_KEPT:
            for each in list(self._counts)[: _MOST_KEPT // 2]:
                del self._counts[each]


def _words(limit: RateLimitItem) -> str:
    return f"{limit.amount} per {limit.multiples} {limit.GRANULARITY.name}"


def _moved(count: Count, window: int) -> Count:
    if window == count.window:
        return count
    return Count(window, 0, count.now if window == count.window + 1 else 0)


def _wait(count: Count, room: int, length: int, now: float) -> float:
    """Seconds until less than `room` and one more counts; the length of two windows where that never is."""
    if room < 0:
        return 2.0 * length
    into = now % length
    if count.now <= room:
        return max(0.0, length * (1 - (room + 1 - count.now) / count.before) - into)
    return length - into + length * (1 - (room + 1) / count.now)
