"""The parts of a review as its answer shows them: months, transfers, counterparties, worth."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from qaif.analysis.counterparties import DATA, Counterparties
from qaif.analysis.fiat import FiatTotals
from qaif.analysis.review import Months, Review
from qaif.chain.open import Chain
from qaif.chain.tables import COINBASE
from qaif.questions.answer import Layer
from qaif.questions.shown import ScriptShown, TxRef, script_shown, tx_ref
from qaif.records.daily_prices import DailyPrices
from qaif.units import UNKNOWN

_KINDS = {UNKNOWN: "unknown", COINBASE: "coinbase", DATA: "data"}
_MONTHS_A_YEAR = 12
_FIRST_YEAR = 1970


@dataclass(frozen=True)
class MonthRow:
    """One calendar month, UTC; counts of transactions, amounts in satoshi.

    Attributes:
        sent_sat: the known values of what was spent.
        sent_at_least_sat: the least that can have been spent, from what its transactions paid out.
        inputs_unknown_value: inputs that `sent_sat` leaves out.
    """

    month: str
    tx_count: int
    received_count: int
    sent_count: int
    received_sat: int
    sent_sat: int
    sent_at_least_sat: int
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
        layer: `inference` where a transaction counts here only by an inferred script; `claim` where only a
            source says of a transaction of the set that it is in its block.
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


def months_shown(months: Months) -> tuple[MonthRow, ...]:
    """Every month, in order."""
    names = [
        f"{_FIRST_YEAR + int(num) // _MONTHS_A_YEAR}-{int(num) % _MONTHS_A_YEAR + 1:02d}"
        for num in months.month_num
    ]
    columns = [column.tolist() for name, column in vars(months).items() if name != "month_num"]
    return tuple(MonthRow(*row) for row in zip(names, *columns, strict=True))


def largest_shown(chain: Chain, figures: Review, most: int) -> tuple[LargestTransfer, ...]:
    """The largest transfers, greatest first."""
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


def layer_of(figures: Review, *, inferred: bool) -> Layer:
    """The layer of a figure: a claim where only a source says that a transaction is in its block."""
    if figures.rests_on_claim:
        return "claim"
    return "inference" if inferred else "fact"


def both_ways(chain: Chain, figures: Review, most: int) -> CounterpartiesShown:
    """The greatest counterparties in each direction."""
    return CounterpartiesShown(
        in_=_counterparties(chain, figures, figures.paid_to_set, most),
        out=_counterparties(chain, figures, figures.paid_by_set, most),
        in_count=len(figures.paid_to_set),
        out_count=len(figures.paid_by_set),
    )


def _counterparties(
    chain: Chain, figures: Review, them: Counterparties, most: int
) -> tuple[Counterparty, ...]:
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
                layer=layer_of(figures, inferred=bool(them.inferred_tx_count[row])),
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


def fiat_shown(figures: Review, prices: DailyPrices | None) -> Fiat:
    """Worth, with its source named."""
    return Fiat(
        currency=prices.currency if prices else None,
        source=prices.source if prices else None,
        at_transaction_day=figures.at_transaction_days,
        day=figures.chosen_day,
        at_day=figures.at_chosen_day,
    )
