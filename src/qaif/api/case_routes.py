"""Jobs and the cases that come of them; whoever is no member of a case is told that there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from fastapi import FastAPI, Request, Response

from qaif.api import change_bodies as read
from qaif.api.encoding import JSON, encoded
from qaif.api.jobs import JobShown, JobsShown, case_document
from qaif.api.openapi import answered, problems
from qaif.api.service import Service
from qaif.api.shapes import Shapes
from qaif.errors import UsageError
from qaif.feeds.shape import Progress
from qaif.questions.access import Caller
from qaif.questions.answer import plain
from qaif.questions.investigate import investigate
from qaif.questions.investigation import InvestigationRequest
from qaif.questions.members import add_members, remove_member
from qaif.questions.screen import address_as_listed
from qaif.records.accounts import Member, members_of, put_member
from qaif.records.documents import utc_stamp
from qaif.report.case import write_case
from qaif.workspace.new_files import new_case_folder

_STATUSES = (400, 401, 403, 404, 413, 422, 429, 503)
_CASE = "/v1/cases/{case_id}"


@dataclass(frozen=True)
class CaseShown:
    """A case, to its members: who they are, and whether anything is written of it."""

    id: str
    members: tuple[Member, ...]
    written: bool


@dataclass(frozen=True)
class CasesShown:
    """The cases of whoever asks, by id."""

    cases: tuple[str, ...]


def add_cases(app: FastAPI, service: Service, shapes: Shapes) -> None:
    """Add the routes."""
    it = _Routes(service)
    routes: tuple[tuple[str, str, Callable[..., Any], type, str], ...] = (
        ("POST", "/v1/jobs", it.begin, JobShown, "Investigate an address, or a kept document: a job."),
        ("GET", "/v1/jobs", it.jobs, JobsShown, "List your jobs."),
        ("GET", "/v1/jobs/{job_id}", it.job, JobShown, "Say how far a job is."),
        ("DELETE", "/v1/jobs/{job_id}", it.cancel, JobShown, "Cancel a job."),
        ("GET", "/v1/cases", it.cases, CasesShown, "List the cases that you are a member of."),
        ("GET", _CASE, it.case, CaseShown, "Show a case's members."),
        ("POST", f"{_CASE}/members", it.member, CaseShown, "Put a member into a case, or take one out."),
    )
    for method, path, endpoint, kind, said in routes:
        app.add_api_route(
            path,
            endpoint,
            methods=[method],
            operation_id=endpoint.__name__,
            summary=said,
            tags=["cases"],
            response_class=Response,
            responses=answered(shapes, kind, statuses=_STATUSES),
        )
    for path, endpoint, media in (
        (f"{_CASE}/data", it.data, JSON),
        (f"{_CASE}/page", it.page, "text/html"),
    ):
        told: dict[int | str, dict[str, Any]] = {
            200: {"description": "The case as it was written.", "content": {media: {"schema": {}}}}
        }
        app.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            operation_id=f"case_{endpoint.__name__}",
            summary="The case as it was written.",
            tags=["cases"],
            response_class=Response,
            responses=told | problems(*_STATUSES),
        )


def _told(value: object) -> Response:
    return Response(encoded(plain(value)), headers={"Cache-Control": "no-store"}, media_type=JSON)


class _Routes:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def begin(self, request: Request, body: read.InvestigateBody) -> Response:
        """Begin an investigation."""
        service = self._service
        caller = service.door.admit(request, "run")
        wanted, case_id = _request(body), token_hex(8)
        asked = body.address or body.document
        entry = service.entry(caller, "question.investigate", case_id, asked)
        await service.recorder.put([entry])
        await service.workers.run(lambda: self._open(case_id, caller))
        work = _work(service, wanted, case_id)
        return _told(service.jobs.take(caller.name, "investigate", case_id, work))

    async def jobs(self, request: Request) -> Response:
        """Your jobs."""
        return _told(self._service.jobs.of(self._service.door.admit(request, "ask").name))

    async def job(self, request: Request, job_id: str) -> Response:
        """One of them."""
        caller = self._service.door.admit(request, "ask")
        return _told(self._service.jobs.one(caller.name, job_id))

    async def cancel(self, request: Request, job_id: str) -> Response:
        """Cancel one."""
        caller = self._service.door.admit(request, "run")
        return _told(self._service.jobs.cancel(caller.name, job_id))

    async def cases(self, request: Request) -> Response:
        """Your cases."""
        service = self._service
        caller = service.door.admit(request, "ask")
        return _told(CasesShown(tuple(sorted(service.door.cases(caller)))))

    async def case(self, request: Request, case_id: str) -> Response:
        """One of them."""
        self._service.door.admit(request, "see_case", case_id)
        return _told(await self._service.workers.run(lambda: self._shown(case_id)))

    async def data(self, request: Request, case_id: str) -> Response:
        """What was written of it."""
        await self._look(request, case_id)
        content = await self._service.workers.run(lambda: case_document(self._folder(case_id)))
        return Response(content, headers={"Cache-Control": "no-store"}, media_type=JSON)

    async def page(self, request: Request, case_id: str) -> Response:
        """Its page, which holds no script and loads nothing."""
        await self._look(request, case_id)
        folder = self._folder(case_id)

        def work() -> bytes:
            case_document(folder)
            return (folder / "case.html").read_bytes()

        headers = {"Cache-Control": "no-store", "Content-Security-Policy": _PAGE_POLICY}
        return Response(await self._service.workers.run(work), headers=headers, media_type="text/html")

    async def member(self, request: Request, case_id: str, body: read.MemberBody) -> Response:
        """Put a member in, or take one out."""
        service = self._service
        caller = service.door.admit(request, "set_members", case_id)
        await service.workers.run(lambda: self._change(case_id, body, caller.name))
        return _told(await service.workers.run(lambda: self._shown(case_id)))

    async def _look(self, request: Request, case_id: str) -> None:
        service = self._service
        caller = service.door.admit(request, "see_case", case_id)
        await service.recorder.put([service.entry(caller, "case.looked-at", case_id)])

    def _shown(self, case_id: str) -> CaseShown:
        with self._service.records.reading() as connection:
            members = members_of(connection, case_id)
        return CaseShown(case_id, members, (self._folder(case_id) / "case.json").exists())

    def _folder(self, case_id: str) -> Path:
        return self._service.folder.cases_dir / Path(case_id).name

    def _open(self, case_id: str, caller: Caller) -> None:
        """Make whoever begins a case its first member."""
        stamp = utc_stamp(self._service.now())
        with self._service.records.writing() as connection:
            put_member(
                connection,
                Member(case_id=case_id, user=caller.name, since=stamp, added_by=caller.name),
            )

    def _change(self, case_id: str, body: read.MemberBody, by: str) -> None:
        records, now = self._service.records, self._service.now()
        if body.member:
            add_members(records, case_id, [body.user], by, now)
        else:
            remove_member(records, case_id, body.user, by, now)


_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"


def _request(body: read.InvestigateBody) -> InvestigationRequest:
    """What is investigated: an address, checked here so that it can name no file, or a kept document.

    Raises:
        UsageError: neither or both are named.
        AddressError: it is no address.
    """
    if (body.address is None) == (body.document is None):
        raise UsageError("Name an address or a kept document.", way_out="One of the two.")
    subject = "" if body.address is None else address_as_listed(body.address)
    return InvestigationRequest(
        subject=subject, as_of=body.as_of, inference=body.inference, kept=body.document
    )


def _work(service: Service, wanted: InvestigationRequest, case_id: str) -> Callable[[Progress], object]:
    def work(progress: Progress) -> object:
        answer = investigate(service.folder.path, wanted, service.now(), progress)
        progress(len(answer.addresses), len(answer.addresses), "addresses")
        with new_case_folder(service.folder.cases_dir / case_id) as folder:
            return write_case(answer, folder)

    return work
