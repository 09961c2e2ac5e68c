"""The OpenAPI 3.1 document: what FastAPI knows of requests, with the schemas of answers put beside it."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from qaif.api.door import SCHEMES
from qaif.api.encoding import JSON
from qaif.api.problems import MEDIA_TYPE, SCHEMA
from qaif.api.shapes import Shapes

DESCRIPTION = (
    "Facts, inferences and claims about published Bitcoin addresses, from this machine. Each answer says its "
    "layer, its basis, as of which block it holds, and how much of what was asked is held. What is asked "
    "about is sent in bodies and stands in no URL; an answer's Content-Location is sealed."
)
_PROBLEM = {
    "description": "Not answered; why.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def answered(
    shapes: Shapes, kind: type, *, conditional: bool = False, statuses: tuple[int, ...]
) -> dict[int | str, dict[str, Any]]:
    """The responses of an endpoint that gives an answer."""
    content = {JSON: {"schema": shapes.reference(kind)}}
    told: dict[int | str, dict[str, Any]] = {200: {"description": "The answer.", "content": content}}
    if conditional:
        told[304] = {"description": "The asker has the answer already."}
    return told | problems(*statuses)


def answer_of(name: str, said: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The response of an endpoint whose answer has a schema by name."""
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {status: {"description": said, "content": {JSON: {"schema": schema}}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses of an endpoint that are errors."""
    return dict.fromkeys(statuses, _PROBLEM)


def document_of(app: FastAPI, shapes: Shapes, open_paths: Sequence[str]) -> dict[str, Any]:
    """The OpenAPI document of an application; `open_paths` are answered without a key."""
    told = get_openapi(
        title="Qaif",
        version=app.version,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        routes=app.routes,
    )
    parts = told.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for mine in ("HTTPValidationError", "ValidationError"):
        schemas.pop(mine, None)
    schemas.update(shapes.schemas, Problem=SCHEMA)
    parts["schemas"] = dict(sorted(schemas.items()))
    parts["securitySchemes"] = SCHEMES
    told["security"] = [{"key": []}, {"session": []}]
    for path, methods in told["paths"].items():
        if path in open_paths:
            for each in methods.values():
                each["security"] = []
    return told
