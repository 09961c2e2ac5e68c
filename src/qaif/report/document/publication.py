"""What the edition for publication leaves out of a case, from its material."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from qaif.errors import UsageError
from qaif.evidence.folding import fold
from qaif.questions.alleged_persons import alleged_persons
from qaif.report.document.edition import Edition


def publication(
    material: Mapping[str, Any],
    alleged: Iterable[str],
    *,
    confirmed: Sequence[str] = (),
    redacted: Sequence[str] = (),
    live: bool = False,
) -> Edition:
    """The edition for publication.

    Args:
        material: a `CaseMaterial` as JSON.
        alleged: names of private persons that are only alleged; see `questions/alleged_persons.py`.
        confirmed: those of them that an analyst confirmed: they may appear.
        redacted: texts that may not.
        live: show addresses that still hold coins in full.
    """
    free = {fold(name) for name in confirmed}
    hidden = tuple(name for name in alleged if fold(name) not in free)
    own = {one["address"] for one in _found(material)}
    donors = frozenset(_payers(material)) - own - frozenset(_services(material))
    return Edition(
        redacted=(*redacted, *hidden),
        donors=donors,
        live=frozenset() if live else frozenset(_live(material)),
        for_publication=True,
    )


def _found(material: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in material["investigations"]:
        yield from each["addresses"]


def _payers(material: Mapping[str, Any]) -> Iterator[str]:
    """Addresses that paid an address of the case, directly or by way of others, and the payments."""
    for found in _found(material):
        review = found["review"]
        if review:
            yield from (one["address"] for one in review["counterparties"]["in"] if one["address"])
            yield from (one["txid"] for one in review["largest"] if one["direction"] == "in")
        for row in found["transactions"]:
            if row["received_sat"] > row["sent_sat"]:
                yield row["txid_hex"]
                yield from (side["address"] for side in row["paid_by"] if side["address"])
    for more in material["more"]:
        yield from _ends((more["backward"] or {}).get("destinations", ()))


def _ends(destinations: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in destinations:
        shown = one["script"]
        if shown and shown["address"]:
            yield shown["address"]


def _services(material: Mapping[str, Any]) -> Iterator[str]:
    """Addresses of services, which are no donors."""
    for more in material["more"]:
        handed = more["handoffs"]
        for row in (*handed["arrivals"], *handed["departures"]) if handed else ():
            yield from (one["address"] for one in row["addresses"] if one["address"])


def _live(material: Mapping[str, Any]) -> Iterator[str]:
    """Addresses of the case that hold coins, or of which that is not known."""
    for found in _found(material):
        review = found["review"]
        if review is None or review["balance_sat"] is None or review["balance_sat"] > 0:
            yield found["address"]


def edition_asked(
    path: Path,
    kind: str,
    *,
    redacted: Sequence[str] = (),
    confirmed: Sequence[str] = (),
    live: bool = False,
) -> Callable[[Mapping[str, Any]], Edition] | None:
    """What makes of a material the edition that a user asks for; None for the full one without redaction.

    Args:
        path: the workspace's folder.
        kind: `full` or `publication`.
        redacted: see `publication`.
        confirmed: likewise.
        live: likewise.

    Raises:
        UsageError: what is asked for contradicts itself.
    """
    if kind == "full":
        if confirmed or live:
            raise UsageError(
                "--confirm and --live are of the edition for publication.",
                way_out="Write --edition publication.",
            )
        return (lambda _: Edition(redacted=tuple(redacted))) if redacted else None
    alleged = alleged_persons(path)
    return partial(publication, alleged=alleged, confirmed=confirmed, redacted=redacted, live=live)
