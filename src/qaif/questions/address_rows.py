"""The transactions behind each figure of an address: one row each, with who stood on the other side."""

from dataclasses import dataclass

from qaif.analysis.transfers import Transfers
from qaif.chain.open import Chain
from qaif.chain.tables import BASIS_INFERRED, COINBASE
from qaif.questions.answer import Layer
from qaif.questions.shown import script_shown
from qaif.units import UNKNOWN, hash_hex, utc_text

MOST_ROWS = 20_000
MOST_SIDES = 10


@dataclass(frozen=True)
class Side:
    """One other input or output of a transaction, with its place in it.

    Args:
        index: which input or output.
        address: None where Bitcoin Core gives its script none, or the script is not known.
        script_type: Core's name of its kind; `unknown` where it is not known, `coinbase` for new coins.
        amount_sat: None where it is not known.
        layer: `inference` where the script is only inferred.
    """

    index: int
    address: str | None
    script_type: str
    amount_sat: int | None
    layer: Layer


@dataclass(frozen=True)
class AddressTransaction:
    """One held transaction of an address: a row behind each figure of its review.

    Args:
        txid_hex: its id.
        block_hash_hex: its block.
        height: its block's height, None where it cannot be known.
        time: its block's time, ISO 8601 UTC.
        received_sat: what it pays to the address.
        sent_sat: what of the address it spends, as far as values are known.
        sent_at_least_sat: the least that it can have spent of the address, by what the transaction pays out.
        net_sat: received less sent; None where the value of an input of the address is unknown, or the script
            of another input, which may be its own.
        returned_sat: what it pays back to the address that it also spends from; 0 where it does not.
        inputs: how many of its inputs spend from the address.
        outputs: how many of its outputs pay the address.
        inputs_unknown_value: how many of those inputs spend an output that is not held, of unknown value.
        inputs_unknown_script: how many other inputs there are of which not even the script is known.
        layer: `fact`, `inference` where an input is known by its public key only, or `claim` where only a
            source says that it is in this block.
        basis: the same in a sentence.
        paid_by: its other inputs, where it pays the address; the greatest ten.
        paid_by_count: how many there are.
        paid_to: its other outputs, where it spends from the address; the greatest ten.
        paid_to_count: how many there are.
    """

    txid_hex: str
    block_hash_hex: str
    height: int | None
    time: str
    received_sat: int
    sent_sat: int
    sent_at_least_sat: int
    net_sat: int | None
    returned_sat: int
    inputs: int
    outputs: int
    inputs_unknown_value: int
    inputs_unknown_script: int
    layer: Layer
    basis: str
    paid_by: tuple[Side, ...] = ()
    paid_by_count: int = 0
    paid_to: tuple[Side, ...] = ()
    paid_to_count: int = 0


def rows_of(
    chain: Chain, transfers: Transfers, script_num: int
) -> tuple[tuple[AddressTransaction, ...], int]:
    """The rows of one address in chain order, the latest if they are too many; and how many are left out."""
    left_out = max(len(transfers) - MOST_ROWS, 0)
    rows = range(left_out, len(transfers))
    return tuple(_row(chain, transfers, row, script_num) for row in rows), left_out


def _row(chain: Chain, transfers: Transfers, row: int, script_num: int) -> AddressTransaction:
    tx_num, block = int(transfers.tx_num[row]), int(transfers.block_num[row])
    received, sent = int(transfers.received_sat[row]), int(transfers.sent_sat[row])
    inputs, unknown = int(transfers.inputs[row]), int(transfers.unknown_inputs[row])
    strangers = int(transfers.strangers[row])
    paid_by = _inputs(chain, tx_num, script_num) if received else []
    paid_to = _outputs(chain, tx_num, script_num) if inputs else []
    height = chain.block.height.one(block)
    claimed = chain.tx.place.one(tx_num) == UNKNOWN
    return AddressTransaction(
        txid_hex=hash_hex(chain.tx.txid_raw.take(tx_num)[0].tobytes()),
        block_hash_hex=hash_hex(chain.block.hash_raw.take(block)[0].tobytes()),
        height=None if height == UNKNOWN else height,
        time=utc_text(int(transfers.time_unix[row])),
        received_sat=received,
        sent_sat=sent,
        sent_at_least_sat=int(transfers.sent_floor_sat[row]),
        net_sat=None if unknown or strangers else received - sent,
        returned_sat=received if inputs else 0,
        inputs=inputs,
        outputs=int(transfers.outputs[row]),
        inputs_unknown_value=unknown,
        inputs_unknown_script=strangers,
        layer="claim" if claimed else "inference" if transfers.inferred_inputs[row] else "fact",
        basis=_basis(transfers, row, claimed=claimed),
        paid_by=_greatest(paid_by),
        paid_by_count=len(paid_by),
        paid_to=_greatest(paid_to),
        paid_to_count=len(paid_to),
    )


def _basis(transfers: Transfers, row: int, *, claimed: bool) -> str:
    inferred, told = int(transfers.inferred_inputs[row]), int(transfers.told_inputs[row])
    said = []
    if claimed:
        said.append("That the transaction is in this block is what a source claims; no proof of it is held.")
    if inferred:
        said.append(
            f"{inferred} of its inputs spends an output that is not held; that it was this address's follows "
            "from the key or script that the input shows."
        )
    if told:
        said.append(
            f"What {told} of its inputs spends is not held, but was told by the source of the blocks."
        )
    return " ".join(said) or "The transaction and the outputs it spends from the address are held."


def _inputs(chain: Chain, tx_num: int, script_num: int) -> list[Side]:
    """The inputs of a transaction that are not the address's."""
    lo, hi = chain.tx.in_lo.one(tx_num), chain.tx.in_lo.one(tx_num + 1)
    columns = zip(
        range(hi - lo),
        chain.txin.script_num[lo:hi].tolist(),
        chain.txin.value_sat[lo:hi].tolist(),
        chain.txin.script_basis[lo:hi].tolist(),
        chain.txin.spent_out[lo:hi].tolist(),
        strict=True,
    )
    return [
        Side(index, *_script(chain, COINBASE if spent == COINBASE else num), _known(value), _layer(basis))
        for index, num, value, basis, spent in columns
        if num != script_num
    ]


def _outputs(chain: Chain, tx_num: int, script_num: int) -> list[Side]:
    """The outputs of a transaction that are not the address's."""
    lo, hi = chain.tx.out_lo.one(tx_num), chain.tx.out_lo.one(tx_num + 1)
    columns = zip(
        range(hi - lo),
        chain.txout.script_num[lo:hi].tolist(),
        chain.txout.value_sat[lo:hi].tolist(),
        strict=True,
    )
    return [
        Side(index, *_script(chain, num), value, "fact") for index, num, value in columns if num != script_num
    ]


def _script(chain: Chain, num: int) -> tuple[str | None, str]:
    """The address and the kind of a script."""
    if num == COINBASE:
        return None, "coinbase"
    shown = script_shown(chain, num)
    return (shown.address, shown.script_type) if shown else (None, "unknown")


def _known(value: int) -> int | None:
    return None if value == UNKNOWN else value


def _layer(basis: int) -> Layer:
    return "inference" if basis >= BASIS_INFERRED else "fact"


def _greatest(sides: list[Side]) -> tuple[Side, ...]:
    """The ten of the greatest amounts; unknown ones first, since they may be greater still."""
    order = sorted(sides, key=lambda side: (side.amount_sat is not None, -(side.amount_sat or 0), side.index))
    return tuple(order[:MOST_SIDES])
