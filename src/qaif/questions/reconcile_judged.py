"""Does a figure of a document hold? On its own basis, on another, on none, or can it not be told here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qaif.evidence.stated.figures import StatedFigure
from qaif.questions.answer import Layer, weakest
from qaif.questions.reconcile_bases import AT_EACH_DAY, Basis, Days

Standing = Literal["confirmed", "true on another basis", "contradicted", "cannot be checked here"]
_SHOWN = 12
_NO_SUM = ("largest single transfer", "balance")
_STATED: dict[str, tuple[str, ...]] = {
    "raised": ("received", "net received"),
    "volume": ("received and sent together",),
    "received": ("received",),
    "sent": ("sent",),
    "balance": ("balance",),
    "transactions": ("transactions",),
    "receipts": ("transactions that pay it",),
    "payers": ("scripts that paid it",),
    "addresses": ("addresses",),
    "active-span": ("days from first to last transaction",),
    "first-seen": ("day of the first transaction",),
    "last-seen": ("day of the last",),
}
OWN_COINS = "the coins that the document states"
REASONS = {
    "not-said": "The text does not tie this to coins, a wallet or its transactions.",
    "no-quantity": "The text does not say of what this is the sum, and nothing that was tried gives it.",
    "no-basis": "Nothing is held here on which it could be counted.",
    "no-prices": "No prices in its currency are imported, so no sum in it can be computed.",
    "only-cut-off": "It dates other figures: what holds up to it is counted to its end.",
    "bound": "The history is not all held: what was counted is a lower bound, so that a sum which fits is no "
    "confirmation, and one that is too small is no contradiction.",
    "only-own-coins": "It fits the coins that the document itself states, at these prices; that the coins "
    "are right is not known here.",
    "many-fit": "Several bases fit; which one the author used, the figures do not tell, and none is chosen.",
    "nowhere": "On none of the bases that were tried does it come out.",
    "of-these": "It was counted for the addresses of the document only; what went elsewhere is not in it.",
    "far-price": "No day that the document names, nor one within 60 days of it, has a price that gives it.",
}
"""Why a figure has its standing, by stable words."""


@dataclass(frozen=True)
class JudgedFigure:
    """A figure of the document, recomputed.

    Attributes:
        figure: what the document says; a claim.
        standing: whether it holds.
        layer: of what `standing` rests on.
        fits: the bases on which it comes out, those dated by the document first; none is chosen.
        fits_left_out: how many more fit.
        as_stated: what comes out on the basis that the document itself tells.
        tried: how many bases were computed.
        reasons: why, by the stable words of `REASONS`.
    """

    figure: StatedFigure
    standing: Standing
    layer: Layer
    fits: tuple[Basis, ...]
    fits_left_out: int
    as_stated: tuple[Basis, ...]
    tried: int
    reasons: tuple[str, ...]


def judged(
    figure: StatedFigure, bases: Sequence[Basis], roles: dict[int, str], days: Days, *, priced: bool
) -> JudgedFigure:
    """Judge a figure by the bases that were computed for it.

    Args:
        figure: the figure.
        bases: every basis that could be computed.
        roles: of what each figure of the document is said, by its number.
        days: the days that the document names.
        priced: there are prices in the figure's currency.
    """
    stated = [one for one in bases if _is_stated(figure, one, roles, days)]
    fits = sorted((one for one in bases if figure.covers(one.exact)), key=lambda one: _order(one, stated))
    standing, reasons = _standing(figure, bases, fits, stated, priced=priced)
    if len(fits) > 1:
        reasons = (*reasons, "many-fit")
    used = fits or stated or list(bases)
    return JudgedFigure(
        figure=figure,
        standing=standing,
        layer=weakest([one.layer for one in used]) if used else "claim",
        fits=tuple(fits[:_SHOWN]),
        fits_left_out=max(0, len(fits) - _SHOWN),
        as_stated=tuple(stated[:_SHOWN]),
        tried=len(bases),
        reasons=reasons,
    )


def _order(one: Basis, stated: Sequence[Basis]) -> tuple[bool, bool, int]:
    return (one not in stated, not one.dated_by_document, len(one.price_days))


def _is_stated(figure: StatedFigure, one: Basis, roles: dict[int, str], days: Days) -> bool:
    """Whether a basis is the one that the document tells: this quantity, this day, this price."""
    role = figure.role if figure.worth_of is None else roles.get(figure.worth_of, "other")
    own = one.of == "document" and figure.worth_of is not None and f"figure {figure.worth_of}," in one.whom
    if one.of == "cluster" or not (own or one.quantity in _STATED.get(role, ())):
        return False
    at_day = not figure.dated or bool(set(one.cut_offs) & set(figure.dated))
    at_day = at_day or own or figure.kind == "date"
    if figure.kind != "money":
        return at_day and (bool(figure.dated) or not one.cut_offs or bool(one.dated_by_document))
    return at_day and _price_stated(figure, one, days)


def _price_stated(figure: StatedFigure, one: Basis, days: Days) -> bool:
    """Whether the price is of a day that the document tells for this figure."""
    if one.price == AT_EACH_DAY or one.near_a_date:
        return False
    if figure.at_writing:
        after = max(figure.dated, default="")
        return all(day in days.all and day > after for day in one.price_days)
    return all(day in (figure.dated or days.all) for day in one.price_days)


def _standing(
    figure: StatedFigure,
    bases: Sequence[Basis],
    fits: Sequence[Basis],
    stated: Sequence[Basis],
    *,
    priced: bool,
) -> tuple[Standing, tuple[str, ...]]:
    if why := _unknowable(figure, bases, fits, priced=priced):
        return "cannot be checked here", (why,)
    sure = [one for one in fits if not one.lower_bound]
    if any(one in stated for one in sure):
        return "confirmed", ()
    of_chain = [one for one in sure if one.of != "document"]
    if of_chain:
        return "true on another basis", ()
    if any(one.of == "document" for one in sure):
        return "cannot be checked here", ("only-own-coins",)
    return _without_fit(figure, bases, fits)


def _unknowable(figure: StatedFigure, bases: Sequence[Basis], fits: Sequence[Basis], *, priced: bool) -> str:
    """Why nothing can be said of a figure; empty where something can."""
    if figure.role == "cut-off":
        return "only-cut-off"
    if not figure.of_chain:
        return "not-said"
    if figure.kind == "money" and not priced:
        return "no-prices"
    if not bases:
        return "no-basis"
    return "no-quantity" if figure.role == "other" and not fits else ""


def _without_fit(
    figure: StatedFigure, bases: Sequence[Basis], fits: Sequence[Basis]
) -> tuple[Standing, tuple[str, ...]]:
    """Nothing that is certain fits: contradicted only where no basis can still grow into it."""
    may_grow = [one for one in bases if one.lower_bound and (figure.most is None or one.exact <= figure.most)]
    if fits or may_grow:
        return "cannot be checked here", ("bound",)
    reasons = ["nowhere", "of-these"]
    if figure.kind == "money":
        reasons.append("far-price")
    return "contradicted", tuple(reasons)
