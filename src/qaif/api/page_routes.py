"""The web application's own files, as they were built: nothing is made here, nothing else is reached.

Every page has a policy under which a browser loads nothing from elsewhere and runs no script but these
files. A path that is no file and looks like a page's gives the application's first page, which knows what
to show there.
"""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from qaif.api.service import Service

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FIRST = "index.html"
_LASTING = "assets/"  # names with a digest in them
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class _File:
    content: bytes
    media_type: str
    tag: str


def built_pages() -> Path | None:
    """The folder of the application as it was built; None where this installation has none."""
    folder = Path(str(files("qaif"))) / "web" / "static"
    return folder if (folder / _FIRST).is_file() else None


def add_pages(app: FastAPI, service: Service) -> None:
    """Add the application's files, read once; without them `/` says that there are none."""
    folder = service.settings.pages
    held = _held(folder) if folder is not None else {}

    async def page(request: Request, path: str = "") -> Response:
        found = held.get(path) or (held.get(_FIRST) if _is_page(path) else None)
        if found is None:
            raise HTTPException(404)
        headers = {
            "ETag": found.tag,
            "Content-Security-Policy": POLICY,
            "Cache-Control": "public, max-age=31536000, immutable"
            if path.startswith(_LASTING)
            else "no-cache",
        }
        if request.headers.get("if-none-match") == found.tag:
            return Response(status_code=304, headers=headers)
        return Response(found.content, headers=headers, media_type=found.media_type)

    for place in ("/", "/{path:path}"):
        app.add_api_route(place, page, methods=["GET"], include_in_schema=False)


def _is_page(path: str) -> bool:
    """Whether a path is one of the application's own places: not of the service, and no file's name."""
    return not path.startswith("v1/") and "." not in path.rsplit("/", 1)[-1]


@cache
def _held(folder: Path) -> Mapping[str, _File]:
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            tag = f'"{sha256(content).hexdigest()[:32]}"'
            found[file.relative_to(folder).as_posix()] = _File(content, kind, tag)
    return found
