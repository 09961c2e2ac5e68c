"""The web application's files, with a policy that lets pages run nothing and load nothing but these.

A page takes scripts and styles from files of its own alone: no inline script, no inline style, no other
server. What is looked at stands behind the # of an address, which browsers keep to themselves, so the
application is one page. The files are read once, when the service starts: a name in a request can lead to no
other file.
"""

import gzip
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_KEPT = "public, max-age=31536000, immutable"  # their names hold a digest
_ASKED = "no-cache"
_NOT_BUILT = (
    "<!doctype html><html lang='en'><meta charset='utf-8'><title>Qaif</title>"
    "<h1>No web application was built</h1>"
    "<p>This installation answers over HTTP under /v1, but has no pages: when it was installed there was no "
    "Node.js, or its packages could not be had.</p>"
    "<p>Install Node.js 20.19 or later and run <code>python tools/web.py build</code> in a copy of the "
    "repository, or install the package anew.</p></html>"
)


@dataclass(frozen=True)
class Page:
    """A file as it is sent.

    Attributes:
        content: its bytes.
        packed: the same by gzip.
        kind: its media type.
        tag: its ETag.
        cache: how long it may be kept.
    """

    content: bytes
    packed: bytes
    kind: str
    tag: str
    cache: str


def pages_of(folder: Path | None) -> dict[str, Page]:
    """The files of the application by their paths; one page that says so where it was not built."""
    if folder is None:
        return {"/": _page(_NOT_BUILT.encode(), ".html", _ASKED)}
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _KINDS:
            name = "/" + path.relative_to(folder).as_posix()
            cache = _KEPT if name.startswith("/assets/") else _ASKED
            found["/" if name == "/index.html" else name] = _page(path.read_bytes(), path.suffix, cache)
    return found


def add_pages(app: FastAPI, folder: Path | None) -> None:
    """Add the routes of the application's files, each its own, outside of the OpenAPI document."""
    for path, page in pages_of(folder).items():
        app.add_api_route(path, _route(page), methods=["GET", "HEAD"], include_in_schema=False)


def _route(page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return _sent(page, request)

    return endpoint


def _page(content: bytes, suffix: str, cache: str) -> Page:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Page(content, gzip.compress(content, mtime=0), _KINDS[suffix], tag, cache)


def _sent(page: Page, request: Request) -> Response:
    headers = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": page.cache,
        "ETag": page.tag,
        "Vary": "Accept-Encoding",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if request.headers.get("if-none-match") == page.tag:
        return Response(status_code=304, headers=headers)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(page.packed if packed else page.content, headers=headers, media_type=page.kind)
