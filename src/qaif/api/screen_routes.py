"""Screening over HTTP: one, a transfer, ten thousand, and past ones anew."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import StreamingResponse

from qaif.api import bodies as read
from qaif.api.encoding import JSON, encoded
from qaif.api.openapi import answered, problems
from qaif.api.service import Service
from qaif.api.shapes import Shapes
from qaif.errors import QaifError
from qaif.questions.access import Caller
from qaif.questions.answer import Answer, as_json
from qaif.questions.policy_on_past import PolicyTestAnswer, policy_on_past
from qaif.questions.rescreen import RescreenAnswer, rescreen
from qaif.questions.screen import ScreenAnswer, screener
from qaif.questions.screen_batch import transfer_of
from qaif.questions.screen_direct import DirectScreening
from qaif.records.audit_tree import ToRecord
from qaif.screening.facts import Transfer
from qaif.screening.policy import read_policy

LINES = "application/jsonl"
_STATUSES = (400, 401, 403, 404, 413, 422, 429, 503)
_AT_ONCE = 250


def add_screening(app: FastAPI, service: Service, shapes: Shapes) -> None:
    """Add the routes of screening."""
    routes = _Routes(service)
    for path, endpoint, kind, summary in (
        ("/v1/screen/direct", routes.direct, DirectScreening, "Screen for direct matches alone: quick."),
        ("/v1/screen", routes.full, ScreenAnswer, "Screen an address, or a transfer with it."),
        (
            "/v1/rescreen",
            routes.rescreen,
            RescreenAnswer,
            "Screen past answers anew: what is said otherwise?",
        ),
        ("/v1/policy-test", routes.test, PolicyTestAnswer, "What would a policy have said of past answers?"),
    ):
        app.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            operation_id=path.removeprefix("/v1/").replace("/", "_").replace("-", "_"),
            summary=summary,
            tags=["screening"],
            response_class=Response,
            responses=answered(shapes, kind, statuses=_STATUSES),
        )
    _add_batch(app, routes, shapes)


def _add_batch(app: FastAPI, routes: "_Routes", shapes: Shapes) -> None:
    row = {
        "title": "ScreenedRow",
        "type": "object",
        "description": "One line: the answer of a row, or why there is none; that is never a NO_DIRECT_HIT.",
        "properties": {
            "row": {"type": "integer", "description": "From 1."},
            "answer": {
                "anyOf": [shapes.reference(DirectScreening), shapes.reference(ScreenAnswer), {"type": "null"}]
            },
            "error": {"anyOf": [{"type": "object"}, {"type": "null"}]},
        },
        "required": ["row", "answer", "error"],
    }
    shapes.schemas["ScreenedRow"] = row
    told: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "JSON lines, each a ScreenedRow.",
            "content": {LINES: {"schema": {"type": "string"}}},
        }
    }
    app.add_api_route(
        "/v1/screen/batch",
        routes.batch,
        methods=["POST"],
        operation_id="screen_batch",
        summary="Screen up to 10,000 at once; the answers come as JSON lines, each as it is there.",
        tags=["screening"],
        response_class=Response,
        responses=told | problems(*_STATUSES),
    )


class _Routes:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def direct(self, request: Request, body: read.ScreenBody) -> Response:
        """One direct screening."""
        service = self._service
        caller = service.door.admit(request, "screen")
        transfer = _transfer(body.transfer)
        content = None if transfer else service.desk.quick(body.address, body.policy)
        if content is None:
            content = await service.workers.run(
                lambda: service.desk.full(body.address, body.policy, transfer)
            )
        await service.recorder.put([screening_entry(service, caller, body.address, content)])
        return Response(content, headers={"Cache-Control": "no-store"}, media_type=JSON)

    async def full(self, request: Request, body: read.ScreenBody) -> Response:
        """One full screening."""
        service = self._service
        caller = service.door.admit(request, "screen")
        transfer, policy = _transfer(body.transfer), service.desk.policy(body.policy)

        def work() -> bytes:
            with screener(service.folder.path, policy, service.now()) as asked:
                return encoded(as_json(asked.screen(body.address, transfer)))

        content = await service.workers.run(work)
        await service.recorder.put([screening_entry(service, caller, body.address, content)])
        return Response(content, headers={"Cache-Control": "no-store"}, media_type=JSON)

    async def batch(self, request: Request, body: read.BatchBody) -> Response:
        """Many."""
        service = self._service
        caller = service.door.admit(request, "screen", weight=len(body.rows))
        service.desk.policy(body.policy)
        many, work = (_AT_ONCE, _direct_part) if body.depth == "direct" else (1, _full_part)

        async def lines() -> AsyncIterator[bytes]:
            for first in range(0, len(body.rows), many):
                part = body.rows[first : first + many]
                asked = partial(work, service, caller, body.policy, first + 1, part)
                done, entries = await service.workers.run(asked, patient=True)
                await service.recorder.put(entries)
                yield done

        return StreamingResponse(lines(), headers={"Cache-Control": "no-store"}, media_type=LINES)

    async def rescreen(self, request: Request, body: read.PastBody) -> Response:
        """Past ones anew."""
        service = self._service
        caller = service.door.admit(request, "screen", weight=len(body.past))
        policy = service.desk.policy(body.policy)
        await service.recorder.put(
            [service.entry(caller, "question.rescreen", policy.name, rows=len(body.past))]
        )

        def ask(path: Path) -> Answer:
            with screener(service.folder.path, policy, service.now()) as asked:
                return rescreen(asked, path)

        return await self._on_past(body.past, ask)

    async def test(self, request: Request, body: read.PolicyTestBody) -> Response:
        """A policy on past answers."""
        service = self._service
        caller = service.door.admit(request, "screen")
        policy = read_policy(body.text.encode("utf-8", "replace"), "the policy that was sent")
        await service.recorder.put([service.entry(caller, "question.policy-test", policy.sha256)])
        return await self._on_past(body.past, lambda path: policy_on_past(policy, path))

    async def _on_past(self, past: Sequence[dict[str, object]], ask: Callable[[Path], Answer]) -> Response:
        def work() -> bytes:
            with tempfile.TemporaryDirectory(prefix="qaif-") as folder:
                path = Path(folder) / "past.jsonl"
                path.write_bytes(b"".join(encoded(each) + b"\n" for each in past))
                return encoded(as_json(ask(path)))

        content = await self._service.workers.run(work)
        return Response(content, headers={"Cache-Control": "no-store"}, media_type=JSON)


def _transfer(told: read.TransferBody | None) -> Transfer | None:
    return None if told is None else transfer_of(told.direction, told.amount_sat, told.time)


def screening_entry(service: Service, caller: Caller, asked: str, content: bytes) -> ToRecord:
    """What the audit log says of a screening: its verdict, and the digest of what was answered."""
    verdict = verdict_in(content)
    service.metrics.screened(verdict)
    return service.entry(caller, "screening", verdict, asked, answer_sha256=digest(content))


_VERDICT = b'"verdict":"'


def verdict_in(content: bytes) -> str:
    """The verdict of an answer as it was written; quotes inside its texts are escaped there."""
    begins = content.index(_VERDICT) + len(_VERDICT)
    return content[begins : content.index(b'"', begins)].decode()


def digest(content: bytes) -> str:
    """By which an answer can be known again."""
    return hashlib.sha256(content).hexdigest()


Part = tuple[bytes, list[ToRecord]]


def _direct_part(
    service: Service, caller: Caller, policy: str, first: int, rows: Sequence[read.RowBody]
) -> Part:
    """Some rows of a batch, screened for direct matches."""

    def one(row: read.RowBody) -> bytes:
        transfer = _transfer(row.transfer)
        quick = None if transfer else service.desk.quick(row.address, policy)
        return quick or service.desk.full(row.address, policy, transfer)

    return _part(service, caller, first, rows, one)


def _full_part(
    service: Service, caller: Caller, policy: str, first: int, rows: Sequence[read.RowBody]
) -> Part:
    """Some rows of a batch, screened fully."""
    with screener(service.folder.path, service.desk.policy(policy), service.now()) as asked:
        return _part(
            service,
            caller,
            first,
            rows,
            lambda row: encoded(as_json(asked.screen(row.address, _transfer(row.transfer)))),
        )


def _part(
    service: Service,
    caller: Caller,
    first: int,
    rows: Sequence[read.RowBody],
    one: Callable[[read.RowBody], bytes],
) -> Part:
    lines: list[bytes] = []
    entries: list[ToRecord] = []
    for number, row in enumerate(rows, first):
        try:
            content = one(row)
        except QaifError as error:
            lines.append(encoded({"row": number, "answer": None, "error": error.as_dict()}) + b"\n")
            continue
        entries.append(screening_entry(service, caller, row.address, content))
        lines.append(b'{"row":%d,"answer":%b,"error":null}\n' % (number, content))
    return b"".join(lines), entries
