"""Documents sent to the service: a form with one file, and from where it is; nothing of it is in a URL."""

import tempfile
from pathlib import Path, PurePath
from typing import Annotated, Any

from fastapi import FastAPI, File, Form, Request, Response, UploadFile

from qaif.api.encoding import JSON, encoded
from qaif.api.openapi import answered
from qaif.api.service import Service
from qaif.api.shapes import Shapes
from qaif.errors import RequestShapeError
from qaif.questions.add import AddAnswer, AddRequest, add
from qaif.questions.answer import as_json
from qaif.questions.asked import refuse_secrets

_STATUSES = (400, 401, 403, 404, 413, 422, 429, 503)
_LONGEST_NAME = 120


def add_uploads(app: FastAPI, service: Service, shapes: Shapes) -> None:
    """Add the route."""

    async def upload(
        request: Request,
        file: Annotated[UploadFile, File(description="The document.")],
        source: Annotated[str, Form(max_length=2_000, description="From where it is.")] = "",
        note: Annotated[str, Form(max_length=2_000)] = "",
    ) -> Response:
        caller = service.door.admit(request, "enter")
        _refuse_more([name for name, _ in (await request.form()).multi_items()])
        for text in (source, note, file.filename or ""):
            refuse_secrets(text)
        content, name = await file.read(), _name_of(file.filename)
        await service.recorder.put([service.entry(caller, "question.upload", "document")])

        def work() -> bytes:
            with tempfile.TemporaryDirectory(prefix="qaif-") as folder:
                path = Path(folder) / name
                path.write_bytes(content)
                wanted = AddRequest(path=path, source=source or f"sent by {caller.name}: {name}", note=note)
                return encoded(as_json(add(service.folder.path, wanted, service.now())))

        done = await service.workers.run(work)
        return Response(done, headers={"Cache-Control": "no-store"}, media_type=JSON)

    responses: dict[int | str, dict[str, Any]] = answered(shapes, AddAnswer, statuses=_STATUSES)
    app.add_api_route(
        "/v1/documents/add",
        upload,
        methods=["POST"],
        operation_id="documents_add",
        summary="Keep a document; it is read in a child process with limits.",
        tags=["documents"],
        response_class=Response,
        responses=responses,
    )


def _refuse_more(names: list[str]) -> None:
    """Refuse a form with parts that are not known, or there twice: one of them would be passed over.

    Raises:
        RequestShapeError: it has.
    """
    if len(set(names)) < len(names) or not set(names) <= {"file", "source", "note"}:
        raise RequestShapeError(
            "The form has parts that are not known, or the same twice.", way_out="Send file, source, note."
        )


def _name_of(told: str | None) -> str:
    """The last part of a file's name, of plain letters: a name can lead nowhere else."""
    last = PurePath((told or "").replace("\\", "/")).name
    kept = "".join(char if char.isprintable() and char not in "/\0" else "_" for char in last)
    stem, dot, suffix = kept.rpartition(".")
    shown = f"{stem[:_LONGEST_NAME]}{dot}{suffix[:20]}".strip(". ")
    return shown.encode("utf-8", "replace").decode()[:_LONGEST_NAME] or "document"
