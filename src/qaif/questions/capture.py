"""Fetch one page from an address that the user named; keep its bytes, status, headers, way, certificate."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import Message
from importlib.metadata import version as installed
from pathlib import Path

from qaif.chain.secrets import redact
from qaif.errors import SourceError
from qaif.evidence.defang import show
from qaif.evidence.documents import Keeper, Kept, Origin
from qaif.evidence.reading.shape import Options
from qaif.feeds.wire import Page
from qaif.questions.add import AddAnswer, KeptDocument, answer_of, told
from qaif.records.captures import Capture, Hop
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace
from qaif.workspace.network.door import Door
from qaif.workspace.network.web_address import WebAddress

LARGEST_PAGE = 64 << 20
MOST_HOPS = 10
Opener = Callable[[str], AbstractContextManager[Door]]
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_GOOD = range(200, 300)


@dataclass(frozen=True)
class CaptureRequest:
    """What to fetch.

    Attributes:
        url: the address.
        follow: go where its server sends on to, on other hosts too.
        user_agent: what the server is told of who asks.
        source: from where it is; the address where None.
        note: what the user says of it.
        options: how it is to be read.
        even_unread: keep what is of no kind that is read too.
    """

    url: str
    follow: bool = False
    user_agent: str = "qaif"
    source: str | None = None
    note: str = ""
    options: Options = field(default_factory=Options)
    even_unread: bool = False


@dataclass(frozen=True)
class _Came:
    """What came in the end, and by which way."""

    page: Page
    address: WebAddress
    hops: tuple[Hop, ...]


def capture(workspace: Path, request: CaptureRequest, opener: Opener, now: datetime) -> AddAnswer:
    """Fetch a page and keep it; the workspace is made where it is missing.

    Args:
        workspace: its folder.
        request: what to fetch.
        opener: opens the door to a place that the user named, or that a named one sent on to.
        now: the moment.

    Raises:
        UsageError: it is no address of a page.
        SourceError: the server does not answer, sends on to another host, or answers too much.
        DocumentError: what came is of no kind that is read.
    """
    first = WebAddress.parse(request.url)
    place = Workspace.open_or_create(workspace)
    came = _fetched(first, request, opener)
    with Records.open(place.path) as records:
        keeper = Keeper(place.documents_dir, records, now, _options(request, came), request.even_unread)
        origin = Origin(request.source or str(first), request.note, now)
        kept = keeper.content(came.page.body, _named(came), origin)
        records.captures.add(_capture(first, came, kept, now))
        details: dict[str, str | int | bool | None] = {
            "host": came.address.place.host,
            "status": came.page.status,
            "hops": len(came.hops),
        }
        records.audit.append(now, "document.fetched", kept.document.record.sha256, details)
    return answer_of(_with_notes(kept, came))


def _fetched(first: WebAddress, request: CaptureRequest, opener: Opener) -> _Came:
    address, hops = first, list[Hop]()
    while True:
        place = str(address.place)
        with opener(place) as door:
            http = door.http(place, purpose="a page")
            page = http.page(address.target, user_agent=request.user_agent, at_most=LARGEST_PAGE)
        location = _header(page, "location")
        if page.status not in _REDIRECTS or not location:
            return _Came(page, address, tuple(hops))
        after = address.joined(location)
        hops.append(Hop(str(address), page.status, str(after), page.headers))
        _allow(first, address, after, request.follow, len(hops))
        address = after


def _allow(first: WebAddress, at: WebAddress, after: WebAddress, follow: bool, hops: int) -> None:  # noqa: FBT001
    """Refuse to go where the user did not say to go.

    Raises:
        SourceError: to another host without --follow, into the user's own network, or on and on.
    """
    if hops > MOST_HOPS:
        raise SourceError(f"{at.place} sends on again and again.", place=str(at.place))
    if after.place.is_own_network and not first.place.is_own_network:
        raise SourceError(
            f"{at.place} sends on into your own network, to {show(str(after))}; nothing was asked there.",
            way_out="An honest server does not. Name that address itself if you mean it.",
            place=str(at.place),
        )
    if not follow and not after.is_beside(at):
        raise SourceError(
            f"{at.place} sends on to another host, {show(str(after))}; nothing was asked there.",
            way_out="Name that address itself, or say --follow.",
            place=str(at.place),
        )


def _header(page: Page, name: str) -> str:
    return next((value for key, value in page.headers if key.lower() == name), "")


def _content_type(page: Page) -> Message:
    message = Message()
    message["content-type"] = _header(page, "content-type")[:500]
    return message


def _options(request: CaptureRequest, came: _Came) -> Options:
    """The encoding that the server names counts where the user names none."""
    charset = _content_type(came.page).get_content_charset()
    if request.options.encoding is not None or not charset:
        return request.options
    return replace(request.options, encoding=charset, encoding_basis="said by the server")


def _named(came: _Came) -> str:
    """The name of the file; that it is a page shows in it."""
    name = came.address.name
    is_page = _content_type(came.page).get_content_type() in ("text/html", "application/xhtml+xml")
    return f"{name}.html" if is_page and not name.lower().endswith((".htm", ".html", ".xhtml")) else name


def _capture(first: WebAddress, came: _Came, kept: Kept, now: datetime) -> Capture:
    def shown(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, redact(value)) for name, value in headers)

    return Capture(
        sha256=kept.document.record.sha256,
        url=redact(str(first)),
        status=came.page.status,
        headers=shown(came.page.headers),
        redirects=tuple(
            Hop(redact(hop.url), hop.status, redact(hop.location), shown(hop.headers)) for hop in came.hops
        ),
        fetched_at=utc_stamp(now),
        tool=f"qaif {installed('qaif')}",
        certificate_sha256=came.page.certificate_sha256,
    )


def _with_notes(kept: Kept, came: _Came) -> list[KeptDocument]:
    """What is said of the page: of its status where that is not good, and of the way that led to it."""
    notes = [f"{hop.url} sent on to {hop.location} (status {hop.status})." for hop in came.hops]
    if came.page.status not in _GOOD:
        notes.append(f"The server answered with status {came.page.status}: this may be its page of an error.")
    page, *inside = told(kept)
    return [replace(page, notes=(*page.notes, *(show(note) for note in notes))), *inside]
