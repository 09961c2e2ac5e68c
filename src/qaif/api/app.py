"""The service put together: its questions, its door, its errors, its pages."""

from dataclasses import dataclass, field
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response

from qaif.api import chain_questions, flow_questions, said_questions
from qaif.api.asking import JSON, Asking, Question, encoded
from qaif.api.bodies import Nothing
from qaif.api.openapi import answered, document_of
from qaif.api.problems import add_handlers
from qaif.api.sealing import KEY_BYTES, Seal
from qaif.api.shapes import Shapes
from qaif.api.working import Workers
from qaif.questions.answer import Answer

QUESTIONS: tuple[Question, ...] = (
    *chain_questions.QUESTIONS,
    *flow_questions.QUESTIONS,
    *said_questions.QUESTIONS,
)
_ASKED_WRONGLY = (400, 401, 403, 404, 413, 422, 429, 503)


@dataclass(frozen=True)
class Settings:
    """How a service is set up.

    Attributes:
        workspace: the folder.
        seal_key: 64 bytes, by which the addresses of answers are sealed.
        at_once: questions worked on at a time.
        waiting: questions that may wait for that.
    """

    workspace: Path
    seal_key: bytes = field(repr=False)
    at_once: int = 2
    waiting: int = 32


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document, which is the same for every workspace."""
    return make_app(Settings(Path(), bytes(KEY_BYTES))).openapi()


def make_app(settings: Settings) -> FastAPI:
    """Make the application."""
    app = FastAPI(version=installed("qaif"), openapi_url=None, docs_url=None, redoc_url=None)
    shapes = Shapes()
    asking = Asking(settings.workspace, Workers(settings.at_once, settings.waiting), Seal(settings.seal_key))
    add_handlers(app)
    for question in QUESTIONS:
        _add(app, asking, question, shapes)
    _add_again(app, asking, shapes)
    _add_document(app, shapes)
    return app


def _add(app: FastAPI, asking: Asking, question: Question, shapes: Shapes) -> None:
    asking.questions[question.name] = question
    kind: Any = question.body

    async def post(request: Request, body: kind) -> Response:
        return await asking.answer(request, question, body, "")

    async def get(request: Request) -> Response:
        return await asking.answer(request, question, Nothing(), "")

    simple = question.body is Nothing
    app.add_api_route(
        f"/v1/{question.name}",
        get if simple else post,
        methods=["GET" if simple else "POST"],
        operation_id=question.name.replace("-", "_"),
        summary=question.summary,
        tags=[question.part],
        response_class=Response,
        responses=answered(shapes, question.answer, conditional=simple, statuses=_ASKED_WRONGLY),
    )


def _add_again(app: FastAPI, asking: Asking, shapes: Shapes) -> None:
    async def again(request: Request, token: str) -> Response:
        question, body = asking.opened(token)
        return await asking.answer(request, question, body, "")

    app.add_api_route(
        "/v1/answers/{token}",
        again,
        methods=["GET"],
        operation_id="answer_again",
        summary="Ask a question again by the Content-Location of its answer; 304 where it is the same.",
        tags=["answers"],
        response_class=Response,
        responses=answered(shapes, Answer, conditional=True, statuses=_ASKED_WRONGLY),
    )


def _add_document(app: FastAPI, shapes: Shapes) -> None:
    made: list[bytes] = []

    async def openapi() -> Response:
        if not made:
            made.append(encoded(document_of(app, shapes)))
        return Response(made[0], media_type=JSON)

    app.add_api_route("/v1/openapi.json", openapi, methods=["GET"], include_in_schema=False)
    app.openapi = lambda: document_of(app, shapes)  # type: ignore[method-assign]  # as FastAPI's documents say
