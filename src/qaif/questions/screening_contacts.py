"""Whom an address that is screened dealt with, from its exposure: directly, and within some steps."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from qaif.questions.exposure import ExposureAnswer
from qaif.questions.exposure_parts import Direct, Exposed, Side
from qaif.questions.exposure_path import PathShown
from qaif.questions.screening_lists import ListsAsked
from qaif.screening.facts import Contact, Direction

SHARED = (
    "Several parties paid together in each of these transactions, as in a mix or a payjoin: that the one "
    "paid the other is not known."
)
_PPM = 1_000_000


def contacts_of(exposure: ExposureAnswer, lists: ListsAsked) -> tuple[Contact, ...]:
    """The dealings that an exposure tells of, with what lists and sources say of the other side."""
    methods, measured = _methods(exposure)
    sides: tuple[tuple[Direction, Side], ...] = (("in", exposure.incoming), ("out", exposure.outgoing))
    return tuple(
        contact
        for direction, side in sides
        for row in side.entities
        for contact in _contacts(row, direction, lists, (methods, measured))
    )


def _methods(exposure: ExposureAnswer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told = exposure.basis.get("methods", ())
    rows = [each for each in told if isinstance(each, dict)] if isinstance(told, list | tuple) else []
    named = tuple(f"{each['id']}/{each['version']}" for each in rows)
    return named, tuple(str(each.get("measured", "")) for each in rows)


def _contacts(
    row: Exposed, direction: Direction, lists: ListsAsked, methods: tuple[tuple[str, ...], tuple[str, ...]]
) -> Iterator[Contact]:
    subjects = [lists.subject(each) for each in row.addresses]
    common = {
        "entity_ids": tuple(dict.fromkeys(one for each in subjects for one in each.ids)),
        "names": (row.name,),
        "address": row.addresses[0] if row.addresses else "",
        "listings": tuple(dict.fromkeys(one for each in row.addresses for one in lists.listings(each))),
        "tags": tuple(dict.fromkeys(one for each in row.addresses for one in lists.tags(each))),
        "direction": direction,
        "methods": methods[0],
        "measured": methods[1],
    }
    if row.direct.payments and row.direct.first is not None and row.direct.last is not None:
        yield _direct(row, row.direct, common)
    elif row.indirect.coins and row.path is not None and row.min_hops is not None:
        yield _indirect(row, row.path, common)


def _direct(row: Exposed, direct: Direct, common: Mapping[str, object]) -> Contact:
    assert direct.first is not None  # noqa: S101  payments have a first and a last
    assert direct.last is not None  # noqa: S101
    shared = not direct.amount_sat and bool(direct.shared_sat)
    ends = dict.fromkeys((direct.first.txid, direct.last.txid))
    return Contact(
        hops=1,
        amount_sat=direct.amount_sat or direct.shared_sat,
        least_ppm=_ppm(row.direct_estimated.least_share),
        most_ppm=_ppm(row.direct_estimated.most_share),
        first_time=direct.first.time,
        last_time=direct.last.time,
        path=tuple(ends),
        layer="inference",
        uncounted=SHARED if shared else "",
        **common,  # type: ignore[arg-type]  # the fields that both kinds share
    )


def _indirect(row: Exposed, path: PathShown, common: Mapping[str, object]) -> Contact:
    links = [step.tx for step in path.steps if step.tx is not None]
    near = links[-1] if common["direction"] == "in" else links[0]
    assert row.min_hops is not None  # noqa: S101  the caller looked
    return Contact(
        hops=row.min_hops,
        amount_sat=row.indirect.least_sat or 0,
        least_ppm=_ppm(row.indirect.least_share),
        most_ppm=_ppm(row.indirect.most_share),
        first_time=near.time,
        last_time=near.time,
        path=tuple(each.txid for each in links),
        layer="inference",
        **common,  # type: ignore[arg-type]  # the fields that both kinds share
    )


def _ppm(share: Decimal | None) -> int:
    return 0 if share is None else int(share * _PPM)
