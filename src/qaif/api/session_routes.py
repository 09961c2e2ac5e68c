"""Signing in and out: a cookie that no script can read, and a token for changes beside it."""

from typing import Any

from fastapi import FastAPI, Request, Response

from qaif.api.bodies import SignInBody
from qaif.api.door import SESSION_COOKIE
from qaif.api.encoding import JSON, encoded
from qaif.api.openapi import answer_of, problems
from qaif.api.service import Service
from qaif.api.shapes import Shapes
from qaif.questions.access import Caller

_WHO = {
    "title": "Who",
    "type": "object",
    "description": "Who is signed in.",
    "properties": {
        "name": {"type": "string"},
        "role": {"type": "string", "enum": ["viewer", "analyst", "approver", "administrator"]},
        "scopes": {"type": "array", "items": {"type": "string"}},
        "csrf": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["name", "role", "scopes", "csrf"],
}


def add_sessions(app: FastAPI, service: Service, shapes: Shapes) -> None:
    """Add the routes."""
    shapes.schemas["Who"] = _WHO
    routes = _Routes(service)
    who = answer_of("Who", "Who it is.")
    left: dict[int | str, dict[str, Any]] = {204: {"description": "Signed out."}}
    for method, endpoint, told, said in (
        ("POST", routes.sign_in, who, "Sign in: sets the cookie of a session."),
        ("GET", routes.who, who, "Say who asks, and the token that changes by a session need."),
        ("DELETE", routes.sign_out, left, "Sign out."),
    ):
        app.add_api_route(
            "/v1/session",
            endpoint,
            methods=[method],
            operation_id=f"session_{method.lower()}",
            summary=said,
            tags=["service"],
            response_class=Response,
            responses={**told, **problems(400, 401, 403, 413, 422, 429, 503)},
        )


class _Routes:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def sign_in(self, request: Request, body: SignInBody) -> Response:
        """Begin a session."""
        service = self._service
        token = await service.workers.run(
            lambda: service.sessions.begin(body.user, body.password, body.token, service.now())
        )
        answer = self._told(service.door.of_session(token), token)
        answer.set_cookie(
            SESSION_COOKIE,
            token,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
            path="/",
        )
        return answer

    async def who(self, request: Request) -> Response:
        """Who asks."""
        caller = self._service.door.who(request)
        by_key = "authorization" in request.headers
        return self._told(caller, None if by_key else request.cookies.get(SESSION_COOKIE))

    async def sign_out(self, request: Request) -> Response:
        """End a session."""
        service = self._service
        service.door.who(request)
        token = request.cookies.get(SESSION_COOKIE)
        if token is not None:
            await service.workers.run(lambda: service.sessions.end(token, service.now()))
        answer = Response(status_code=204)
        answer.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
        return answer

    def _told(self, caller: Caller, token: str | None) -> Response:
        told = {
            "name": caller.name,
            "role": caller.role,
            "scopes": sorted(caller.scopes),
            "csrf": None if token is None else self._service.sessions.csrf_of(token),
        }
        return Response(encoded(told), headers={"Cache-Control": "no-store"}, media_type=JSON)
