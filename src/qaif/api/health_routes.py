"""Is it alive, can it answer, what does it count, and how is it described? Asked by machines, without a key.

`/readyz` and `/metrics` say nothing of what the workspace holds or what was asked about.
"""

from typing import Any

from fastapi import FastAPI, Response

from qaif.api.encoding import JSON, encoded
from qaif.api.openapi import problems
from qaif.api.service import Service
from qaif.api.shapes import Shapes
from qaif.api.watching import METRICS_TYPE

HEALTH_PATHS = ("/healthz", "/readyz", "/metrics")
OPEN_PATHS = (*HEALTH_PATHS, "/v1/openapi.json")
_STATE = {
    "type": "object",
    "properties": {"state": {"type": "string", "enum": ["alive", "ready", "not ready"]}},
    "required": ["state"],
}


def add_health(app: FastAPI, service: Service, shapes: Shapes) -> None:
    """Add the routes."""
    made: list[bytes] = []

    async def healthz() -> Response:
        return Response(encoded({"state": "alive"}), media_type=JSON)

    async def readyz() -> Response:
        ready = service.ready and not service.desk.blind
        return Response(
            encoded({"state": "ready" if ready else "not ready"}), 200 if ready else 503, media_type=JSON
        )

    async def metrics() -> Response:
        service.metrics.taken(service.workers.taken)
        return Response(service.metrics.page(), media_type=METRICS_TYPE)

    async def openapi() -> Response:
        if not made:
            made.append(encoded(app.openapi()))
        return Response(made[0], media_type=JSON)

    shapes.schemas["State"] = _STATE
    state: dict[str, Any] = {JSON: {"schema": {"$ref": "#/components/schemas/State"}}}
    for path, endpoint, content, said in (
        ("/healthz", healthz, state, "The service is there."),
        ("/readyz", readyz, state, "The service can answer."),
        ("/metrics", metrics, {"text/plain": {"schema": {"type": "string"}}}, "Counts, for Prometheus."),
        ("/v1/openapi.json", openapi, {JSON: {"schema": {"type": "object"}}}, "This description."),
    ):
        told: dict[int | str, dict[str, Any]] = {200: {"description": said, "content": content}}
        if path == "/readyz":
            told[503] = {"description": "It cannot.", "content": content}
        app.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            operation_id=path.rsplit("/", 1)[-1].split(".")[0],
            summary=said,
            tags=["service"],
            response_class=Response,
            responses=told | problems(429),
        )
