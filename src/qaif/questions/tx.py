"""What does this transaction do? Every transaction with this id: a BIP30 pair is two."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from qaif.analysis.change.shown import ChangeSaid, change_said
from qaif.analysis.methods import SPENDER_SCRIPT
from qaif.analysis.shapes.detectors import Detected, detected
from qaif.analysis.transfers import inputs_of, outputs_of
from qaif.chain.open import Chain
from qaif.chain.spendable import WHY, unspendable
from qaif.chain.tables import BASIS_INFERRED, COINBASE
from qaif.errors import NotFoundError
from qaif.questions.answer import Answer, Layer, weakest
from qaif.questions.asked import txid_named
from qaif.questions.shown import ScriptShown, TxRef, script_basis_text, script_shown, tx_ref
from qaif.questions.standing import as_of, chain_coverage
from qaif.units import UNKNOWN, Int64s, hash_hex
from qaif.workspace.folder import Workspace

_WITNESS_SCALE = 4


@dataclass(frozen=True)
class TxInput:
    """One input; the outpoint is None for a coinbase, value and script where they are unknown."""

    n: int
    txid: str | None
    vout: int | None
    value_sat: int | None
    script: ScriptShown | None
    script_basis: str
    layer: Layer
    sequence: int


@dataclass(frozen=True)
class TxOutput:
    """One output.

    Attributes:
        n: its index.
        value_sat: satoshi.
        script: where it pays.
        spent_by: the transaction that spends it; None where none that is held does.
        spent_by_input: which input of that.
        unspendable: why nobody can ever spend it, or None.
    """

    n: int
    value_sat: int
    script: ScriptShown | None
    spent_by: TxRef | None
    spent_by_input: int | None
    unspendable: str | None


@dataclass(frozen=True)
class TxShown:
    """One transaction.

    Attributes:
        where: its id, block, height and time.
        position: its place in the block, from 0; None where only a source says in which block it is.
        coinbase: it makes new coins.
        version: as signed 32 bits.
        locktime: as in its bytes.
        size: bytes with witnesses; None where they are not held.
        weight: BIP141 weight; None where the size is.
        vsize: weight divided by four, rounded up; None where the size is.
        input_sat: what its inputs are worth; None where one is unknown, and for a coinbase.
        output_sat: what its outputs are worth.
        fee_sat: the difference; None where `input_sat` is.
        fee_rate: satoshi a virtual byte; None where the size is not known.
        fee_reason: why there is no fee; None where there is.
        inputs: in order.
        outputs: in order.
        shapes: what each detector says of its shape, which is an inference: a kind of transaction, yes, no or
            unknown, and why.
        change: which outputs the change heuristics and their votes take for its change; inferences too.
    """

    where: TxRef
    position: int | None
    coinbase: bool
    version: int
    locktime: int
    size: int | None
    weight: int | None
    vsize: int | None
    input_sat: int | None
    output_sat: int
    fee_sat: int | None
    fee_rate: Decimal | None
    fee_reason: str | None
    inputs: tuple[TxInput, ...]
    outputs: tuple[TxOutput, ...]
    shapes: tuple[Detected, ...]
    change: ChangeSaid


@dataclass(frozen=True, kw_only=True)
class TxAnswer(Answer):
    """All transactions with an id, in chain order; nearly always one."""

    txid: str
    transactions: tuple[TxShown, ...]


def tx(workspace: Path, asked: str) -> TxAnswer:
    """Show a transaction of a workspace.

    Raises:
        UsageError: this is no transaction id.
        NotFoundError: it is not held, or there is no chain.
    """
    with Chain.open(Workspace.open(workspace).chain_dir) as chain:
        return tx_on(chain, asked)


def tx_on(chain: Chain, asked: str) -> TxAnswer:
    """Show a transaction of an opened chain; see `tx` for what it raises."""
    txid_raw = txid_named(asked)
    nums = chain.tx_nums(txid_raw)
    if not len(nums):
        raise NotFoundError(
            "This transaction is not in the blocks held, which does not say that it does not exist.",
            way_out="See `qaif status` for what is held.",
        )
    shown = tuple(_shown(chain, int(num)) for num in nums)
    inputs: list[Layer] = [one.layer for each in shown for one in each.inputs]
    claimed: list[Layer] = ["claim" for each in shown if each.position is None]
    layer = weakest([*inputs, *claimed, "inference"])  # the shapes are, if nothing else is
    return TxAnswer(
        layer=layer,
        basis={
            "network": chain.network.name,
            "simulated": chain.simulated,
            "methods": [vars(SPENDER_SCRIPT)] if "inference" in inputs else [],
            "shapes": [each.method for each in shown[0].shapes],
            "change": list(shown[0].change.methods),
        },
        as_of=as_of(chain),
        coverage=chain_coverage(chain),
        txid=hash_hex(txid_raw),
        transactions=shown,
    )


def _shown(chain: Chain, num: int) -> TxShown:
    one = np.array([num], dtype=np.int64)
    ins, outs = inputs_of(chain, one)[0], outputs_of(chain, one)[0]
    spent, values = chain.txin.spent_out.take(ins), chain.txin.value_sat.take(ins).astype(np.int64)
    coinbase = bool((spent == COINBASE).any())
    output_sat = int(chain.txout.value_sat.take(outs).sum())
    unknown = int((values == UNKNOWN).sum())
    input_sat = None if coinbase or unknown else int(values.sum())
    fee = None if input_sat is None else input_sat - output_sat
    size, base = chain.tx.size.one(num), chain.tx.base_size.one(num)
    weight = base * (_WITNESS_SCALE - 1) + size if size else None
    vsize = None if weight is None else -(-weight // _WITNESS_SCALE)
    return TxShown(
        where=tx_ref(chain, num),
        position=None if (place := chain.tx.place.one(num)) == UNKNOWN else place,
        coinbase=coinbase,
        version=chain.tx.version.one(num),
        locktime=chain.tx.locktime.one(num),
        size=size or None,
        weight=weight,
        vsize=vsize,
        input_sat=input_sat,
        output_sat=output_sat,
        fee_sat=fee,
        fee_rate=None if fee is None or not vsize else (Decimal(fee) / vsize).quantize(Decimal("0.001")),
        fee_reason=_no_fee(len(ins), unknown, coinbase=coinbase),
        inputs=_inputs(chain, ins),
        outputs=_outputs(chain, outs),
        shapes=detected(chain, num),
        change=change_said(chain, num),
    )


def _no_fee(inputs: int, unknown: int, *, coinbase: bool) -> str | None:
    if coinbase:
        return "A coinbase pays no fee; it collects those of its block."
    return f"{unknown:,} of {inputs:,} inputs have an unknown value." if unknown else None


def _inputs(chain: Chain, ins: Int64s) -> tuple[TxInput, ...]:
    values, sequence = chain.txin.value_sat.take(ins), chain.txin.sequence.take(ins)
    scripts, basis = chain.txin.script_num.take(ins), chain.txin.script_basis.take(ins)
    out = []
    for n, num in enumerate(ins):
        outpoint = chain.outpoint(int(num))
        code = int(basis[n])
        out.append(
            TxInput(
                n=n,
                txid=hash_hex(outpoint[0]) if outpoint else None,
                vout=outpoint[1] if outpoint else None,
                value_sat=None if values[n] == UNKNOWN else int(values[n]),
                script=script_shown(chain, int(scripts[n])),
                script_basis=script_basis_text(code) if outpoint else "coinbase",
                layer="inference" if code >= BASIS_INFERRED else "fact",
                sequence=int(sequence[n]),
            )
        )
    return tuple(out)


def _outputs(chain: Chain, outs: Int64s) -> tuple[TxOutput, ...]:
    values, scripts = chain.txout.value_sat.take(outs), chain.txout.script_num.take(outs)
    spenders, dead = chain.spent_by(outs), unspendable(chain, outs)
    spending = chain.tx_of_in(np.maximum(spenders, 0))
    out = []
    for n in range(len(outs)):
        spent, tx_num = int(spenders[n]), int(spending[n])
        out.append(
            TxOutput(
                n=n,
                value_sat=int(values[n]),
                script=script_shown(chain, int(scripts[n])),
                spent_by=None if spent < 0 else tx_ref(chain, tx_num),
                spent_by_input=None if spent < 0 else spent - chain.tx.in_lo.one(tx_num),
                unspendable=WHY.get(int(dead[n])),
            )
        )
    return tuple(out)
