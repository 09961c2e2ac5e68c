"""A question as an endpoint: what is read, what is answered, and how; tables of these make the service.

An answer carries an ETag of its block and of its bytes, and a `Content-Location` under which the same
question can be asked again with GET: that address is sealed (`sealing.py`), so that what was asked about
stands in no URL.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from pydantic import ValidationError

from qaif.api.bodies import Body
from qaif.api.encoding import JSON, encoded
from qaif.api.problems import shape_error
from qaif.api.service import Service
from qaif.errors import NotFoundError
from qaif.questions.access import Action, Caller
from qaif.questions.answer import Answer, as_json
from qaif.screening.policy import Policy


@dataclass(frozen=True)
class Ground:
    """What a question stands on.

    Attributes:
        workspace: the folder.
        now: the moment, UTC.
        caller: who asks.
        policies: what can be screened by, by name.
    """

    workspace: Path
    now: datetime
    caller: Caller
    policies: Mapping[str, Policy]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        name: as the command line calls it; the end of its path.
        body: what is read.
        answer: what is answered.
        ask: asks it.
        summary: in a sentence.
        part: the part of the service that it belongs to.
        action: what the asker must be allowed to do.
        secret: of its body nothing is written down, not even apart from the log.
        again: it may be asked again with GET: it changes nothing, and the same bytes come back.
    """

    name: str
    body: type[Body]
    answer: type[Answer]
    ask: Callable[[Ground, Any], Answer]
    summary: str
    part: str
    action: Action = "ask"
    again: bool = True
    secret: bool = False


class Asking:
    """Answers questions over HTTP.

    Args:
        service: whose.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self.questions: dict[str, Question] = {}

    async def answer(self, request: Request, question: Question, body: Body) -> Response:
        """Let in, write down, ask, and give the answer, or 304 where the asker has it."""
        service = self._service
        caller = service.door.admit(request, question.action)
        told = encoded({"q": question.name, "b": body.model_dump(exclude_defaults=True)})
        entry = service.entry(
            caller, f"question.{question.name}", question.name, None if question.secret else told.decode()
        )
        await service.recorder.put([entry])
        ground = Ground(service.folder.path, service.now(), caller, service.policies)

        def work() -> tuple[bytes, str]:
            answer = question.ask(ground, body)
            content = encoded(as_json(answer))
            return content, tag_of(answer, content)

        content, tag = await service.workers.run(work)
        if question.secret:
            service.gate.forget()
            return Response(content, headers={"Cache-Control": "no-store"}, media_type=JSON)
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if question.again:
            headers["Content-Location"] = f"/v1/answers/{service.seal.sealed(told)}"
            if request.method == "GET" and matches(request.headers.get("if-none-match"), tag):
                return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=JSON)

    def opened(self, token: str) -> tuple[Question, Body]:
        """The question that an answer's address names.

        Raises:
            NotFoundError: it names none.
        """
        nothing = NotFoundError(
            "No answer has this address.", way_out="Take it from the Content-Location of an answer."
        )
        content = self._service.seal.opened(token)
        if content is None:
            raise nothing
        told = json.loads(content)
        question = self.questions.get(told["q"])
        if question is None:
            raise nothing
        try:
            return question, question.body.model_validate(told["b"])
        except ValidationError as error:
            raise shape_error([dict(each) for each in error.errors()]) from None


def tag_of(answer: Answer, content: bytes) -> str:
    """An ETag: the block up to which the answer holds, and its bytes."""
    block = answer.as_of.hash[-16:] if answer.as_of else "-"
    return f'"{block}.{hashlib.sha256(content).hexdigest()[:32]}"'


def matches(asked: str | None, tag: str) -> bool:
    """Whether an If-None-Match names a tag."""
    if asked is None:
        return False
    named = [each.strip().removeprefix("W/") for each in asked.split(",")]
    return "*" in named or tag in named
