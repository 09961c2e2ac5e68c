"""What did these addresses do? One review of all of them together."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from qaif.analysis import review as analysis
from qaif.analysis.counterparties import DATA, Counterparties
from qaif.analysis.fiat import FiatTotals
from qaif.analysis.methods import SPENDER_SCRIPT
from qaif.analysis.review import Months, Review
from qaif.analysis.transfers import transfers_of
from qaif.chain.open import Chain
from qaif.chain.tables import COINBASE
from qaif.questions.answer import Answer, CoverageOf, Layer
from qaif.questions.asked import Moment, addresses_named, moment
from qaif.questions.shown import ScriptShown, TxRef, script_shown, tx_ref
from qaif.questions.standing import as_of
from qaif.records.daily_prices import DailyPrices
from qaif.records.engine import Records
from qaif.units import UNKNOWN
from qaif.workspace.folder import Workspace

Occurrence = Literal["seen", "not-seen", "unknown"]
_KINDS = {UNKNOWN: "unknown", COINBASE: "coinbase", DATA: "data"}
_MONTHS_A_YEAR = 12
_FIRST_YEAR = 1970


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


@dataclass(frozen=True)
class MonthRow:
    """One calendar month, UTC; counts of transactions, amounts in satoshi."""

    month: str
    tx_count: int
    received_count: int
    sent_count: int
    received_sat: int
    sent_sat: int
    net_received_sat: int
    net_sent_sat: int
    inputs_unknown_value: int


@dataclass(frozen=True)
class LargestTransfer:
    """A transaction by what it moved, net of what the set paid itself.

    Attributes:
        txid: its id, with block_hash, height and time of its block.
        direction: `in` or `out`.
        amount_sat: what it moved.
        lower_bound: it may have moved more, since the value of an input of the set is unknown.
        inputs_unknown_script: inputs of which it is unknown whose they are. Where they are the set's own,
            what came `in` was partly or wholly its own.
    """

    txid: str
    block_hash: str
    height: int | None
    time: str
    direction: Literal["in", "out"]
    amount_sat: int
    lower_bound: bool
    inputs_unknown_script: int


@dataclass(frozen=True)
class Counterparty:
    """Who paid the set, or whom it paid.

    Attributes:
        kind: `script`, or `unknown` (inputs whose script is unknown, all together), `coinbase` (newly made
            coins), `data` (all OP_RETURN outputs together).
        address: None where Bitcoin Core gives the script none.
        script_type: Core's name of its kind.
        script_hex: its bytes.
        layer: `inference` where a transaction counts here only by an inferred script.
        tx_count: transactions with it.
        alone_tx_count: those in which one side was alone, so that the amount is certain to have gone between
            the two: out, the set put in every input; in, this counterparty did.
        amount_sat: what went between the two in those.
        shared_sat: out: what it received in the others, from whom cannot be said. In: what the set received
            in the others; it stands with each of the funders, so it must not be added up.
        count: its outputs (out) or inputs (in).
        put_in_sat: known values of its inputs in transactions that pay the set; 0 for out.
        inputs_unknown_value: its inputs whose value is unknown.
        first_seen: the first transaction with it.
        last_seen: the last.
    """

    kind: str
    address: str | None
    script_type: str | None
    script_hex: str | None
    layer: Layer
    tx_count: int
    alone_tx_count: int
    amount_sat: int
    shared_sat: int
    count: int
    put_in_sat: int
    inputs_unknown_value: int
    first_seen: TxRef
    last_seen: TxRef


@dataclass(frozen=True)
class CounterpartiesShown:
    """The greatest counterparties in each direction, and how many there are in all."""

    in_: tuple[Counterparty, ...]
    out: tuple[Counterparty, ...]
    in_count: int
    out_count: int


@dataclass(frozen=True)
class Fiat:
    """Worth in one currency; totals cover what the satoshi amounts cover, lower bounds included.

    Attributes:
        currency: None where no prices are imported.
        source: whose prices.
        at_transaction_day: each transaction at the close of its own UTC day.
        day: the chosen day.
        at_day: everything at that day's close.
    """

    currency: str | None
    source: str | None
    at_transaction_day: FiatTotals
    day: date | None
    at_day: FiatTotals


@dataclass(frozen=True, kw_only=True)
class ReviewAnswer(Answer):
    """A review; `analysis/review.py` says what each figure means.

    Attributes:
        address: the address; None where several were asked.
        script_type: its kind; None where several were asked.
        addresses: all of them.
        occurrence: `seen` in the blocks held; `not-seen` though the whole chain is held; else `unknown`,
            which is not the same as unused.
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
    figures = analysis.review(
        now.chain, script_nums, prices, chosen_day=request.fiat_day, inference=request.inference
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
        layer="inference" if figures.rests_on_inference else "fact",
        basis=_basis(chain, request, figures, prices),
        as_of=as_of(chain),
        coverage=_coverage(now, addresses, figures),
        address=one.address if one else None,
        script_type=one.script_type if one else None,
        addresses=addresses,
        occurrence=_occurrence(now, figures),
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
        by_month=_months(figures.months),
        largest=_largest(chain, figures, request.most_largest),
        counterparties=CounterpartiesShown(
            in_=_counterparties(chain, figures.paid_to_set, request.most_counterparties),
            out=_counterparties(chain, figures.paid_by_set, request.most_counterparties),
            in_count=len(figures.paid_to_set),
            out_count=len(figures.paid_by_set),
        ),
        fiat=_fiat(figures, prices),
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


def _occurrence(now: Moment, figures: Review) -> Occurrence:
    if figures.tx_count:
        return "seen"
    return "not-seen" if now.chain.held.complete and not now.gap else "unknown"


def _coverage(now: Moment, addresses: tuple[ReviewedAddress, ...], figures: Review) -> CoverageOf:
    held = now.chain.held
    reasons = [*held.reasons, *now.gap]
    absent = [one.address for one in addresses if not one.seen]
    if absent and not held.complete:
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
    if figures.inputs_unknown_script:
        reasons.append(
            f"Of {figures.inputs_unknown_script:,} inputs in the blocks held it is unknown whose they are; "
            "any may spend from here."
        )
    return CoverageOf(held.complete and not now.gap, tuple(reasons))


def _listed(addresses: list[str]) -> str:
    if len(addresses) <= 3:  # noqa: PLR2004  a sentence stays readable with three
        return ", ".join(addresses)
    return f"{', '.join(addresses[:2])} and {len(addresses) - 2:,} more"


def _months(months: Months) -> tuple[MonthRow, ...]:
    names = [
        f"{_FIRST_YEAR + int(num) // _MONTHS_A_YEAR}-{int(num) % _MONTHS_A_YEAR + 1:02d}"
        for num in months.month_num
    ]
    columns = [column.tolist() for name, column in vars(months).items() if name != "month_num"]
    return tuple(MonthRow(*row) for row in zip(names, *columns, strict=True))


def _largest(chain: Chain, figures: Review, most: int) -> tuple[LargestTransfer, ...]:
    rows, out = figures.transfers, []
    for row in figures.largest[:most]:
        ref = tx_ref(chain, int(rows.tx_num[row]))
        received, sent = int(rows.moved_in_sat[row]), int(rows.net_sent_sat[row])
        out.append(
            LargestTransfer(
                **vars(ref),
                direction="in" if received > sent else "out",
                amount_sat=max(received, sent),
                lower_bound=bool(rows.unknown_inputs[row]),
                inputs_unknown_script=int(rows.strangers[row]),
            )
        )
    return tuple(out)


def _counterparties(chain: Chain, them: Counterparties, most: int) -> tuple[Counterparty, ...]:
    out = []
    for row in range(min(most, len(them))):
        key = int(them.key[row])
        shown = script_shown(chain, key) if key >= 0 else None
        script = shown or ScriptShown(None, "", "")
        out.append(
            Counterparty(
                kind=_KINDS.get(key, "script"),
                address=script.address,
                script_type=script.script_type or None,
                script_hex=script.script_hex if shown else None,
                layer="inference" if them.inferred_tx_count[row] else "fact",
                tx_count=int(them.tx_count[row]),
                alone_tx_count=int(them.alone_tx_count[row]),
                amount_sat=int(them.amount_sat[row]),
                shared_sat=int(them.shared_sat[row]),
                count=int(them.count[row]),
                put_in_sat=int(them.put_in_sat[row]),
                inputs_unknown_value=int(them.unknown_inputs[row]),
                first_seen=tx_ref(chain, int(them.first_tx[row])),
                last_seen=tx_ref(chain, int(them.last_tx[row])),
            )
        )
    return tuple(out)


def _fiat(figures: Review, prices: DailyPrices | None) -> Fiat:
    return Fiat(
        currency=prices.currency if prices else None,
        source=prices.source if prices else None,
        at_transaction_day=figures.at_transaction_days,
        day=figures.chosen_day,
        at_day=figures.at_chosen_day,
    )
