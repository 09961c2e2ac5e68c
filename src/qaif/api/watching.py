"""What is told of the running service: metrics as Prometheus reads them, and one line of log a request.

Both know routes, status and time. Neither knows what was asked about, by whom, or from where.
"""

import sys
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts of one service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "qaif_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "qaif_request_seconds", "Time to an answer.", ("route",), buckets=_BUCKETS, registry=self.registry
        )
        self._working = Gauge(
            "qaif_questions_taken", "Questions worked on or waiting.", registry=self.registry
        )
        self._verdicts = Counter(
            "qaif_screenings", "Screenings by verdict.", ("verdict",), registry=self.registry
        )
        self._children: dict[tuple[str, str, int], Any] = {}
        self._times: dict[str, Any] = {}

    def __call__(self, *, request_id: str, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        del request_id
        key = (method, route, status)
        if key not in self._children:
            self._children[key] = self._requests.labels(method, route, str(status))
        if route not in self._times:
            self._times[route] = self._seconds.labels(route)
        self._children[key].inc()
        self._times[route].observe(seconds)

    def taken(self, number: int) -> None:
        """So many questions are worked on or wait."""
        self._working.set(number)

    def screened(self, verdict: str) -> None:
        """Count a screening."""
        self._verdicts.labels(verdict).inc()

    def page(self) -> bytes:
        """The metrics as Prometheus reads them."""
        return generate_latest(self.registry)


def logger() -> Any:
    """A log of JSON lines on standard error."""
    return structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


class RequestLog:
    """Writes one line a request.

    Args:
        log: where to.
        quiet: routes of which only failures are written: a thousand lines a second help nobody.
    """

    def __init__(self, log: Any, quiet: frozenset[str]) -> None:
        self._log, self._quiet = log, quiet

    def __call__(self, *, request_id: str, method: str, route: str, status: int, seconds: float) -> None:
        """Write a request down."""
        if route in self._quiet and status < 400:  # noqa: PLR2004  a failure begins there
            return
        self._log.info(
            "request",
            request_id=request_id,
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1_000, 1),
        )
