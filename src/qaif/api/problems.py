"""Errors as RFC 9457 has them: one shape, with the stable codes of `errors.py` and their HTTP status.

Nothing that was sent is repeated where it did not pass: what does not fit a schema may be a private key.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from qaif.errors import QaifError, RequestShapeError

MEDIA_TYPE = "application/problem+json"
ABOUT = "https://qaif.invalid/errors#"
_STATUS_CODES = {404: "not-found", 405: "method", 406: "accept", 413: "too-large", 415: "media-type"}
_TITLES = {
    "not-found": "There is nothing at this address.",
    "method": "This address does not know this method.",
    "accept": "The answer cannot be had in a form that was asked for.",
    "too-large": "What was sent is too large.",
    "media-type": "What was sent is of a kind that is not read here.",
}
SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "An error, as RFC 9457 has it.",
    "properties": {
        "type": {"type": "string", "description": "A name of the kind of error; it leads nowhere."},
        "title": {"type": "string", "description": "What was wrong, and with what."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "The stable code, as in docs/reference/errors.md."},
        "way_out": {"type": "string", "description": "What to do about it."},
        "request_id": {"type": "string"},
        "details": {"type": "object"},
    },
    "required": ["type", "title", "status", "code", "way_out", "request_id", "details"],
}


def problem(error: QaifError, request_id: str) -> Response:
    """An error of ours as a response."""
    return _response(
        error.http_status,
        (error.code, error.message, error.way_out),
        request_id,
        details=error.details,
        headers=_headers_of(error),
    )


def _headers_of(error: QaifError) -> dict[str, str]:
    """When to ask again, and how to sign in, where an error is about that."""
    if error.http_status == 401:  # noqa: PLR2004  nobody is known
        return {"WWW-Authenticate": "Bearer"}
    if error.http_status in (429, 503):
        return {"Retry-After": str(error.details.get("seconds") or 1)}
    return {}


def add_handlers(app: FastAPI) -> None:
    """Answer every error of an application in this shape."""
    app.add_exception_handler(QaifError, _ours)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def request_id_of(request: Request) -> str:
    """The id that the front gave a request."""
    return str(request.scope.get("qaif.request_id", ""))


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, QaifError)  # noqa: S101  registered for it
    return problem(error, request_id_of(request))


def _unfit(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it
    return problem(shape_error(error.errors()), request_id_of(request))


def shape_error(faults: Sequence[Mapping[str, Any]]) -> RequestShapeError:
    """What pydantic says of a body, without anything of the body."""
    said = "; ".join(f"{_place_of(each)}: {_kind_of(each)}" for each in faults[:5])
    return RequestShapeError(
        f"The request is not as it should be: {said}.",
        way_out="See /v1/openapi.json for what is read here.",
        faults=len(faults),
    )


def _place_of(fault: Mapping[str, Any]) -> str:
    """Where a fault stands; the name of a field that is not known is not repeated."""
    parts = list(fault["loc"])
    if fault["type"] == "extra_forbidden":
        parts = [*parts[:-1], "a field that is not known"]
    return ".".join(map(str, parts))


def _kind_of(fault: Mapping[str, Any]) -> str:
    """The kind of a fault; pydantic's sentence where it holds nothing of the input."""
    return str(fault["msg"]) if fault["type"] in _SAID else str(fault["type"]).replace("_", " ")


_SAID = ("missing", "extra_forbidden", "string_too_long", "string_too_short", "too_long", "too_short")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    code = _STATUS_CODES.get(error.status_code, "request")
    words = (code, _TITLES.get(code, "The request is not as it should be."), "")
    headers = dict(error.headers or {})
    if error.status_code == 405:  # noqa: PLR2004  the method
        headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    return _response(error.status_code, words, request_id_of(request), headers=headers)


def _methods_of(request: Request) -> set[str]:
    """The methods that an address knows, over all of its routes."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found


def _unforeseen(request: Request, _: Exception) -> Response:
    words = ("internal", "Something here went wrong.", "The log names it by the request id.")
    return _response(500, words, request_id_of(request))


def _response(
    status: int,
    words: tuple[str, str, str],
    request_id: str,
    *,
    details: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    code, title, way_out = words
    told = {
        "type": f"{ABOUT}{code}",
        "title": title,
        "status": status,
        "code": code,
        "way_out": way_out,
        "request_id": request_id,
        "details": dict(details or {}),
    }
    body = json.dumps(told, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return Response(body, status, dict(headers or {}), MEDIA_TYPE)
