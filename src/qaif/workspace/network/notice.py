"""What a server learns from whoever asks it: said once for each source and workspace, before it is asked."""

from collections.abc import Callable

from qaif.workspace.network.manner import Manner
from qaif.workspace.network.places import Place
from qaif.workspace.network.remembered import Remembered


def will_learn(  # noqa: PLR0913  what it is told is told by four flags
    place: Place,
    manner: Manner,
    *,
    blocks: bool = False,
    pages: bool = False,
    lists: bool = False,
    alerts: bool = False,
) -> tuple[str, ...]:
    """What the server at a place will learn, one line a fact.

    Args:
        place: the server.
        manner: how it is reached: through a proxy or not.
        blocks: it is asked for whole blocks only.
        pages: it is asked for a page.
        lists: it is asked for an official list only.
        alerts: alerts are brought to it.
    """
    if place.is_own_network:
        return (
            f"{place} is on your own network: whoever runs it sees what you ask and when, and no one else.",
        )
    who = (
        "your internet address; name a SOCKS proxy (such as Tor's) with --proxy to keep that to yourself."
        if manner.proxy is None
        else f"not your internet address: you come through {manner.proxy}, which learns that you use it."
    )
    if alerts:
        return (
            f"{place} belongs to somebody else. It will learn, and may keep and pass on:",
            "  - each alert in full: what you watch, and what happened to it;",
            f"  - {who}",
        )
    if blocks:
        return (
            f"{place} belongs to somebody else. It will learn, and may keep and pass on:",
            "  - that somebody fetches blocks, which and when; not what you look for in them;",
            f"  - {who}",
        )
    if pages:
        return (
            f"{place} belongs to somebody else. It will learn, and may keep and pass on:",
            "  - which page is fetched and when, and the name that --user-agent gives (qaif where none is);",
            f"  - {who}",
            "Whoever runs it may be whom you investigate. A page that your browser saved tells nobody more.",
        )
    if lists:
        return (
            f"{place} belongs to somebody else. It will learn, and may keep and pass on:",
            "  - that somebody fetches its list, and when; not whom you look for in it;",
            f"  - {who}",
        )
    return (
        f"{place} belongs to somebody else. It will learn, and may keep and pass on:",
        "  - each address, script and transaction that is asked about, and when;",
        "  - that one person asks about all of them together, which can tell what you are working on;",
        f"  - {who}",
        "Block files, or a server of your own, tell nobody.",
    )


def tell_once(  # noqa: PLR0913  what it is told is told by four flags
    remembered: Remembered,
    place: Place,
    manner: Manner,
    tell: Callable[[tuple[str, ...]], None],
    *,
    blocks: bool = False,
    pages: bool = False,
    lists: bool = False,
    alerts: bool = False,
) -> bool:
    """Say what a server will learn, unless it was said in this workspace; again where the proxy is left out.

    Args:
        remembered: the workspace's memory.
        place: the server.
        manner: how it is reached.
        tell: shows the lines; what it raises counts as not told.
        blocks: it is asked for whole blocks only.
        pages: it is asked for a page; that is said apart from other questions.
        lists: it is asked for an official list only; that is said apart too.
        alerts: alerts are brought to it; that is said apart too.

    Returns:
        whether it was said now.
    """
    subject = f"{place} through a proxy" if manner.proxy is not None else str(place)
    subject += " for pages" if pages else " for lists" if lists else " for alerts" if alerts else ""
    lines = will_learn(place, manner, blocks=blocks, pages=pages, lists=lists, alerts=alerts)
    return remembered.tell_once(subject, lambda: tell(lines))
