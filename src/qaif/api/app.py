"""The service put together: its questions, its screening, its errors, its own pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response

from qaif.api import (
    admin_questions,
    chain_questions,
    change_questions,
    decision_questions,
    flow_questions,
    said_questions,
    watch_questions,
)
from qaif.api.asking import Asking, Question
from qaif.api.bodies import Nothing
from qaif.api.case_routes import add_cases
from qaif.api.front import Front, Watching
from qaif.api.health_routes import HEALTH_PATHS, OPEN_PATHS, add_health
from qaif.api.openapi import answered, document_of
from qaif.api.page_routes import add_pages
from qaif.api.problems import add_handlers
from qaif.api.screen_routes import add_screening
from qaif.api.service import Service, Settings
from qaif.api.session_routes import add_sessions
from qaif.api.shapes import Shapes
from qaif.api.upload_routes import add_uploads
from qaif.api.watching import RequestLog, logger
from qaif.questions.answer import Answer

QUESTIONS: tuple[Question, ...] = (
    *chain_questions.QUESTIONS,
    *flow_questions.QUESTIONS,
    *said_questions.QUESTIONS,
    *change_questions.QUESTIONS,
    *decision_questions.QUESTIONS,
    *watch_questions.QUESTIONS,
    *admin_questions.QUESTIONS,
)
_STATUSES = (400, 401, 403, 404, 413, 422, 429, 503)
_QUIET = frozenset((*HEALTH_PATHS, "/v1/screen/direct"))


def make_app(service: Service) -> FastAPI:
    """Make the application of a service that was opened; it begins and ends with the application."""

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        try:
            yield
        finally:
            service.stop()

    app = FastAPI(version=installed("qaif"), openapi_url=None, docs_url=None, redoc_url=None, lifespan=living)
    shapes = Shapes()
    add_handlers(app)
    _add_questions(app, Asking(service), shapes)
    add_screening(app, service, shapes)
    add_uploads(app, service, shapes)
    add_cases(app, service, shapes)
    add_sessions(app, service, shapes)
    add_health(app, service, shapes)
    add_pages(app, service)
    app.openapi = lambda: document_of(app, shapes, OPEN_PATHS)  # type: ignore[method-assign]  # as FastAPI says
    return app


def watching_of(service: Service) -> tuple[Watching, ...]:
    """Who is told of each request: the metrics and the log."""
    return (service.metrics, RequestLog(logger(), _QUIET))


def with_front(app: FastAPI, service: Service, watching: tuple[Watching, ...]) -> Front:
    """The application behind its front: request ids, limits of size, log and metrics."""
    settings = service.settings
    return Front(
        app,
        most_bytes=settings.most_bytes,
        large={"/v1/documents": settings.most_upload},
        who=service.door.who,
        watching=watching,
    )


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document, which is the same for every workspace."""
    import tempfile

    from qaif.workspace.folder import Workspace

    with tempfile.TemporaryDirectory(prefix="qaif-") as folder:
        workspace = Workspace.create(Path(folder) / "w")
        service = Service(Settings(workspace.path, bytes(64)))
        try:
            return make_app(service).openapi()
        finally:
            service.records.close()


def _add_questions(app: FastAPI, asking: Asking, shapes: Shapes) -> None:
    for question in QUESTIONS:
        _add(app, asking, question, shapes)

    async def again(request: Request, token: str) -> Response:
        return await asking.answer(request, *asking.opened(token))

    app.add_api_route(
        "/v1/answers/{token}",
        again,
        methods=["GET"],
        operation_id="answer_again",
        summary="Ask a question again by the Content-Location of its answer; 304 where it is the same.",
        tags=["answers"],
        response_class=Response,
        responses=answered(shapes, Answer, conditional=True, statuses=_STATUSES),
    )


def _add(app: FastAPI, asking: Asking, question: Question, shapes: Shapes) -> None:
    asking.questions[question.name] = question
    kind: Any = question.body

    async def post(request: Request, body: kind) -> Response:
        return await asking.answer(request, question, body)

    async def get(request: Request) -> Response:
        return await asking.answer(request, question, Nothing())

    simple = question.body is Nothing
    app.add_api_route(
        f"/v1/{question.name}",
        get if simple else post,
        methods=["GET" if simple else "POST"],
        operation_id=question.name.replace("-", "_"),
        summary=question.summary,
        tags=[question.part],
        response_class=Response,
        responses=answered(shapes, question.answer, conditional=simple, statuses=_STATUSES),
    )
