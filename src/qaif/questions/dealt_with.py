"""Which other addresses of a document stood on the other side of an address's transactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qaif.analysis.counterparties import Counterparties
from qaif.analysis.review import Review
from qaif.chain.addresses import ParsedAddress
from qaif.chain.labels import Labels, label_scripts
from qaif.chain.open import Chain
from qaif.questions.answer import Layer
from qaif.questions.review_parts import layer_of
from qaif.questions.shown import TxRef, tx_ref


@dataclass(frozen=True)
class DealtWith:
    """An address of the same document among the counterparties; the amounts are a counterparty's.

    That both stand in one document is what the document says; that they dealt with each other is what the
    chain says. Neither says that one person has both.

    Attributes:
        address: the other address.
        direction: `in` where it paid the one that is reviewed, `out` where it was paid.
        layer: `inference` where a transaction counts here only by an inferred script.
        tx_count: transactions with it.
        amount_sat: what went between the two with no other payer in the transaction.
        shared_sat: see `Counterparty`; not to be added up.
        first_seen: the first transaction with it.
        last_seen: the last.
    """

    address: str
    direction: Literal["in", "out"]
    layer: Layer
    tx_count: int
    amount_sat: int
    shared_sat: int
    first_seen: TxRef
    last_seen: TxRef


def dealt_with(chain: Chain, figures: Review, others: Sequence[ParsedAddress]) -> tuple[DealtWith, ...]:
    """The others among the counterparties, those who paid first; each direction by amount.

    Args:
        chain: the view that was reviewed.
        figures: its figures.
        others: the document's other addresses.
    """
    labels = label_scripts(chain, [(one.script_raw, place) for place, one in enumerate(others)])
    names = [one.address for one in others]
    return (
        *_among(chain, figures, figures.paid_to_set, (labels, names), "in"),
        *_among(chain, figures, figures.paid_by_set, (labels, names), "out"),
    )


def _among(
    chain: Chain,
    figures: Review,
    them: Counterparties,
    named: tuple[Labels, Sequence[str]],
    direction: Literal["in", "out"],
) -> list[DealtWith]:
    labels, names = named
    return [
        DealtWith(
            address=names[label],
            direction=direction,
            layer=layer_of(figures, inferred=bool(them.inferred_tx_count[row])),
            tx_count=int(them.tx_count[row]),
            amount_sat=int(them.amount_sat[row]),
            shared_sat=int(them.shared_sat[row]),
            first_seen=tx_ref(chain, int(them.first_tx[row])),
            last_seen=tx_ref(chain, int(them.last_tx[row])),
        )
        for row, label in zip(*(part.tolist() for part in labels.of(them.key)), strict=True)
    ]
