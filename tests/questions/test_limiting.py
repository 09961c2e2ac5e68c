"""Limits by key: beside the library's own counter, and a plain count of what was let through."""

from random import Random
from typing import Any

import pytest
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from qaif.errors import TooOftenError, UsageError
from qaif.questions.limiting import Count, Limiter, parsed, taken


def test_no_more_than_the_limit_within_a_window_and_then_again() -> None:
    limiter = Limiter()
    assert [limiter.take("a", "3/minute", 1, 60.0 + n) for n in range(4)][-1] is not None
    answers = [limiter.take("b", "3/minute", 1, 60.0 + n) for n in range(4)]
    assert [each.allowed for each in answers if each] == [True, True, True, False]
    assert [each.remaining for each in answers if each] == [2, 1, 0, 0]
    refused = answers[3]
    assert refused is not None
    again = limiter.take("b", "3/minute", 1, 63.0 + refused.seconds + 0.001)
    assert again is not None
    assert again.allowed
    too_soon = limiter.take("a", "3/minute", 1, 63.0 + refused.seconds - 0.001)
    assert too_soon is not None
    assert not too_soon.allowed


def test_many_at_once_cost_as_many() -> None:
    limiter = Limiter()
    assert limiter.require("a", "100/second", 100, 5.0) is not None
    with pytest.raises(TooOftenError) as refused:
        limiter.require("a", "100/second", 1, 5.0)
    assert refused.value.details == {"seconds": 2}
    with pytest.raises(TooOftenError):
        limiter.require("b", "100/second", 101, 5.0)  # more than ever
    assert limiter.take("c", "", 1_000_000, 5.0) is None


def test_all_limits_are_asked_and_a_refused_request_costs_nothing() -> None:
    limiter = Limiter()
    for second in range(4):
        assert limiter.require("a", "2/second; 4/minute", 1, 600.0 + second) is not None
    with pytest.raises(TooOftenError, match="4 per 1 minute"):
        limiter.require("a", "2/second; 4/minute", 1, 604.0)
    for _ in range(2):
        assert limiter.require("b", "2/second; 4/minute", 1, 600.0) is not None
    for _ in range(50):
        with pytest.raises(TooOftenError, match="2 per 1 second"):
            limiter.require("b", "2/second; 4/minute", 1, 600.0)
    assert limiter.require("b", "2/second; 4/minute", 2, 602.0) is not None


@pytest.mark.parametrize(
    "text", ["often", "0/second", "5", "-1/second", "5/second;;x", ";".join(["1/day"] * 6)]
)
def test_what_is_no_limit(text: str) -> None:
    with pytest.raises(UsageError, match="no limits"):
        parsed(text)


def test_the_same_as_the_librarys_own_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its counter reads the clock, so the clock is set."""
    clock = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: clock[0])
    chance = Random(3)  # noqa: S311  a test's dice
    item, theirs = parse("7/10 seconds"), SlidingWindowCounterRateLimiter(MemoryStorage())
    count, let, refused = Count(), 0, 0
    for _ in range(400):
        clock[0] += chance.uniform(0, chance.choice((0.1, 1, 3)))
        count, ours = taken(count, item, 1, clock[0])
        expected: Any = theirs.hit(item, "who")
        assert ours.allowed is expected
        let, refused = let + ours.allowed, refused + (not ours.allowed)
    assert let > 50
    assert refused > 50


def test_it_never_lets_through_more_than_twice_the_limit_in_any_window_and_says_when_to_return() -> None:
    chance = Random(4)  # noqa: S311  a test's dice
    item, count, now, times = parse("20/minute"), Count(), 0.0, list[float]()
    for _ in range(2_000):
        now += chance.expovariate(1)
        before = count
        count, answer = taken(count, item, 1, now)
        if answer.allowed:
            times.append(now)
        else:
            assert count.now == before.now or count.window != before.window
            assert taken(count, item, 1, now + answer.seconds + 1e-6)[1].allowed
            assert (
                answer.seconds < 1e-6
                or not taken(count, item, 1, now + answer.seconds * 0.99 - 1e-6)[1].allowed
            )
    assert len(times) > 100
    for window in range(int(now // 60)):
        assert sum(60 * window <= each < 60 * (window + 1) for each in times) <= 20
