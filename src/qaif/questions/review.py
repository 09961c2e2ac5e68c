"""What did these addresses do? One review of all of them together."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from qaif.analysis import review as analysis
from qaif.analysis.methods import SPENDER_SCRIPT
from qaif.analysis.review import Review
from qaif.analysis.transfers import transfers_of
from qaif.chain.open import Chain
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.asked import Moment, addresses_named, moment
from qaif.questions.review_parts import (
    CounterpartiesShown,
    Fiat,
    LargestTransfer,
    MonthRow,
    both_ways,
    fiat_shown,
    largest_shown,
    layer_of,
    months_shown,
)
from qaif.questions.shown import TxRef, tx_ref
from qaif.questions.standing import as_of
from qaif.questions.told import covers, scripts_coverage
from qaif.records.daily_prices import DailyPrices
from qaif.records.engine import Records
from qaif.units import UNKNOWN
from qaif.workspace.folder import Workspace

Occurrence = Literal["seen", "not-seen", "unknown"]


@dataclass(frozen=True, kw_only=True)
class ReviewRequest:
    """What to review, and how.

    Attributes:
        addresses: as given; several are one set, net of what moves between them.
        as_of: a height, a block hash or a day; the chain's tip where None.
        fiat_day: the one day of the second kind of fiat totals; the day of the as-of block where None.
        price_source: whose prices; those imported last where None.
        currency: in which currency.
        inference: count inputs whose script only follows from what they show.
        most_largest: how many of the largest transfers to list.
        most_counterparties: how many counterparties to list in each direction.
    """

    addresses: tuple[str, ...]
    as_of: str | None = None
    fiat_day: date | None = None
    price_source: str | None = None
    currency: str | None = None
    inference: bool = True
    most_largest: int = 10
    most_counterparties: int = 25


@dataclass(frozen=True)
class ReviewedAddress:
    """One address of the set, and whether its script occurs in the blocks held."""

    address: str
    script_type: str
    script_hex: str
    seen: bool


@dataclass(frozen=True, kw_only=True)
class ReviewAnswer(Answer):
    """A review; `analysis/review.py` says what each figure means.

    Attributes:
        address: the address; None where several were asked.
        script_type: its kind; None where several were asked.
        addresses: all of them.
        occurrence: `seen` in the blocks held; `not-seen` though the whole chain is held, or the whole history
            told; else `unknown`, which is not the same as unused.
        tx_count: see `Review`, as for the rest.
    """

    address: str | None
    script_type: str | None
    addresses: tuple[ReviewedAddress, ...]
    occurrence: Occurrence
    tx_count: int
    received_sat: int
    sent_sat: int
    sent_at_least_sat: int
    balance_sat: int | None
    turnover_sat: int
    net_received_sat: int
    net_sent_sat: int
    unspendable_sat: int
    lower_bound: bool
    inputs_unknown_value: int
    first_seen: TxRef | None
    last_seen: TxRef | None
    active_days: int
    years_active: Decimal
    by_month: tuple[MonthRow, ...]
    largest: tuple[LargestTransfer, ...]
    counterparties: CounterpartiesShown
    fiat: Fiat


@dataclass(frozen=True)
class Reviewed:
    """An answer, and the figures and rows behind it."""

    answer: ReviewAnswer
    figures: Review
    chain: Chain = field(repr=False)


def review(workspace: Path, request: ReviewRequest) -> ReviewAnswer:
    """Review addresses in a workspace.

    Raises:
        AddressError: an address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        NotFoundError: there is no workspace or no chain in it, or the as-of block is not held.
        PriceError: there are no such prices.
    """
    folder = Workspace.open(workspace)
    with Chain.open(folder.chain_dir) as chain, Records.open(folder.path) as records:
        prices = records.prices.series(request.price_source, request.currency)
        return reviewed(chain, prices, request).answer


def reviewed(chain: Chain, prices: DailyPrices | None, request: ReviewRequest) -> Reviewed:
    """Review addresses on an opened chain; see `review` for what it raises."""
    parsed = addresses_named(chain, request.addresses)
    now = moment(chain, request.as_of)
    script_nums = [now.chain.script_num(one.script_raw) for one in parsed]
    scripts = [one.script_raw for one in parsed]
    told = now.chain.told is not None and covers(now.chain, scripts, now.until)
    now = Moment(now.chain, (), now.until) if told else now
    figures = analysis.review(
        now.chain,
        script_nums,
        prices,
        chosen_day=request.fiat_day,
        inference=request.inference,
        whole=told or None,
    )
    if now.gap:
        figures = figures.unclosed()
    seen = [_is_seen(now.chain, num, inference=request.inference) for num in script_nums]
    addresses = tuple(
        ReviewedAddress(one.address, one.script_type, one.script_raw.hex(), is_seen)
        for one, is_seen in zip(parsed, seen, strict=True)
    )
    answer = _answer(now, request, addresses, figures, prices)
    return Reviewed(answer, figures, now.chain)


def _is_seen(chain: Chain, script_num: int, *, inference: bool) -> bool:
    if script_num == UNKNOWN:
        return False
    return inference or len(transfers_of(chain, [script_num], inference=False)) > 0


def _answer(
    now: Moment,
    request: ReviewRequest,
    addresses: tuple[ReviewedAddress, ...],
    figures: Review,
    prices: DailyPrices | None,
) -> ReviewAnswer:
    chain, rows = now.chain, figures.transfers
    one = addresses[0] if len(addresses) == 1 else None
    return ReviewAnswer(
        layer=layer_of(figures, inferred=figures.rests_on_inference),
        basis=_basis(chain, request, figures, prices),
        as_of=as_of(chain),
        coverage=(coverage := _coverage(now, addresses, figures)),
        address=one.address if one else None,
        script_type=one.script_type if one else None,
        addresses=addresses,
        occurrence=_occurrence(figures, whole=coverage.complete),
        tx_count=figures.tx_count,
        received_sat=figures.received_sat,
        sent_sat=figures.sent_sat,
        sent_at_least_sat=figures.sent_at_least_sat,
        balance_sat=figures.balance_sat,
        turnover_sat=figures.turnover_sat,
        net_received_sat=figures.net_received_sat,
        net_sent_sat=figures.net_sent_sat,
        unspendable_sat=figures.unspendable_sat,
        lower_bound=figures.lower_bound,
        inputs_unknown_value=figures.inputs_unknown_value,
        first_seen=tx_ref(chain, int(rows.tx_num[0])) if len(rows) else None,
        last_seen=tx_ref(chain, int(rows.tx_num[-1])) if len(rows) else None,
        active_days=figures.active_days,
        years_active=figures.years_active,
        by_month=months_shown(figures.months),
        largest=largest_shown(chain, figures, request.most_largest),
        counterparties=both_ways(chain, figures, request.most_counterparties),
        fiat=fiat_shown(figures, prices),
    )


def _basis(
    chain: Chain, request: ReviewRequest, figures: Review, prices: DailyPrices | None
) -> dict[str, object]:
    rows = figures.transfers
    told, inferred = int(rows.told_inputs.sum()), int(rows.inferred_inputs.sum())
    used = {"own_inputs": inferred, "counterparties": int((figures.paid_to_set.inferred_tx_count > 0).sum())}
    methods = [vars(SPENDER_SCRIPT) | {"used_for": used}] if figures.rests_on_inference else []
    return {
        "network": chain.network.name,
        "simulated": chain.simulated,
        "own_inputs": {
            "output_held": len(rows.in_nums) - told - inferred,
            "told_by_feed": told,
            "inferred": inferred,
        },
        "inference": request.inference,
        "methods": methods,
        "prices": None
        if prices is None
        else {"source": prices.source, "currency": prices.currency, "sha256": prices.sha256},
    }


def _occurrence(figures: Review, *, whole: bool) -> Occurrence:
    if figures.tx_count:
        return "seen"
    return "not-seen" if whole else "unknown"


def _coverage(now: Moment, addresses: tuple[ReviewedAddress, ...], figures: Review) -> CoverageOf:
    held = now.chain.held
    base = _base(now, addresses)
    reasons = [*base.reasons, *now.gap]
    absent = [one.address for one in addresses if not one.seen]
    if absent and not held.complete and now.chain.told is None:
        reasons.append(
            f"{_listed(absent)} {'does' if len(absent) == 1 else 'do'} not occur in the blocks held; that "
            "does not say that nothing happened elsewhere."
        )
    if figures.inputs_unknown_value:
        reasons.append(
            f"{figures.inputs_unknown_value:,} spending input(s) have an unknown value, because the spent "
            "output is not held: sums are lower bounds."
        )
    told = int(figures.transfers.told_inputs.sum())
    if told:
        reasons.append(
            f"{told:,} spending input(s) have the value and script that the source of the blocks told; no "
            "transaction held proves them."
        )
    where = "transactions" if now.chain.told else "blocks"
    if figures.inputs_unknown_script:
        reasons.append(
            f"Of {figures.inputs_unknown_script:,} inputs in the {where} held it is unknown whose they are; "
            "any may spend from here."
        )
    complete = base.complete and not now.gap
    return CoverageOf(complete, tuple(reasons), base.told and complete, base.scripts)


def _base(now: Moment, addresses: tuple[ReviewedAddress, ...]) -> CoverageOf:
    """What is held of the chain, or told of the addresses."""
    chain = now.chain
    if chain.told is None:
        return CoverageOf(chain.held.complete, chain.held.reasons)
    scripts = [bytes.fromhex(one.script_hex) for one in addresses]
    return scripts_coverage(chain, chain.told, scripts, now.until)


def _listed(addresses: list[str]) -> str:
    if len(addresses) <= 3:  # noqa: PLR2004  a sentence stays readable with three
        return ", ".join(addresses)
    return f"{', '.join(addresses[:2])} and {len(addresses) - 2:,} more"
