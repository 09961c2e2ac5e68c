"""A client of the service, for programs: what is asked about stands in bodies, never in a URL.

    with Client("http://127.0.0.1:8730", key) as qaif:
        answer = qaif.screen_directly("bc1q...", policy="eu-exchange")
        if answer["verdict"] != "NO_DIRECT_HIT":
            ...

Answers are what `/v1/openapi.json` describes. A verdict is one of three, and none of them is "clear": where
the service cannot answer there is no answer at all, but an error.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, TypedDict, cast

import httpx

Verdict = Literal["HIT", "NO_DIRECT_HIT", "UNKNOWN"]
Outcome = Literal["none", "alert", "hold"]
Json = dict[str, Any]
_BATCH = 10_000


class Screened(TypedDict):
    """What every screening has; the rest is as OpenAPI describes it."""

    layer: str
    as_of: Json | None
    coverage: Json
    address: str
    verdict: Verdict
    said: str
    time: str
    listings: list[Json]
    rules: list[Json]
    faults: list[Json]


class Direct(Screened):
    """A screening of direct matches alone."""

    outcome_at_least: Outcome
    rules_not_tried: list[str]


class Full(Screened):
    """A screening that looked at dealings too."""

    policy_outcome: Outcome
    contacts: list[Json]


class ServiceError(Exception):
    """The service did not answer; there is no verdict.

    Args:
        status: of HTTP.
        code: the stable code, as in docs/reference/errors.md.
        message: what was wrong.
        way_out: what to do about it.
        request_id: by which the service's log names it.
        retry_after: seconds after which to ask again, where the service says so.
    """

    def __init__(self, status: int, told: Mapping[str, Any], retry_after: int | None) -> None:
        super().__init__(f"{status} {told.get('code', '')}: {told.get('title', '')}".strip())
        self.status, self.code = status, str(told.get("code", ""))
        self.message, self.way_out = str(told.get("title", "")), str(told.get("way_out", ""))
        self.request_id, self.retry_after = str(told.get("request_id", "")), retry_after


@dataclass(frozen=True)
class Again:
    """An answer that was had, and how to ask whether it is still the same."""

    answer: Json
    place: str
    tag: str


class Client:
    """One service.

    Args:
        base: where it is.
        key: what it is asked with.
        timeout: seconds for one answer.
    """

    def __init__(self, base: str, key: str, timeout: float = 60.0) -> None:
        headers = {"Authorization": f"Bearer {key}", "Accept": "*/*"}
        self._http = httpx.Client(base_url=base, headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def screen_directly(
        self, address: str, policy: str = "research-desk", transfer: Mapping[str, Any] | None = None
    ) -> Direct:
        """Screen for direct matches.

        Raises:
            ServiceError: there is no answer.
        """
        return cast("Direct", self.ask("screen/direct", _screening(address, policy, transfer)))

    def screen(
        self, address: str, policy: str = "research-desk", transfer: Mapping[str, Any] | None = None
    ) -> Full:
        """Screen for dealings too.

        Raises:
            ServiceError: there is no answer.
        """
        return cast("Full", self.ask("screen", _screening(address, policy, transfer)))

    def screen_many(
        self, addresses: Iterable[str], policy: str = "research-desk", *, full: bool = False
    ) -> Iterator[tuple[str, Screened | None, Json | None]]:
        """Screen any number, in batches: each with its answer, or with the error that it has instead.

        Raises:
            ServiceError: a batch is not answered.
            EOFError: a batch ended before its last row; what was not answered is not answered.
        """
        waiting: list[str] = []
        for address in addresses:
            waiting.append(address)
            if len(waiting) == _BATCH:
                yield from self._batch(waiting, policy, full=full)
                waiting = []
        if waiting:
            yield from self._batch(waiting, policy, full=full)

    def ask(self, question: str, body: Mapping[str, Any] | None = None) -> Json:
        """Ask any question of `/v1/openapi.json`, by its path after `/v1/`.

        Raises:
            ServiceError: there is no answer.
        """
        return self.ask_again_later(question, body).answer

    def ask_again_later(self, question: str, body: Mapping[str, Any] | None = None) -> Again:
        """Ask, and keep what it takes to ask later whether the answer is still the same.

        Raises:
            ServiceError: there is no answer.
        """
        method = "GET" if body is None else "POST"
        got = _good(self._http.request(method, f"/v1/{question}", json=body))
        return Again(got.json(), got.headers.get("content-location", ""), got.headers.get("etag", ""))

    def still(self, before: Again) -> Again | None:
        """The answer as it is now; None where it is the same.

        Raises:
            ServiceError: there is no answer.
        """
        got = self._http.get(before.place, headers={"If-None-Match": before.tag})
        if got.status_code == httpx.codes.NOT_MODIFIED:
            return None
        _good(got)
        return Again(got.json(), before.place, got.headers.get("etag", ""))

    def _batch(
        self, addresses: list[str], policy: str, *, full: bool
    ) -> Iterator[tuple[str, Screened | None, Json | None]]:
        body = {
            "policy": policy,
            "depth": "full" if full else "direct",
            "rows": [{"address": each} for each in addresses],
        }
        done = 0
        with self._http.stream("POST", "/v1/screen/batch", json=body) as got:
            if got.is_error:
                got.read()
            for line in _good(got).iter_lines():
                row = json.loads(line)
                done += 1
                yield addresses[row["row"] - 1], row["answer"], row["error"]
        if done != len(addresses):
            raise EOFError(f"The service answered {done:,} of {len(addresses):,} rows.")


def _screening(address: str, policy: str, transfer: Mapping[str, Any] | None) -> Json:
    told: Json = {"address": address, "policy": policy}
    return told if transfer is None else {**told, "transfer": dict(transfer)}


def _good(got: httpx.Response) -> httpx.Response:
    if not got.is_error:
        return got
    try:
        told = got.json()
    except ValueError:
        told = {}
    after = got.headers.get("retry-after", "")
    raise ServiceError(
        got.status_code, told if isinstance(told, dict) else {}, int(after) if after.isdigit() else None
    )
